"""AWS Health's public events: https://health.aws.amazon.com/public/currentevents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.readers.dates import moment
from outages.signals.announcements.readers.documents import DocumentReader, author_of, each, page_of, rows, text
from outages.signals.announcements.readers.titles import sayings_of
from reports.catalog.schema import Source


class AwsHealthReader(DocumentReader):
    """Each word in the log of an event is a post."""

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        if not isinstance(document, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no list of AWS Health's events")
        posts, unread = each(document, lambda event: _posts(event, source))
        return page_of(posts, unread, cursor, len(document))


def _posts(event: dict[str, Any], source: Source) -> Iterator[Post]:
    """The posts of an event. It is over where its summary says so, which is then the word of its last."""
    summary = plain_text(text(event.get("summary")))
    name = text(event.get("arn")) or f"{text(event.get('service'))}:{text(event.get('date'))}"
    service = text(event.get("service_name"))
    log = sorted(rows(event.get("event_log")), key=lambda row: text(row.get("timestamp")))
    if not log and summary:
        log = [{"summary": summary, "message": text(event.get("description")), "timestamp": event.get("date")}]
    for number, row in enumerate(log, start=1):
        title = plain_text(text(row.get("summary"))) or summary
        words = plain_text(text(row.get("message")))
        stage = sayings_of(title, words).stage
        if number == len(log):
            stage = stage or sayings_of(summary, "").stage
        if title or words:
            yield Post(
                external_id=f"{name}#{text(row.get('timestamp')) or number}",
                text="\n".join(filter(None, (f"{service}: {title}".strip(": "), words))),
                url=source.url,
                author=author_of(source, "Amazon Web Services"),
                posted_at=moment(row.get("timestamp")),
                thread=name,
                stated=Stated(stage=stage, components=tuple(filter(None, (service,)))),
            )
