"""What bins of time hold, and what may be said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from outages.analytics import bins
from outages.analytics.bins import Bins
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


def test_each_report_is_counted_once_by_minutes_and_by_hours(service: Any) -> None:
    factories.cells(service, [Cell(NOON + i * 10 * MINUTE, "NL-NH", raw=10) for i in range(14)])
    factories.watched(service, NOON, NOON + 140 * MINUTE, raw=1)
    for step in (15 * MINUTE, HOUR, 6 * HOUR):
        spans = Bins.covering(NOON, NOON + 140 * MINUTE, step)
        found = bins.counts(service, spans, "country")
        assert sum(count.effective for count in found.values()) == 140, step  # multiples of five stay as they are
        assert {code for code, _start in found} == {"NL"}


def test_a_part_and_a_country_are_counted_alone(service: Any) -> None:
    factories.cells(service, [Cell(NOON, "NL-NH", "app", raw=10), Cell(NOON, "US-CA", "login", raw=20)])
    factories.watched(service, NOON, NOON + HOUR, raw=1)
    spans = Bins.covering(NOON, NOON + HOUR, 15 * MINUTE)
    by_part = bins.counts(service, spans, "component")
    assert {key: count.raw for key, count in by_part.items()} == {("app", NOON): 10, ("login", NOON): 20}
    by_region = bins.counts(service, spans, "region", country="US")
    assert {key: count.raw for key, count in by_region.items()} == {("US-CA", NOON): 20}
    assert not bins.counts(service, spans, "country", component="charging")


def test_a_small_place_is_in_no_bin_of_less_than_an_hour(service: Any) -> None:
    rows = [Cell(NOON + i * 5 * MINUTE, "NL", raw=4, networks=(1,)) for i in range(4)]
    factories.cells(service, [*rows, *(Cell(NOON + i * 5 * MINUTE, "US", raw=30) for i in range(4))])
    factories.watched(service, NOON, NOON + HOUR, raw=3)
    quarters = bins.counts(service, Bins.covering(NOON, NOON + HOUR, 15 * MINUTE), "country")
    assert {code for code, _start in quarters} == {"US"}
    hours = bins.counts(service, Bins.covering(NOON, NOON + HOUR, HOUR), "country")
    assert hours["NL", NOON].few
    assert not hours["US", NOON].few


@pytest.mark.parametrize(
    ("networks", "enough"),
    [
        ([()], False),
        ([(7,), (7,)], False),
        ([(1,), (9,), (1, 9)], False),
        ([(1, 9), (9,), (4,)], True),
        ([(-5,), (3,), (2**40 + 11,)], True),
        ([(1, 2), (1, 2), (3, 4)], True),
        ([(1, 2, 3)], True),
    ],
)
def test_networks_of_a_place_are_counted_up_to_three(
    service: Any, networks: list[tuple[int, ...]], enough: bool
) -> None:
    rows = [Cell(NOON + i * MINUTE, "NL-NH", raw=9, networks=found) for i, found in enumerate(networks)]
    factories.cells(service, [*rows, Cell(NOON, "US-CA", raw=500), Cell(NOON, "IS", raw=9, networks=(1,))])
    factories.watched(service, NOON, NOON + HOUR, raw=3)
    found = bins.counts(service, Bins.covering(NOON, NOON + HOUR, HOUR), "country")
    assert found["NL", NOON].few is not enough
    quarters = bins.counts(service, Bins.covering(NOON, NOON + HOUR, HOUR / 4), "country")
    assert (("NL", NOON) in quarters) is enough


def test_more_reports_ask_no_more_queries(service: Any, django_assert_num_queries: Any) -> None:
    for size in (1, 40):
        start = NOON + timedelta(days=size)
        factories.cells(service, [Cell(start + i * MINUTE, "NL-NH", raw=size) for i in range(size)])
        with django_assert_num_queries(1):
            bins.counts(service, Bins.covering(start, start + HOUR, 15 * MINUTE), "region")
