"""Boards: any services and components, side by side, as one thing to ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q

from outages.queries import front_page
from outages.queries.front_page import OpenIncident, Row
from outages.verdict import Verdict, judge, worst
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.errors import close_to, shorten
from reports.models import Service

MOST_PARTS: Final = 50
LONGEST: Final = 4000
# What is not known is said before what is well: it is never an all-clear.
WORST_FIRST: Final = (
    Verdict.CONFIRMED,
    Verdict.POSSIBLE,
    Verdict.RECOVERING,
    Verdict.MAINTENANCE,
    Verdict.UNKNOWN,
    Verdict.OK,
)


class BoardError(ValueError):
    """A text does not name a board. The message says what to change; `unknown`: it names what there is not."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A service, or one of its components; "" stands for the service as a whole."""

    service: str
    component: str = ""

    def __str__(self) -> str:
        return f"{self.service}.{self.component}" if self.component else self.service

    def touches(self, service: str, components: Collection[str]) -> bool:
        """Return whether it is among what an incident names. One that names no component is of all."""
        return self.service == service and (not self.component or not components or self.component in components)


@dataclass(frozen=True, slots=True)
class Board:
    """Parts in the order in which they were named, and their services by slug."""

    parts: tuple[Part, ...]
    services: dict[str, Service]

    def __str__(self) -> str:
        return ",".join(map(str, self.parts))

    def touches(self, service: str, components: Collection[str]) -> bool:
        """Return whether any of its parts is among what an incident names."""
        return any(part.touches(service, components) for part in self.parts)

    def components(self, service: str) -> tuple[str, ...]:
        """Return its parts of a service, in order; "" among them stands for the service as a whole."""
        return tuple(part.component for part in self.parts if part.service == service)

    def incidents(self) -> Q:
        """Return the condition for incidents that touch it."""
        return reduce(or_, (self._incidents_of(slug) for slug in self.services))

    def _incidents_of(self, slug: str) -> Q:
        components, of_service = self.components(slug), Q(service=self.services[slug])
        if "" in components:
            return of_service
        return of_service & (Q(components__overlap=list(components)) | Q(components=[]))


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of a board as it stands: the row of its service, narrowed to what touches the part."""

    part: Part
    row: Row
    catalog: Catalog

    def name(self, language: str) -> str:
        """Return its name."""
        return name_of(self.part, self.catalog, language)


def name_of(part: Part, catalog: Catalog, language: str) -> str:
    """Return the service's name, with the component's behind it."""
    name = localise(catalog.name, language)
    if not part.component:
        return name
    component = next(one for one in catalog.components if one.slug == part.component)
    return f"{name}: {localise(component.name, language)}"


def parts_of(text: str) -> tuple[Part, ...]:
    """Return what a text such as "tesla.app,spectrum" names, each once, in its order. Raises BoardError."""
    if len(text) > LONGEST:
        raise BoardError(f"At most {LONGEST} characters.")
    names = dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip())
    if not names or len(names) > MOST_PARTS:
        raise BoardError(f"Name 1 to {MOST_PARTS} services or components, such as tesla.app,spectrum.")
    return tuple(Part(*name.partition(".")[::2]) for name in names)


def board(text: str) -> Board:
    """Return the board that a text names, its catalogues at hand. Raises BoardError, saying what there is."""
    parts = parts_of(text)
    services = {service.slug: service for service in Service.objects.filter(is_active=True)}
    wanted = {part.service: services[part.service] for part in parts if part.service in services}
    fetch_catalogs(wanted.values())
    for part in parts:
        if part.service not in wanted:
            message = f"There is no service {shorten(part.service)!r}.{close_to(part.service, services)}"
            raise BoardError(message, unknown=True)
        known = [component.slug for component in catalog_of(wanted[part.service]).components]
        if part.component and part.component not in known:
            named = f"{shorten(part.service)} has no component {shorten(part.component)!r}."
            raise BoardError(f"{named}{close_to(part.component, known)}", unknown=True)
    return Board(parts, wanted)


def rows_of(found: Board, *, now: datetime, at: datetime | None = None) -> dict[str, Row]:
    """Return the rows of its services as they are or were, by slug. Four queries, whatever their number."""
    return {row.service.slug: row for row in front_page.rows(now=now, at=at) if row.service.slug in found.services}


def entries_of(found: Board, rows: dict[str, Row]) -> list[Entry]:
    """Return its parts as they stand in the rows of its services, in order."""
    return [
        Entry(part, narrowed(rows[part.service], (part.component,)), catalog_of(found.services[part.service]))
        for part in found.parts
        if part.service in rows
    ]


def narrowed(row: Row, components: Sequence[str]) -> Row:
    """Return the row as it is for some components: its verdict comes from the incidents that touch one of them."""
    if "" in components:
        return row
    incidents = [
        incident for incident in row.incidents if not incident.components or set(components) & set(incident.components)
    ]
    leading = worst(incidents)
    verdict = row.verdict
    if row.verdict != Verdict.UNKNOWN or incidents:
        verdict = judge(incidents, watched=True, stale=row.stale)
    return replace(
        row,
        verdict=verdict,
        incident=leading if isinstance(leading, OpenIncident) else None,
        incidents=tuple(incidents),
        ended_at=None,
    )


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; what is not known is worse than all being well."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.UNKNOWN)
