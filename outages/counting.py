"""The only writer of minute and hour counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from outages.detection.signals import Outcome
from outages.models import ServiceMinute
from reports.models import Service


def at_minute(minute: int) -> datetime:
    """The start of a minute counted since 1970."""
    return datetime.fromtimestamp(minute * 60, UTC)


def split_place(place: str) -> tuple[str, str]:
    """A place code as (country, region)."""
    return place[:2], place if len(place) > 2 else ""


@dataclass(frozen=True, slots=True)
class Ids:
    """Database ids of a service's components and symptoms, by slug."""

    components: Mapping[str, int]
    symptoms: Mapping[str, int]

    @classmethod
    def of(cls, service: Service) -> Ids:
        return cls(
            dict(service.components.values_list("slug", "id")),
            dict(service.symptoms.values_list("slug", "id")),
        )


# Merges two sets of smallest network hashes into the three smallest of both.
_SMALLEST_THREE = (
    "ARRAY(SELECT DISTINCT n FROM unnest(outages_hourcount.networks || excluded.networks) AS n ORDER BY n LIMIT 3)"
)

_INSERT_CELLS = """
INSERT INTO outages_minutecount
    (service_id, minute, component_id, country, region, raw, effective, working, recovered, networks)
SELECT %s, minute, component, country, region, raw, effective, working, recovered, networks::bigint[]
FROM unnest(%s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::int[], %s::float8[], %s::int[], %s::int[],
            %s::text[]) AS cell(minute, component, country, region, raw, effective, working, recovered, networks)
"""

_ADD_TO_HOURS = f"""
INSERT INTO outages_hourcount
    (service_id, hour, component_id, country, region, raw, effective, working, recovered, networks)
SELECT %s, hour, component, country, region, sum(raw), sum(effective), sum(working), sum(recovered),
       coalesce((array_agg(DISTINCT network) FILTER (WHERE network IS NOT NULL))[1:3], '{{}}')
FROM unnest(%s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::int[], %s::float8[], %s::int[], %s::int[],
            %s::bigint[]) AS cell(hour, component, country, region, raw, effective, working, recovered, network)
GROUP BY hour, component, country, region
ON CONFLICT ON CONSTRAINT one_count_a_cell_and_hour DO UPDATE SET
    raw = outages_hourcount.raw + excluded.raw,
    effective = outages_hourcount.effective + excluded.effective,
    working = outages_hourcount.working + excluded.working,
    recovered = outages_hourcount.recovered + excluded.recovered,
    networks = {_SMALLEST_THREE}
"""  # noqa: S608 -- constants

_INSERT_SYMPTOMS = """
INSERT INTO outages_symptomcount (service_id, minute, component_id, symptom_id, raw)
SELECT %s, minute, component, symptom, raw
FROM unnest(%s::timestamptz[], %s::bigint[], %s::bigint[], %s::int[]) AS cell(minute, component, symptom, raw)
"""


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def store(service: Service, ids: Ids, outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """Writes what some steps counted: one ServiceMinute a step, cells by minute and hour, symptoms by minute."""
    cells: list[tuple[Any, ...]] = []
    symptoms: list[tuple[Any, ...]] = []
    minutes: list[ServiceMinute] = []
    for number, outcome in outcomes:
        minute = at_minute(number)
        working = recovered = 0
        for cell in outcome.cells:
            country, region = split_place(cell.place)
            component = ids.components[cell.component]
            working += cell.working
            recovered += cell.recovered
            counted = (cell.raw, cell.effective, cell.working, cell.recovered)
            cells.append((minute, component, country, region, *counted, cell.networks))
        for (component_slug, symptom_slug), raw in outcome.symptoms.items():
            symptoms.append((minute, ids.components[component_slug], ids.symptoms.get(symptom_slug), raw))
        minutes.append(
            ServiceMinute(
                service=service,
                minute=minute,
                raw=outcome.raw,
                effective=outcome.effective,
                working=working,
                recovered=recovered,
                expected=outcome.expected,
                dispersion=outcome.dispersion,
                expected_by_component=outcome.expected_by_component,
                cuts=outcome.cuts,
                vantages=outcome.vantages,
            )
        )
    ServiceMinute.objects.bulk_create(minutes)
    with connection.cursor() as cursor:
        if cells:
            literal = [(*cell[:-1], "{" + ",".join(map(str, cell[-1])) + "}") for cell in cells]
            cursor.execute(_INSERT_CELLS, [service.pk, *_columns(literal, 9)])
            cursor.execute(_ADD_TO_HOURS, [service.pk, *_columns(list(_by_network(cells)), 9)])
        if symptoms:
            cursor.execute(_INSERT_SYMPTOMS, [service.pk, *_columns(symptoms, 4)])


def _by_network(cells: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """Cells spread to one row a network, counts in the first row only, so that SQL can sum and collect at once."""
    for minute, component, country, region, raw, effective, working, recovered, networks in cells:
        key = (minute.replace(minute=0), component, country, region)
        yield (*key, raw, effective, working, recovered, networks[0] if networks else None)
        for network in networks[1:]:
            yield (*key, 0, 0.0, 0, 0, network)


_RECOUNT = """
WITH counted AS (
    SELECT date_trunc('minute', at) AS minute, component_id, country, region,
           count(*) FILTER (WHERE kind = 0) AS raw,
           count(*) FILTER (WHERE kind = 1) AS working,
           count(*) FILTER (WHERE kind = 2) AS recovered,
           (array_agg(DISTINCT network) FILTER (WHERE network <> 0 AND kind = 0))[1:3] AS networks
    FROM reports_report
    WHERE service_id = %(service)s AND at >= %(start)s AND at < %(end)s AND verdict = 0 AND withdrawn_at IS NULL
    GROUP BY 1, 2, 3, 4
), old AS (
    DELETE FROM outages_minutecount
    WHERE service_id = %(service)s AND minute >= %(start)s AND minute < %(end)s
    RETURNING minute, component_id, country, region, effective
)
INSERT INTO outages_minutecount
    (service_id, minute, component_id, country, region, raw, effective, working, recovered, networks)
SELECT %(service)s, c.minute, c.component_id, c.country, c.region, c.raw,
       least(c.raw, coalesce(o.effective, 0)), c.working, c.recovered, coalesce(c.networks, '{}')
FROM counted c LEFT JOIN old o USING (minute, component_id, country, region)
"""

_RECOUNT_SYMPTOMS = """
INSERT INTO outages_symptomcount (service_id, minute, component_id, symptom_id, raw)
SELECT service_id, date_trunc('minute', at), component_id, symptom_id, count(*)
FROM reports_report
WHERE service_id = %(service)s AND at >= %(start)s AND at < %(end)s AND verdict = 0 AND kind = 0
      AND withdrawn_at IS NULL
GROUP BY 1, 2, 3, 4
"""

_RECOUNT_SERVICE = """
UPDATE outages_serviceminute s SET raw = coalesce(c.raw, 0), effective = coalesce(c.effective, 0),
       working = coalesce(c.working, 0), recovered = coalesce(c.recovered, 0)
FROM (
    SELECT generate_series(%(start)s::timestamptz, %(end)s::timestamptz - interval '1 minute', '1 minute') AS minute
) m
LEFT JOIN (
    SELECT minute, sum(raw) AS raw, sum(effective) AS effective, sum(working) AS working, sum(recovered) AS recovered
    FROM outages_minutecount
    WHERE service_id = %(service)s AND minute >= %(start)s AND minute < %(end)s GROUP BY minute
) c USING (minute)
WHERE s.service_id = %(service)s AND s.minute = m.minute
"""

_RECOUNT_HOUR = """
INSERT INTO outages_hourcount
    (service_id, hour, component_id, country, region, raw, effective, working, recovered, networks)
SELECT m.service_id, date_trunc('hour', m.minute), m.component_id, m.country, m.region, sum(m.raw), sum(m.effective),
       sum(m.working), sum(m.recovered),
       coalesce((SELECT (array_agg(DISTINCT n ORDER BY n))[1:3] FROM outages_minutecount x, unnest(x.networks) n
                 WHERE x.service_id = m.service_id AND x.minute >= %(hour)s AND x.minute < %(hour_end)s
                 AND x.component_id = m.component_id AND x.country = m.country AND x.region = m.region), '{}')
FROM outages_minutecount m
WHERE m.service_id = %(service)s AND m.minute >= %(hour)s AND m.minute < %(hour_end)s
GROUP BY 1, 2, 3, 4, 5
"""


def recount(service: Service, minutes: Iterable[datetime]) -> int:
    """Counts some past minutes again, for reports that came late, were corrected or were withdrawn.

    What the detector made of a minute stays: a late report adds to the raw count, not to the effective one, and a
    withdrawn one never leaves more effective than raw. Returns how many minutes were counted.
    """
    hours: dict[datetime, list[datetime]] = defaultdict(list)
    for minute in sorted(set(minutes)):
        hours[minute.replace(minute=0, second=0, microsecond=0)].append(minute)
    with connection.cursor() as cursor:
        for hour, parts in hours.items():
            for minute in parts:
                span: dict[str, Any] = {"service": service.pk, "start": minute, "end": minute + timedelta(minutes=1)}
                cursor.execute(_RECOUNT, span)
                cursor.execute(
                    "DELETE FROM outages_symptomcount WHERE service_id = %(service)s AND minute = %(start)s", span
                )
                cursor.execute(_RECOUNT_SYMPTOMS, span)
                cursor.execute(_RECOUNT_SERVICE, span)
            whole: dict[str, Any] = {"service": service.pk, "hour": hour, "hour_end": hour + timedelta(hours=1)}
            cursor.execute("DELETE FROM outages_hourcount WHERE service_id = %(service)s AND hour = %(hour)s", whole)
            cursor.execute(_RECOUNT_HOUR, whole)
    return sum(map(len, hours.values()))
