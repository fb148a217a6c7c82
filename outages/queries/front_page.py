"""The front page's rows: all services at once, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from outages.models import Incident, IncidentEvent
from outages.queries.revision import LAST_EVENT
from outages.queries.status import ENDED_WINDOW, STALE_AFTER, UNWATCHED_AFTER, WINDOW
from outages.verdict import Verdict, judge, worst
from reports.models import Service

MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)
SPARK_BIN = timedelta(minutes=30)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that was open at the row's moment."""

    number: int
    state: str
    confidence: float
    opened_at: datetime
    components: list[str]
    countries: list[str]
    regions: list[str]

    @property
    def is_everywhere(self) -> bool:
        return not self.countries and not self.regions


@dataclass(frozen=True, slots=True)
class Row:
    """A service on the front page. `ended_at` is when its last outage ended, shortly before and while none is open;
    `spark` holds reports by half hour over 24 hours; None where nobody watched."""

    service: Service
    at: datetime
    as_of: datetime | None
    verdict: Verdict
    incident: OpenIncident | None
    ended_at: datetime | None
    reports_30m: int
    expected_30m: float
    spark: list[float | None]
    incidents: tuple[OpenIncident, ...] = ()
    last_event: int = 0  # of all services read, as it was before anything else was read

    @property
    def stale(self) -> bool:
        return self.as_of is None or self.at - self.as_of > STALE_AFTER


def rows(*, now: datetime, at: datetime | None = None, slugs: Collection[str] | None = None) -> list[Row]:
    """All active services, or those of them that are named, at their present or at a past moment. Four queries.

    A recorded service's present is the end of its last minute that was played.
    """
    active = Service.objects.filter(is_active=True)
    services = list(
        (active if slugs is None else active.filter(slug__in=slugs))
        .annotate(last_minute=F("detector_state__minute"), last_event=LAST_EVENT)
        .order_by("position", "name")
    )
    newest = max((service.last_event for service in services), default=0)
    moments: dict[int, datetime] = {}
    for service in services:
        last: datetime | None = service.last_minute
        present = now if service.clock == Service.Clock.LIVE else last + MINUTE if last else BEGINNING
        moments[service.pk] = min(at, present) if at else present
    sums = _sums(moments)
    sparks = _sparks(moments)
    opened, ended = _incidents(moments)
    found = []
    for service in services:
        moment = moments[service.pk]
        last, reports, expected = sums.get(service.pk, (None, 0, 0.0))
        as_of = last + MINUTE if last else None
        watched = as_of is not None and moment - as_of <= UNWATCHED_AFTER
        incidents = opened.get(service.pk, [])
        leading = worst(incidents)
        verdict = judge(incidents, watched=watched, stale=as_of is None or moment - as_of > STALE_AFTER)
        found.append(
            Row(
                service=service,
                at=moment,
                as_of=as_of,
                verdict=verdict,
                incident=leading if isinstance(leading, OpenIncident) else None,
                ended_at=ended.get(service.pk) if verdict == Verdict.OK else None,
                reports_30m=reports,
                expected_30m=round(expected, 2),  # as in status
                spark=sparks.get(service.pk, []),
                incidents=tuple(incidents),
                last_event=newest,
            )
        )
    return found


def _pairs(moments: dict[int, datetime]) -> list[Any]:
    return [list(moments), list(moments.values())]


def _sums(moments: dict[int, datetime]) -> dict[int, tuple[datetime, int, float]]:
    values: list[Any] = [WINDOW, WINDOW, *_pairs(moments), WINDOW + UNWATCHED_AFTER, MINUTE]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.service_id, max(m.minute),
                   COALESCE(sum(m.raw) FILTER (WHERE m.minute >= date_trunc('minute', w.at) - %s), 0),
                   COALESCE(sum(m.expected) FILTER (WHERE m.minute >= date_trunc('minute', w.at) - %s), 0)
              FROM unnest(%s::bigint[], %s::timestamptz[]) AS w (service_id, at)
              JOIN outages_serviceminute m
                ON m.service_id = w.service_id AND m.minute >= w.at - %s AND m.minute <= w.at - %s
             GROUP BY 1
            """,
            values,
        )
        return {row[0]: (row[1], int(row[2]), float(row[3])) for row in cursor.fetchall()}


def _sparks(moments: dict[int, datetime]) -> dict[int, list[float | None]]:
    count = DAY // SPARK_BIN
    values: list[Any] = [DAY, SPARK_BIN.total_seconds(), *_pairs(moments), DAY, MINUTE]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.service_id, floor(extract(epoch FROM m.minute - (w.at - %s)) / %s)::int, sum(m.effective)
              FROM unnest(%s::bigint[], %s::timestamptz[]) AS w (service_id, at)
              JOIN outages_serviceminute m
                ON m.service_id = w.service_id AND m.minute >= w.at - %s AND m.minute <= w.at - %s
             GROUP BY 1, 2
            """,
            values,
        )
        found: dict[int, list[float | None]] = {pk: [None] * count for pk in moments}
        for pk, position, effective in cursor.fetchall():
            if 0 <= position < count:
                found[pk][position] = float(effective)
    return found


def _incidents(moments: dict[int, datetime]) -> tuple[dict[int, list[OpenIncident]], dict[int, datetime]]:
    """What was open at each service's moment, and when what had ended shortly before ended.

    Read from the events: an incident's row knows only its latest state.
    """
    found: dict[int, list[OpenIncident]] = defaultdict(list)
    ended: dict[int, datetime] = {}
    if not moments:
        return found, ended
    values = [*_pairs(moments), ENDED_WINDOW, [*Incident.OPEN_STATES, Incident.State.RESOLVED]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT service_id, number, to_state, confidence, opened_at, components, countries, regions, resolved_at
              FROM (
                SELECT DISTINCT ON (i.id) i.service_id, i.number, e.to_state, e.confidence, i.opened_at, e.components,
                       e.countries, e.regions, i.resolved_at
                  FROM unnest(%s::bigint[], %s::timestamptz[]) AS w (service_id, at)
                  JOIN {Incident._meta.db_table} i ON i.service_id = w.service_id AND i.opened_at <= w.at
                       AND (i.resolved_at IS NULL OR i.resolved_at > w.at - %s)
                  JOIN {IncidentEvent._meta.db_table} e ON e.incident_id = i.id AND e.at <= w.at
                 ORDER BY i.id, e.at DESC, e.id DESC
            ) latest WHERE to_state = ANY(%s)
            """,  # noqa: S608 -- names of our own tables
            values,
        )
        for service_id, number, state, confidence, opened_at, *scope, resolved_at in cursor.fetchall():
            if state == Incident.State.RESOLVED:
                ended[service_id] = max(resolved_at, ended.get(service_id, resolved_at))
                continue
            found[service_id].append(OpenIncident(number, state, confidence, opened_at, *scope))
    return found, ended
