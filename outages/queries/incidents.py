"""Incidents as they stood at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import Q

from outages.analytics import disclosure
from outages.models import Incident, IncidentEvent
from outages.queries.tally import Tally, in_proportion, of_service
from outages.texts.event_texts import event_text
from reports.catalog.store import catalog_of
from reports.models import Service

LEAD = timedelta(minutes=30)  # reports of this time before the opening led to it


LONGEST_TALLY = timedelta(days=30)


class HasPlaces(Protocol):
    """Whatever has places."""

    @property
    def countries(self) -> list[str]: ...
    @property
    def regions(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as it stood at a moment. `confirmed_at` and `resolved_at` are None while they lie ahead."""

    id: int
    number: int
    state: str
    kind: str
    components: list[str]
    countries: list[str]
    regions: list[str]
    symptom: str
    confidence: float
    reason: str
    code: str
    params: dict[str, Any]
    opened_at: datetime
    confirmed_at: datetime | None
    resolved_at: datetime | None
    updated_at: datetime
    upstream: list[str]
    merged_into: int | None
    headline: str = ""
    split_from: int | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The last change in words, in the language of the moment."""
        return event_text(self)

    @property
    def is_open(self) -> bool:
        return self.state in Incident.OPEN_STATES

    @property
    def is_everywhere(self) -> bool:
        return not self.countries and not self.regions


def incidents(
    service: Service,
    at: datetime,
    *,
    since: datetime | None = None,
    opened_until: datetime | None = None,
    only_open: bool = False,
    most: int | None = None,
    before: int | None = None,
    component: str | None = None,
    country: str | None = None,
) -> list[IncidentView]:
    """Incidents that had opened by `at`, newest first, each as it stood then.

    `since` leaves out those that had ended before; `opened_until` those that opened later; `only_open` those that were
    not open at `at`; `before` those whose number is not below it. `component` and `country` keep those that concern it,
    as they stand today; what is everywhere concerns each country. Two queries.
    """
    rows = Incident.objects.filter(service=service, opened_at__lte=at).order_by("-opened_at", "-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    if component:
        rows = rows.filter(components__contains=[component])
    if country:
        rows = rows.filter(Q(countries__contains=[country]) | Q(countries=[], regions=[]))
    if opened_until is not None:
        rows = rows.filter(opened_at__lte=opened_until)
    if since is not None:
        rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=since))
    if only_open:
        rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gt=at))
    found = list(rows[:most] if most else rows)
    latest = _latest_events([row.pk for row in found], at)
    views = [_view(row, latest[row.pk], at) for row in found if row.pk in latest]
    return [view for view in views if view.is_open] if only_open else views


def incident(service: Service, number: int, at: datetime) -> IncidentView | None:
    """One incident as it stood at a moment, or None where it had not opened yet."""
    row = Incident.objects.filter(service=service, number=number, opened_at__lte=at).first()
    latest = _latest_events([row.pk], at) if row else {}
    return _view(row, latest[row.pk], at) if row and row.pk in latest else None


def incident_after(event: IncidentEvent) -> IncidentView:
    """An incident as it stood right after one of its events."""
    return _view(event.incident, event, event.at)


def incident_tally(service: Service, view: IncidentView, at: datetime) -> Tally:
    """Return what became of the reports of an incident's components and places, from half an hour before it on.

    The numbers are those that are told of its places, and nothing is where too few reported there; how much of them
    was cut is taken from the whole service at that time. Three queries at most.
    """
    end = min(view.resolved_at or at, at)
    since = max(view.opened_at - LEAD, end - LONGEST_TALLY)
    whole = of_service(service, since, end)
    parts = {component.slug for component in catalog_of(service).components}
    if view.is_everywhere and parts <= set(view.components):
        return whole
    found = disclosure.read(service, since, end, [], components=view.components, places=place_codes(view))
    return in_proportion(whole, sum(cell.effective for cell in found))


def _latest_events(ids: Sequence[int], at: datetime) -> dict[int, IncidentEvent]:
    events = (
        IncidentEvent.objects.filter(incident_id__in=ids, at__lte=at)
        .order_by("incident_id", "-at", "-id")
        .distinct("incident_id")
    )
    return {event.incident_id: event for event in events}


def _view(row: Incident, event: IncidentEvent, at: datetime) -> IncidentView:
    def reached(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= at else None

    return IncidentView(
        id=row.pk,
        number=row.number,
        state=event.to_state,
        kind=row.kind,
        components=event.components,
        countries=event.countries,
        regions=event.regions,
        symptom=event.symptom,
        confidence=event.confidence,
        reason=event.reason,
        code=event.code,
        params=event.params,
        opened_at=row.opened_at,
        confirmed_at=reached(row.confirmed_at),
        resolved_at=reached(row.resolved_at) if event.to_state not in Incident.OPEN_STATES else None,
        updated_at=event.at,
        upstream=row.upstream,
        merged_into=row.merged_into_id if event.to_state == Incident.State.MERGED else None,
        headline=event.headline,
        split_from=row.split_from_id,
        evidence=event.evidence,
    )


def place_codes(incident: HasPlaces) -> list[str]:
    """The codes of an incident's places: a country stands for its regions unless some of them are named."""
    detailed = {region[:2] for region in incident.regions}
    return [code for code in incident.countries if code not in detailed] + incident.regions
