"""Reads stored signals back as the detector's minutes. Live scans, imports and demonstrations all read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from outages.detection.signals import (
    Announcement,
    IncidentState,
    Minute,
    Override,
    ProbeResult,
    Reports,
)
from outages.models import Announcement as AnnouncementRow
from outages.models import Incident, IncidentOverride
from outages.models import ProbeResult as ProbeRow
from reports.models import Service
from reports.queries import ReportColumns, report_columns

UPSTREAM_WINDOW = timedelta(minutes=30)


def minute_of(moment: datetime) -> int:
    """The whole minute of a moment, counted since 1970."""
    return int(moment.timestamp() // 60)


def read(service: Service, start: datetime, end: datetime) -> Iterator[Minute]:
    """The minutes from `start` (a whole minute) up to `end`, each with its signals, oldest first."""
    columns = report_columns(service, start, end)
    first, last = minute_of(start), minute_of(end)
    edges = np.searchsorted(columns.minute, np.arange(first, last + 1))
    probes = _probes(service, start, end)
    announcements = _announcements(service, start, end)
    overrides = _overrides(service)
    upstream = _upstream(service, end)
    for offset, number in enumerate(range(first, last)):
        newest = number == last - 1
        yield Minute(
            minute=number,
            reports=_slice(columns, int(edges[offset]), int(edges[offset + 1])),
            probes=tuple(probes.get(number, ())),
            announcements=tuple(announcements.get(number, ())),
            overrides=overrides if newest else (),
            upstream=upstream if newest else (),
        )


def _slice(columns: ReportColumns, start: int, end: int) -> Reports:
    """Rows start..end of a span's reports."""
    rows = slice(start, end)
    return Reports(
        components=columns.components,
        places=columns.places,
        symptoms=columns.symptoms,
        component=columns.component[rows],
        place=columns.place[rows],
        symptom=columns.symptom[rows],
        kind=columns.kind[rows],
        network=columns.network[rows],
        wide_network=columns.wide_network[rows],
        asn=columns.asn[rows],
        reporter=columns.reporter[rows],
        weight=columns.weight[rows],
    )


def _probes(service: Service, start: datetime, end: datetime) -> dict[int, list[ProbeResult]]:
    rows = ProbeRow.objects.filter(service=service, at__gte=start, at__lt=end).order_by("at", "id")
    found: dict[int, list[ProbeResult]] = defaultdict(list)
    for row in rows.iterator(chunk_size=5000):
        found[minute_of(row.at)].append(
            ProbeResult(
                at=row.at.timestamp(),
                probe=row.probe,
                vantage=row.vantage,
                component=row.component,
                countries=tuple(row.countries),
                http_status=row.http_status,
                error=row.error or None,
                latency_ms=row.latency_ms,
                body=row.body or None,
                control=row.control,
                classification=row.classification or None,
            )
        )
    return found


def _announcements(service: Service, start: datetime, end: datetime) -> dict[int, list[Announcement]]:
    rows = AnnouncementRow.objects.filter(service=service, seen_at__gte=start, seen_at__lt=end)
    found: dict[int, list[Announcement]] = defaultdict(list)
    for row in rows.order_by("seen_at", "id"):
        found[minute_of(row.seen_at)].append(announcement(row))
    return found


def announcement(row: AnnouncementRow) -> Announcement:
    """A stored post as the detector takes it, with a moderator's corrections."""
    return Announcement(
        at=row.posted_at.timestamp(),
        source=row.source,
        author=row.author,
        text=row.text,
        url=row.url,
        id=row.external_id,
        stage=row.corrected_stage or None,
        relevant=row.corrected_relevant,
    )


def _overrides(service: Service) -> tuple[Override, ...]:
    rows = IncidentOverride.objects.filter(incident__service=service, applied_at=None).select_related(
        "incident", "merge_into"
    )
    return tuple(
        Override(
            incident=row.incident.number,
            to=IncidentState(row.to),
            reason=row.reason,
            merge_into=row.merge_into.number if row.merge_into else None,
            id=row.pk,
        )
        for row in rows
    )


def _upstream(service: Service, end: datetime) -> tuple[str, ...]:
    """Other live services with an incident that opened shortly before `end`."""
    if service.clock != Service.Clock.LIVE:
        return ()
    rows: Any = (
        Incident.objects.filter(
            service__clock=Service.Clock.LIVE,
            state__in=[Incident.State.POSSIBLE, Incident.State.CONFIRMED],
            opened_at__gt=end - UPSTREAM_WINDOW,
            opened_at__lte=end,
        )
        .exclude(service=service)
        .values_list("service__slug", flat=True)
        .distinct()
        .order_by("service__slug")
    )
    return tuple(rows)
