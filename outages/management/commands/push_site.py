"""manage.py push_site DIR TARGET: keep a copy of the site fresh on another host."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from config.database import failures
from outages.management import bucket, mirror
from outages.management.commands.export_site import languages_of
from reports.languages import LANGUAGES

DEADLINE_S = 120
MAKES_WITHIN_S = 20.0  # of a round, so that what has news is on the other host within 30 s


class Command(BaseCommand):
    help = "Keep a static copy of the site in DIR up to date and sync it to TARGET over and over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "target",
            help="an rsync destination, such as mirror@other.example:/srv/brownout/, or s3://bucket/folder",
        )
        parser.add_argument("--every", type=float, default=15.0, metavar="SECONDS", help="seconds between two rounds")
        parser.add_argument("--rounds", type=int, default=0, help="how many rounds; 0 runs forever")
        parser.add_argument(
            "--languages", default=",".join(LANGUAGES), help="language tags, such as en,de (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        copy = mirror.Mirror(options["folder"], languages_of(options["languages"]))
        try:
            place = bucket.Bucket(options["target"]) if options["target"].startswith(f"{bucket.SCHEME}://") else None
        except mirror.MirrorError as error:
            raise CommandError(str(error)) from error
        done = 0
        while True:
            began = time.monotonic()
            self._round(copy, options["target"], place)
            done += 1
            if done == options["rounds"]:
                return
            time.sleep(max(options["every"] - (time.monotonic() - began), 1.0))

    def _round(self, copy: mirror.Mirror, target: str, place: bucket.Bucket | None) -> None:
        """One round. What fails is said, and tried again in the next; the copy there stays as it is."""
        try:
            changed = copy.round(timezone.now(), within_s=MAKES_WITHIN_S)
            if place is not None:
                changed = place.push(copy.folder, copy.hashes, DEADLINE_S)
            else:
                for command in mirror.rsync_commands(copy.folder, target):
                    subprocess.run(command, check=True, timeout=DEADLINE_S, capture_output=True, text=True)
        except (mirror.MirrorError, DatabaseError, OSError, subprocess.TimeoutExpired) as error:
            if isinstance(error, DatabaseError) and not failures.is_away(error):
                raise
            self.stderr.write(f"not brought: {error}")
        except subprocess.CalledProcessError as error:
            self.stderr.write(f"not brought: {error.stderr.strip() or error}")
        else:
            self.stdout.write(f"{changed} files brought to {target}")
