"""Who wants to be told, and what they were told. Only outages/notifications writes these."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from outages.models.incidents import Incident, IncidentEvent
from reports.languages import DEFAULT_LANGUAGE
from reports.models import ApiKey, Service


class Channel(models.TextChoices):
    """The channels that rules speak of by name. All that there are: CHANNELS in outages/notifications/channels."""

    WEBHOOK = "webhook", "webhook"
    MAIL = "mail", "mail"
    PUSH = "push", "web push"
    CHAT = "chat", "chat, for the operator"


class Endpoint(models.Model):
    """Where notices go: an address of a channel, and how it fares. The address is sealed and never shown.

    `failures` counts failed attempts since the last success. While the circuit is open nothing is sent there.
    """

    channel = models.CharField(max_length=16)  # a name in outages/notifications/channels
    target_hash = models.BinaryField(max_length=32)
    target_sealed = models.BinaryField()
    failures = models.PositiveIntegerField(default=0)
    circuit_open_until_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "target_hash"], name="one_endpoint_a_target")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Subscription(models.Model):
    """A wish to be told of a service's incidents. Empty component, country and region mean all of them.

    `owner_hash` is the hash of the secret by which it is managed; one secret may manage many. One that was made with a
    key belongs to the key instead, and its hash is empty. Until `confirmed_at` it is told of nothing; after
    `disabled_at` of nothing more. One to a board has a row for each of its services: the first is the subscription, the
    others have it as `head` and follow it in all; of several `components` it wants each. `network` is a hash under a
    key that lives for a day or so.
    """

    class From(models.TextChoices):
        POSSIBLE = "possible", "possible"
        CONFIRMED = "confirmed", "confirmed"
        RESOLVED = "resolved", "resolved"

    class Cadence(models.TextChoices):
        EACH = "each", "each notice at once"
        DAILY = "daily", "one message a day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="subscriptions")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="subscriptions")
    head = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    component = models.CharField(max_length=40, blank=True)
    components = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=6, blank=True)
    from_state = models.CharField(max_length=10, choices=From, default=From.CONFIRMED)
    cadence = models.CharField(max_length=5, choices=Cadence, default=Cadence.EACH)
    language = models.CharField(
        max_length=10, default=DEFAULT_LANGUAGE, db_default=DEFAULT_LANGUAGE, help_text="A tag: what its alerts are in."
    )
    owner_hash = models.BinaryField(max_length=32)
    api_key = models.ForeignKey(ApiKey, models.CASCADE, null=True, blank=True, related_name="subscriptions")
    owner_endpoint = models.ForeignKey(Endpoint, models.SET_NULL, null=True, blank=True, related_name="owned")
    owner_confirmed_at = models.DateTimeField(null=True, help_text="Until then the owner is told of nothing.")
    signing_sealed = models.BinaryField(default=b"")
    old_signing_sealed = models.BinaryField(default=b"")
    old_signing_until_at = models.DateTimeField(null=True)
    network = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["service"], name="subscriptions_by_service"),
            models.Index(fields=["owner_hash"], name="subscriptions_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.id}"

    @property
    def rows(self) -> list[Subscription]:
        """Itself, and the rows of its board's other services, in the board's order."""
        return [self, *sorted(self.parts.all(), key=lambda part: part.created_at)]

    @property
    def of(self) -> str:
        """What it is to, such as "acme.app" or "acme.app,acme.login,other"."""
        names = [
            f"{row.service.slug}.{component}" if component else row.service.slug
            for row in self.rows
            for component in row.components or [row.component]
        ]
        return ",".join(names)

    @property
    def state(self) -> str:
        """unconfirmed, active or disabled."""
        if self.disabled_at is not None:
            return "disabled"
        return "active" if self.confirmed_at is not None else "unconfirmed"


class Delivery(models.Model):
    """One notice to one subscription. Its id is the message's id on every channel, so that a repetition is known.

    `outage` counts how often the incident had begun by then: one that came back after it ended is told anew.
    A worker that holds `claim` until `lease_until_at` is sending it.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        CONFIRMED = "confirmed", "confirmed"
        CHANGED = "changed", "changed materially"
        RESOLVED = "resolved", "resolved, or otherwise over"
        MAINTENANCE = "maintenance", "maintenance"
        CHALLENGE = "challenge", "proof of ownership"
        TEST = "test", "test"
        DISABLED = "disabled", "word to the owner of a disabled subscription"
        OWNER = "owner", "question to a webhook's owner"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        EXPIRED = "expired", "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=12, choices=Kind)
    event = models.ForeignKey(IncidentEvent, models.CASCADE, null=True, related_name="deliveries")
    incident = models.ForeignKey(Incident, models.CASCADE, null=True, related_name="deliveries")
    outage = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="Not tried before.")
    first_tried_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    lease_until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="When it was sent, had failed or expired.")
    error = models.CharField(max_length=200, blank=True)
    reference = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="The chat's own name of the message."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscription"], name="one_delivery_each"),
            models.UniqueConstraint(
                fields=["subscription", "incident", "outage", "kind"], name="one_notice_a_kind_and_outage"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="deliveries_waiting"),
            models.Index(
                fields=["subscription", "incident", "event"], condition=Q(state="waiting"), name="deliveries_in_order"
            ),
            models.Index(fields=["subscription", "-created_at"], name="deliveries_by_subscription"),
            models.Index(fields=["endpoint", "kind", "-created_at"], name="deliveries_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"


class ContactAttempt(models.Model):
    """A message that its receiver had not asked for, such as a link to confirm. It outlives what it was about.

    `target_hash` is a keyed hash of the receiver; `asker` the number of a key or the hash of a network, 0 for unknown.
    """

    target_hash = models.BinaryField(max_length=32)
    asker = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["target_hash", "at"], name="contacts_by_target"),
            models.Index(fields=["asker", "at"], name="contacts_by_asker"),
            models.Index(fields=["at"], name="contacts_by_age"),
        ]

    def __str__(self) -> str:
        return f"contact at {self.at:%Y-%m-%d %H:%M}"


class NoticeCursor(models.Model):
    """How far a service's events were turned into deliveries.

    Its own for each service: only one scan at a time writes a service's events, so their ids grow with their commits.
    Across services they need not, and a single cursor could pass an event that is not committed yet.
    """

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="notice_cursor")
    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.service_id} at {self.event_id}"

    @classmethod
    def skip(cls, service: Service) -> None:
        """Passes over all events that a service has by now: nobody is told of them."""
        last = IncidentEvent.objects.filter(incident__service=service).aggregate(last=models.Max("id"))["last"] or 0
        cls.objects.get_or_create(service=service)
        cls.objects.filter(service=service, event_id__lt=last).update(event_id=last)
