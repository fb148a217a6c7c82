"""An incident hour by hour, in small maps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from outages.analytics.bins import Count
from outages.web.charts import hourly_maps
from tests import factories

NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("span", "hours", "maps"),
    [(HOUR, 1, 1), (11.5 * HOUR, 1, 12), (12 * HOUR, 1, 12), (13 * HOUR, 2, 7), (2 * DAY, 6, 8), (30 * DAY, 24, 12)],
)
def test_there_are_at_most_twelve_and_the_last_ends_with_the_incident(span: timedelta, hours: int, maps: int) -> None:
    spans = hourly_maps.bins_of(NOON - span, NOON)
    assert spans.step == hours * HOUR
    assert len(spans.starts) == maps
    assert spans.ends[-1] == NOON
    assert len(hourly_maps.bins_of(NOON - span - timedelta(minutes=7), NOON).starts) <= hourly_maps.MOST


def test_a_map_colours_its_own_hour_in_the_scale_of_all() -> None:
    spans = hourly_maps.bins_of(NOON - 4 * HOUR, NOON)
    found = {
        ("NL", spans.starts[0]): Count(False, 15, 15),
        ("NL", spans.starts[1]): Count(False, 400, 400),
        ("DE", spans.starts[1]): Count(False, 30, 30),
        ("IS", spans.starts[1]): Count(True, 0, 0),
        ("", spans.starts[1]): Count(False, 90, 90),
    }
    made = hourly_maps.drawn(spans, found, {spans.starts[3]}, country=None, language="en")
    assert [small.words for small in made.maps] == [
        "Netherlands",
        "Netherlands, Germany",
        "no reports",
        "not monitored",
    ]
    used = [re.findall(r'href="#hour-world-(\w+)" class="([\w-]+)"', small.drawing) for small in made.maps]
    assert used == [[("NL", "step-2")], [("DE", "step-2"), ("IS", "few"), ("NL", "step-4")], [], []]
    assert made.outlines.count("<path") == 4, "the land and each place once"
    assert sum(len(small.drawing) for small in made.maps) < 1500
    assert len(made.legend) == 6


def test_without_reports_there_are_no_maps() -> None:
    assert hourly_maps.drawn(hourly_maps.bins_of(NOON - HOUR, NOON), {}, set(), country=None, language="en").maps == ()


@pytest.mark.django_db
def test_the_page_of_an_incident_has_a_map_for_each_of_its_hours(settings: Any) -> None:
    service = factories.a_service()
    opened = NOON - 3 * HOUR
    factories.watched(service, opened - 2 * HOUR, NOON, raw=1)
    factories.cells(service, [factories.Cell(opened + hour * HOUR, "NL", raw=40 * (hour + 1)) for hour in range(3)])
    factories.an_incident(service, opened, states=((0, "possible"), (9, "confirmed"), (170, "resolved")))
    page = Client().get("/acme/incidents/1", {"at": f"{NOON:%Y-%m-%dT%H:%M:%SZ}"}).content.decode()
    maps = page[page.index('<ol class="hourly') :].partition("</ol>")[0]
    assert re.findall(r'<b><time datetime="[^"]*T(\d\d):00', maps) == ["08", "09", "10", "11"]
    assert re.findall(r'class="muted">([^<]*)<', maps) == ["no reports", "Netherlands", "Netherlands", "Netherlands"]
