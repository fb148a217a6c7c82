"""How the catalogue files compare with what is loaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import msgspec
from django.conf import settings

from reports.catalog.errors import CatalogError
from reports.catalog.reading import read
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
    for path in sorted(settings.CATALOG_DIR.glob("*.toml")):
        try:
            catalog = read(path)
        except CatalogError as error:
            found.append(FileState(path.name, "", "wrong", tuple(str(problem) for problem in error.problems)))
            continue
        builtins = msgspec.to_builtins(catalog)
        digest = hashlib.sha256(msgspec.json.encode(builtins, order="deterministic")).hexdigest()
        state: Literal["loaded", "changed", "new"] = "new"
        if catalog.slug in loaded:
            state = "loaded" if loaded[catalog.slug] == digest else "changed"
        found.append(FileState(path.name, catalog.slug, state))
    return found
