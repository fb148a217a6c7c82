"""What programs and browsers outside say of a service: counts of calls and failures, no addresses and no paths."""

from __future__ import annotations

from django.db import models

from reports.models import ApiKey, Service


class Observer(models.Model):
    """Who observes a service by a key, and how far its word has held; `judged_until_at` is how far that is known."""

    class Kind(models.TextChoices):
        PROGRAM = "program", "a registered program"
        BROWSERS = "browsers", "browsers, by Network Error Logging"

    service = models.ForeignKey(Service, models.CASCADE, related_name="observers")
    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="observers")
    kind = models.CharField(max_length=8, choices=Kind)
    agreed = models.PositiveIntegerField(default=0)
    disagreed = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    judged_until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "api_key", "kind"], name="one_observer_a_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.api_key_id}"


class Observation(models.Model):
    """So many calls and failures of a component, seen from a country by one network in one minute.

    `network` and `wide_network` are hashes under a day's key. `error` is the usual kind of failure.
    """

    observer = models.ForeignKey(Observer, models.CASCADE, related_name="observations")
    minute = models.DateTimeField()
    component = models.CharField(max_length=40)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=6, blank=True)
    network = models.BigIntegerField(default=0)
    wide_network = models.BigIntegerField(default=0)
    calls = models.FloatField()
    failed = models.FloatField()
    error = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["observer", "minute", "component", "country", "region", "network"],
                name="one_observation_a_network_and_minute",
            )
        ]
        indexes = [models.Index(fields=["minute"], name="observations_by_minute")]

    def __str__(self) -> str:
        return f"{self.component} {self.country} {self.minute:%H:%M}: {self.failed:g} of {self.calls:g}"
