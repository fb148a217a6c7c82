"""RSS and Atom."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urljoin
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import defusedxml.sax
import feedparser
from defusedxml.common import EntitiesForbidden

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import (
    Budget,
    Cursor,
    FailureReason,
    Page,
    Post,
    SourceError,
    distinct,
    plain_text,
    stable_name,
)
from outages.signals.announcements.fetch import ask_if_changed
from outages.signals.announcements.readers import plain_feed
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.stated import Update, in_order, log_text, of_update, stage_of, updates_of
from outages.signals.announcements.readers.titles import Saying, sayings_of
from outages.signals.outbound.client import Client, Response
from reports.catalog.schema import Source

_MAILBOX = re.compile(
    r"[^\s@()<>]{1,80}@[^\s@()<>]{1,80} \(([^()]{1,120})\)|([^<>@]{1,120})<[^\s@<>]{1,80}@[^\s@<>]{1,80}>"
)
_ENCODING = re.compile(r"^(\s*<\?xml[^>]{0,200}?)\s+encoding\s*=\s*[\"'][^\"']{0,60}[\"']")
PLAN_ASSUMED = timedelta(hours=2)  # where a plan gives its start alone


class FeedReader:
    """Reads what a feed lists, which are its last entries. An entry that names no author is the first configured one's.

    An entry that is a log, with a label at the head of each update, is as many posts, all of one thread.
    """

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (source.url,)

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        response, cursor = ask_if_changed(source.url, cursor, client, now)
        if response is None:
            return
        said, entries = parsed(response)
        publisher = source.authors[0] if source.authors else plain_text(said)
        home = home_of(source)
        found = [
            replace(post, author=name_in(post.author, source.authors))
            for entry in entries
            for post in posts_of(entry, publisher, response.url, home, now)
        ]
        posts, cursor, shared = distinct(found, cursor)
        yield Page(
            posts=posts,
            cursor=cursor,
            listings={"entries": tuple(post.external_id for post in posts)},
            unread=shared,
        )


def name_in(author: str, known: Sequence[str]) -> str:
    """Return the name in an author that is a mailbox with a name, as RSS wants it; one that is known so, as it is."""
    if author.casefold() in {name.casefold() for name in known}:
        return author
    mailbox = _MAILBOX.fullmatch(author.strip())
    return (mailbox[1] or mailbox[2]).strip().strip('"') if mailbox else author


def parsed(response: Response) -> tuple[str, list[Any]]:
    """Return who publishes a feed, and its entries with feedparser's names for their parts.

    One of the usual form needs no feedparser, which takes six times as long. Raises SourceError for what is no feed, or
    declares entities.
    """
    # In one encoding, so that only we decide which one it was; and without its own word for it.
    document = _ENCODING.sub(r"\1", response.text.lstrip("\ufeff"), count=1).encode()
    refuse_entities(document)
    with suppress(plain_feed.UnusualError):
        return plain_feed.entries_of(document)
    try:
        feed = feedparser.parse(
            document,
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,  # markup becomes plain text
            resolve_relative_uris=False,
        )
    except (ValueError, LookupError, RecursionError, AttributeError) as error:
        raise SourceError(FailureReason.UNREACHABLE, "the answer is neither RSS nor Atom") from error
    if not feed.entries and (feed.bozo or not feed.get("version")):
        raise SourceError(FailureReason.UNREACHABLE, "the answer is neither RSS nor Atom")
    said = feed.feed.get("author") or feed.feed.get("publisher") or feed.feed.get("title") or ""
    return str(said), list(feed.entries)


def refuse_entities(document: bytes) -> None:
    """Raises SourceError for XML that declares entities: they serve to blow a parser up, or to make it fetch.

    A document type without any is let through, and what it points to is never fetched. So is XML that is merely broken:
    feedparser makes the best of it.
    """
    if b"<!ENTITY" not in document:  # there is no other way to declare one
        return
    try:
        defusedxml.sax.parse(io.BytesIO(document), ContentHandler(), forbid_external=False)
    except EntitiesForbidden as error:
        raise SourceError(FailureReason.UNREACHABLE, "the feed declares entities, which we do not read") from error
    except (SAXException, ValueError, LookupError, OSError):
        return


def posts_of(entry: Any, publisher: str, base: str, home: tzinfo | None, now: datetime) -> Iterator[Post]:
    """Return an entry as posts: one, or as many as it has labelled updates; none for one that says nothing."""
    title = plain_text(_text(entry, "title"))
    contents = [str(part.get("value", "")) for part in entry.get("content", []) if isinstance(part, dict)]
    markup = _text(entry, "summary") or " ".join(contents)
    body = plain_text(markup)
    text = title if body == title else f"{title}\n{body}".strip()
    if not text:
        return
    link = urljoin(base, _text(entry, "link").strip()) if entry.get("link") else ""
    published, updated = _text(entry, "published"), _text(entry, "updated")
    written = moment(published, home)
    changed = written if updated == published else moment(updated, home)
    saying = sayings_of(title, body)
    name = _text(entry, "id").strip()
    post = Post(
        external_id="",
        text=text,
        url=link if link.startswith(("http://", "https://")) else "",
        author=plain_text(_text(entry, "author")) or publisher,
        posted_at=written or changed,
        thread=saying.thread,
        stated=_stated(entry, saying, written, now),
    )
    name = name or (link if link and link.rstrip("/") != base.rstrip("/") else "") or f"unnamed:{stable_name(post)}"
    updates = updates_of(log_text(markup), changed or written, home)
    if updates:
        yield from _log(post, name, title, updates, changed)
    else:
        yield replace(post, external_id=name)


def _log(entry: Post, name: str, title: str, updates: list[Update], changed: datetime | None) -> Iterator[Post]:
    """The updates of a log as posts, the first of them first. They are named by their time, else by their number."""
    updates = in_order(updates)
    components = updates[-1].components
    taken: set[str] = set()
    at = entry.posted_at
    latest = [min((u.at for u in updates[number:] if u.at), default=None) for number in range(len(updates))]
    for number, (update, most) in enumerate(zip(updates, latest, strict=True), start=1):
        is_newest = number == len(updates)
        at = update.at or (changed if is_newest and changed and (at is None or changed > at) else at)
        at = min(at, most) if at and most else at  # one without a time is no later than those that follow
        own = f"{name}#{update.at:%Y%m%dT%H%M%S}" if update.at else name if len(updates) == 1 else f"{name}#{number}"
        own = own if own not in taken else f"{own}-{number}"
        taken.add(own)
        yield replace(
            entry,
            external_id=own,
            formerly=name if number == 1 and own != name else "",  # when it stood alone, without a time
            text=f"{title}\n{update.label}: {update.text}".strip().rstrip(":"),
            posted_at=at,
            thread=name,
            stated=_merged(of_update(update, components), entry.stated, is_newest=is_newest),
        )


def _merged(update: Stated, entry: Stated | None, *, is_newest: bool) -> Stated:
    """What an update states, and what its entry states besides: the stage that a title states is that of the newest."""
    if entry is None:
        return update
    return Stated(
        stage=update.stage or (entry.stage if is_newest else ""),
        components=update.components or entry.components,
        window=entry.window,
        planned=entry.planned if update.planned is None else update.planned,
        impact=entry.impact,
    )


def _stated(entry: Any, saying: Saying, written: datetime | None, now: datetime) -> Stated | None:
    """What an entry states: by elements of its own, by the form of its title, and by a date that lies ahead."""
    status = stage_of(_text(entry, "status")) or saying.stage
    window = None
    if written is not None and written > now + timedelta(minutes=5):
        end = moment(_text(entry, "maintenanceenddate")) or written + PLAN_ASSUMED
        window = (int(written.timestamp()), int(end.timestamp())) if end > written else None
    if not (status or saying.components or window):
        return None
    return Stated(stage=status, components=saying.components, window=window, planned=saying.planned)


def _text(entry: Any, name: str) -> str:
    value = entry.get(name, "")
    return value if isinstance(value, str) else ""
