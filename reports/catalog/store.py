"""Stores catalogues as services with their components and symptoms, and gives them back. Never deletes a row."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

import msgspec
from django.db import transaction

from config.process_cache import Shelf
from reports.catalog import schema
from reports.catalog.schema import Catalog, localise
from reports.models import Component, Service, Symptom

Part = TypeVar("Part", Component, Symptom)
_MOST_KEPT: Final = 256
_BYTES_A_CHARACTER: Final = 2  # of a catalogue in memory, by its length as JSON: measured with ours
_kept: Shelf[str, Catalog] = Shelf("catalogues", most=_MOST_KEPT)  # by hash, so that none is ever out of date


@dataclass(frozen=True, slots=True)
class Parts:
    """Which components or symptoms a load added, renamed or moved, set inactive, and set active again, by slug."""

    added: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a service when its catalogue was loaded."""

    slug: str
    action: Literal["added", "changed", "unchanged", "returned", "retired"]
    components: Parts = field(default_factory=Parts)
    symptoms: Parts = field(default_factory=Parts)

    def __bool__(self) -> bool:
        return self.action != "unchanged"

    def __str__(self) -> str:
        details = [*_words("component", self.components), *_words("symptom", self.symptoms)]
        return f"{self.slug}: {self.action}" + (f" ({'; '.join(details)})" if details else "")


def store(catalog: Catalog) -> Change:
    """Makes the database say what the catalogue says. A second time changes nothing."""
    definition = msgspec.to_builtins(catalog)
    digest = digest_of(definition)
    values = {
        "name": localise(catalog.name),
        "definition": definition,
        "definition_hash": digest,
        "clock": catalog.clock,
        "position": catalog.position,
        "is_active": True,
    }
    _keep(digest, catalog)
    with transaction.atomic():
        # Two loads at once: the second waits here, and then finds nothing to do.
        service, is_new = Service.objects.select_for_update().get_or_create(slug=catalog.slug, defaults=values)
        was_active = service.is_active
        if not is_new:
            if was_active and service.definition_hash == digest:
                return Change(catalog.slug, "unchanged")
            for name, value in values.items():
                setattr(service, name, value)
            service.save()
        return Change(
            catalog.slug,
            "added" if is_new else "changed" if was_active else "returned",
            _store_parts(Component, service, catalog.components),
            _store_parts(Symptom, service, catalog.symptoms),
        )


def digest_of(definition: object) -> str:
    """The hash by which a definition, as it is stored, is known again."""
    return hashlib.sha256(msgspec.json.encode(definition, order="deterministic")).hexdigest()


def retire_all_but(slugs: Collection[str]) -> list[Change]:
    """Sets services inactive whose catalogue is gone. Their history stays."""
    with transaction.atomic():
        gone = list(Service.objects.select_for_update().filter(is_active=True).exclude(slug__in=slugs))
        Service.objects.filter(pk__in=[service.pk for service in gone]).update(is_active=False)
    return [Change(service.slug, "retired") for service in gone]


def catalog_of(service: Service) -> Catalog:
    """The service's catalogue, typed. Kept in this process by its hash."""
    catalog = _kept.get(service.definition_hash)
    if catalog is None:
        # Both at once: the row may have changed since the service was read.
        digest, definition = Service.objects.values_list("definition_hash", "definition").get(pk=service.pk)
        catalog = _keep(digest, msgspec.convert(definition, Catalog))
    return catalog


def fetch_catalogs(services: Iterable[Service]) -> None:
    """Gets the catalogues of many services with one query at most, where `catalog_of` would ask for each."""
    missing = {service.definition_hash for service in services}.difference(_kept.all_keys())
    if missing:
        rows = Service.objects.filter(definition_hash__in=missing)
        for digest, definition in rows.values_list("definition_hash", "definition"):
            _keep(digest, msgspec.convert(definition, Catalog))


def size_of(definition: object) -> int:
    """Return about how many bytes a definition, or its catalogue, takes in memory."""
    return _BYTES_A_CHARACTER * len(msgspec.json.encode(definition))


def _keep(digest: str, catalog: Catalog) -> Catalog:
    _kept.put(digest, catalog, size=size_of(catalog))
    return catalog


def _store_parts(model: type[Part], service: Service, wanted: Sequence[schema.Component | schema.Symptom]) -> Parts:
    rows = {row.slug: row for row in model._default_manager.select_for_update().filter(service=service)}
    added: list[str] = []
    altered: list[str] = []
    retired: list[str] = []
    returned: list[str] = []
    for position, part in enumerate(wanted):
        name = localise(part.name)
        row = rows.pop(part.slug, None)
        if row is None:
            model._default_manager.create(service=service, slug=part.slug, name=name, position=position)
            added.append(part.slug)
        elif (row.name, row.position, row.is_active) != (name, position, True):
            (altered if row.is_active else returned).append(part.slug)
            row.name, row.position, row.is_active = name, position, True
            row.save(update_fields=["name", "position", "is_active"])
    for row in rows.values():
        if row.is_active:
            retired.append(row.slug)
            row.is_active = False
            row.save(update_fields=["is_active"])
    return Parts(tuple(added), tuple(altered), tuple(retired), tuple(returned))


def _words(noun: str, parts: Parts) -> Iterator[str]:
    for said, slugs in (
        ("added", parts.added),
        ("renamed or moved", parts.altered),
        ("no longer offered", parts.retired),
        ("offered again", parts.returned),
    ):
        if slugs:
            named = ", ".join(slugs) if len(slugs) <= 5 else ", ".join(slugs[:5]) + " …"
            yield f"{len(slugs)} {noun}{'s' if len(slugs) > 1 else ''} {said}: {named}"
