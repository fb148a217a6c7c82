"""How the catalogue files compare with what is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from django.conf import settings

from reports.catalog import slugs
from reports.catalog.errors import CatalogError
from reports.catalog.loader import read
from reports.catalog.store import digest_of
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
            "loaded": "It says what is loaded.",
            "changed": "It has changed since it was loaded.",
            "new": "It is not loaded yet.",
            "wrong": "It is wrong, and nothing of it is loaded.",
        }[self.state]


def file_states() -> list[FileState]:
    """All files of CATALOG_DIR, by name."""
    loaded = dict(Service.objects.filter(is_active=True).values_list("slug", "definition_hash"))
    found = []
    for name, slug, digest, problems in _files(settings.CATALOG_DIR, _fingerprint(settings.CATALOG_DIR)):
        state: Literal["loaded", "changed", "new", "wrong"] = "wrong" if problems else "new"
        if slug in loaded:
            state = "loaded" if loaded[slug] == digest else "changed"
        found.append(FileState(name, slug, state, problems))
    return found


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes with every file's name, size or time."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=4)
def _files(folder: Path, fingerprint: object) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """Name, slug, digest and problems of each file. Reading them takes a while, so it is done once for the same."""
    found = []
    paths = sorted(folder.glob("*.toml"))
    owners = slugs.owners(paths)
    for path in paths:
        try:
            catalog = read(path)
            if problem := slugs.taken(path, catalog.slug, owners):
                raise CatalogError(path, [problem])
        except CatalogError as error:
            found.append((path.name, "", "", tuple(str(problem) for problem in error.problems)))
            continue
        digest = digest_of(msgspec.to_builtins(catalog))
        found.append((path.name, catalog.slug, digest, ()))
    return tuple(found)
