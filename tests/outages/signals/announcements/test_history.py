"""A status page's published history, played update by update: each is stored once, and nothing is taken for what it is
not. The texts are GitHub's, from its history of 2022 to 2024 (MIT)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from outages.detection.classifier import OPEN_STAGES
from outages.evaluation.backtest.status_texts import STAGES_OF_STATUS
from outages.models import Announcement, AnnouncementRevision, SourceHealth
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.servers.web import Web, conditional

pytestmark = pytest.mark.django_db

HISTORY = Path(__file__).parents[3] / "data" / "announcements" / "github_history.jsonl"
LISTED = 8  # entries that the page shows at once
Incident = dict[str, Any]


def incidents() -> list[Incident]:
    return [json.loads(line) for line in HISTORY.read_text("utf-8").splitlines()]


def snapshots() -> Iterator[tuple[datetime, list[Incident]]]:
    """What the page showed after each update, the newest incident first."""
    every = incidents()
    for at in sorted({update["at"] for incident in every for update in incident["updates"]}):
        shown = [
            incident | {"updates": said}
            for incident in every
            if (said := [update for update in incident["updates"] if update["at"] <= at])
        ]
        yield datetime.fromisoformat(at), shown[-LISTED:][::-1]


def is_plan(incident: Incident) -> bool:
    return any(update["status"] == "Scheduled" for update in incident["updates"])


def atom(shown: list[Incident]) -> bytes:
    entries = "".join(
        f"<entry><id>tag:status,2005:Incident/{incident['id']}</id><title>{escape(incident['title'])}</title>"
        f"<published>{incident['updates'][0]['at']}</published><updated>{incident['updates'][-1]['at']}</updated>"
        f"<link rel='alternate' href='https://status.example/{incident['id']}'/>"
        f"<content type='html'>{log(incident)}</content></entry>"
        for incident in shown
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>GitHub Status</title>{entries}</feed>".encode()


def log(incident: Incident) -> str:
    """The updates as Statuspage writes them into its feed, the newest first."""
    return escape(
        "".join(
            f"<p><small>{datetime.fromisoformat(update['at']):%b %d, %H:%M UTC}</small><br>"
            f"<strong>{update['status']}</strong> - {escape(update['message'])}</p>"
            for update in reversed(incident["updates"])
        )
    )


def documents(shown: list[Incident]) -> dict[str, bytes]:
    """The same as Statuspage's JSON."""
    found: dict[str, list[Incident]] = {"incidents": [], "scheduled_maintenances": []}
    for incident in shown:
        rows = [
            {"id": f"{incident['id']}-{number}", "status": update["status"].lower().replace(" ", "_"),
             "body": update["message"], "display_at": update["at"]}
            for number, update in enumerate(incident["updates"])
            if update["status"] != "Update"
        ]  # fmt: skip
        kind = "scheduled_maintenances" if is_plan(incident) else "incidents"
        found[kind].append({"id": incident["id"], "name": incident["title"], "incident_updates": rows[::-1]})
    return {
        f"/api/v2/{name.replace('_', '-')}.json": json.dumps({"page": {"name": "GitHub"}, name: rows}).encode()
        for name, rows in found.items()
    }


def read(service: Service, client: Client, at: datetime) -> SourceHealth:
    return poller.read_source(service, "status", client, at + timedelta(minutes=1))


def service_of(site: Web, kind: Any, path: str) -> Service:
    source = Source(slug="status", kind=kind, tier="official", authors=["GitHub"], url=site.url(path))
    return a_service("github", name="GitHub", sources=[source])


def whole(text: str) -> str:
    return " ".join(text.split())


def said(row: Announcement) -> str:
    """An update's text without its title and label."""
    return whole(row.text.partition("\n")[2].partition(": ")[2])


def hold(rows: list[Announcement], wanted: dict[str, list[str]]) -> None:
    """Each thread has the updates of its incident, once each and in their order; none was deleted."""
    by_thread: dict[str, list[str]] = {}
    for row in rows:
        assert row.deleted_at is None
        by_thread.setdefault(row.thread.rpartition("/")[2], []).append(said(row))
    assert by_thread == wanted


def check_plans(rows: list[Announcement], plans: set[str]) -> None:
    """Planned work is never read as a fault that goes on."""
    for row in rows:
        if row.thread.rpartition("/")[2] in plans:
            assert row.stage not in OPEN_STAGES, row.text


@pytest.mark.slow
def test_a_feed_of_logs_is_stored_update_by_update(site: Web, client: Client) -> None:
    service = service_of(site, "feed", "/history.atom")
    for at, shown in snapshots():
        site.pages["/history.atom"] = conditional(atom(shown))
        health = read(service, client, at)
        assert (health.state, health.detail) == ("fine", "")
    rows = list(Announcement.objects.order_by("posted_at", "id"))
    hold(rows, {i["id"]: [whole(update["message"]) for update in i["updates"]] for i in incidents()})
    check_plans(rows, {i["id"] for i in incidents() if is_plan(i)})
    assert not AnnouncementRevision.objects.exists()
    for row in rows:
        label = row.text.partition("\n")[2].partition(":")[0]
        assert label == "Update" or row.stage in STAGES_OF_STATUS[label], row.text


@pytest.mark.slow
def test_a_status_page_is_stored_update_by_update_and_edits_are_revisions(site: Web, client: Client) -> None:
    service = service_of(site, "statuspage", "")
    shown: list[Incident] = []
    for at, shown in snapshots():
        site.pages |= {path: conditional(body) for path, body in documents(shown).items()}
        assert read(service, client, at).state == "fine"
    rows = list(Announcement.objects.order_by("posted_at", "id"))
    kept = {i["id"]: [u for u in i["updates"] if u["status"] != "Update"] for i in incidents()}
    hold(rows, {name: [whole(update["message"]) for update in updates] for name, updates in kept.items()})
    check_plans(rows, {i["id"] for i in incidents() if is_plan(i)})

    last = shown[0]
    edited = last["updates"][-1] | {"message": "We have added what we know of the cause by now."}
    told = {"at": "2027-01-01T00:00:00Z", "status": "Postmortem", "message": "What happened, and what we change."}
    shown[0] = last | {"updates": [*last["updates"][:-1], edited, told]}
    site.pages |= {path: conditional(body) for path, body in documents(shown).items()}
    read(service, client, datetime(2027, 1, 1, 1, tzinfo=UTC))
    revision = AnnouncementRevision.objects.get()
    assert whole(last["updates"][-1]["message"]) in whole(revision.text)
    after = Announcement.objects.get(text__contains="What happened, and what we change.")
    assert (after.stage, Announcement.objects.count()) == ("resolved", len(rows) + 1)
