"""From time zones to places."""

import importlib.resources
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import places
from reports.places import from_time_zone, locate
from reports.places.files import DATA

ZONEINFO = importlib.resources.files("tzdata") / "zoneinfo"
ZONE_TAB = [line.split("\t") for line in (ZONEINFO / "zone.tab").read_text().splitlines() if not line.startswith("#")]
PUBLISHED = Path(__file__).parents[3] / "static" / "places" / "zones.json"


def test_every_zone_stands_for_its_country() -> None:
    for country, _, zone, *_ in ZONE_TAB:
        found = from_time_zone(zone)
        assert found is not None, zone
        assert found.country == country, zone


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("Europe/Amsterdam", "NL"),
        ("America/New_York", "US"),  # many states
        ("America/Phoenix", "US-AZ"),
        ("Pacific/Honolulu", "US-HI"),
        ("America/Indiana/Knox", "US-IN"),
        ("Atlantic/Canary", "ES-CN"),
        ("Asia/Hong_Kong", "HK-HK"),
        ("Asia/Gaza", "PS-GZZ"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("Asia/Saigon", "VN"),
        ("Asia/Katmandu", "NP"),
        ("Asia/Rangoon", "MM"),
        ("Europe/Kiev", "UA"),
        ("America/Buenos_Aires", "AR"),
        ("America/Godthab", "GL"),
        ("US/Arizona", "US-AZ"),
        ("US/Pacific", "US"),
        ("GB", "GB"),
        ("Singapore", "SG"),
        # Linked to the same clock in another country
        ("Africa/Asmera", "ER"),
        ("Atlantic/Jan_Mayen", "SJ"),
        ("America/Coral_Harbour", "CA-NU"),
        ("America/Virgin", "VI"),
        ("Iceland", "IS"),
        ("Antarctica/South_Pole", "AQ"),
    ],
)
def test_a_zone_or_its_old_name_stands_for_a_place(zone: str, code: str) -> None:
    found = from_time_zone(zone)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "name",
    ["UTC", "GMT", "Etc/GMT+5", "EST", "EST5EDT", "CET", "Factory", "", "/", "Europe", "Europe/", "Mars/Olympus"],
)
def test_a_clock_without_a_place_is_no_place(name: str) -> None:
    assert from_time_zone(name) is None


def degrees(text: str, digits: int) -> float:
    number = text[1:]
    parts = [number[:digits], number[digits : digits + 2], number[digits + 2 :] or "0"]
    value = sum(int(part) / 60**power for power, part in enumerate(parts))
    return -value if text[0] == "-" else value


def test_a_zones_region_is_where_its_coordinates_are() -> None:
    for _, position, zone, *_ in ZONE_TAB:
        found = from_time_zone(zone)
        assert found is not None
        if found.region:
            split = max(position.rfind("+"), position.rfind("-"))
            there = locate(degrees(position[:split], 2), degrees(position[split:], 3))
            region = places.get(found.region)
            # Some zones' towns lie right at a border.
            assert there is not None
            assert region is not None
            assert there.region in (found.region, *region.neighbours), zone


def test_the_browser_gets_the_same_table() -> None:
    assert json.loads(PUBLISHED.read_bytes()) == json.loads((DATA / "zones.json").read_bytes())
    assert PUBLISHED.stat().st_size <= 15_000


@given(st.text(max_size=40))
def test_any_text_is_a_place_or_none(name: str) -> None:
    found = from_time_zone(name)
    assert found is None or places.get(found.code or "") is not None
