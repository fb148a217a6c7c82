"""manage.py demo: plays a reconstructed outage into the running site, faster than it was."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages.detection.replay import Event
from outages.evaluation.simulation import reconstruction
from outages.queries.status import status
from outages.signals.recordings import player
from reports.models import Service


class Command(BaseCommand):
    help = "Play the reconstruction of 14 February 2023 on the running site, 60 times as fast."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--speed", type=float, default=60.0, help="playback speed (default 60 times as fast)")
        parser.add_argument(
            "--seed", type=int, default=1, help="random seed; the same seed plays the same reports (default 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        speed = options["speed"]
        if not player.SLOWEST <= speed <= player.FASTEST:
            raise CommandError("--speed must lie between 1 and 100,000.")
        service = Service.objects.filter(slug=reconstruction.SERVICE).first()
        if service is None:
            raise CommandError(f"There is no service {reconstruction.SERVICE}. Run manage.py load_catalog first.")
        self.stdout.write("A reconstruction from public figures. The reports are made up; see the banner on its pages.")
        show = player.Show(
            msgspec.convert(reconstruction.reconstruct(options["seed"]).events, list[Event]),
            start=reconstruction.START,
            since=reconstruction.SHOW_FROM,
            until=reconstruction.END,
        )
        player.prepare(service, show, self.stdout.write)
        self.stdout.write(f"Watch it: {site_address()}/{service.slug}/  (Ctrl-C stops it where it is)")
        try:
            player.play(service, show, speed, self.stdout.write, _summary)
        except KeyboardInterrupt:
            self.stdout.write("Stopped. What was played stays.")


def site_address() -> str:
    """Return the address of the site that runs on these data: its port may have been given to it alone."""
    try:
        return (settings.DATA_DIR / "address").read_text().strip() or settings.SITE_URL
    except OSError:
        return settings.SITE_URL


def _summary(service: Service) -> str:
    """Return the verdict as it stands."""
    return status(service, now=timezone.now()).sentence
