"""Takes a service's complete minutes through the detector. State, counts, incidents and events move together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from outages.clock import MINUTE, at_minute, minute_of, whole_minute
from outages.detection.datatypes import Outcome
from outages.detection.early_look import LOOKS
from outages.detection.engine import State, StateError, look_through, step
from outages.detection.engine import look as detector_look
from outages.detection.estimators.probes import DOWN
from outages.models import DetectorState, NoticeCursor, ServiceMinute
from outages.pipeline import counts, failures, incidents, inputs, quiet, serving_minutes
from outages.pipeline.lock import lock_scan
from outages.pipeline.recount import LONGEST_CATCH_UP, recount_changed
from outages.pipeline.renewal import MOST_AHEAD, RELEARN, first_state, relearnt, rewind, watched_spans
from outages.pipeline.reset import wipe_derived
from outages.pipeline.spec import service_spec
from reports.catalog.store import catalog_of
from reports.models import Report, Service
from reports.queries import counted_reports, set_aside

log = logging.getLogger(__name__)

CHUNK_MINUTES = 60  # a flood's minutes must fit into memory, and into a task's time limit
RELEARN_AFTER_FAILURES = 3  # minutes in a row that failed: then it is the state's fault rather than theirs

Progress = Callable[[datetime], None]


class ScanError(Exception):
    """A minute could not be stepped. It is tried again, and in the end set aside."""


def run(service: Service, *, now: datetime, clock: Callable[[], datetime] | None = None) -> int:
    """Step all minutes of a live service that are complete at `now`. Return how many.

    A service that was never scanned is watched from its last complete minute on. A minute that fails is tried alone,
    some times over, and then set aside: the next one is gone on with. Raises ScanError where one is to be tried again.
    `clock` is asked anew where the service seems to be ahead of `now`; without one `now` is believed.
    """
    until = last_complete(now) + MINUTE
    first = _first_minute(service, until)
    if first > until + MOST_AHEAD:
        recount_changed(service, now=now)
        try:
            rewind(service, last_complete=lambda: last_complete(clock() if clock else now))
        except Exception as error:
            raise ScanError(f"{service.slug}: it stays ahead of the clock, at {until:%Y-%m-%d %H:%M}") from error
        first = _first_minute(service, until)
    dark = serving_minutes.dark_minutes(service, max(until - LONGEST_CATCH_UP, first), until)
    if dark:
        failures.set_dark_aside(service, dark, now=now)
    troubled = failures.unresolved(service)
    careful_until = troubled[-1] + CHUNK_MINUTES * MINUTE if troubled else None
    stepped = 0
    while (first := _next_minute(service, until)) < until:
        alone = careful_until is not None and first < careful_until
        last = min(
            until, first + (1 if alone else CHUNK_MINUTES) * MINUTE, *(minute for minute in dark if minute > first)
        )
        count_first = alone or last > first + MINUTE  # the usual minute costs no row of its own
        if count_first and not failures.begin(service, first, now=now):
            continue
        try:
            with transaction.atomic():
                if not lock_scan(service):
                    return stepped
                count = _step_span(service, last, start=first, now=now)
        except Exception as error:
            if last > first + MINUTE:
                careful_until = last  # one of them, and each alone tells which
                failures.forget(service, [first], failures.STEP)
                continue
            if failures.note(service, first, error, now=now, begun=count_first):
                continue
            raise ScanError(f"{service.slug}: {first:%Y-%m-%d %H:%M} is tried again") from error
        if not count:
            break  # somebody else has just done it
        stepped += count
        if count_first:
            failures.forget_before(service, last)
    if troubled:
        failures.forget_before(service, _first_minute(service, until))
    recount_changed(service, now=now)
    return stepped


def last_complete(now: datetime) -> datetime:
    """Return the last minute whose reports have come, as far as we wait for them."""
    return whole_minute(now - timedelta(seconds=settings.SCAN_DELAY_S)) - MINUTE


def _next_minute(service: Service, until: datetime) -> datetime:
    """Return the minute that a live scan steps next: after the state's, not older than watched, not set aside."""
    first = max(until - LONGEST_CATCH_UP, _first_minute(service, until))
    aside = failures.set_aside_minutes(service, first, until)
    while first in aside:
        first += MINUTE
    return first


# Each service is looked up in the indexes by (service, time): the cost grows with the services, not with their reports.
_WITH_NEWS = f"""
SELECT d.service_id
FROM outages_detectorstate d JOIN reports_service s ON s.id = d.service_id
WHERE s.is_active AND s.clock = '{Service.Clock.LIVE.value}' AND d.minute = %(before)s
      AND (d.looked_until IS NULL OR d.looked_until < %(moment)s)
      AND (EXISTS (
          SELECT FROM reports_report r
          WHERE r.service_id = d.service_id AND r.at >= %(minute)s AND r.at < %(moment)s
                AND r.at >= greatest(%(minute)s, d.looked_until)
                AND r.kind = {Report.Kind.PROBLEM.value} AND r.verdict = {Report.Verdict.ACCEPTED.value}
                AND r.withdrawn_at IS NULL
      ) OR EXISTS (
          SELECT FROM outages_proberesult p
          WHERE p.service_id = d.service_id AND p.at >= %(minute)s AND p.at < %(moment)s
                AND p.at + coalesce(p.latency_ms, 0) * interval '1 millisecond' >= greatest(%(minute)s, d.looked_until)
                AND p.classification = '{DOWN}' AND NOT p.control
      ))
ORDER BY d.service_id
"""  # noqa: S608 -- constants


def with_news(*, now: datetime) -> list[int]:
    """The ids of the live services whose running minute has brought something since it was last looked into."""
    minute, second = _running(now)
    if not second:
        return []
    span = {"before": minute - MINUTE, "minute": minute, "moment": minute + timedelta(seconds=second)}
    with connection.cursor() as cursor:
        cursor.execute(_WITH_NEWS, span)
        return [service_id for (service_id,) in cursor.fetchall()]


def _running(now: datetime) -> tuple[datetime, int]:
    """The minute that runs for those who wait SCAN_DELAY_S for reports, and its last moment of LOOKS (0: none yet)."""
    seen_until = now - timedelta(seconds=settings.SCAN_DELAY_S)
    return whole_minute(seen_until), max((second for second in LOOKS if second <= seen_until.second), default=0)


def look(service: Service, *, now: datetime) -> bool:
    """Looks into a live service's running minute, up to the last moment of LOOKS. True where that opened something.

    Each moment is looked at once, and only where all minutes before are stepped.
    """
    minute, second = _running(now)
    moment = minute + timedelta(seconds=second)
    with transaction.atomic():
        if not second or not lock_scan(service):
            return False
        rows = DetectorState.objects.filter(service=service, minute=minute - MINUTE)
        rows = rows.exclude(looked_until__gte=moment)
        if not rows.update(looked_until=moment):
            return False
        running = next(inputs.read(service, minute, minute + MINUTE, pending=False, with_neighbours=False))
        if not len(running.reports) and not running.probes:
            return False
        try:
            state = State.loads(bytes(DetectorState.objects.get(service=service).state))
            state = quiet.caught_up(state, minute - MINUTE, service)
        except StateError:
            return False  # the minute's scan learns it anew
        state, told = detector_look(state, running, second, service=service_spec(catalog_of(service)))
        if told:
            incidents.apply(service, told)
            DetectorState.objects.filter(service=service).update(state=state.dumps())
            quiet.drop(service)
        return bool(told)


def _first_minute(service: Service, until: datetime) -> datetime:
    """Where a scan takes up: the minute after the stored state's."""
    minute = DetectorState.objects.filter(service=service).values_list("minute", flat=True).first()
    return minute + MINUTE if minute else until - MINUTE


def catch_up(
    service: Service,
    until: datetime,
    *,
    start: datetime | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> int:
    """Steps the minutes from the stored state (or from `start`, if that is later) up to `until`. Returns how many.

    Works in transactions of CHUNK_MINUTES; two scans of one service never overlap. Minutes that lie between the
    state and `start` stay unobserved.
    """
    stepped = 0
    moment = now or timezone.now()
    while True:
        with transaction.atomic():
            if not lock_scan(service):
                return stepped
            count = _step_span(service, until, start=start, now=moment)
        if not count:
            break
        stepped += count
        if progress is not None:
            progress(_first_minute(service, until))
    recount_changed(service, now=moment)
    return stepped


def _step_span(service: Service, until: datetime, *, start: datetime | None, now: datetime) -> int:
    """Step at most CHUNK_MINUTES, in the transaction of the caller, who holds the lock. Return how many."""
    row = DetectorState.objects.filter(service=service).first()
    first = row.minute + MINUTE if row else start or until - MINUTE
    if start is not None:
        first = max(first, start)
    last = min(until, first + CHUNK_MINUTES * MINUTE)
    if first >= last:
        return 0
    state = _load(service, row, first) if row else first_state(service, first)
    looked_until = row.looked_until if row else None
    state = _walk(service, state, first, last, pending=last == until, looked_until=looked_until)
    _save(service, state, row.recounted_until if row else now)
    return minute_of(last) - minute_of(first)


def _load(service: Service, row: DetectorState, first: datetime) -> State:
    """Return the stored state. One of an older version that cannot be read is learnt anew, and so is one that no
    minute could be stepped with: the scan never stands still."""
    failed = failures.run_before(service, first)
    if failed >= 2 * RELEARN_AFTER_FAILURES:
        log.error("%s: the detector begins anew, after %d minutes that failed", service.slug, failed)
        return relearnt(service, first, timedelta(0))
    if failed >= RELEARN_AFTER_FAILURES:
        log.error("%s: the detector learns anew, after %d minutes that failed", service.slug, failed)
        return relearnt(service, first, RELEARN)
    try:
        return quiet.caught_up(State.loads(bytes(row.state)), row.minute, service)
    except StateError as error:
        log.warning("%s: %s; the detector learns anew from the last %s", service.slug, error, RELEARN)
        return relearnt(service, first, RELEARN)


def _walk(
    service: Service,
    state: State,
    first: datetime,
    last: datetime,
    *,
    pending: bool = False,
    looked_until: datetime | None = None,
) -> State:
    """Steps the minutes from `first` up to `last` and stores what came of them. Returns the new state.

    Each minute is looked into on the way, but for the moments up to `looked_until`: what was seen then is told. With
    `pending` the last minute carries out what moderators have decided since the one before.
    """
    spec = service_spec(catalog_of(service))
    outcomes: list[tuple[int, Outcome]] = []
    for minute in inputs.read(service, first, last, pending=pending):
        start = at_minute(minute.minute)
        since = int((looked_until - start).total_seconds()) if looked_until is not None else 0
        state, told = look_through(state, minute, since=since, service=spec)
        incidents.apply(service, told)
        state, outcome = step(state, minute, service=spec)
        incidents.apply(service, outcome.transitions)
        incidents.note_decisions(service, minute.overrides, outcome.refused, at_minute(minute.minute) + MINUTE)
        outcomes.append((minute.minute, outcome))
    # After a clock was set back these may have been counted: what has come since is added as late reports are.
    known = {minute_of(minute) for minute in _counted(service, first, last)}
    new = [(number, outcome) for number, outcome in outcomes if number not in known]
    counts.store(service, counts.Ids.of(service), new, set_aside(service, first, last))
    return state


def _counted(service: Service, first: datetime, last: datetime) -> Iterable[datetime]:
    rows = ServiceMinute.objects.filter(service=service, minute__gte=first, minute__lt=last)
    return rows.values_list("minute", flat=True)


def _save(service: Service, state: State, recounted_until: datetime) -> None:
    DetectorState.objects.update_or_create(
        service_id=service.pk,  # by id: an instance given here would keep this row as its own and go stale
        defaults={
            "minute": at_minute(state.minute),
            "state": state.dumps(),
            "recounted_until": recounted_until,
        },
    )
    quiet.drop(service)


class ReportsGoneError(Exception):
    """Counts cannot be made anew: reports that they were made of are no longer stored."""


def rebuild(
    service: Service, start: datetime, end: datetime, *, now: datetime, progress: Progress | None = None
) -> int:
    """Makes all counts and incidents of a service anew from its stored signals. Returns how many minutes were stepped.

    The minutes from `start` up to `end` count as watched from now on, besides those that were watched before: this is
    how history that was imported is taken through the detector. One transaction: readers see the old until it is done.
    Raises ReportsGoneError where raw reports have passed their retention: their counts are kept instead.
    """
    stepped = 0
    with transaction.atomic():
        lock_scan(service, wait=True)
        _refuse_if_reports_are_gone(service, now)
        spans = watched_spans(service, (whole_minute(start), whole_minute(end)))
        wipe_derived(service)
        state = first_state(service, spans[0][0])
        for first, last in spans:
            while first < last:
                stop = min(last, first + CHUNK_MINUTES * MINUTE)
                state = _walk(service, state, first, stop)
                stepped += minute_of(stop) - minute_of(first)
                first = stop
                if progress is not None:
                    progress(first)
        _save(service, state, now)
        NoticeCursor.skip(service)  # history made anew is no news
    return stepped


def _refuse_if_reports_are_gone(service: Service, now: datetime) -> None:
    kept_since = now - timedelta(days=settings.REPORT_RETENTION_DAYS)
    sums = ServiceMinute.objects.filter(service=service, minute__lt=kept_since).aggregate(
        counted=Sum(F("raw") + F("working") + F("recovered"))
    )
    counted = sums["counted"] or 0
    stored = counted_reports(service, kept_since)
    if counted > stored:
        raise ReportsGoneError(
            f"{counted:,} reports were counted before {kept_since:%Y-%m-%d} and {stored:,} are still stored: "
            "their counts would be lost. Nothing was changed."
        )
