"""Pages of Gatus: the endpoints that fail now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, SourceError
from outages.signals.announcements.readers.current import Open, changes
from outages.signals.announcements.readers.dates import moment
from outages.signals.announcements.readers.documents import DocumentReader, author_of, base, rows, text
from reports.catalog.schema import Source

WANTED = 2  # failures in a row: one alone is a hiccup


class GatusReader(DocumentReader):
    """An endpoint that failed twice in a row is down; one that does so no more is up again."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        return (f"{base(source)}/api/v1/endpoints/statuses",)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        if not isinstance(document, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no list of Gatus's endpoints")
        posts, cursor = changes(_failing(document, source), cursor, author_of(source), "Resolved: it answers again.")
        return Page(posts, cursor)


def _failing(document: list[Any], source: Source) -> Iterator[Open]:
    for endpoint in rows(document):
        name = text(endpoint.get("name"))
        results = sorted(rows(endpoint.get("results")), key=lambda row: text(row.get("timestamp")))
        failing = 0
        for result in reversed(results):
            if result.get("success") is not False:
                break
            failing += 1
        if name and failing >= WANTED:
            yield Open(
                name=text(endpoint.get("key")) or name,
                title=f"{name} is down",
                text="",
                stated=Stated(stage="investigating", components=(name,)),
                at=moment(results[-failing].get("timestamp")),
                url=source.url,
            )
