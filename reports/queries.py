"""Reads of reports, as columns for those who count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray

from reports.models import Component, Report, Service, Symptom

WHY_ASIDE = {Report.Verdict.HELD.value: "held", Report.Verdict.REJECTED.value: "rejected"}
PLACE_BYTES = 6  # an ISO 3166-2 code has at most six characters


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Counted reports as columns of equal length, in order of (time, id).

    `component`, `place` and `symptom` index the tuples of codes; a place is a region code, else a country code,
    else "", and the symptom "" stands for none. `minute` is counted since 1970, `second` within it. `weight` is what
    a report's sender had earned, 1 for nearly everybody.
    """

    components: tuple[str, ...]
    places: tuple[str, ...]
    symptoms: tuple[str, ...]
    minute: NDArray[np.int64]
    second: NDArray[np.int8]
    component: NDArray[np.int32]
    place: NDArray[np.int32]
    symptom: NDArray[np.int32]
    kind: NDArray[np.int8]
    network: NDArray[np.int64]
    wide_network: NDArray[np.int64]
    asn: NDArray[np.int64]
    reporter: NDArray[np.int64]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.minute)


# One array a column, sent as PostgreSQL holds it: numpy reads the bytes, and no report becomes a Python object.
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("minute", "floor(extract(epoch FROM at) / 60)::int", ">i4"),
    ("second", "floor(extract(second FROM at))::smallint", ">i2"),
    ("component", "component_id", ">i8"),
    ("symptom", "coalesce(symptom_id, 0)", ">i8"),
    ("kind", "kind", ">i2"),
    ("network", "network", ">i8"),
    ("wide_network", "wide_network", ">i8"),
    ("asn", "asn", ">i8"),
    ("reporter", "reporter", ">i8"),
    ("weight", "weight", ">f4"),
)
_ARRAY_HEADER_BYTES = 20  # dimensions, flags, type; then length and lower bound of the only dimension
_SELECT = f"""
SELECT string_agg(rpad(CASE WHEN region <> '' THEN region ELSE country END, {PLACE_BYTES}), ''),
       {", ".join(f"array_agg({expression})" for _, expression, _ in _COLUMNS)}
FROM (
    SELECT * FROM reports_report
    WHERE service_id = %s AND at >= %s AND at < %s AND withdrawn_at IS NULL
          AND verdict = {Report.Verdict.ACCEPTED.value}
    ORDER BY at, id
) counted
"""  # noqa: S608


def report_columns(service: Service, start: datetime, end: datetime) -> ReportColumns:
    """The service's counted reports with start <= at < end."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:  # Django's own cursor cannot ask for binary results
        cursor.execute(_SELECT, (service.pk, start, end), binary=True)
        result = cursor.pgresult
        raw = [(result and result.get_value(0, number)) or b"" for number in range(len(_COLUMNS) + 1)]
    columns = {name: _array(raw[at], kind) for at, (name, _, kind) in enumerate(_COLUMNS, start=1)}
    components, component = _codes(columns["component"], dict(_slugs(Component, service)))
    symptoms, symptom = _codes(columns["symptom"], {0: "", **dict(_slugs(Symptom, service))})
    found, place = np.unique(np.frombuffer(raw[0], dtype=f"S{PLACE_BYTES}"), return_inverse=True)
    return ReportColumns(
        components=components,
        places=tuple(code.decode("ascii").strip() for code in found),
        symptoms=symptoms,
        minute=columns["minute"].astype("int64"),
        second=columns["second"].astype("int8"),
        component=component,
        place=place.astype("int32"),
        symptom=symptom,
        kind=columns["kind"].astype("int8"),
        network=columns["network"].astype("int64"),
        wide_network=columns["wide_network"].astype("int64"),
        asn=columns["asn"].astype("int64"),
        reporter=columns["reporter"].astype("int64"),
        weight=columns["weight"].astype("float32"),
    )


def _array(raw: bytes, kind: str) -> NDArray[Any]:
    """A one-dimensional array without nulls out of PostgreSQL's binary form; an empty one for no bytes."""
    record = np.dtype([("bytes", ">i4"), ("value", kind)])
    values: NDArray[Any] = np.frombuffer(raw[_ARRAY_HEADER_BYTES:], dtype=record)["value"]
    return values


def _slugs(model: type[Component] | type[Symptom], service: Service) -> Any:
    return model._default_manager.filter(service=service).values_list("id", "slug")


def _codes(ids: NDArray[Any], slugs: dict[int, str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Slugs of the ids that occur, and for each row the index of its own."""
    found, index = np.unique(ids, return_inverse=True)
    return tuple(slugs[int(number)] for number in found), index.astype("int32")


@dataclass(frozen=True, slots=True)
class SetAside:
    """Problem reports of one minute, part and place that a rule of the intake did not let count.

    `minute` is counted since 1970, `component` is an id; `why` is "held" or "rejected".
    """

    minute: int
    component: int
    country: str
    region: str
    why: str
    reports: int


def set_aside(service: Service, start: datetime, end: datetime) -> list[SetAside]:
    """What was held or rejected with start <= at < end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT floor(extract(epoch FROM at) / 60)::int, component_id, country, region, verdict, count(*) "
            "FROM reports_report WHERE service_id = %s AND at >= %s AND at < %s AND withdrawn_at IS NULL "
            "AND kind = 0 AND verdict <> 0 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
            [service.pk, start, end],
        )
        return [
            SetAside(minute, component, country, region, WHY_ASIDE[verdict], reports)
            for minute, component, country, region, verdict, reports in cursor.fetchall()
        ]


def changed_minutes(service: Service, since: datetime) -> list[datetime]:
    """The minutes, oldest first, of reports that came late, were corrected, withdrawn or judged by a moderator at
    `since` or after."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('minute', at) FROM ("
            "  SELECT at FROM reports_report WHERE service_id = %(service)s AND late AND received_at >= %(minute)s"
            "  UNION ALL"
            "  SELECT at FROM reports_report WHERE service_id = %(service)s AND corrected_at >= %(minute)s"
            "  UNION ALL"
            "  SELECT at FROM reports_report WHERE service_id = %(service)s AND withdrawn_at >= %(minute)s"
            "  UNION ALL"
            "  SELECT report_at FROM reports_reportdecision WHERE service_id = %(service)s AND at >= %(since)s"
            "  AND action IN ('accept', 'drop', 'hold')"
            ") changed ORDER BY 1",
            # When a report came is stored to the minute: what came in since then may stand at its beginning.
            {"service": service.pk, "since": since, "minute": since.replace(second=0, microsecond=0)},
        )
        return [minute for (minute,) in cursor.fetchall()]


def counted_reports(service: Service, before: datetime) -> int:
    """How many stored reports count at a time before `before`."""
    return Report.objects.filter(
        service=service, at__lt=before, verdict=Report.Verdict.ACCEPTED, withdrawn_at=None
    ).count()
