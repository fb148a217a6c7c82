"""Counts by minute and hour. All that draws or lists reads these; nothing on a page counts raw reports."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reports.models import Component, Service, Symptom


class DetectorState(models.Model):
    """The detector's state after `minute` (start of the last minute that was stepped). Written with what came of it."""

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="detector_state")
    minute = models.DateTimeField()
    state = models.BinaryField()
    recounted_until = models.DateTimeField(
        help_text="Late, corrected and withdrawn reports up to here are in the counts."
    )
    looked_until = models.DateTimeField(
        null=True, help_text="The running minute was looked into up to here. It is not looked into again."
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.service_id} after {self.minute:%Y-%m-%d %H:%M}"


class QuietAhead(models.Model):
    """What comes of a quiet service's next minutes if nothing is said of it in them: laid by, and told as they go by.

    `state` is the detector's after the last of them; empty where they end sooner because something comes of the next.
    """

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="+")
    first = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    expected = ArrayField(models.FloatField())
    dispersion = ArrayField(models.FloatField())
    expected_by_component = models.JSONField()
    vantages = models.JSONField()
    state = models.BinaryField()
    definition_hash = models.CharField(max_length=64)
    made_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.service_id} from {self.first:%Y-%m-%d %H:%M}, {self.minutes} minutes"

    @property
    def last(self) -> datetime:
        """The start of the last minute that is laid by."""
        return self.first + timedelta(minutes=self.minutes - 1)


class ServiceMinute(models.Model):
    """One row for each minute that was scanned: what the whole service reported, and what was expected.

    A minute without a row was not watched. `expected` and `dispersion` are μ and α of a negative binomial.
    `cuts` says how many problem reports each rule took; "held" and "rejected" are none of `raw`.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    raw = models.PositiveIntegerField(default=0)
    effective = models.FloatField(default=0)
    working = models.PositiveIntegerField(default=0)
    recovered = models.PositiveIntegerField(default=0)
    expected = models.FloatField(default=0)
    dispersion = models.FloatField(default=0)
    expected_by_component = models.JSONField(default=dict)
    cuts = models.JSONField(default=dict)
    vantages = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "minute"], name="one_row_a_minute")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.minute:%Y-%m-%d %H:%M}: {self.raw}"


class CellCount(models.Model):
    """What one component in one place reported in one span of time.

    `networks` holds the three smallest distinct network hashes: fewer than three over a window means "too few to say".
    The perturbed numbers are those that are told (see pipeline.perturbation); the others are the detector's alone.
    """

    component = models.ForeignKey(Component, models.CASCADE, related_name="+")
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=6, blank=True)
    raw = models.PositiveIntegerField(default=0)
    effective = models.FloatField(default=0)
    working = models.PositiveIntegerField(default=0)
    recovered = models.PositiveIntegerField(default=0)
    networks = ArrayField(models.BigIntegerField(), default=list)
    perturbed = models.PositiveIntegerField(default=0)
    perturbed_effective = models.FloatField(default=0)
    perturbed_working = models.PositiveIntegerField(default=0)
    perturbed_recovered = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.component_id} {self.region or self.country}: {self.raw}"


class MinuteCount(CellCount):
    """A cell's minute. `cuts` says how many problem reports each rule took of it.

    `lean` is that of the draw of its weights (see pipeline.perturbation): counted again, they are drawn alike.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    cuts = models.JSONField(default=dict)
    lean = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "minute", "component", "country", "region"], name="one_count_a_cell_and_minute"
            )
        ]


class HourCount(CellCount):
    """A cell's hour: the sum of its minutes, kept in step with them."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    hour = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "hour", "component", "country", "region"], name="one_count_a_cell_and_hour"
            )
        ]


class PlaceBalance(models.Model):
    """How many reports more than there were a place has been told so far: the next draws lean the other way."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=6, blank=True)
    more = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "country", "region"], name="one_balance_a_place")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.region or self.country}: {self.more:+}"


class SymptomCount(models.Model):
    """Problem reports by symptom and component in one minute, everywhere."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    component = models.ForeignKey(Component, models.CASCADE, related_name="+")
    symptom = models.ForeignKey(Symptom, models.CASCADE, null=True, related_name="+")
    raw = models.PositiveIntegerField(default=0)
    perturbed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "minute", "component", "symptom"],
                name="one_symptom_count_a_minute",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.symptom_id} {self.minute:%Y-%m-%d %H:%M}: {self.raw}"
