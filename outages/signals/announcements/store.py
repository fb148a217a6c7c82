"""The only writer of Announcement and AnnouncementRevision: posts as they come, edits, deletions, moderators' words."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Q

from outages.detection.classifier import Reading, read
from outages.models import Announcement, AnnouncementRevision
from outages.pipeline.inputs import announcement as as_published
from outages.pipeline.spec import service_spec
from outages.signals.announcements.datatypes import MOST_CHARACTERS, Page, Post, tidy
from reports.catalog.schema import Source
from reports.catalog.store import catalog_of
from reports.models import Service

OLD_NEWS = timedelta(hours=24)
MOST_AHEAD = timedelta(minutes=5)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tier_of(source: Source, author: str) -> str:
    """Official or press only for whom the catalogue names; every post of a press source is press."""
    if source.tier == "press" and not source.authors:
        return "press"
    named = {name.lower() for name in source.authors}
    return source.tier if author.lower() in named else "community"


def store_page(service: Service, source: Source, page: Page, now: datetime, *, is_history: bool) -> int:
    """Stores a page's posts. Returns how many were new or edited.

    A post is stored once. What was there before the source was first read, and news older than a day, counts in the
    minute of its posting and so opens nothing now.
    """
    in_order = sorted(page.posts, key=lambda post: post.posted_at or now)  # one that follows another is read after it
    posts = {_key(post): post for post in in_order}
    known = {
        row.external_id: row
        for row in Announcement.objects.select_for_update().filter(
            service=service, source=source.slug, external_id__in=list(posts)
        )
    }
    changed = 0
    for key, post in posts.items():
        row = known.get(key)
        if row is None:
            _create(service, source, key, post, now, is_history=is_history)
            changed += 1
        else:
            changed += _edit(row, _excerpt(source, post), now)
    _mark_deleted(service, source, page, now)
    return changed


def _key(post: Post) -> str:
    """The post's name; a very long one by its hash."""
    name = tidy(post.external_id)
    return name if len(name) <= 300 else "sha256:" + digest(name)


def _excerpt(source: Source, post: Post) -> str:
    text, most = tidy(post.text), MOST_CHARACTERS[source.tier]
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _create(service: Service, source: Source, key: str, post: Post, now: datetime, *, is_history: bool) -> Announcement:
    posted_at = now if post.posted_at is None or post.posted_at > now + MOST_AHEAD else post.posted_at
    author = tidy(post.author)[:120]
    text = _excerpt(source, post)
    row = Announcement(
        service=service,
        source=source.slug,
        external_id=key,
        thread=tidy(post.thread)[:300],
        author=author,
        tier=tier_of(source, author),
        url=post.url if len(post.url) <= 500 else "",
        text=text,
        content_hash=digest(text),
        posted_at=posted_at,
        first_seen_at=now,
        seen_at=posted_at if is_history or posted_at < now - OLD_NEWS else now,
    )
    judge(row)
    row.save()
    return row


def _edit(row: Announcement, text: str, now: datetime) -> int:
    """Takes over a changed text, keeping the old one. Returns 1 if there was a change."""
    hash_ = digest(text)
    if row.content_hash == hash_:
        if row.deleted_at is not None:
            row.deleted_at = None
            row.save(update_fields=["deleted_at"])
        return 0
    AnnouncementRevision.objects.create(announcement=row, text=row.text, content_hash=row.content_hash, replaced_at=now)
    said = row.stage, row.relevant
    row.text, row.content_hash, row.deleted_at = text, hash_, None
    judge(row)
    if (row.stage, row.relevant) != said and row.posted_at >= now - OLD_NEWS:
        row.seen_at = now  # it says something else now, and counts again
    row.save()
    return 1


def _mark_deleted(service: Service, source: Source, page: Page, now: datetime) -> None:
    if page.whole_since is None:
        return
    gone = Announcement.objects.filter(
        service=service, source=source.slug, posted_at__gt=page.whole_since, deleted_at=None
    )
    gone.exclude(external_id__in=_keys(page.listed)).update(deleted_at=now)


def _keys(names: Collection[str]) -> list[str]:
    return [_key(Post(name, "")) for name in names]


def judge(row: Announcement) -> Reading:
    """Reads a post by the detector's rules, after those before it in its thread, and notes what they say."""
    spec = service_spec(catalog_of(row.service))
    reading: Reading | None = None
    for earlier in _earlier_in_thread(row):
        reading = read(as_published(earlier), spec, reading)
    reading = read(as_published(row), spec, reading)
    row.stage = reading.stage
    row.relevant = reading.relevant
    row.components = list(reading.components)
    row.reasons = [reason[:300] for reason in reading.reasons]
    return reading


def _earlier_in_thread(row: Announcement) -> Sequence[Announcement]:
    """The posts that the detector has read before this one in its thread, oldest first."""
    if not row.thread:
        return []
    thread = Announcement.objects.filter(service=row.service, source=row.source, thread=row.thread)
    earlier = thread.exclude(external_id=row.external_id).filter(
        Q(seen_at__lt=row.seen_at) | Q(seen_at=row.seen_at, posted_at__lt=row.posted_at)
    )
    return list(earlier.order_by("seen_at", "posted_at", "id"))


def enter_link(
    service: Service, source: Source, *, url: str, author: str, text: str, posted_at: datetime, now: datetime
) -> Announcement:
    """Stores a post that a moderator pastes; its address is its name. Pasted again, it is an edit."""
    post = Post(external_id=url, text=text, url=url, author=author, posted_at=posted_at)
    with transaction.atomic():
        row = (
            Announcement.objects.select_for_update()
            .filter(service=service, source=source.slug, external_id=_key(post))
            .first()
        )
        if row is None:
            return _create(service, source, _key(post), post, now, is_history=False)
        _edit(row, _excerpt(source, post), now)
        return row


def correct(row: Announcement, *, stage: str, relevant: bool | None, note: str, now: datetime) -> Announcement:
    """Stores a moderator's word on a post. It wins over the rules, and a post of today counts again with it."""
    row.corrected_stage, row.corrected_relevant, row.correction_note = stage, relevant, note
    if row.posted_at >= now - OLD_NEWS:
        row.seen_at = now
    judge(row)
    row.save()
    return row


def corrections() -> Sequence[Announcement]:
    """All posts that a moderator corrected, oldest first."""
    return list(
        Announcement.objects.exclude(corrected_stage="", corrected_relevant=None)
        .select_related("service")
        .defer("service__definition")
        .order_by("posted_at", "id")
    )


def correction_cases() -> Iterator[str]:
    """Every corrected post as a line of JSON: what it says, and what a moderator made of it."""
    for row in corrections():
        case = {
            "service": row.service.slug,
            "source": row.source,
            "author": row.author,
            "url": row.url,
            "posted_at": row.posted_at,
            "text": row.text,
            "stage": row.corrected_stage or None,
            "relevant": row.corrected_relevant,
            "note": row.correction_note,
        }
        yield msgspec.json.encode(case).decode()
