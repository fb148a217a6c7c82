"""Makes a world of signals with known truth, to replay, to score against, and to rehearse with."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.simulation.kinds import kinds
from outages.simulation.plan import DoesNotFit
from outages.simulation.world import World, generate


def write(world: World, folder: Path) -> None:
    """Writes events.ndjson.gz and truth.json. The same world gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "events.ndjson.gz").open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for line in world.lines():
            packed.write(line)
    (folder / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(world.truth), indent=1) + b"\n")


class Command(BaseCommand):
    help = "Make a simulated world of reports, probe results and announcements, with its truth."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", help="a kind of day, or “all”; see --list")
        parser.add_argument("--list", action="store_true", help="list the kinds of day")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same world (default 1)")
        parser.add_argument("--days", type=int, default=8, help="five eighths of them are quiet (default 8)")
        parser.add_argument("--service", default="tesla", help="the service's slug (default tesla)")
        parser.add_argument("--out", type=Path, help="a folder for events.ndjson.gz and truth.json")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for kind in kinds().values():
                self.stdout.write(f"{kind.name:18} {kind.summary}")
            return
        name, out = options["kind"], options["out"]
        if name != "all" and name not in kinds():
            raise CommandError(f"No such kind of day: {name}. There are: {', '.join(kinds())}, or all.")
        if out is None:
            raise CommandError("Say with --out in which folder to write.")
        if options["seed"] < 0 or options["days"] < 1:
            raise CommandError("--seed must be 0 or more, --days 1 or more.")
        for one in kinds() if name == "all" else [name]:
            folder = out / one if name == "all" else out
            try:
                world = generate(kinds()[one], seed=options["seed"], days=options["days"], service=options["service"])
            except DoesNotFit as error:
                raise CommandError(str(error)) from error
            write(world, folder)
            self.stdout.write(
                f"{folder}: {len(world.events)} events, {len(world.truth['outages'])} outages, "
                f"{len(world.truth['decoys'])} decoys"
            )
