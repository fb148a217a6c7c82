"""Reads of reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from reports.models import Component, Service, Symptom


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """The counted reports of a span, one row a report, in order of (at, id), as columns of equal length.

    `minute` counts minutes since 1970. `component`, `place` and `symptom` index the tuples of codes beside them;
    a report without a symptom has the code "".
    """

    components: tuple[str, ...]
    places: tuple[str, ...]
    symptoms: tuple[str, ...]
    minute: NDArray[np.int64]
    component: NDArray[np.int32]
    place: NDArray[np.int32]
    symptom: NDArray[np.int32]
    kind: NDArray[np.int8]
    network: NDArray[np.int64]
    wide_network: NDArray[np.int64]
    asn: NDArray[np.int64]
    reporter: NDArray[np.int64]
    weight: NDArray[np.float32]


# Each column comes as one string of big-endian numbers: a tenth of the time that a row a report takes.
_COLUMNS = """
SELECT string_agg(int8send((extract(epoch FROM at) / 60)::bigint), ''::bytea),
       string_agg(int8send(component_id), ''::bytea),
       string_agg(int8send(coalesce(symptom_id, 0)), ''::bytea),
       string_agg(int8send(kind), ''::bytea),
       string_agg(int8send(network), ''::bytea),
       string_agg(int8send(wide_network), ''::bytea),
       string_agg(int8send(asn), ''::bytea),
       string_agg(int8send(reporter), ''::bytea),
       string_agg(convert_to(rpad(CASE WHEN region <> '' THEN region ELSE country END, 6), 'UTF8'), ''::bytea)
FROM (
    SELECT * FROM reports_report
    WHERE service_id = %s AND at >= %s AND at < %s AND verdict = 0 AND withdrawn_at IS NULL
    ORDER BY at, id
) AS report
"""


def report_columns(service: Service, start: datetime, end: datetime) -> ReportColumns:
    """All counted reports with start <= at < end."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [service.pk, start, end])
        packed: tuple[Any, ...] = cursor.fetchone()
    minute, component, symptom, kind, network, wide_network, asn, reporter = (
        np.frombuffer(column or b"", dtype=">i8").astype(np.int64) for column in packed[:8]
    )
    component_ids, component_index = np.unique(component, return_inverse=True)
    symptom_ids, symptom_index = np.unique(symptom, return_inverse=True)
    place_codes, place_index = np.unique(np.frombuffer(packed[8] or b"", dtype="S6"), return_inverse=True)
    component_slugs = dict(Component.objects.filter(service=service).values_list("id", "slug"))
    symptom_slugs = dict(Symptom.objects.filter(service=service).values_list("id", "slug"))
    return ReportColumns(
        components=tuple(component_slugs[number] for number in component_ids.tolist()),
        places=tuple(code.decode().rstrip() for code in place_codes.tolist()),
        symptoms=tuple(symptom_slugs.get(number, "") for number in symptom_ids.tolist()),
        minute=minute,
        component=component_index.astype(np.int32),
        place=place_index.astype(np.int32),
        symptom=symptom_index.astype(np.int32),
        kind=kind.astype(np.int8),
        network=network,
        wide_network=wide_network,
        asn=asn,
        reporter=reporter,
        weight=np.ones(len(minute), dtype=np.float32),
    )


_CHANGED = """
SELECT DISTINCT date_trunc('minute', at) FROM reports_report WHERE service_id = %(service)s AND late AND received_at >= %(since)s
UNION
SELECT DISTINCT date_trunc('minute', at) FROM reports_report WHERE service_id = %(service)s AND corrected_at >= %(since)s
UNION
SELECT DISTINCT date_trunc('minute', at) FROM reports_report WHERE service_id = %(service)s AND withdrawn_at >= %(since)s
"""


def changed_minutes(service: Service, since: datetime) -> list[datetime]:
    """The minutes in which a report came late, was corrected or was withdrawn, at or after `since`."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"service": service.pk, "since": since})
        return sorted(minute.astimezone(UTC) for (minute,) in cursor.fetchall())
