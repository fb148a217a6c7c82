"""What a source says again without meaning it: copies of a post under new names, and texts that a cache had kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from outages.models import Announcement, AnnouncementRevision
from outages.signals.announcements.datatypes import Cursor
from reports.catalog.schema import Source
from reports.models import Service

KEPT_BY_CACHES: Final = timedelta(hours=24)  # an earlier text that comes back after that was meant

# What makes two posts one: the words, when, by whom, in which thread.
Identity = tuple[str, datetime, str, str]


def counted_before(service: Service, source: Source, identities: set[Identity]) -> dict[Identity, Announcement]:
    """Return the posts that are stored already of those that come under new names, the first one of each."""
    if not identities:
        return {}
    rows = Announcement.objects.filter(
        service=service, source=source.slug, posted_at__in={posted_at for _, posted_at, _, _ in identities}
    )
    found: dict[Identity, Announcement] = {}
    for row in rows.only("content_hash", "posted_at", "author", "thread", "seen_at", "is_heard").order_by("id"):
        identity = (row.content_hash, row.posted_at, row.author, row.thread)
        if identity in identities:
            found.setdefault(identity, row)
    return found


def hold_back(
    service: Service, source: Source, cursor: Cursor, hashes: Mapping[str, str], now: datetime
) -> tuple[set[str], list[str]]:
    """Return the posts whose text was replaced within a day and is there again, and the marks of those texts.

    Servers with several caches give the old and the new text in turns; each turn would end an outage or begin it anew.
    Like a deletion, a return is believed at the second reading in a row: `cursor` has the marks of the last one.
    `hashes` has the hash of each post's text by its name.
    """
    last = set(cursor.get("returned") or ())
    revisions = AnnouncementRevision.objects.filter(
        announcement__service=service, announcement__source=source.slug, replaced_at__gt=now - KEPT_BY_CACHES
    )
    held: set[str] = set()
    marks: set[str] = set()
    for name, earlier, present in revisions.values_list(
        "announcement__external_id", "content_hash", "announcement__content_hash"
    ):
        if hashes.get(name) != earlier or earlier == present:
            continue
        mark = hashlib.blake2b(f"{name} {earlier}".encode(), digest_size=8).hexdigest()
        if mark not in last:
            held.add(name)
            marks.add(mark)
    return held, sorted(marks)
