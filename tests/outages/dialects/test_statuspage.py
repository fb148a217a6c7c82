"""Statuspage v2: its shapes, its enumerations, and never an all-clear that nobody gave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outages.dialects.statuspage import render
from tests import factories

from .conftest import MINUTE, NOW, STATES, add_plan

pytestmark = pytest.mark.django_db

DOCUMENTS = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)
Read = Callable[..., Any]


def enumerations_hold(document: dict[str, Any]) -> None:
    """Every value of the document is one of the standard's."""
    assert document.get("status", {}).get("indicator", "none") in render.INDICATORS
    for component in document.get("components", []):
        assert component["status"] in render.COMPONENT_STATUSES
    for name, statuses in (
        ("incidents", render.INCIDENT_STATUSES),
        ("scheduled_maintenances", render.MAINTENANCE_STATUSES),
    ):
        for entry in document.get(name, []):
            assert entry["status"] in statuses
            assert entry["impact"] in render.INDICATORS
            assert all(update["status"] in statuses for update in entry["incident_updates"])
            assert all(component["status"] in render.COMPONENT_STATUSES for component in entry["components"])


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("state", [*STATES, "resolved", "dismissed", "merged"])
def test_no_value_is_outside_the_standard(read: Read, service: Any, now: datetime, state: str, document: str) -> None:
    kind = "maintenance" if state == "maintenance" else "outage"
    factories.an_incident(service, now - 30 * MINUTE, states=((0, "possible"), (5, state)), kind=kind)
    add_plan(service, now - timedelta(hours=3), "Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.")
    enumerations_hold(read(f"/acme/api/v2/{document}.json").json())


def test_a_calm_service_has_no_indicator_and_operational_components(read: Read, service: Any) -> None:
    summary = read("/acme/api/v2/summary.json").json()
    assert summary["status"] == {"indicator": "none", "description": "No problems"}
    assert {component["status"] for component in summary["components"]} == {"operational"}
    assert (summary["incidents"], summary["scheduled_maintenances"]) == ([], [])
    assert summary["page"]["id"] == "acme"
    assert summary["page"]["url"].endswith("/acme/")


@pytest.mark.parametrize("unwatched_minutes", [4, 16, 600])
def test_what_nobody_watches_is_never_operational(read: Read, db: None, now: datetime, unwatched_minutes: int) -> None:
    service = factories.a_service()
    factories.watched(service, now - timedelta(hours=12), now - unwatched_minutes * MINUTE)
    summary = read("/acme/api/v2/summary.json").json()
    assert summary["status"]["indicator"] == "minor"
    assert summary["status"]["description"].startswith("Unknown")
    assert {component["status"] for component in summary["components"]} == {"degraded_performance"}


def test_a_service_that_was_never_watched_is_never_operational(read: Read, db: None, now: datetime) -> None:
    factories.a_service()
    status = read("/acme/api/v2/status.json").json()["status"]
    assert (status["indicator"], status["description"][:7]) == ("minor", "Unknown")


@pytest.mark.parametrize(
    ("state", "countries", "components", "indicator", "of_app", "of_login"),
    [
        ("possible", (), ("app",), "minor", "degraded_performance", "operational"),
        ("confirmed", ("NL",), ("app",), "major", "partial_outage", "operational"),
        ("confirmed", (), ("login",), "major", "operational", "major_outage"),
        ("confirmed", (), ("app", "login"), "critical", "major_outage", "major_outage"),
        ("recovering", (), ("app",), "minor", "degraded_performance", "operational"),
        ("maintenance", (), ("login",), "maintenance", "operational", "under_maintenance"),
    ],
)
def test_a_state_has_its_words(
    read: Read,
    service: Any,
    now: datetime,
    state: str,
    countries: tuple[str, ...],
    components: tuple[str, ...],
    indicator: str,
    of_app: str,
    of_login: str,
) -> None:
    factories.an_incident(service, now - 9 * MINUTE, states=((0, state),), countries=countries, components=components)
    summary = read("/acme/api/v2/summary.json").json()
    found = {component["id"]: component["status"] for component in summary["components"]}
    assert summary["status"]["indicator"] == indicator
    assert (found["acme-app"], found["acme-login"]) == (of_app, of_login)


def test_the_worst_of_two_incidents_is_said_of_a_component(read: Read, service: Any, now: datetime) -> None:
    for state in ("possible", "confirmed"):
        factories.an_incident(service, now - 9 * MINUTE, states=((0, state),))
    components = read("/acme/api/v2/components.json").json()["components"]
    assert components[0]["status"] == "major_outage"


def test_an_incident_tells_its_updates_newest_first(read: Read, outage: Any) -> None:
    (incident,) = read("/acme/api/v2/incidents/unresolved.json").json()["incidents"]
    assert incident["name"] == "Outage in North Holland: Mobile app"
    assert [update["status"] for update in incident["incident_updates"]] == ["identified", "investigating"]
    assert incident["impact"] == "major"
    assert (incident["created_at"], incident["resolved_at"]) == ("2026-03-02T11:20:00Z", None)
    assert incident["shortlink"].endswith("/acme/incidents/1")
    assert [component["name"] for component in incident["components"]] == ["Mobile app"]


def test_what_is_over_is_resolved_and_not_among_the_unresolved(read: Read, service: Any, now: datetime) -> None:
    states = ((0, "possible"), (5, "confirmed"), (20, "recovering"), (30, "resolved"))
    factories.an_incident(service, now - 50 * MINUTE, states=states)
    (incident,) = read("/acme/api/v2/incidents.json").json()["incidents"]
    assert (incident["status"], incident["monitoring_at"], incident["resolved_at"]) == (
        "resolved",
        "2026-03-02T11:30:00Z",
        "2026-03-02T11:40:00Z",
    )
    assert read("/acme/api/v2/incidents/unresolved.json").json()["incidents"] == []
    assert read("/acme/api/v2/summary.json").json()["incidents"] == []


def test_a_component_changes_when_its_incidents_do_and_not_each_minute(
    read: Read, service: Any, outage: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moments() -> dict[str, str]:
        components = read("/acme/api/v2/components.json").json()["components"]
        return {component["id"]: component["updated_at"] for component in components}

    first = moments()
    assert first["acme-app"] == "2026-03-02T11:30:00Z"
    monkeypatch.setattr(timezone, "now", lambda: now + MINUTE)
    factories.watched(service, now, now + MINUTE)
    assert moments() == first


def test_a_false_alarm_had_no_impact(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 50 * MINUTE, states=((0, "possible"), (5, "dismissed")))
    (incident,) = read("/acme/api/v2/incidents.json").json()["incidents"]
    assert (incident["status"], incident["impact"]) == ("resolved", "none")


@pytest.mark.parametrize(
    ("text", "status", "listed_in"),
    [
        ("Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.", "scheduled", "upcoming"),
        ("Planned maintenance on 2 March 2026, 11:00 to 14:00 UTC.", "in_progress", "active"),
        ("Planned maintenance on 1 March 2026, 22:00 to 23:00 UTC.", "completed", None),
    ],
)
def test_announced_maintenance_is_scheduled_then_active_then_completed(
    read: Read, service: Any, now: datetime, text: str, status: str, listed_in: str | None
) -> None:
    add_plan(service, now - timedelta(days=2), text)
    (entry,) = read("/acme/api/v2/scheduled-maintenances.json").json()["scheduled_maintenances"]
    assert entry["impact"] == "maintenance"
    assert entry["status"] == status
    assert entry["scheduled_for"] < entry["scheduled_until"]
    assert entry["incident_updates"][0]["body"] == text
    for name in ("upcoming", "active"):
        found = read(f"/acme/api/v2/scheduled-maintenances/{name}.json").json()["scheduled_maintenances"]
        assert [each["id"] for each in found] == ([entry["id"]] if name == listed_in else [])


def test_maintenance_that_was_announced_and_seen_is_listed_once(read: Read, service: Any, now: datetime) -> None:
    add_plan(service, now - timedelta(days=2), "Planned maintenance on 2 March 2026, 11:30 to 14:00 UTC.")
    factories.an_incident(service, now - 20 * MINUTE, states=((0, "maintenance"),), kind="maintenance")
    (entry,) = read("/acme/api/v2/scheduled-maintenances/active.json").json()["scheduled_maintenances"]
    assert entry["id"] == "acme-1"
    assert (entry["scheduled_for"], entry["scheduled_until"]) == ("2026-03-02T11:30:00Z", "2026-03-02T14:00:00Z")


@pytest.mark.parametrize(
    "changes",
    [{"tier": "community"}, {"relevant": False}, {"corrected_stage": "resolved"}, {"deleted_at": NOW}],
)
def test_a_post_that_is_no_plan_schedules_nothing(
    read: Read, service: Any, now: datetime, changes: dict[str, Any]
) -> None:
    add_plan(service, now - timedelta(days=1), "Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.", **changes)
    assert read("/acme/api/v2/scheduled-maintenances.json").json()["scheduled_maintenances"] == []


def test_the_past_played_back_says_so_in_the_name_of_the_page(read: Read, db: None, now: datetime) -> None:
    factories.a_service(clock="recorded", accepts_reports=False, provenance="A reconstruction.")
    assert read("/acme/api/v2/status.json").json()["page"]["name"] == "Acme (reconstruction)"


# ── which service answers ────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_live_service_answers_at_the_root(read: Read, db: None, now: datetime) -> None:
    factories.a_service("played", position=1, clock="recorded", accepts_reports=False, provenance="Once.")
    factories.a_service("live", position=2)
    factories.a_service("later", position=3)
    assert read("/api/v2/status.json").json()["page"]["id"] == "live"


def test_the_setting_names_the_service_at_the_root(read: Read, db: None, now: datetime, settings: Any) -> None:
    for slug in ("one", "two"):
        factories.a_service(slug)
    settings.DEFAULT_SERVICE = "two"
    assert read("/api/v2/status.json").json()["page"]["id"] == "two"
    settings.DEFAULT_SERVICE = "twoo"
    assert "Did you mean two?" in read("/api/v2/status.json", 404).json()["detail"]


def test_a_host_named_after_a_service_answers_for_it(client: Any, db: None, now: datetime, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [".status.example"]
    for slug in ("one", "two"):
        factories.a_service(slug)
    found = {
        host: client.get("/api/v2/status.json", headers={"host": host}).json()["page"]["id"]
        for host in ("status.example", "two.status.example", "one.status.example:8443")
    }
    assert found == {"status.example": "one", "two.status.example": "two", "one.status.example:8443": "one"}


@pytest.mark.parametrize("kept_s", [0.0, 60.0])
def test_answers_that_are_kept_are_not_mixed_up_between_hosts(
    client: Any, db: None, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch, kept_s: float
) -> None:
    from outages.api.framework.views import ReadView

    monkeypatch.setattr(ReadView, "kept_s", kept_s)
    test_a_host_named_after_a_service_answers_for_it(client, db, now, settings)


# ── how it is answered ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("prefix", ["", "/acme"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_may_be_cached_and_read_from_any_site(
    client: Any, read: Read, outage: Any, prefix: str, document: str
) -> None:
    address = f"{prefix}/api/v2/{document}.json"
    answer = read(address, origin="https://elsewhere.example")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=15, stale-while-revalidate=60"
    assert answer["Content-Type"] == "application/json"
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("accept", ["text/html", "image/png", "*/*", ""])
def test_the_address_says_the_format_not_the_accept_header(read: Read, service: Any, accept: str) -> None:
    assert read("/acme/api/v2/status.json", accept=accept).json()["page"]["id"] == "acme"


@pytest.mark.parametrize("address", ["/api/v2/nothing.json", "/acme/api/v2/", "/nobody/api/v2/status.json", "/api/v2/"])
def test_what_is_not_there_is_a_404_in_json(read: Read, service: Any, address: str) -> None:
    answer = read(address, 404)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["status"] == 404


def test_a_browser_that_asks_beforehand_is_let_in(client: Any, service: Any) -> None:
    answer = client.options("/api/v2/summary.json", headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]


def test_no_service_at_all_is_a_404(read: Read, db: None) -> None:
    assert read("/api/v2/summary.json", 404).json()["type"] == "/api/problems/unknown-service"


def test_the_methods_that_are_not_taken_are_refused(client: Any, service: Any) -> None:
    assert client.post("/api/v2/status.json").status_code == 405


@pytest.mark.parametrize("document", DOCUMENTS)
def test_more_incidents_ask_no_more_queries(
    read: Read, outage: Any, service: Any, now: datetime, document: str
) -> None:
    address = f"/acme/api/v2/{document}.json"
    read(address)
    with CaptureQueriesContext(connection) as few:
        read(address)
    for i in range(20):
        factories.an_incident(service, now - timedelta(hours=i, minutes=90), states=((0, "possible"), (9, "resolved")))
        factories.an_incident(service, now - timedelta(minutes=i))
        add_plan(service, now - timedelta(hours=i), f"Planned maintenance on {4 + i} March 2026, 02:00 to 04:00 UTC.")
    with CaptureQueriesContext(connection) as many:
        read(address)
    assert len(many) == len(few) <= 10


def test_the_api_of_version_one_is_where_it_was(read: Read, service: Any) -> None:
    assert read("/api/v1/services/acme/status").json()["verdict"] == "ok"
    assert read("/api/v3/status.json", 404)["Content-Type"] == "application/problem+json"
    assert b"Acme" in read("/acme/").content
