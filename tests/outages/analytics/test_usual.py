"""What is usual of a place at an hour, and that it stands still while nothing is reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from outages.analytics import frames, usual
from tests import factories
from tests.factories import Cell

NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    return factories.a_service()


def a_past(service: Any, days: int = 10, **more: Any) -> None:
    """Each day 100 reports at noon from the Netherlands and 100 at night from Japan, and 20 at both from Germany."""
    rows = []
    for day in range(1, days + 1):
        noon, night = NOON - day * DAY, NOON - day * DAY + 10 * HOUR
        rows += [Cell(noon, "NL", raw=100, **more), Cell(night, "JP", raw=100, **more)]
        rows += [Cell(noon, "DE", raw=20, **more), Cell(night, "DE", raw=20, **more)]
    factories.cells(service, rows)


def test_what_is_usual_follows_each_place_s_own_day(service: Any) -> None:
    a_past(service)
    factories.watched(service, NOON - 3 * HOUR, NOON + 12 * HOUR, expected=2.0)
    noon = usual.read(service, NOON, NOON + HOUR, "country")
    night = usual.read(service, NOON + 10 * HOUR, NOON + 11 * HOUR, "country")
    assert noon.of("NL") == pytest.approx(100, rel=0.1)
    assert noon.of("JP") < 2.5
    assert night.of("JP") == pytest.approx(100, rel=0.1)
    assert night.of("NL") < 2.5
    assert noon.of("DE") == pytest.approx(night.of("DE"), rel=0.05)
    for one in (noon, night):
        assert sum(map(one.of, ("NL", "JP", "DE"))) == pytest.approx(120, rel=0.02)  # what the detector expects


def test_an_hour_with_an_incident_teaches_nothing_of_the_usual(service: Any) -> None:
    a_past(service)
    factories.cells(service, [Cell(NOON - 3 * DAY, "FR", raw=9000)])
    factories.watched(service, NOON, NOON + HOUR, expected=2.0)
    assert usual.read(service, NOON, NOON + HOUR, "country").of("FR") > 60
    cache.clear()
    factories.an_incident(service, NOON - 3 * DAY, states=((0, "possible"), (9, "confirmed"), (50, "resolved")))
    assert usual.read(service, NOON, NOON + HOUR, "country").of("FR") < 1


def test_a_component_has_its_own_usual(service: Any) -> None:
    a_past(service, component="app")
    factories.cells(service, [Cell(NOON - day * DAY, "DE", "login", raw=60) for day in range(1, 11)])
    factories.watched(service, NOON, NOON + HOUR, expected=3.0, expected_by_component={"app": 2.0, "login": 1.0})
    login = usual.read(service, NOON, NOON + HOUR, "country", component="login")
    assert login.of("DE") > 50
    assert login.of("NL") < 5


def test_a_place_that_is_new_is_expected_to_report_next_to_nothing(service: Any) -> None:
    a_past(service)
    factories.watched(service, NOON, NOON + HOUR, expected=2.0)
    assert 0 < usual.read(service, NOON, NOON + HOUR, "country").of("IS") < 0.1


def test_what_nobody_watched_was_not_expected_either(service: Any) -> None:
    a_past(service)
    assert usual.read(service, NOON, NOON + HOUR, "country").of("NL") == 0


@pytest.mark.parametrize("window", [timedelta(hours=24), timedelta(hours=6)])
def test_a_place_without_new_reports_has_one_number_for_an_hour(service: Any, window: timedelta) -> None:
    """While others report, and what is expected moves: the same numbers, ratio and step at 60 successive minutes."""
    a_past(service)
    factories.watched(service, NOON - DAY, NOON, expected=1.5)
    for hour in range(-4, 2):  # what is expected rises from hour to hour
        factories.watched(service, NOON + hour * HOUR, NOON + (hour + 1) * HOUR, raw=1, expected=1.5 + 0.2 * hour)
    factories.cells(service, [Cell(NOON - 3 * HOUR + 7 * MINUTE, "NL", raw=45)])
    factories.cells(service, [Cell(NOON + i * MINUTE, "DE", raw=5 + i) for i in range(60)])
    told = set()
    others = set()
    for minute in range(60):
        until = NOON + minute * MINUTE
        found = frames.cells(service, until - window, until, compare=True)
        told.add(tuple(found.loc["NL", ["raw", "effective", "expected", "ratio", "ratio_low", "ratio_high"]]))
        others.add(found.at["DE", "raw"] if "DE" in found.index else 0)
    assert len(told) == 1
    assert len(others) > 5


@pytest.mark.slow
def test_times_the_usual_is_the_same_through_all_doors(service: Any) -> None:
    a_past(service)
    factories.watched(service, NOON - DAY, NOON, raw=1, expected=1.5)
    factories.cells(service, [Cell(NOON - 30 * MINUTE, "NL", raw=400), Cell(NOON - 30 * MINUTE, "DE", raw=20)])
    at = f"{NOON:%Y-%m-%dT%H:%M:%SZ}"
    for window in ("1h", "24h"):
        doors: dict[str, dict[str, float]] = {}
        for form in ("geojson", "topojson"):
            query = {"window": window, "metric": "excess", "at": at, "format": form, "shapes": "false"}
            told = Client().get("/api/v1/services/acme/map", query).json()
            cells = told["features"] if form == "geojson" else told["objects"]["places"]["geometries"]
            doors[form] = {cell["id"]: cell["properties"]["times_usual"] for cell in cells}
        counts = Client().get("/api/v1/services/acme/map", {"window": window, "at": at, "shapes": "false"}).json()
        doors["count"] = {cell["id"]: cell["properties"]["times_usual"] for cell in counts["features"]}
        lines = Client().get("/acme/map.csv", {"window": window, "at": at}).content.decode().splitlines()
        head, *rows = (line.split(",") for line in lines)
        doors["csv"] = {row[0]: float(row[head.index("times_usual")]) for row in rows}
        found = frames.cells(service, NOON - {"1h": HOUR, "24h": DAY}[window], NOON, compare=True)
        expected = found[found["raw"] > 0]["ratio"].to_dict()
        assert expected.keys() == {"NL", "DE"} if window == "1h" else {"NL", "DE", "JP"}
        for door, numbers in doors.items():
            assert numbers == expected, (window, door)


def test_the_map_opens_with_what_is_unusual_once_that_is_known(service: Any) -> None:
    factories.watched(service, NOON - HOUR, NOON, raw=1)
    page = Client().get("/acme/map", {"at": f"{NOON:%Y-%m-%dT%H:%M:%SZ}"}).content.decode()
    assert '<option value="count" selected>' in page
    cache.clear()
    a_past(service)
    page = Client().get("/acme/map", {"at": f"{NOON:%Y-%m-%dT%H:%M:%SZ}"}).content.decode()
    assert '<option value="excess" selected>' in page
    assert '<option value="1h" selected>' in page
