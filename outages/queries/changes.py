"""What has changed in the last seconds, for those who keep pages: services with new counts, incidents with news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from outages.models import DetectorState, LiveEntry
from reports.models import Service

LOOK_BACK = timedelta(seconds=15)
MOST_EVENTS = 100


def changes(now: datetime) -> dict[str, Any]:
    """Return the versions of the services that changed lately, and the latest events in the order of their commits.

    Whoever asks more often than LOOK_BACK and compares with what it was told before misses nothing. Three queries
    of small tables.
    """
    since = now - LOOK_BACK
    stepped = DetectorState.objects.filter(updated_at__gt=since).values_list("service__slug", "updated_at")
    events = LiveEntry.objects.order_by("-position").values_list("position", "service__slug")[:MOST_EVENTS]
    catalogue = Service.objects.aggregate(loaded_at=Max("loaded_at"), n=Count("id"))
    return {
        "versions": {slug: at.isoformat() for slug, at in stepped},
        "events": [list(event) for event in events],
        "generation": f"{catalogue['loaded_at']} {catalogue['n']}",
    }
