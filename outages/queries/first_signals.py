"""Who knew first: when crowd, probes and official word first spoke of an incident, and how late official word was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import Q

from outages.models import Announcement
from outages.queries.incidents import IncidentView
from reports.models import Service

SIGNS = ("crowd", "probes")
BEFORE, AFTER = timedelta(hours=2), timedelta(hours=1)  # a post of this time around an incident may be about it
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class First:
    """When each kind of evidence first spoke of an incident; None where it never did."""

    incident: IncidentView
    crowd: datetime | None
    probes: datetime | None
    official: datetime | None

    @property
    def sign(self) -> datetime | None:
        """The first sign from crowd or probes."""
        return min((at for at in (self.crowd, self.probes) if at is not None), default=None)

    @property
    def delay_minutes(self) -> float | None:
        """Minutes from the first sign to official word, negative where that came before; None without either."""
        if self.sign is None or self.official is None:
            return None
        return (self.official - self.sign) / MINUTE


@dataclass(frozen=True, slots=True)
class DelaySummary:
    """Delays of several incidents. `median_minutes` is over those with official word; None without any."""

    incidents: int
    with_word: int
    median_minutes: float | None

    @property
    def without_word(self) -> int:
        return self.incidents - self.with_word


def summed_up(firsts: Sequence[First]) -> DelaySummary:
    """The delays of incidents that had a first sign."""
    signed = [first for first in firsts if first.sign is not None]
    delays = [first.delay_minutes for first in signed if first.delay_minutes is not None]
    return DelaySummary(len(signed), len(delays), median(delays) if delays else None)


def first_signs(events: Iterable[tuple[datetime, Sequence[Mapping[str, Any]]]]) -> dict[str, datetime]:
    """When each kind of SIGNS first spoke, from events in order of time: the first that rests on it."""
    found: dict[str, datetime] = {}
    for at, evidence in events:
        for term in evidence:
            kind = str(term.get("kind"))
            if kind in SIGNS and (term.get("nats") or 0) > 0:
                found.setdefault(kind, at)
    return found


def official_word(view: IncidentView, posts: Iterable[Announcement], until: datetime) -> datetime | None:
    """When official word of an incident was first posted: by posts linked with it, or relevant ones of its time that
    are linked with no other. Word from long before it opened is not about it."""
    end = view.resolved_at or until
    times = [
        post.posted_at
        for post in posts
        if post.tier == Announcement.Tier.OFFICIAL
        and (
            post.incident_id == view.id
            or (post.incident_id is None and view.opened_at - BEFORE <= post.posted_at <= end + AFTER)
        )
    ]
    return min(times, default=None)


def read(service: Service, incidents: Sequence[IncidentView], at: datetime) -> list[First]:
    """The firsts of incidents, as known at a moment. Two queries, however many incidents there are."""
    if not incidents:
        return []
    signs = _signs([view.id for view in incidents], at)
    since = min(view.opened_at for view in incidents) - BEFORE
    posts = list(
        Announcement.objects.filter(
            service=service, tier=Announcement.Tier.OFFICIAL, seen_at__lte=at, posted_at__gte=since
        )
        .filter(Q(corrected_relevant=True) | Q(corrected_relevant=None, relevant=True))
        .only("posted_at", "tier", "incident_id")
    )
    return [
        First(
            view,
            signs.get((view.id, "crowd")),
            signs.get((view.id, "probes")),
            official_word(view, posts, at),
        )
        for view in incidents
    ]


def _signs(ids: Sequence[int], at: datetime) -> dict[tuple[int, str], datetime]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.incident_id, term ->> 'kind', min(e.at) FROM outages_incidentevent e, "
            "jsonb_array_elements(e.evidence) term WHERE e.incident_id = ANY(%s) AND e.at <= %s "
            "AND term ->> 'kind' = ANY(%s) AND (term ->> 'nats')::float > 0 GROUP BY 1, 2",
            [list(ids), at, list(SIGNS)],
        )
        return {(incident, kind): first for incident, kind, first in cursor.fetchall()}
