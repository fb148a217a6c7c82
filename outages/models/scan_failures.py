"""Minutes that the scan could not step, and minutes in which the site could be reached."""

from __future__ import annotations

from django.db import models

from reports.models import Service


class ScanFailure(models.Model):
    """A minute whose step or recount failed. It is tried again; from `set_aside_at` on it is left out for good.

    `error` names the kind of failure and where in the code it arose. It never quotes what the failure was about: a
    row of the database in an error's text would bring reports into the admin and into logs.
    """

    class Stage(models.TextChoices):
        STEP = "step", "step"
        RECOUNT = "recount", "recount"

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=Stage)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-minute",)
        constraints = [
            models.UniqueConstraint(fields=["service", "minute", "stage"], name="one_scan_failure_a_minute_and_stage")
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.minute:%Y-%m-%d %H:%M} {self.stage}: {self.attempts} attempts"


class ServingMinute(models.Model):
    """A minute in which pages were given and reports could be sent: the web server says so once a minute."""

    minute = models.DateTimeField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"
