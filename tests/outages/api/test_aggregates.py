"""Sums by two axes, against numbers counted by hand."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from outages.clock import at_minute
from outages.detection.datatypes import Cell, Outcome
from outages.pipeline import counts

from .conftest import World, make_service

pytestmark = pytest.mark.django_db

URL = "/api/v1/services/acme/aggregate"


def get(query: str = "", slug: str = "acme", **headers: str) -> Any:
    return Client().get(f"/api/v1/services/{slug}/aggregate?{query}", headers=headers)


def sums(query: str) -> dict[tuple[str, str | None], int | None]:
    """Reports by the two keys; None where they are few."""
    response = get(query)
    assert response.status_code == 200, response.content
    return {(cell["x"], cell["y"]): cell["reports"] for cell in response.json()["results"]}


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def test_hours_are_the_sum_of_their_minutes(world: World) -> None:
    assert sums("") == {("2026-03-02T10:00:00Z", None): 180, ("2026-03-02T11:00:00Z", None): 180}
    assert sums("grain=day") == {("2026-03-02T00:00:00Z", None): 360}
    minutes = sums("grain=minute")
    assert len(minutes) == 120
    assert set(minutes.values()) == {3}


def test_places_with_fewer_than_three_networks_have_no_number(world: World) -> None:
    assert sums("axis_x=country") == {("DE", None): None, ("NL", None): 240}
    assert sums("axis_x=region&axis_y=component") == {("DE-BE", "app"): None, ("NL-NH", "app"): 240}
    cells = {cell["x"]: cell for cell in get("axis_x=country").json()["results"]}
    assert cells["DE"] == {
        "x": "DE", "y": None, "few": True, "reports": None, "effective": None, "working": None, "recovered": None,
    }  # fmt: skip
    assert (cells["NL"]["effective"], cells["NL"]["working"], cells["NL"]["recovered"]) == (240.0, 120, 0)


def test_symptoms_go_with_time_and_component(world: World) -> None:
    assert sums("axis_x=symptom") == {("", None): 120, ("http-503", None): 240}
    assert sums("axis_x=component&axis_y=symptom") == {("app", ""): 120, ("app", "http-503"): 240}
    by_hour = sums("axis_x=time&axis_y=symptom&grain=hour")
    assert {key[1]: number for key, number in by_hour.items()} == {"": 60, "http-503": 120}
    assert sums("axis_x=symptom&component=login") == {}


def test_an_axis_can_be_narrowed_to_a_country_or_a_part(world: World) -> None:
    assert sums("axis_x=region&country=NL") == {("NL-NH", None): 240}
    assert sums("axis_x=region&component=login") == {}
    assert sums("axis_x=time&axis_y=country&country=nl&grain=day") == {("2026-03-02T00:00:00Z", "NL"): 240}


def test_bins_that_were_watched_are_told_so_that_a_gap_is_no_zero(world: World, now: datetime) -> None:
    since = moment(now - timedelta(hours=4))
    answer = get(f"since={since}").json()
    assert answer["times"] == [
        {"at": "2026-03-02T10:00:00Z", "watched_minutes": 60},
        {"at": "2026-03-02T11:00:00Z", "watched_minutes": 60},
    ]
    assert get("axis_x=country").json()["times"] == []


def test_the_edges_of_a_span_are_counted_by_the_minute(world: World, now: datetime) -> None:
    since, until = moment(now - timedelta(minutes=100)), moment(now - timedelta(minutes=10))
    assert sums(f"axis_x=component&since={since}&until={until}") == {("app", None): 90 * 3}
    within_an_hour = f"since={moment(now - timedelta(minutes=50))}&until={moment(now - timedelta(minutes=20))}"
    assert sums(f"axis_x=country&{within_an_hour}")[("NL", None)] == 60


def test_every_pair_of_axes_agrees_with_a_count_by_hand(world: World, now: datetime) -> None:
    service = make_service("busy")
    ids = counts.Ids.of(service)
    first = int((now - timedelta(hours=30)).timestamp()) // 60
    byhand: dict[tuple[str, str], dict[tuple[str, str], list[Any]]] = defaultdict(lambda: defaultdict(lambda: [0, {}]))
    outcomes = []
    for step in range(0, 1700, 7):
        at = at_minute(first + step)
        place, part = ("NL-NH", "NL", "DE-BE", "")[step % 4], ("app", "login")[step % 3 == 0]
        networks = tuple(sorted({step % 5 + 1, step % 7 + 1}))
        outcomes.append((first + step, Outcome((), (Cell(part, place, 2, 1.5, 1, 0, networks),), {}, 2, 1.5, 1.0,
                                               0.1, {}, {}, {})))  # fmt: skip
        keys = {"time": f"{at:%Y-%m-%dT%H}:00:00Z", "component": part, "country": place[:2], "region": place}
        for x in keys:
            for y in keys:
                cell = byhand[x, y][keys[x], keys[y]]
                cell[0] += 2
                cell[1].setdefault(at.date(), set()).update(networks)
    counts.store(service, ids, outcomes)
    span = f"since={moment(now - timedelta(hours=31))}&until={moment(now)}"
    for (x, y), expected in byhand.items():
        if x == y or {x, y} == {"country", "region"}:
            continue
        found = get(f"axis_x={x}&axis_y={y}&{span}", "busy").json()["results"]
        told = {(cell["x"], cell["y"]): cell["reports"] for cell in found}
        enough = {key: raw for key, (raw, days) in expected.items() if max(map(len, days.values())) >= 3}
        assert {key for key, number in told.items() if number is not None} == set(enough), (x, y)
        assert told.keys() <= expected.keys()
        for key, raw in enough.items():
            assert told[key] % 5 == 0, (x, y, key)
            assert abs(told[key] - raw) <= 2.5, (x, y, key)


@pytest.mark.parametrize(
    ("query", "field", "word"),
    [
        ("axis_x=platform", "axis_x", "not counted by platform"),
        ("axis_y=platform", "axis_y", "not counted by platform"),
        ("axis_x=network", "axis_x", "not known"),
        ("axis_x=time&axis_y=time", "axis_y", "differ"),
        ("axis_x=country&axis_y=region", "axis_y", "region alone"),
        ("axis_x=symptom&axis_y=country", "axis_y", "without places"),
        ("axis_x=region&axis_y=symptom", "axis_y", "without places"),
        ("axis_x=symptom&country=NL", "country", "without places"),
        ("axis_y=symptom&grain=minute", "grain", "as a whole only"),
        ("axis_y=country&grain=minute", "grain", "as a whole only"),
        ("component=app&grain=minute", "grain", "as a whole only"),
        ("grain=week", "grain", "not known"),
        ("grain=minute&since=2026-02-20T00:00:00Z", "since", "At most 1 day"),
        ("grain=hour&since=2025-11-01T00:00:00Z", "since", "At most 92 days"),
        ("grain=day&since=2024-01-01T00:00:00Z", "since", "At most 400 days"),
        ("axis_x=symptom&since=2025-11-01T00:00:00Z", "since", "At most 92 days"),
        ("country=QQ", "country", "no such country"),
        ("component=engine", "component", "not known"),
        ("format=xml", "format", "Choose one of: csv, json"),
    ],
)
def test_an_impossible_question_says_why(world: World, query: str, field: str, word: str) -> None:
    for form in ("", "text/csv"):
        response = get(query, Accept=form or "*/*")
        assert response.status_code == 400, response.content
        assert response.headers["Content-Type"] == "application/problem+json"
        error = response.json()["errors"][0]
        assert error["field"] == field
        assert word in error["message"]


def test_too_many_cells_are_refused_not_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from outages.api import aggregates

    monkeypatch.setattr(aggregates, "MOST_CELLS", 119)
    response = get("grain=minute")
    assert response.status_code == 400
    assert "more than 119 cells" in response.json()["detail"]
    monkeypatch.setattr(aggregates, "MOST_CELLS", 120)
    assert len(get("grain=minute").json()["results"]) == 120


@pytest.mark.parametrize("ask", [{"query": "format=csv&"}, {"query": "", "Accept": "text/csv"}])
def test_the_same_as_csv(world: World, ask: dict[str, str]) -> None:
    response = get(ask.pop("query") + "axis_x=time&axis_y=country", **ask)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "acme-time-country.csv" in response.headers["Content-Disposition"]
    table = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert table[0] == {
        "time": "2026-03-02T10:00:00Z",
        "country": "DE",
        "few": "true",
        "reports": "",
        "effective": "",
        "working": "",
        "recovered": "",
    }
    assert [(row["country"], row["reports"]) for row in table[1:]] == [("NL", "120"), ("DE", ""), ("NL", "120")]
