"""Incidents with their events, and planned maintenance: what feeds, calendars, alerts and status pages tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from config.languages import path_in
from outages.detection.classifier import window
from outages.dialects.common.text import clean, marked_name
from outages.models import Announcement, Incident, IncidentEvent
from outages.queries import status
from outages.texts import titles
from outages.texts.lists import listed
from outages.texts.titles import Headline
from reports.catalog.schema import Catalog
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.models import Service

MOST = 50
PLANS_AHEAD = timedelta(days=60)  # a plan is not announced earlier, and not looked for longer

# Headlines that are their state's word already: "Possible outage … (possible)" would say it twice.
_SAID = frozenset({(Headline.POSSIBLE, Incident.State.POSSIBLE), (Headline.MAINTENANCE, Incident.State.MAINTENANCE)})


@dataclass(frozen=True, slots=True)
class Story:
    """An incident with all its events, oldest first; there is at least one."""

    service: Service
    catalog: Catalog
    incident: Incident
    events: list[IncidentEvent]
    language: str

    def until(self, number: int) -> Story:
        """Return the story as it stood after so many of its events."""
        if number >= len(self.events):
            return self
        last = self.events[number - 1]
        then = copy(self.incident)
        then.state, then.symptom, then.headline = Incident.State(last.to_state), last.symptom, last.headline
        then.components, then.countries, then.regions = last.components, last.countries, last.regions
        then.confidence, then.updated_at = last.confidence, last.at
        if then.confirmed_at is not None and then.confirmed_at > last.at:
            then.confirmed_at = None
        then.resolved_at = None if then.is_open else last.at
        return replace(self, incident=then, events=self.events[:number])

    @property
    def name(self) -> str:
        """The service's name, marked where it plays back the past."""
        return marked_name(self.catalog, self.language)

    @property
    def is_maintenance(self) -> bool:
        return self.incident.kind == Incident.Kind.MAINTENANCE or self.incident.state == Incident.State.MAINTENANCE

    @property
    def is_false_alarm(self) -> bool:
        return self.incident.state == Incident.State.DISMISSED

    @property
    def parts(self) -> str:
        """The names of its components, or an empty text."""
        return listed(status.component_names(self.catalog, self.incident.components, self.language), self.language)

    @property
    def where(self) -> str:
        """Its places in a few words; empty means everywhere."""
        return status.where(self.incident, self.language)

    @property
    def kind(self) -> Headline:
        """What it is, whatever its state."""
        if self.is_maintenance:
            return Headline.MAINTENANCE
        return Headline.OUTAGE if self.incident.confirmed_at is not None else Headline.POSSIBLE

    @property
    def headline(self) -> str:
        """What it is, in a few words: a moderator's, else "Possible outage in the Netherlands: Mobile app"."""
        if self.incident.headline:
            return clean(" ".join(self.incident.headline.split()))
        in_places = status.in_places(self.incident, self.language)
        return clean(titles.headline(self.kind, in_places=in_places, details=self.parts))

    @property
    def title(self) -> str:
        """The headline with the service's name before it, and the state behind where the headline doesn't say it."""
        state = self.incident.state
        is_said = not self.incident.headline and (self.kind, state) in _SAID
        return clean(titles.named_headline(self.name, self.headline, "" if is_said else state))

    @property
    def url(self) -> str:
        """Its page, in the story's language."""
        return settings.SITE_URL + path_in(f"/{self.service.slug}/incidents/{self.incident.number}", self.language)

    @property
    def key(self) -> str:
        """Names it within this site."""
        return f"{self.service.slug}-{self.incident.number}"


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """Maintenance that an official post announces for a time. `revision` counts the post's edits."""

    service: Service
    catalog: Catalog
    post: Announcement
    starts_at: datetime
    ends_at: datetime
    revision: int
    language: str

    @property
    def name(self) -> str:
        return marked_name(self.catalog, self.language)

    @property
    def parts(self) -> str:
        return listed(status.component_names(self.catalog, self.post.components, self.language), self.language)

    @property
    def headline(self) -> str:
        return clean(titles.headline(Headline.PLANNED, details=self.parts))

    @property
    def title(self) -> str:
        """The headline with the service's name before it."""
        return clean(titles.named_headline(self.name, self.headline))

    @property
    def text(self) -> str:
        return clean(self.post.text)

    @property
    def url(self) -> str:
        return self.post.url or settings.SITE_URL + path_in(f"/{self.service.slug}/", self.language)

    @property
    def key(self) -> str:
        return f"{self.service.slug}-plan-{self.post.pk}"

    def overlaps(self, story: Story) -> bool:
        """Whether the incident is this maintenance."""
        ended_at = story.incident.resolved_at
        return (
            story.is_maintenance
            and story.service.pk == self.service.pk
            and story.incident.opened_at <= self.ends_at
            and (ended_at is None or ended_at >= self.starts_at)
        )


def stories(
    services: Sequence[Service],
    language: str,
    *,
    only_open: bool = False,
    number: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    only: Q | None = None,
    most: int = MOST,
) -> list[Story]:
    """The newest incidents of services as they stand, newest first. Three queries at most.

    `since` and `until` bound when they were opened; `only` leaves out those that do not meet it.
    """
    rows = Incident.objects.filter(service__in=services).order_by("-opened_at", "-pk")
    if only is not None:
        rows = rows.filter(only)
    if only_open:
        rows = rows.filter(state__in=Incident.OPEN_STATES)
    if since is not None:
        rows = rows.filter(opened_at__gte=since)
    if until is not None:
        rows = rows.filter(opened_at__lte=until)
    if number is not None:
        rows = rows.filter(number=number)
    found = list(rows[:most])
    if not found:
        return []
    fetch_catalogs(services)
    by_id = {service.pk: service for service in services}
    events: dict[int, list[IncidentEvent]] = defaultdict(list)
    for event in IncidentEvent.objects.filter(incident__in=found).order_by("at", "id"):
        events[event.incident_id].append(event)
    return [
        Story(by_id[row.service_id], catalog_of(by_id[row.service_id]), row, events[row.pk], language)
        for row in found
        if row.pk in events
    ]


def plans(services: Sequence[Service], language: str, moments: dict[int, datetime]) -> list[PlannedWork]:
    """Maintenance that was announced for a time, the latest first; `moments` gives each service's present.

    Of several posts that name the same time the newest counts. Two queries at most.
    """
    if not services:
        return []
    posts = (
        Announcement.objects.filter(service__in=services, tier=Announcement.Tier.OFFICIAL, deleted_at=None)
        .filter(Q(corrected_relevant=True) | Q(corrected_relevant=None, relevant=True))
        .filter(Q(corrected_stage="planned") | Q(corrected_stage="", stage="planned"))
        .filter(posted_at__gte=min(moments.values()) - PLANS_AHEAD)
        .annotate(edits=Count("revisions"))
        .order_by("posted_at", "pk")
    )
    fetch_catalogs(services)
    by_id = {service.pk: service for service in services}
    found: dict[tuple[int, int, int], PlannedWork] = {}
    for post in posts:
        service = by_id[post.service_id]
        span = window.find(post.text, post.posted_at.timestamp())
        if span is None or post.seen_at > moments[service.pk] or post.posted_at < moments[service.pk] - PLANS_AHEAD:
            continue
        found[service.pk, span.start, span.end] = PlannedWork(
            service=service,
            catalog=catalog_of(service),
            post=post,
            starts_at=datetime.fromtimestamp(span.start, UTC),
            ends_at=datetime.fromtimestamp(span.end, UTC),
            revision=post.edits,
            language=language,
        )
    return sorted(found.values(), key=lambda plan: (plan.starts_at, plan.key), reverse=True)[:MOST]


def without_told(plans: Iterable[PlannedWork], stories: Sequence[Story]) -> list[PlannedWork]:
    """The plans that no incident stands for."""
    return [plan for plan in plans if not any(plan.overlaps(story) for story in stories)]
