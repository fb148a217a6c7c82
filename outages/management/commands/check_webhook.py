"""manage.py check_webhook URL: posts one signed test message and says what came of it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.management import trial
from outages.notifications.channels.webhook import new_signing_secret


class Command(BaseCommand):
    help = "Post a test message to a webhook URL, signed the way subscribers get theirs, and print the response."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="URL of the webhook")

    def handle(self, *, url: str, **options: Any) -> None:
        secret = new_signing_secret()
        self.stdout.write(f"Trying {url}, signed with {secret} …")
        try:
            self.stdout.write(trial.send("webhook", url, signing_secret=secret))
        except trial.TrialError as error:
            raise CommandError(str(error)) from error
