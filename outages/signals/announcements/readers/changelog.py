"""A page of changes, headed by dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError, tidy
from outages.signals.announcements.fetch import ask_if_changed
from outages.signals.announcements.readers.dates import date_in
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
BESIDE = "script, style, template, noscript, nav, header, footer, aside, form, svg"
BLOCKS = frozenset({"p", "li", "div", "tr", "br", "dd", "ul", "ol", "pre", "section", "article"})
LONGEST_HEADING = 200


@dataclass
class _Entry:
    """A heading with a date, and what follows it."""

    name: str
    posted_at: datetime
    parts: list[str] = field(default_factory=list)


class ChangelogReader:
    """Each heading with a date in it begins a post. The page's owner is the author."""

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (source.url,)

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        response, cursor = ask_if_changed(source.url, cursor, client, now)
        if response is None:
            return
        entries = list(entries_of(response.text))
        if not entries:
            raise SourceError(
                FailureReason.UNREACHABLE, "the page has no heading with a date; its shape may have changed"
            )
        address = source.url.partition("#")[0]
        posts = tuple(
            Post(
                external_id=entry.name,
                text=tidy("".join(entry.parts)),
                url=f"{address}#{entry.name}" if not entry.name.startswith("date:") else address,
                author=source.authors[0] if source.authors else "",
                posted_at=entry.posted_at,
            )
            for entry in entries
        )
        yield Page(
            posts=posts,
            cursor=cursor,
            listings={"entries": tuple(post.external_id for post in posts)},
        )


MOST_MARKUP = 200_000  # characters; the newest entries stand at the top
MOST_ENTRIES = 300


def entries_of(html: str) -> Iterator[_Entry]:
    """The dated entries of a page, from the top. Sub-headings without a date belong to the entry above them."""
    page = LexborHTMLParser(html[:MOST_MARKUP])
    for node in page.css(BESIDE):
        node.decompose()
    if page.body is None:
        return
    entry: _Entry | None = None
    names: set[str] = set()
    for node in page.body.traverse(include_text=True):
        if node.tag in HEADINGS:
            heading = tidy(node.text())
            posted_at = date_in(heading) if len(heading) <= LONGEST_HEADING else None
            if posted_at is not None:
                if entry is not None:
                    yield entry
                if len(names) >= MOST_ENTRIES:
                    return
                entry = _Entry(_name(node, heading, names), posted_at)
        if entry is None:
            continue
        if node.tag == "-text":
            entry.parts.append(node.text_content or "")
        elif node.tag in BLOCKS or node.tag in HEADINGS:
            entry.parts.append("\n")
    if entry is not None:
        yield entry


def _name(node: LexborNode, heading: str, taken: set[str]) -> str:
    """The heading's anchor, else its words; numbered where the page says the same twice."""
    name = (node.attributes.get("id") or f"date:{heading}")[:250]
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique)
    return unique
