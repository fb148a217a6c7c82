"""What a source gives: posts, page by page, and where the next read goes on. No models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from selectolax.lexbor import LexborHTMLParser

from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

Cursor = dict[str, Any]
MOST_CHARACTERS = {"official": 4000, "press": 600, "community": 600}  # of others' texts we keep an excerpt


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `external_id` is the source's own name for it. `posted_at` is None where the source does not say.

    `thread` is the source's name for what the post belongs to, such as one incident; "" where it stands alone.
    """

    external_id: str
    text: str
    url: str = ""
    author: str = ""
    posted_at: datetime | None = None
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a read. `cursor` is where the next read goes on once these posts are stored.

    `whole_since`: the source lists everything that it has from then on, so that a stored post from after that moment
    that is not among `listed` was deleted. None where the source does not say so.

    `is_history`: these posts were there before the source was first read. None leaves that to the source's health.
    """

    posts: tuple[Post, ...]
    cursor: Cursor
    whole_since: datetime | None = None
    listed: frozenset[str] = field(default_factory=frozenset)
    is_history: bool | None = None


class FailureReason(StrEnum):
    """Why a source gave nothing."""

    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    NOT_CONFIGURED = "not_configured"
    SLOW = "slow"  # a limit is reached, the source's or our own budget: it goes on later


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

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        """What is new since the cursor. Raises SourceError or an OutboundError; pages given before that are good."""


def plain_text(html: str) -> str:
    """The text of a piece of HTML (or of plain text), with single spaces and a line for each block."""
    if "<" not in html and "&" not in html:
        return tidy(html)
    page = LexborHTMLParser(re.sub(r"<(?:br|/p|/div|/li|/h\d|/tr)\b[^>]*>", r"\g<0>\n", html, flags=re.IGNORECASE))
    for node in page.css("script, style, template, noscript"):
        node.decompose()
    return tidy(page.body.text() if page.body is not None else "")


def tidy(text: str) -> str:
    """Text without control characters, with single spaces, lines kept."""
    lines = ("".join(c if c.isprintable() else " " for c in line) for line in text.splitlines())
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
