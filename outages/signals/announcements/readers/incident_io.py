"""Status pages of incident.io, by their widget's summary: what is open now, with its last words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, SourceError, plain_text
from outages.signals.announcements.readers.current import Open, changes
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.documents import DocumentReader, author_of, base, link, part, rows, text
from outages.signals.announcements.readers.stated import stage_of
from reports.catalog.schema import Source

LISTS = ("ongoing_incidents", "in_progress_maintenances", "scheduled_maintenances")


class IncidentIoReader(DocumentReader):
    """Open incidents and planned work. One that is listed no more is over."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (f"{base(source)}/api/v1/summary",)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        if not any(isinstance(part(document, key), list) for key in LISTS):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no summary of incident.io's")
        author = author_of(source, part(document, "page_title"))
        posts, cursor = changes(
            _open(document, source), cursor, author, "Resolved: it is no longer among what is open."
        )
        return Page(posts, cursor)


def _open(document: Any, source: Source) -> Iterator[Open]:
    home = home_of(source)
    for key in LISTS:
        for row in rows(part(document, key)):
            name, status = text(row.get("id")), text(row.get("status"))
            if not name:
                continue
            is_plan = key != "ongoing_incidents"
            start = moment(row.get("started_at") or row.get("starts_at"), home)
            end = moment(row.get("scheduled_end_at") or row.get("ends_at"), home)
            words = plain_text(text(row.get("last_update_message")))
            yield Open(
                name=name,
                title=text(row.get("name")),
                text=f"{status.replace('_', ' ').capitalize()}: {words}".strip(": "),
                stated=Stated(
                    stage="planned" if is_plan else stage_of(status),
                    components=tuple(
                        filter(None, (text(one.get("name")) for one in rows(row.get("affected_components"))))
                    ),
                    window=(int(start.timestamp()), int(end.timestamp())) if start and end and start < end else None,
                    planned=is_plan,
                    impact=text(row.get("current_worst_impact"))[:40],
                ),
                at=moment(row.get("last_update_at"), home),
                url=link(row.get("url"), source.url),
            )
