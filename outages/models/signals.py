"""Signals that are not the crowd's: probes from vantages, and announcements from sources."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reports.models import Service


class Vantage(models.Model):
    """A place that probes are sent from: a worker on the queue `probes.NAME`."""

    name = models.SlugField(unique=True, max_length=40)
    last_seen_at = models.DateTimeField(null=True, help_text="The last word of any kind from its worker.")
    last_result_at = models.DateTimeField(null=True, help_text="The last result that it sent.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ProbeResult(models.Model):
    """One probe's result from one vantage. The table is partitioned by the day of `at`.

    `at` is when the result came in, by this server's clock: a vantage's own clock may be wrong.
    """

    pk = models.CompositePrimaryKey("id", "at")
    id = models.UUIDField()
    at = models.DateTimeField()
    service = models.ForeignKey(Service, models.DO_NOTHING, db_constraint=False, related_name="+")
    probe = models.CharField(max_length=60)
    vantage = models.CharField(max_length=40)
    component = models.CharField(max_length=40)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    control = models.BooleanField(default=False)
    classification = models.CharField(max_length=10)
    http_status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=10, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    body = models.CharField(max_length=200, blank=True, default="")
    fingerprint = models.CharField(max_length=16, blank=True, default="")
    http_version = models.CharField(max_length=10, blank=True, default="")
    dns_ms = models.FloatField(null=True)
    connect_ms = models.FloatField(null=True)
    tls_ms = models.FloatField(null=True)
    first_byte_ms = models.FloatField(null=True)
    latency_ms = models.FloatField(null=True)

    class Meta:
        managed = False  # partitioned; made by the first migration
        db_table = "outages_proberesult"

    def __str__(self) -> str:
        return f"{self.probe} from {self.vantage}: {self.classification}"


class ProbeHealth(models.Model):
    """How one probe from one vantage fares now. `failures` and `refusals` count those in a row."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="probe_health")
    probe = models.CharField(max_length=60)
    vantage = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    component = models.CharField(max_length=40, blank=True)
    control = models.BooleanField(default=False)
    classification = models.CharField(max_length=10, help_text="up, degraded, down, blocked, unasked, or own_error.")
    http_status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=10, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    latency_ms = models.FloatField(null=True)
    last_at = models.DateTimeField()
    last_up_at = models.DateTimeField(null=True)
    last_change_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    own_errors = models.PositiveIntegerField(default=0, help_text="How often in a row our own program failed at it.")
    not_before_at = models.DateTimeField(null=True, help_text="Until when the target has asked us to stay away.")
    certificate_expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "probe", "vantage"], name="one_health_a_probe_and_vantage")
        ]

    def __str__(self) -> str:
        return f"{self.probe}@{self.vantage}: {self.classification}"


class ProbeHour(models.Model):
    """An hour of one probe from one vantage. Latencies are of answers, in milliseconds."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    probe = models.CharField(max_length=60)
    vantage = models.CharField(max_length=40)
    hour = models.DateTimeField()
    results = models.PositiveIntegerField()
    up = models.PositiveIntegerField()
    degraded = models.PositiveIntegerField()
    down = models.PositiveIntegerField()
    blocked = models.PositiveIntegerField()
    p50_ms = models.FloatField(null=True)
    p95_ms = models.FloatField(null=True)
    p99_ms = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "probe", "vantage", "hour"], name="one_hour_a_probe_and_vantage")
        ]

    def __str__(self) -> str:
        return f"{self.probe}@{self.vantage} {self.hour:%Y-%m-%d %H}"

    @property
    def availability(self) -> float | None:
        """The share of results that were answers, of those that say something of the target; None without any."""
        said = self.results - self.blocked
        return (self.up + self.degraded) / said if said else None


class Slot(models.Model):
    """A scheduled run that somebody took. Unique, so that each runs once however many beats there are.

    One that was taken and not done, because its taker died, is taken again.
    """

    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "at"], name="one_run_a_slot")]
        indexes = [models.Index(fields=["at"], name="slots_by_time")]

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


class SourceHealth(models.Model):
    """How a source of announcements fares, and where its reading stands."""

    class State(models.TextChoices):
        FINE = "fine", "fine"
        SLOW = "slow", "slow"
        UNREACHABLE = "unreachable", "unreachable"
        BLOCKED = "blocked", "blocked"
        NOT_CONFIGURED = "not_configured", "not configured"
        OFF = "off", "switched off"
        WAITING = "waiting", "not read yet"
        OWN_ERROR = "own_error", "our own error"

    service = models.ForeignKey(Service, models.CASCADE, related_name="sources")
    slug = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=15, choices=State, default=State.WAITING)
    detail = models.CharField(max_length=300, blank=True)
    last_try_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_change_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="What its server asked for: it is never asked sooner.")
    backed_off_until = models.DateTimeField(
        null=True, help_text="How long we wait with a source that fails; less while its service is in trouble."
    )
    failures = models.PositiveIntegerField(default=0, help_text="In a row, without tries that an incident hurried.")
    unread = models.PositiveIntegerField(default=0, help_text="Entries of the last reading that could not be read.")
    spent_today = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    spent_on = models.DateField(null=True)
    cursor = models.JSONField(default=dict, help_text="ETag, Last-Modified, since_id and the like.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "slug"], name="one_health_a_source")]

    def __str__(self) -> str:
        return f"{self.slug}: {self.state}"


class Announcement(models.Model):
    """A post by somebody, read once. `corrected_*` are a moderator's word and win over the reader's."""

    class Tier(models.TextChoices):
        OFFICIAL = "official", "official"
        PRESS = "press", "press"
        COMMUNITY = "community", "community"

    service = models.ForeignKey(Service, models.CASCADE, related_name="announcements")
    source = models.SlugField(max_length=60)
    external_id = models.CharField(max_length=300)
    thread = models.CharField(max_length=300, blank=True, help_text="What it belongs to in its source, if anything.")
    author = models.CharField(max_length=120, blank=True)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.COMMUNITY)
    url = models.URLField(max_length=500, blank=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    posted_at = models.DateTimeField()
    first_seen_at = models.DateTimeField(null=True, help_text="When we first read it.")
    seen_at = models.DateTimeField(
        help_text="The minute in which it counts: when we read it, or read it with other words, or when a moderator "
        "corrected it. A post that was there before we first read its source counts when it was posted."
    )
    is_heard = models.BooleanField(
        default=True,
        help_text="Whether the detector hears it: not what stood undated in its source at the first reading.",
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    stated = models.JSONField(default=dict, blank=True, help_text="What its source says in fields of its own.")
    stage = models.CharField(max_length=15, blank=True)
    relevant = models.BooleanField(default=False)
    components = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    corrected_stage = models.CharField(max_length=15, blank=True)
    corrected_relevant = models.BooleanField(null=True, blank=True)
    correction_note = models.CharField(max_length=300, blank=True)
    incident = models.ForeignKey(
        "outages.Incident", models.SET_NULL, null=True, blank=True, related_name="announcements"
    )

    class Meta:
        ordering = ("-posted_at",)
        constraints = [models.UniqueConstraint(fields=["service", "source", "external_id"], name="one_post_a_source")]
        indexes = [models.Index(fields=["service", "seen_at"], name="announcements_by_seen")]

    def __str__(self) -> str:
        return self.text[:80]


class AnnouncementRevision(models.Model):
    """What a post said before it was edited."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="revisions")
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.text[:80]}"
