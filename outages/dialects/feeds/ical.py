"""Incidents and planned maintenance as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vDuration

from outages.dialects.common.stories import Plan, Story
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


def calendar(title: str, stories: Iterable[Story], plans: Iterable[Plan]) -> str:
    """A calendar to subscribe to. The same incidents give the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Brownout//Outages//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", clean(title))
    made.add("x-wr-calname", clean(title))
    made.add("refresh-interval", vDuration(ASK_AGAIN), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(ASK_AGAIN))
    for story in stories:
        made.add_component(_of_story(story))
    for plan in plans:
        made.add_component(_of_plan(plan))
    return str(made.to_ical().decode())


def _uid(key: str) -> str:
    """Stays the same for as long as the site keeps its name."""
    return f"{key}@{urlsplit(settings.SITE_URL).hostname}"


def _of_story(story: Story) -> Event:
    """An incident. One that goes on has no end yet: an end that moved each minute would be a new revision each time."""
    incident, last = story.incident, story.events[-1]
    changes = [f"{event.at:%Y-%m-%d %H:%M} UTC {state_word(event.to_state)}: {said(event)}" for event in story.events]
    made = Event()
    made.add("uid", _uid(story.key))
    made.add("sequence", len(story.events))
    made.add("dtstamp", last.at)
    made.add("created", incident.opened_at)
    made.add("last-modified", last.at)
    made.add("dtstart", incident.opened_at)
    if incident.resolved_at is not None and not incident.is_open:
        made.add("dtend", max(incident.resolved_at, incident.opened_at + timedelta(minutes=1)))
    made.add("summary", story.title)
    made.add("description", "\n".join(changes))
    made.add("url", story.url)
    made.add("status", _STATUS.get(Incident.State(incident.state), "CONFIRMED"))
    made.add("categories", ["MAINTENANCE" if story.is_maintenance else "OUTAGE"])
    made.add("transp", "TRANSPARENT")
    if story.where:
        made.add("location", clean(story.where))
    return made


def _of_plan(plan: Plan) -> Event:
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
