"""Plays recorded signals through the detector and writes the incidents that come of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.detection import replay
from outages.detection.datatypes import ServiceSpec
from outages.pipeline.spec import service_spec
from reports.catalog import loader
from reports.catalog.errors import CatalogError


def spec_for(events: Iterable[replay.Event]) -> ServiceSpec:
    """What the catalogue says of the events' service; where there is none, what the events themselves tell."""
    surveyed = replay.surveyed(events)
    path = Path(settings.CATALOG_DIR) / f"{surveyed.slug}.toml"
    return service_spec(loader.read(path)) if path.is_file() else surveyed


class Command(BaseCommand):
    help = "Replay an events file, or a world's folder, through the detector. Needs no database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "events", type=Path, help="events file (.ndjson or .ndjson.gz), or a folder that contains one"
        )
        parser.add_argument(
            "--incidents", type=Path, required=True, help="file to write the incidents to, one per line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            events = replay.Recording(options["events"])
            started = time.perf_counter()
            lines = replay.incidents(events, spec_for(events))
            replay.write(lines, options["incidents"])
        except (replay.EventError, CatalogError, OSError) as error:
            raise CommandError(str(error)) from error
        took = time.perf_counter() - started
        self.stdout.write(f"{len(lines)} incidents, {took:.1f} s → {options['incidents']}")
