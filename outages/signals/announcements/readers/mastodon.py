"""Accounts on Mastodon and what speaks like it, by the public interface of their server, without a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx

from outages.signals.announcements.datatypes import (
    Budget,
    Cursor,
    FailureReason,
    Page,
    Post,
    SourceError,
    plain_text,
)
from outages.signals.announcements.fetch import ask, decoded
from outages.signals.announcements.readers.dates import moment
from outages.signals.announcements.readers.documents import each, link, page_of, part, rows, text
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

MOST_POSTS = 40


class MastodonReader:
    """Posts of one account, without replies and boosts. The address is that of its page, as in https://server/@name."""

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        server, name = account_of(source)
        return (f"{server}/api/v1/accounts/lookup?acct={name}",)

    def pages(self, source: Source, cursor: Cursor, client: Client, budget: Budget, now: datetime) -> Iterator[Page]:
        server, name = account_of(source)
        number = cursor.get("account")
        if not number:
            account = decoded(ask(self.addresses(source)[0], client, now))
            number = text(part(account, "id"))
            if not number:
                raise SourceError(FailureReason.UNREACHABLE, f"the server knows no account {name}")
            cursor = {**cursor, "account": number}
        query = {"limit": str(MOST_POSTS), "exclude_replies": "true", "exclude_reblogs": "true"}
        address = httpx.URL(f"{server}/api/v1/accounts/{number}/statuses", params=query)
        document = decoded(ask(str(address), client, now))
        if not isinstance(document, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no list of posts")
        posts, unread = each(
            [row for row in rows(document) if not row.get("reblog")], lambda row: _post(row, source, name)
        )
        yield page_of(posts, unread, cursor, len(document), listings={"posts": tuple(p.external_id for p in posts)})


def account_of(source: Source) -> tuple[str, str]:
    """Return the server and the account's name. Raise SourceError where the address is not that of an account."""
    server, _, name = source.url.partition("/@")
    name = name.strip("/").split("?")[0]
    if not name or "/" in name:
        raise SourceError(FailureReason.NOT_CONFIGURED, "the address is no account's page, as in https://server/@name")
    return server, name


def _post(row: dict[str, Any], source: Source, name: str) -> Iterator[Post]:
    words = "\n".join(filter(None, (plain_text(text(row.get("spoiler_text"))), plain_text(text(row.get("content"))))))
    if (key := text(row.get("id"))) and words:
        yield Post(
            external_id=key,
            text=words,
            url=link(row.get("url"), source.url),
            author=text(part(row, "account", "acct")) or name,
            posted_at=moment(row.get("created_at")),
        )
