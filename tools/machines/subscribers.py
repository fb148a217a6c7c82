"""Makes subscribers of each service, in the settings' database: `python -m tools.machines.subscribers MANY`."""

from __future__ import annotations

import os
import sys

import django


def main(many: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from outages.models import Subscription
    from outages.notifications import crypto, subscriptions
    from outages.notifications.channels.webhook import new_signing_secret
    from reports.models import Service
    from tools.machines.site import SINK_PORT

    for service in Service.objects.all():
        for number in range(many):
            target = f"http://127.0.0.1:{SINK_PORT}/{service.slug}/{number}"
            Subscription.objects.create(
                service=service,
                endpoint=subscriptions.endpoint_of("webhook", target),
                from_state=Subscription.From.POSSIBLE,
                owner_hash=crypto.hash_secret(f"of the drill {service.slug} {number}"),
                signing_sealed=crypto.seal(new_signing_secret()),
                confirmed_at=timezone.now(),
            )


if __name__ == "__main__":
    main(int(sys.argv[1]))
