"""Status pages that speak Statuspage's version 2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.fetch import ask_if_changed, decoded
from outages.signals.announcements.readers.dates import moment
from outages.signals.outbound.client import Client
from outages.signals.outbound.client import Response as Answer
from reports.catalog.schema import Source

DOCUMENTS = ("incidents", "scheduled-maintenances")


class _Update(msgspec.Struct):
    id: str
    status: str
    body: str = ""
    created_at: str | None = None
    display_at: str | None = None


class _Incident(msgspec.Struct):
    name: str
    id: str = ""
    incident_updates: list[_Update] = []
    shortlink: str | None = None
    scheduled_for: str | None = None
    scheduled_until: str | None = None


class StatuspageReader:
    """Each update of an incident or of planned work is a post. Its author is the page."""

    obeys_robots = True

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        posts: list[Post] = []
        edges: list[datetime] = []
        unread = 0
        for document in DOCUMENTS:
            url = f"{source.url.rstrip('/')}/api/v2/{document}.json"
            response, cursor = ask_if_changed(url, cursor, client, now)
            if response is None:
                unread += 1
                continue
            found = list(_posts(source, response, document.replace("-", "_")))
            posts += found
            edges += [min(post.posted_at for post in found if post.posted_at)] if found else []
        if unread < len(DOCUMENTS):
            yield Page(
                posts=tuple(posts),
                cursor=cursor,
                whole_since=max(edges) if edges and not unread else None,
                listed=frozenset(post.external_id for post in posts),
            )


def _posts(source: Source, response: Answer, key: str) -> Iterator[Post]:
    document: Any = decoded(response)
    try:
        incidents = msgspec.convert(document[key], list[_Incident])
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not Statuspage's: {error}") from error
    page = document.get("page")
    name = str(page.get("name", "")) if isinstance(page, dict) else ""
    author = source.authors[0] if source.authors else name
    for incident in incidents:
        for update in incident.incident_updates:
            posted_at = moment(update.display_at or update.created_at)
            if posted_at is None:
                continue
            yield Post(
                external_id=update.id,
                text=_text(incident, update),
                url=incident.shortlink or source.url,
                author=author,
                posted_at=posted_at,
                thread=incident.id,
            )


def _text(incident: _Incident, update: _Update) -> str:
    status = update.status.replace("_", " ").capitalize()
    lines = [plain_text(incident.name), f"{status}: {plain_text(update.body)}"]
    start, end = moment(incident.scheduled_for), moment(incident.scheduled_until)
    if start and end:
        lines.append(f"Scheduled for {start:%d %B %Y, %H:%M} to {end:%d %B %Y, %H:%M} UTC.")
    return "\n".join(lines)
