"""Reads of reports, as columns for those who count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from reports.models import Component, Report, Service, Symptom

PLACE_BYTES = 6  # an ISO 3166-2 code has at most six characters


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Counted reports as columns of equal length, in order of (time, id).

    `component`, `place` and `symptom` index the tuples of codes; a place is a region code, else a country code,
    else "", and the symptom "" stands for none. `minute` is counted since 1970. `weight` is 1 for everybody so far.
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

    def __len__(self) -> int:
        return len(self.minute)


# Every field has a fixed width, so that COPY's binary rows are an array of records as they come.
_FIELDS: tuple[tuple[str, str], ...] = (
    ("minute", ">i8"),
    ("component", ">i8"),
    ("symptom", ">i8"),
    ("place", f"S{PLACE_BYTES}"),
    ("kind", ">i2"),
    ("network", ">i8"),
    ("wide_network", ">i8"),
    ("asn", ">i8"),
    ("reporter", ">i8"),
)
_RECORD = np.dtype(
    [("fields", ">i2"), *[part for name, kind in _FIELDS for part in ((f"{name}_bytes", ">i4"), (name, kind))]]
)
_HEADER_BYTES = 19  # signature, flags, and the length of an empty extension
_TRAILER_BYTES = 2
_COPY = f"""
COPY (
    SELECT floor(extract(epoch FROM at) / 60)::bigint, component_id, coalesce(symptom_id, 0),
           rpad(CASE WHEN region <> '' THEN region ELSE country END, {PLACE_BYTES}),
           kind, network, wide_network, asn, reporter
    FROM reports_report
    WHERE service_id = %s AND at >= %s AND at < %s AND withdrawn_at IS NULL
          AND verdict = {Report.Verdict.ACCEPTED.value}
    ORDER BY at, id
) TO STDOUT (FORMAT binary)
"""  # noqa: S608


def report_columns(service: Service, start: datetime, end: datetime) -> ReportColumns:
    """The service's counted reports with start <= at < end."""
    connection.ensure_connection()
    raw = bytearray()
    with connection.connection.cursor() as cursor, cursor.copy(_COPY, (service.pk, start, end)) as copy:
        for block in copy:
            raw += block
    rows = np.frombuffer(raw, dtype=_RECORD, offset=_HEADER_BYTES, count=_row_count(len(raw)))
    components, component = _codes(rows["component"], dict(_slugs(Component, service)))
    symptoms, symptom = _codes(rows["symptom"], {0: "", **dict(_slugs(Symptom, service))})
    found, place = np.unique(rows["place"], return_inverse=True)
    return ReportColumns(
        components=components,
        places=tuple(code.decode("ascii").strip() for code in found),
        symptoms=symptoms,
        minute=rows["minute"].astype("int64"),
        component=component,
        place=place.astype("int32"),
        symptom=symptom,
        kind=rows["kind"].astype("int8"),
        network=rows["network"].astype("int64"),
        wide_network=rows["wide_network"].astype("int64"),
        asn=rows["asn"].astype("int64"),
        reporter=rows["reporter"].astype("int64"),
        weight=np.ones(len(rows), dtype="float32"),
    )


def _row_count(size: int) -> int:
    count, rest = divmod(size - _HEADER_BYTES - _TRAILER_BYTES, _RECORD.itemsize)
    if rest:
        raise ValueError(f"{size} bytes are not a whole number of rows of {_RECORD.itemsize} bytes")
    return count


def _slugs(model: type[Component] | type[Symptom], service: Service) -> Any:
    return model._default_manager.filter(service=service).values_list("id", "slug")


def _codes(ids: NDArray[Any], slugs: dict[int, str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Slugs of the ids that occur, and for each row the index of its own."""
    found, index = np.unique(ids, return_inverse=True)
    return tuple(slugs[int(number)] for number in found), index.astype("int32")


def changed_minutes(service: Service, since: datetime) -> list[datetime]:
    """The minutes, oldest first, of reports that came late, were corrected or were withdrawn at `since` or after."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('minute', at) FROM ("
            "  SELECT at FROM reports_report WHERE service_id = %(service)s AND late AND received_at >= %(since)s"
            "  UNION ALL"
            "  SELECT at FROM reports_report WHERE service_id = %(service)s AND corrected_at >= %(since)s"
            "  UNION ALL"
            "  SELECT at FROM reports_report WHERE service_id = %(service)s AND withdrawn_at >= %(since)s"
            ") changed ORDER BY 1",
            {"service": service.pk, "since": since},
        )
        return [minute for (minute,) in cursor.fetchall()]


def counted_reports(service: Service, before: datetime) -> int:
    """How many stored reports count at a time before `before`."""
    return Report.objects.filter(
        service=service, at__lt=before, verdict=Report.Verdict.ACCEPTED, withdrawn_at=None
    ).count()
