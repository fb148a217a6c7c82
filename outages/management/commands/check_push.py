"""manage.py check_push SUBSCRIPTION: sends one message to a browser that has subscribed by push."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.management import trial
from outages.models import Channel, Subscription
from outages.notifications import crypto
from reports.errors import shorten


class Command(BaseCommand):
    help = (
        "Send a test message to one of your browsers that is subscribed to push alerts. The ID is in the URL "
        "of the page where you manage the subscription."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subscription", help="ID of a push subscription")

    def handle(self, *, subscription: str, **options: Any) -> None:
        try:
            number = UUID(subscription)
        except ValueError:
            raise CommandError(
                f"{shorten(subscription)!r} is not a subscription's ID. It is in the URL of the page where you manage "
                "the subscription."
            ) from None
        rows = Subscription.objects.select_related("endpoint")
        found = rows.filter(pk=number, endpoint__channel=Channel.PUSH).first()
        if found is None or found.endpoint is None:
            raise CommandError(f"There is no push subscription {subscription} here.")
        try:
            target = crypto.unseal(found.endpoint.target_sealed)
        except crypto.DecryptionError as error:
            raise CommandError("It cannot be opened: SECRET_KEY is not the one that it was stored with.") from error
        self.stdout.write(f"Trying the push service at {urlsplit(msgspec.json.decode(target)['endpoint']).netloc} …")
        try:
            self.stdout.write(trial.send("push", target))
        except trial.TrialError as error:
            raise CommandError(str(error)) from error
