"""The catalogues that come ready with the project, switched on by name in READY_CATALOGS."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings

from reports.catalog.errors import CatalogError, Problem
from reports.errors import close_to

FOLDER: Final = Path(settings.BASE_DIR) / "catalog" / "ready"
# What the others extend; they are no services.
BASES: Final = frozenset({"online-service", "carrier"})


def names() -> list[str]:
    """Return the names that READY_CATALOGS may have."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in BASES)


def paths(chosen: Iterable[str]) -> list[Path]:
    """Return the files of these names, each once. Raises CatalogError for a name that there is not."""
    known = set(names())
    for name in chosen:
        if name not in known:
            raise CatalogError(
                Path("READY_CATALOGS"), [Problem("", f'there is no ready catalogue "{name}".{close_to(name, known)}')]
            )
    return [FOLDER / f"{name}.toml" for name in dict.fromkeys(chosen)]


def configured() -> list[Path]:
    """Return all files that this site loads: those of CATALOG_DIR, then the ready ones that are switched on."""
    return [*sorted(settings.CATALOG_DIR.glob("*.toml")), *paths(settings.READY_CATALOGS)]
