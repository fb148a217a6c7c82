"""Reads sources when they are due, and keeps their health. The only writer of SourceHealth."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from outages.models import Incident, SourceHealth
from outages.signals.announcements import schedule
from outages.signals.announcements.datatypes import FailureReason, Page, SourceError
from outages.signals.announcements.fetch import check_robots, obey_robots
from outages.signals.announcements.readers import KINDS, reader_of
from outages.signals.announcements.store import hold_back, mark_deleted, store_page
from outages.signals.outbound.client import Client
from outages.signals.outbound.errors import OutboundError, OutboundOffError
from reports.catalog.schema import Source
from reports.catalog.store import catalog_of
from reports.models import Service

State = SourceHealth.State
LEASE = timedelta(minutes=5)  # a read that died is tried again after this
ABORTED = "the last read was aborted: it took too long, or its process ended"
# Planned work that is under way is no trouble: it may last for days, as announced.
IN_TROUBLE = (Incident.State.POSSIBLE, Incident.State.CONFIRMED, Incident.State.RECOVERING)
_FAILED_STATES = (State.UNREACHABLE, State.BLOCKED, State.OWN_ERROR, State.SLOW, State.NOT_CONFIGURED)
CHUNK = 250  # posts stored in one transaction
log = logging.getLogger(__name__)


def sources() -> Iterator[tuple[Service, Source]]:
    """All sources of live services that can be read without a person."""
    for service in Service.objects.filter(is_active=True, clock=Service.Clock.LIVE):
        for source in catalog_of(service).sources:
            if source.kind in KINDS:
                yield service, source


def take_due(now: datetime) -> list[tuple[int, str]]:
    """Takes the sources whose time has come, each for one reader. Returns (service id, source slug)."""
    known = {(row.service_id, row.slug): row for row in SourceHealth.objects.all()}
    troubled = set(Incident.objects.filter(state__in=IN_TROUBLE).values_list("service_id", flat=True))
    taken = []
    for service, source in sources():
        row = known.get((service.pk, source.slug)) or health_of(service, source)
        if service.pk in troubled:
            _bring_forward(row, now)
        due_at = schedule.due_at(row)
        if due_at is not None and due_at > now:
            continue
        if _was_aborted(row):
            _failed(row, source, SourceError(FailureReason.UNREACHABLE, ABORTED), now)
            continue
        claimed = SourceHealth.objects.filter(pk=row.pk, next_try_at=row.next_try_at).update(next_try_at=now + LEASE)
        if claimed:
            taken.append((service.pk, source.slug))
    return taken


def _bring_forward(row: SourceHealth, now: datetime) -> None:
    """Ask a source sooner than it was meant to be, whether it was well or failing, as its service is in trouble."""
    sooner = schedule.brought_forward(row, now)
    if sooner is None:
        return
    # Whoever has taken or read it in the meantime knows better.
    if SourceHealth.objects.filter(pk=row.pk, next_try_at=row.next_try_at).update(next_try_at=sooner):
        row.next_try_at = sooner


def _was_aborted(row: SourceHealth) -> bool:
    """Return whether the last read of a source began and never ended."""
    if row.last_try_at is None:
        return False
    if row.state in (State.FINE, State.WAITING):
        return row.last_success_at is None or row.last_success_at < row.last_try_at
    # Each failure that was noted sets the end of the back-off after it.
    return row.state in _FAILED_STATES and row.backed_off_until is not None and row.backed_off_until <= row.last_try_at


def mark_off() -> None:
    """Shows all sources as switched off."""
    for service, source in sources():
        health_of(service, source)
    SourceHealth.objects.exclude(state=State.OFF).exclude(kind="manual").update(
        state=State.OFF, detail="", next_try_at=F("not_before")
    )


def health_of(service: Service, source: Source) -> SourceHealth:
    """The source's health, made at the first look."""
    return SourceHealth.objects.get_or_create(service=service, slug=source.slug, defaults={"kind": source.kind})[0]


def read_source(service: Service, slug: str, client: Client, now: datetime) -> SourceHealth:
    """Reads a source once: stores what is new, page by page, and says how it went."""
    source = next((source for source in catalog_of(service).sources if source.slug == slug), None)
    if source is None or source.kind not in KINDS:
        raise LookupError(f"{service.slug} has no source {slug!r} that can be read")
    health = health_of(service, source)
    is_history = health.last_success_at is None
    reader = reader_of(source)
    started = health.last_try_at = now
    unread: dict[str, None] = {}
    unread_count = 0
    SourceHealth.objects.filter(pk=health.pk).update(last_try_at=now)
    try:
        cursor = dict(health.cursor)
        if reader.obeys_robots:
            cursor = check_robots(reader.addresses(source), cursor, client, now)
            SourceHealth.objects.filter(pk=health.pk).update(cursor=cursor)
            obey_robots(cursor)
        for page in reader.pages(source, cursor, client, _Budget(health.pk, source.budget_usd_a_day, now), now):
            old = is_history if page.is_history is None else page.is_history
            _take(service, source, health, page, now, is_history=old)
            unread |= dict.fromkeys(page.unread)
            unread_count += page.unread_count
    except SourceError as failure:
        return _failed(health, source, failure, now)
    except OutboundOffError:
        return _save(health, state=State.OFF, detail="", next_try_at=health.not_before)
    except OutboundError as error:
        return _failed(health, source, SourceError(FailureReason.UNREACHABLE, str(error)), now)
    except Exception as error:  # whatever a source sends, it is one source's trouble, and is said and counted
        log.exception("reading %s of %s failed in our own program", slug, service.slug)
        return _failed(health, source, SourceError(FailureReason.OWN_ERROR, _own_error(error)), now)
    return _save(
        health,
        state=State.FINE,
        detail=_not_read(list(unread), unread_count),
        unread=unread_count,
        last_success_at=started,
        failures=0,
        backed_off_until=None,
        not_before=None,
        next_try_at=now + schedule.jittered(_interval(service, source), health, now),
    )


def _take(
    service: Service, source: Source, health: SourceHealth, page: Page, now: datetime, *, is_history: bool
) -> None:
    """Store a page in chunks, the oldest first. Where the next read begins moves on with the last of them."""
    if page.listings:  # a source that lists nothing whole says a thing once, and is believed at once
        page = hold_back(service, source, page, now)
    posts = sorted(page.posts, key=lambda post: post.posted_at or now)
    chunks = [posts[start : start + CHUNK] for start in range(0, len(posts), CHUNK)] or [[]]
    for number, chunk in enumerate(chunks, start=1):
        with transaction.atomic():
            SourceHealth.objects.select_for_update().get(pk=health.pk)
            changed = store_page(service, source, replace(page, posts=tuple(chunk)), now, is_history=is_history)
            values: dict[str, object] = {"last_change_at": now} if changed else {}
            if number == len(chunks):
                values["cursor"] = mark_deleted(service, source, page, page.cursor, now)
            if values:
                SourceHealth.objects.filter(pk=health.pk).update(**values)


def _own_error(error: Exception) -> str:
    """What went wrong in our own program, in few words."""
    return f"our own error: {type(error).__name__}: {error}"[:300]


def _not_read(what: list[str], count: int) -> str:
    """What could not be read of an answer that was read else."""
    if not count:
        return ""
    noun = "entry" if count == 1 else "entries"
    return f"{count} {noun} could not be read: {'; '.join(what)}"[:300]


def _interval(service: Service, source: Source) -> timedelta:
    """How long to wait after a good read: less while an incident is open, never under five minutes."""
    usual = timedelta(minutes=source.interval_minutes)
    if Incident.objects.filter(service=service, state__in=Incident.OPEN_STATES).exists():
        return min(usual, schedule.URGENT_INTERVAL)
    return usual


def _failed(health: SourceHealth, source: Source, failure: SourceError, now: datetime) -> SourceHealth:
    """Notes a failure, and when the source is asked again."""
    in_trouble = Incident.objects.filter(service=health.service_id, state__in=IN_TROUBLE).exists()
    moments = schedule.after_failure(health, source, failure, now, in_trouble=in_trouble)
    return _save(health, state=State(failure.trouble.value), detail=str(failure)[:300], **moments)


def _save(health: SourceHealth, **values: object) -> SourceHealth:
    values["last_try_at"] = health.last_try_at
    SourceHealth.objects.filter(pk=health.pk).update(**values)
    health.refresh_from_db()
    return health


@dataclass(frozen=True, slots=True)
class _Budget:
    """The day's money of a source, in its health row. A day is a day of UTC."""

    health: int
    budget_usd: float
    now: datetime

    def reserve(self, price_usd: float, *, least: int, most: int) -> int:
        today, price = self.now.date(), Decimal(str(price_usd))
        rows = SourceHealth.objects.filter(pk=self.health)
        with transaction.atomic():
            row = rows.select_for_update().get()
            spent = row.spent_today if row.spent_on == today else Decimal(0)
            count = min(most, int((Decimal(str(self.budget_usd)) - spent) / price))
            if count < least:
                midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
                raise SourceError(
                    FailureReason.SLOW, f"today's budget of ${self.budget_usd:g} is used up", retry_at=midnight
                )
            rows.update(spent_on=today, spent_today=spent + count * price)
        return count

    def give_back(self, price_usd: float, count: int) -> None:
        SourceHealth.objects.filter(pk=self.health, spent_on=self.now.date()).update(
            spent_today=F("spent_today") - count * Decimal(str(price_usd))
        )
