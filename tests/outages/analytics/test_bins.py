"""What bins of time hold, and what may be said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from django.core.cache import cache

from outages.analytics import bins
from outages.analytics.bins import Bins
from outages.analytics.disclosure import Question
from tests import factories
from tests.factories import Cell

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    return factories.a_service()


def test_bins_are_aligned_and_hold_the_whole_span() -> None:
    spans = Bins.covering(NOON + 7 * MINUTE, NOON + 33 * MINUTE, 15 * MINUTE)
    assert spans.starts == [NOON, NOON + 15 * MINUTE, NOON + 30 * MINUTE]
    assert spans.ends[-1] == NOON + 33 * MINUTE
    assert Bins.covering(NOON, NOON + HOUR, 15 * MINUTE).ends[-1] == NOON + HOUR


def test_no_bin_of_hours_crosses_midnight() -> None:
    spans = Bins.covering(NOON - timedelta(days=7), NOON, 6 * HOUR)
    assert {start.hour for start in spans.starts} == {0, 6, 12, 18}


def test_each_minute_is_counted_once_by_minutes_and_by_hours(service: Any) -> None:
    factories.cells(service, [Cell(NOON + i * 10 * MINUTE, "NL-NH", raw=10) for i in range(15)])
    for step in (15 * MINUTE, HOUR, 6 * HOUR):
        spans = Bins.covering(NOON, NOON + 140 * MINUTE, step)
        frame = bins.counts(service, spans, "country")
        assert frame["effective"].sum() == 140, step  # multiples of five stay as they are
        assert set(frame["key"]) == {"NL"}


def test_a_part_and_a_country_are_counted_alone(service: Any) -> None:
    factories.cells(service, [Cell(NOON, "NL-NH", "app", raw=10), Cell(NOON, "US-CA", "login", raw=20)])
    spans = Bins.covering(NOON, NOON + HOUR, 15 * MINUTE)
    by_part = bins.counts(service, spans, "component")
    assert dict(zip(by_part["key"], by_part["raw"], strict=True)) == {"app": 10, "login": 20}
    by_region = bins.counts(service, spans, "region", country="US")
    assert dict(zip(by_region["key"], by_region["raw"], strict=True)) == {"US-CA": 20}
    assert bins.counts(service, spans, "country", component="charging").empty


def test_networks_are_told_apart_within_a_bin_only(service: Any) -> None:
    rows = [Cell(NOON + i * 5 * MINUTE, "NL", raw=4, networks=(i,)) for i in range(4)]
    factories.cells(service, [*rows, *(Cell(NOON + i * 5 * MINUTE, "US", raw=30) for i in range(4))])
    frame = bins.counts(service, Bins.covering(NOON, NOON + 20 * MINUTE, 15 * MINUTE), "country")
    counts = bins.by_key_and_start(frame)
    assert counts["NL", NOON].networks == 3
    assert not counts["NL", NOON].few
    assert counts["NL", NOON + 15 * MINUTE].few


@pytest.mark.parametrize(
    ("networks", "distinct"),
    [
        ([()], 0),
        ([(7,), (7,)], 1),
        ([(1,), (9,), (1, 9)], 2),
        ([(1, 9), (9,), (4,)], 3),
        ([(-5,), (3,), (2**40 + 11,)], 3),
        ([(1, 2), (1, 2), (3, 4)], 3),
        ([(1, 2, 3)], 3),
    ],
)
def test_networks_of_a_place_are_counted_up_to_three(
    service: Any, networks: list[tuple[int, ...]], distinct: int
) -> None:
    rows = [Cell(NOON + i * MINUTE, "NL-NH", raw=9, networks=found) for i, found in enumerate(networks)]
    factories.cells(service, [*rows, Cell(NOON, "US-CA", raw=500), Cell(NOON, "IS", raw=9, networks=(1,))])
    frame = bins.counts(service, Bins.covering(NOON, NOON + HOUR, HOUR / 4), "country")
    assert dict(zip(frame["key"], frame["networks"], strict=True))["NL"] == distinct


def a_bin(**cells: tuple[int, int]) -> pd.DataFrame:
    """One bin of (reports, networks) by place."""
    return pd.DataFrame(
        {
            "bin": NOON,
            "key": list(cells),
            "raw": [raw for raw, _networks in cells.values()],
            "effective": [float(raw) for raw, _networks in cells.values()],
            "networks": [networks for _raw, networks in cells.values()],
        }
    )


def test_what_is_told_is_a_multiple_of_five_and_always_the_same() -> None:
    asked = Question(b"secret", ("a",))
    first, second = (bins.disclosed(a_bin(NL=(13, 3), US=(41, 3)), asked) for _ in range(2))
    assert first.equals(second)
    assert set(first["raw"]) <= {10, 15, 40, 45}


def test_a_small_place_that_follows_from_the_others_is_not_named() -> None:
    asked = Question(b"secret", ("a",))
    assert bins.disclosed(a_bin(IS=(2, 1)), asked).empty
    both = bins.disclosed(a_bin(US=(400, 3), IS=(2, 1), MT=(9, 2)), asked)
    assert list(both["key"]) == ["US", "IS", "MT"]


def test_more_reports_ask_no_more_queries(service: Any, django_assert_num_queries: Any) -> None:
    for size in (1, 40):
        start = NOON + timedelta(days=size)
        factories.cells(service, [Cell(start + i * MINUTE, "NL-NH", raw=size) for i in range(size)])
        with django_assert_num_queries(1):
            bins.counts(service, Bins.covering(start, start + HOUR, 15 * MINUTE), "region")
