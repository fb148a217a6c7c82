"""Subscriptions: made, confirmed, changed, tested, ended. The only writer of Subscription and Endpoint.

Each is opened by its secret, or belongs to the API key that it was made with.
"""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from msgspec import UNSET

from outages.models import Channel, Delivery, Endpoint, Incident, Subscription
from outages.notifications import coverage, crypto, delivery_queue, ledger, validation
from outages.notifications.channels import CHANNELS, POSTING
from outages.notifications.channels.webhook import new_signing_secret
from outages.notifications.messages import CHALLENGE
from outages.notifications.validation import Changes, Wanted
from reports.access import keys
from reports.errors import SubmissionError
from reports.intake import service_cache
from reports.models import ApiKey, Service

SECRET_ROTATION = timedelta(hours=24)  # how long the old secret stays valid
UNCONFIRMED_KEPT = timedelta(hours=48)
DISABLED_KEPT = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=30)
MOST_TESTS = 10  # an hour and subscription
MOST_OF_ONE_ENDPOINT = 50
SHORTEST_SECRET, LONGEST_SECRET = 32, 200
_SECRET = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A new subscription. The secrets are told once and kept as a hash, or sealed. One of a key has no secret."""

    subscription: Subscription
    secret: str
    signing_secret: str = ""


def subscribe(
    wanted: Wanted, *, now: datetime, network: int = 0, secret: str | None = None, key: ApiKey | None = None
) -> NewSubscription:
    """Stores a subscription and has its target asked whether it wants it. Raises SubmissionError.

    `secret` is one that an earlier answer gave: the new subscription is managed by it, too. With a `key` it belongs to
    the key.
    """
    parts = coverage.parts_of(wanted)
    first, components = parts[0]
    checked = validation.check(wanted, first.components)
    if secret is not None and not all_of(secret):
        raise SubmissionError(
            HTTPStatus.UNAUTHORIZED, "bad-secret", "This secret manages nothing. Leave it out to get a new one."
        )
    recorded = Service.objects.filter(pk__in=[part.id for part, _ in parts], clock=Service.Clock.RECORDED)
    for slug in recorded.values_list("slug", flat=True)[:1]:
        message = "This service shows a recording, so there are no alerts."
        field, message = ("of", f"{slug}: {message}") if wanted.of is not None else ("service", message)
        raise validation.refusal([{"field": field, "message": message}])
    own = "" if key is not None else secret or secrets.token_urlsafe(32)
    signing = new_signing_secret() if checked.channel == Channel.WEBHOOK.value else ""
    with transaction.atomic():
        endpoint = endpoint_of(checked.channel, checked.target)
        if endpoint.subscriptions.filter(head=None).exclude(confirmed_at=None).count() >= MOST_OF_ONE_ENDPOINT:
            message = f"This target has {MOST_OF_ONE_ENDPOINT} subscriptions already."
            raise SubmissionError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-subscriptions", message)
        subscription = Subscription.objects.create(
            service_id=first.id,
            endpoint=endpoint,
            **(coverage.as_stored(components) if wanted.of is not None else {"component": checked.component}),
            country=checked.country,
            region=checked.region,
            from_state=wanted.from_state,
            cadence=wanted.cadence,
            language=checked.language,
            owner_hash=crypto.hash_secret(own) if own else b"",
            api_key=key,
            owner_endpoint=endpoint_of(Channel.MAIL, checked.owner) if checked.owner else None,
            signing_sealed=crypto.seal(signing) if signing else b"",
            network=0 if key is not None else network,
        )
        for part, named in parts[1:]:
            _add_part(subscription, part.id, named)
        challenge(subscription, now=now, network=network)
        if subscription.owner_endpoint is not None:
            _charge(subscription, subscription.owner_endpoint, network, now)
            _send(subscription, Delivery.Kind.OWNER, now)
    return NewSubscription(subscription, own, signing)


def _add_part(head: Subscription, service_id: int, components: tuple[str, ...]) -> None:
    """Add the row of a further service to a subscription to a board. Its owner is told of the first one only."""
    kept = (
        "endpoint",
        "country",
        "region",
        "from_state",
        "cadence",
        "language",
        "owner_hash",
        "api_key",
        "signing_sealed",
    )
    values = {name: getattr(head, name) for name in kept}
    Subscription.objects.create(head=head, service_id=service_id, **coverage.as_stored(components), **values)


def check_secret(secret: str) -> None:
    """Raises SubmissionError for what cannot be one of our secrets."""
    if not (SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET and _SECRET.fullmatch(secret)):
        raise SubmissionError(HTTPStatus.UNAUTHORIZED, "bad-secret", "Send the secret that came with the subscription.")


def endpoint_of(channel: str, target: str) -> Endpoint:
    """The endpoint of a target, made where there is none yet, and locked until the transaction ends."""
    digest = crypto.fingerprint(f"{channel} {target}")
    with transaction.atomic():
        while True:
            found = Endpoint.objects.select_for_update().filter(channel=channel, target_hash=digest).first()
            if found is not None:
                return found
            # Another request may make it at the same time, and the end of its only subscription may take it away again.
            new = Endpoint(channel=channel, target_hash=digest, target_sealed=crypto.seal(target))
            Endpoint.objects.bulk_create([new], ignore_conflicts=True)


def challenge(subscription: Subscription, *, now: datetime, network: int = 0) -> Delivery:
    """Has the target asked whether it wants the notices.

    Raises SubmissionError where it was asked often enough today.
    """
    if subscription.state != "unconfirmed":
        raise SubmissionError(HTTPStatus.CONFLICT, "not-unconfirmed", f"The subscription is {subscription.state}.")
    with transaction.atomic():
        _hold(subscription)
        _charge(subscription, subscription.endpoint, network or subscription.network, now)
        return _send(subscription, Delivery.Kind.CHALLENGE, now)


def send_test(subscription: Subscription, *, now: datetime) -> Delivery:
    """Sends a test. Raises SubmissionError where it is not confirmed, or was tested often enough."""
    if subscription.state != "active":
        raise SubmissionError(HTTPStatus.CONFLICT, "not-active", f"The subscription is {subscription.state}.")
    lately = subscription.deliveries.filter(kind=Delivery.Kind.TEST, created_at__gt=now - timedelta(hours=1))
    if lately.count() >= MOST_TESTS:
        raise SubmissionError(
            HTTPStatus.TOO_MANY_REQUESTS, "too-many-subscriptions", "You can send up to ten tests an hour."
        )
    with transaction.atomic():
        _hold(subscription)
        if subscription.endpoint.channel == Channel.MAIL:  # who holds the secret need not be whose mailbox it is
            _charge(subscription, subscription.endpoint, subscription.network, now)
        return _send(subscription, Delivery.Kind.TEST, now)


def _hold(subscription: Subscription) -> None:
    """Lock a subscription's row until the transaction ends. Raises SubmissionError where it was deleted meanwhile."""
    if not Subscription.objects.select_for_update().filter(pk=subscription.pk).exists():
        raise SubmissionError(HTTPStatus.NOT_FOUND, "unknown-subscription", "The subscription has just been deleted.")


def _charge(subscription: Subscription, endpoint: Endpoint, network: int, now: datetime) -> None:
    """Counts a message that the endpoint has not asked for. Raises SubmissionError."""
    key = subscription.api_key
    ledger.charge(
        endpoint.channel,
        _address_of(endpoint),
        network=0 if key is not None else network,
        key=keys.number_of(key) if key is not None else 0,
        now=now,
    )


def _address_of(endpoint: Endpoint) -> str:
    """Where an endpoint's messages go. One that cannot be opened any more stands for itself."""
    try:
        return crypto.unseal(endpoint.target_sealed)
    except crypto.DecryptionError:
        return f"sealed {endpoint.pk}"


def _send(subscription: Subscription, kind: Delivery.Kind, now: datetime) -> Delivery:
    owner = subscription.owner_endpoint_id if kind == Delivery.Kind.OWNER else None
    return Delivery.objects.create(
        subscription=subscription,
        endpoint_id=subscription.endpoint_id if owner is None else owner,
        kind=kind,
        created_at=now,
        next_at=now,
    )


def find(subscription_id: uuid.UUID, holder: str | ApiKey) -> Subscription:
    """The subscription that a secret or a key manages.

    Raises SubmissionError; it does not tell somebody else's subscription from one that does not exist.
    """
    found = _managed_by(holder).filter(pk=subscription_id).first()
    if found is None:
        whose = "key" if isinstance(holder, ApiKey) else "secret"
        raise SubmissionError(
            HTTPStatus.NOT_FOUND, "unknown-subscription", f"There is no such subscription, or the {whose} is another's."
        )
    return found


def all_of(holder: str | ApiKey) -> list[Subscription]:
    """All that a secret or a key manages, the newest first. Raises SubmissionError."""
    return list(_managed_by(holder).order_by("-created_at", "id"))


def _managed_by(holder: str | ApiKey) -> QuerySet[Subscription]:
    if isinstance(holder, ApiKey):
        return _all().filter(api_key=holder)
    check_secret(holder)
    return _all().filter(owner_hash=crypto.hash_secret(holder), api_key=None)


def by_token(subscription_id: uuid.UUID, purpose: str, token: str) -> Subscription | None:
    """The subscription that a link is about; None where the link is wrong or the subscription is gone."""
    if not crypto.is_token(purpose, subscription_id, token):
        return None
    return _all().filter(pk=subscription_id).first()


def _all() -> QuerySet[Subscription]:
    rows = Subscription.objects.select_related("service", "endpoint").defer("service__definition")
    others = Subscription.objects.select_related("service").defer("service__definition").order_by("created_at")
    return rows.filter(head=None).prefetch_related(Prefetch("parts", others))


def deliveries_of(subscription: Subscription) -> QuerySet[Delivery]:
    """What it was told, the newest first."""
    mine = Delivery.objects.filter(Q(subscription=subscription) | Q(subscription__head=subscription))
    return mine.order_by("-created_at", "-event_id")


def prove(subscription_id: uuid.UUID, challenge: str, *, now: datetime) -> Subscription:
    """Confirms by what was sent to the target. Raises SubmissionError."""
    found = by_token(subscription_id, CHALLENGE, challenge)
    if found is None:
        raise SubmissionError(
            HTTPStatus.FORBIDDEN, "wrong-challenge", "This is not what we have sent there, or the subscription is gone."
        )
    confirm(found, now=now)
    return found


def confirm(subscription: Subscription, *, now: datetime) -> None:
    """Notes that the target wants the notices, from now on.

    A person who has subscribed to the same twice is told once: the later choice takes the place of the earlier one.
    """
    with transaction.atomic():
        rows = Subscription.objects.filter(Q(pk=subscription.pk) | Q(head=subscription.pk))
        confirmed = rows.filter(confirmed_at=None, disabled_at=None).update(confirmed_at=now, network=0)
        if not confirmed:
            return
        subscription.confirmed_at = now
        ledger.strike_off(subscription.endpoint.channel, _address_of(subscription.endpoint))
        if subscription.endpoint.channel in (Channel.MAIL, Channel.PUSH, *POSTING):
            Subscription.objects.filter(pk__in=_replaced_by(subscription)).delete()


def _replaced_by(subscription: Subscription) -> list[uuid.UUID]:
    """The earlier ones of the same target and place that tell of nothing else than this one."""
    earlier = Subscription.objects.filter(
        endpoint=subscription.endpoint_id,
        country=subscription.country,
        region=subscription.region,
        head=None,
        created_at__lte=subscription.created_at,
    ).exclude(pk=subscription.pk)
    mine = coverage.told_of(subscription)
    return [one.pk for one in earlier.prefetch_related("parts") if coverage.told_of(one) <= mine]


def confirm_owner(subscription: Subscription, *, now: datetime) -> None:
    """Notes that the owner wants to be told when the webhook is disabled."""
    confirmed = Subscription.objects.filter(pk=subscription.pk, owner_confirmed_at=None).exclude(owner_endpoint=None)
    if confirmed.update(owner_confirmed_at=now) and subscription.owner_endpoint is not None:
        ledger.strike_off(Channel.MAIL, _address_of(subscription.owner_endpoint))


def refuse_owner(subscription: Subscription) -> None:
    """Forgets the owner's address: whoever has it does not want to be told."""
    delivery_queue.forget_owner(subscription)


def rotate(subscription: Subscription, *, now: datetime) -> str:
    """Gives a webhook a new signing secret. The old one signs, too, for a day. Raises SubmissionError."""
    if subscription.endpoint.channel != Channel.WEBHOOK:
        raise SubmissionError(HTTPStatus.CONFLICT, "not-a-webhook", "Only webhooks are signed.")
    new = new_signing_secret()
    subscription.old_signing_sealed = subscription.signing_sealed
    subscription.old_signing_until_at = now + SECRET_ROTATION
    subscription.signing_sealed = crypto.seal(new)
    with transaction.atomic():
        _hold(subscription)
        changed = ["signing_sealed", "old_signing_sealed", "old_signing_until_at"]
        subscription.save(update_fields=changed)
        subscription.parts.update(**{name: getattr(subscription, name) for name in changed})
    return new


def change(subscription: Subscription, changes: Changes) -> None:
    """Changes what a subscription is told of, from the next notice on. Raises SubmissionError."""
    if changes.component is not UNSET and (subscription.components or subscription.parts.exists()):
        message = "A board's components stay as they are. Subscribe anew to another board."
        raise validation.refusal([{"field": "component", "message": message}])
    found = validation.check_changes(changes, subscription, service_cache.service(subscription.service.slug).components)
    for name, value in found.items():
        setattr(subscription, name, value)
    if found:
        with transaction.atomic():
            _hold(subscription)
            subscription.save(update_fields=list(found))
            subscription.parts.update(**found)


def end_key(key: ApiKey) -> int:
    """Revokes a key of the API. The subscriptions that belong to it end. Returns how many."""
    with transaction.atomic():
        ended = all_of(key)
        for subscription in ended:
            unsubscribe(subscription)
        keys.revoke(key)
    return len(ended)


def unsubscribe(subscription: Subscription) -> None:
    """Deletes a subscription, what it was told, and its address unless another subscription needs it."""
    endpoints = [pk for pk in (subscription.endpoint_id, subscription.owner_endpoint_id) if pk is not None]
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).delete()
        for endpoint in endpoints:
            delivery_queue.forget_unused(endpoint)


def tidy(now: datetime) -> None:
    """Deletes what was never confirmed, what has long been disabled, and old deliveries, with their addresses."""
    old = Subscription.objects.filter(head=None, confirmed_at=None, created_at__lt=now - UNCONFIRMED_KEPT)
    dead = Subscription.objects.filter(head=None, disabled_at__lt=now - DISABLED_KEPT)
    for subscription in [*old, *dead]:
        unsubscribe(subscription)
    unsure = Subscription.objects.filter(owner_confirmed_at=None, created_at__lt=now - UNCONFIRMED_KEPT)
    for subscription in unsure.exclude(owner_endpoint=None):
        delivery_queue.forget_owner(subscription)
    ledger.forget_old(now)
    # Keys that expired have taken their subscriptions along; the addresses follow here.
    unused = Endpoint.objects.filter(subscriptions=None, owned=None, created_at__lt=now - timedelta(hours=1))
    for endpoint_id in unused.values_list("pk", flat=True):
        delivery_queue.forget_unused(endpoint_id)
    ended = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(created_at__lt=now - DELIVERIES_KEPT)
    # What was told of an incident that still goes on decides what is told of it next.
    ended.exclude(incident__state__in=Incident.OPEN_STATES).delete()


def follow_settings() -> None:
    """Gives each target that settings name a subscription to each live service, and ends those of other ones."""
    wanted: set[int] = set()
    for name, channel in CHANNELS.items():
        targets = channel.operator_targets()
        if targets is None:
            continue
        mine = {endpoint_of(name, target).pk for target in targets}
        for gone in Subscription.objects.filter(endpoint__channel=name).exclude(endpoint_id__in=mine):
            unsubscribe(gone)
        wanted |= mine
    live = set(Service.objects.filter(is_active=True, clock=Service.Clock.LIVE).values_list("id", flat=True))
    for endpoint_id in wanted:
        have = set(Subscription.objects.filter(endpoint_id=endpoint_id).values_list("service_id", flat=True))
        for service_id in live - have:
            made = Subscription.objects.create(service_id=service_id, endpoint_id=endpoint_id, owner_hash=b"")
            Subscription.objects.filter(pk=made.pk).update(confirmed_at=made.created_at)
