"""What intake must know of a service, kept in the process for some seconds."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from config.process_cache import Shelf
from reports.catalog.schema import Component, Symptom
from reports.catalog.store import catalog_of, service_formerly
from reports.errors import SubmissionError, close_to, shorten
from reports.models import FormerSlug, Service

Id = TypeVar("Id")

FRESH_S = 5.0
PART_BYTES = 300  # about what a component or a symptom takes
MOST_HINTS = 10  # words sought that resemble one: each costs a look at all services
KEPT_S = 3600.0  # one that is not fresh is still good where its definition has not changed


@dataclass(frozen=True, slots=True)
class KnownService:
    """A service's ids by slug, active ones only. `symptoms` gives (id, slug of the component that it means or None)."""

    id: int
    slug: str
    accepts_reports: bool
    default_component: str
    components: Mapping[str, int]
    symptoms: Mapping[str, tuple[int, str | None]]
    definition_hash: str


_cached: Shelf[str, tuple[float, KnownService]] = Shelf("services of intake")


def service(slug: str) -> KnownService:
    """The service. Raises SubmissionError (404) where there is none."""
    cached = _cached.get(slug)
    if cached is not None and cached[0] > time.monotonic():
        return cached[1]
    found = _refreshed(slug, cached[1] if cached else None)
    parts = len(found.components) + len(found.symptoms)
    _cached.put(slug, (time.monotonic() + FRESH_S, found), size=parts * PART_BYTES, for_s=KEPT_S)
    return found


def services(slugs: Collection[str]) -> dict[str, KnownService | SubmissionError]:
    """Return each of these services, or why it is refused (404). A constant number of queries for all that are none."""
    cached = {slug: one[1] for slug in slugs if (one := _cached.get(slug)) is not None and one[0] > time.monotonic()}
    if len(cached) == len(slugs):
        return {**cached}
    others = [slug for slug in slugs if slug not in cached and slug.isprintable()]
    named = {
        *Service.objects.filter(slug__in=others, is_active=True).values_list("slug", flat=True),
        *FormerSlug.objects.filter(slug__in=others, service__is_active=True).values_list("slug", flat=True),
    }
    found: dict[str, KnownService | SubmissionError] = {**cached, **{slug: service(slug) for slug in named}}
    all_slugs = active() if len(found) < len(slugs) else frozenset()
    for number, slug in enumerate(sorted(set(slugs) - set(found))):
        found[slug] = unknown(slug, all_slugs if number < MOST_HINTS else ())
    return found


def active() -> set[str]:
    """The slugs of all active services. One query."""
    return set(Service.objects.filter(is_active=True).values_list("slug", flat=True))


def unknown(slug: str, slugs: Iterable[str]) -> SubmissionError:
    """The refusal (404) of a slug that is none of these; it names those that sound alike."""
    message = f"There is no service {shorten(slug)!r}.{close_to(slug, slugs)}"
    return SubmissionError(HTTPStatus.NOT_FOUND, "unknown-service", message, [{"field": "service", "message": message}])


def _refreshed(slug: str, old: KnownService | None) -> KnownService:
    row = Service.objects.filter(slug=slug, is_active=True).first() if slug.isprintable() else None
    if row is None and slug.isprintable():
        row = service_formerly(slug)  # a program keeps the slug that it was written with
    if row is None:
        _cached.drop(slug)
        raise unknown(slug, active())
    if old is not None and old.id == row.pk and old.definition_hash == row.definition_hash:
        return old
    catalog = catalog_of(row)
    meant = {symptom.slug: symptom.component for symptom in catalog.symptoms}
    components = dict(row.components.filter(is_active=True).values_list("slug", "id"))
    symptoms = {
        slug: (number, meant.get(slug))
        for slug, number in row.symptoms.filter(is_active=True).values_list("slug", "id")
    }
    return KnownService(
        id=row.pk,
        slug=row.slug,
        accepts_reports=catalog.accepts_reports,
        default_component=catalog.default_component,
        components=components | _former_ids(catalog.components, components),
        symptoms=symptoms | _former_ids(catalog.symptoms, symptoms),
        definition_hash=row.definition_hash,
    )


def _former_ids(parts: Iterable[Component | Symptom], ids: Mapping[str, Id]) -> dict[str, Id]:
    return {slug: ids[part.slug] for part in parts for slug in part.formerly if part.slug in ids}
