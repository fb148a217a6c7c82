"""Status pages that speak Statuspage's version 2: Statuspage itself, Instatus, incident.io and others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.fetch import ask_if_changed, decoded
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.stated import is_planned, stage_of
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

NEVER = datetime.min.replace(tzinfo=UTC)
PLAN_ASSUMED = timedelta(hours=2)  # where a plan gives its start alone
OF_FAULTS = ("investigating", "identified", "monitoring")
DOCUMENTS = ("incidents", "scheduled-maintenances")


class EntryError(ValueError):
    """An incident that cannot be read. The message says in few words what is wrong with it."""


class StatuspageReader:
    """Each update of an incident or of planned work is a post. Its author is the page.

    Stage, window, components and impact are those that the page states. One that cannot be read hides no other.
    """

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        return tuple(f"{source.url.rstrip('/')}/api/v2/{document}.json" for document in DOCUMENTS)

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        posts: list[Post] = []
        listings: dict[str, tuple[str, ...]] = {}
        unread: list[str] = []
        for document, url in zip(DOCUMENTS, self.addresses(source), strict=True):
            response, cursor = ask_if_changed(url, cursor, client, now)
            if response is None:
                continue
            found, wrong = posts_of(decoded(response), document.replace("-", "_"), source)
            posts += found
            unread += wrong
            listings[document] = tuple(post.external_id for post in found)
        if listings:
            yield Page(
                posts=tuple(posts),
                cursor=cursor,
                listings=listings,
                unread=tuple(dict.fromkeys(unread)),
                unread_count=len(unread),
            )


def posts_of(document: Any, key: str, source: Source) -> tuple[list[Post], list[str]]:
    """Return the posts of a document, and why incidents could not be read. Raise SourceError without a list."""
    incidents = document.get(key) if isinstance(document, dict) else None
    if not isinstance(incidents, list):
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not Statuspage's: it has no list {key}")
    page = document.get("page")
    name = _text(page.get("name")) if isinstance(page, dict) else ""
    author = source.authors[0] if source.authors else name
    posts: list[Post] = []
    unread: list[str] = []
    for incident in incidents:
        try:
            posts += _updates(incident, author, source, is_plan=key == "scheduled_maintenances")
        except EntryError as error:
            unread.append(str(error))
    if incidents and not posts and len(unread) == len(incidents):
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not Statuspage's: {unread[0]}")
    return posts, unread


def _updates(incident: Any, author: str, source: Source, *, is_plan: bool) -> Iterator[Post]:
    """The posts of one incident. One without updates is a post itself."""
    if not isinstance(incident, dict):
        raise EntryError("an incident that is no object")
    title, name = plain_text(_text(incident.get("name"))), _text(incident.get("id"))
    rows = incident.get("incident_updates")
    updates = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not title and not updates:
        raise EntryError("an incident without a name")
    if not updates:
        if not name:
            raise EntryError("an incident without an id or updates")
        updates = [{**incident, "body": incident.get("body"), "id": f"incident:{name}"}]
    home = home_of(source)
    is_fault = any(stage_of(update.get("status")) in OF_FAULTS for update in (*updates, incident))
    if len(updates) > 1 and (_at(updates[0], home) or NEVER) >= (_at(updates[-1], home) or NEVER):
        updates.reverse()  # the newest stands first: what was said first is read first
    link = _text(incident.get("shortlink"))
    if not _text(updates[-1].get("status")):  # the incident's own status is that of its last update
        updates[-1] = {**updates[-1], "status": incident.get("status")}
    for number, update in enumerate(updates):
        at = _at(update, home) or (_at(incident, home) if number == 0 else None)
        key = _text(update.get("id")) or f"{name}:{_text(update.get('created_at')) or number + 1}"
        yield Post(
            external_id=key,
            text=_words(title, update, incident, home),
            url=link if link.startswith(("http://", "https://")) else source.url,
            author=author,
            posted_at=at,
            thread=name,
            stated=_stated(incident, update, home, is_plan=is_plan, is_fault=is_fault and not is_plan),
        )


def _at(row: dict[str, Any], home: tzinfo | None) -> datetime | None:
    for name in ("display_at", "created_at", "started_at", "updated_at"):
        if (found := moment(row.get(name), home)) is not None:
            return found
    return None


def _text(value: object) -> str:
    """A text or a number as text; "" for anything else."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _words(title: str, update: dict[str, Any], incident: dict[str, Any], home: tzinfo | None) -> str:
    status = _text(update.get("status")).replace("_", " ").capitalize()
    body = plain_text(_text(update.get("body")))
    lines = [title, f"{status}: {body}" if status and body else status or body]
    start, end = _window(incident, home)
    if start and end:
        lines.append(f"Scheduled for {start:%d %B %Y, %H:%M} to {end:%d %B %Y, %H:%M} UTC.")
    return "\n".join(line for line in lines if line)


def _stated(
    incident: dict[str, Any], update: dict[str, Any], home: tzinfo | None, *, is_plan: bool, is_fault: bool
) -> Stated:
    """What the page states in fields. All in the list of planned work is planned until it is completed.

    A fault that is "in progress" or being "verified" is one all the same, though these are words of planned work.
    """
    status, impact = update.get("status"), _text(incident.get("impact"))
    stage = stage_of(status)
    if is_fault and impact != "maintenance":
        planned = False
        if stage == "planned":
            stage = "monitoring" if _text(status).casefold() == "verifying" else "identified"
    else:
        planned = is_plan or impact == "maintenance" or is_planned(status)
    if planned and stage not in ("resolved", "postmortem"):
        stage = "planned"
    start, end = _window(incident, home)
    return Stated(
        stage=stage,
        components=_components(update.get("affected_components"))
        or _components(incident.get("components"))
        or _components(incident.get("affected_components")),
        window=(int(start.timestamp()), int(end.timestamp())) if start and end else None,
        planned=planned,
        impact=impact[:40],
    )


def _window(incident: dict[str, Any], home: tzinfo | None) -> tuple[datetime | None, datetime | None]:
    """When planned work is meant to be; of an end that is not stated, or lies before the start, a usual one."""
    start, end = (moment(incident.get(name), home) for name in ("scheduled_for", "scheduled_until"))
    if start is not None and (end is None or end <= start):
        end = start + PLAN_ASSUMED
    return start, end


def _components(rows: object) -> tuple[str, ...]:
    """The names of the components of a list; where it says how they are, of those that are not fine."""
    if not isinstance(rows, list):
        return ()
    named = [
        (_text(row.get("name")), _text(row.get("new_status") or row.get("status")))
        if isinstance(row, dict)
        else (_text(row), "")
        for row in rows
    ]
    affected = [name for name, status in named if name and status not in ("operational", "")]
    return tuple(affected or [name for name, _ in named if name])[:50]
