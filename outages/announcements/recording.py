"""Stores recorded or simulated posts at their own times."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from outages.detection import announcements
from outages.detection.replay import Event
from outages.detection.signals import Announcement as Post
from outages.models import Announcement
from outages.spec import service_spec
from reports.catalog.storing import catalog_of
from reports.models import Service


def record_announcements(service: Service, events: Iterable[Event]) -> int:
    """Stores announcement events as read at their own times. Each is stored once. Returns how many there were."""
    spec = service_spec(catalog_of(service))
    rows = []
    for event in events:
        post = Post(event.at.timestamp(), event.source, event.author, event.text, event.url, event.id or event.url)
        reading = announcements.read(post, spec)
        rows.append(
            Announcement(
                service=service,
                source=event.source,
                external_id=post.id,
                author=event.author,
                tier=Announcement.Tier.OFFICIAL if reading.official else Announcement.Tier.COMMUNITY,
                url=event.url,
                text=event.text,
                content_hash=blake2b(event.text.encode(), digest_size=32).hexdigest(),
                posted_at=event.at,
                seen_at=event.at,
                stage=reading.stage,
                relevant=reading.relevant,
                components=list(reading.components),
                reasons=[reason[:300] for reason in reading.reasons],
            )
        )
    Announcement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
