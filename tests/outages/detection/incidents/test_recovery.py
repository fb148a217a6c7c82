"""What speaks for an end: tables by hand at the thresholds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from outages.detection.incidents.recovery import _fading, _recedes, observe_probes
from outages.detection.state import GAPS_KEPT, Incident, State
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import START, Crowd, Day


def rows(by_age: dict[int, float]) -> tuple[NDArray[np.int_], NDArray[np.float32]]:
    """The ages of these minutes and the weight of all reports in each, the oldest first."""
    ages = sorted(by_age, reverse=True)
    return np.array(ages), np.array([by_age[age] for age in ages], dtype=np.float32)


def test_an_echo_above_the_height_before_recedes_once_it_is_past_its_own_height() -> None:
    """Fifty a minute, then twice as many just after the end: they halve in ten minutes."""
    after = {age: 100 * math.exp(-(8 - age) / 14) for age in range(9)}
    before = dict.fromkeys(range(9, 40), 50.0)
    echo = rows({**before, **after})
    _, falling, _ = _fading(*echo, 1.0, 40, DEFAULT)
    assert not falling
    assert _recedes(*echo, DEFAULT)


@pytest.mark.parametrize("level", [0.5, 3.0, 50.0])
def test_a_level_that_goes_on_does_not_recede(level: float) -> None:
    random = np.random.default_rng(7)
    times = 0
    for _ in range(200):
        seen = {age: float(random.poisson(level)) for age in range(40)}
        times += _recedes(*rows(seen), DEFAULT)
    assert times <= 6  # three standard errors below the highest of sixteen windows


@pytest.mark.parametrize(("lately", "recedes"), [(61, True), (62, False)])
def test_reports_recede_at_three_standard_errors_below_their_height(lately: int, recedes: bool) -> None:
    """Five minutes with a hundred reports, then five with so many: 100 − 3·√161 = 61.9, 100 − 3·√162 = 61.8."""
    seen = {**dict.fromkeys(range(10, 15), 20.0), **dict.fromkeys(range(5), lately / 5)}
    assert _recedes(*rows(seen), DEFAULT) is recedes


@pytest.mark.parametrize(
    ("silence", "is_over"),
    [(7, False), (8, False), (10, True), (15, True)],
)
def test_reports_have_stopped_when_their_silence_is_no_chance(silence: int, is_over: bool) -> None:
    """One report a minute for an hour, then none: 0.6 − 0.18 nats a minute, from eight minutes on."""
    seen = dict.fromkeys(range(silence, 60), 1.0)
    nats, falling, _ = _fading(*rows(seen), 0.01, 60, DEFAULT)
    assert nats == pytest.approx(0.42 * silence if silence >= 8 else nats, abs=1e-6)
    assert (nats >= 0.42 * 10) is is_over
    assert falling


@pytest.mark.parametrize(("after", "falls"), [(9.0, True), (9.1, False)])
def test_reports_fall_when_the_last_minutes_bring_nine_tenths_of_those_before(after: float, falls: bool) -> None:
    seen = {**dict.fromkeys(range(5), after), **dict.fromkeys(range(5, 40), 10.0)}
    assert _fading(*rows(seen), 0.5, 40, DEFAULT)[1] is falls


def test_there_is_evidence_as_long_as_a_quarter_of_an_hour_is_beyond_the_usual() -> None:
    usual = 0.1  # 1.5 in a quarter of an hour: five are 5·ln(5/1.5) − 3.5 = 2.5 nats, six 3.8
    assert not _fading(*rows(dict.fromkeys(range(0, 10, 2), 1.0)), usual, 61, DEFAULT)[2]
    assert _fading(*rows(dict.fromkeys(range(0, 12, 2), 1.0)), usual, 61, DEFAULT)[2]


@pytest.mark.parametrize(("fails", "counted"), [({0, 1}, (2, 17)), ({12, 16}, (2, 17)), ({16}, (0, 0))])
def test_how_often_a_probe_failed_is_counted_from_the_opening_on(fails: set[int], counted: tuple[int, int]) -> None:
    """Counted from the failure on that makes it a witness, two in 17 minutes would be two in one."""
    day = Day(Crowd(1))
    for _ in range(3):
        day.minute(probes=(day.result("p", "paris", "app", 200),))
    shape = day.state.rates.shape
    none = np.zeros(shape, dtype=np.float32)
    opened = Incident(1, "confirmed", "outage", ("app",), (), (), "", START + 3, START + 3, none, none)
    for minute in range(17):
        day.minute(probes=(day.result("p", "paris", "app", 503 if minute in fails else 200),))
        observe_probes(day.state, opened, DEFAULT)
    assert (opened.probe_failures, opened.probe_results) == counted


def test_minutes_that_nobody_observed_do_not_age_what_came_before() -> None:
    state = State.fresh(99)
    for minute, expected in ((100, []), (105, [(101, 104)]), (106, [(101, 104)]), (108, [(101, 104), (107, 107)])):
        state.skip_to(minute)
        state.minute = minute
        assert state.gaps == expected
    assert list(state.ages(np.array([100, 105, 106, 108]))) == [3, 2, 1, 0]
    state.skip_to(101 + 2 * GAPS_KEPT)
    assert state.gaps == [(109, 100 + 2 * GAPS_KEPT)]
