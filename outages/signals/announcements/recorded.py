"""Stores recorded or simulated posts at their own times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from outages.detection.replay import Event
from outages.signals.announcements.datatypes import Page, Post
from outages.signals.announcements.store import store_page
from reports.catalog.schema import Source
from reports.catalog.store import catalog_of
from reports.models import Service


def record_announcements(service: Service, events: Iterable[Event], *, now: datetime) -> int:
    """Stores announcement events; each counts in the minute of its posting. Returns how many were new or edited.

    A source that the catalogue does not name speaks for the community.
    """
    posts: dict[str, list[Post]] = defaultdict(list)
    for event in events:
        post = Post(event.id or event.url, event.text, event.url, event.author, event.at, event.thread)
        posts[event.source].append(post)
    known = {source.slug: source for source in catalog_of(service).sources}
    with transaction.atomic():
        return sum(
            store_page(
                service,
                known.get(slug) or Source(slug=slug, kind="manual"),
                Page(tuple(page), cursor={}),
                now,
                is_history=True,
            )
            for slug, page in posts.items()
        )
