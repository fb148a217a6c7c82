"""Incidents on the pages of what a service relies on: shown as possible causes, and never taken for its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outages.detection.datatypes import Stated
from outages.models import Announcement
from outages.pipeline import inputs
from outages.queries import upstream
from outages.signals.announcements.datatypes import Page, Post
from outages.signals.announcements.store import store_page
from reports.catalog.schema import Source
from reports.catalog.store import catalog_of
from reports.models import Service
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CLOUD = Source(
    slug="cloud", kind="statuspage", url="https://status.cloud.example", authors=["Cloud"], tier="press",
    upstream="Cloud Hosting", needs=["eu-west"],
)  # fmt: skip
SAID = (
    (-50, "investigating", "EC2 errors in eu-west\nWe are investigating errors.", "one"),
    (-40, "identified", "EC2 errors in eu-west\nWe have found the cause. Acme is affected too.", "one"),
    (-45, "investigating", "Errors in us-east\nWe are investigating errors.", "two"),
    (-30, "planned", "Work on eu-west\nWe will replace a switch tonight.", "three"),
    (-120, "investigating", "Queues in eu-west\nQueues are slow.", "four"),
    (-90, "resolved", "Queues in eu-west\nThis incident has been resolved.", "four"),
)


def a_service() -> Service:
    service = factories.a_service("acme", sources=[CLOUD], entities=["Acme"])
    posts = tuple(
        Post(external_id=f"{thread}{at}", text=text, author="Cloud", thread=thread, stated=Stated(stage=stage),
             posted_at=NOW + timedelta(minutes=at), url="https://status.cloud.example/1")
        for at, stage, text, thread in SAID
    )  # fmt: skip
    store_page(service, CLOUD, Page(posts, {}), NOW, is_history=False)
    return service


def test_what_a_provider_says_is_shown_as_a_possible_cause_and_tells_nothing_of_the_service(client: Client) -> None:
    service = a_service()
    assert set(Announcement.objects.values_list("relevant", flat=True)) == {False}
    read = inputs.read(service, NOW - timedelta(hours=3), NOW + timedelta(minutes=2))
    assert [post for minute in read for post in minute.announcements] == []
    catalog = catalog_of(service)
    (found,) = upstream.open_now(service, catalog, NOW + timedelta(minutes=1))
    assert (found.name, found.stage, found.title) == ("Cloud Hosting", "identified", "EC2 errors in eu-west")
    assert (found.started_at, found.ended_at) == (NOW - timedelta(minutes=50), None)

    def beside(minutes: int) -> list[str]:
        opened = NOW + timedelta(minutes=minutes)
        return [one.title for one in upstream.beside(service, catalog, opened, NOW + timedelta(hours=2))]

    assert beside(-10) == ["EC2 errors in eu-west"]
    assert beside(-70) == ["EC2 errors in eu-west", "Queues in eu-west"]
    assert beside(-100) == ["Queues in eu-west"]


def test_an_incident_of_days_began_with_its_first_post() -> None:
    service = a_service()
    Announcement.objects.filter(thread="one", posted_at=NOW - timedelta(minutes=50)).update(
        posted_at=NOW - timedelta(days=9)
    )
    (found,) = upstream.open_now(service, catalog_of(service), NOW + timedelta(minutes=1))
    assert (found.title, found.started_at) == ("EC2 errors in eu-west", NOW - timedelta(days=9))


def test_page_and_api_show_it_with_its_times(client: Client) -> None:
    service = a_service()
    incident = factories.an_incident(service, NOW - timedelta(minutes=10))
    at = f"?at={NOW + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    (told,) = client.get(f"/api/v1/services/acme/status{at}").json()["upstream_incidents"]
    assert (told["name"], told["started_at"], told["ended_at"]) == ("Cloud Hosting", "2026-03-02T11:10:00Z", None)
    assert client.get(f"/api/v1/incidents/{incident.pk}{at}").json()["upstream_incidents"] == [told]
    for page in (f"/acme/{at}", reverse("incident", args=["acme", incident.number]) + at):
        shown = client.get(page).content.decode()
        missing = [text for text in ("EC2 errors in eu-west", "Cloud Hosting", "40 min before") if text not in shown]
        assert missing == [], page
        assert "Errors in us-east" not in shown, page
