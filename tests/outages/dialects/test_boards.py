"""Boards: any services and components as one resource, in each of its forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
import recurring_ical_events
from icalendar import Calendar

from tests import factories

from .conftest import MINUTE, add_plan

pytestmark = pytest.mark.django_db
Read = Callable[..., Any]
OF = "bolt,acme.login,acme.app"
BASE = f"/board/{OF}"


@pytest.fixture
def bolt(outage: Any, now: datetime) -> Any:
    """A second service: watched, and well. Acme's app is down."""
    made = factories.a_service("bolt")
    factories.watched(made, now - timedelta(hours=2), now)
    return made


def verdicts(body: dict[str, Any]) -> dict[str, str]:
    return {part["of"]: part["verdict"] for part in body["parts"]}


def test_it_says_the_worst_and_how_each_part_stands(read: Read, outage: Any, bolt: Any, now: datetime) -> None:
    body = read(f"/api/v1/board?of={OF}").json()
    assert (body["of"], body["verdict"], body["ok"]) == (OF, "confirmed", False)
    assert [part["of"] for part in body["parts"]] == ["bolt", "acme.login", "acme.app"]
    assert verdicts(body) == {"bolt": "ok", "acme.login": "ok", "acme.app": "confirmed"}
    assert body["parts"][2]["name"] == "Acme: Mobile app"
    assert [incident["number"] for incident in body["incidents"]] == [1]
    before = read(f"/api/v1/board?of={OF}&at={now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}").json()
    assert (before["verdict"], before["incidents"]) == ("ok", [])
    calm = read("/api/v1/board?of=acme.login,bolt").json()
    assert (calm["verdict"], calm["ok"], calm["incidents"]) == ("ok", True, [])


def test_what_is_not_watched_is_never_an_all_clear(read: Read, bolt: Any) -> None:
    factories.a_service("dark")
    body = read("/api/v1/board?of=bolt,dark").json()
    assert (body["verdict"], body["ok"]) == ("unknown", None)
    assert read("/board/bolt,dark/badge.json").json()["isError"] is True
    status = read("/board/bolt,dark/api/v2/status.json").json()["status"]
    assert status["indicator"] == "minor"
    assert status["description"].startswith("Dark: Unknown")
    assert read("/board/bolt,dark,acme.app/api/v2/status.json").json()["status"]["indicator"] == "major"


def test_an_incident_that_names_no_component_is_of_each(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "confirmed"),), components=[])
    assert verdicts(read("/api/v1/board?of=acme.login").json()) == {"acme.login": "confirmed"}
    assert len(read("/feeds/feed.json?of=acme.login").json()["items"]) == 1


def test_every_link_leads_to_the_same_board(read: Read, outage: Any, bolt: Any, settings: Any, now: datetime) -> None:
    add_plan(outage.service, now - timedelta(hours=1), "Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.")
    links = read(f"/api/v1/board?of={OF}").json()["links"]
    address = {name: url.removeprefix(settings.SITE_URL) for name, url in links.items()}
    assert "Acme" in read(address["page"]).content.decode()
    for form in ("atom", "rss"):
        feed = feedparser.parse(read(address[form]).content)
        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == ["Acme: Outage in North Holland: Mobile app (confirmed)"]
    feed = read(address["json_feed"]).json()
    assert (feed["feed_url"], feed["home_page_url"]) == (links["json_feed"], links["page"])
    assert read("/de" + address["json_feed"]).json()["home_page_url"] == f"{settings.SITE_URL}/de/board?of={OF}"
    calendar = Calendar.from_ical(read(address["calendar"]).content)
    assert len(recurring_ical_events.of(calendar).at(now)) == 1
    assert len(calendar.walk("VEVENT")) == 2
    assert len(Calendar.from_ical(read("/feeds/incidents.ics?of=bolt,acme.login").content).walk("VEVENT")) == 0
    assert b"outage" in read(address["badge"]).content
    assert read(address["shields"]).json()["color"] == "red"


def test_statuspages_clients_find_a_page_with_its_parts_as_components(
    read: Read, outage: Any, bolt: Any, now: datetime
) -> None:
    summary = read(f"{BASE}/api/v2/summary.json").json()
    assert summary["status"] == {"indicator": "major", "description": "Acme: Outage: Mobile app"}
    assert [(one["id"], one["name"], one["status"], one["position"]) for one in summary["components"]] == [
        ("bolt", "Bolt", "operational", 1),
        ("acme-login", "Acme: Sign-in", "operational", 2),
        ("acme-app", "Acme: Mobile app", "partial_outage", 3),
    ]
    (incident,) = summary["incidents"]
    assert [component["id"] for component in incident["components"]] == ["acme-app"]
    assert {summary["page"]["id"], incident["page_id"], *(one["page_id"] for one in summary["components"])} == {"board"}
    assert read("/board/acme/api/v2/components.json").json()["components"][0]["status"] == "partial_outage"
    assert read("/board/acme.login/api/v2/incidents.json").json()["incidents"] == []
    assert read("/board/acme.login/api/v2/status.json").json()["status"]["indicator"] == "none"
    for name in ("components", "incidents", "incidents/unresolved", "scheduled-maintenances", "status"):
        read(f"{BASE}/api/v2/{name}.json")


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("", "Name 1 to 50"),
        (",,", "Name 1 to 50"),
        ("acmee", "Did you mean"),
        ("acme.ap", "app"),
        ("acme.app.x", "no component"),
        (",".join(f"s{n}" for n in range(51)), "Name 1 to 50"),
        ("a" * 4001, "At most"),
        ("a\0", "There is no service"),
    ],
)
def test_what_names_no_board_is_a_problem_that_says_so(client: Any, service: Any, of: str, said: str) -> None:
    answer = client.get("/api/v1/board", {"of": of})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert said in json.dumps(answer.json())
    if of.strip(",") and "\0" not in of:
        there = client.get(f"/board/{of}/badge.svg")
        assert (there.status_code, there["Content-Type"]) == (404, "application/problem+json")


def test_names_are_read_in_any_case_once_and_in_order(read: Read, bolt: Any) -> None:
    assert read("/api/v1/board?of=Bolt,%20acme.APP,bolt").json()["of"] == "bolt,acme.app"


def test_a_large_board_costs_no_more_queries(read: Read, service: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        factories.a_service(f"more{number}")
    of = ",".join(["acme", *(f"more{number}" for number in range(12))])
    with django_assert_max_num_queries(9):
        read(f"/api/v1/board?of={of}")
    with django_assert_max_num_queries(12):
        read(f"/feeds/atom.xml?of={of}")
