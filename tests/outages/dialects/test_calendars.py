"""The calendar, read by icalendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from tests import factories

from .conftest import MINUTE, add_plan

pytestmark = pytest.mark.django_db
Read = Callable[..., Any]


def events_of(read: Read, address: str = "/acme/feeds/incidents.ics") -> dict[str, Any]:
    """The calendar's events by UID."""
    answer = read(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert not calendar.errors
    assert (str(calendar["VERSION"]), str(calendar["METHOD"])) == ("2.0", "PUBLISH")
    found = {}
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        assert all(name in event for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"))
        found[str(event["UID"])] = event
    return found


def test_an_open_incident_lasts_until_calendars_ask_again(
    read: Read, outage: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    (event,) = events_of(read).values()
    assert (event.start, event.end) == (now - 40 * MINUTE, now + 15 * MINUTE)
    assert str(event["STATUS"]) == "CONFIRMED"
    assert str(event["LOCATION"]) == "North Holland"
    assert str(event["URL"]).endswith("/acme/incidents/1")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=10, seconds=50))
    (later,) = events_of(read).values()
    assert later.end == now + 25 * MINUTE
    assert later["DTSTAMP"].dt > event["DTSTAMP"].dt  # else calendars keep the older one
    content = read("/acme/feeds/incidents.ics").content
    found = recurring_ical_events.of(Calendar.from_ical(content))
    assert len(found.at(now + 10 * MINUTE)) == 1
    as_home_assistant = IcsCalendarStream.calendar_from_ics(content.decode())
    soon = now + 10 * MINUTE
    (going_on,) = as_home_assistant.timeline_tz(UTC).overlapping(soon, soon + MINUTE)
    assert going_on.summary == str(event["SUMMARY"])


def test_a_calendar_without_events_is_a_calendar(read: Read, service: Any) -> None:
    assert events_of(read) == {}
    content = read("/acme/feeds/incidents.ics").content.decode()
    assert not IcsCalendarStream.calendar_from_ics(content).events
    calendar = Calendar.from_ical(read("/acme/feeds/incidents.ics").content)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_an_event_keeps_its_uid_and_counts_its_changes(read: Read, outage: Any, now: datetime) -> None:
    from outages.models import Incident

    (before,) = events_of(read).items()
    outage.events.create(at=now, from_state="confirmed", to_state="resolved", reason="quiet", code="reports-stopped")
    Incident.objects.filter(pk=outage.pk).update(state="resolved", resolved_at=now, updated_at=now)
    (after,) = events_of(read).items()
    assert before[0] == after[0] == "acme-1@localhost"
    assert (int(before[1]["SEQUENCE"]), int(after[1]["SEQUENCE"])) == (2, 3)
    assert after[1].end == now
    assert before[1]["DTSTAMP"].dt <= after[1]["DTSTAMP"].dt


@pytest.mark.parametrize(
    ("state", "status"),
    [("possible", "TENTATIVE"), ("confirmed", "CONFIRMED"), ("dismissed", "CANCELLED"), ("merged", "CANCELLED")],
)
def test_how_sure_we_are_is_the_status(read: Read, service: Any, now: datetime, state: str, status: str) -> None:
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "possible"), (3, state)))
    (event,) = events_of(read).values()
    assert str(event["STATUS"]) == status


def test_announced_maintenance_is_in_the_calendar_at_its_time(read: Read, service: Any, now: datetime) -> None:
    post = add_plan(service, now - timedelta(days=1), "Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.")
    post.revisions.create(text="Planned maintenance.", content_hash="1", replaced_at=now)
    (event,) = events_of(read).values()
    assert (event.start, event.end) == (
        datetime(2026, 3, 4, 2, tzinfo=UTC),
        datetime(2026, 3, 4, 4, tzinfo=UTC),
    )
    assert str(event["SUMMARY"]) == "Acme: Planned maintenance: Mobile app"
    assert int(event["SEQUENCE"]) == 1


def test_maintenance_that_was_announced_and_seen_is_one_event(read: Read, service: Any, now: datetime) -> None:
    add_plan(service, now - timedelta(days=2), "Planned maintenance on 2 March 2026, 11:30 to 14:00 UTC.")
    factories.an_incident(service, now - 20 * MINUTE, states=((0, "maintenance"),), kind="maintenance")
    (event,) = events_of(read).values()
    assert event.categories == ["MAINTENANCE"]


def test_one_calendar_holds_all_services(read: Read, outage: Any, now: datetime) -> None:
    factories.an_incident(factories.a_service("other"), now - 5 * MINUTE)
    assert events_of(read, "/feeds/incidents.ics").keys() == {"acme-1@localhost", "other-1@localhost"}
