"""The slugs that catalogue files claim, present and former ones. Two files with one slug would take turns at being the
same service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from reports.catalog import files
from reports.catalog.errors import CatalogError, Problem
from reports.catalog.schema import Catalog

Owners = Mapping[str, frozenset[Path]]


def owners(paths: Iterable[Path]) -> Owners:
    """Return the files by the slug that they claim. What cannot be read claims none."""
    found: dict[str, set[Path]] = {}
    for path in {path.resolve() for path in paths}:
        for slug in _claimed(path):
            found.setdefault(slug, set()).add(path)
    return {slug: frozenset(claiming) for slug, claiming in found.items()}


def taken(path: Path, catalog: Catalog, claims: Owners) -> Problem | None:
    """Return what is wrong where other files claim this file's slug or former slugs too, with their names."""
    for key, slug in (("slug", catalog.slug), *(("formerly", slug) for slug in catalog.formerly)):
        others = sorted(str(other) for other in claims.get(slug, ()) if other != path.resolve())
        if others:
            return Problem(key, f'expected a slug of its own; "{slug}" is also that of {", ".join(others)}')
    return None


def _claimed(path: Path) -> list[str]:
    try:
        table = files.toml(files.read(path), path)
        if "slug" not in table and isinstance(base := table.get("extends"), str):
            beside = path.parent / f"{base}.toml"
            table = files.toml(files.read(beside), beside) | table
    except (CatalogError, ValueError):  # ValueError: a name that no file can have
        return []
    former = table.get("formerly")
    claimed = [table.get("slug"), *(former if isinstance(former, list) else [])]
    return [slug for slug in claimed if isinstance(slug, str)]
