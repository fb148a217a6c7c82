"""How the catalogue files compare with what is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from reports.catalog import ready, slugs
from reports.catalog.errors import CatalogError
from reports.catalog.loader import read
from reports.catalog.schema import Catalog
from reports.catalog.store import digest_of, with_retired
from reports.models import Service


@dataclass(frozen=True, slots=True)
class FileState:
    """A catalogue file. `service` is empty where it could not be read; `problems` says what is wrong with it then."""

    file: str
    service: str
    state: Literal["loaded", "changed", "new", "wrong"]
    problems: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return {
            "loaded": "Loaded.",
            "changed": "Changed since it was loaded.",
            "new": "Not loaded yet.",
            "wrong": "Has errors; not loaded.",
        }[self.state]


def file_states() -> list[FileState]:
    """All files that this site loads. One that READY_CATALOGS names and that there is not is a wrong one."""
    try:
        paths = ready.configured()
    except CatalogError as error:
        return [FileState("READY_CATALOGS", "", "wrong", tuple(str(problem) for problem in error.problems))]
    loaded = {service.slug: service for service in Service.objects.filter(is_active=True)}
    found = []
    for name, catalog, digest, problems in _files(tuple(paths), _fingerprint(paths)):
        state: Literal["loaded", "changed", "new", "wrong"] = "wrong" if problems else "new"
        if catalog and (service := loaded.get(catalog.slug)):
            same = digest == service.definition_hash
            # What a load has seen leave the file is kept beside what the file says.
            same = same or digest_of(msgspec.to_builtins(with_retired(catalog, service))) == service.definition_hash
            state = "loaded" if same else "changed"
        found.append(FileState(name, catalog.slug if catalog else "", state, problems))
    return found


def _fingerprint(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Changes with every file's name, size or time, those of translations and of what is extended included."""
    folders = {path.parent for path in paths}
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=4)
def _files(
    paths: tuple[Path, ...], _fingerprint: object
) -> tuple[tuple[str, Catalog | None, str, tuple[str, ...]], ...]:
    """Name, catalogue, digest and problems of each file, read once for the same fingerprint."""
    found: list[tuple[str, Catalog | None, str, tuple[str, ...]]] = []
    owners = slugs.owners(paths)
    for path in paths:
        try:
            catalog = read(path)
            if problem := slugs.taken(path, catalog, owners):
                raise CatalogError(path, [problem])
        except CatalogError as error:
            found.append((path.name, None, "", tuple(str(problem) for problem in error.problems)))
            continue
        found.append((path.name, catalog, digest_of(msgspec.to_builtins(catalog)), ()))
    return tuple(found)
