"""What live streams tell, read from PostgreSQL: entries in the order of their commits, and statuses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from rest_framework.renderers import JSONRenderer

from outages.api.incidents import incident_body
from outages.api.serializers import IncidentSerializer, StatusSerializer
from outages.api.services import status_body
from outages.models import LiveEntry
from outages.queries import incidents as incident_queries
from outages.queries import status
from outages.queries.incidents import IncidentView
from reports.models import Service

TIMES = ("at", "as_of")  # these move on while nothing changes


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to an incident, as it stood right after it; None: the service's history was made anew."""

    position: int
    service: str
    incident: IncidentView | None


@dataclass(frozen=True, slots=True, eq=False)
class StatusBody:
    """A status as the API gives it, and what of it makes a difference to those who know the one before."""

    data: bytes
    substance: tuple[Any, ...]


def entries(after: int, most: int, *, until: int | None = None, services: Collection[str] = ()) -> list[Entry]:
    """The entries that follow a position, of some services or of all, in order and at most so many."""
    rows = LiveEntry.objects.filter(position__gt=after, service__is_active=True)
    if until is not None:
        rows = rows.filter(position__lte=until)
    if services:
        rows = rows.filter(service__slug__in=services)
    found = rows.select_related("service", "event__incident").order_by("position")[:most]
    return [_entry(row) for row in found]


@dataclass(frozen=True, slots=True)
class Tail:
    """All entries after one position and up to another, in order."""

    after: int
    until: int
    entries: list[Entry]


def tail(most: int) -> Tail:
    """The last entries of all services."""
    positions = list(LiveEntry.objects.order_by("-position").values_list("position", flat=True)[:most])
    until = positions[0] if positions else 0
    after = positions[-1] - 1 if len(positions) == most else 0
    return Tail(after, until, entries(after, most, until=until))


def _entry(row: LiveEntry) -> Entry:
    incident = incident_queries.incident_after(row.event) if row.event is not None else None
    return Entry(row.position, row.service.slug, incident)


def slugs() -> dict[int, str]:
    """The services that can be listened to, by id."""
    return dict(Service.objects.filter(is_active=True).values_list("id", "slug"))


def incident_json(slug: str, view: IncidentView, language: str) -> bytes:
    """An incident as the API gives it. Reads nothing."""
    with translation.override(language):
        return JSONRenderer().render(IncidentSerializer(incident_body(slug, view)).data)


def statuses(wanted: Sequence[tuple[str, str]], *, now: datetime) -> dict[tuple[str, str], StatusBody]:
    """The statuses of (slug, language); those of services that are gone are left out."""
    services = {
        each.slug: each for each in Service.objects.filter(is_active=True, slug__in={slug for slug, _ in wanted})
    }
    return {(slug, tag): _status(services[slug], tag, now) for slug, tag in wanted if slug in services}


def _status(service: Service, language: str, now: datetime) -> StatusBody:
    with translation.override(language):
        data = StatusSerializer(status_body(status.status(service, now=now))).data
    substance = tuple(repr(value) for name, value in data.items() if name not in TIMES)
    return StatusBody(JSONRenderer().render(data), substance)
