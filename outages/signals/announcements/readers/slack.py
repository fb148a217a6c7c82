"""Slack's status, by its interface of version 2: https://slack-status.com."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.documents import (
    DocumentReader,
    author_of,
    base,
    each,
    link,
    page_of,
    rows,
    text,
)
from outages.signals.announcements.readers.stated import stage_of
from reports.catalog.schema import Source


class SlackReader(DocumentReader):
    """Each note of an incident is a post."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (f"{base(source)}/api/v2.0.0/history",)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        if not isinstance(document, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no list of Slack's incidents")
        posts, unread = each(document, lambda incident: _posts(incident, source))
        return page_of(posts, unread, cursor, len(document))


def _posts(incident: dict[str, Any], source: Source) -> Iterator[Post]:
    """The posts of an incident, the first first. What its status says is the word of the last."""
    name, title, status = (text(incident.get(key)) for key in ("id", "title", "status"))
    home = home_of(source)
    is_plan = text(incident.get("type")) == "maintenance"
    notes = rows(incident.get("notes"))
    notes.sort(key=lambda row: text(row.get("date_created")))
    if not notes:
        notes = [{"body": "", "date_created": incident.get("date_updated") or incident.get("date_created")}]
    for number, note in enumerate(notes, start=1):
        stage = stage_of(status) if number == len(notes) and status != "active" else ""
        if is_plan and stage != "resolved":
            stage = "planned"
        if name and title:
            yield Post(
                external_id=f"{name}#{text(note.get('date_created')) or number}",
                text=f"{plain_text(title)}\n{plain_text(text(note.get('body')))}".strip(),
                url=link(incident.get("url"), source.url),
                author=author_of(source, "Slack"),
                posted_at=moment(note.get("date_created"), home),
                thread=name,
                stated=Stated(
                    stage=stage,
                    components=tuple(word for word in incident.get("services") or () if isinstance(word, str)),
                    planned=True if is_plan else None,
                    impact=text(incident.get("type"))[:40],
                ),
            )
