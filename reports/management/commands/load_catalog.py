"""Loads services from their catalogue files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.catalog import ready, slugs, store
from reports.catalog.errors import CatalogError
from reports.catalog.loader import read
from reports.catalog.schema import Catalog


class Command(BaseCommand):
    help = (
        "Load services from catalogue files: the ones you name, or everything in CATALOG_DIR and "
        "READY_CATALOGS. A file with errors changes nothing and does not affect the others; the command then "
        "exits with 1. Two files with the same slug are both rejected. Whatever a catalogue no longer lists "
        "becomes inactive but keeps its history. If everything loads without errors, services that no longer "
        "have a file become inactive too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="catalogue file (.toml)")
        parser.add_argument("--check", action="store_true", help="check the files without changing anything")

    def handle(self, *, paths: list[Path], check: bool, **options: Any) -> None:
        whole = not paths
        try:
            configured = ready.configured()
        except CatalogError as error:
            raise CommandError(str(error)) from error
        files = paths or configured
        if not files:
            raise CommandError(f"There is no catalogue in {settings.CATALOG_DIR}; expected files that end in .toml.")
        catalogs, errors = _read(files, configured)
        changes: list[store.Change] = []
        if check:
            for file, catalog in catalogs.items():
                self.stdout.write(f"{file}: {catalog.slug} is fine")
        else:
            for told in store.store_all(catalogs.values()):
                if isinstance(told, store.Change):
                    changes.append(told)
                else:
                    errors.append(told)
            if whole and not errors:
                changes += store.retire_all_but({catalog.slug for catalog in catalogs.values()})
        for change in changes:
            self.stdout.write(str(change))
        if errors:
            noun = "catalogue is" if len(errors) == 1 else "catalogues are"
            lines = "\n".join(str(error) for error in errors)
            raise CommandError(f"{lines}\n{len(errors)} {noun} wrong; nothing of that was stored.")


def _read(files: list[Path], configured: list[Path]) -> tuple[dict[Path, Catalog], list[ValueError]]:
    catalogs: dict[Path, Catalog] = {}
    errors: list[ValueError] = []
    # A file that is named alone is compared with all that are configured: its slug must not be that of another one.
    owners = slugs.owners([*files, *configured])
    for file in files:
        try:
            catalog = read(file)
            if problem := slugs.taken(file, catalog, owners):
                raise CatalogError(file, [problem])
        except CatalogError as error:
            errors.append(error)
        else:
            catalogs[file] = catalog
    return catalogs, errors
