"""Uptime Kuma's public status page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories

from .conftest import MINUTE, add_plan

pytestmark = pytest.mark.django_db
Read = Callable[..., Any]
ROOT = "/kuma/api/status-page"
DOWN, UP, PENDING, MAINTENANCE = range(4)


def beats_of(read: Read, name: str, slug: str = "acme") -> list[dict[str, Any]]:
    """The beats of a monitor, found as Kuma's own page finds them: by the monitor's number in the page's groups."""
    page = read(f"{ROOT}/{slug}").json()
    numbers = {monitor["name"]: monitor["id"] for group in page["publicGroupList"] for monitor in group["monitorList"]}
    beats: list[dict[str, Any]] = read(f"{ROOT}/heartbeat/{slug}").json()["heartbeatList"][str(numbers[name])]
    return beats


def test_a_page_has_its_parts_as_monitors(read: Read, service: Any) -> None:
    page = read(f"{ROOT}/acme").json()
    assert page.keys() == {"config", "incident", "publicGroupList", "maintenanceList"}
    assert (page["config"]["slug"], page["config"]["title"], page["config"]["published"]) == ("acme", "Acme", True)
    (group,) = page["publicGroupList"]
    assert [monitor["name"] for monitor in group["monitorList"]] == ["Mobile app", "Sign-in", "Charging"]
    assert (page["incident"], page["maintenanceList"]) == (None, [])


@pytest.mark.parametrize(
    ("state", "beat"),
    [("possible", PENDING), ("confirmed", DOWN), ("recovering", DOWN), ("maintenance", MAINTENANCE), ("resolved", UP)],
)
def test_a_beat_says_the_state_of_its_minute(read: Read, service: Any, now: datetime, state: str, beat: int) -> None:
    factories.an_incident(service, now - 10 * MINUTE, states=((0, state),))
    beats = beats_of(read, "Mobile app")
    assert len(beats) == 100
    assert (beats[-1]["status"], beats[-1]["time"]) == (beat, "2026-03-02 12:00:00")
    assert beats[-12]["status"] == UP
    assert {beat["status"] for beat in beats_of(read, "Sign-in")} == {UP}


def test_minutes_that_nobody_watched_are_never_up(read: Read, db: None, now: datetime) -> None:
    service = factories.a_service()
    factories.watched(service, now - timedelta(hours=2), now - 10 * MINUTE)
    beats = beats_of(read, "Mobile app")
    assert [beat["status"] for beat in beats[-10:]] == [PENDING] * 10
    assert beats[-1]["msg"] == "Unknown"
    assert beats[-11]["status"] == UP


def test_the_uptime_of_a_day_is_of_the_watched_minutes(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 30 * MINUTE, states=((0, "confirmed"),))
    shares = read(f"{ROOT}/heartbeat/acme").json()["uptimeList"]
    assert sorted(shares.values()) == [0.75, 1, 1]
    assert all(key.endswith("_24") for key in shares)


def test_an_uptime_of_which_nothing_is_known_is_left_out(read: Read, now: datetime) -> None:
    factories.a_service()
    assert read(f"{ROOT}/heartbeat/acme").json()["uptimeList"] == {}


def test_an_open_incident_and_planned_maintenance_are_on_the_page(read: Read, outage: Any, now: datetime) -> None:
    add_plan(outage.service, now - timedelta(days=1), "Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.")
    page = read(f"{ROOT}/acme").json()
    assert page["incident"]["style"] == "danger"
    assert page["incident"]["title"].startswith("Acme: Outage in North Holland: Mobile app")
    (work,) = page["maintenanceList"]
    assert (work["status"], work["timeslotList"]) == (
        "scheduled",
        [{"startDate": "2026-03-04T02:00:00Z", "endDate": "2026-03-04T04:00:00Z"}],
    )


def test_the_default_page_is_the_default_service(read: Read, service: Any) -> None:
    assert read(f"{ROOT}/default").json() == read(f"{ROOT}/acme").json()
    assert read(f"{ROOT}/heartbeat/default").json() == read(f"{ROOT}/heartbeat/acme").json()


def test_the_past_played_back_says_so(read: Read, now: datetime) -> None:
    factories.a_service(clock="recorded", accepts_reports=False, provenance="Made up.")
    assert read(f"{ROOT}/acme").json()["config"]["title"] == "Acme (reconstruction)"


@pytest.mark.parametrize("address", ["/nobody", "/heartbeat/nobody", "/%00", "/heartbeat/%ff"])
def test_a_page_that_is_not_there_is_a_404(read: Read, db: None, address: str) -> None:
    assert read(ROOT + address, 404)["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/acme", "/heartbeat/acme"])
def test_more_incidents_ask_no_more_queries(read: Read, outage: Any, now: datetime, address: str) -> None:
    read(ROOT + address)
    with CaptureQueriesContext(connection) as few:
        read(ROOT + address)
    for i in range(20):
        factories.an_incident(outage.service, now - timedelta(hours=i), states=((0, "confirmed"), (9, "resolved")))
        factories.an_incident(outage.service, now - timedelta(minutes=i))
    with CaptureQueriesContext(connection) as many:
        read(ROOT + address)
    assert len(many) == len(few) <= 7
