"""Problem reports summed up by one or two axes, from the count tables alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection

from outages.analytics.frames import ENOUGH_NETWORKS
from reports.models import Service

Axis = Literal["time", "component", "symptom", "country", "region"]
Grain = Literal["minute", "hour", "day"]

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """What was reported where two axes meet. `y` is None without a second axis; times are starts of bins.

    `networks` counts distinct ones up to 3, on the best day: their hashes change daily. It is None where networks are
    not counted, as for symptoms, and so are all but `raw` there.
    """

    x: Any
    y: Any
    raw: int
    effective: float | None
    working: int | None
    recovered: int | None
    networks: int | None


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
) -> list[Cell]:
    """At most `most` cells of [since, until) in which anything was reported, ordered by x and y. One query.

    `x` and `y` differ. A symptom goes with time and component only, and not with `country`. Whole hours come from
    HourCount where the grain allows it.
    """
    component_id = "(SELECT id FROM reports_component WHERE service_id = %(service)s AND slug = %(component)s)"
    where = f" AND component_id = {component_id}" if component else ""
    where += " AND country = %(country)s" if country else ""
    first, last = _whole_hours(since, until, grain)
    values: dict[str, Any] = {
        "service": service.pk,
        "since": since,
        "until": until,
        "first_hour": first,
        "last_hour": last,
        "component": component,
        "country": country,
        "grain": grain,
        "enough": ENOUGH_NETWORKS,
        "most": most,
    }
    columns = {"x": _COLUMNS[x], "y": _COLUMNS[y] if y else "NULL", "where": where}
    sql = _OF_SYMPTOMS if "symptom" in (x, y) else _OF_PLACES
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**columns), values)
        return [Cell(*row) for row in cursor.fetchall()]


def watched(service: Service, since: datetime, until: datetime, grain: Grain) -> list[tuple[datetime, int]]:
    """(start, minutes that were watched) of each bin of [since, until) of which anything was watched. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc(%(grain)s, minute, 'UTC'), count(*) FROM outages_serviceminute "
            "WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s GROUP BY 1 ORDER BY 1",
            {"grain": grain, "service": service.pk, "since": since, "until": until},
        )
        return list(cursor.fetchall())


def _whole_hours(since: datetime, until: datetime, grain: Grain) -> tuple[datetime, datetime]:
    """The span that whole hours can stand for; empty where there is none."""
    first = since.replace(minute=0, second=0, microsecond=0)
    first += HOUR if first < since else timedelta()
    last = until.replace(minute=0, second=0, microsecond=0)
    return (until, until) if grain == "minute" or last < first else (first, last)


_COLUMNS = {
    "time": "date_trunc(%(grain)s, at, 'UTC')",
    "component": "c.slug",
    "symptom": "COALESCE(s.slug, '')",
    "country": "country",
    "region": "COALESCE(NULLIF(region, ''), country)",
}

_COUNTED = "component_id, country, region, raw, effective, working, recovered, networks"

_OF_PLACES = f"""
WITH spans AS (
    SELECT hour AS at, {_COUNTED} FROM outages_hourcount
     WHERE service_id = %(service)s AND hour >= %(first_hour)s AND hour < %(last_hour)s {{where}}
    UNION ALL
    SELECT minute AS at, {_COUNTED} FROM outages_minutecount
     WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s
       AND NOT (minute >= %(first_hour)s AND minute < %(last_hour)s) {{where}}
),
placed AS MATERIALIZED (
    SELECT {{x}} AS x, {{y}} AS y, date_trunc('day', at, 'UTC') AS day, raw, effective, working, recovered, networks
      FROM spans JOIN reports_component c ON c.id = component_id
),
totals AS (
    SELECT x, y, sum(raw) AS raw, sum(effective) AS effective, sum(working) AS working, sum(recovered) AS recovered,
           max(cardinality(networks)) AS most
      FROM placed GROUP BY x, y ORDER BY x, y LIMIT %(most)s
),
few AS (
    SELECT x, y, max(n) AS n FROM (
        SELECT p.x, p.y, count(DISTINCT network) AS n
          FROM placed p JOIN totals t ON t.x = p.x AND t.y IS NOT DISTINCT FROM p.y AND t.most < %(enough)s,
               unnest(p.networks) network
         GROUP BY p.x, p.y, p.day
    ) daily GROUP BY x, y
)
SELECT t.x, t.y, t.raw, t.effective, t.working, t.recovered,
       LEAST(%(enough)s, GREATEST(t.most, COALESCE(f.n, 0)))
  FROM totals t LEFT JOIN few f ON f.x = t.x AND f.y IS NOT DISTINCT FROM t.y ORDER BY t.x, t.y
"""  # noqa: S608 -- constants; every value is a parameter

_OF_SYMPTOMS = """
SELECT {x} AS x, {y} AS y, sum(raw), NULL, NULL, NULL, NULL
  FROM (SELECT minute AS at, * FROM outages_symptomcount
         WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s {where}) counted
  JOIN reports_component c ON c.id = component_id LEFT JOIN reports_symptom s ON s.id = symptom_id
 GROUP BY 1, 2 ORDER BY 1, 2 LIMIT %(most)s
"""
