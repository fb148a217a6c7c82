"""manage.py export_site DIR: a copy of the site as files, signed; --verify checks one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages.management import mirror
from reports.languages import LANGUAGES


class Command(BaseCommand):
    help = "Export everything public (pages, JSON, feeds, maps) as static files that any web server can serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--languages", default=",".join(LANGUAGES), help="language tags, such as en,de (default: all)"
        )
        parser.add_argument(
            "--verify", metavar="KEY", help="verify a copy with the key that export_site printed; writes nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            if options["verify"]:
                made_at, count = mirror.verify(folder, options["verify"])
                age = int((timezone.now() - made_at).total_seconds())
                self.stdout.write(f"{count} files as they were made at {made_at:%Y-%m-%d %H:%M:%SZ}, {age} s ago")
                return
            count = mirror.Mirror(folder, languages_of(options["languages"])).round(timezone.now())
        except (mirror.MirrorError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} files in {folder}; check them elsewhere with --verify {mirror.public_key()}")


def languages_of(text: str) -> list[str]:
    """Return the languages that an option names. Raises CommandError."""
    named = [tag.strip() for tag in text.split(",") if tag.strip()]
    unknown = [tag for tag in named if tag not in LANGUAGES]
    if unknown or not named:
        raise CommandError(f"There is no language {', '.join(unknown)}; there are {', '.join(LANGUAGES)}.")
    return named
