"""Incidents and planned maintenance as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration

from outages.clock import whole_minute
from outages.dialects.common.stories import PlannedWork, Story
from outages.dialects.common.text import clean, said
from outages.models import Incident
from outages.texts.titles import state_word

ICALENDAR = "text/calendar; charset=utf-8"
ASK_AGAIN = timedelta(minutes=15)

_STATUS = {
    Incident.State.POSSIBLE: "TENTATIVE",
    Incident.State.DISMISSED: "CANCELLED",
    Incident.State.MERGED: "CANCELLED",
}


def calendar(
    title: str, stories: Iterable[Story], plans: Iterable[PlannedWork], moments: Mapping[int, datetime]
) -> str:
    """A calendar to subscribe to. The same incidents give the same bytes within a minute.

    `moments` gives each service's present by its id.
    """
    made = Calendar()
    made.add("prodid", "-//Brownout//Outages//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", clean(title))
    made.add("x-wr-calname", clean(title))
    made.add("refresh-interval", vDuration(ASK_AGAIN), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(ASK_AGAIN))
    made.add_component(_utc())  # a calendar without any component is none
    for story in stories:
        made.add_component(_of_story(story, moments[story.service.pk]))
    for plan in plans:
        made.add_component(_of_plan(plan))
    return str(made.to_ical().decode())


def _uid(key: str) -> str:
    """Stays the same for as long as the site keeps its name."""
    return f"{key}@{urlsplit(settings.SITE_URL).hostname}"


def _utc() -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  # local time, as the standard wants it
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    standard.add("tzname", "UTC")
    zone.add_component(standard)
    return zone


def _of_story(story: Story, now: datetime) -> Event:
    """An incident. One that goes on lasts until calendars ask again: without an end it would have no length at all."""
    incident, last = story.incident, story.events[-1]
    changes = [f"{event.at:%Y-%m-%d %H:%M} UTC {state_word(event.to_state)}: {said(event)}" for event in story.events]
    made = Event()
    made.add("uid", _uid(story.key))
    made.add("sequence", len(story.events))
    changed_at = max(whole_minute(now), last.at) if incident.is_open else last.at
    made.add("dtstamp", changed_at)
    made.add("created", incident.opened_at)
    made.add("last-modified", changed_at)
    made.add("dtstart", incident.opened_at)
    ends_at = changed_at + ASK_AGAIN if incident.is_open else incident.resolved_at or last.at
    made.add("dtend", max(ends_at, incident.opened_at + timedelta(minutes=1)))
    made.add("summary", story.title)
    made.add("description", "\n".join(changes))
    made.add("url", story.url)
    made.add("status", _STATUS.get(Incident.State(incident.state), "CONFIRMED"))
    made.add("categories", ["MAINTENANCE" if story.is_maintenance else "OUTAGE"])
    made.add("transp", "TRANSPARENT")
    if story.where:
        made.add("location", clean(story.where))
    return made


def _of_plan(plan: PlannedWork) -> Event:
    made = Event()
    made.add("uid", _uid(plan.key))
    made.add("sequence", plan.revision)
    made.add("dtstamp", plan.post.seen_at)
    made.add("created", plan.post.posted_at)
    made.add("last-modified", plan.post.seen_at)
    made.add("dtstart", plan.starts_at)
    made.add("dtend", plan.ends_at)
    made.add("summary", plan.title)
    made.add("description", plan.text)
    made.add("url", plan.url)
    made.add("status", "CONFIRMED")
    made.add("categories", ["MAINTENANCE"])
    made.add("transp", "TRANSPARENT")
    return made
