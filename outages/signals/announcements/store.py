"""The only writer of Announcement and AnnouncementRevision: posts as they come, edits, deletions, moderators' words."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction

from outages.detection.classifier import OPEN_STAGES, STAGES, Reading, read
from outages.detection.datatypes import ServiceSpec
from outages.models import Announcement, AnnouncementRevision
from outages.pipeline.inputs import announcement as as_published
from outages.pipeline.spec import service_spec
from outages.signals.announcements import removals, repeats
from outages.signals.announcements.datatypes import MOST_CHARACTERS, Cursor, Page, Post, tidy, web_address
from reports.catalog.schema import Source, localise
from reports.catalog.store import catalog_of
from reports.models import Service

OLD_NEWS = timedelta(hours=24)
MOST_POSTS = 1000  # of one page: more of it would hold a worker for minutes
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
    minute of its posting and so opens nothing now. What has no date of its own, and was there before, does not count.
    """
    taken = page.posts[:MOST_POSTS]
    in_order = sorted(taken, key=lambda post: post.posted_at or now)  # one that follows another is read after it
    posts = {_key(post.external_id): post for post in in_order}
    formerly = {_key(post.formerly) for post in in_order if post.formerly}
    known = {
        row.external_id: row
        for row in Announcement.objects.select_for_update().filter(
            service=service, source=source.slug, external_id__in=[*posts, *formerly]
        )
    }
    fresh_posts = {key: post for key, post in posts.items() if key not in known}
    known |= _under_new_names(service, source, fresh_posts, page)
    threads = _Threads(service, source.slug, {tidy(post.thread)[:300] for post in in_order if post.thread})
    twins = _twins(service, source, (post for key, post in posts.items() if key not in known))
    fresh: list[Announcement] = []
    changed = 0
    for key, post in posts.items():
        row = known.get(key) or _renamed(known, key, post, _excerpt(source, post))
        if row is None:
            fresh.append(_new(service, source, key, post, now, threads, is_history=is_history))
            identity = _identity(source, post)
            if identity is not None and identity in twins:
                _count_with(twins[identity], fresh[-1], threads)
        else:
            changed += _edit(row, _excerpt(source, post), _stated(post), now, threads, is_history=is_history)
    _insert(fresh)
    return changed + len(fresh)


def _identity(source: Source, post: Post) -> repeats.Identity | None:
    """Return what makes a post with a date one with another."""
    if post.posted_at is None:
        return None
    return digest(_excerpt(source, post)), post.posted_at, tidy(post.author)[:120], tidy(post.thread)[:300]


def _twins(service: Service, source: Source, posts: Iterable[Post]) -> dict[repeats.Identity, Announcement]:
    """Return what is stored already of posts whose names are new, by what makes them one."""
    identities = {identity for post in posts if (identity := _identity(source, post)) is not None}
    return repeats.counted_before(service, source, identities)


def _count_with(twin: Announcement, row: Announcement, threads: _Threads) -> None:
    """Let a copy count in the minute of the first: said again under another name it is no news."""
    row.seen_at, row.is_heard = twin.seen_at, twin.is_heard
    threads.add(row)


def _under_new_names(service: Service, source: Source, posts: dict[str, Post], page: Page) -> dict[str, Announcement]:
    """Give the rows of posts that come under other names than before, by the new ones: some sources draw them anew.

    Such a post has the words, the author and the time of one that the source's lists have no more.
    """
    dated = {key: post for key, post in posts.items() if post.posted_at is not None and not post.thread}
    if not dated or not page.listings:
        return {}
    rows = Announcement.objects.select_for_update().filter(
        service=service, source=source.slug, thread="", posted_at__in={post.posted_at for post in dated.values()}
    )
    if not rows:
        return {}
    listed = {_key(name) for names in page.listings.values() for name in names}
    wanted = {
        (digest(_excerpt(source, post)), post.posted_at, tidy(post.author)[:120]): key
        for key, post in dated.items()
        if key in listed
    }
    found: dict[str, Announcement] = {}
    for row in rows:
        key = wanted.get((row.content_hash, row.posted_at, row.author))
        if key is not None and key not in found and row.external_id not in listed:
            row.external_id = key
            row.save(update_fields=["external_id"])
            found[key] = row
    return found


def _insert(rows: Sequence[Announcement]) -> None:
    """Save new rows by one statement with one value: `bulk_create` takes ten times as long for its many values."""
    if not rows:
        return
    fields = [field for field in Announcement._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    table = Announcement._meta.db_table
    values = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {names} FROM json_populate_recordset(NULL::"{table}", %s::json)',  # noqa: S608 (names of our own)
            [msgspec.json.encode(values).decode()],
        )


def hold_back(service: Service, source: Source, page: Page, now: datetime) -> Page:
    """Return a page without earlier texts that have just come back; its cursor knows them (`repeats.hold_back`)."""
    names = {_key(post.external_id): post for post in page.posts}
    hashes = {name: digest(_excerpt(source, post)) for name, post in names.items()}
    held, returned = repeats.hold_back(service, source, page.cursor, hashes, now)
    posts = tuple(post for post in page.posts if _key(post.external_id) not in held)
    return replace(page, posts=posts, cursor={**page.cursor, "returned": returned})


def mark_deleted(service: Service, source: Source, page: Page, cursor: Cursor, now: datetime) -> Cursor:
    """Marks what was taken out of the page's lists. Returns the cursor with the lists as they are now."""
    if not page.listings:
        return cursor
    memory = dict(cursor.get("listings") or {})
    gone: set[str] = set()
    for name, listed in page.listings.items():
        memory[name], taken_out = removals.follow(memory.get(name) or {}, [removals.short(_key(one)) for one in listed])
        gone |= taken_out
    if gone:
        rows = Announcement.objects.filter(service=service, source=source.slug, deleted_at=None)
        names = [name for name in rows.values_list("external_id", flat=True) if removals.short(name) in gone]
        rows.filter(external_id__in=names).update(deleted_at=now)
    return {**cursor, "listings": memory}


def _key(external_id: str) -> str:
    """The post's name; a very long one by its hash."""
    name = tidy(external_id)
    return name if len(name) <= 300 else "sha256:" + digest(name)


def _excerpt(source: Source, post: Post) -> str:
    text, most = tidy(post.text), MOST_CHARACTERS[source.tier]
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _stated(post: Post) -> dict[str, object]:
    """What the source states of a post, as it is stored; empty where it states nothing."""
    if post.stated is None:
        return {}
    return {name: value for name, value in msgspec.to_builtins(post.stated).items() if value not in ("", None, [], ())}


def _renamed(known: dict[str, Announcement], key: str, post: Post, text: str) -> Announcement | None:
    """The row of a post that was stored under a name which turned out to be several posts' name."""
    row = known.get(_key(post.formerly)) if post.formerly else None
    if row is None or row.external_id == key:
        return None
    is_edited = bool(post.thread) and row.thread == tidy(post.thread)[:300] and row.posted_at == post.posted_at
    if row.content_hash != digest(text) and not is_edited:
        return None
    row.external_id = key
    row.save(update_fields=["external_id"])
    return row


def _new(
    service: Service, source: Source, key: str, post: Post, now: datetime, threads: _Threads, *, is_history: bool
) -> Announcement:
    """A row for a post that was not known, read and not yet saved."""
    is_dated = post.posted_at is not None and post.posted_at <= now + MOST_AHEAD
    posted_at = post.posted_at if post.posted_at is not None and is_dated else now
    author = tidy(post.author)[:120]
    text = _excerpt(source, post)
    row = Announcement(
        service=service,
        source=source.slug,
        external_id=key,
        thread=tidy(post.thread)[:300],
        author=author,
        tier=tier_of(source, author),
        url=web_address(post.url),
        text=text,
        content_hash=digest(text),
        posted_at=posted_at,
        first_seen_at=now,
        seen_at=posted_at if is_history or posted_at < now - OLD_NEWS else now,
        stated=_stated(post),
    )
    before = threads.stage_before(row)
    judge(row, threads)
    if not is_history and row.seen_at != now and before in OPEN_STAGES and row.stage != before:
        row.seen_at = now  # its thread is open: how it goes on is news, however late
    row.is_heard = is_dated or not is_history or row.stage == "planned"
    threads.add(row)
    return row


def _edit(
    row: Announcement, text: str, stated: dict[str, object], now: datetime, threads: _Threads, *, is_history: bool
) -> int:
    """Takes over what changed, keeping the old words. Returns 1 if there was a change."""
    hash_ = digest(text)
    if row.content_hash == hash_ and row.stated == stated:
        if row.deleted_at is not None:
            row.deleted_at = None
            row.save(update_fields=["deleted_at"])
        return 0
    if row.content_hash != hash_:
        AnnouncementRevision.objects.create(
            announcement=row, text=row.text, content_hash=row.content_hash, replaced_at=now
        )
    said = row.stage, row.relevant
    row.text, row.content_hash, row.stated, row.deleted_at = text, hash_, stated, None
    judge(row, threads)
    if (row.stage, row.relevant) != said and not is_history:
        row.seen_at, row.is_heard = now, True  # it says something else now, and counts again, however late
    row.save()
    threads.add(row)
    return 1


class _Threads:
    """How the threads of a source stand, to read what comes next in them. What is added is known from then on."""

    def __init__(self, service: Service, source: str, names: Iterable[str]) -> None:
        self._posts: dict[str, dict[str, tuple[datetime, datetime, str]]] = defaultdict(dict)
        if names := set(names):
            rows = Announcement.objects.filter(service=service, source=source, thread__in=names)
            for row in rows.order_by("id").only("thread", "external_id", "seen_at", "posted_at", "stage"):
                self._posts[row.thread][row.external_id] = (row.seen_at, row.posted_at, row.stage)

    def stage_before(self, row: Announcement) -> str | None:
        """Return the stage of the post that the detector hears last before this one in its thread."""
        if not row.thread:
            return None
        now = row.seen_at, row.posted_at
        earlier: list[tuple[datetime, datetime, str]] = []
        is_known = False
        for name, post in self._posts[row.thread].items():
            is_known |= name == row.external_id
            # Of two of one time, which a log without times has, the one that was taken in first came first.
            if name != row.external_id and (post[:2] < now or (post[:2] == now and not is_known)):
                earlier.append(post)
        return sorted(earlier, key=lambda post: post[:2])[-1][2] if earlier else None

    def add(self, row: Announcement) -> None:
        """Take a post in, as it was read."""
        if row.thread:
            self._posts[row.thread][row.external_id] = (row.seen_at, row.posted_at, row.stage)


def judge(row: Announcement, threads: _Threads | None = None) -> Reading:
    """Reads a post by the detector's rules, after the one before it in its thread, and notes what they say."""
    if threads is None:
        threads = _Threads(row.service, row.source, [row.thread] if row.thread else [])
    stage = next((known for known in STAGES if known == threads.stage_before(row)), None)
    before = Reading(stage, stage != "irrelevant", True, (), None, 0.0, (), "") if stage else None
    catalog = catalog_of(row.service)
    for source in catalog.upstream_sources():
        if source.slug == row.source:
            return _judge_upstream(row, source, before)
    reading = read(as_published(row), service_spec(catalog), before)
    row.stage = reading.stage
    row.relevant = reading.relevant
    row.components = list(reading.components)
    row.reasons = [reason[:300] for reason in reading.reasons]
    return reading


def _judge_upstream(row: Announcement, source: Source, before: Reading | None) -> Reading:
    """Read a post on the page of what the service relies on: as that one's own, and as nothing about this service."""
    name = localise(source.upstream)
    page = ServiceSpec(
        slug=source.slug,
        components=(),
        entities=(name,),
        official_authors=frozenset({(source.slug.lower(), row.author.lower())}),
        source_kinds={source.slug: "statuspage"},
    )
    reading = read(as_published(row), page, before)
    row.stage, row.relevant, row.components = reading.stage, False, []
    row.reasons = [f"set aside because it is about {name}, which this service relies on"]
    return reading


def enter_link(
    service: Service, source: Source, *, url: str, author: str, text: str, posted_at: datetime, now: datetime
) -> Announcement:
    """Stores a post that a moderator pastes; its address is its name. Pasted again, it is an edit."""
    post = Post(external_id=url, text=text, url=url, author=author, posted_at=posted_at)
    with transaction.atomic():
        row = (
            Announcement.objects.select_for_update()
            .filter(service=service, source=source.slug, external_id=_key(url))
            .first()
        )
        threads = _Threads(service, source.slug, ())
        if row is None:
            row = _new(service, source, _key(url), post, now, threads, is_history=False)
            row.save()
        else:
            _edit(row, _excerpt(source, post), {}, now, threads, is_history=False)
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
