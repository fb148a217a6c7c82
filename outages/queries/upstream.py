"""Incidents on the pages of what a service relies on: possible causes of its own. Pages and API read them here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from outages.detection.classifier import OPEN_STAGES
from outages.detection.thresholds import DEFAULT
from outages.models import Announcement
from reports.catalog.schema import Catalog, Source, localise
from reports.models import Service

QUIET_FOR: Final = timedelta(days=3)  # so long without a word, an incident elsewhere explains nothing here
LONGEST: Final = timedelta(days=60)  # an incident that has lasted longer is told as if it had begun then
NEAR: Final = timedelta(minutes=DEFAULT.attribution_minutes)
MOST_POSTS: Final = 500
MOST_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class UpstreamIncident:
    """An incident on the page of something that the service relies on. `ended_at` is None while it is open."""

    source: str
    name: str
    title: str
    stage: str
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    url: str


def open_now(service: Service, catalog: Catalog, at: datetime, language: str = "en") -> list[UpstreamIncident]:
    """Return what is open at a moment, the newest first. No query where the catalogue names no such page."""
    return [found for found in _incidents(service, catalog, at - QUIET_FOR, at, language) if found.ended_at is None]


def beside(
    service: Service, catalog: Catalog, opened: datetime, at: datetime, language: str = "en"
) -> list[UpstreamIncident]:
    """Return what was open when an incident of the service began, or began soon after it, as known at a moment."""
    until = min(opened + NEAR, at)
    found = _incidents(service, catalog, opened - QUIET_FOR, at, language)
    return [one for one in found if one.started_at <= until and (one.ended_at is None or one.ended_at >= opened - NEAR)]


def _incidents(
    service: Service, catalog: Catalog, since: datetime, at: datetime, language: str
) -> list[UpstreamIncident]:
    pages = {source.slug: source for source in catalog.upstream_sources()}
    if not pages:
        return []
    known = Announcement.objects.filter(service=service, source__in=list(pages), seen_at__lte=at, deleted_at=None)
    lately = known.filter(posted_at__gt=since)
    threads_of_late = lately.exclude(thread="").values("thread")  # an incident began with its first post, however early
    rows = known.filter(Q(posted_at__gt=since) | Q(posted_at__gt=since - LONGEST, thread__in=threads_of_late)).order_by(
        "-posted_at", "-seen_at", "-id"
    )[:MOST_POSTS]
    threads: dict[tuple[str, str], list[Announcement]] = defaultdict(list)
    for row in reversed(rows):
        threads[row.source, row.thread or row.external_id].append(row)
    found = [
        incident
        for (slug, _), posts in threads.items()
        if posts[-1].posted_at > since
        and _is_needed(pages[slug], posts)
        and (incident := _incident(pages[slug], posts, language)) is not None
    ]
    return sorted(found, key=lambda incident: incident.started_at, reverse=True)


def _is_needed(page: Source, posts: Iterable[Announcement]) -> bool:
    """Return whether posts speak of a part that the service needs, in their words or in a field of their own."""
    said = "\n".join(part for post in posts for part in (post.text, *post.stated.get("components", ()))).casefold()
    return not page.needs or any(part.casefold() in said for part in page.needs)


def _incident(page: Source, posts: Sequence[Announcement], language: str) -> UpstreamIncident | None:
    """Return the incident that posts of one thread tell of, oldest first; None where none was ever open."""
    told = [(post.corrected_stage or post.stage, post) for post in posts]
    told = [(stage, post) for stage, post in told if stage not in ("", "irrelevant")]
    if not any(stage in OPEN_STAGES for stage, _ in told):
        return None
    stage, last = told[-1]
    first = posts[0]
    return UpstreamIncident(
        source=page.slug,
        name=localise(page.upstream, language),
        title=first.text.partition("\n")[0][:MOST_CHARACTERS],
        stage=stage,
        started_at=first.posted_at,
        updated_at=last.posted_at,
        ended_at=None if stage in OPEN_STAGES else last.posted_at,
        url=last.url or page.url,
    )
