"""Incidents of Google Cloud and Google Workspace: …/incidents.json of their status pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.readers.dates import moment
from outages.signals.announcements.readers.documents import (
    DocumentReader,
    author_of,
    base,
    each,
    page_of,
    part,
    rows,
    text,
)
from reports.catalog.schema import Source


class GoogleCloudReader(DocumentReader):
    """Each update of an incident is a post."""

    def addresses(self, source: Source) -> tuple[str, ...]:
        address = base(source)
        return (address if address.endswith(".json") else f"{address}/incidents.json",)

    def page(self, document: Any, source: Source, cursor: Cursor) -> Page:
        if not isinstance(document, list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is no list of Google's incidents")
        posts, unread = each(document, lambda incident: _posts(incident, source))
        return page_of(posts, unread, cursor, len(document))


def _posts(incident: dict[str, Any], source: Source) -> Iterator[Post]:
    """The posts of an incident, the first first. It is over when it has ended, or the product is available."""
    name = text(incident.get("id")) or text(incident.get("number"))
    title = plain_text(text(incident.get("external_desc")))
    products = tuple(filter(None, (text(row.get("title")) for row in rows(incident.get("affected_products")))))
    updates = rows(incident.get("updates")) or rows([part(incident, "most_recent_update")])
    updates.sort(key=lambda row: text(row.get("when") or row.get("created")))
    for number, update in enumerate(updates, start=1):
        words, status = plain_text(text(update.get("text"))), text(update.get("status"))
        is_over = status == "AVAILABLE" or (number == len(updates) and moment(incident.get("end")) is not None)
        if name and (words or title):
            yield Post(
                external_id=f"{name}#{text(update.get('created') or update.get('when')) or number}",
                text=f"{title}\n{words}".strip(),
                url=urljoin(f"{source.url.removesuffix('incidents.json').rstrip('/')}/", text(incident.get("uri"))),
                author=author_of(source, "Google"),
                posted_at=moment(update.get("when")) or moment(update.get("created")),
                thread=name,
                stated=Stated(
                    stage="resolved" if is_over else "",
                    components=products or tuple(filter(None, (text(incident.get("service_name")),))),
                    impact=text(incident.get("status_impact"))[:40],
                ),
            )
