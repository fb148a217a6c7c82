"""Accounts on Bluesky, by its public interface, without a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, Post, SourceError
from outages.signals.announcements.readers.dates import moment
from outages.signals.announcements.readers.documents import DocumentReader, each, page_of, part, text
from reports.catalog.schema import Source

PUBLIC = "https://public.api.bsky.app"
MOST_POSTS = 50


class BlueskyReader(DocumentReader):
    """Posts of one account, without replies and reposts. The address is that of its page, https://bsky.app/profile/name;
    on another host, that host is asked itself."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        host, _, name = source.url.partition("/profile/")
        if not name.strip("/"):
            raise SourceError(
                FailureReason.NOT_CONFIGURED, "the address is no account's page, as in https://bsky.app/profile/name"
            )
        server = PUBLIC if host in ("https://bsky.app", "https://www.bsky.app") else host
        query = {"actor": name.strip("/"), "filter": "posts_no_replies", "limit": str(MOST_POSTS)}
        return (str(httpx.URL(f"{server}/xrpc/app.bsky.feed.getAuthorFeed", params=query)),)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        feed = part(document, "feed")
        if not isinstance(feed, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no feed of Bluesky's")
        own = [row for row in feed if not (isinstance(row, dict) and row.get("reason"))]  # a repost has a reason
        posts, unread = each(own, lambda row: _post(row, source))
        return page_of(posts, unread, cursor, len(own), listings={"posts": tuple(post.external_id for post in posts)})


def _post(row: dict[str, Any], source: Source) -> Iterator[Post]:
    post = part(row, "post")
    key, words = text(part(post, "uri")), text(part(post, "record", "text"))
    if key and words:
        author = text(part(post, "author", "handle"))
        yield Post(
            external_id=key,
            text=words,
            url=f"https://bsky.app/profile/{author}/post/{key.rpartition('/')[2]}" if author else source.url,
            author=author,
            posted_at=moment(part(post, "record", "createdAt")) or moment(part(post, "indexedAt")),
        )
