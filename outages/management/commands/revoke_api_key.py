"""manage.py revoke_api_key START: ends a key of the API, with the subscriptions that belong to it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.notifications import subscriptions
from reports.access.keys import PREFIX, SHOWN
from reports.models import ApiKey


class Command(BaseCommand):
    help = "Revoke an API key, effective from the next request. Subscriptions created with it end too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("start", help=f"how the key begins, such as {PREFIX}aB3xYz; a whole key does as well")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(ApiKey.objects.filter(shown=options["start"][: len(PREFIX) + SHOWN]))
        if not found:
            raise CommandError("There is no key that begins so.")
        for key in found:
            ended = subscriptions.end_key(key)
            self.stdout.write(f"Revoked {key.shown}… ({key.name}); {ended} subscriptions ended.")
