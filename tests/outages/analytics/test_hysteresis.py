"""A number stays while it may be the same: over minutes, through doors, and where an estimate hovers at a bound."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client

from outages.analytics import frames, ratios
from outages.web.charts.map_metrics import RATIO_BREAKS, step_of
from tests import factories
from tests.factories import Cell

NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def service(db: None) -> Any:
    """A service with ten days behind it: 100 reports an hour from the Netherlands, 300 from Germany."""
    cache.clear()
    made = factories.a_service()
    past = [NOON - day * DAY + hour * HOUR for day in range(2, 12) for hour in range(-6, 12)]
    factories.cells(made, [Cell(at, place, raw=raw) for at in past for place, raw in (("NL", 100), ("DE", 300))])
    factories.watched(made, NOON - 3 * DAY, NOON + 12 * HOUR, raw=1, expected=400 / 60)
    return made


def test_a_number_stays_until_its_estimate_has_clearly_left_it() -> None:
    hovering = [2.70, 2.78, 2.71, 2.79, 2.72, 2.77]  # the bound between 2.5 and 3, that of two colours
    assert set(ratios.rounded(hovering)) == {2.5, 3}
    assert ratios.steady(np.array(hovering)[:, None]).ravel().tolist() == [2.5] * 6
    assert ratios.steady(np.array(hovering[1:])[:, None]).ravel().tolist() == [3.0] * 5
    rising = np.array([[1.0], [2.0], [8.5], [8.5], [1.0]])
    assert ratios.steady(rising).ravel().tolist() == [1.0, 2.0, 8.0, 8.0, 1.0]
    gap = ratios.steady(np.array([[2.7], [np.nan], [2.75]])).ravel()
    assert gap[0] == 2.5
    assert np.isnan(gap[1])
    assert gap[2] == 3.0, "what was before nothing was told is forgotten"
    for start in range(1, 5):  # wherever a look back begins
        assert ratios.steady(np.array(hovering[start:])[:, None], has_past=True)[-1] == 2.5


def test_every_number_of_the_series_can_be_told_and_is_its_own_neighbour() -> None:
    for number in (*ratios.SERIES[:-1], *(ratios.SERIES * 10)):
        assert ratios.rounded(number) == pytest.approx(number)
        assert ratios.steady(np.array([[number], [number * 1.03], [number / 1.03]])).ravel().tolist() == [number] * 3


@pytest.mark.parametrize("level", [2.75, 5.5])
def test_a_place_that_hovers_between_two_colours_keeps_one(service: Any, level: float) -> None:
    """Each hour a little more or less than at the bound: plain rounding changes the colour, the map does not."""
    moved = [round(100 * level * f) for f in (0.97, 1.03, 0.96, 1.04, 0.98, 1.03, 0.97, 1.02)]
    factories.cells(service, [Cell(NOON + hour * HOUR, "NL", raw=raw) for hour, raw in enumerate(moved)])
    told = [
        frames.cells(service, NOON + hour * HOUR, NOON + (hour + 1) * HOUR, compare=True).loc["NL"]
        for hour in range(len(moved))
    ]
    plain = ratios.times_usual([cell["effective"] for cell in told], [cell["expected"] for cell in told]).estimate
    assert len({step_of(ratio, RATIO_BREAKS) for ratio in plain}) == 2
    assert len({cell["ratio"] for cell in told}) == 1


def test_an_outage_is_told_at_once(service: Any) -> None:
    factories.cells(service, [Cell(NOON, "NL", raw=100), Cell(NOON + HOUR, "NL", raw=900)])
    before, after = (
        frames.cells(service, NOON + hour * HOUR, NOON + (hour + 1) * HOUR, compare=True).at["NL", "ratio"]
        for hour in (0, 1)
    )
    assert before == 1
    assert after >= 8


def _get(path: str, **query: str) -> Any:
    response = Client().get(path, query)
    assert response.status_code == 200, (path, response.content[:300])
    return response


def _rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


def _titles(page: bytes) -> int:
    found = re.search(r"<title>Netherlands: ([\d,]+) counted reports</title>", page.decode())
    assert found
    return int(found[1].replace(",", ""))


def _page(path: str, at: str) -> int:
    body = _get(path, window="24h", at=at).content.decode()
    found = re.search(r'country=NL[^>]*>[^<]*</a></th><td class="number">([\d.,\s]+)</td>', body)
    assert found
    return int(re.sub(r"\D", "", found[1]))


def _of(rows: list[dict[str, Any]], name: str) -> int:
    return int(next(row["reports"] for row in rows if row[name] == "NL"))


API = "/api/v1/services/acme/"
DOORS: dict[str, Callable[[str, str], int]] = {
    "map as GeoJSON": lambda since, at: next(
        row["properties"]["reports"]
        for row in _get(API + "map", window="24h", at=at, shapes="false").json()["features"]
        if row["id"] == "NL"
    ),
    "map as TopoJSON": lambda since, at: next(
        row["properties"]["reports"]
        for row in _get(API + "map", window="24h", at=at, format="topojson").json()["objects"]["places"]["geometries"]
        if row["id"] == "NL"
    ),
    "reports": lambda since, at: _of(
        _get(API + "reports", by="country", since=since, until=at).json()["results"], "key"
    ),
    "aggregate": lambda since, at: _of(
        _get(API + "aggregate", axis_x="country", since=since, until=at).json()["results"], "x"
    ),
    "aggregate by two axes": lambda since, at: _of(
        _get(API + "aggregate", axis_x="component", axis_y="country", since=since, until=at).json()["results"], "y"
    ),
    "aggregate as CSV": lambda since, at: _of(
        _rows(_get(API + "aggregate", axis_x="country", since=since, until=at, format="csv").content), "country"
    ),
    "map as CSV": lambda since, at: _of(_rows(_get("/acme/map.csv", window="24h", at=at).content), "place"),
    "map, table of the page": lambda since, at: _page("/acme/map", at),
    "table of the page in Japanese": lambda since, at: _page("/ja/acme/map", at),
    "map in a frame": lambda since, at: _titles(_get("/embed/acme/map", window="24h", metric="count", at=at).content),
}


@pytest.mark.slow
def test_a_cell_without_new_reports_shows_one_number_over_sixty_minutes_and_through_ten_doors(service: Any) -> None:
    """While Germany goes on to report, and the day's window moves on minute by minute."""
    factories.cells(service, [Cell(NOON - 3 * HOUR + 7 * MINUTE, "NL", raw=345)])
    factories.cells(service, [Cell(NOON + minute * MINUTE, "DE", raw=5 + minute) for minute in range(60)])
    assert len(DOORS) == 10
    told: dict[str, set[int]] = {door: set() for door in DOORS}
    ratio = set()
    for minute in range(60):
        now = NOON + minute * MINUTE
        at, since = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (now, now - DAY))
        for number, (door, ask) in enumerate(DOORS.items()):
            if door == "map as CSV" or (minute - number) % 10 == 0:
                told[door].add(ask(since, at))
        if minute % 3 == 0:
            ratio.add(frames.cells(service, now - DAY, now, compare=True).at["NL", "ratio"])
    assert len(set.union(*told.values())) == 1, told
    assert len(ratio) == 1, ratio
