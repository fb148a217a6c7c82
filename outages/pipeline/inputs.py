"""Reads stored signals back as the detector's minutes. Live scans, imports and demonstrations all read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import numpy as np
from django.db.models import Min, Q
from numpy.typing import NDArray

from outages.clock import at_minute, minute_of
from outages.detection.datatypes import (
    Announcement,
    Decision,
    IncidentKind,
    IncidentSnapshot,
    IncidentState,
    Minute,
    Neighbour,
    Override,
    ProbeResult,
    Reports,
    Stated,
)
from outages.detection.reasons import BEYOND_REPORTS
from outages.detection.thresholds import DEFAULT
from outages.models import Announcement as AnnouncementRow
from outages.models import Incident, IncidentEvent, IncidentOverride, ServiceMinute
from outages.models import ProbeResult as ProbeRow
from reports.catalog.store import catalog_of
from reports.models import Service
from reports.queries import ReportColumns, report_columns

PEAK_WINDOW = timedelta(minutes=DEFAULT.peak_minutes)
RELATION_WINDOW = timedelta(days=DEFAULT.relation_days)
SAME_OPENING = timedelta(minutes=DEFAULT.same_opening_minutes)


def read(
    service: Service, start: datetime, end: datetime, *, pending: bool = True, with_neighbours: bool = True
) -> Iterator[Minute]:
    """The minutes from `start` (a whole minute) up to `end`, each with its signals, oldest first.

    Decisions of moderators come in the minute in which they were carried out before; those that wait come with the
    last minute, unless `pending` is false. A look into a running minute does without the neighbours.
    """
    columns = report_columns(service, start, end)
    first, last = minute_of(start), minute_of(end)
    edges = np.searchsorted(columns.minute, np.arange(first, last + 1))
    probes = _probes(service, start, end)
    announcements = _announcements(service, start, end)
    decisions = _decisions(service, start, end, pending=pending)
    neighbours = _neighbours(service, start, end) if with_neighbours else None
    for offset, number in enumerate(range(first, last)):
        yield Minute(
            minute=number,
            reports=_slice(columns, int(edges[offset]), int(edges[offset + 1])),
            probes=tuple(probes.get(number, ())),
            announcements=tuple(announcements.get(number, ())),
            overrides=tuple(_override(row) for row in decisions.get(number, ())),
            neighbours=neighbours(number) if neighbours else None,
        )


def _slice(columns: ReportColumns, start: int, end: int) -> Reports:
    """Rows start..end of a span's reports. They name what occurs in them, and nothing of the minutes to come."""
    rows = slice(start, end)
    components, component = _occurring(columns.components, columns.component[rows])
    places, place = _occurring(columns.places, columns.place[rows])
    symptoms, symptom = _occurring(columns.symptoms, columns.symptom[rows])
    second = columns.second[rows]
    if len(second) > 1 and not second.any():  # taken off long since: none is seen before its minute's end
        second = second[:0]
    return Reports(
        components=components,
        places=places,
        symptoms=symptoms,
        component=component,
        place=place,
        symptom=symptom,
        kind=columns.kind[rows],
        network=columns.network[rows],
        wide_network=columns.wide_network[rows],
        asn=columns.asn[rows],
        reporter=columns.reporter[rows],
        weight=columns.weight[rows],
        second=second,
    )


def _occurring(names: tuple[str, ...], codes: NDArray[np.int32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The names that codes stand for, in order of their first occurrence, and the codes into these names."""
    used, first, places = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return tuple(names[used[number]] for number in order), rank[places]


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
    elsewhere = [source.slug for source in catalog_of(service).upstream_sources()]
    rows = AnnouncementRow.objects.filter(service=service, is_heard=True, seen_at__gte=start, seen_at__lt=end)
    rows = rows.exclude(source__in=elsewhere) if elsewhere else rows
    found: dict[int, list[Announcement]] = defaultdict(list)
    for row in rows.order_by("seen_at", "posted_at", "id"):
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
        thread=row.thread,
        stated=msgspec.convert(row.stated, Stated) if row.stated else None,
    )


def _decisions(service: Service, start: datetime, end: datetime, *, pending: bool) -> dict[int, list[IncidentOverride]]:
    """Decisions by the minute in which they are carried out. Those of before are there again after a rebuild."""
    due = Q(applied_at__gt=start, applied_at__lte=end)
    if pending:
        due |= Q(applied_at=None, withdrawn_at=None)
    rows = IncidentOverride.objects.filter(due, service=service).select_related("incident", "merge_into")
    found: dict[int, list[IncidentOverride]] = defaultdict(list)
    for row in rows.order_by("id"):
        found[minute_of(row.applied_at or end) - 1].append(row)
    return found


def _override(row: IncidentOverride) -> Override:
    """A decision as the detector takes it, with the incidents that it speaks of as they are stored now."""
    row.incident = row.incident or _like(row.service_id, row.number, row.opened_at)
    if row.into_number is not None and row.into_opened_at is not None:
        row.merge_into = row.merge_into or _like(row.service_id, row.into_number, row.into_opened_at)
    return Override(
        incident=row.incident.number if row.incident else 0,
        to_state=IncidentState(row.to_state) if row.to_state else None,
        reason=row.reason,
        merge_into=row.merge_into.number if row.merge_into else None,
        id=row.pk,
        action=Decision(row.action),
        components=_codes(row.components),
        countries=_codes(row.countries),
        regions=_codes(row.regions),
        kind=IncidentKind(row.kind) if row.kind else None,
        headline=row.headline,
        pinned=row.pinned,
        into_to=IncidentState(row.into_to) if row.into_to else None,
        subject=_subject(row.incident),
        into=_subject(row.merge_into),
    )


def _codes(codes: list[str] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(codes)


def _like(service_id: int, number: int, opened_at: datetime) -> Incident | None:
    """The incident that a rebuild made in the place of one: opened about then, by its number if there are several."""
    near = Incident.objects.filter(
        service_id=service_id, opened_at__range=(opened_at - SAME_OPENING, opened_at + SAME_OPENING)
    )
    return min(near, key=lambda one: (abs(one.opened_at - opened_at), one.number != number), default=None)


def open_incidents(service: Service) -> list[IncidentSnapshot]:
    """The stored incidents that are open, oldest first."""
    rows = Incident.objects.filter(service=service, state__in=Incident.OPEN_STATES).order_by("number")
    standing = IncidentOverride.objects.filter(
        service=service, applied_at__isnull=False, outcome="", undoes=None
    ).exclude(undone_by__in=IncidentOverride.objects.filter(applied_at__isnull=False, outcome=""))
    scoped = Q(action=IncidentOverride.Action.CHANGE) & ~Q(components=None, countries=None)
    pinned = set(
        standing.filter(scoped | Q(action=IncidentOverride.Action.SPLIT)).values_list("incident_id", flat=True)
    )
    whole = set(standing.filter(action=IncidentOverride.Action.MERGE).values_list("merge_into_id", flat=True))
    return [
        replace(_stored(row), pinned=row.pk in pinned or row.split_from_id is not None, whole=row.pk in whole)
        for row in rows
    ]


def _subject(row: Incident | None) -> IncidentSnapshot | None:
    if row is None:
        return None
    row.refresh_from_db()
    return _stored(row)


def _stored(row: Incident) -> IncidentSnapshot:
    return IncidentSnapshot(
        number=row.number,
        state=IncidentState(row.state),
        kind=IncidentKind(row.kind),
        components=tuple(row.components),
        countries=tuple(row.countries),
        regions=tuple(row.regions),
        symptom=row.symptom,
        confidence=row.confidence,
        opened=minute_of(row.opened_at),
        confirmed=minute_of(row.confirmed_at) if row.confirmed_at else None,
        closed=minute_of(row.resolved_at) if row.resolved_at else None,
        headline=row.headline,
    )


def _neighbours(service: Service, start: datetime, end: datetime) -> Callable[[int], tuple[Neighbour, ...] | None]:
    """The confirmed outages of other live services, as a function of the minute that they are looked at in.

    It tells of a past minute what was known in it, so that catching up and rebuilding give what a scan in time gave.
    None for a recorded service: there is nobody beside it.
    """
    if service.clock != Service.Clock.LIVE:
        return lambda _: None
    rows = list(
        Incident.objects.filter(
            service__clock=Service.Clock.LIVE,
            kind=Incident.Kind.OUTAGE,
            opened_at__lte=end,
            confirmed_at__lte=end,
        )
        .filter(Q(resolved_at=None) | Q(resolved_at__gt=start))
        .exclude(service=service)
        .exclude(state__in=[Incident.State.MERGED, Incident.State.DISMISSED])
        .select_related("service")
        .order_by("-opened_at")[: DEFAULT.most_neighbours]
    )
    if not rows:
        return lambda _: ()
    declared = set(catalog_of(service).relies_on)
    follows = {row.pk: _follows(service, row.service, row.opened_at) for row in rows}
    beyond = {row.pk: _beyond_usual(row, start, end) for row in rows}
    seen = _seen_since(rows)

    def at(number: int) -> tuple[Neighbour, ...]:
        moment = at_minute(number + 1)
        return tuple(
            Neighbour(
                service=row.service.slug,
                opened=minute_of(row.opened_at),
                is_confirmed=True,
                peak=_peak(row, beyond[row.pk], moment),
                is_declared=row.service.slug in declared,
                follows=follows[row.pk],
                is_seen=row.pk in seen and seen[row.pk] <= moment,
            )
            for row in rows
            if row.opened_at <= moment
            and (row.confirmed_at is None or row.confirmed_at <= moment)
            and (row.resolved_at is None or row.resolved_at > moment)
        )

    return at


def _seen_since(incidents: Sequence[Incident]) -> dict[int, datetime]:
    """When a rule first confirmed each incident by more than reports; those that none has are left out."""
    events = IncidentEvent.objects.filter(incident__in=incidents, code__in=BEYOND_REPORTS)
    return dict(events.values_list("incident").annotate(Min("at")))


def _height_since(incident: Incident, end: datetime) -> datetime:
    return max(incident.opened_at - timedelta(minutes=DEFAULT.height_minutes), end - PEAK_WINDOW)


def _beyond_usual(incident: Incident, start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """By minute, the reports beyond the usual that a look from within [start, end] may ask for. One query."""
    rows = ServiceMinute.objects.filter(
        service=incident.service, minute__gte=_height_since(incident, start), minute__lt=end
    )
    found = rows.order_by("minute").values_list("minute", "effective", "expected")
    return [(minute, seen - usual) for minute, seen, usual in found]


def _peak(incident: Incident, beyond: Sequence[tuple[datetime, float]], end: datetime) -> float:
    """The most reports a minute beyond the usual since an incident opened, on the average of ten minutes."""
    since = _height_since(incident, end)
    heights = [height for minute, height in beyond if since <= minute < end]
    if not heights:
        return 0.0
    width = min(DEFAULT.height_minutes, len(heights))
    return max(0.0, float(np.convolve(heights, np.ones(width), mode="valid").max()) / DEFAULT.height_minutes)


def _follows(service: Service, other: Service, before: datetime) -> float:
    """The share of another service's earlier outages in which this one had an incident that began about then."""
    earlier = Incident.objects.filter(
        service=other, confirmed_at__isnull=False, opened_at__lt=before, opened_at__gte=before - RELATION_WINDOW
    )
    began = list(earlier.order_by("-opened_at").values_list("opened_at", flat=True)[: DEFAULT.most_neighbours])
    if len(began) < DEFAULT.learnt_outages:
        return 0.0
    near = timedelta(minutes=DEFAULT.attribution_minutes)
    slack = timedelta(minutes=DEFAULT.same_rise_minutes)
    mine = list(
        Incident.objects.filter(service=service, opened_at__gte=min(began) - slack, opened_at__lt=before).values_list(
            "opened_at", flat=True
        )
    )
    return sum(any(-slack <= one - start <= near for one in mine) for start in began) / len(began)
