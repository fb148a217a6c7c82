"""RSS and Atom."""

from __future__ import annotations

import calendar
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import defusedxml.sax
import feedparser
from defusedxml.common import DefusedXmlException

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.fetch import ask_if_changed
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source


class FeedReader:
    """Reads what a feed lists, which are its last entries. An entry that names no author is its publisher's."""

    obeys_robots = True

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        response, cursor = ask_if_changed(source.url, cursor, client, now)
        if response is None:
            return
        refuse_traps(response.body)
        feed = feedparser.parse(
            response.body,
            response_headers={
                "content-type": response.headers.get("content-type", ""),
                "content-location": response.url,
            },
        )
        if not feed.entries and (feed.bozo or not feed.get("version")):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is neither RSS nor Atom")
        publisher = str(feed.feed.get("author") or feed.feed.get("publisher") or feed.feed.get("title") or "")
        posts = tuple(post for entry in feed.entries if (post := _post(entry, publisher)) is not None)
        dates = [post.posted_at for post in posts if post.posted_at is not None]
        yield Page(
            posts=posts,
            cursor=cursor,
            whole_since=min(dates) if dates and len(dates) == len(posts) else None,
            listed=frozenset(post.external_id for post in posts),
        )


def refuse_traps(document: bytes) -> None:
    """Raises SourceError for XML that declares entities: they serve to blow a parser up, or to make it fetch.

    XML that is merely broken is let through: feedparser makes the best of it.
    """
    try:
        defusedxml.sax.parse(io.BytesIO(document), ContentHandler())
    except DefusedXmlException as error:
        raise SourceError(FailureReason.UNREACHABLE, "the feed declares entities, which we do not read") from error
    except (SAXException, ValueError, LookupError):
        return


def _post(entry: Any, publisher: str) -> Post | None:
    """An entry as a post; None for one that says nothing."""
    title = plain_text(str(entry.get("title", "")))
    contents = [str(part.get("value", "")) for part in entry.get("content", [])]
    body = plain_text(str(entry.get("summary", "")) or " ".join(contents))
    text = title if body.startswith(title) and body == title else f"{title}\n{body}".strip()
    link = str(entry.get("link", ""))
    name = str(entry.get("id") or link or text[:200])
    if not text or not name:
        return None
    return Post(
        external_id=name,
        text=text,
        url=link if link.startswith(("http://", "https://")) else "",
        author=plain_text(str(entry.get("author", "") or publisher)),
        posted_at=_moment(entry.get("published_parsed") or entry.get("updated_parsed")),
    )


def _moment(parsed: Any) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
