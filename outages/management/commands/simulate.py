"""Makes a world of signals with known truth, to replay, to score against, and to rehearse with."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages.detection.replay import Event
from outages.evaluation.simulation.kinds import kinds
from outages.evaluation.simulation.plan import PlanError
from outages.evaluation.simulation.world import DEFAULT_START, World, generate
from outages.queries.status import status
from outages.signals.recordings import player
from reports.models import Service

BEFORE_IT_STARTS = timedelta(minutes=15)
AFTER_IT_ENDS = timedelta(minutes=60)


def write(world: World, folder: Path) -> None:
    """Writes events.ndjson.gz and truth.json. The same world gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "events.ndjson.gz").open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for line in world.lines():
            packed.write(line)
    (folder / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(world.truth), indent=1) + b"\n")


class Command(BaseCommand):
    help = (
        "Simulate reports, probe results and announcements with known outages, or play a simulation on the "
        "running site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", help="a kind of day, or “all”; see --list")
        parser.add_argument("--list", action="store_true", help="list the kinds of day")
        parser.add_argument(
            "--seed", type=int, default=1, help="random seed; the same seed makes the same world (default 1)"
        )
        parser.add_argument(
            "--days", type=int, default=8, help="number of days; five eighths of them are quiet (default 8)"
        )
        parser.add_argument("--service", default="tesla", help="slug of the service (default tesla)")
        parser.add_argument("--out", type=Path, help="folder to write events.ndjson.gz and truth.json to")
        parser.add_argument("--live", action="store_true", help="play it on the running site, as a recorded service")
        parser.add_argument(
            "--speed", type=float, default=60.0, help="with --live: playback speed (default 60 times as fast)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for kind in kinds().values():
                self.stdout.write(f"{kind.name:18} {kind.summary}")
            return
        name, out = options["kind"], options["out"]
        if name not in kinds() and (name != "all" or options["live"]):
            raise CommandError(f"No such kind of day: {name}. There are: {', '.join(kinds())}, or all.")
        if options["seed"] < 0 or options["days"] < 1:
            raise CommandError("--seed must be 0 or more, --days 1 or more.")
        if options["live"]:
            self._rehearse(name, **options)
            return
        if out is None:
            raise CommandError("Say with --out in which folder to write.")
        for one in kinds() if name == "all" else [name]:
            folder = out / one if name == "all" else out
            world = _world(one, options)
            write(world, folder)
            self.stdout.write(
                f"{folder}: {len(world.events)} events, {len(world.truth['outages'])} outages, "
                f"{len(world.truth['decoys'])} decoys"
            )

    def _rehearse(self, name: str, **options: Any) -> None:
        """Plays the first thing that happens in a world. On a recorded service only: people must be able to tell."""
        slug, speed = options["service"], options["speed"]
        if not player.SLOWEST <= speed <= player.FASTEST:
            raise CommandError("--speed must lie between 1 and 100,000.")
        service = Service.objects.filter(slug=slug).first()
        if service is None:
            raise CommandError(f"There is no service {slug}. Load its catalogue first: manage.py load_catalog.")
        if service.clock != Service.Clock.RECORDED:
            raise CommandError(
                f"{slug} is a live service. Rehearse on a copy of its catalogue with a slug of its own, "
                'clock = "recorded" and a provenance that says so: docs/simulation.md tells how.'
            )
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight - timedelta(days=options["days"])
        world = _world(name, options, start)
        own = [outage for outage in world.truth["outages"] if outage["service"] == slug]
        happenings = sorted([*own, *world.truth["decoys"]], key=lambda one: str(one["start"]))
        if not happenings:
            raise CommandError(f"Nothing happens on a {name} day: there is nothing to rehearse.")
        show = player.Show(
            msgspec.convert([event for event in world.events if event["service"] == slug], list[Event]),
            start=start,
            since=_whole_minute(happenings[0]["start"]) - BEFORE_IT_STARTS,
            until=_whole_minute(happenings[0]["end"]) + AFTER_IT_ENDS,
        )
        player.prepare(service, show, self.stdout.write)
        self.stdout.write(f"The truth: {msgspec.json.encode(happenings[0]).decode()}")
        self.stdout.write(f"Watch it: {settings.SITE_URL}/{slug}/  (Ctrl-C stops it where it is)")
        try:
            player.play(service, show, speed, self.stdout.write, _summary)
        except KeyboardInterrupt:
            self.stdout.write("Stopped. What was played stays.")


def _whole_minute(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).replace(second=0)


def _world(name: str, options: dict[str, Any], start: datetime = DEFAULT_START) -> World:
    try:
        return generate(
            kinds()[name], seed=options["seed"], days=options["days"], service=options["service"], start=start
        )
    except PlanError as error:
        raise CommandError(str(error)) from error


def _summary(service: Service) -> str:
    """Return the verdict as it stands."""
    return status(service, now=timezone.now()).sentence
