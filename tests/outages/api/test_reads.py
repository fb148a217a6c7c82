"""The reads of the API, through the real views and the real database."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.process_cache import CACHE
from outages.api.framework.problems import PROBLEMS
from outages.api.framework.response_cache import WHOLE
from outages.api.framework.views import VIEWS, ReadView

from .conftest import World, add_incident, add_minutes, make_service

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
EVERY_READ = [
    "/services",
    "/services/acme",
    "/services/acme/status",
    "/services/acme/components",
    "/services/acme/symptoms",
    "/services/acme/incidents",
    "/services/acme/timeseries",
    "/services/acme/reports",
    "/services/acme/reports?by=symptom",
    "/services/acme/reports?by=country",
    "/services/acme/reports?by=region",
    "/services/acme/aggregate",
    "/services/acme/aggregate?axis_x=region&axis_y=component",
    "/services/acme/aggregate?axis_x=time&axis_y=symptom&grain=hour&format=csv",
    "/services/acme/map",
    "/services/acme/map?format=topojson",
    "/services/acme/map?level=region&metric=excess&window=24h",
    "/services/acme/map?level=region&country=NL&metric=per_million&component=app&shapes=false",
    "/services/acme/announcements",
    "/services/acme/sources",
    "/sources",
    "/services/acme/probes",
    "/services/acme/probes/api/history",
    "/places",
    "/places?country=NL",
    "/places/NL",
    "/places/nl-nh",
]


def get(path: str, **headers: str) -> Any:
    return Client().get(ROOT + path, headers=headers)


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_status_says_the_verdict_with_its_numbers(world: World, now: datetime) -> None:
    status = get("/services/acme/status").json()
    assert (status["verdict"], status["ok"], status["stale"]) == ("confirmed", False, False)
    assert (status["reports_30m"], status["expected_30m"]) == (90, 15.0)
    assert (status["working_30m"], status["recovered_30m"]) == (30, 30)
    assert status["as_of"] == moment(now)
    assert status["incidents"][0]["id"] == world.incident.pk
    assert {chip["kind"] for chip in status["evidence"]} == {"crowd", "probes", "official"}


def test_the_status_of_a_past_moment_is_what_was_said_then(world: World, now: datetime) -> None:
    before = get(f"/services/acme/status?at={moment(now - timedelta(minutes=61))}").json()
    possible = get(f"/services/acme/status?at={moment(now - timedelta(minutes=55))}").json()
    assert (before["verdict"], before["ok"], before["incidents"]) == ("ok", True, [])
    assert (possible["verdict"], possible["ok"]) == ("possible", False)


def test_nobody_watching_is_never_an_all_clear(db: None, now: datetime) -> None:
    make_service()
    status = get("/services/acme/status").json()
    assert (status["verdict"], status["ok"], status["stale"], status["as_of"]) == ("unknown", None, True, None)


def test_a_service_tells_its_parts_and_what_its_symptoms_mean(world: World) -> None:
    service = get("/services/acme").json()
    assert [part["slug"] for part in service["components"]] == ["app", "login"]
    assert service["components"][0]["depends_on"] == ["login"]
    assert service["symptoms"][0]["guide"]["steps"] == ["Wait."]
    assert service["symptoms"][1]["component"] == "login"
    assert get("/services/acme/components").json()["results"] == service["components"]
    assert get("/services/acme/symptoms").json()["results"] == service["symptoms"]


def test_an_incident_tells_its_events_its_evidence_and_what_was_announced(world: World) -> None:
    incident = get(f"/incidents/{world.incident.pk}").json()
    assert [event["to"] for event in incident["events"]] == ["possible", "confirmed"]
    assert incident["events"][0]["evidence"][0]["name"] == "negative-binomial-cusum"
    assert incident["announcements"][0]["stage"] == "investigating"
    assert incident["page_url"].endswith("/acme/incidents/1")


def test_an_incident_of_a_past_moment_does_not_know_what_came_later(world: World, now: datetime) -> None:
    then = get(f"/incidents/{world.incident.pk}?at={moment(now - timedelta(minutes=55))}").json()
    assert (then["state"], then["confirmed_at"], len(then["events"])) == ("possible", None, 1)
    assert then["announcements"] == []
    before = get(f"/incidents/{world.incident.pk}?at={moment(now - timedelta(hours=3))}")
    assert before.status_code == 404


def test_incidents_can_be_asked_for_by_state_and_time(world: World, now: datetime) -> None:
    add_incident(world.service, 2, now - timedelta(minutes=50), resolved_at=now - timedelta(minutes=20))
    assert [one["number"] for one in get("/services/acme/incidents").json()["results"]] == [2, 1]
    assert [one["number"] for one in get("/services/acme/incidents?state=open").json()["results"]] == [1]
    since = moment(now - timedelta(minutes=10))
    assert [one["number"] for one in get(f"/services/acme/incidents?since={since}").json()["results"]] == [1]
    at = moment(now - timedelta(minutes=30))
    assert [one["number"] for one in get(f"/services/acme/incidents?state=open&at={at}").json()["results"]] == [2, 1]


def test_a_moderators_word_on_an_announcement_wins(world: World) -> None:
    post = world.service.announcements.get()
    post.corrected_stage, post.corrected_relevant = "resolved", False
    post.save()
    assert get("/services/acme/announcements").json()["results"] == []
    every = get("/services/acme/announcements?relevance=all").json()["results"]
    assert [(one["stage"], one["relevant"]) for one in every] == [("resolved", False)]


def test_a_source_that_cannot_be_read_says_so(world: World, settings: Any) -> None:
    settings.OUTBOUND = "on"
    [source] = get("/services/acme/sources").json()["results"]
    assert (source["slug"], source["state"], source["detail"]) == ("blog", "unreachable", "time-out")
    assert (source["name"], source["tier"]) == ("Acme's blog", "community")
    settings.OUTBOUND = "off"
    assert [one["state"] for one in get("/services/acme/sources").json()["results"]] == ["off"]


def test_a_source_that_nobody_has_read_yet_is_listed(world: World, settings: Any) -> None:
    settings.OUTBOUND = "on"
    world.service.sources.all().delete()
    assert [one["state"] for one in get("/services/acme/sources").json()["results"]] == ["waiting"]


def test_probes_tell_the_last_result_of_each_vantage(world: World, now: datetime) -> None:
    assert [probe["classification"] for probe in get("/services/acme/probes").json()["results"]] == ["down"]
    then = moment(now - timedelta(minutes=4))
    assert [one["classification"] for one in get(f"/services/acme/probes?at={then}").json()["results"]] == ["up"]


def test_probes_tell_their_hours(world: World, now: datetime) -> None:
    history = get("/services/acme/probes/api/history").json()
    assert [(hour["at"], hour["vantage"], hour["availability"]) for hour in history["results"]] == [
        (moment(now - timedelta(hours=2)), "local", 1.0),
        (moment(now - timedelta(hours=1)), "local", 0.4),
        (moment(now - timedelta(hours=1)), "paris", 1.0),
    ]
    paris = get("/services/acme/probes/api/history?vantage=paris").json()["results"]
    assert [hour["vantage"] for hour in paris] == ["paris"]
    assert get("/services/acme/probes/api/history?vantage=a%00b").json()["results"] == []
    since, until = moment(now - timedelta(hours=30, minutes=-20)), moment(now - timedelta(hours=2))
    earlier = get(f"/services/acme/probes/api/history?since={since}&until={until}").json()
    assert [hour["at"] for hour in earlier["results"]] == [moment(now - timedelta(hours=30))]


def test_a_probe_that_left_the_catalogue_keeps_its_history(world: World, now: datetime) -> None:
    from outages.models import ProbeHour

    ProbeHour.objects.filter(vantage="paris").update(probe="old-api")
    assert len(get("/services/acme/probes/old-api/history").json()["results"]) == 1


# ── some fields only ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/services", "slug,name"),
        ("/services/acme/components", "depends_on"),
        ("/services/acme/symptoms", "slug,guide"),
        ("/services/acme/incidents", "number,state,url"),
        ("/services/acme/announcements", "text,stage"),
        ("/services/acme/sources", "slug,state"),
        ("/services/acme/probes", "probe,classification"),
        ("/services/acme/probes/api/history", "at,availability"),
        ("/places", "code"),
        ("/places?country=NL", "name,code"),
    ],
)
def test_a_list_gives_the_fields_that_were_asked_for(world: World, path: str, fields: str) -> None:
    whole = get(path).json()["results"]
    some = get(f"{path}{'&' if '?' in path else '?'}fields={fields}").json()["results"]
    assert whole
    assert some == [{name: item[name] for name in item if name in fields.split(",")} for item in whole]


def test_no_fields_are_all_fields(world: World) -> None:
    assert get("/services?fields=").json() == get("/services").json()
    assert get("/services?fields=%20slug%20,,slug").json()["results"] == [{"slug": "acme"}]


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_time_series_has_whole_bins_and_gaps_where_nobody_watched(world: World, now: datetime) -> None:
    since, until = moment(now - timedelta(hours=3, minutes=7)), moment(now)
    series = get(f"/services/acme/timeseries?since={since}&until={until}&grain_minutes=60").json()
    assert [point["at"] for point in series["points"]] == [
        moment(now - timedelta(hours=hours)) for hours in (4, 3, 2, 1)
    ]
    assert [point["reports"] for point in series["points"]] == [None, None, 180, 180]
    assert [point["watched_minutes"] for point in series["points"]] == [0, 0, 60, 60]
    assert series["points"][3]["expected"] == 30.0


def test_sums_by_part_and_symptom(world: World) -> None:
    by_part = get("/services/acme/reports").json()
    assert by_part["total"] == 360
    assert [(one["key"], one["reports"]) for one in by_part["results"]] == [("app", 360), ("login", 0)]
    by_symptom = get("/services/acme/reports?by=symptom").json()
    assert [(one["key"], one["reports"]) for one in by_symptom["results"]] == [("http-503", 240), ("", 120)]


@pytest.mark.parametrize("by", ["country", "region"])
def test_a_place_with_fewer_than_three_networks_gets_no_number(world: World, by: str) -> None:
    results = {one["key"][:2]: one for one in get(f"/services/acme/reports?by={by}").json()["results"]}
    assert (results["NL"]["reports"], results["NL"]["few"]) == (240, False)
    assert (results["DE"]["reports"], results["DE"]["few"]) == (None, True)


@pytest.mark.parametrize("metric", ["count", "per_million", "excess"])
def test_the_map_gives_no_number_where_too_few_reported(world: World, metric: str) -> None:
    found = get(f"/services/acme/map?metric={metric}").json()
    cells = {feature["id"]: feature["properties"] for feature in found["features"]}
    assert cells["NL"]["value"] is not None
    assert cells["DE"]["few"] is True
    numbers = {key: value for key, value in cells["DE"].items() if key not in ("code", "name", "few")}
    assert set(numbers.values()) == {None}


def test_the_map_is_geojson_with_rings_the_right_way_round(world: World) -> None:
    response = get("/services/acme/map?level=region")
    assert response.headers["Content-Type"] == "application/geo+json"
    assert get("/services/acme/map", Accept="application/json").headers["Content-Type"] == "application/json"
    features = {feature["id"]: feature for feature in json.loads(response.content)["features"]}
    assert set(features) == {"NL-NH", "DE-BE"}
    largest = max(features["NL-NH"]["geometry"]["coordinates"], key=lambda polygon: len(polygon[0]))[0]
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(largest))
    assert area > 0  # counter-clockwise


def test_the_map_can_be_narrowed(world: World) -> None:
    assert [feature["id"] for feature in get("/services/acme/map?country=DE").json()["features"]] == ["DE"]
    assert get("/services/acme/map?component=login").json()["features"] == []
    shapeless = get("/services/acme/map?shapes=false").json()["features"]
    assert {feature["geometry"] for feature in shapeless} == {None}


def test_the_map_of_a_past_moment(world: World, now: datetime) -> None:
    assert get(f"/services/acme/map?at={moment(now - timedelta(hours=5))}").json()["features"] == []


def test_reports_without_a_place_stand_beside_the_map(world: World, now: datetime) -> None:
    from outages.detection.datatypes import Cell, Outcome
    from outages.pipeline import counts

    cell = Cell("app", "", 15, 15.0, 0, 0, (1, 2, 3))
    outcome = Outcome((), (cell,), {}, 15, 15.0, 1.0, 0.1, {}, {}, {})
    minute = int(now.timestamp()) // 60 - 121
    counts.store(world.service, counts.Ids.of(world.service), [(minute, outcome)])
    found = get("/services/acme/map?window=6h").json()
    assert found["without_place"]["reports"] == 15
    assert "" not in [feature["id"] for feature in found["features"]]


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_places_list_countries_and_the_regions_of_one(db: None) -> None:
    countries = get("/places").json()["results"]
    assert len(countries) == 250
    assert {place["kind"] for place in countries} == {"country"}
    regions = get("/places?country=nl").json()["results"]
    assert "NL-NH" in [region["code"] for region in regions]
    place = get("/places/NL").json()
    assert place["names"]["en"] == "Netherlands"
    assert {"BE", "DE"} <= set(place["neighbours"])
    assert place["regions"] == regions


def cursor(inside: str) -> str:
    """A cursor that somebody made up."""
    return b64encode(inside.encode()).decode()


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/acne", 404, "unknown-service"),
        ("/services/a%00b/status", 404, "unknown-service"),
        ("/services/acne/map", 404, "unknown-service"),
        ("/incidents/999999", 404, "unknown-incident"),
        ("/incidents/99999999999999999999", 404, "unknown-incident"),
        ("/incidents/x", 404, "not-found"),
        ("/places/QQ", 404, "unknown-place"),
        ("/places?country=QQ", 400, "invalid"),
        ("/nothing", 404, "not-found"),
        ("/services/acme/probes/apy/history", 404, "unknown-probe"),
        ("/services/acme/probes/a%00b/history", 404, "unknown-probe"),
        ("/services/acme/probes/api/history?since=2025-01-01T00:00:00Z", 400, "invalid"),
        ("/services?fields=slug,nmae", 400, "invalid"),
        ("/services/acme/incidents?fields=password", 400, "invalid"),
        ("/places?fields=%00", 400, "invalid"),
        ("/services/", 404, "not-found"),
        ("/services/acme/status?at=yesterday", 400, "invalid"),
        ("/services/acme/status?at=2026-01-01", 400, "invalid"),
        ("/services/acme/status?at=2026-01-01T00:00:00", 400, "invalid"),
        ("/services/acme/status?at=1970-01-01T00:00:00Z", 400, "invalid"),
        ("/services/acme/status?at=9999-12-31T23:59:59-14:00", 400, "invalid"),
        ("/services/acme/status?at=2026-13-41T00:00:00Z", 400, "invalid"),
        ("/services/acme/status?at=%00", 400, "invalid"),
        ("/services/acme/incidents?limit=0", 400, "invalid"),
        ("/services/acme/incidents?limit=201", 400, "invalid"),
        ("/services/acme/incidents?limit=x", 400, "invalid"),
        ("/services/acme/incidents?cursor=x", 400, "invalid"),
        ("/services/acme/incidents?state=closed", 400, "invalid"),
        ("/services?cursor=x", 400, "invalid"),
        (f"/services?cursor={cursor('p=x')}", 400, "invalid"),
        (f"/services?cursor={cursor('p=%00')}", 400, "invalid"),
        ("/services?limit=-1", 400, "invalid"),
        (f"/services/acme/announcements?cursor={cursor('p=x')}", 400, "invalid"),
        (f"/services/acme/announcements?cursor={cursor('p=%00')}", 400, "invalid"),
        ("/services/acme/announcements?relevance=some", 400, "invalid"),
        ("/services/acme/timeseries?grain_minutes=7", 400, "invalid"),
        ("/services/acme/timeseries?grain_minutes=1&since=2020-01-01T00:00:00Z", 400, "invalid"),
        ("/services/acme/timeseries?since=2026-03-03T00:00:00Z", 400, "invalid"),
        ("/services/acme/reports?by=network", 400, "invalid"),
        ("/services/acme/reports?since=2001-01-01T00:00:00Z", 400, "invalid"),
        ("/services/acme/map?level=city", 400, "invalid"),
        ("/services/acme/map?metric=fear", 400, "invalid"),
        ("/services/acme/map?window=1y", 400, "invalid"),
        ("/services/acme/map?country=Netherlands", 400, "invalid"),
        ("/services/acme/map?component=engine", 400, "invalid"),
        ("/services/acme/map?shapes=maybe", 400, "invalid"),
        ("/services/acme/map?format=svg", 400, "invalid"),
        ("/services/acme/map?format=topojson&level=region", 400, "invalid"),
    ],
)
def test_a_wrong_address_is_a_problem_that_says_what_to_change(world: World, path: str, status: int, code: str) -> None:
    response = get(path)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert problem["type"] == f"/api/problems/{code}"
    assert problem["detail"]
    assert "no-store" in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reads_take_no_other_method(world: World, method: str) -> None:
    response = getattr(Client(), method)(ROOT + "/services/acme/status")
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/schema", "/api/problems", "/api/problems/not-json"])
def test_pages_of_the_api_take_no_other_method_either(db: None, path: str) -> None:
    response = Client(enforce_csrf_checks=True).put(path)
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "GET" in response.headers["Allow"]


def test_a_form_that_is_not_there_is_not_acceptable(world: World) -> None:
    response = get("/services/acme/status", Accept="image/png")
    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"


def test_every_kind_of_problem_has_its_page(client: Client) -> None:
    every = client.get("/api/problems").json()["results"]
    assert {one["type"] for one in every} == {f"/api/problems/{code}" for code in PROBLEMS}
    for code in PROBLEMS:
        assert client.get(f"/api/problems/{code}").json()["what_to_do"]
    page = client.get("/api/problems/not-json", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"/api/problems/not-json" in page.content
    assert client.get("/api/problems/nonsense").status_code == 404


def test_every_code_that_the_program_uses_is_explained() -> None:
    project = Path(__file__).resolve().parents[3]
    used: set[str] = set()
    for file in [*(project / "reports").rglob("*.py"), *(project / "outages" / "api").rglob("*.py")]:
        text = file.read_text(encoding="utf-8")
        used |= set(re.findall(r'code="([a-z-]+)"', text))
        used |= set(re.findall(r'HTTPStatus\.[A-Z_]+,\s*"([a-z]+(?:-[a-z]+)*)"', text))
    used |= set(re.findall(r'\d{3}: \("([a-z-]+)"', (project / "config" / "middleware.py").read_text(encoding="utf-8")))
    assert len(used) > 15
    assert used <= PROBLEMS.keys()


def test_incidents_can_be_narrowed_to_a_part_and_a_country(world: World, now: datetime) -> None:
    everywhere = add_incident(world.service, 2, now - timedelta(minutes=40))
    type(everywhere).objects.filter(pk=everywhere.pk).update(components=["login"], countries=[], regions=[])

    def numbers(query: str) -> list[int]:
        return [row["number"] for row in get(f"/services/acme/incidents?{query}").json()["results"]]

    assert numbers("") == [2, 1]
    assert (numbers("component=app"), numbers("component=login")) == ([1], [2])
    assert (numbers("country=nl"), numbers("country=DE")) == ([2, 1], [2])
    assert numbers("component=app&country=DE") == []
    for query in ("component=engine", "country=QQ"):
        assert get(f"/services/acme/incidents?{query}").status_code == 400


# ── caching and access ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", EVERY_READ)
def test_an_unchanged_answer_is_not_sent_twice(world: World, path: str) -> None:
    first = get(path)
    assert first.status_code == 200, first.content
    assert "max-age" in first.headers["Cache-Control"]
    again = get(path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert get(path, **{"If-None-Match": '"another"'}).status_code == 200


def test_a_changed_answer_is_sent_anew(world: World, now: datetime) -> None:
    first = get("/services/acme/incidents")
    add_incident(world.service, 2, now - timedelta(minutes=5))
    assert get("/services/acme/incidents", **{"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", EVERY_READ)
def test_every_site_may_read(world: World, path: str) -> None:
    response = get(path, Origin="https://elsewhere.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers
    ahead = Client().options(ROOT + path, headers={"Access-Control-Request-Method": "GET"})
    assert ahead.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in ahead.headers["Access-Control-Allow-Methods"]


def test_no_other_site_may_send_reports_from_its_visitors(world: World) -> None:
    ahead = Client().options(ROOT + "/reports", headers={"Access-Control-Request-Method": "POST"})
    assert "Access-Control-Allow-Origin" not in ahead.headers


@pytest.mark.parametrize("path", EVERY_READ)
def test_head_answers_as_get_without_a_body(world: World, path: str) -> None:
    response = Client().head(ROOT + path)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["ETag"] == get(path).headers["ETag"]


@pytest.mark.parametrize("inside", ["p=99999999999999999999", "o=99999999999999999999", "p=-5&r=1", "o=-1", ""])
@pytest.mark.parametrize("path", ["/services", "/services/acme/announcements"])
def test_no_made_up_cursor_breaks_a_list(world: World, path: str, inside: str) -> None:
    assert get(f"{path}?cursor={cursor(inside)}").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/services/acme/status", "/services/acme/map?level=region"])
def test_those_who_poll_at_once_cost_one_reading(world: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadView, "kept_s", 60.0)
    first = get(path)
    with CaptureQueriesContext(connection) as queries:
        again = get(path)
        unchanged = get(path, **{"If-None-Match": first.headers["ETag"]})
        head = Client().head(ROOT + path)
    assert len(queries) == 0
    assert again.content == first.content
    for name in ("ETag", "Cache-Control", "Content-Type", "Access-Control-Allow-Origin", "Vary"):
        assert again.headers[name] == head.headers[name] == first.headers[name]
    assert (unchanged.status_code, head.status_code, head.content) == (304, 200, b"")


def test_what_is_kept_is_kept_by_address_and_form(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadView, "kept_s", 60.0)
    get("/services/acme/status")
    assert get("/services/acme/status?at=2026-03-02T09:00:00Z").json()["verdict"] == "unknown"
    assert get("/services/acme/status", Accept="image/png").status_code == 406
    assert Client().post(ROOT + "/services/acme/status").status_code == 405
    assert Client().options(ROOT + "/services/acme/status").content != get("/services/acme/status").content


def test_no_number_of_addresses_fills_the_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadView, "kept_s", 60.0)
    CACHE.clear()
    monkeypatch.setattr(CACHE, "most_bytes", 60_000)
    for number in range(25):
        get(f"/services/acme/components?x={number}")
    assert CACHE.bytes <= 60_000
    for store in (VIEWS, WHOLE):
        assert 0 < len(store) < 25


# ── pages of lists ───────────────────────────────────────────────────────────────────────────────────────────────


def walk(path: str) -> list[Any]:
    """All items of a list, by its `next` links."""
    found: list[Any] = []
    address: str | None = path
    while address:
        page = Client().get(address).json()
        found += page["results"]
        address = page["next"].removeprefix("http://localhost:8000") if page["next"] else None
        assert len(found) < 100
    return found


def test_lists_can_be_walked_page_by_page(world: World, now: datetime) -> None:
    for number in range(2, 9):
        opened = now - timedelta(minutes=50 - number)
        add_incident(world.service, number, opened, resolved_at=opened + timedelta(minutes=15))
        make_service(f"service-{number}", position=number % 3)
        world.service.announcements.create(
            source="blog",
            external_id=f"x{number}",
            text="more",
            content_hash="x",
            posted_at=now - timedelta(minutes=30),  # all at once: the order still holds
            seen_at=now - timedelta(minutes=20),
            relevant=True,
        )
    numbers = [one["number"] for one in walk(f"{ROOT}/services/acme/incidents?limit=3")]
    assert numbers == list(range(8, 0, -1))
    slugs = [one["slug"] for one in walk(f"{ROOT}/services?limit=3")]
    assert len(slugs) == len(set(slugs)) == 8
    posts = [one["id"] for one in walk(f"{ROOT}/services/acme/announcements?limit=3")]
    assert len(posts) == len(set(posts)) == 8


def test_links_stay_on_this_site(world: World, settings: Any) -> None:
    settings.SITE_URL = "https://status.example"
    make_service("other")
    page = Client().get(f"{ROOT}/services?limit=1").json()
    assert page["next"].startswith("https://status.example/api/v1/services?")


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def grow_incidents(world: World, now: datetime) -> None:
    for number in range(2, 30):
        add_incident(world.service, number, now - timedelta(minutes=59), resolved_at=now - timedelta(minutes=9))


def grow_services(world: World, now: datetime) -> None:
    for number in range(20):
        make_service(f"service-{number}")


def grow_counts(world: World, now: datetime) -> None:
    add_minutes(world.service, now - timedelta(hours=12), 300)


@pytest.mark.parametrize("grow", [grow_incidents, grow_services, grow_counts])
@pytest.mark.parametrize("path", EVERY_READ)
def test_more_rows_cost_no_more_queries(
    world: World, now: datetime, path: str, grow: Callable[[World, datetime], None]
) -> None:
    get(path)  # what is kept for a while is there
    with CaptureQueriesContext(connection) as before:
        get(path)
    grow(world, now)
    get(path)
    with CaptureQueriesContext(connection) as after:
        assert get(path).status_code == 200
    assert len(after) <= len(before) <= 8
