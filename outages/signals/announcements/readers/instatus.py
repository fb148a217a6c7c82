"""Status pages of Instatus, by their summary: what is open now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, SourceError
from outages.signals.announcements.readers.current import Open, changes
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.documents import DocumentReader, author_of, base, link, part, rows, text
from outages.signals.announcements.readers.stated import stage_of
from reports.catalog.schema import Source


class InstatusReader(DocumentReader):
    """Open incidents and planned work. One that is listed no more is over."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (f"{base(source)}/summary.json",)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        if not isinstance(part(document, "page"), dict):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no summary of Instatus's")
        author = author_of(source, part(document, "page", "name"))
        posts, cursor = changes(
            _open(document, source), cursor, author, "Resolved: it is no longer among what is open."
        )
        return Page(posts, cursor)


def _open(document: Any, source: Source) -> Iterator[Open]:
    home = home_of(source)
    for key, is_plan in (("activeIncidents", False), ("activeMaintenances", True)):
        for row in rows(part(document, key)):
            title, status = text(row.get("name")), text(row.get("status"))
            name = text(row.get("id")) or text(row.get("url")) or title
            if not name:
                continue
            at = moment(row.get("started") or row.get("start"), home)
            minutes = text(row.get("duration"))
            window = None
            if is_plan and at is not None and minutes.isascii() and minutes.isdigit():
                end = at + timedelta(minutes=min(int(minutes[:6]), 20_160))
                window = (int(at.timestamp()), int(end.timestamp()))
            yield Open(
                name=name,
                title=title,
                text=f"{status.capitalize()}: {text(row.get('impact'))}".strip(": "),
                stated=Stated(
                    stage="planned" if is_plan else stage_of(status) or "investigating",
                    window=window,
                    planned=is_plan,
                    impact=text(row.get("impact"))[:40],
                ),
                at=None if is_plan else at,
                url=link(row.get("url"), source.url),
            )
