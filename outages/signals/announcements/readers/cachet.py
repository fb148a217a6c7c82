"""Status pages of Cachet, versions 2 and 3, by their interface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, tzinfo
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
    part,
    rows,
    text,
)
from outages.signals.announcements.readers.stated import stage_of
from reports.catalog.schema import Source

PLAN_ASSUMED = timedelta(hours=2)  # where a plan gives its start alone
STAGES = {"0": "planned", "1": "investigating", "2": "identified", "3": "monitoring", "4": "resolved"}


class CachetReader(DocumentReader):
    """An incident is a post, and so is each update of it. The address is that of the page."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        address = base(source)
        return (address if "/api/" in address else f"{address}/api/incidents?include=updates&sort=-id&per_page=50",)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        data = part(document, "data")
        if not isinstance(data, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no list of Cachet's incidents")
        included = {text(row.get("id")): row for row in rows(part(document, "included"))}
        posts, unread = each(data, lambda row: _posts(row, included, source))
        return page_of(posts, unread, cursor, len(data), listings={"incidents": tuple(p.external_id for p in posts)})


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row: version 3 puts them under `attributes`."""
    attributes = part(row, "attributes")
    return {**attributes, "id": row.get("id")} if isinstance(attributes, dict) else row


def _status(fields: dict[str, Any]) -> str:
    status = fields.get("status")
    value = status.get("value") if isinstance(status, dict) else status
    said = status.get("human") if isinstance(status, dict) else fields.get("human_status")
    return STAGES.get(text(value), "") or stage_of(said)


def _window(incident: dict[str, Any], home: tzinfo | None) -> tuple[int, int] | None:
    """When planned work is meant to be; with a usual end where none is given."""
    start, end = (
        moment(part(incident, name, "string") or incident.get(f"{name}_at"), home)
        for name in ("scheduled", "completed")
    )
    if start is None:
        return None
    end = end if end is not None and end > start else start + PLAN_ASSUMED
    return int(start.timestamp()), int(end.timestamp())


def _posts(row: dict[str, Any], included: dict[str, dict[str, Any]], source: Source) -> Iterator[Post]:
    incident = _fields(row)
    name, title = text(incident.get("id")), plain_text(text(incident.get("name")))
    if not name or not title:
        return
    linked = rows(part(row, "relationships", "updates", "data"))
    updates = [_fields(included[key]) for one in linked if (key := text(one.get("id"))) in included]
    updates = updates or rows(incident.get("updates"))
    updates.sort(key=lambda update: text(part(update, "created", "string") or update.get("created_at")))
    home = home_of(source)
    for number, said in enumerate([incident, *updates]):
        at = moment(part(said, "occurred", "string") or said.get("occurred_at"), home)
        stage = _status(said)
        if number == 0 and updates:  # the incident's own status is that of its last update
            stage = "investigating"
        yield Post(
            external_id=f"incident:{name}" if number == 0 else f"update:{text(said.get('id')) or f'{name}:{number}'}",
            text=f"{title}\n{plain_text(text(said.get('message')))}".strip(),
            url=link(said.get("permalink"), source.url),
            author=author_of(source),
            posted_at=at or moment(part(said, "created", "string") or said.get("created_at"), home),
            thread=f"incident:{name}",
            stated=Stated(stage=stage, window=_window(incident, home), planned=True if stage == "planned" else None),
        )
