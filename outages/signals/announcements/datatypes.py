"""What a source gives: posts, page by page, and where the next read goes on. No models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from outages.detection.datatypes import Stated
from outages.signals.announcements.markup import plain_text as plain_text
from outages.signals.announcements.markup import tidy as tidy
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

Cursor = dict[str, Any]
MOST_SHARED_NAMES = 200
LONGEST_ADDRESS = 500
MOST_CHARACTERS = {"official": 4000, "press": 600, "community": 600}  # of others' texts we keep an excerpt


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `external_id` is the source's own name for it. `posted_at` is None where the source does not say.

    `thread` is the source's name for what the post belongs to, such as one incident; "" where it stands alone.
    `stated` is what the source says in fields of its own. `formerly` is a name under which it may have been stored.
    """

    external_id: str
    text: str
    url: str = ""
    author: str = ""
    posted_at: datetime | None = None
    thread: str = ""
    stated: Stated | None = None
    formerly: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a read. `cursor` is where the next read goes on once these posts are stored.

    `listings`: the names of the posts in each of the source's lists, by the list, in the source's own order. A post
    that stood between two of them, and stands there no more, was taken out. Empty where the source lists nothing whole.

    `is_history`: these posts were there before the source was first read. None leaves that to the source's health.

    `unread` says in a few words, one a kind, what could not be read; `unread_count` how many of them there were.
    """

    posts: tuple[Post, ...]
    cursor: Cursor
    listings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_history: bool | None = None
    unread: tuple[str, ...] = ()
    unread_count: int = 0


class FailureReason(StrEnum):
    """Why a source gave nothing."""

    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    NOT_CONFIGURED = "not_configured"
    SLOW = "slow"  # a limit is reached, the source's or our own budget: it goes on later
    OWN_ERROR = "own_error"  # our reader came upon something that it was not made for


class SourceError(Exception):
    """A read brought nothing. `retry_at` is when the source itself says to come back."""

    def __init__(self, trouble: FailureReason, detail: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.retry_at = retry_at


class Budget(Protocol):
    """A source's money for today."""

    def reserve(self, price_usd: float, *, least: int, most: int) -> int:
        """Sets money aside for `most` things, or as many as today's money is good for, and returns how many.

        What is set aside stays so even if we die. Raises SourceError if there is not enough for `least`.
        """

    def give_back(self, price_usd: float, count: int) -> None:
        """Returns the money for things that were not bought."""


class Reader(Protocol):
    """One kind of source."""

    obeys_robots: bool

    def addresses(self, source: Source) -> tuple[str, ...]:
        """Return what is asked of a source whose robots.txt is obeyed."""

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        """What is new since the cursor. Raises SourceError or an OutboundError; pages given before that are good."""


def distinct(posts: Iterable[Post], cursor: Cursor) -> tuple[tuple[Post, ...], Cursor, tuple[str, ...]]:
    """Return posts that all have names of their own, the cursor, and what was to be said of names that several have.

    Where a source gives one name to several posts, each gets one made of its name, first line and date as well, from
    then on, also when it stands alone. The same post twice is one.
    """
    by_name: dict[str, dict[tuple[str, datetime | None, str], Post]] = {}
    for post in posts:
        by_name.setdefault(post.external_id, {}).setdefault((post.text, post.posted_at, post.thread), post)
    known = set(cursor.get("shared_names") or ())
    shared = {name for name, group in by_name.items() if len(group) > 1}
    found: list[Post] = []
    for name, group in by_name.items():
        if name not in shared and name not in known:
            found += group.values()
            continue
        taken: set[str] = set()
        for post in group.values():
            stem = own = f"{name}#{stable_name(post)}"
            number = 1
            while own in taken:
                number += 1
                own = f"{stem}-{number}"
            taken.add(own)
            found.append(replace(post, external_id=own, formerly=name))
    if shared - known:
        cursor = {**cursor, "shared_names": sorted(known | shared)[:MOST_SHARED_NAMES]}
    said = f"{len(shared)} names that several entries share" if shared else ""
    return tuple(found), cursor, (said,) if said else ()


def stable_name(post: Post) -> str:
    """Return a name for a post that its source gives none: of its first line and its date, so that edits keep it."""
    first = post.text.partition("\n")[0]
    return hashlib.sha256(f"{first}\n{post.posted_at.isoformat() if post.posted_at else ''}".encode()).hexdigest()[:24]


def web_address(text: str) -> str:
    """Return an address that may be shown as a link: http or https, with a host, of one line. Else ""."""
    text = text.strip()
    if not text or len(text) > LONGEST_ADDRESS or not text.isprintable() or any(c.isspace() for c in text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or any(c in text for c in '<>"\\'):
        return ""
    return text
