"""What the pages promise: honest words, few queries, no address that breaks them."""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outages.analytics import frames
from outages.detection.thresholds import DEFAULT, as_dict
from tests import factories
from tests.factories import Cell

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOST_QUERIES = 12
PAGES = ("/acme/", "/acme/map", "/acme/map?metric=excess&country=US", "/acme/incidents/1", "/acme/history", "/")


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    """The clock stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    return factories.a_service()


@pytest.fixture
def outage(service: Any) -> Any:
    factories.an_outage(service, NOW)
    factories.a_post(service, NOW - 12 * MINUTE)
    return service


def read(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_twelve_queries_at_most(
    client: Any, outage: Any, address: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        read(client, address)


@pytest.mark.parametrize("address", PAGES)
def test_more_rows_ask_no_more_queries(client: Any, outage: Any, address: str, django_assert_num_queries: Any) -> None:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        read(client, address)
    for i in range(30):
        factories.an_incident(outage, NOW - timedelta(days=i, hours=3), states=((0, "possible"), (9, "resolved")))
        factories.a_post(outage, NOW - timedelta(hours=i))
    factories.cells(outage, [Cell(NOW.replace(second=0) - i * MINUTE, "NL-ZE", "charging") for i in range(1, 300)])
    cache.clear()
    with django_assert_num_queries(len(asked)):
        read(client, address)


def test_the_board_asks_as_many_queries_for_many_services_as_for_one(
    client: Any, outage: Any, django_assert_num_queries: Any
) -> None:
    for i in range(5):
        factories.an_outage(factories.a_service(f"other-{i}"), NOW)
    with django_assert_num_queries(4):
        page = read(client, "/")
    assert page.count("Outage: Mobile app") == 6


def test_the_service_page_stays_below_forty_kilobytes(client: Any, outage: Any) -> None:
    """With its style sheet, script and icons, compressed, as a first visit loads them."""
    page = client.get("/acme/", headers={"accept-encoding": "gzip"}).content
    files = [finders.find(name) for name in ("css/brownout.css", "js/page.js", "img/icons.svg", "img/mark.svg")]
    loaded = len(page) + sum(len(gzip.compress(Path(str(file)).read_bytes())) for file in files)
    assert loaded < 40_000


def test_an_outage_is_told_with_its_numbers_its_place_and_what_to_do(client: Any, outage: Any) -> None:
    page = read(client, "/acme/")
    assert "Acme is down: Mobile app." in page
    assert "in 30 min (usual: " in page
    assert "503 Server Maintenance" in page
    assert "United States" in page
    assert "The key card." in page
    assert "Wait some minutes" in page
    assert "All is calm" not in page
    assert "We are investigating." in page
    assert "/acme/incidents/1" in page
    assert "Report a problem" in page


def test_advice_follows_the_parts_that_fail(client: Any, service: Any) -> None:
    factories.watched(service, NOW - timedelta(hours=1), NOW)
    factories.an_incident(service, NOW - 9 * MINUTE, components=("login", "charging"))
    page = read(client, "/acme/")
    assert "Do not sign out." in page
    assert "Charging that has been started." not in page
    assert "depends on Sign-in" in page  # the app depends on it


def test_a_calm_service_says_so_without_promising(client: Any, service: Any) -> None:
    factories.watched(service, NOW - timedelta(hours=24), NOW)
    page = read(client, "/acme/")
    assert "No problems with Acme right now." in page
    assert "confidence" not in page
    assert "All is calm." in page
    assert "No problems reported." in page


def test_a_service_that_nobody_watches_is_unknown_and_never_fine(client: Any, service: Any) -> None:
    page = read(client, "/acme/")
    assert "tell if Acme is working." in page
    assert "mean Acme is working" in page
    assert "no problems" not in page
    assert "No data for this period." in page
    assert "Not monitored right now, so we can't say whether it works." in read(client, "/")
    assert '<td class="number">0</td>' not in page, "nobody counted, so there is no zero"
    past = read(client, "/acme/?at=2026-03-01T10:00Z")
    assert "Not monitored in this period, so we can’t say whether it worked." in past
    assert "right now" not in past.partition("</main>")[0].partition("<main")[2]
    assert "no reports in the last" not in read(client, "/acme/is-it-me?symptom=http-503&country=US")


def test_an_old_count_says_that_it_is_stale(client: Any, service: Any) -> None:
    factories.watched(service, NOW - timedelta(hours=1), NOW - 8 * MINUTE)
    assert "Out of date" in read(client, "/acme/")
    assert "Out of date" in read(client, "/")


def test_the_time_machine_shows_what_was_known_and_a_way_back(client: Any, outage: Any) -> None:
    before = (NOW - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%MZ")
    page = read(client, f"/acme/?at={before}")
    assert "You’re viewing an earlier time:" in page
    assert "Back to now" in page
    assert "Acme is down" not in page
    assert "We are investigating." not in page
    assert "Report a problem" not in page
    assert "/acme/map?at=2026-03-02T10:00:00Z" in page
    assert "Outage" not in read(client, f"/?at={before}")
    assert client.get(f"/acme/incidents/1?at={before}").status_code == 404


@pytest.mark.parametrize("path", ["/acme/", "/acme/map", "/acme/history", "/acme/incidents/1", "/acme/map.csv", "/"])
@pytest.mark.parametrize(
    "at", ["yesterday", "2090-01-01", "2090-01-01T00:00Z", "1970-01-01T00:00Z", "0001-01-01T00:00+14:00"]
)
def test_a_time_that_cannot_be_is_refused_with_words(client: Any, outage: Any, path: str, at: str) -> None:
    assert "“at”" in read(client, f"{path}?at={at}", 400)


@pytest.mark.parametrize(
    "query",
    ["window=2h", "metric=size", "country=XX", "country=Texas", "component=engine"],
)
def test_a_map_that_cannot_be_is_refused_with_words(client: Any, service: Any, query: str) -> None:
    for path in ("/acme/map", "/acme/map.csv"):
        assert f"“{query.partition('=')[0]}”" in read(client, f"{path}?{query}", 400)


@pytest.mark.parametrize("query", ["state=bad", "component=engine", "day=2026-13-01"])
def test_a_filter_that_cannot_be_is_refused_with_words(client: Any, service: Any, query: str) -> None:
    assert f"“{query.partition('=')[0]}”" in read(client, f"/acme/history?{query}", 400)


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/nowhere/map", "/acme/incidents/1", "/acme/incidents/99999999999", "/shapes/XX.geojson"]
)
def test_what_is_not_there_is_a_page_that_says_so(client: Any, service: Any, path: str) -> None:
    assert "This page doesn’t exist." in read(client, path, 404)


def test_the_map_tells_few_from_none_and_names_its_steps(client: Any, outage: Any) -> None:
    page = read(client, "/acme/map?window=1h")
    assert 'class="few"' in page
    assert "too few to say (under 3 networks)" in page
    assert "no reports" in page
    assert page.count('<span class="swatch step-') == 6
    assert "Iceland" in page
    figure = client.get(html.unescape(page.partition('data-figure="')[2].partition('"')[0])).json()
    assert [trace["name"] for trace in figure["data"]] == ["land", "few", "steps"]


def test_the_map_drills_down_and_back(client: Any, outage: Any) -> None:
    assert "country=US" in read(client, "/acme/map?window=1h&metric=excess")
    page = read(client, "/acme/map?window=1h&metric=excess&country=US")
    assert "California" in page
    assert '<th scope="row">Germany' not in page
    assert "/acme/map?window=1h&amp;metric=excess" in page


def test_the_csv_says_the_same_as_the_map(client: Any, outage: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(read(client, "/acme/map.csv?window=1h"))))
    by_place = {row["place"]: row for row in rows}
    assert by_place["IS"]["enough_to_say"] == "no"
    assert (by_place["IS"]["reports"], by_place["IS"]["networks"]) == ("", "under 3")
    assert by_place["US"]["enough_to_say"] == "yes"
    assert by_place["US"]["networks"] == "3 or more"
    until = NOW.replace(second=0)
    cells = frames.cells(outage, until - timedelta(hours=1), until)["raw"]
    told = {row["place"]: int(row["reports"]) for row in rows if row["enough_to_say"] == "yes"}
    assert told == {place: int(cells[place]) for place in told}


def test_the_chart_s_csv_leaves_unwatched_bins_empty(client: Any, service: Any) -> None:
    factories.watched(service, NOW.replace(second=0) - 20 * MINUTE, NOW.replace(second=0) - 10 * MINUTE, raw=2)
    rows = list(csv.DictReader(io.StringIO(read(client, "/acme/reports.csv"))))
    assert len(rows) == 144
    assert (rows[-2]["reports"], rows[-2]["minutes_watched"]) == ("20", "10")
    assert (rows[-1]["reports"], rows[-1]["minutes_watched"]) == ("", "0")


def test_an_incident_shows_its_states_its_evidence_and_who_knew_first(client: Any, outage: Any) -> None:
    page = read(client, "/acme/incidents/1")
    assert "Possible outage" in page
    assert "41 reports counted in 30 min (usual: 2)" in page
    assert "Show the numbers" in page
    assert "negative-binomial-cusum" in page
    assert page.index("Who noticed first") < page.index("Users</strong>") < page.index("Company</strong>: <time")
    assert "/api/v1/incidents/" in page


def test_a_usual_of_less_than_one_is_no_zero_beside_the_chart(client: Any, service: Any) -> None:
    factories.watched(service, NOW - timedelta(minutes=30), NOW, expected=0.01)
    assert "0 counted (usual: under 1)</span>" in read(client, "/acme/")


def test_of_evidence_that_nobody_looked_for_it_is_not_said_that_it_was_silent(client: Any, service: Any) -> None:
    factories.an_incident(service, NOW - timedelta(hours=3), states=((0, "possible"), (9, "confirmed")))
    page = read(client, "/acme/incidents/1")
    assert [page.count(f'<span class="muted">{words}</span>') for words in ("nothing yet", "not known")] == [0, 2]
    assert "The company said nothing" not in read(client, "/acme/dashboards")
    factories.a_post(service, NOW - timedelta(hours=4), relevant=False)
    assert read(client, "/acme/incidents/1").count('<span class="muted">not known</span>') == 2  # of no source of ours


def test_dismissed_incidents_stay_out_of_the_list_until_asked_for(client: Any, service: Any) -> None:
    factories.an_incident(service, NOW - timedelta(days=2), states=((0, "possible"), (9, "dismissed")))
    factories.an_incident(
        service, NOW - timedelta(days=1), states=((0, "possible"), (9, "confirmed"), (60, "resolved"))
    )
    page = read(client, "/acme/history")
    assert "Incident 2" in page
    assert "Incident 1" not in page
    assert "Incident 1" in read(client, "/acme/history?state=dismissed")
    assert "No incidents match." in read(client, "/acme/history?state=maintenance")
    assert "Incident 2" in read(client, "/acme/history?day=2026-03-01")
    rows = list(csv.DictReader(io.StringIO(read(client, "/acme/history.csv"))))
    assert [(row["number"], row["minutes"]) for row in rows] == [("2", "60")]


def test_a_recording_says_that_it_is_one_on_every_page(client: Any, db: None) -> None:
    service = factories.a_service("acme", clock="recorded", provenance="Rebuilt from figures.", accepts_reports=False)
    factories.watched(service, NOW - timedelta(days=90), NOW - timedelta(days=89))
    factories.an_incident(service, NOW - timedelta(days=89, hours=3))
    for path in ("/acme/", "/acme/map", "/acme/history", "/acme/report"):
        page = read(client, path)
        assert "Recorded, not live." in page, path
        assert "Rebuilt from figures." in page, path
    assert "Recorded, not live." in read(client, "/")


def test_hostile_words_are_shown_as_words(client: Any, outage: Any) -> None:
    factories.a_post(outage, NOW - 3 * MINUTE, "<script>alert(1)</script>", url="javascript:alert(1)", author="<b>")
    for path in ("/acme/", "/acme/incidents/1"):
        page = read(client, path)
        assert "<script>alert" not in page
        assert "javascript:" not in page


@pytest.mark.parametrize("path", ["/about", "/about/method", "/privacy", "/developers"])
def test_the_pages_of_words_are_there(client: Any, service: Any, path: str) -> None:
    assert "<h1>" in read(client, path)


def test_the_method_shows_the_limits_in_force(client: Any, db: None) -> None:
    page = read(client, "/about/method")
    assert f"{DEFAULT.network_reports} per network in {DEFAULT.network_minutes} min" in page
    assert f"{DEFAULT.confirm:g} nats" in page


def test_the_method_names_only_limits_that_there_are() -> None:
    """A limit that was renamed would leave a hole in a sentence."""
    template = Path(__file__).parents[3] / "templates" / "texts" / "method.html"
    named = set(re.findall(r"\bt\.(\w+)", template.read_text(encoding="utf-8")))
    assert named
    assert named <= as_dict().keys()


@pytest.mark.parametrize("path", [*PAGES, "/acme/report", "/about/method", "/nowhere/"])
def test_no_page_carries_a_script_or_a_style_of_its_own(client: Any, outage: Any, path: str) -> None:
    page = client.get(path).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
    for script in page.split("<script")[1:]:
        head = script.partition(">")[0]
        assert 'src="/static/' in head or 'type="application/json"' in head


def test_shapes_are_kept_by_browsers(client: Any) -> None:
    answer = client.get("/shapes/NL.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    assert "max-age" in answer["Cache-Control"]
    assert answer.json()["features"][0]["id"].startswith("NL-")


def test_a_service_of_one_country_begins_with_its_regions(client: Any, db: None) -> None:
    service = factories.a_service(places=["US"])
    factories.an_outage(service, NOW)
    assert "California" in read(client, "/acme/")
    page = read(client, "/acme/map")
    assert "California" in page
    assert "country=world" in page
    assert "Germany" in read(client, "/acme/map?country=world")


def test_an_incident_leads_to_the_map_of_its_time(client: Any, service: Any) -> None:
    factories.an_incident(
        service,
        NOW - timedelta(days=3),
        states=((0, "possible"), (9, "confirmed"), (100, "resolved")),
        regions=("US-NY",),
    )
    page = read(client, "/acme/incidents/1")
    address = "/acme/map?window=6h&amp;at=2026-02-27T13:40:20Z"
    assert address in page
    read(client, address.replace("&amp;", "&"))


def test_official_silence_does_not_disagree_with_anybody(client: Any, outage: Any) -> None:
    words = "The signals disagree"
    assert words not in read(client, "/acme/")


def test_addresses_in_a_provenance_are_links_and_lose_no_comma(client: Any, db: None) -> None:
    factories.a_service(provenance="From us (https://a.example/x), <b>CC BY</b> (https://c.example/4.0/); done.")
    page = read(client, "/acme/")
    link = '<a href="{0}" rel="nofollow noopener">{0}</a>'
    assert f"From us ({link.format('https://a.example/x')}), &lt;b&gt;CC BY&lt;/b&gt; (" in page
    assert f"({link.format('https://c.example/4.0/')}); done." in page


def test_where_a_hole_is_to_be_told(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@example.org"
    assert lines["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    left = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
    assert timedelta(days=180) < left < timedelta(days=365)
