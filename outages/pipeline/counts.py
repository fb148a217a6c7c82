"""The only writer of minute and hour counts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import connection

from outages.clock import at_minute
from outages.detection.datatypes import Cell, Outcome
from outages.models import MinuteCount, ServiceMinute, SymptomCount
from outages.pipeline import balances, perturbation
from outages.pipeline.perturbation import Balance
from reports.models import Service
from reports.places.codes import split_place
from reports.queries import SetAside


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

_COPY_CELLS = """
COPY outages_minutecount
    (service_id, minute, component_id, country, region, raw, effective, working, recovered, networks, cuts,
     perturbed, perturbed_effective, perturbed_working, perturbed_recovered, lean)
FROM STDIN
"""

# Reads what has just been copied: the cells travel to the database once.
_ADD_TO_HOURS = f"""
WITH fresh AS (
    SELECT date_trunc('hour', minute) AS hour, component_id, country, region, raw, effective, working, recovered,
           networks, perturbed, perturbed_effective, perturbed_working, perturbed_recovered
    FROM outages_minutecount
    WHERE service_id = %(service)s AND minute = ANY(%(minutes)s) AND (raw > 0 OR working > 0 OR recovered > 0)
)
INSERT INTO outages_hourcount
    (service_id, hour, component_id, country, region, raw, effective, working, recovered, networks,
     perturbed, perturbed_effective, perturbed_working, perturbed_recovered)
SELECT %(service)s, hour, component_id, country, region, sum(raw), sum(effective), sum(working), sum(recovered),
       coalesce((
           SELECT (array_agg(DISTINCT n ORDER BY n))[1:3] FROM unnest(string_to_array(
               string_agg(nullif(array_to_string(networks, ','), ''), ','), ',')::bigint[]) AS n
       ), '{{}}'),
       sum(perturbed), sum(perturbed_effective), sum(perturbed_working), sum(perturbed_recovered)
FROM fresh
GROUP BY hour, component_id, country, region
ON CONFLICT ON CONSTRAINT one_count_a_cell_and_hour DO UPDATE SET
    raw = outages_hourcount.raw + excluded.raw,
    effective = outages_hourcount.effective + excluded.effective,
    working = outages_hourcount.working + excluded.working,
    recovered = outages_hourcount.recovered + excluded.recovered,
    networks = {_SMALLEST_THREE},
    perturbed = outages_hourcount.perturbed + excluded.perturbed,
    perturbed_effective = outages_hourcount.perturbed_effective + excluded.perturbed_effective,
    perturbed_working = outages_hourcount.perturbed_working + excluded.perturbed_working,
    perturbed_recovered = outages_hourcount.perturbed_recovered + excluded.perturbed_recovered
"""  # noqa: S608 -- constants

_INSERT_SYMPTOMS = """
INSERT INTO outages_symptomcount (service_id, minute, component_id, symptom_id, raw, perturbed)
SELECT %s, minute, component, symptom, raw, perturbed
FROM unnest(%s::timestamptz[], %s::bigint[], %s::bigint[], %s::int[], %s::int[])
     AS cell(minute, component, symptom, raw, perturbed)
"""

Cells = dict[tuple[int, int, str, str], Cell]  # by minute, component id, country, region


class Counts(Protocol):
    """What is counted of a cell's minute."""

    @property
    def raw(self) -> int: ...
    @property
    def effective(self) -> float: ...
    @property
    def working(self) -> int: ...
    @property
    def recovered(self) -> int: ...


NO_CELL = Cell(component="", place="", raw=0, effective=0.0, working=0, recovered=0, networks=())


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def service_minute(
    service: Service, number: int, outcome: Outcome, cuts: Mapping[str, float] | None = None
) -> ServiceMinute:
    """Return the row of a minute that was stepped."""
    return ServiceMinute(
        service=service,
        minute=at_minute(number),
        raw=outcome.raw,
        effective=outcome.effective,
        working=sum(cell.working for cell in outcome.cells),
        recovered=sum(cell.recovered for cell in outcome.cells),
        expected=outcome.expected,
        dispersion=outcome.dispersion,
        expected_by_component=outcome.expected_by_component,
        cuts=dict(outcome.cuts if cuts is None else cuts),
        vantages=outcome.vantages,
    )


def store(service: Service, ids: Ids, outcomes: Sequence[tuple[int, Outcome]], aside: Sequence[SetAside] = ()) -> None:
    """Writes what some steps counted: one ServiceMinute a step, cells by minute and hour, symptoms by minute.

    `aside` are the reports of these minutes that no step saw, because a rule of the intake did not let them count.
    """
    set_aside: dict[int, list[SetAside]] = defaultdict(list)
    for one in aside:
        set_aside[one.minute].append(one)
    cells: Cells = {}
    symptoms: list[tuple[Any, ...]] = []
    minutes: list[ServiceMinute] = []
    for number, outcome in outcomes:
        minute = at_minute(number)
        for cell in outcome.cells:
            cells[(number, ids.components[cell.component], *split_place(cell.place))] = cell
        cuts = Counter(outcome.cuts)
        for one in set_aside[number]:
            key = (number, one.component, one.country, one.region)
            cell = cells.get(key, NO_CELL)
            cells[key] = replace(cell, cuts={**cell.cuts, one.why: cell.cuts.get(one.why, 0) + one.reports})
            cuts[one.why] += one.reports
        for (component_slug, symptom_slug), raw in outcome.symptoms.items():
            part, symptom = ids.components[component_slug], ids.symptoms.get(symptom_slug)
            told = perturbation.perturbed(raw, _key(), "symptom", service.pk, number, part, symptom)
            symptoms.append((minute, part, symptom, raw, told))
        minutes.append(service_minute(service, number, outcome, cuts))
    ServiceMinute.objects.bulk_create(minutes)
    balance = balances.read(service, {country for _, _, country, _ in cells}) if cells else Balance()
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        if cells:
            with cursor.copy(_COPY_CELLS) as copy:
                copy.write(_copy_text(service.pk, cells, balance))
            moments = [at_minute(number) for number in sorted({key[0] for key in cells})]
            cursor.execute(_ADD_TO_HOURS, {"service": service.pk, "minutes": moments})
        if symptoms:
            cursor.execute(_INSERT_SYMPTOMS, [service.pk, *_columns(symptoms, 5)])
    balances.save(service, balance)


def _copy_text(service: int, cells: Cells, balance: Balance) -> str:
    """The cells in COPY's text form. Codes and numbers hold nothing that would have to be escaped."""
    moments = {number: at_minute(number).isoformat() for number in {key[0] for key in cells}}
    lines = []
    for (number, component, country, region), cell in sorted(cells.items(), key=lambda item: item[0]):
        networks = ",".join(map(str, cell.networks))
        cuts = json.dumps(cell.cuts) if cell.cuts else "{}"
        lean = balance.lean(country, region, _phase(service, number, country, region))
        told = _perturbed(service, (number, component, country, region), cell, lean)
        balance.add(country, region, told[0] - cell.raw)
        lines.append(
            f"{service}\t{moments[number]}\t{component}\t{country}\t{region}\t{cell.raw}\t{cell.effective}\t"
            f"{cell.working}\t{cell.recovered}\t{{{networks}}}\t{cuts}\t" + "\t".join(map(str, (*told, lean))) + "\n"
        )
    return "".join(lines)


def _key() -> bytes:
    """The secret under which reports' weights are drawn."""
    return settings.SECRET_KEY.encode()


def _phase(service: int, minute: int, country: str, region: str) -> int:
    """The phase towards which a place's numbers lean in a minute (since 1970)."""
    return perturbation.phase(_key(), minute, service, country, region)


def _perturbed(service: int, place: tuple[int, int, str, str], cell: Counts, lean: int) -> tuple[int, float, int, int]:
    """The numbers at which a cell's minute is told: reports, what counted of them, working and recovered."""
    told = perturbation.balanced(cell.raw, lean, _key(), "problem", service, *place)
    return (
        told,
        perturbation.effective(cell.effective, cell.raw, told),
        perturbation.perturbed(cell.working, _key(), "working", service, *place),
        perturbation.perturbed(cell.recovered, _key(), "recovered", service, *place),
    )


_RECOUNT = """
WITH counted AS (
    SELECT date_trunc('minute', at) AS minute, component_id, country, region,
           count(*) FILTER (WHERE verdict = 0 AND kind = 0) AS raw,
           count(*) FILTER (WHERE verdict = 0 AND kind = 1) AS working,
           count(*) FILTER (WHERE verdict = 0 AND kind = 2) AS recovered,
           (array_agg(DISTINCT network) FILTER (WHERE network <> 0 AND verdict = 0 AND kind = 0))[1:3] AS networks,
           jsonb_strip_nulls(jsonb_build_object(
               'held', nullif(count(*) FILTER (WHERE verdict = 1 AND kind = 0), 0),
               'rejected', nullif(count(*) FILTER (WHERE verdict = 2 AND kind = 0), 0)
           )) AS aside
    FROM reports_report
    WHERE service_id = %(service)s AND at >= %(start)s AND at < %(end)s AND withdrawn_at IS NULL
          AND (verdict = 0 OR kind = 0)
    GROUP BY 1, 2, 3, 4
), old AS (
    DELETE FROM outages_minutecount
    WHERE service_id = %(service)s AND minute >= %(start)s AND minute < %(end)s
    RETURNING minute, component_id, country, region, effective, cuts
)
INSERT INTO outages_minutecount
    (service_id, minute, component_id, country, region, raw, effective, working, recovered, networks, cuts,
     perturbed, perturbed_effective, perturbed_working, perturbed_recovered)
SELECT %(service)s, c.minute, c.component_id, c.country, c.region, c.raw,
       least(c.raw, coalesce(o.effective, 0)), c.working, c.recovered, coalesce(c.networks, '{}'),
       (coalesce(o.cuts, '{}') - 'held' - 'rejected') || c.aside, 0, 0, 0, 0
FROM counted c LEFT JOIN old o USING (minute, component_id, country, region)
"""

_RECOUNT_SYMPTOMS = """
INSERT INTO outages_symptomcount (service_id, minute, component_id, symptom_id, raw, perturbed)
SELECT service_id, date_trunc('minute', at), component_id, symptom_id, count(*), 0
FROM reports_report
WHERE service_id = %(service)s AND at >= %(start)s AND at < %(end)s AND verdict = 0 AND kind = 0
      AND withdrawn_at IS NULL
GROUP BY 1, 2, 3, 4
"""

_RECOUNT_SERVICE = """
UPDATE outages_serviceminute s SET raw = coalesce(c.raw, 0), effective = coalesce(c.effective, 0),
       working = coalesce(c.working, 0), recovered = coalesce(c.recovered, 0),
       cuts = (s.cuts - 'held' - 'rejected')
              || jsonb_strip_nulls(jsonb_build_object('held', nullif(c.held, 0), 'rejected', nullif(c.rejected, 0)))
FROM (
    SELECT generate_series(%(start)s::timestamptz, %(end)s::timestamptz - interval '1 minute', '1 minute') AS minute
) m
LEFT JOIN (
    SELECT minute, sum(raw) AS raw, sum(effective) AS effective, sum(working) AS working, sum(recovered) AS recovered,
           sum((cuts->>'held')::int) AS held, sum((cuts->>'rejected')::int) AS rejected
    FROM outages_minutecount
    WHERE service_id = %(service)s AND minute >= %(start)s AND minute < %(end)s GROUP BY minute
) c USING (minute)
WHERE s.service_id = %(service)s AND s.minute = m.minute
"""

_RECOUNT_HOUR = """
INSERT INTO outages_hourcount
    (service_id, hour, component_id, country, region, raw, effective, working, recovered,
     perturbed, perturbed_effective, perturbed_working, perturbed_recovered, networks)
SELECT m.service_id, date_trunc('hour', m.minute), m.component_id, m.country, m.region, sum(m.raw), sum(m.effective),
       sum(m.working), sum(m.recovered),
       sum(m.perturbed), sum(m.perturbed_effective), sum(m.perturbed_working), sum(m.perturbed_recovered),
       coalesce((SELECT (array_agg(DISTINCT n ORDER BY n))[1:3] FROM outages_minutecount x, unnest(x.networks) n
                 WHERE x.service_id = m.service_id AND x.minute >= %(hour)s AND x.minute < %(hour_end)s
                 AND x.component_id = m.component_id AND x.country = m.country AND x.region = m.region), '{}')
FROM outages_minutecount m
WHERE m.service_id = %(service)s AND m.minute >= %(hour)s AND m.minute < %(hour_end)s
      AND (m.raw > 0 OR m.working > 0 OR m.recovered > 0)
GROUP BY 1, 2, 3, 4, 5
"""


_DIFFERING = """
SELECT s.minute FROM outages_serviceminute s LEFT JOIN (
    SELECT date_trunc('minute', at) AS minute, count(*) FILTER (WHERE kind = 0) AS raw,
           count(*) FILTER (WHERE kind = 1) AS working, count(*) FILTER (WHERE kind = 2) AS recovered
    FROM reports_report
    WHERE service_id = %(service)s AND at >= %(start)s AND at < %(end)s AND verdict = 0 AND withdrawn_at IS NULL
    GROUP BY 1
) r USING (minute)
WHERE s.service_id = %(service)s AND s.minute >= %(start)s AND s.minute < %(end)s
      AND (s.raw, s.working, s.recovered)
          IS DISTINCT FROM (coalesce(r.raw, 0), coalesce(r.working, 0), coalesce(r.recovered, 0))
ORDER BY 1
"""


def differing_minutes(service: Service, start: datetime, end: datetime) -> list[datetime]:
    """Return the stepped minutes from that of `start` up to `end` whose counts are not those of their stored reports.

    A report that was committed after its minute was stepped, or while the clock had been set back, makes one.
    """
    span: dict[str, Any] = {"service": service.pk, "start": start.replace(second=0, microsecond=0), "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, span)
        return [minute for (minute,) in cursor.fetchall()]


def recount(service: Service, minutes: Iterable[datetime]) -> int:
    """Count some stepped minutes again, for reports that came late, were corrected or were withdrawn.

    Others are left alone: one that is yet to be stepped is counted then, and one that nobody watched has no counts.
    What the detector made of a minute stays, its cuts too: a late report adds to the raw count, not to the effective
    one, and a withdrawn one never leaves more effective than raw. Returns how many minutes were counted.
    """
    hours: dict[datetime, list[datetime]] = defaultdict(list)
    stepped = ServiceMinute.objects.filter(service=service, minute__in=set(minutes))
    for minute in stepped.order_by("minute").values_list("minute", flat=True):
        hours[minute.replace(minute=0, second=0, microsecond=0)].append(minute)
    with connection.cursor() as cursor:
        for hour, parts in hours.items():
            for minute in parts:
                span: dict[str, Any] = {"service": service.pk, "start": minute, "end": minute + timedelta(minutes=1)}
                before = {_place(cell): cell for cell in MinuteCount.objects.filter(service=service, minute=minute)}
                cursor.execute(_RECOUNT, span)
                cursor.execute(
                    "DELETE FROM outages_symptomcount WHERE service_id = %(service)s AND minute = %(start)s", span
                )
                cursor.execute(_RECOUNT_SYMPTOMS, span)
                _perturb(service, minute, before)
                cursor.execute(_RECOUNT_SERVICE, span)
            whole: dict[str, Any] = {"service": service.pk, "hour": hour, "hour_end": hour + timedelta(hours=1)}
            cursor.execute("DELETE FROM outages_hourcount WHERE service_id = %(service)s AND hour = %(hour)s", whole)
            cursor.execute(_RECOUNT_HOUR, whole)
    return sum(map(len, hours.values()))


Place = tuple[int, str, str]  # component id, country, region


def _place(cell: MinuteCount) -> Place:
    return cell.component_id, cell.country, cell.region


def _perturb(service: Service, minute: datetime, before: Mapping[Place, MinuteCount]) -> None:
    """Stores the numbers at which a minute that was counted again is told.

    A cell that was counted before is drawn as it was then: counting again draws no chance anew.
    """
    number = int(minute.timestamp() // 60)
    rows = MinuteCount.objects.filter(service=service, minute=minute)
    cells = list(rows.order_by("component_id", "country", "region"))
    balance = balances.read(service, {place[1] for place in (*before, *map(_place, cells))})
    for (_component, country, region), old in before.items():
        balance.add(country, region, old.raw - old.perturbed)
    for cell in cells:
        known = before.get(_place(cell))
        if known is None:
            phase = _phase(service.pk, number, cell.country, cell.region)
            cell.lean = balance.lean(cell.country, cell.region, phase)
        else:
            cell.lean = known.lean
        cell.perturbed, cell.perturbed_effective, cell.perturbed_working, cell.perturbed_recovered = _perturbed(
            service.pk, (number, *_place(cell)), cell, cell.lean
        )
        balance.add(cell.country, cell.region, cell.perturbed - cell.raw)
    balances.save(service, balance)
    MinuteCount.objects.bulk_update(
        cells,
        ["perturbed", "perturbed_effective", "perturbed_working", "perturbed_recovered", "lean"],
        batch_size=1000,
    )
    symptoms = SymptomCount.objects.filter(service=service, minute=minute)
    for row in symptoms:
        row.perturbed = perturbation.perturbed(
            row.raw, _key(), "symptom", service.pk, number, row.component_id, row.symptom_id
        )
    SymptomCount.objects.bulk_update(symptoms, ["perturbed"], batch_size=1000)
