"""JSON of any shape, by a mapping in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

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
)
from outages.signals.announcements.fetch import ask_if_changed, decoded
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.stated import is_planned, stage_of
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

NEEDED = frozenset({"id", "text"})
KNOWN = NEEDED | {"items", "title", "url", "author", "posted_at", "stage", "thread"}


class JsonReader:
    """Reads a list of posts. `mapping` gives the path of each part, steps separated by dots: `data.author.name`.

    `items` leads from the document to the list, the others from an item of it to its part.
    """

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (source.url,)

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
        found = [post for item in items if (post := _post(item, source)) is not None]
        if items and not found:
            raise SourceError(FailureReason.UNREACHABLE, "no item has an id and a text where the mapping says")
        posts, cursor, unread = distinct(found, cursor)
        if count := len(items) - len(found):
            unread = (*unread, "no id or no text where the mapping says")
        yield Page(
            posts=posts,
            cursor=cursor,
            listings={"items": tuple(post.external_id for post in posts)},
            unread=unread,
            unread_count=count,
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
    if not isinstance(name, str | int) or isinstance(name, bool) or not str(name).strip() or not (text or title):
        return None
    status = part("stage")
    stated = Stated(stage=stage_of(status), planned=True if is_planned(status) else None)
    return Post(
        external_id=str(name),
        text=f"{title}\n{text}".strip(),
        url=url if url.startswith(("http://", "https://")) else source.url,
        author=words("author") or ("" if "author" in source.mapping else next(iter(source.authors), "")),
        posted_at=moment(part("posted_at"), home_of(source)),
        thread=words("thread"),
        stated=stated if stated.stage else None,
    )
