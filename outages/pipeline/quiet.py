"""Services of which nobody says anything: their minutes are stepped ahead, some dozens at once, and told one by one.

A minute without a signal is the same whenever it is stepped, so it can be stepped before it comes. What comes of it is
laid by (`QuietAhead`), and each minute one statement gives it to all services that are still quiet. Where something
comes after all, what was laid by is dropped and the state that is stored is taken through the quiet minutes so far
(`caught_up`): the result is the same as minute by minute.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from outages.clock import MINUTE, minute_of
from outages.detection.datatypes import Minute, Outcome
from outages.detection.engine import step
from outages.detection.state import VERSION, State, StateError
from outages.detection.thresholds import DEFAULT, Thresholds
from outages.models import DetectorState, QuietAhead, ServiceMinute
from outages.pipeline import counts
from outages.pipeline.recount import RECOUNT_OVERLAP, STOOD_STILL
from outages.pipeline.spec import service_spec
from reports.catalog.store import catalog_of
from reports.models import Service

LEAST_AHEAD, SPREAD = 20, 21  # minutes; services differ, so that they do not all come to their end at once
QUIET_FOR = timedelta(minutes=10)  # before a service is thought worth looking ahead
MOST_BEHIND = timedelta(hours=2)  # one that is further behind is left to its own scan
BATCH, AHEAD_BATCH = 500, 20

_SIGNALS = """
      EXISTS (SELECT FROM reports_report r WHERE r.service_id = d.service_id
              AND r.at >= %(oldest)s AND r.at >= least(d.minute, d.recounted_until) - {since} AND r.at < %(end)s)
   OR EXISTS (SELECT FROM outages_proberesult p WHERE p.service_id = d.service_id
              AND p.at >= %(oldest)s AND p.at > d.minute - {since} AND p.at < %(end)s)
   OR EXISTS (SELECT FROM outages_announcement a WHERE a.service_id = d.service_id
              AND a.seen_at > d.minute - {since} AND a.seen_at < %(end)s)
"""

# Which live services have had no signal since their last minute, have nothing open and nothing to be done again.
_QUIET = f"""
WITH changed AS (
    SELECT service_id FROM reports_report WHERE late AND received_at >= %(changed)s
    UNION SELECT service_id FROM reports_report WHERE corrected_at >= %(changed)s
    UNION SELECT service_id FROM reports_report WHERE withdrawn_at >= %(changed)s
    UNION SELECT service_id FROM reports_reportdecision WHERE at >= %(changed)s
    UNION SELECT service_id FROM outages_incidentoverride WHERE applied_at IS NULL AND withdrawn_at IS NULL
    UNION SELECT service_id FROM outages_scanfailure
          WHERE set_aside_at IS NULL OR minute >= %(minute)s - interval '3 hours'
    UNION SELECT service_id FROM outages_incident
          WHERE state IN ('possible', 'confirmed', 'maintenance', 'recovering') OR resolved_at >= %(recent)s
)
SELECT d.service_id,
       coalesce(a.definition_hash = s.definition_hash AND a.made_by = %(made_by)s
                AND a.first <= d.minute + interval '1 minute'
                AND %(minute)s < a.first + a.minutes * interval '1 minute', false) AS is_laid_by,
       NOT ({_SIGNALS.format(since="%(quiet_for)s")}) AS is_steady
FROM outages_detectorstate d
JOIN reports_service s ON s.id = d.service_id
LEFT JOIN outages_quietahead a ON a.service_id = d.service_id
WHERE s.is_active AND s.clock = '{Service.Clock.LIVE.value}' AND d.minute < %(minute)s AND d.minute >= %(behind)s
      AND d.recounted_until >= %(counted)s AND d.recounted_until <= %(now)s
      AND d.service_id NOT IN (SELECT service_id FROM changed)
      AND NOT ({_SIGNALS.format(since="interval '1 minute'")})
ORDER BY d.minute, d.service_id
"""  # noqa: S608 -- constants

_TELL = """
WITH free AS MATERIALIZED (
    SELECT id FROM unnest(%(ids)s::int[]) AS id WHERE pg_try_advisory_xact_lock(hashtext('outages.pipeline.scan'), id)
), before AS MATERIALIZED (
    SELECT d.service_id, d.minute FROM outages_detectorstate d JOIN free ON free.id = d.service_id
    JOIN outages_quietahead a ON a.service_id = d.service_id
    WHERE d.minute < %(minute)s AND a.first <= d.minute + interval '1 minute'
          AND %(minute)s < a.first + a.minutes * interval '1 minute'
), told AS (
    INSERT INTO outages_serviceminute (service_id, minute, raw, effective, working, recovered, expected, dispersion,
                                       expected_by_component, cuts, vantages)
    SELECT b.service_id, m.minute, 0, 0, 0, 0, a.expected[m.n], a.dispersion[m.n],
           a.expected_by_component -> (m.n - 1), '{}', a.vantages -> (m.n - 1)
    FROM before b JOIN outages_quietahead a ON a.service_id = b.service_id
    CROSS JOIN LATERAL (
        SELECT minute, 1 + round(extract(epoch FROM minute - a.first) / 60)::int AS n
        FROM generate_series(b.minute + interval '1 minute', %(minute)s, interval '1 minute') AS minute
    ) m
    RETURNING service_id
)
UPDATE outages_detectorstate d SET minute = %(minute)s, recounted_until = %(now)s, updated_at = %(now)s
FROM before b WHERE b.service_id = d.service_id
"""


def made_by(thresholds: Thresholds = DEFAULT) -> str:
    """Return what a stretch of quiet minutes depends on besides the service: it is made anew where that changes."""
    return f"{VERSION}/{hashlib.sha256(repr(thresholds).encode()).hexdigest()[:16]}"


def services(minute: datetime, *, now: datetime) -> tuple[list[int], list[int]]:
    """Return the ids of the quiet services that have not been taken through this minute: those whose minute is laid
    by, and those that are worth looking ahead. All others are to be scanned."""
    span: dict[str, Any] = {
        "minute": minute,
        "now": now,
        "end": now + timedelta(minutes=3),
        "oldest": minute - MOST_BEHIND - QUIET_FOR,
        "behind": minute - MOST_BEHIND,
        "changed": (now - STOOD_STILL - RECOUNT_OVERLAP).replace(second=0, microsecond=0),
        "counted": now - STOOD_STILL,
        "recent": now - timedelta(minutes=DEFAULT.reopen_minutes + 5),
        "quiet_for": QUIET_FOR,
        "made_by": made_by(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUIET, span)
        rows = cursor.fetchall()
    laid_by = [service for service, is_laid_by, _ in rows if is_laid_by]
    steady = [service for service, is_laid_by, is_steady in rows if is_steady and not is_laid_by]
    return laid_by, steady


def tell(ids: Sequence[int], minute: datetime, *, now: datetime) -> int:
    """Give quiet services what is laid by for their minutes up to this one. Return how many were given it."""
    given = 0
    for start in range(0, len(ids), BATCH):
        values: dict[str, Any] = {"ids": list(ids[start : start + BATCH]), "minute": minute, "now": now}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TELL, values)
            given += cursor.rowcount
    return given


def look_ahead(
    ids: Sequence[int], minute: datetime, *, now: datetime, until_s: float, clock: Callable[[], float] = time.monotonic
) -> list[int]:
    """Take quiet services through their minutes up to this one and lay by those to come.

    Return those that are not as quiet as they seem: they are to be scanned. Ends at `until_s` of the clock: those that
    are furthest behind are taken first, what is left is behind by a minute and taken with the next.
    """
    loud: list[int] = []
    for start in range(0, len(ids), AHEAD_BATCH):
        if clock() >= until_s:
            break
        with transaction.atomic():
            locked = _locked(ids[start : start + AHEAD_BATCH])
            loud += set(locked) - _look_ahead(locked, minute, now)
    return loud


def _locked(ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::int[]) AS id "
            "WHERE pg_try_advisory_xact_lock(hashtext('outages.pipeline.scan'), id)",
            [list(ids)],
        )
        return [service for (service,) in cursor.fetchall()]


def _look_ahead(ids: Sequence[int], minute: datetime, now: datetime) -> set[int]:
    """Return those that were taken."""
    rows = DetectorState.objects.filter(pk__in=ids, minute__lt=minute).select_related("service").order_by("pk")
    stretches = {ahead.pk: ahead for ahead in QuietAhead.objects.filter(pk__in=ids)}
    minutes: list[ServiceMinute] = []
    states: list[DetectorState] = []
    laid_by: list[QuietAhead] = []
    for row in rows:
        taken = _stretch(row, stretches.get(row.pk), minute, now)
        if taken is not None:
            minutes += taken[0]
            states.append(row)
            laid_by.append(taken[1])
    ServiceMinute.objects.bulk_create(minutes)
    DetectorState.objects.bulk_update(states, ["minute", "state", "recounted_until"])
    changing = [field.name for field in QuietAhead._meta.fields if not field.primary_key]
    QuietAhead.objects.bulk_create(laid_by, update_conflicts=True, unique_fields=["service"], update_fields=changing)
    return {row.pk for row in states}


def _stretch(
    row: DetectorState, before: QuietAhead | None, minute: datetime, now: datetime
) -> tuple[list[ServiceMinute], QuietAhead] | None:
    """Take one service up to this minute, and what comes after it ahead. None where it is not as quiet as it seems."""
    catalog = catalog_of(row.service)
    spec = service_spec(catalog)
    try:
        if before is not None and before.state and before.last == row.minute and before.made_by == made_by():
            state = State.loads(bytes(before.state))
        else:
            state = caught_up(State.loads(bytes(row.state)), row.minute, row.service)
    except StateError:
        return None
    told: list[ServiceMinute] = []
    for number in range(state.minute + 1, minute_of(minute) + 1):
        state, outcome = step(state, Minute(number), service=spec)
        if not _is_silent(state, outcome):
            return None
        told.append(counts.service_minute(row.service, number, outcome))
    row.minute, row.state, row.recounted_until = minute, state.dumps(), now
    ahead: list[Outcome] = []
    last = b""
    for number in range(state.minute + 1, state.minute + 1 + LEAST_AHEAD + row.pk % SPREAD):
        state, outcome = step(state, Minute(number), service=spec)
        if not _is_silent(state, outcome):
            break
        ahead.append(outcome)
    else:
        last = state.dumps()
    return told, QuietAhead(
        service=row.service,
        first=minute + MINUTE,
        minutes=len(ahead),
        expected=[one.expected for one in ahead],
        dispersion=[one.dispersion for one in ahead],
        expected_by_component=[one.expected_by_component for one in ahead],
        vantages=[one.vantages for one in ahead],
        state=last,
        definition_hash=row.service.definition_hash,
        made_by=made_by(),
    )


def _is_silent(state: State, outcome: Outcome) -> bool:
    """Return whether nothing came of a minute that would have to be told when it is over."""
    return not (state.incidents or outcome.transitions or outcome.refused or outcome.cells)


def caught_up(state: State, minute: datetime, service: Service) -> State:
    """Return a stored state after the quiet minutes up to this one, which were told without it."""
    number = minute_of(minute)
    if state.minute < number:
        spec = service_spec(catalog_of(service))
        for quiet in range(state.minute + 1, number + 1):
            state, _ = step(state, Minute(quiet), service=spec)
    return state


def drop(service: Service) -> None:
    """Drop what is laid by: something has come."""
    QuietAhead.objects.filter(service=service).delete()
