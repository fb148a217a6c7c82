"""What other people's servers send, file by file: each is read as its sender meant it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outages.models import Announcement, SourceHealth
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog import store
from reports.catalog.schema import Catalog, Component, Source, Symptom
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.servers.web import Answer, Web

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[3] / "data" / "signals"
NOW = datetime(2026, 11, 29, 23, 40, tzinfo=UTC)


def acme(source: Source) -> Service:
    """A service with the parts that the cases name."""
    store.store(
        Catalog(
            slug="acme",
            name="Acme",
            default_component="app",
            entities=["Acme"],
            components=[Component(slug=slug, name=slug) for slug in ("app", "api", "login", "sign-in")],
            symptoms=[Symptom(slug="slow", name="Slow")],
            sources=[source],
        )
    )
    return Service.objects.get(slug="acme")


def read_feed(
    site: Web, client: Client, name: str, *, is_first: bool = False, **options: Any
) -> tuple[SourceHealth, list[Announcement]]:
    """The feed of a case, read after an empty one, or as the first of its source."""
    source = Source(slug="s", kind="feed", url=site.url("/feed.xml"), tier="official", authors=["Acme"], **options)
    service = acme(source)
    if not is_first:
        empty = b"<rss version='2.0'><channel><title>Acme</title></channel></rss>"
        site.pages["/feed.xml"] = Answer(200, empty)
        poller.read_source(service, "s", client, NOW - timedelta(minutes=10))
    site.pages["/feed.xml"] = Answer(200, (CASES / name).read_bytes(), {"Content-Type": "text/xml"})
    health = poller.read_source(service, "s", client, NOW)
    return health, list(Announcement.objects.order_by("external_id"))


def read_page(site: Web, client: Client, name: str) -> tuple[SourceHealth, dict[str, Announcement]]:
    """The status page of a case, read after an empty one."""
    service = acme(Source(slug="s", kind="statuspage", url=site.url(""), tier="official", authors=["Acme"]))
    for document in ("incidents", "scheduled_maintenances"):
        path = f"/api/v2/{document.replace('_', '-')}.json"
        site.pages[path] = Answer(200, json.dumps({"page": {}, document: []}).encode())
    poller.read_source(service, "s", client, NOW - timedelta(minutes=10))
    document = "scheduled-maintenances" if "scheduled-maintenances" in name else "incidents"
    site.pages[f"/api/v2/{document}.json"] = Answer(200, (CASES / name).read_bytes())
    health = poller.read_source(service, "s", client, NOW)
    return health, {row.external_id: row for row in Announcement.objects.all()}


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("feed-bom.xml", ["investigating"]),
        ("feed-noid-nolink.xml", ["investigating"] * 3),
        ("feed-noid-samelink.xml", ["investigating"] * 4),
        ("feed-sameguid.xml", ["investigating"] * 4),
        ("feed-zones.xml", ["investigating"] * 6),
        ("shape-aws.xml", ["resolved", "resolved", "investigating"]),
        ("shape-change.xml", ["investigating", "resolved"]),
        ("shape-incidentio-inv.xml", ["investigating"]),
        ("shape-incidentio-mon.xml", ["monitoring"]),
        ("shape-incidentio-res.xml", ["resolved"]),
        ("shape-resolvedmajor.xml", ["resolved"]),
    ],
)
def test_a_feed_says_what_it_states(site: Web, client: Client, name: str, stages: list[str]) -> None:
    health, rows = read_feed(site, client, name)
    assert health.state == "fine"
    assert [row.stage for row in rows] == stages
    assert all((row.tier, row.author, row.relevant) == ("official", "Acme", True) for row in rows)


def test_entries_that_share_a_name_are_all_kept_and_it_is_said(site: Web, client: Client) -> None:
    health, rows = read_feed(site, client, "feed-sameguid.xml")
    assert sorted(row.text.splitlines()[0] for row in rows) == [f"Acme API incident {n}" for n in range(4)]
    assert health.last_change_at == NOW
    again = poller.read_source(Service.objects.get(slug="acme"), "s", client, NOW + timedelta(minutes=10))
    assert (again.last_change_at, Announcement.objects.count()) == (NOW, 4)


def test_a_feed_in_another_alphabet_is_read_in_its_own_encoding(site: Web, client: Client) -> None:
    _, rows = read_feed(site, client, "feed-cp1251.xml")
    assert rows[0].text == "Acme: сбой API\nСбой в работе API, устанавливаем причину."


def test_times_are_read_in_the_zones_that_they_name(site: Web, client: Client) -> None:
    _, rows = read_feed(site, client, "feed-zones.xml")
    hours = {row.external_id[1:]: f"{row.posted_at:%d %H:%M}" for row in rows}
    assert hours == {
        "EST": "29 15:00",
        "CET": "29 09:00",
        "BST": "29 09:00",
        "JST": "29 01:00",
        "AEST": "29 00:00",
        "UTC": "29 10:00",
    }


def test_what_stood_undated_at_the_first_reading_is_history(site: Web, client: Client) -> None:
    _, rows = read_feed(site, client, "feed-undated.xml", is_first=True)
    assert [row.is_heard for row in rows] == [False, False]
    document = (
        (CASES / "feed-undated.xml").read_text().replace("investigating an outage", "investigating another outage")
    )
    late = document.replace("<item>", "<item><title>Acme API down</title><guid>u3</guid></item><item>", 1)
    site.pages["/feed.xml"] = Answer(200, late.encode())
    poller.read_source(Service.objects.get(slug="acme"), "s", client, NOW + timedelta(minutes=10))
    assert {row.external_id: row.is_heard for row in Announcement.objects.all()} == {
        "u1": False,
        "u2": False,
        "u3": True,
    }


def test_a_plan_that_is_dated_ahead_begins_then(site: Web, client: Client) -> None:
    _, rows = read_feed(site, client, "feed-future.xml", is_first=True)
    plan, fault = rows
    assert (plan.stage, plan.posted_at, plan.is_heard) == ("planned", NOW, True)
    assert plan.stated["window"][0] == int(datetime(2026, 12, 2, 23, 36, 39, tzinfo=UTC).timestamp())
    assert (fault.stage, fault.is_heard) == ("investigating", True)


def test_components_that_are_fine_are_not_named(site: Web, client: Client) -> None:
    _, rows = read_feed(site, client, "shape-incidentio-inv.xml")
    assert rows[0].components == ["api"]


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("statuspage-foreign-incidents.json", {"n1": "investigating", "n2": "resolved"}),
        ("statuspage-intid-incidents.json", {"17": "investigating"}),
        ("statuspage-nodates-incidents.json", {"k1": "investigating"}),
        ("statuspage-nostatus-incidents.json", {"h1": "investigating"}),
        ("statuspage-noupdates-incidents.json", {"incident:i": "investigating"}),
        ("statuspage-nullbody-incidents.json", {"c1": "investigating", "c21": "investigating"}),
        ("statuspage-nullupdates-incidents.json", {"incident:d": "investigating", "d21": "investigating"}),
        ("statuspage-partial-incidents.json", {"a1": "investigating", "a2": "resolved"}),
        ("statuspage-pm-incidents.json", {"m1": "investigating", "m2": "resolved", "m3": "resolved"}),
        (
            "statuspage-reopen-incidents.json",
            {"l1": "investigating", "l3": "resolved", "l2": "resolved", "l4": "investigating"},
        ),
    ],
)
def test_a_status_page_says_what_it_states(site: Web, client: Client, name: str, stages: dict[str, str]) -> None:
    health, rows = read_page(site, client, name)
    assert health.state == "fine"
    assert {key: row.stage for key, row in rows.items()} == stages
    assert all(row.relevant for row in rows.values())


def test_planned_work_is_planned_and_its_window_is_the_stated_one(site: Web, client: Client) -> None:
    _, rows = read_page(site, client, "statuspage-maint-scheduled-maintenances.json")
    document = json.loads((CASES / "statuspage-maint-scheduled-maintenances.json").read_text())
    completed = {
        update["id"]
        for plan in document["scheduled_maintenances"]
        for update in plan["incident_updates"]
        if update["status"] == "completed"
    }
    assert {key: row.stage for key, row in rows.items()} == {
        key: "resolved" if key in completed else "planned" for key in rows
    }
    assert [tuple(rows["o1"].stated["window"])] == [
        (
            int(datetime(2026, 12, 1, 16, tzinfo=UTC).timestamp()),
            int(datetime(2026, 12, 1, 18, tzinfo=UTC).timestamp()),
        )
    ]


def test_json_with_a_mark_is_json(site: Web, client: Client) -> None:
    mapping = {"items": "data", "id": "id", "text": "text"}
    service = a_service(sources=[Source(slug="s", kind="json", url=site.url("/j"), mapping=mapping)])
    site.pages["/j"] = Answer(200, (CASES / "json-bom.json").read_bytes())
    assert poller.read_source(service, "s", client, NOW).state == "fine"
    for encoding in ("utf-16", "utf-16-be", "utf-32-le", "utf-8-sig"):
        site.pages["/j"] = Answer(200, '{"data":[{"id":1,"text":"Störung"}]}'.encode(encoding))
        assert poller.read_source(service, "s", client, NOW).state == "fine", encoding
    site.pages["/j"] = Answer(200, '{"data":[{"id":2,"text":"Störung"}]}'.encode("latin-1"))
    poller.read_source(service, "s", client, NOW)
    assert set(Announcement.objects.values_list("text", flat=True)) == {"Störung"}
