"""The dashboards, the player's frames, the framed map and the time machine, as pages."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outages.web.charts.panels import PANELS
from tests import factories
from tests.factories import Cell

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOST_QUERIES = 12
PAST = "2026-03-02T10:00Z"
PAGES = (
    "/acme/dashboards",
    "/acme/dashboards?window=7d",
    "/acme/dashboards?window=1h&at=2026-03-02T11:50Z",
    "/acme/map/frames.json?window=6h&metric=excess",
    "/embed/acme/map?country=US&metric=excess",
    "/sources?at=2026-03-02T11:50Z",
    "/acme/incidents/1?at=2026-03-02T11:50Z",
)


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
    factories.a_post(service, NOW - 12 * MINUTE)
    return service


def read(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_twelve_queries_at_most_and_no_more_for_more_rows(
    client: Any, outage: Any, address: str, django_assert_num_queries: Any
) -> None:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        read(client, address)
    assert len(asked) <= MOST_QUERIES
    for i in range(20):
        factories.an_incident(outage, NOW - timedelta(days=i, hours=3), states=((0, "confirmed"), (9, "resolved")))
        factories.a_post(outage, NOW - timedelta(hours=i))
    factories.cells(outage, [Cell(NOW.replace(second=0) - i * MINUTE, "NL-ZE", "charging") for i in range(1, 200)])
    cache.clear()
    with django_assert_num_queries(len(asked)):
        read(client, address)


def test_the_dashboards_show_every_panel_drawn_with_its_table_its_csv_and_its_figure(client: Any, outage: Any) -> None:
    page = unescape(read(client, "/acme/dashboards?window=6h"))
    for key in PANELS:
        assert f'id="{key}-title"' in page
    assert page.count('class="chart"') >= 1
    assert page.count("View as table") >= 4
    assert "/acme/dashboards/volume.csv?window=6h" in page
    assert 'data-figure="/acme/dashboards/parts.json?window=6h"' in page
    assert "Most reported: “503 Server Maintenance”" in page
    assert "plotly-charts.min.js" in page


@pytest.mark.parametrize("panel", PANELS)
def test_each_panel_has_a_csv_and_a_figure(client: Any, outage: Any, panel: str) -> None:
    answer = client.get(f"/acme/dashboards/{panel}.csv?window=1h")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert all(len(row) == len(rows[0]) for row in rows)
    figure = client.get(f"/acme/dashboards/{panel}.json?window=1h")
    assert figure["Content-Type"] == "application/json"
    assert "max-age" in figure["Cache-Control"]
    assert {"data", "layout"} <= json.loads(figure.content).keys()


def test_the_csv_of_parts_gives_no_number_that_too_few_say(client: Any, outage: Any) -> None:
    factories.cells(outage, [Cell(NOW.replace(second=0) - 3 * MINUTE, "NL", "login", raw=2, networks=(4,))])
    rows = list(csv.DictReader(io.StringIO(read(client, "/acme/dashboards/parts.csv?window=1h"))))
    assert rows[-1]["login"] == "few"
    assert int(rows[-1]["app"]) % 5 == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/acme/dashboards?window=2h", 400),
        ("/acme/dashboards/volume.csv?window=2h", 400),
        ("/acme/dashboards?at=yesterday", 400),
        ("/acme/dashboards/engine.csv", 404),
        ("/acme/dashboards/engine.json", 404),
        ("/nowhere/dashboards", 404),
        ("/acme/map/frames.json?metric=size", 400),
        ("/embed/acme/map?window=2h", 400),
        ("/sources?at=yesterday", 400),
        ("/acme/history?kind=bad", 400),
        ("/acme/history?place=Texas", 400),
    ],
)
def test_what_cannot_be_is_refused_with_words(client: Any, outage: Any, path: str, status: int) -> None:
    assert "<h1>" in read(client, path, status)


def test_dashboards_of_an_unwatched_time_are_no_all_clear(client: Any, outage: Any) -> None:
    page = read(client, "/acme/dashboards?window=1h&at=2026-02-20T00:00Z")
    assert "Not monitored in this period, so we can’t say whether it worked." in page
    assert "You’re viewing an earlier time:" in page


def test_the_frames_are_kept_and_hold_no_number_of_a_place_with_few_reporters(client: Any, outage: Any) -> None:
    factories.cells(outage, [Cell(NOW.replace(second=0) - 2 * MINUTE, "MT", raw=4, networks=(9,))])
    answer = client.get("/acme/map/frames.json?window=1h&metric=count")
    assert answer["Cache-Control"] == "public, max-age=300"
    film = answer.json()
    assert len(film["frames"]) == 12
    assert "MT" not in film["places"], "its four reports count with their hour, and no frame is as long"
    assert max(max(frame["steps"]) for frame in film["frames"]) == 3  # of 10, 20, 50 … reports in five minutes


def test_the_map_without_a_script_leads_to_earlier_and_later_moments(client: Any, outage: Any) -> None:
    page = unescape(read(client, f"/acme/map?window=1h&metric=count&at={PAST}"))
    assert "/acme/map?window=1h&metric=count&at=2026-03-02T09:55:00Z" in page
    assert "/acme/map?window=1h&metric=count&at=2026-03-02T10:05:00Z" in page
    assert "/acme/map/frames.json?window=1h&metric=count&at=2026-03-02T10:00:00Z" in page
    assert 'data-place="NL"' in page


def test_the_map_can_be_shared_and_framed_in_its_view(client: Any, outage: Any) -> None:
    page = unescape(read(client, "/acme/map?window=1h&metric=excess&country=US"))
    assert '<iframe src="https://brownout.example/embed/acme/map?window=1h&amp;metric=excess&amp;country=US"' in page
    assert "https://brownout.example/acme/map?window=1h&metric=excess&country=US&at=2026-03-02T12:00:20Z" in page
    answer = client.get("/embed/acme/map?window=1h&metric=excess&country=US")
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    framed = answer.content.decode()
    assert 'class="step-' in framed
    assert "<form" not in framed


@pytest.mark.parametrize("path", ["/", "/sources", "/acme/", "/acme/map", "/acme/dashboards", "/acme/history"])
def test_every_page_has_a_time_machine_that_works_without_a_script(client: Any, outage: Any, path: str) -> None:
    now = unescape(read(client, path))
    assert "?at=2026-03-02T11:00:20Z" in now
    assert "An hour later" not in now
    assert "You’re viewing an earlier time:" not in now
    past = unescape(read(client, f"{path}?at={PAST}"))
    assert "You’re viewing an earlier time:" in past
    assert f'href="{path}">' in past.partition("Earlier time")[2].partition("</aside>")[0]
    assert "An hour later" in past
    assert "A day later" not in past
    assert 'id="past_slider"' in past


def test_the_sources_of_a_past_moment_tell_what_they_had_brought(client: Any, outage: Any) -> None:
    page = read(client, "/sources?at=2026-03-02T11:55Z")
    assert "We only keep the current health of sources." in page
    assert "We have no results from the hour before this time." in page


def test_an_incident_shows_how_it_spread_and_how_late_official_word_was(client: Any, outage: Any) -> None:
    page = read(client, "/acme/incidents/1")
    assert "How it spread" in page
    assert 'id="spread-few"' in page
    assert "The company spoke up" in page
    assert "/acme/feeds/atom.xml" in page
    assert "/acme/incidents/1/cap.xml" in page
    assert "frame=2026-03-02T11:27Z" in page


def test_an_incident_without_official_word_says_so(client: Any, db: None) -> None:
    cache.clear()
    factories.an_outage(factories.a_service(), NOW)
    page = unescape(read(client, "/acme/incidents/1"))
    assert "We weren't reading the company's announcements, so we don't know whether it said anything." in page


def test_the_history_is_filtered_by_kind_and_place_and_so_is_its_csv(client: Any, db: None) -> None:
    service = factories.a_service()
    states = ((0, "possible"), (9, "confirmed"), (60, "resolved"))
    factories.an_incident(service, NOW - timedelta(days=3), states=states, countries=("US",), regions=("US-CA",))
    factories.an_incident(service, NOW - timedelta(days=2), states=states, countries=("NL",))
    factories.an_incident(
        service, NOW - timedelta(days=1), states=((0, "maintenance"), (60, "resolved")), kind="maintenance"
    )

    def numbers(query: str) -> list[str]:
        found = csv.DictReader(io.StringIO(read(client, f"/acme/history.csv?{query}")))
        return sorted(row["number"] for row in found)

    assert numbers("place=US-CA") == ["1", "3"]  # one that is everywhere is there too
    assert numbers("place=US-TX") == ["3"]
    assert numbers("place=NL-NH") == ["2", "3"]
    assert numbers("place=US&kind=outage") == ["1"]
    page = unescape(read(client, "/acme/history?place=US&kind=outage"))
    assert "/acme/history.csv?kind=outage&place=US" in page
    assert "California" in page
