"""Incidents and their history. Only outages/incidents.py writes these."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reports.models import Service


class Incident(models.Model):
    """One outage or maintenance. Empty `countries` and `regions` mean everywhere."""

    class State(models.TextChoices):
        POSSIBLE = "possible", "possible"
        CONFIRMED = "confirmed", "confirmed"
        RECOVERING = "recovering", "recovering"
        RESOLVED = "resolved", "resolved"
        DISMISSED = "dismissed", "dismissed"
        MAINTENANCE = "maintenance", "maintenance"
        MERGED = "merged", "merged"

    class Kind(models.TextChoices):
        OUTAGE = "outage", "outage"
        MAINTENANCE = "maintenance", "maintenance"

    OPEN_STATES = (State.POSSIBLE, State.CONFIRMED, State.RECOVERING, State.MAINTENANCE)

    service = models.ForeignKey(Service, models.CASCADE, related_name="incidents")
    number = models.PositiveIntegerField(help_text="Counts the service's incidents from 1.")
    state = models.CharField(max_length=12, choices=State)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.OUTAGE)
    components = ArrayField(models.CharField(max_length=40), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    symptom = models.CharField(max_length=40, blank=True)
    confidence = models.FloatField(default=0)
    opened_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    upstream = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="one_incident_a_number")]
        indexes = [
            models.Index(fields=["service", "-opened_at"], name="incidents_by_service"),
            models.Index(fields=["state"], name="incidents_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}/{self.number} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class IncidentEvent(models.Model):
    """A change of an incident, with the evidence at that moment. Append-only: history and outbox in one.

    `evidence` is a list of terms: kind, name, nats, text, seen, expected, component, place, detail.
    """

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="events")
    at = models.DateTimeField(help_text="When the public could first see it.")
    created_at = models.DateTimeField(auto_now_add=True)
    frm = models.CharField(max_length=12, blank=True)
    to = models.CharField(max_length=12)
    reason = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    confidence = models.FloatField(default=0)
    components = ArrayField(models.CharField(max_length=40), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    symptom = models.CharField(max_length=40, blank=True)
    evidence = models.JSONField(default=list)

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["incident", "at"], name="events_by_incident")]

    def __str__(self) -> str:
        return f"{self.frm or 'opened'} → {self.to}"


class IncidentOverride(models.Model):
    """A moderator's decision. The next scan carries it out and keeps it as an event."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="overrides")
    to = models.CharField(max_length=12, choices=Incident.State)
    reason = models.CharField(max_length=300)
    merge_into = models.ForeignKey(Incident, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.incident} → {self.to}: {self.reason}"
