"""Services as their catalogues say, and what the crowd reports of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ServiceManager(models.Manager["Service"]):
    """Leaves the definition where it is until somebody asks for it: in many languages it is large."""

    def get_queryset(self) -> models.QuerySet[Service]:
        return super().get_queryset().defer("definition")


class Service(models.Model):
    """A service that people report on. `definition` is its catalogue file, validated; history outlives it."""

    class Clock(models.TextChoices):
        LIVE = "live", "live"
        RECORDED = "recorded", "recorded: its latest moment is the last minute that was played"

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=80)
    definition = models.JSONField()
    definition_hash = models.CharField(max_length=64)
    clock = models.CharField(max_length=10, choices=Clock, default=Clock.LIVE)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    loaded_at = models.DateTimeField(auto_now=True)

    objects = ServiceManager()

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class FormerSlug(models.Model):
    """A slug that a service had, as its catalogue says: its addresses lead to the present ones."""

    slug = models.SlugField(primary_key=True, max_length=40)
    service = models.ForeignKey(Service, models.CASCADE, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug


class Part(models.Model):
    """A named item of a service's catalogue. One that left the catalogue is kept, inactive, for its history."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="%(class)ss")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ("position", "slug")
        constraints = [models.UniqueConstraint(fields=["service", "slug"], name="one_%(class)s_a_slug")]

    def __str__(self) -> str:
        return self.name


class Component(Part):
    """What can fail by itself."""


class Symptom(Part):
    """What a person sees when a service fails."""


class Report(models.Model):
    """One report. The table is partitioned by the day of `at` (see reports/partitions.py).

    `at` is when it counts: when it came in, or `occurred_at` for one that waited offline or was imported. Times are
    whole minutes, but for those of imported reports, and `at` for the first hour or two.
    `network`, `wide_network` and `reporter` are keyed hashes whose key changes daily; 0 means unknown. `weight` is
    what the reporter had earned (see reports/reputation/score.py).
    """

    class Kind(models.IntegerChoices):
        PROBLEM = 0, "problem"
        WORKING = 1, "working"
        RECOVERED = 2, "recovered"

    class Verdict(models.IntegerChoices):
        ACCEPTED = 0, "accepted"
        HELD = 1, "held for a look"
        REJECTED = 2, "not counted"

    class Door(models.TextChoices):
        WEB = "web", "web form"
        API = "api", "REST API"
        OPEN311 = "open311", "Open311"
        IMPORT = "import", "import"

    pk = models.CompositePrimaryKey("id", "at")
    id = models.UUIDField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    service = models.ForeignKey(Service, models.DO_NOTHING, db_constraint=False, related_name="+")
    component = models.ForeignKey(Component, models.DO_NOTHING, db_constraint=False, related_name="+")
    symptom = models.ForeignKey(Symptom, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    kind = models.SmallIntegerField(choices=Kind, default=Kind.PROBLEM)
    country = models.CharField(max_length=2, blank=True, default="")
    region = models.CharField(max_length=6, blank=True, default="")
    network = models.BigIntegerField(default=0)
    wide_network = models.BigIntegerField(default=0)
    asn = models.BigIntegerField(default=0)
    reporter = models.BigIntegerField(default=0)
    platform = models.CharField(max_length=10, blank=True, default="")
    error_code = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    door = models.CharField(max_length=10, choices=Door)
    verdict = models.SmallIntegerField(choices=Verdict, default=Verdict.ACCEPTED)
    rule = models.CharField(max_length=40, blank=True, default="")
    late = models.BooleanField(default=False)
    receipt_hash = models.BinaryField(max_length=32)
    weight = models.FloatField(default=1.0)
    withdrawn_at = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        managed = False  # partitioned; made by the first migration
        db_table = "reports_report"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"


class SeenReport(models.Model):
    """A report as moderators look at it: the same row, known by its id alone. Written by reports/intake only."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    service = models.ForeignKey(Service, models.DO_NOTHING, db_constraint=False, related_name="+")
    component = models.ForeignKey(Component, models.DO_NOTHING, db_constraint=False, related_name="+")
    symptom = models.ForeignKey(Symptom, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    kind = models.SmallIntegerField(choices=Report.Kind)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=6)
    network = models.BigIntegerField()
    note = models.CharField(max_length=500)
    door = models.CharField(max_length=10, choices=Report.Door)
    verdict = models.SmallIntegerField(choices=Report.Verdict)
    rule = models.CharField(max_length=40)
    late = models.BooleanField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        managed = False

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"


class HeldReport(SeenReport):
    """A report that was held for a look."""

    class Meta:
        managed = False
        db_table = "reports_report"
        default_permissions = ("view", "change")


class NotedReport(SeenReport):
    """A report with a note."""

    class Meta:
        managed = False
        db_table = "reports_report"
        default_permissions = ("view", "change")
        verbose_name = "report with a note"
        verbose_name_plural = "reports with a note"


class ReportDecision(models.Model):
    """What a moderator decided about a report, and why. Append-only; the report itself goes after its retention."""

    class Action(models.TextChoices):
        ACCEPT = "accept", "accepted"
        DROP = "drop", "dropped"
        HOLD = "hold", "held"
        HIDE_NOTE = "hide_note", "note hidden"
        SHOW_NOTE = "show_note", "note shown again"

    report_id = models.UUIDField(db_index=True)
    report_at = models.DateTimeField()
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    action = models.CharField(max_length=10, choices=Action)
    rule_before = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["service", "at"], name="decisions_by_service")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.reason}"


class NetworkBlock(models.Model):
    """A network, by its hash under a day's key, whose reports of that day are held for a look."""

    day = models.DateField()
    network = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["day", "network"], condition=models.Q(lifted_at=None), name="one_standing_block_a_network"
            )
        ]

    def __str__(self) -> str:
        return f"{short(self.network)} on {self.day}"


def short(network: int) -> str:
    """A network's hash in few characters, to tell one from another."""
    return f"{network:016x}"[:8] if network else "unknown"


class IdempotencyKey(models.Model):
    """What was answered to a request that named an Idempotency-Key, so that a repetition gets the same answer."""

    key_hash = models.BinaryField(max_length=32, primary_key=True)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.status} at {self.created_at:%Y-%m-%d %H:%M}"


class ApiKeyOwner(models.Model):
    """Whoever asked for keys by mail. The address is sealed; it goes with the last key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mail_hash = models.BinaryField(max_length=32, unique=True)
    mail_sealed = models.BinaryField()
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.id}"


class ApiKeyLink(models.Model):
    """A link to an owner's keys, sent by mail and good for a day. Until `sent_at` it waits in line to be sent.

    A process that holds it until `lease_until_at` is sending it. `network` is a hash under the day's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(ApiKeyOwner, models.CASCADE, related_name="links")
    network = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=models.Q(sent_at=None), name="api_key_links_waiting")]

    def __str__(self) -> str:
        return f"{self.id}"


class ApiKey(models.Model):
    """A key of the API. Of the key itself only hashes are kept; `shown` is how it begins.

    After a rotation the old one is good until `old_until_at`. Without an owner it was made by the operator. The limits
    are those of the settings where they are null.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(ApiKeyOwner, models.CASCADE, null=True, related_name="keys")
    name = models.CharField(max_length=60)
    shown = models.CharField(max_length=20)
    key_hash = models.BinaryField(max_length=32, unique=True)
    old_key_hash = models.BinaryField(max_length=32, unique=True, null=True)
    old_until_at = models.DateTimeField(null=True)
    scopes = ArrayField(models.CharField(max_length=20))
    reads_a_minute = models.PositiveIntegerField(null=True)
    writes_a_minute = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.shown}…"


class ApiKeyUsage(models.Model):
    """What a key asked for on a day (UTC). `epoch` names the count in Valkey that it was read from: one day has
    several rows only where that count was lost and began anew."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="usage")
    day = models.DateField()
    epoch = models.CharField(max_length=32)
    reads = models.PositiveBigIntegerField(default=0)
    writes = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day", "epoch"], name="one_api_key_usage_each")]

    def __str__(self) -> str:
        return f"{self.key_id} on {self.day}"
