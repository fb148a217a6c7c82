"""manage.py create_api_key NAME: makes a key of the API, for the operator or where there is no mail server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.access import keys
from reports.errors import SubmissionError


class Command(BaseCommand):
    help = "Create an API key and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        every = ", ".join(keys.Scope)
        parser.add_argument("name", help="what the key is for")
        parser.add_argument("--scope", action="append", dest="scopes", help=f"may be repeated: {every}; default: all")
        parser.add_argument("--expires-days", type=int, help="days until it expires (default: never)")
        parser.add_argument("--reads-a-minute", type=int, help="its own limit; 0 for no limit")
        parser.add_argument("--writes-a-minute", type=int, help="its own limit; 0 for no limit")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        days = options["expires_days"]
        if any((options[name] or 0) < 0 for name in ("reads_a_minute", "writes_a_minute")):
            raise CommandError("A limit is 0 or more.")
        if days is not None and not 0 < days <= keys.LONGEST_LIFE.days:
            raise CommandError(f"--expires-days takes 1 to {keys.LONGEST_LIFE.days}.")
        try:
            made = keys.create(
                name=options["name"],
                scopes=options["scopes"] or list(keys.Scope),
                now=now,
                expires_at=now + timedelta(days=days) if days is not None else None,
                reads_a_minute=options["reads_a_minute"],
                writes_a_minute=options["writes_a_minute"],
            )
        except SubmissionError as refused:
            raise CommandError(refused.detail) from refused
        self.stdout.write(f"{made.text}\n")
        self.stdout.write(f"Named {made.key.name}, for {', '.join(made.key.scopes)}. It is not shown again.")
