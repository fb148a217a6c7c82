"""The small page that other sites frame, and the snippet that puts it there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from config.process_cache import CACHE
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(settings: Any) -> Any:
    settings.SITE_URL = "https://brownout.example"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def outage(db: None) -> Any:
    cache.clear()
    service = factories.a_service()
    factories.an_outage(service, NOW)
    return service


def read(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


def test_it_holds_verdict_line_and_map_and_leads_to_the_evidence(client: Any, outage: Any) -> None:
    page = read(client, "/embed/acme")
    assert "Acme is down" in page
    assert 'class="chart spark"' in page
    assert 'class="map"' in page
    assert "United States" in page
    assert 'href="/acme/" target="_blank"' in page
    assert "<form" not in page


def test_any_site_may_frame_it_and_only_it(client: Any, outage: Any) -> None:
    answer = client.get("/embed/acme")
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    for path in ("/acme/", "/acme/report", "/embed/nowhere", "/acme/is-it-me"):
        other = client.get(path)
        assert other["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"], path


def test_caches_may_keep_it_and_it_sets_no_cookie(client: Any, outage: Any) -> None:
    answer = client.get("/embed/acme")
    assert "max-age=30" in answer["Cache-Control"]
    assert not answer.cookies


def test_it_asks_twelve_queries_at_most(client: Any, outage: Any, django_assert_max_num_queries: Any) -> None:
    CACHE.clear()
    with django_assert_max_num_queries(12):
        read(client, "/embed/acme")


def test_it_shows_a_past_moment_and_explains_a_wrong_one_within_the_frame(client: Any, outage: Any) -> None:
    page = read(client, "/embed/acme?at=2026-03-02T10:00Z")
    assert "As it was:" in page
    assert "No problems with Acme right now." in page
    assert "/acme/?at=2026-03-02T10:00:00Z" in page
    wrong = client.get("/embed/acme?at=never")
    assert wrong.status_code == 400
    assert "X-Frame-Options" not in wrong


def test_nobody_watching_is_said_and_no_line_is_drawn(client: Any, db: None) -> None:
    factories.a_service()
    page = read(client, "/embed/acme")
    assert "tell if Acme is working" in page
    assert "so we can't say whether it worked." in unescape(page)
    assert "no data" in page
    assert "spark" not in page


def test_a_recording_says_that_it_is_one(client: Any, db: None) -> None:
    factories.a_service(clock="recorded", provenance="Rebuilt from figures.", accepts_reports=False)
    page = read(client, "/embed/acme")
    assert "Recorded, not live." in page
    assert "Rebuilt from figures." in page


def test_the_snippet_is_there_to_copy_and_is_no_frame_itself(client: Any, outage: Any) -> None:
    start = '<iframe src="https://brownout.example/embed/acme'
    for path, address in (
        ("/developers", start + '"'),
        ("/acme/", start + '"'),
        ("/acme/?at=2026-03-02T10:00Z", start + '?at=2026-03-02T10:00:00Z"'),
    ):
        page = read(client, path)
        assert "<iframe" not in page
        assert address in unescape(page)


def test_a_name_cannot_break_out_of_the_snippet(client: Any, db: None) -> None:
    factories.a_service(name='A "quoted" <name>')
    copied = unescape(read(client, "/acme/").partition("<pre")[2].partition("<code>")[2].partition("</code>")[0])
    assert 'title="Is A &quot;quoted&quot; &lt;name&gt; down?"' in copied


def test_the_lasting_address_shows_the_same_moment_later(client: Any, outage: Any) -> None:
    address = "/acme/?at=2026-03-02T12:00:20Z"
    assert f'href="https://brownout.example{address}"' in read(client, "/acme/")
    with time_machine.travel(NOW + timedelta(hours=9), tick=False):
        assert "Acme is down" in read(client, address)
