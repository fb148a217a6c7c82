"""JSON of any shape, by a mapping in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.fetch import ask_if_changed, decoded
from outages.signals.announcements.readers.dates import moment
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

NEEDED = frozenset({"id", "text"})
KNOWN = NEEDED | {"items", "title", "url", "author", "posted_at"}


class JsonReader:
    """Reads a list of posts. `mapping` gives the path of each part, steps separated by dots: `data.author.name`.

    `items` leads from the document to the list, the others from an item of it to its part.
    """

    obeys_robots = True

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        wrong = (NEEDED - source.mapping.keys()) | (source.mapping.keys() - KNOWN)
        if wrong:
            raise SourceError(
                FailureReason.NOT_CONFIGURED,
                f"its mapping wants id and text, and may have {', '.join(sorted(KNOWN - NEEDED))}; "
                f"look at {', '.join(sorted(wrong))}",
            )
        response, cursor = ask_if_changed(source.url, cursor, client, now)
        if response is None:
            return
        items = step_down(decoded(response), source.mapping.get("items", ""))
        if not isinstance(items, list):
            raise SourceError(FailureReason.UNREACHABLE, "there is no list where the mapping says")
        posts = tuple(post for item in items if (post := _post(item, source)) is not None)
        if items and not posts:
            raise SourceError(FailureReason.UNREACHABLE, "no item has an id and a text where the mapping says")
        dates = [post.posted_at for post in posts if post.posted_at is not None]
        yield Page(
            posts=posts,
            cursor=cursor,
            whole_since=min(dates) if dates and len(dates) == len(posts) else None,
            listed=frozenset(post.external_id for post in posts),
        )


def step_down(value: Any, path: str) -> Any:
    """What lies at a path; None where there is nothing."""
    for step in filter(None, path.split(".")):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _post(item: Any, source: Source) -> Post | None:
    def part(name: str) -> Any:
        return step_down(item, source.mapping[name]) if name in source.mapping else None

    def words(name: str) -> str:
        value = part(name)
        return plain_text(str(value)) if isinstance(value, str | int | float) else ""

    name, text, url = part("id"), words("text"), words("url")
    title = words("title")
    if not isinstance(name, str | int) or not (text or title):
        return None
    return Post(
        external_id=str(name),
        text=f"{title}\n{text}".strip(),
        url=url if url.startswith(("http://", "https://")) else source.url,
        author=words("author") or ("" if "author" in source.mapping else next(iter(source.authors), "")),
        posted_at=moment(part("posted_at")),
    )
