"""What a number of outages or days supports, against published tables."""

from __future__ import annotations

import pytest

from outages.evaluation.backtest.intervals import of_count, of_share


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),  # Clopper and Pearson 1934, table for 95 %
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (1, 1, 0.025, 1.0),
        (300, 300, 0.98778, 1.0),  # all of 300: at least 0.025 ** (1 / 300)
    ],
)
def test_a_share_has_exact_bounds(hits: int, tries: int, low: float, high: float) -> None:
    bounds = of_share(hits, tries)
    assert (bounds.low, bounds.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.6889), (1, 0.02532, 5.5716), (4, 1.0899, 10.2416), (10, 4.7954, 18.3904)]
)
def test_a_count_has_exact_bounds(events: int, low: float, high: float) -> None:
    bounds = of_count(events)
    assert (bounds.low, bounds.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_none_seen_in_a_thousand_days_is_at_most_a_ninth_a_month() -> None:
    assert of_count(0).times(30 / 1000).high == pytest.approx(0.1107, abs=1e-4)


def test_more_hits_than_tries_and_negative_counts_are_refused() -> None:
    for hits, tries in ((2, 1), (-1, 1), (0, 0)):
        with pytest.raises(ValueError, match="no share"):
            of_share(hits, tries)
    with pytest.raises(ValueError, match="no number"):
        of_count(-1)
