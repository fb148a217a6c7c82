"""`python -m bench day`: the day's shape and the sum of its lags."""

import pytest

from bench.day import DAY_MINUTES, OUTAGE_AT, behind, busiest_hour, shape


@pytest.mark.parametrize("reports", [0, 7, 50_000, 1_700_000])
def test_a_day_has_exactly_its_reports_and_none_that_are_owed(reports):
    counts = shape(reports)
    assert (len(counts), sum(counts)) == (DAY_MINUTES, reports)
    assert min(counts) >= 0


def test_the_outage_makes_the_busiest_hour_which_has_between_a_quarter_and_a_third_of_the_day():
    counts = shape(1_000_000)
    assert OUTAGE_AT < counts.index(max(counts)) < OUTAGE_AT + 60
    assert 250_000 < busiest_hour(counts) < 333_000


def test_a_minute_that_takes_longer_than_a_minute_makes_the_next_ones_wait():
    assert behind([1.0, 2.0], 6.5) == [7.5, 8.5]
    assert behind([100.0, 1.0, 1.0, 1.0], 5.0) == [105.0, 46.0, 6.0, 6.0]
