"""What people say against an incident, and what moderators answer. Only outages/disputes.py writes these."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from reports.models import Service


class Dispute(models.Model):
    """Somebody's word that an incident is wrong, and how it was settled.

    The incident is told by its number and its beginning: a rebuild deletes incidents and makes them anew. Who said it
    is not kept; `network` and `wide_network` are hashes under the day's key, as of reports, and go after two days.
    """

    class Claim(models.TextChoices):
        NO_OUTAGE = "no_outage", "it works, there is no outage"
        OVER = "over", "it is over already"
        NOT_OVER = "not_over", "it is not over"
        SCOPE = "scope", "parts or places are wrong"
        TIMES = "times", "times are wrong"
        OTHER = "other", "something else"

    class State(models.TextChoices):
        WAITING = "waiting", "waits for an answer"
        UPHELD = "upheld", "upheld"
        PARTLY = "partly_upheld", "partly upheld"
        REJECTED = "rejected", "rejected"
        REMOVED = "removed", "removed as abuse"

    ANSWERED = (State.UPHELD, State.PARTLY, State.REJECTED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="disputes")
    number = models.PositiveIntegerField(help_text="Of the incident.")
    opened_at = models.DateTimeField(help_text="When the incident began.")
    claim = models.CharField(max_length=10, choices=Claim)
    reason = models.CharField(max_length=500)
    language = models.CharField(max_length=10, default="en")
    network = models.BigIntegerField(default=0)
    wide_network = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=14, choices=State, default=State.WAITING)
    answer = models.CharField(max_length=500, blank=True, default="")
    is_reason_public = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["service", "number"], name="disputes_by_incident"),
            models.Index(fields=["state", "-created_at"], name="disputes_by_state"),
            models.Index(fields=["-created_at", "-id"], name="disputes_by_time"),
        ]

    def __str__(self) -> str:
        return f"dispute of incident {self.number}: {self.get_claim_display()}"
