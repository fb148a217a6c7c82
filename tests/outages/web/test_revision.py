"""The few bytes that open pages ask for, and how often they may."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django.asserts import assertNumQueries

from config.process_cache import CACHE
from outages.web.views.revision import Pace
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_a_revision_changes_with_an_event_and_costs_no_query_of_its_own(client: Client) -> None:
    CACHE.clear()
    service = factories.a_service()
    before = client.get("/revision/acme")
    with assertNumQueries(0):
        again = client.get("/revision/acme", headers={"If-None-Match": before.headers["ETag"]})
        for_all = client.get("/revision/")
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Poll-After"] == "2.5"
    assert "Cookie" not in again.headers.get("Vary", "")
    assert for_all.content == before.content == b"0"
    factories.an_outage(service, datetime.now(UTC))
    CACHE.clear()
    after = client.get("/revision/acme", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.content == client.get("/revision/").content != before.content
    assert client.get("/revision/nobody").status_code == 404
    page = client.get("/acme/").content.decode()
    assert f'data-revision="{after.content.decode()}" data-asks="/revision/acme"' in page
    assert "data-asks" not in client.get("/acme/?at=2026-01-01T00:00Z").content.decode()
    CACHE.clear()


def test_so_many_who_ask_are_told_to_ask_less_often() -> None:
    pace = Pace(rate=100)
    asked, now = 3000, 1.0  # who all ask every `seconds`
    for _ in range(20):
        for _ in range(int(asked / pace.seconds * 5)):
            pace.count(now)
        now += 5
        pace.count(now)
    assert 25 < pace.seconds < 35
    for _ in range(20):
        now += 5
        pace.count(now)
    assert pace.seconds == 2.5
