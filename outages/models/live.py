"""The order in which everybody hears of events. PostgreSQL itself writes it, by triggers (migration 0030)."""

from __future__ import annotations

from django.db import models

from outages.models.incidents import IncidentEvent
from reports.models import Service


class LiveEntry(models.Model):
    """An event, or the word that a service's history was made anew (no event), at its place in the order of commits.

    A position is given at the commit, under a lock that lasts to its end: whoever has read up to a position will
    never find a smaller one later.
    """

    position = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="live_entries")
    event = models.OneToOneField(IncidentEvent, models.CASCADE, null=True, related_name="live_entry")

    class Meta:
        ordering = ("position",)
        indexes = [models.Index(fields=["service", "position"], name="live_entries_by_service")]

    def __str__(self) -> str:
        return f"{self.position} {self.service_id} {self.event_id or 'anew'}"
