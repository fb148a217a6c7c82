"""Incidents and their history. Only outages/pipeline/incidents.py writes these."""

from __future__ import annotations

from django.conf import settings
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
    attribution = models.JSONField(default=dict, blank=True, help_text="Whose fault it seems to be, why, and numbers.")
    split_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="split_off")
    headline = models.CharField(max_length=160, blank=True, default="", help_text="A moderator's, instead of ours.")

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="one_incident_a_number")]
        indexes = [
            models.Index(fields=["service", "-opened_at"], name="incidents_by_service"),
            models.Index(fields=["state"], name="incidents_by_state"),
        ]

    def __str__(self) -> str:
        return f"incident {self.number}, {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class IncidentEvent(models.Model):
    """A change of an incident, with the evidence at that moment. Append-only: history and outbox in one.

    It keeps no sentence: `code` and `params` say why (outages/detection/reasons.py), `reason` is the public name of the
    code's rule, and `evidence` is a list of terms: kind, name, nats, seen, expected, component, place, detail. What is
    said of them in a language comes from outages/texts.
    """

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="events")
    at = models.DateTimeField(help_text="When the public could first see it.")
    created_at = models.DateTimeField(auto_now_add=True)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=60)
    code = models.CharField(max_length=40, blank=True, default="")
    params = models.JSONField(default=dict, blank=True)
    confidence = models.FloatField(default=0)
    components = ArrayField(models.CharField(max_length=40), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    symptom = models.CharField(max_length=40, blank=True)
    evidence = models.JSONField(default=list)
    headline = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["incident", "at"], name="events_by_incident")]

    def __str__(self) -> str:
        return f"{self.from_state or 'opened'} → {self.to_state}"

    @property
    def words(self) -> str:
        """A moderator's reason; empty where no moderator decided."""
        return str(self.params.get("why", ""))


class IncidentOverride(models.Model):
    """A moderator's decision on an incident. The next scan carries it out and keeps it as an event.

    A rebuild deletes incidents and makes them anew, and carries decisions out again in their minute (`applied_at`):
    `number` and `opened_at` tell the incident then. `before` remembers what was before, for an undo. Where it could
    not be carried out `outcome` says why. What a decision says is told in outages/detection/datatypes.py (Override).
    """

    class Action(models.TextChoices):
        STATE = "state", "change of state"
        MERGE = "merge", "merge"
        UNMERGE = "unmerge", "merge undone"
        SPLIT = "split", "split"
        CHANGE = "change", "correction"

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    incident = models.ForeignKey(Incident, models.SET_NULL, null=True, blank=True, related_name="overrides")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    action = models.CharField(max_length=8, choices=Action, default=Action.STATE)
    to_state = models.CharField(max_length=12, choices=Incident.State, blank=True)
    reason = models.CharField(max_length=300)
    merge_into = models.ForeignKey(Incident, models.SET_NULL, null=True, blank=True, related_name="+")
    into_number = models.PositiveIntegerField(null=True)
    into_opened_at = models.DateTimeField(null=True)
    into_to = models.CharField(max_length=12, choices=Incident.State, blank=True)
    components = ArrayField(models.CharField(max_length=40), null=True)
    countries = ArrayField(models.CharField(max_length=2), null=True)
    regions = ArrayField(models.CharField(max_length=6), null=True)
    kind = models.CharField(max_length=12, choices=Incident.Kind, blank=True)
    headline = models.CharField(max_length=160, null=True)  # noqa: DJ001 -- null leaves it, "" takes it away
    pinned = models.BooleanField(null=True)
    undoes = models.ForeignKey("self", models.CASCADE, null=True, related_name="undone_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True, help_text="The time of its event.")
    before = models.JSONField(default=dict)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "decision on an incident"
        verbose_name_plural = "decisions on incidents"
        indexes = [models.Index(fields=["service", "applied_at"], name="overrides_by_service")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} of incident {self.number}: {self.reason}"

    @property
    def waits(self) -> bool:
        """Whether the next scan will carry it out."""
        return self.applied_at is None and self.withdrawn_at is None
