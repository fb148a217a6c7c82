"""Each kind of source, by an answer of its shape: what becomes a post, and how it goes on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outages.models import Announcement
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog import store
from reports.catalog.schema import Catalog, Component, Source, Symptom
from reports.models import Service
from tests.servers.web import Answer, Web

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 23, 40, tzinfo=UTC)
HOUR_AGO = "2026-11-29T22:40:00Z"


def acme(site: Web, kind: Any, path: str = "", **options: Any) -> Service:
    source = Source(slug="s", kind=kind, url=site.url(path), tier="official", authors=["Acme"], **options)
    store.store(
        Catalog(
            slug="acme",
            name="Acme",
            default_component="app",
            entities=["Acme"],
            components=[Component(slug=slug, name=slug) for slug in ("app", "api", "login")],
            symptoms=[Symptom(slug="slow", name="Slow")],
            sources=[source],
        )
    )
    return Service.objects.get(slug="acme")


def serve(site: Web, pages: dict[str, object], encoding: str = "utf-8") -> None:
    for path, document in pages.items():
        site.pages[path] = Answer(200, json.dumps(document).encode(encoding), {"Content-Type": "application/json"})


def read(service: Service, client: Client, minutes: int = 0) -> str:
    return poller.read_source(service, "s", client, NOW + timedelta(minutes=minutes)).state


def stages() -> list[str]:
    return [row.stage for row in Announcement.objects.order_by("posted_at", "id")]


def test_a_mastodon_account_is_read_without_boosts(site: Web, client: Client) -> None:
    account = {"acct": "Acme", "username": "Acme"}
    posts = [
        {"id": "2", "created_at": HOUR_AGO, "content": "<p>The Acme API is down. We&#39;re investigating.</p>", "account": account,  # noqa: E501
         "url": "https://social.example/@Acme/2", "reblog": None},
        {"id": "1", "created_at": HOUR_AGO, "content": "", "account": account, "reblog": {"id": "9"}},
    ]  # fmt: skip
    serve(site, {"/api/v1/accounts/lookup": {"id": "42"}, "/api/v1/accounts/42/statuses": posts})
    service = acme(site, "mastodon", "/@Acme")
    assert [read(service, client), read(service, client, 10)] == ["fine", "fine"]
    row = Announcement.objects.get()
    assert (row.text, row.tier, row.stage) == (
        "The Acme API is down. We're investigating.",
        "official",
        "investigating",
    )
    assert site.times("/api/v1/accounts/lookup") == 1


def test_a_bluesky_account_is_read_without_reposts(site: Web, client: Client) -> None:
    def post(key: str, text: str) -> dict[str, Any]:
        author = {"handle": "Acme", "did": "did:plc:1"}
        return {"post": {"uri": f"at://did:plc:1/app.bsky.feed.post/{key}", "author": author, "record": {"text": text, "createdAt": HOUR_AGO}}}  # fmt: skip  # noqa: E501

    repost = post("b", "Buy our stuff") | {"reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    serve(site, {"/xrpc/app.bsky.feed.getAuthorFeed": {"feed": [post("a", "Acme logins are fixed again."), repost]}})
    assert read(acme(site, "bluesky", "/profile/Acme"), client) == "fine"
    row = Announcement.objects.get()
    assert (row.url, row.stage) == ("https://bsky.app/profile/Acme/post/a", "resolved")


def test_what_instatus_lists_no_more_is_over(site: Web, client: Client) -> None:
    incident = {
        "name": "API down",
        "started": HOUR_AGO,
        "status": "IDENTIFIED",
        "impact": "MAJOROUTAGE",
        "url": "https://acme.example/i/1",
    }
    plan = {"name": "Upgrade", "start": "2026-12-01T02:00:00Z", "status": "NOTSTARTEDYET", "duration": "90", "url": "https://acme.example/m/1"}  # fmt: skip  # noqa: E501
    page = {"page": {"name": "Acme", "status": "HASISSUES"}}
    serve(site, {"/summary.json": page | {"activeIncidents": [incident], "activeMaintenances": [plan]}})
    service = acme(site, "instatus")
    assert read(service, client) == "fine"
    assert stages() == ["identified", "planned"]
    window = Announcement.objects.get(stage="planned").stated["window"]
    assert window[1] - window[0] == 90 * 60
    serve(site, {"/summary.json": page | {"activeMaintenances": [plan]}})
    read(service, client, 10)
    read(service, client, 20)
    assert stages() == ["identified", "planned", "resolved"]


def test_incident_ios_summary_is_followed(site: Web, client: Client) -> None:
    incident = {
        "id": "01A", "name": "Errors", "status": "investigating", "url": "https://acme.example/1", "last_update_at": HOUR_AGO,  # noqa: E501
        "last_update_message": "We are looking.", "affected_components": [{"name": "API", "current_status": "partial_outage"}],  # noqa: E501
    }  # fmt: skip
    summary = {"page_title": "Acme", "in_progress_maintenances": [], "scheduled_maintenances": []}
    serve(site, {"/api/v1/summary": summary | {"ongoing_incidents": [incident]}})
    service = acme(site, "incident-io")
    assert read(service, client) == "fine"
    later = incident | {
        "status": "monitoring",
        "last_update_at": "2026-11-29T23:45:00Z",
        "last_update_message": "A fix is out.",
    }
    serve(site, {"/api/v1/summary": summary | {"ongoing_incidents": [later]}})
    read(service, client, 10)
    serve(site, {"/api/v1/summary": summary | {"ongoing_incidents": []}})
    read(service, client, 20)
    assert stages() == ["investigating", "monitoring", "resolved"]
    assert Announcement.objects.filter(components=["api"]).count() == 3


def test_aws_healths_events_are_read_word_by_word(site: Web, client: Client) -> None:
    event = {
        "date": "1796000000", "arn": "arn:aws:health:eu::event/1", "service_name": "Acme API", "status": "3",
        "summary": "[RESOLVED] Increased error rates",
        "event_log": [
            {"summary": "Increased error rates", "message": "We are investigating.", "timestamp": 1796000000},
            {"summary": "[RESOLVED] Increased error rates", "message": "It works again.", "timestamp": 1796003600},
        ],
    }  # fmt: skip
    serve(site, {"/public/currentevents": [event]}, "utf-16")
    assert read(acme(site, "aws-health", "/public/currentevents"), client) == "fine"
    assert stages() == ["investigating", "resolved"]


def test_googles_incidents_end_when_the_product_is_available(site: Web, client: Client) -> None:
    incident = {
        "id": "x1", "external_desc": "Acme API returns errors", "uri": "incidents/x1", "end": "2026-11-29T23:00:00+00:00",  # noqa: E501
        "affected_products": [{"title": "API", "id": "p"}], "status_impact": "SERVICE_OUTAGE",
        "updates": [
            {"when": "2026-11-29T23:00:00+00:00", "created": "2026-11-29T23:00:01+00:00", "text": "All is well.", "status": "AVAILABLE"},  # noqa: E501
            {"when": HOUR_AGO, "created": HOUR_AGO, "text": "We are investigating.", "status": "SERVICE_OUTAGE"},
        ],
    }  # fmt: skip
    serve(site, {"/incidents.json": [incident]})
    assert read(acme(site, "google-cloud"), client) == "fine"
    assert stages() == ["investigating", "resolved"]
    assert Announcement.objects.first().url == site.url("/incidents/x1")  # type: ignore[union-attr]


def test_slacks_history_is_read_note_by_note(site: Web, client: Client) -> None:
    incident = {
        "id": 7, "title": "Trouble with login", "type": "incident", "status": "resolved", "url": "https://status.example/7",
        "services": ["Login/SSO"],
        "notes": [
            {"date_created": "2026-11-29T15:00:00-08:00", "body": "This is sorted."},
            {"date_created": "2026-11-29T14:40:00-08:00", "body": "We are investigating."},
        ],
    }  # fmt: skip
    serve(site, {"/api/v2.0.0/history": [incident]})
    assert read(acme(site, "slack-status"), client) == "fine"
    assert stages() == ["investigating", "resolved"]


@pytest.mark.parametrize("version", [2, 3])
def test_cachets_incidents_and_updates_are_posts(site: Web, client: Client, version: int) -> None:
    old = {
        "id": 1, "name": "API down", "message": "Looking.", "status": 4, "created_at": "2026-11-29 22:00:00",
        "updates": [{"id": 5, "status": 4, "message": "Fixed.", "created_at": "2026-11-29 22:30:00"}],
    }  # fmt: skip
    new = {
        "data": [{
            "id": "1", "type": "incidents",
            "attributes": {"name": "API down", "message": "Looking.", "status": {"human": "Fixed", "value": 4},
                           "created": {"string": "2026-11-29 22:00:00"}},
            "relationships": {"updates": {"data": [{"type": "updates", "id": "5"}]}},
        }],
        "included": [{"id": "5", "type": "updates", "attributes": {
            "status": {"human": "Fixed", "value": 4}, "message": "Fixed.", "created": {"string": "2026-11-29 22:30:00"}}}],  # noqa: E501
    }  # fmt: skip
    path = "/api/v1/incidents" if version == 2 else ""
    serve(site, {"/api/v1/incidents": {"data": [old]}, "/api/incidents": new})
    assert read(acme(site, "cachet", path), client) == "fine"
    assert stages() == ["investigating", "resolved"]


def test_an_uptime_kuma_page_tells_of_monitors_that_go_down_and_come_back(site: Web, client: Client) -> None:
    page = {
        "config": {"title": "Acme"},
        "incident": None,
        "publicGroupList": [{"id": 1, "name": "All", "monitorList": [{"id": 3, "name": "API"}]}],
        "maintenanceList": [],
    }
    up = {"status": 1, "time": "2026-11-29 22:00:00"}
    down = {"status": 0, "time": "2026-11-29 22:40:00"}
    beats = "/api/status-page/heartbeat/acme"
    serve(site, {"/api/status-page/acme": page, beats: {"heartbeatList": {"3": [up, down]}}})
    service = acme(site, "uptime-kuma", "/status/acme")
    assert read(service, client) == "fine"
    serve(site, {beats: {"heartbeatList": {"3": [up, down, up]}}})
    read(service, client, 10)
    rows = list(Announcement.objects.order_by("id"))
    assert [(row.stage, row.components) for row in rows] == [("investigating", ["api"]), ("resolved", ["api"])]
    assert rows[0].posted_at == NOW - timedelta(hours=1)


def test_a_gatus_page_tells_of_endpoints_that_fail_twice(site: Web, client: Client) -> None:
    def endpoint(*successes: bool) -> dict[str, Any]:
        results = [{"success": ok, "timestamp": f"2026-11-29T23:{n:02}:00Z"} for n, ok in enumerate(successes)]
        return {"name": "api", "group": "core", "key": "core_api", "results": results}

    service = acme(site, "gatus")
    told = []
    for minutes, successes in enumerate([(True, False), (True, False, False), (False, False, False), (False, True)]):
        serve(site, {"/api/v1/endpoints/statuses": [endpoint(*successes)]})
        assert read(service, client, minutes) == "fine"
        told.append(len(stages()))
    assert told == [0, 1, 1, 2]
    assert stages() == ["investigating", "resolved"]


KINDS = {
    "mastodon": "/@Acme", "bluesky": "/profile/Acme", "instatus": "", "incident-io": "", "aws-health": "/x", "google-cloud": "",  # noqa: E501
    "slack-status": "", "cachet": "", "uptime-kuma": "/status/acme", "gatus": "",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("document", [None, 5, [], {}, [None], [{}], {"data": [5]}, {"feed": [{}]}, {"page": None}])
def test_what_is_of_another_shape_is_said_and_breaks_nothing(
    site: Web, client: Client, kind: str, document: object
) -> None:
    service = acme(site, kind, KINDS[kind])
    paths = (
        "/api/v1/accounts/lookup", "/api/v1/accounts/42/statuses", "/xrpc/app.bsky.feed.getAuthorFeed", "/summary.json",
        "/api/v1/summary", "/x", "/incidents.json", "/api/v2.0.0/history", "/api/incidents", "/api/status-page/acme",
        "/api/status-page/heartbeat/acme", "/api/v1/endpoints/statuses",
    )  # fmt: skip
    serve(site, dict.fromkeys(paths, document))
    assert read(service, client) in ("fine", "unreachable")
    assert Announcement.objects.count() == 0
