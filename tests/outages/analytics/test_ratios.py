"""How far an estimate follows its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.analytics import ratios
from outages.pipeline.perturbation import WEIGHTS, rounded


@pytest.mark.parametrize(
    ("seen", "expected", "estimate", "is_sure"),
    [
        (5, 4.0, 1.0, False),
        (10, 6.0, 1.0, True),
        (30, 1.0, 15.0, True),
        (5, 0.1, 1.5, False),
        (15, 0.1, 15.0, False),
        (120, 30.0, 4.0, True),
        (500, 500.0, 1.0, True),
        (1000, 500.0, 2.0, True),
    ],
)
def test_chance_stays_at_the_usual_and_what_is_no_chance_is_followed(
    seen: float, expected: float, estimate: float, is_sure: bool
) -> None:
    found = ratios.times_usual(seen, expected)
    assert found.estimate == pytest.approx(estimate, rel=0.21)
    assert bool(found.is_sure) is is_sure
    assert found.low <= found.high


@pytest.mark.parametrize("expected", [10, 20, 50, 100, 300])
def test_a_place_at_its_usual_is_rarely_shown_as_off(expected: int) -> None:
    """The promise of the map: with ten expected reports or more under 5 % of hours are off 0.8 to 1.25."""
    chance = np.random.default_rng(expected)
    came = chance.poisson(expected, 4000)
    weights = np.repeat(np.arange(len(WEIGHTS)), WEIGHTS)
    told = [max(rounded(chance.choice(weights, number).sum()), 5) for number in came]
    found = ratios.times_usual(told, expected).estimate
    assert ((found < 0.8) | (found > 1.25)).mean() < 0.05


def test_bursts_of_a_quiet_hour_are_no_outage() -> None:
    """Hours of the worlds' quiet days: what is told of a region varies by three times what chance alone would make."""
    seen, expected = zip((50, 25.1), (30, 13.2), (40, 18.9), (35, 15.8), (40, 18.4), strict=True)
    found = ratios.times_usual(seen, expected).estimate
    assert found.tolist() == [1.2] * len(seen)
    # … while a region that breaks is told as before.
    assert ratios.times_usual([30, 60, 120], [5.0, 20.0, 30.0]).estimate.tolist() == [5.0, 3.0, 4.0]


@given(st.integers(0, 2000), st.floats(0, 1e4))
def test_more_reports_are_never_fewer_times_the_usual(fives: int, expected: float) -> None:
    one, more = ratios.times_usual([fives * 5, fives * 5 + 5], expected).estimate
    assert 0 < one <= more


def test_numbers_are_rounded_to_a_series_that_has_the_bounds_of_the_steps() -> None:
    assert ratios.rounded([0.03, 0.97, 1.13, 1.34, 3.4, 7.2, 11.5, 260]).tolist() == [0.1, 1, 1.2, 1.2, 3, 8, 12, 250]
