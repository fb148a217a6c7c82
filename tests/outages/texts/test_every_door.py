"""Every door says an event by the one registry: change a sentence there, and all of them change."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from config.process_cache import CACHE
from outages.api.framework import views
from outages.detection.reasons import ReasonCode
from outages.live import queries
from outages.models import Delivery, Incident, Subscription
from outages.notifications import crypto, messages
from outages.notifications.subscriptions import endpoint_of
from outages.queries import incidents
from outages.texts import event_texts
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
SENTENCE = "The registry says this in its own words."
FACT = "41 reports counted in 30 min (usual: 2)"
DOORS = (
    "/acme/incidents/1",
    "/api/v1/services/acme/incidents",
    "/acme/feeds/atom.xml",
    "/acme/feeds/rss.xml",
    "/acme/feeds/feed.json",
    "/acme/feeds/incidents.ics",
    "/acme/incidents/1/cap.xml",
    "/acme/api/v2/incidents.json",
    "/kuma/api/status-page/acme",
    "/open311/v2/requests.json",
)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    monkeypatch.setattr(views.ReadView, "kept_s", 0.0)
    CACHE.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    CACHE.clear()


@pytest.fixture
def outage(db: None) -> Incident:
    return factories.an_outage(factories.a_service(), NOW)


@pytest.fixture
def delivery(outage: Incident) -> Delivery:
    endpoint = endpoint_of("webhook", "https://example.org/hook")
    subscription = Subscription.objects.create(
        service=outage.service, endpoint=endpoint, owner_hash=crypto.hash_secret("s" * 40), confirmed_at=NOW
    )
    event = outage.events.latest("at")
    return Delivery.objects.create(
        subscription=subscription, endpoint=endpoint, kind="confirmed", event=event, incident=outage, created_at=NOW,
        next_at=NOW,
    )  # fmt: skip


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry with another sentence for what confirmed the outage."""
    monkeypatch.setitem(event_texts.REASONS, ReasonCode.TWO_KINDS, lambda: SENTENCE)  # type: ignore[arg-type]


def plain(content: str) -> str:
    """An answer's text as people read it: without line folding, escapes and markup's own."""
    return unescape(content.replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";"))


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_what_the_registry_says(client: Client, outage: Incident, changed: None, door: str) -> None:
    said = plain(client.get(door).content.decode())
    assert SENTENCE in said
    assert FACT in said


def test_the_api_says_it_in_the_language_asked_for_beside_code_and_params(client: Client, outage: Incident) -> None:
    outage.events.update(code="probes-stay-up", params={"minutes": 9})
    address = f"/api/v1/incidents/{outage.pk}"
    english = client.get(address).json()
    danish = client.get(address, headers={"accept-language": "da"}).json()
    for body in (english, english["events"][-1], danish, danish["events"][-1]):
        assert (body["code"], body["params"]) == ("probes-stay-up", {"minutes": 9})
    with translation.override("da"):
        view = incidents.incident(outage.service, 1, NOW)
        assert view is not None
        assert danish["text"] == danish["events"][-1]["text"] == view.text
    assert english["text"].startswith(
        "Automatic checks have been succeeding again for 9 minutes, and reports are falling."
    )
    assert english["events"][-1]["evidence"][0]["text"] == f"{FACT}. Networks: 33, providers: 12"
    assert "evidence" not in english


def test_live_streams_say_it_in_each_listeners_language(outage: Incident) -> None:
    event = outage.events.latest("at")
    view = incidents.incident_after(event)  # made once, for all who listen
    for tag in ("en", "de"):
        with translation.override(tag):
            said = event_texts.event_text(event)
        assert json.loads(queries.incident_json("acme", view, tag))["text"] == said


def test_a_notification_says_it_in_the_language_that_is_asked_for(delivery: Delivery) -> None:
    english, german = messages.notice_of(delivery), messages.notice_of(delivery, "de")
    assert english.text.startswith("User reports and automatic checks both show it.")
    assert english.text == english.data["text"]
    with translation.override("de"):
        assert german.text == german.data["text"] == event_texts.event_text(delivery.event)  # type: ignore[arg-type]
    assert german.text != english.text
    assert (english.data["code"], english.data["params"], english.data["reason"]) == ("two-kinds", {}, "confirmed_rule")


def test_the_operators_tool_and_the_admin_say_it_too(
    admin_client: Client, outage: Incident, delivery: Delivery, changed: None
) -> None:
    out = io.StringIO()
    call_command("explain_incident", str(outage.pk), stdout=out)
    assert SENTENCE in out.getvalue()
    assert f"{FACT}. Networks: 33, providers: 12" in out.getvalue()
    page = admin_client.get(f"/admin/outages/incident/{outage.pk}/change/").content.decode()
    assert SENTENCE in plain(page)
    assert messages.notice_of(delivery).text.startswith(SENTENCE)


def test_an_event_of_a_later_version_is_told_by_its_rule(client: Client, outage: Incident) -> None:
    outage.events.update(code="of-tomorrow", params={"n": 1}, evidence=[])
    assert "confirmed_rule" in client.get("/acme/feeds/atom.xml").content.decode()
    assert client.get("/acme/incidents/1").status_code == 200


def test_what_the_page_lists_of_a_kind_that_is_not_known_is_no_fault(client: Client, outage: Incident) -> None:
    term: dict[str, Any] = factories.a_term("of-tomorrow", name="x", detail=None)
    outage.events.update(evidence=[term])
    assert client.get("/acme/incidents/1").status_code == 200
    assert client.get(f"/api/v1/incidents/{outage.pk}").status_code == 200
    outage.refresh_from_db()
    assert outage.opened_at < NOW - timedelta(minutes=30)
