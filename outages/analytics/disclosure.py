"""Every number of a part of a service that leaves: of places, components and symptoms. The only module that reads them.

The numbers of a whole service are exact and public. For all below it holds:

- Numbers are sums of the reports' weights (see outages.pipeline.perturbation), to the nearest multiple of BASE.
- A cell has a number where its reports came from ENOUGH networks, or as many reports where networks are not counted.
  Any other has no figure of any kind; it is only named, and only where its weights are not all 0.
- Reports count at fixed times. By component or symptom that is when their SLOT has ended. By place it is so only for a
  slot in which ENOUGH networks reported; what is left of a QUARTER counts likewise; all others when their hour has
  ended, or their day where the whole service had too few reports in the hour to hide one. A window or bin holds what
  counts within it and did not take longer than it.

So all answers together are sums over one table of weights that does not depend on the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from django.db import connection

from outages.pipeline.perturbation import rounded, shown
from reports.models import Service

ENOUGH: Final = 3  # networks, or reports where networks are not counted; fewer have no number
SLOT, QUARTER, HOUR, DAY = timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
COUNTRY: Final = 2  # letters of a country's code; a region's has more
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

PLACES: Final = frozenset({"country", "region"})
Key = Literal["component", "symptom", "country", "region"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What may be said of the reports of some keys in one bin. Without `enough` all numbers are 0 and say nothing."""

    start: datetime | None
    keys: tuple[str, ...]
    enough: bool
    reports: int
    effective: int
    working: int
    recovered: int


class TooManyCellsError(ValueError):
    """More cells than were asked for at most."""


def floor(at: datetime, step: timedelta) -> datetime:
    """Return the last whole multiple of the step since 1970 up to a time."""
    return at - (at - BEGINNING) % step


def ceil(at: datetime, step: timedelta) -> datetime:
    """Return the first whole multiple of the step since 1970 from a time on."""
    return floor(at + step - timedelta(microseconds=1), step)


def read(
    service: Service,
    since: datetime,
    until: datetime,
    keys: Sequence[Key],
    *,
    step: timedelta | None = None,
    components: Sequence[str] = (),
    places: Sequence[str] = (),
    most: int | None = None,
) -> list[Cell]:
    """Return the cells of [since, until) by `keys`, in bins of `step` if given: `since` must then be a whole one.

    `components` (slugs) and `places` (codes; a country stands for its regions) keep only those. Cells are ordered by
    bin and keys. One query. Raises TooManyCellsError where there are more than `most`.
    """
    sql, values = _question(service, since, until, keys, step=step, components=components, places=places, most=most)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    if most is not None and len(rows) > most:
        raise TooManyCellsError(f"more than {most} cells")
    return sorted((cell for row in rows if (cell := _cell(row))), key=lambda cell: (cell.start or since, cell.keys))


def _question(
    service: Service,
    since: datetime,
    until: datetime,
    keys: Sequence[Key],
    *,
    step: timedelta | None = None,
    components: Sequence[str] = (),
    places: Sequence[str] = (),
    most: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """The query for some cells, and its parameters."""
    limit = step or until - since
    first, last = ceil(since, HOUR), floor(until, HOUR)
    if limit < HOUR or last < first:
        first = last = floor(until, HOUR)
    table = _SYMPTOMS if "symptom" in keys else _CELLS
    by_place = bool(places) or not PLACES.isdisjoint(keys)
    where = ""
    if components:
        where += (
            " AND component_id IN (SELECT id FROM reports_component"
            " WHERE service_id = %(service)s AND slug = ANY(%(components)s))"
        )
    if places:
        where += " AND (country = ANY(%(countries)s) OR region = ANY(%(regions)s))"
    values: dict[str, Any] = {
        "service": service.pk,
        "since": since,
        "until": until,
        "start": floor(since, HOUR),
        "first": first,
        "last": last,
        "first_day": floor(since, DAY) if limit >= DAY else first,
        "first_whole_day": ceil(since, DAY),
        "last_day": floor(until, DAY) if limit >= DAY else BEGINNING,
        "step": step,
        "limit": limit,
        "thick_from": floor(since, DAY if limit >= DAY else HOUR),
        "thick_until": min(ceil(since, DAY), until) if limit >= DAY else until,
        "thick_again": max(floor(until, DAY), ceil(since, DAY)) if limit >= DAY else until,
        "thick_end": ceil(until, HOUR),
        "components": list(components),
        "countries": [code for code in places if len(code) == COUNTRY],
        "regions": [code for code in places if len(code) > COUNTRY],
        "most": None if most is None else most + 1,
    }
    return _sql(table, keys, where, binned=step is not None, by_place=by_place), values


def components(service: Service, since: datetime, until: datetime) -> dict[str, tuple[Cell | None, float]]:
    """Return what may be said of each component in [since, until), and what was expected of it. One query.

    By slug; there is no cell where nothing is told.
    """
    told, values = _question(service, since, until, ["component"])
    sql = f"""
        SELECT coalesce(told.slug, usual.slug), coalesce(usual.expected, 0), bin, told.slug, networks, reports,
               effective, working, recovered
          FROM ({told}) AS told(bin, slug, networks, reports, effective, working, recovered)
          FULL JOIN (
              SELECT e.key AS slug, sum(e.value::float) AS expected
                FROM outages_serviceminute m, jsonb_each_text(m.expected_by_component) e
               WHERE m.service_id = %(service)s AND m.minute >= %(since)s AND m.minute < %(until)s GROUP BY 1
          ) usual ON usual.slug = told.slug"""  # noqa: S608 -- constants; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {
            slug: (_cell(tuple(row)) if row[1] is not None else None, float(expected))
            for slug, expected, *row in cursor.fetchall()
        }


def usual_hours(service: Service, since: datetime, until: datetime, level: Key) -> list[tuple[str, str, int, float]]:
    """Return (component, place, hour of the day, what counted) of whole days or hours, for what is usual. One query.

    Only of places with ENOUGH networks on a day. Hours with an incident are left out where there are others. The
    numbers are sums of weights, not rounded: they are to be learnt from, not to be shown.
    """
    with connection.cursor() as cursor:
        cursor.execute(_USUAL_HOURS.format(place=_KEYS[level]), {"service": service.pk, "since": since, "until": until})
        rows = cursor.fetchall()
    calm = [(slug, place, hour, float(counted)) for slug, place, hour, is_calm, counted in rows if is_calm]
    return calm or [(slug, place, hour, float(counted)) for slug, place, hour, _is_calm, counted in rows]


def _cell(row: tuple[Any, ...]) -> Cell | None:
    """A row of the query as it may be shown; None where it is not even named."""
    start, *keys, networks, reports, effective, working, recovered = row
    if networks >= ENOUGH:
        numbers = (shown(reports), rounded(effective), rounded(working), rounded(recovered))
        return Cell(start, tuple(keys), True, *numbers)
    return Cell(start, tuple(keys), False, 0, 0, 0, 0) if reports > 0 else None


# The hours in which the whole service had so many reports that one of them is hidden among them. Of a span of days or
# more only those of its first and last day are looked at: in the others it does not matter.
_THICK: Final = f"""thick AS MATERIALIZED (
    SELECT date_trunc('hour', minute, 'UTC') AS hour FROM outages_serviceminute
     WHERE service_id = %(service)s AND (minute >= %(thick_from)s AND minute < %(thick_until)s
                                         OR minute >= %(thick_again)s AND minute < %(thick_end)s)
     GROUP BY 1 HAVING sum(raw) >= {ENOUGH}
)"""  # noqa: S608 -- constants; every value is a parameter


@dataclass(frozen=True, slots=True)
class _Table:
    """A kind of counts. `bits` and `merged` keep what tells networks apart, `enough` is how many there are, up to 3,
    with AGG for an aggregate of a column."""

    by_minute: str
    by_hour: str | None
    numbers: str
    bits: str
    merged: str
    networks: str

    def count(self, over: str | None = "") -> str:
        """How many networks: of a group (""), of a window (" OVER …") or of one row (None)."""
        pattern = r"(max|min|sum)\((\w+)\)"
        return re.sub(pattern, r"\2" if over is None else rf"\1(\2){over}", self.networks)


# Distinct networks of a group, up to 3, in one pass, since a day may have millions of rows. Where no row has three, two
# of each are looked at: there are values besides the smallest and the largest where Σ (v − lo)(hi − v) > 0. Fourteen
# bits of a hash are enough; where two hashes fall together a place says a little less, never more.
_CELLS = _Table(
    "outages_minutecount",
    "outages_hourcount",
    "perturbed, perturbed_effective, perturbed_working, perturbed_recovered",
    "cardinality(networks) AS held, (networks[1] & 16383)::int AS a, (networks[2] & 16383)::int AS b",
    "max(held) AS held, min(least(a, b)) AS lo, max(greatest(a, b)) AS hi, count(a) + count(b) AS n,"
    " sum(coalesce(a, 0) + coalesce(b, 0)) AS s1, sum(coalesce(a * a, 0) + coalesce(b * b, 0)) AS s2",
    """CASE WHEN max(held) >= 3 THEN 3 WHEN min(lo) IS NULL THEN 0 WHEN min(lo) = max(hi) THEN 1
            WHEN (min(lo) + max(hi)) * sum(s1) - sum(s2) - sum(n) * min(lo) * max(hi) = 0 THEN 2 ELSE 3 END""",
)
_SYMPTOMS = _Table(
    "outages_symptomcount", None, "perturbed, 0, 0, 0", "raw AS held", "sum(held) AS held", "least(sum(held), 3)"
)
_USUAL_HOURS: Final = f"""
WITH counted AS MATERIALIZED (
    SELECT component_id, {{place}} AS place, hour, perturbed_effective AS counted, {_CELLS.bits}
      FROM outages_hourcount WHERE service_id = %(service)s AND hour >= %(since)s AND hour < %(until)s
), enough AS (
    SELECT DISTINCT place FROM (
        SELECT place, {_CELLS.merged}
          FROM counted GROUP BY place, date_trunc('day', hour, 'UTC')
    ) daily GROUP BY place, held, lo, hi, n, s1, s2 HAVING {_CELLS.networks} >= {ENOUGH}
), calm AS (
    SELECT hour, NOT EXISTS (
        SELECT FROM outages_incident WHERE service_id = %(service)s AND state <> 'dismissed' AND opened_at < %(until)s
           AND opened_at < hour + interval '1 hour' AND coalesce(resolved_at, 'infinity') > hour
    ) AS is_calm FROM (SELECT DISTINCT hour FROM counted) hours
)
SELECT slug, place, extract(hour FROM hour AT TIME ZONE 'UTC')::int, is_calm, sum(counted)
  FROM counted JOIN enough USING (place) JOIN calm USING (hour) JOIN reports_component c ON c.id = component_id
 GROUP BY 1, 2, 3, 4"""  # noqa: S608 -- constants; every value is a parameter
_NAMES: Final = "told, effective, working, recovered"
_SUMS: Final = ", ".join(f"sum({name}) AS {name}" for name in _NAMES.split(", "))
_KEYS: Final[dict[Key, str]] = {
    "component": "component_id",
    "symptom": "symptom_id",
    "country": "country",
    "region": "coalesce(nullif(region, ''), country)",
}
_SLUGS: Final[dict[Key, str]] = {
    "component": "(SELECT slug FROM reports_component WHERE id = {})",
    "symptom": "coalesce((SELECT slug FROM reports_symptom WHERE id = {}), '')",
}
_EPOCH: Final = "'1970-01-01 00:00Z'::timestamptz"


def _sql(table: _Table, keys: Sequence[Key], where: str, *, binned: bool, by_place: bool) -> str:
    """The query of `read`. Built from constants: every value is a parameter."""
    names = [f"k{number}" for number in range(len(keys))]
    chosen = "".join(f"{_KEYS[key]} AS {name}, " for key, name in zip(keys, names, strict=True))
    by = "".join(f"{name}, " for name in names)
    slugs = "".join(f"{_SLUGS.get(key, '{}').format(name)}, " for key, name in zip(keys, names, strict=True))
    partition = f"(PARTITION BY {by}date_bin('15 minutes', at, {_EPOCH}), own >= {ENOUGH})"
    numbers = zip(table.numbers.split(", "), _NAMES.split(", "), strict=True)
    columns = ", ".join(f"{number} AS {name}" for number, name in numbers)
    rows = f"{chosen}{columns}, {table.bits}"
    merged = [column.rsplit(" AS ", 1)[1] for column in table.merged.split(",") if " AS " in column]
    kept = f"{by}at, {_NAMES}, {', '.join(merged)}"
    hours = table.by_hour or f"(SELECT *, date_trunc('hour', minute, 'UTC') AS hour FROM {table.by_minute})"  # noqa: S608 -- a constant
    time = "hour" if table.by_hour else "minute"
    hidden = ends = span = ""
    if by_place:
        hidden = """AND (hour >= %(first)s AND hour IN (SELECT hour FROM thick)
                OR hour >= %(first_day)s AND hour < %(last_day)s
                   AND (hour >= %(first_whole_day)s OR hour NOT IN (SELECT hour FROM thick)))"""
        quarter_end = f"date_bin('15 minutes', at, {_EPOCH}) + interval '15 minutes'"
        hour_end = "date_trunc('hour', at, 'UTC') + interval '1 hour'"
        ends = f" WHEN own < {ENOUGH} AND near >= {ENOUGH} THEN {quarter_end} WHEN own < {ENOUGH} THEN {hour_end}"
        span = (
            f" WHEN own < {ENOUGH} AND near >= {ENOUGH} THEN interval '15 minutes'"
            f" WHEN own < {ENOUGH} THEN interval '1 hour'"
        )
    return f"""
WITH {_THICK}, whole AS (
    SELECT {by}at, {_SUMS}, {table.merged} FROM (
        SELECT {rows}, hour AS at FROM {hours} counted
         WHERE service_id = %(service)s AND {time} >= least(%(first)s, %(first_day)s) AND {time} < %(last)s {where}
           {hidden or "AND hour >= %(first)s"}
    ) counted GROUP BY {by}at
), slots AS (
    SELECT {by}at, {_SUMS}, {table.merged} FROM (
        SELECT {rows}, date_bin('5 minutes', minute, {_EPOCH}) AS at FROM {table.by_minute}
         WHERE service_id = %(service)s {where} AND minute >= %(start)s AND minute < %(until)s
           AND NOT (minute >= %(first)s AND minute < %(last)s)
    ) counted GROUP BY {by}at
), owned AS (
    SELECT *, {table.count(None)} AS own FROM slots
), ranged AS (
    SELECT *, {table.count(f" OVER {partition}")} AS near FROM owned
), ended AS (
    SELECT {kept}, CASE WHEN false THEN NULL{ends} ELSE at + interval '5 minutes' END AS ends,
           CASE WHEN false THEN NULL{span} ELSE interval '5 minutes' END AS span FROM ranged
), counting AS (
    SELECT {kept}, at + interval '1 hour' AS ends FROM whole
    UNION ALL
    SELECT {kept}, ends FROM ended
     WHERE ends > %(since)s AND ends <= %(until)s AND span <= %(limit)s
       {"AND date_trunc('hour', at, 'UTC') IN (SELECT hour FROM thick)" if by_place else ""}
), daily AS (
    SELECT {"date_bin(%(step)s, ends - interval '1 microsecond', %(since)s)" if binned else "NULL"} AS bin, {by}
           {_SUMS}, {table.count()} AS networks
      FROM counting GROUP BY bin, {by}date_trunc('day', at, 'UTC')
)
SELECT bin, {slugs}max(networks), sum(told), sum(effective), sum(working), sum(recovered)
  FROM daily GROUP BY bin{"".join(f", {name}" for name in names)}
 LIMIT %(most)s"""  # noqa: S608 -- constants
