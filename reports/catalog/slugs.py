"""The slugs that catalogue files claim. Two files with one slug would take turns at being the same service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from reports.catalog import files
from reports.catalog.errors import CatalogError, Problem

Owners = Mapping[str, frozenset[Path]]


def owners(paths: Iterable[Path]) -> Owners:
    """Return the files by the slug that they claim. What cannot be read claims none."""
    found: dict[str, set[Path]] = {}
    for path in {path.resolve() for path in paths}:
        if slug := _claimed(path):
            found.setdefault(slug, set()).add(path)
    return {slug: frozenset(claiming) for slug, claiming in found.items()}


def taken(path: Path, slug: str, claims: Owners) -> Problem | None:
    """Return what is wrong where other files claim this file's slug too, with their names."""
    others = sorted(str(other) for other in claims.get(slug, ()) if other != path.resolve())
    if not others:
        return None
    return Problem("slug", f'expected a slug of its own; "{slug}" is also that of {", ".join(others)}')


def _claimed(path: Path) -> str:
    try:
        table = files.toml(files.read(path), path)
        if "slug" not in table and isinstance(base := table.get("extends"), str):
            beside = path.parent / f"{base}.toml"
            table = files.toml(files.read(beside), beside)
    except (CatalogError, ValueError):  # ValueError: a name that no file can have
        return ""
    slug = table.get("slug")
    return slug if isinstance(slug, str) else ""
