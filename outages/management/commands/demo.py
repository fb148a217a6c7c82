"""manage.py demo: plays a reconstructed outage into the running site, faster than it was."""

from __future__ import annotations

import time
from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages import scan
from outages.detection.replay import Event
from outages.feeding import feed
from outages.models import IncidentEvent
from outages.queries import status
from outages.simulation import reconstruction
from outages.wiping import wipe
from reports.models import Service

MINUTE = timedelta(minutes=1)
PROBES_FROM = timedelta(hours=6)  # before the show; what is usual for a crowd takes days, for a probe hours


class Command(BaseCommand):
    help = "Play the reconstruction of 14 February 2023 into the running site, sixty times as fast."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--speed", type=float, default=60.0, help="times as fast as it was (default 60)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed plays the same reports (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        speed = options["speed"]
        if not 1 <= speed <= 100_000:
            raise CommandError("--speed must lie between 1 and 100,000.")
        service = Service.objects.filter(slug=reconstruction.SERVICE).first()
        if service is None:
            raise CommandError(f"There is no service {reconstruction.SERVICE}. Run manage.py load_catalog first.")
        self.stdout.write("A reconstruction from public figures. The reports are made up; see the banner on its pages.")
        events = _events(options["seed"])
        moments = [event.at for event in events]
        wipe(service)
        show = bisect_left(moments, reconstruction.SHOW_FROM)
        self.stdout.write(f"Learning what is usual from {show:,} signals of the days before …")
        feed(service, events[:show], now=timezone.now())
        scan.catch_up(service, reconstruction.SHOW_FROM, start=reconstruction.START, progress=self._say_reached)
        self.stdout.write(f"Watch it: {settings.SITE_URL}/{service.slug}/  (Ctrl-C stops it where it is)")
        try:
            self._play(service, events[show:], moments[show:], speed)
        except KeyboardInterrupt:
            self.stdout.write("Stopped. What was played stays.")

    def _say_reached(self, reached: datetime) -> None:
        self.stdout.write(f"  {reached:%d %B %H:%M} UTC")

    def _play(self, service: Service, events: list[Event], moments: list[datetime], speed: float) -> None:
        """Feeds and steps minute by minute, each when its turn comes."""
        minute = reconstruction.SHOW_FROM
        told = 0
        first = 0
        due = time.monotonic()
        while minute < reconstruction.END:
            due += 60 / speed
            time.sleep(max(0.0, due - time.monotonic()))
            last = bisect_left(moments, minute + MINUTE)
            feed(service, events[first:last], now=timezone.now())
            first, minute = last, minute + MINUTE
            scan.catch_up(service, minute)
            told = self._tell(service, told)
            if minute.minute % 10 == 0:
                self.stdout.write(f"{minute:%H:%M} UTC  {status(service, now=timezone.now()).sentence}")

    def _tell(self, service: Service, told: int) -> int:
        """Prints what has happened to incidents since event `told`. Returns the newest event's id."""
        for event in IncidentEvent.objects.filter(incident__service=service, pk__gt=told).order_by("pk"):
            self.stdout.write(f"{event.at:%H:%M} UTC  {event.frm or 'opened'} → {event.to}: {event.text}")
            told = event.pk
        return told


def _events(seed: int) -> list[Event]:
    """The reconstruction's signals in order of time."""
    world = reconstruction.reconstruct(seed)
    events = msgspec.convert(world.events, list[Event])
    probed = reconstruction.SHOW_FROM - PROBES_FROM
    return [event for event in events if event.type != "probe" or event.at >= probed]
