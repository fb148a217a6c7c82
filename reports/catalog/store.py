"""Stores catalogues as services with their components and symptoms, and gives them back. Never deletes a row."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal, TypeVar

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from config.process_cache import Shelf
from reports.catalog import schema
from reports.catalog.schema import Catalog, localise
from reports.collation import collation_key
from reports.models import Component, FormerSlug, Service, Symptom

Part = TypeVar("Part", Component, Symptom)
_MOST_KEPT: Final = 256
_AT_ONCE: Final = 500  # new services of one transaction
_FETCHED: Final = "_fetched_catalogs"  # of a service's instance: its catalogue by its hash
_BYTES_A_CHARACTER: Final = 2  # of a catalogue in memory, by its length as JSON: measured with ours
_kept: Shelf[str, Catalog] = Shelf("catalogues", most=_MOST_KEPT)  # by hash, so that none is ever out of date


class StoreError(ValueError):
    """A catalogue that is fine by itself but cannot be stored beside what is here."""


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
    action: Literal["added", "changed", "unchanged", "renamed", "returned", "retired"]
    components: Parts = field(default_factory=Parts)
    symptoms: Parts = field(default_factory=Parts)
    former: str = ""

    def __bool__(self) -> bool:
        return self.action != "unchanged"

    def __str__(self) -> str:
        details = [f"it was {self.former}"] if self.former else []
        details += [*_words("component", self.components), *_words("symptom", self.symptoms)]
        return f"{self.slug}: {self.action}" + (f" ({'; '.join(details)})" if details else "")


def store_all(catalogs: Collection[Catalog]) -> Iterator[Change | StoreError]:
    """Make the database say what these catalogues say; yield for each what became of it.

    What has not changed costs no transaction, and what is new is stored many at a time.
    """
    hashes = _hashes(catalogs)
    new: list[Catalog] = []
    for catalog in catalogs:
        known = hashes.get(catalog.slug)
        if known is None and not any(slug in hashes for slug in catalog.formerly):
            new.append(catalog)
        elif known is not None and not any(slug in hashes for slug in catalog.formerly) and _is_said(catalog, known):
            yield Change(catalog.slug, "unchanged")
        else:
            yield _stored_alone(catalog)
    rest = iter(new)
    while batch := list(islice(rest, _AT_ONCE)):
        try:
            yield from _add(batch)
        except IntegrityError:  # somebody else loads the same ones, or one takes another's former slug
            yield from map(_stored_alone, batch)


def _hashes(catalogs: Collection[Catalog]) -> dict[str, str]:
    """Return the hashes of all services of these slugs, present and former, "" for those that are not active."""
    slugs = {slug for catalog in catalogs for slug in (catalog.slug, *catalog.formerly)}
    rows = Service.objects.filter(slug__in=slugs).values_list("slug", "definition_hash", "is_active")
    return {slug: digest if is_active else "" for slug, digest, is_active in rows}


def _is_said(catalog: Catalog, digest: str) -> bool:
    return digest == digest_of(msgspec.to_builtins(catalog))


def _stored_alone(catalog: Catalog) -> Change | StoreError:
    try:
        return store(catalog)
    except StoreError as error:
        return error


def _add(catalogs: Sequence[Catalog]) -> list[Change]:
    """Store services that are new. Raises IntegrityError, and stores none of them, where one is there already."""
    with transaction.atomic():
        services = Service.objects.bulk_create(_described(Service(slug=one.slug), one) for one in catalogs)
        pairs = list(zip(services, catalogs, strict=True))
        FormerSlug.objects.bulk_create(
            FormerSlug(slug=slug, service=service) for service, catalog in pairs for slug in catalog.formerly
        )
        Component.objects.bulk_create(
            Component(service=service, slug=part.slug, name=localise(part.name), position=position)
            for service, catalog in pairs
            for position, part in enumerate(catalog.components)
        )
        Symptom.objects.bulk_create(
            Symptom(service=service, slug=part.slug, name=localise(part.name), position=position)
            for service, catalog in pairs
            for position, part in enumerate(catalog.symptoms)
        )
    return [
        Change(
            catalog.slug,
            "added",
            Parts(added=tuple(part.slug for part in catalog.components)),
            Parts(added=tuple(part.slug for part in catalog.symptoms)),
        )
        for catalog in catalogs
    ]


def store(catalog: Catalog) -> Change:
    """Makes the database say what the catalogue says. A second time changes nothing."""
    digest = digest_of(msgspec.to_builtins(catalog))
    with transaction.atomic():
        former = _renamed(catalog)
        values = {"definition": {}, "definition_hash": "", "name": localise(catalog.name)}
        # Two loads at once: the second waits here, and then finds nothing to do.
        service, is_new = Service.objects.select_for_update().get_or_create(slug=catalog.slug, defaults=values)
        was_active = service.is_active
        if not is_new and was_active and not former:
            if service.definition_hash == digest:
                return Change(catalog.slug, "unchanged")
            catalog = with_retired(catalog, service)
            digest = digest_of(msgspec.to_builtins(catalog))
            if service.definition_hash == digest:
                return Change(catalog.slug, "unchanged")
        elif not is_new:
            catalog = with_retired(catalog, service)
        _fill(service, catalog)
        return Change(
            catalog.slug,
            "added" if is_new else "renamed" if former else "changed" if was_active else "returned",
            _store_parts(Component, service, catalog.components),
            _store_parts(Symptom, service, catalog.symptoms),
            former,
        )


def with_retired(catalog: Catalog, service: Service) -> Catalog:
    """Return the catalogue with the names of what it no longer lists but the loaded one of the service does, so that
    history does not have to speak of slugs."""
    loaded = catalog_of(service)
    return msgspec.structs.replace(
        catalog,
        retired_components=_retired(catalog.components, loaded.components, loaded.retired_components)
        | catalog.retired_components,
        retired_symptoms=_retired(catalog.symptoms, loaded.symptoms, loaded.retired_symptoms)
        | catalog.retired_symptoms,
    )


def _retired(
    wanted: Sequence[schema.Component | schema.Symptom],
    loaded: Sequence[schema.Component | schema.Symptom],
    retired: Mapping[str, schema.Text],
) -> dict[str, schema.Text]:
    known = {part.slug for part in wanted} | {slug for part in wanted for slug in part.formerly}
    names = dict(retired) | {part.slug: part.name for part in loaded}
    return {slug: name for slug, name in names.items() if slug not in known}


def _fill(service: Service, catalog: Catalog) -> None:
    _described(service, catalog).save()
    _keep(service.definition_hash, catalog)
    FormerSlug.objects.filter(service=service).exclude(slug__in=catalog.formerly).delete()
    for slug in catalog.formerly:
        FormerSlug.objects.update_or_create(slug=slug, defaults={"service": service})


def _described(service: Service, catalog: Catalog) -> Service:
    """Return the service with what the catalogue says of it; it is not saved."""
    definition = msgspec.to_builtins(catalog)
    service.name = localise(catalog.name)
    service.definition = definition
    service.definition_hash = digest_of(definition)
    service.clock = catalog.clock
    service.position = catalog.position
    service.is_active = True
    return service


def _renamed(catalog: Catalog) -> str:
    """Give the service of a former slug the present one, with all its history. Return the slug that it had, "" where
    nothing was renamed. Raises StoreError where both slugs have a service."""
    rows = list(Service.objects.select_for_update().filter(slug__in=catalog.formerly).order_by("-loaded_at"))
    if not rows:
        return ""
    if len(rows) > 1 or Service.objects.filter(slug=catalog.slug).exists():
        row = rows[0]
        other = rows[1].slug if len(rows) > 1 else catalog.slug
        raise StoreError(
            f'{catalog.slug}: formerly: "{row.slug}" and "{other}" both have a history here, and two cannot be joined. '
            f"Delete the one that is not needed (manage.py delete_service {other}), then load again."
        )
    former = rows[0].slug
    rows[0].slug = catalog.slug
    rows[0].save(update_fields=["slug"])
    return former


def service_formerly(slug: str) -> Service | None:
    """Return the active service that had this slug, if any."""
    found = FormerSlug.objects.filter(slug=slug, service__is_active=True).select_related("service").first()
    return found.service if found else None


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
    digest = service.definition_hash
    catalog = _kept.get(digest) or service.__dict__.get(_FETCHED, {}).get(digest)
    if catalog is None:
        # Both at once: the row may have changed since the service was read.
        digest, definition = _definitions(Service.objects.filter(pk=service.pk)).get()
        catalog = _keep(digest, msgspec.json.decode(definition, type=Catalog))
    return catalog


def fetch_catalogs(services: Iterable[Service]) -> None:
    """Have the catalogues of these services at hand, with one query at most; `catalog_of` asks for each.

    There may be more of them than this process keeps, so each service holds its own as long as it is there.
    """
    listed = list(services)
    wanted = {service.definition_hash for service in listed}
    found = {digest: catalog for digest in wanted if (catalog := _kept.get(digest)) is not None}
    missing = wanted.difference(found)
    if missing:
        keeps = len(missing) <= _MOST_KEPT  # of more, each would only push out another
        for digest, definition in _definitions(Service.objects.filter(definition_hash__in=missing)):
            catalog = msgspec.json.decode(definition, type=Catalog)
            found[digest] = _keep(digest, catalog) if keeps else catalog
    for service in listed:
        digest = service.definition_hash
        if digest in found:  # else it was changed meanwhile
            service.__dict__[_FETCHED] = {digest: found[digest]}


def _definitions(services: QuerySet[Service]) -> QuerySet[Service, tuple[str, str]]:
    """The hash and the definition of each, as text: msgspec reads it typed in a tenth of the time of `json`."""
    return services.values_list("definition_hash", Cast("definition", TextField()))


def in_order(services: Iterable[Service], language: str) -> list[Service]:
    """Return services as a list shows them: by position, then by their names as the language sorts them."""
    listed = list(services)
    fetch_catalogs(listed)

    def place(service: Service) -> tuple[int, tuple[str, str, str]]:
        return service.position, collation_key(localise(catalog_of(service).name, language), language)

    return sorted(listed, key=place)


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
        former = next((slug for slug in part.formerly if slug in rows), None)
        if row is None and former is not None:
            row = rows.pop(former)
            row.slug = part.slug
            row.save(update_fields=["slug"])
            altered.append(part.slug)
            if (row.name, row.position, row.is_active) == (name, position, True):
                continue
        if row is None:
            model._default_manager.create(service=service, slug=part.slug, name=name, position=position)
            added.append(part.slug)
        elif (row.name, row.position, row.is_active) != (name, position, True):
            if part.slug not in altered:
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
