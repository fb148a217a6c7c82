"""Problem reports summed up by one or two axes, from the count tables alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection

from outages.analytics import disclosure
from outages.analytics.disclosure import TooManyCellsError
from reports.models import Service

Axis = Literal["time", "component", "symptom", "country", "region"]
Grain = Literal["minute", "hour", "day"]

STEPS: dict[Grain, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What was reported where two axes meet. `y` is None without a second axis; times are starts of bins.

    Where `few` reported there are no numbers. Of symptoms nothing but reports is counted.
    """

    x: Any
    y: Any
    few: bool
    reports: int | None = None
    effective: int | None = None
    working: int | None = None
    recovered: int | None = None


def cells(
    service: Service,
    since: datetime,
    until: datetime,
    x: Axis,
    y: Axis | None = None,
    *,
    grain: Grain = "hour",
    component: str | None = None,
    country: str | None = None,
    most: int,
) -> list[Aggregate]:
    """Return the cells of [since, until) in which anything may be said, ordered by x and y. One query.

    `x` and `y` differ. A symptom goes with time and component only, and not with `country`; minutes with nothing else.
    By time alone the numbers are the whole service's, which are exact. Raises TooManyCellsError above `most`.
    """
    if is_whole(x, y, component, country):
        return _whole(service, since, until, grain, most)
    timed = "time" in (x, y)
    keys: list[disclosure.Key] = [axis for axis in (x, y) if axis is not None and axis != "time"]
    found = disclosure.read(
        service,
        since,
        until,
        keys,
        step=STEPS[grain] if timed else None,
        components=[component] if component else (),
        places=[country] if country else (),
        most=most,
    )
    cells = []
    for cell in found:
        at: dict[str, Any] = {"time": cell.start, **dict(zip(keys, cell.keys, strict=True))}
        numbers: tuple[int | None, ...] = ()
        if cell.enough:
            rest = (None, None, None) if "symptom" in keys else (cell.effective, cell.working, cell.recovered)
            numbers = (cell.reports, *rest)
        cells.append(Aggregate(at[x], at[y] if y else None, not cell.enough, *numbers))
    return sorted(cells, key=lambda cell: (cell.x, cell.y or ""))


def is_whole(x: Axis, y: Axis | None, component: str | None, country: str | None) -> bool:
    """Whether the cells are those of the whole service over time."""
    return x == "time" and not (y or component or country)


def _whole(service: Service, since: datetime, until: datetime, grain: Grain, most: int) -> list[Aggregate]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc(%(grain)s, minute, 'UTC'), sum(raw), round(sum(effective))::int, sum(working),"
            " sum(recovered) FROM outages_serviceminute"
            " WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s"
            " GROUP BY 1 HAVING sum(raw) + sum(working) + sum(recovered) > 0 ORDER BY 1 LIMIT %(most)s",
            {"grain": grain, "service": service.pk, "since": since, "until": until, "most": most + 1},
        )
        rows = cursor.fetchall()
    if len(rows) > most:
        raise TooManyCellsError(f"more than {most} cells")
    return [Aggregate(at, None, False, *map(int, numbers)) for at, *numbers in rows]


def watched(service: Service, since: datetime, until: datetime, grain: Grain) -> list[tuple[datetime, int]]:
    """Return (start, minutes that were watched) of each bin of [since, until) of which any was watched. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc(%(grain)s, minute, 'UTC'), count(*) FROM outages_serviceminute "
            "WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s GROUP BY 1 ORDER BY 1",
            {"grain": grain, "service": service.pk, "since": since, "until": until},
        )
        return list(cursor.fetchall())
