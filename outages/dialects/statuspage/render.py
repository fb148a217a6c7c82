"""Statuspage v2: our words in the shapes and enumerations of Statuspage's public API. Nothing is asked here.

Every value is one of the standard's. Where the standard has no word for what we know, the lightest value that is not an
all-clear stands for it, and the description beside it says what it is: docs/dialects.md has the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from outages.dialects.common.stories import PlannedWork, Story, without_told
from outages.dialects.common.text import capitalised_word, marked_name, said, spoken, stamp
from outages.models import Incident, IncidentEvent
from outages.texts.lists import listed
from outages.verdict import Verdict
from reports.catalog.schema import Catalog, Component, localise
from reports.models import Service

INDICATORS = ("none", "minor", "major", "critical", "maintenance")
COMPONENT_STATUSES = ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")
INCIDENT_STATUSES = ("investigating", "identified", "monitoring", "resolved", "postmortem")
MAINTENANCE_STATUSES = ("scheduled", "in_progress", "verifying", "completed")

OPERATIONAL, DEGRADED, PARTIAL, MAJOR, UNDER_MAINTENANCE = COMPONENT_STATUSES
WORST_FIRST = (MAJOR, PARTIAL, DEGRADED, UNDER_MAINTENANCE, OPERATIONAL)

_INCIDENT_STATUS = {
    Incident.State.POSSIBLE: "investigating",
    Incident.State.CONFIRMED: "identified",
    Incident.State.RECOVERING: "monitoring",
    Incident.State.MAINTENANCE: "identified",
    Incident.State.RESOLVED: "resolved",
    Incident.State.DISMISSED: "resolved",
    Incident.State.MERGED: "resolved",
}


class OpenIncident(Protocol):
    """What is read of an open incident."""

    @property
    def state(self) -> str: ...
    @property
    def components(self) -> list[str]: ...
    @property
    def countries(self) -> list[str]: ...
    @property
    def regions(self) -> list[str]: ...
    @property
    def is_everywhere(self) -> bool: ...


class Standing(Protocol):
    """What is read of how a service stands: of its status, or of its row on a board."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def at(self) -> datetime: ...
    @property
    def as_of(self) -> datetime | None: ...
    @property
    def stale(self) -> bool: ...
    @property
    def incidents(self) -> Sequence[OpenIncident]: ...
    @property
    def incident(self) -> OpenIncident | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer is made of. `stories` and `plans` hold what the answer needs, newest first.

    `parts` are the slugs of the components to show, "" for the service as one; none stands for all of them.
    """

    service: Service
    catalog: Catalog
    status: Standing
    stories: Sequence[Story]
    plans: Sequence[PlannedWork]
    changes: Mapping[str, datetime]  # when each component's incidents last changed
    language: str
    parts: Sequence[str] = ()
    page_id: str = ""

    @property
    def id(self) -> str:
        return self.page_id or self.service.slug

    @property
    def verdict(self) -> Verdict:
        return spoken(self.status.verdict, stale=self.status.stale)

    @property
    def outages(self) -> list[Story]:
        return [story for story in self.stories if not story.is_maintenance]

    @property
    def maintenances(self) -> list[Story]:
        return [story for story in self.stories if story.is_maintenance]


def summary(page: Page) -> dict[str, Any]:
    """Everything that is now: components, unresolved incidents, maintenance under way or to come."""
    return {
        "page": _page(page),
        "components": _components(page),
        "incidents": [_incident(page, story) for story in page.outages if story.incident.is_open],
        "scheduled_maintenances": _maintenances(page, lambda status: status != "completed"),
        "status": _status(page),
    }


def status(page: Page) -> dict[str, Any]:
    """The rollup alone."""
    return {"page": _page(page), "status": _status(page)}


def components(page: Page) -> dict[str, Any]:
    """The components with their statuses."""
    return {"page": _page(page), "components": _components(page)}


def incidents(page: Page) -> dict[str, Any]:
    """The newest incidents, open or not."""
    return {"page": _page(page), "incidents": [_incident(page, story) for story in page.outages]}


def unresolved(page: Page) -> dict[str, Any]:
    """The incidents that are open."""
    found = [_incident(page, story) for story in page.outages if story.incident.is_open]
    return {"page": _page(page), "incidents": found}


def maintenances(page: Page) -> dict[str, Any]:
    """Maintenance to come, under way and completed, the latest first."""
    return {"page": _page(page), "scheduled_maintenances": _maintenances(page, lambda _status: True)}


def upcoming(page: Page) -> dict[str, Any]:
    """Maintenance to come."""
    found = _maintenances(page, lambda status: status == "scheduled")
    return {"page": _page(page), "scheduled_maintenances": found}


def active(page: Page) -> dict[str, Any]:
    """Maintenance under way."""
    found = _maintenances(page, lambda status: status in ("in_progress", "verifying"))
    return {"page": _page(page), "scheduled_maintenances": found}


def _page(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": marked_name(page.catalog, page.language),
        "url": f"{settings.SITE_URL}/{page.service.slug}/",
        "time_zone": "Etc/UTC",
        "updated_at": stamp(page.status.as_of or page.service.loaded_at),
    }


def _status(page: Page) -> dict[str, str]:
    return {"indicator": _indicator(page), "description": _description(page)}


def _indicator(page: Page) -> str:
    """ "critical" is an outage of the service's main component everywhere."""
    if page.verdict == Verdict.OK:
        return "none"
    if page.verdict == Verdict.MAINTENANCE:
        return "maintenance"
    if page.verdict != Verdict.CONFIRMED:
        return "minor"
    confirmed = [view for view in page.status.incidents if view.state == Incident.State.CONFIRMED]
    return "critical" if any(_is_critical(page.catalog, view) for view in confirmed) else "major"


def _is_critical(catalog: Catalog, incident: OpenIncident | Incident) -> bool:
    everywhere = not incident.countries and not incident.regions
    return everywhere and (not incident.components or catalog.default_component in incident.components)


def _description(page: Page) -> str:
    word = capitalised_word(page.verdict)
    if page.verdict == Verdict.UNKNOWN:
        if page.status.as_of is None:
            return _("Unknown: not monitored right now, so we can't say whether it works")
        since = page.status.as_of
        return _("Unknown: no new data since %(since)s") % {"since": stamp(since)}
    if page.verdict == Verdict.OK:
        return word
    leading = page.status.incident
    names = {component.slug: localise(component.name, page.language) for component in page.catalog.components}
    parts = listed([names.get(slug, slug) for slug in leading.components], page.language) if leading else ""
    return f"{word}: {parts}" if parts else word


def _component_status(page: Page, slug: str) -> str:
    """The worst that an open incident says of the component; without a word on it, as the service's."""
    if page.verdict == Verdict.UNKNOWN:
        return DEGRADED
    views = [view for view in page.status.incidents if not slug or not view.components or slug in view.components]
    said = [_said_of_component(view) for view in views]
    if said:
        return min(said, key=WORST_FIRST.index)
    return DEGRADED if page.status.stale else OPERATIONAL


def _said_of_component(view: OpenIncident) -> str:
    if view.state == Incident.State.MAINTENANCE:
        return UNDER_MAINTENANCE
    if view.state == Incident.State.CONFIRMED:
        return MAJOR if view.is_everywhere else PARTIAL
    return DEGRADED


def _components(page: Page) -> list[dict[str, Any]]:
    known = {component.slug: component for component in page.catalog.components}
    return [_component(page, known.get(slug), position) for position, slug in enumerate(page.parts or list(known), 1)]


def _component(page: Page, component: Component | None, position: int) -> dict[str, Any]:
    """A component; without one the service as a whole."""
    slug, named = (component.slug, component) if component else ("", page.catalog)
    changed_at = page.changes.get(slug) if slug else max(page.changes.values(), default=None)
    return {
        "id": component_id(page.service.slug, slug),
        "name": _component_name(page, component),
        "status": _component_status(page, slug),
        "created_at": stamp(page.service.created_at),
        "updated_at": stamp(changed_at or page.service.created_at),
        "position": position,
        "description": localise(named.description, page.language) or None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": page.id,
        "group": False,
        "only_show_if_degraded": False,
    }


def component_id(service: str, slug: str) -> str:
    """Return the id of a component; without a slug that of the service as a whole."""
    return f"{service}-{slug}" if slug else service


def _component_name(page: Page, component: Component | None) -> str:
    """Its name; beside other services' with its own service's before it."""
    if component is None:
        return marked_name(page.catalog, page.language)
    name = localise(component.name, page.language)
    return f"{marked_name(page.catalog, page.language)}: {name}" if page.parts else name


def _affected(page: Page, slugs: Sequence[str]) -> list[dict[str, Any]]:
    ids = {component_id(page.service.slug, slug) for slug in slugs} | ({page.service.slug} if slugs else set())
    return [component for component in _components(page) if component["id"] in ids]


def _impact(page: Page, story: Story) -> str:
    """The worst that it was: a false alarm is "none"."""
    if story.is_maintenance:
        return "maintenance"
    if story.is_false_alarm:
        return "none"
    if story.incident.confirmed_at is None:
        return "minor"
    return "critical" if _is_critical(page.catalog, story.incident) else "major"


def _incident(page: Page, story: Story) -> dict[str, Any]:
    incident = story.incident
    recovering = [event.at for event in story.events if event.to_state == Incident.State.RECOVERING]
    return {
        "id": story.key,
        "name": story.headline,
        "status": _INCIDENT_STATUS[Incident.State(incident.state)],
        "created_at": stamp(incident.opened_at),
        "updated_at": stamp(incident.updated_at),
        "monitoring_at": stamp(recovering[-1]) if recovering else None,
        "resolved_at": stamp(incident.resolved_at) if incident.resolved_at and not incident.is_open else None,
        "impact": _impact(page, story),
        "shortlink": story.url,
        "started_at": stamp(incident.opened_at),
        "page_id": page.id,
        "incident_updates": [_update(story, event) for event in reversed(story.events)],
        "components": _affected(page, incident.components),
    }


def _update(story: Story, event: IncidentEvent, status: str | None = None) -> dict[str, Any]:
    at = stamp(event.at)
    return {
        "id": f"{story.key}-{event.pk}",
        "status": status or _INCIDENT_STATUS[Incident.State(event.to_state)],
        "body": said(event),
        "incident_id": story.key,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _maintenances(page: Page, wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
    found = [_of_story(page, story) for story in page.maintenances]
    found += [_of_plan(page, plan) for plan in without_told(page.plans, page.maintenances)]
    found.sort(key=lambda entry: (entry["scheduled_for"], entry["id"]), reverse=True)
    return [entry for entry in found if wanted(entry["status"])]


def _of_story(page: Page, story: Story) -> dict[str, Any]:
    """Maintenance that was seen. Its planned end is known only where a post gave one."""
    plan = next((plan for plan in page.plans if plan.overlaps(story)), None)
    is_open = story.incident.is_open
    ends_at = story.incident.resolved_at if not is_open else plan.ends_at if plan else None
    entry = _incident(page, story)
    entry["status"] = "in_progress" if is_open else "completed"
    for event, update in zip(reversed(story.events), entry["incident_updates"], strict=True):
        update["status"] = "in_progress" if event.to_state in Incident.OPEN_STATES else "completed"
    return {
        **entry,
        "scheduled_for": stamp(plan.starts_at if plan else story.incident.opened_at),
        "scheduled_until": stamp(ends_at) if ends_at else None,
    }


def _of_plan(page: Page, plan: PlannedWork) -> dict[str, Any]:
    """Maintenance that was announced; whether it began is known by the clock alone."""
    now: datetime = page.status.at
    status = "scheduled" if now < plan.starts_at else "in_progress" if now < plan.ends_at else "completed"
    posted_at, seen_at = stamp(plan.post.posted_at), stamp(plan.post.seen_at)
    return {
        "id": plan.key,
        "name": plan.headline,
        "status": status,
        "created_at": posted_at,
        "updated_at": seen_at,
        "monitoring_at": None,
        "resolved_at": stamp(plan.ends_at) if status == "completed" else None,
        "impact": "maintenance",
        "shortlink": plan.url,
        "started_at": posted_at,
        "page_id": page.id,
        "incident_updates": [
            {
                "id": f"{plan.key}-1",
                "status": "scheduled",
                "body": plan.text,
                "incident_id": plan.key,
                "created_at": posted_at,
                "updated_at": seen_at,
                "display_at": posted_at,
                "affected_components": None,
                "deliver_notifications": False,
                "custom_tweet": None,
                "tweet_id": None,
            }
        ],
        "components": _affected(page, plan.post.components),
        "scheduled_for": stamp(plan.starts_at),
        "scheduled_until": stamp(plan.ends_at),
    }
