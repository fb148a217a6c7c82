"""Takes due deliveries to send them, and stores how it went.

A claim is a lease: a worker that dies leaves its deliveries to others when the lease ends. What was sent by then, but
not stored as sent, is sent once more, with the same id, where receivers know it by that (see the journal for others).
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from random import random

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from outages.models import Delivery, Endpoint, Subscription
from outages.notifications.channels import CHANNELS
from outages.notifications.retry import (
    CHALLENGE_PATIENCE,
    CIRCUIT_AFTER,
    LAST_CALL,
    LEASE,
    LONGEST_RETRY_AFTER_S,
    NEWS,
    SHORTEST_WAIT_S,
    UNASKED_GOOD_FOR,
    circuit_open_s,
    next_attempt_at,
)

log = logging.getLogger(__name__)

LONGEST_ERROR = 200
RELEASED = timedelta(minutes=1)  # what could not even be tried is not asked for again at once
NOT_NEWS = "not sent within 24 hours; that is no news any more"
GAVE_UP_IN_LINE = "not sent in time: earlier notices or the endpoint stood in the way"
UNANSWERED = "went out whole; no answer was seen, so it is not sent again"
TOO_LATE = "not sent within two hours; ask for it anew"
_QUESTIONS = (Delivery.Kind.CHALLENGE, Delivery.Kind.OWNER)
_UNASKED = (*_QUESTIONS, Delivery.Kind.TEST)
SUBSCRIPTION_DISABLED = "the subscription was disabled"

_DUE = """
    d.state = 'waiting' AND d.next_at <= %(now)s AND (d.lease_until_at IS NULL OR d.lease_until_at <= %(now)s)
    AND s.cadence = %(cadence)s AND e.channel = ANY(%(channels)s)
    AND (e.circuit_open_until_at IS NULL OR e.circuit_open_until_at <= %(now)s)
"""
_FIRST_IN_LINE = """
    NOT EXISTS (
        SELECT FROM outages_delivery b WHERE b.subscription_id = d.subscription_id AND b.incident_id = d.incident_id
        AND b.state = 'waiting' AND b.event_id < d.event_id
    )
"""
_FROM = """
    FROM outages_delivery d JOIN outages_subscription s ON s.id = d.subscription_id
    JOIN outages_endpoint e ON e.id = d.endpoint_id
"""
# Endpoints that answer: in order of time.
_QUICK = f"""
    SELECT d.id, d.claim {_FROM} WHERE {_DUE} AND e.failures = 0 AND {_FIRST_IN_LINE}
    ORDER BY d.next_at, d.event_id LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
"""
# Endpoints that failed lately: one attempt at a time each.
_SLOW = f"""
    SELECT d.id, d.claim {_FROM} WHERE {_DUE} AND d.id IN (
        SELECT DISTINCT ON (d.endpoint_id) d.id {_FROM} WHERE {_DUE} AND e.failures > 0 AND {_FIRST_IN_LINE}
        AND NOT EXISTS (
            SELECT FROM outages_delivery o
            WHERE o.endpoint_id = d.endpoint_id AND o.state = 'waiting' AND o.lease_until_at > %(now)s
        )
        ORDER BY d.endpoint_id, d.next_at
    )
    ORDER BY d.next_at LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
"""  # noqa: S608  # put together from constants
# Daily messages: all that a subscription has due goes into one.
_DIGESTS = f"""
    SELECT d.id, d.claim {_FROM} WHERE {_DUE} AND d.subscription_id IN (
        SELECT d.subscription_id {_FROM} WHERE {_DUE} GROUP BY d.subscription_id ORDER BY min(d.next_at) LIMIT %(most)s
    ) FOR UPDATE OF d SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Deliveries to be sent in one message; more than one only where a subscriber wants one message a day.

    `before` are earlier claims whose lease ended, by delivery. Nothing goes out after `until_s` (monotonic), so that an
    attempt ends before its lease does.
    """

    claim: uuid.UUID
    deliveries: tuple[Delivery, ...]
    slow: bool
    before: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict, compare=False)
    until_s: float = inf

    @property
    def subscription(self) -> Subscription:
        return self.deliveries[0].subscription

    @property
    def endpoint(self) -> Endpoint:
        return self.deliveries[0].endpoint


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended. An empty `error` is success.

    `released`: there was no attempt after all. `throttled`: the other side, or our own pace, wants it later.
    `proven`: the answer showed that its subscriber wants our notices. `reference`: the other side's name of it.
    `unanswered`: it went out whole, and is not said again.
    """

    claimed: Claimed
    at: datetime
    error: str = ""
    permanent: bool = False
    retry_after_s: float | None = None
    released: bool = False
    proven: bool = False
    throttled: bool = False
    reference: str = ""
    unanswered: bool = False


def claim(now: datetime, channels: Sequence[str], *, quick: int, slow: int) -> list[Claimed]:
    """Takes at most `quick` messages to endpoints that answer and `slow` to those that failed lately."""
    found: list[Claimed] = []
    asks = (
        (_QUICK, Subscription.Cadence.EACH, quick, False),
        (_SLOW, Subscription.Cadence.EACH, slow, True),
        (_DIGESTS, Subscription.Cadence.DAILY, slow, True),
    )
    for statement, cadence, most, is_slow in asks:
        if most > 0 and channels:
            found += _claim(statement, cadence.value, most, now, channels, is_slow)
    return found


def _claim(
    statement: str, cadence: str, most: int, now: datetime, channels: Sequence[str], slow: bool
) -> list[Claimed]:
    token, until_s = uuid.uuid4(), time.monotonic() + LAST_CALL.total_seconds()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, {"now": now, "cadence": cadence, "channels": list(channels), "most": most})
            found = dict(cursor.fetchall())
        ids = list(found)
        before = {pk: claim for pk, claim in found.items() if claim is not None}
        if not ids:
            return []
        # What a lease ended on was an attempt, too: nobody knows how far it came.
        Delivery.objects.filter(id__in=ids).update(claim=token, lease_until_at=now + LEASE, attempts=F("attempts") + 1)
        Delivery.objects.filter(id__in=ids, first_tried_at=None).update(first_tried_at=now)
    rows = (
        Delivery.objects.filter(id__in=ids)
        .select_related("endpoint", "subscription__service", "subscription__endpoint", "incident", "event")
        .defer("subscription__service__definition")  # large, and kept by the process
        .order_by("next_at", "event_id")
    )
    if cadence == Subscription.Cadence.EACH:
        return [Claimed(token, (row,), slow, before, until_s) for row in rows]
    grouped: dict[tuple[uuid.UUID, int], list[Delivery]] = defaultdict(list)
    for row in rows.order_by("event_id"):
        grouped[row.subscription_id, row.endpoint_id].append(row)
    return [Claimed(token, tuple(group), slow, before, until_s) for group in grouped.values()]


def store(results: Iterable[Result]) -> None:
    """Writes down how attempts ended; those whose claim has passed to somebody else are left alone."""
    with transaction.atomic():
        for result in results:
            _store(result)


def _store(result: Result) -> None:
    claimed = result.claimed
    ids = [delivery.pk for delivery in claimed.deliveries]
    mine = Delivery.objects.filter(id__in=ids, claim=claimed.claim, state=Delivery.State.WAITING)
    endpoint = Endpoint.objects.filter(pk=claimed.endpoint.pk)
    if result.released:
        later = result.at + RELEASED
        mine.update(claim=None, lease_until_at=None, attempts=F("attempts") - 1, next_at=later)
        Delivery.objects.filter(id__in=ids, attempts=0).update(first_tried_at=None)
    elif result.throttled:
        wait_s = min(max(result.retry_after_s or 0.0, SHORTEST_WAIT_S), LONGEST_RETRY_AFTER_S) * (1 + 0.2 * random())
        later = result.at + timedelta(seconds=wait_s)
        mine.update(claim=None, lease_until_at=None, attempts=F("attempts") - 1, next_at=later, error=result.error)
    elif result.unanswered:
        _store_unanswered(result, mine, endpoint.select_for_update().first())
    elif not result.error:
        if end_taken(mine, result.reference, result.at):
            endpoint.update(failures=0, circuit_open_until_at=None, last_success_at=result.at)
    else:
        _store_failure(result, mine, endpoint.select_for_update().first())
    kind = claimed.deliveries[0].kind
    failed_question = kind == Delivery.Kind.OWNER and bool(result.error)
    if (kind == Delivery.Kind.DISABLED or failed_question) and not mine.exists():
        forget_owner(claimed.subscription)


def end_taken(found: QuerySet[Delivery], reference: str, at: datetime) -> int:
    """End what was taken. Return how many."""
    ended = {"state": Delivery.State.SENT, "ended_at": at, "error": "", "claim": None, "lease_until_at": None}
    return found.update(reference=reference, **ended)


def end_unanswered(found: QuerySet[Delivery], at: datetime) -> int:
    """End what went out whole without an answer where it is not said again. Return how many."""
    return found.update(state=Delivery.State.SENT, ended_at=at, error=UNANSWERED, claim=None, lease_until_at=None)


def _store_unanswered(result: Result, mine: QuerySet[Delivery], endpoint: Endpoint | None) -> None:
    """End it; the endpoint has failed all the same. One that is silent for its channel's patience is disabled."""
    first, at = result.claimed.deliveries[0], result.at
    if not end_unanswered(mine, at) or endpoint is None:
        return
    earlier = endpoint.last_failure_at
    _count_failure(endpoint, at)
    long_ago = at - CHANNELS[endpoint.channel].patience
    silent = endpoint.deliveries.filter(error=UNANSWERED, ended_at__lte=long_ago)
    if endpoint.last_success_at is not None:
        silent = silent.filter(ended_at__gt=endpoint.last_success_at)
    lasts = (earlier is not None and earlier <= long_ago) or silent.exists()  # old deliveries are deleted
    if endpoint.failures >= CIRCUIT_AFTER and lasts and first.kind not in _UNASKED:
        disable(endpoint, f"{endpoint.failures} messages in a row stayed unanswered: {result.error}", at)


def _count_failure(endpoint: Endpoint, at: datetime) -> None:
    endpoint.failures += 1
    open_s = circuit_open_s(endpoint.failures)
    endpoint.circuit_open_until_at = at + timedelta(seconds=open_s) if open_s else None
    endpoint.last_failure_at = at
    endpoint.save(update_fields=["failures", "circuit_open_until_at", "last_failure_at"])


def forget_owner(subscription: Subscription) -> None:
    """Deletes the address of a webhook's owner, once there is nothing more to say."""
    owner = subscription.owner_endpoint_id
    if owner is not None:
        Subscription.objects.filter(pk=subscription.pk).update(owner_endpoint=None, owner_confirmed_at=None)
        Delivery.objects.filter(subscription=subscription, endpoint_id=owner).delete()
        forget_unused(owner)


def forget_unused(endpoint_id: int) -> None:
    """Deletes an endpoint that no subscription needs: its address has no business here any more."""
    with transaction.atomic():
        list(Endpoint.objects.select_for_update().filter(pk=endpoint_id))  # who subscribes to it comes before or after
        Endpoint.objects.filter(pk=endpoint_id, subscriptions=None, owned=None).delete()


def _store_failure(result: Result, mine: QuerySet[Delivery], endpoint: Endpoint | None) -> None:
    claimed, at = result.claimed, result.at
    error = result.error[:LONGEST_ERROR]
    first = claimed.deliveries[0]
    next_at = None
    if not result.permanent:
        next_at = next_attempt_at(
            at, first.first_tried_at or at, patience_of(first), first.attempts, random(), result.retry_after_s
        )
    freed = {"claim": None, "lease_until_at": None, "error": error}
    if next_at is not None:
        changed = mine.update(next_at=next_at, **freed)
    else:
        changed = mine.update(state=Delivery.State.FAILED, ended_at=at, **freed)
    if not changed or endpoint is None:
        return
    _count_failure(endpoint, at)
    if next_at is not None or first.kind in _QUESTIONS or first.kind == Delivery.Kind.DISABLED:
        return
    answered = endpoint.last_success_at is not None and endpoint.last_success_at > (first.first_tried_at or at)
    if result.permanent or (not answered and first.kind != Delivery.Kind.TEST):
        disable(endpoint, error, at)


def thread_of(delivery: Delivery) -> str:
    """Return the reference of what this subscription was told of the incident's present outage first."""
    if delivery.incident_id is None:
        return ""
    said = Delivery.objects.filter(
        subscription=delivery.subscription_id, incident=delivery.incident_id, outage=delivery.outage
    ).exclude(reference="")
    return said.order_by("event_id").values_list("reference", flat=True).first() or ""


def patience_of(delivery: Delivery) -> timedelta:
    """How long after the first attempt it is tried again."""
    if delivery.kind in _UNASKED:
        return CHALLENGE_PATIENCE
    return CHANNELS[delivery.endpoint.channel].patience


def disable(endpoint: Endpoint, reason: str, at: datetime) -> None:
    """Ends all subscriptions of an endpoint that takes nothing any more, and tells their owners where we can."""
    for subscription in endpoint.subscriptions.select_for_update().filter(disabled_at=None):
        subscription.disabled_at = at
        subscription.disabled_reason = reason[:LONGEST_ERROR]
        subscription.save(update_fields=["disabled_at", "disabled_reason"])
        subscription.deliveries.filter(state=Delivery.State.WAITING).update(
            state=Delivery.State.FAILED, ended_at=at, error=SUBSCRIPTION_DISABLED, claim=None, lease_until_at=None
        )
        log.info("subscription %s was disabled: %s", subscription.pk, reason)
        owner = subscription.owner_endpoint_id if subscription.owner_confirmed_at is not None else None
        if owner is not None and owner != endpoint.pk:
            Delivery.objects.create(
                subscription=subscription,
                endpoint_id=owner,
                kind=Delivery.Kind.DISABLED,
                created_at=at,
                next_at=at,
            )


def expire(now: datetime) -> int:
    """Ends deliveries that came too late to be news. Returns how many.

    What an endpoint that fails keeps waiting has the channel's whole patience; what waits because of us, as while
    sending is switched off, has a day. What nobody has asked for yet has two hours, so that it is counted on its day.
    """
    idle = Delivery.objects.filter(state=Delivery.State.WAITING).filter(
        Q(lease_until_at=None) | Q(lease_until_at__lte=now)
    )
    ended = {"state": Delivery.State.EXPIRED, "ended_at": now, "claim": None, "lease_until_at": None}
    count = idle.filter(kind__in=_UNASKED, created_at__lte=now - UNASKED_GOOD_FOR).update(error=TOO_LATE, **ended)
    late = idle.filter(attempts=0, next_at__lte=now - NEWS)
    behind = Delivery.objects.filter(state=Delivery.State.WAITING, attempts__gt=0).values("subscription_id")
    count += late.filter(endpoint__failures=0).exclude(subscription_id__in=behind).update(error=NOT_NEWS, **ended)
    for name, channel in CHANNELS.items():
        # An attempt that keeps failing ends by itself. This ends what never came to its turn, and what died in turn.
        too_old = idle.filter(endpoint__channel=name, created_at__lte=now - channel.patience - NEWS)
        count += too_old.update(error=GAVE_UP_IN_LINE, **ended)
    return count


def next_due_at(now: datetime) -> datetime | None:
    """When the next delivery comes due that is not due yet; None where there is none."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__gt=now)
    return waiting.order_by("next_at").values_list("next_at", flat=True).first()
