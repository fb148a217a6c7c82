"""Sources that say only how things are now. A post is what changed since the last reading. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, Post

MOST_OPEN: Final = 500  # that are remembered


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is not as it should be, or planned, as a source shows it now."""

    name: str
    title: str
    text: str
    stated: Stated
    at: datetime | None = None
    url: str = ""
    components: tuple[str, ...] = field(default=())

    @property
    def mark(self) -> str:
        """A name for how it stands: it changes when the source says something else of it."""
        return hashlib.sha256(f"{self.stated.stage}\n{self.text}".encode()).hexdigest()[:16]


def changes(found: Iterable[Open], cursor: Cursor, author: str, over: str) -> tuple[tuple[Post, ...], Cursor]:
    """Return what is new, or stands otherwise than before, or is shown no more, as posts; and the cursor that knows it.

    `over` is said of what is shown no more: a source that lists only what is open says so by leaving it out. Each time
    that something begins and ends has names of its own, by when it began, or else by a count: a monitor fails often.
    """
    known: dict[str, dict[str, Any]] = dict(cursor.get("open") or {})
    turn = int(cursor.get("turn") or 0) + 1
    now = {item.name: item for item in list(found)[:MOST_OPEN]}
    posts = []
    since: dict[str, str] = {}
    for name, item in now.items():
        if known.get(name, {}).get("mark") == item.mark:
            since[name] = known[name].get("since", "")
            continue
        since[name] = item.at.isoformat() if item.at else f"undated-{turn}"
        posts.append(
            Post(
                external_id=f"{name}:{item.mark}:{since[name]}",
                text=f"{item.title}\n{item.text}".strip(),
                url=item.url,
                author=author,
                posted_at=item.at,
                thread=name,
                stated=item.stated,
            )
        )
    for name, was in known.items():
        if name not in now:
            posts.append(
                Post(
                    external_id=":".join(part for part in (name, was["mark"], was.get("since", ""), "over") if part),
                    text=f"{was['title']}\n{over}",
                    url=was["url"],
                    author=author,
                    thread=name,
                    stated=Stated(stage="resolved", planned=bool(was["planned"]), components=tuple(was["components"])),
                )
            )
    remembered = {
        name: {
            "mark": item.mark,
            "since": since[name],
            "title": item.title[:200],
            "url": item.url,
            "planned": item.stated.planned is True,
            "components": list(item.stated.components)[:20],
        }
        for name, item in now.items()
    }
    return tuple(posts), {**cursor, "open": remembered} | ({"turn": turn} if posts else {})
