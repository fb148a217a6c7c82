"""The reads of the API, through the real views and the real database."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from .conftest import World, add_incident, make_service

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"


@pytest.fixture
def world(shared_world: World) -> World:
    return shared_world


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
    make_service("new")
    status = get("/services/new/status").json()
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
