"""What readers of others' JSON have in common: an answer, part by part, of which any part may be something else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError
from outages.signals.announcements.fetch import ask_if_changed, decoded
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source


def text(value: object) -> str:
    """Return a text or a number as text; "" for anything else."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def rows(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list; none where it is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def part(value: object, *path: str) -> Any:
    """Return what lies at a path of objects; None where there is nothing."""
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def link(value: object, otherwise: str) -> str:
    """Return an address of the web, else another one."""
    address = text(value)
    return address if address.startswith(("http://", "https://")) else otherwise


def each(items: Iterable[Any], read: Callable[[dict[str, Any]], Iterator[Post]]) -> tuple[list[Post], int]:
    """Return the posts of all items, and how many items could not be read."""
    posts: list[Post] = []
    unread = 0
    for item in items:
        found = list(read(item)) if isinstance(item, dict) else []
        posts += found
        unread += not found
    return posts, unread


def page_of(posts: list[Post], unread: int, cursor: dict[str, Any], items: int, **options: Any) -> Page:
    """Return a page. Raise SourceError where not one of several items could be read: its shape may have changed."""
    if items and unread == items:
        raise SourceError(
            FailureReason.UNREACHABLE, "not one entry could be read; the shape of the answer may have changed"
        )
    said = ("entries without a name or a text",) if unread else ()
    return Page(tuple(posts), cursor, unread=said, unread_count=unread, **options)


class DocumentReader(ABC):
    """A source that is one JSON document. Its kind says where it lies and what its parts mean."""

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        """Return where the document lies."""
        return (source.url,)

    @abstractmethod
    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        """Return what a document says. Raise SourceError for one that is not of this kind."""

    def pages(self, source: Source, cursor: Cursor, client: Client, budget: Budget, now: datetime) -> Iterator[Page]:
        for address in self.addresses(source):
            response, cursor = ask_if_changed(address, cursor, client, now)
            if response is not None:
                page = self.page(decoded(response), source, cursor)
                cursor = page.cursor
                yield page


def base(source: Source) -> str:
    """Return the source's address without a slash at its end."""
    return source.url.rstrip("/")


def author_of(source: Source, name: object = "") -> str:
    """Return who speaks: the first author that the catalogue names, else the one that the document names."""
    return source.authors[0] if source.authors else text(name)
