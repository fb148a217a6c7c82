"""What is usual: tables by hand at the thresholds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from outages.detection.estimators.baseline import Baseline
from outages.detection.thresholds import DEFAULT

MONTH = 30 * 1440


def baseline(counts: float = 10.0, exposure: float = 1000.0, components: int = 1, places: int = 1) -> Baseline:
    made = Baseline.fresh(components)
    made.grow(components, places)
    made.counts[:] = counts
    made.exposure[:] = exposure
    made.minutes = int(exposure)
    return made


@pytest.mark.parametrize(
    ("monthly", "bar"),
    [
        (1.0, DEFAULT.crowd_open_least),  # ln(1 · 12 / 0.01) = 7.1 is too little
        (240.0, math.log(240 * 12 / 0.01)),  # one in three hours: 12.57
        (3_000.0, math.log(3_000 * 12 / 0.01)),  # 15.1
        (1_000_000.0, DEFAULT.crowd_open),
    ],
)
def test_the_bar_of_a_component_is_the_chance_that_one_of_its_sums_passes_in_a_month(
    monthly: float, bar: float
) -> None:
    many = 1_000_000  # minutes watched: priors weigh nothing
    made = baseline(monthly / MONTH * many, many)
    assert made.opening_nats(DEFAULT)[0] == pytest.approx(bar, abs=0.1)


def test_a_cell_is_shrunk_to_what_component_and_place_would_make_if_they_were_independent() -> None:
    made = baseline(components=2, places=2, counts=0.0)
    made.counts[:] = [[90.0, 10.0], [10.0, 0.0]]
    levels = made.levels(DEFAULT)
    assert levels[0, 0] == pytest.approx(90 / 1000, rel=0.05)
    assert 0 < levels[1, 1] < 2 / 1000  # never seen, and not impossible
    made.counts[1, 1] = 40.0
    assert made.levels(DEFAULT)[1, 1] == pytest.approx(40 / 1000, rel=0.1)


@pytest.mark.parametrize(
    ("surplus", "squared", "alpha"),
    [
        (0.0, 1e9, DEFAULT.dispersion_floor),
        (0.2 * 1e9, 1e9, 0.2),
        (9.0 * 1e9, 1e9, DEFAULT.dispersion_ceiling),
    ],
)
def test_dispersion_is_that_of_the_moments_within_its_bounds(surplus: float, squared: float, alpha: float) -> None:
    made = baseline(counts=1e6)
    made.minutes, made.surplus, made.squared = 1440 * 1000, surplus, squared
    assert made.dispersion(DEFAULT) == pytest.approx(alpha, abs=2e-3)


def test_dispersion_is_larger_on_the_first_day() -> None:
    made = baseline(counts=1e6)
    made.minutes = 0
    young = made.dispersion(DEFAULT)
    made.minutes = 1440
    assert young - made.dispersion(DEFAULT) == pytest.approx(DEFAULT.dispersion_young * 3 / 4, abs=1e-3)


def test_what_is_learnt_of_one_minute_is_at_most_three_standard_deviations_beyond_the_usual() -> None:
    made = baseline(counts=1e6, exposure=1e6)
    made.minutes = 1440 * 100
    rates = np.ones((1, 1), dtype=np.float32)
    one = np.ones(1, dtype=np.float32)
    before = float(made.counts.sum())
    made.decayed_hour = 1000
    made.learn(np.full((1, 1), 500, np.float32), rates, one, one, np.ones(1, bool), 60_000, DEFAULT)
    alpha = made.dispersion(DEFAULT)
    most = 1 + 3 * math.sqrt(1 + alpha) + 1
    assert float(made.counts.sum()) - before == pytest.approx(most, abs=0.2)


def test_what_is_suspected_is_not_learnt() -> None:
    made = baseline(components=2, places=1, counts=1e4, exposure=1e4)
    made.minutes = 1440 * 100
    made.decayed_hour = 1000
    before = made.counts.copy()
    one = np.ones(1, dtype=np.float32)
    rates = np.ones((2, 1), dtype=np.float32)
    made.learn(np.ones((2, 1), np.float32), rates, one, one, np.array([True, False]), 60_000, DEFAULT)
    assert made.counts[0, 0] > before[0, 0]
    assert made.counts[1, 0] == before[1, 0]


def test_counts_are_forgotten_with_their_half_life() -> None:
    made = baseline(counts=100.0)
    hours = round(DEFAULT.half_life_days * 24)
    for hour in range(1, hours + 1):
        made.decayed_hour = hour
        made._forget((hour + 1) * 60, DEFAULT)
    assert float(made.counts[0, 0]) == pytest.approx(50.0, rel=1e-3)
    assert float(made.exposure[0, 0]) == pytest.approx(500.0, rel=1e-3)


def test_a_level_that_is_taken_over_multiplies_the_component_alone() -> None:
    made = baseline(components=2)
    made.relevel(1, 2.5)
    assert made.counts[:, 0].tolist() == [10.0, 25.0]


@pytest.mark.parametrize("ratio", [0.05, 3.0])
def test_what_one_component_does_by_itself_is_no_tempo_of_the_others(ratio: float) -> None:
    """One whose level was thought ten times too high would make all others look as if they had risen."""
    made = baseline(components=4, places=2)
    made.minutes, made.decayed_hour = 1440 * 10, 1000
    rates = np.full((4, 2), 0.3, dtype=np.float32)
    rates[0] *= 10
    seen = rates.copy()
    seen[0] *= ratio
    ones, member = np.ones(2, dtype=np.float32), np.ones((1, 2), dtype=np.float32)
    for minute in range(240):
        made.learn(seen, rates, ones, ones, np.ones(4, bool), 60_000 + minute, DEFAULT)
    assert made.tempo(member, DEFAULT) == pytest.approx([1.0, 1.0], abs=0.1)
    made = baseline(components=4, places=2)
    made.minutes, made.decayed_hour = 1440 * 10, 1000
    for minute in range(240):  # all of them alike: that is the tempo
        made.learn(rates * 2, rates, ones, ones, np.ones(4, bool), 60_000 + minute, DEFAULT)
    assert made.tempo(member, DEFAULT) == pytest.approx([2.0, 2.0], abs=0.3)


def test_where_one_component_has_nearly_all_reports_its_last_hours_are_the_tempo() -> None:
    made = baseline(components=6, places=1)
    made.minutes, made.decayed_hour = 1440 * 10, 1000
    rates = np.full((6, 1), 0.002, dtype=np.float32)
    rates[0] = 2.0
    one, member = np.ones(1, dtype=np.float32), np.ones((1, 1), dtype=np.float32)
    for minute in range(240):  # the service grows, and the rest is too small to show it
        made.learn(rates * 3, rates, one, one, np.ones(6, bool), 60_000 + minute, DEFAULT)
    assert float(made.tempo(member, DEFAULT)[0]) > 2.2


def test_the_last_hours_weigh_more_while_little_is_known() -> None:
    member = np.ones((1, 1), dtype=np.float32)
    tempos = []
    for days in (0, 30):
        made = replace_minutes(days * 1440)
        made.lately_seen[:], made.lately_expected[:] = 40.0, 20.0
        tempos.append(float(made.tempo(member, replace(DEFAULT))[0]))
    assert tempos[0] > tempos[1] > 1


def replace_minutes(minutes: int) -> Baseline:
    made = baseline()
    made.minutes = minutes
    return made
