"""Loads services from their catalogue files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.catalog import slugs, store
from reports.catalog.errors import CatalogError
from reports.catalog.loader import read
from reports.catalog.schema import Catalog


class Command(BaseCommand):
    help = (
        "Loads services from catalogue files: those named, else all of CATALOG_DIR. A wrong file changes nothing and "
        "does not hold up the others; then the exit status is 1. Two files with the same slug are both "
        "refused. What a catalogue no longer lists becomes inactive and "
        "keeps its history. When all of CATALOG_DIR is loaded without an error, so does a service without a file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="A catalogue file (.toml).")
        parser.add_argument("--check", action="store_true", help="Read and check only; change nothing.")

    def handle(self, *, paths: list[Path], check: bool, **options: Any) -> None:
        whole = not paths
        files = paths or sorted(settings.CATALOG_DIR.glob("*.toml"))
        if not files:
            raise CommandError(f"There is no catalogue in {settings.CATALOG_DIR}; expected files that end in .toml.")
        catalogs, errors = _read(files)
        changes: list[store.Change] = []
        if check:
            for file, catalog in catalogs.items():
                self.stdout.write(f"{file}: {catalog.slug} is fine")
        else:
            changes += [store.store(catalog) for catalog in catalogs.values()]
            if whole and not errors:
                changes += store.retire_all_but({catalog.slug for catalog in catalogs.values()})
        for change in changes:
            self.stdout.write(str(change))
        if errors:
            noun = "catalogue is" if len(errors) == 1 else "catalogues are"
            lines = "\n".join(str(error) for error in errors)
            raise CommandError(f"{lines}\n{len(errors)} {noun} wrong; nothing of that was stored.")


def _read(files: list[Path]) -> tuple[dict[Path, Catalog], list[CatalogError]]:
    catalogs: dict[Path, Catalog] = {}
    errors: list[CatalogError] = []
    # A file that is named alone is compared with all of the folder: its slug must not be that of another one there.
    owners = slugs.owners([*files, *settings.CATALOG_DIR.glob("*.toml")])
    for file in files:
        try:
            catalog = read(file)
            if problem := slugs.taken(file, catalog.slug, owners):
                raise CatalogError(file, [problem])
        except CatalogError as error:
            errors.append(error)
        else:
            catalogs[file] = catalog
    return catalogs, errors
