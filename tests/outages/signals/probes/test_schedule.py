"""When probes are due."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.signals.probes.schedule import (
    BROKEN_AFTER,
    HOST_CAP_A_MINUTE,
    Pace,
    due_at,
    interval_s,
    is_due,
    next_due_at,
    stretched,
)

DAY = 1_790_000_000.0


@given(
    key=st.text(max_size=20),
    interval=st.sampled_from([10.0, 15.0, 60.0, 300.0, 77.7]),
    cuts=st.lists(st.floats(0, 3000), min_size=1, max_size=40),
)
def test_each_period_is_due_exactly_once_however_the_time_is_cut(key: str, interval: float, cuts: list[float]) -> None:
    edges = sorted({DAY, *(DAY + cut for cut in cuts), DAY + 3000})
    moments = [
        due_at(key, interval, period) for period in range(int(DAY // interval) - 1, int((DAY + 3000) // interval) + 2)
    ]
    wanted = sum(any(after < moment <= until for moment in moments) for after, until in itertools.pairwise(edges))
    assert sum(is_due(key, interval, after, until) for after, until in itertools.pairwise(edges)) == wanted


def test_a_probe_runs_sixty_times_an_hour_at_its_interval_of_a_minute() -> None:
    ticks = [DAY + 5 * n for n in range(721)]
    runs = sum(is_due("tesla/app@local", 60.0, after, until) for after, until in itertools.pairwise(ticks))
    assert runs in (59, 60, 61)


def test_moments_jitter_but_are_the_same_for_every_beat() -> None:
    gaps = [due_at("a", 60.0, n + 1) - due_at("a", 60.0, n) for n in range(100)]
    assert len({round(gap, 3) for gap in gaps}) > 50
    assert 60 * 0.8 <= min(gaps) < max(gaps) <= 60 * 1.2
    assert due_at("a", 60.0, 7) == due_at("a", 60.0, 7)


def test_many_probes_spread_over_the_interval() -> None:
    moments = [due_at(f"probe-{n}", 60.0, 0) for n in range(600)]
    tenths = [sum(1 for moment in moments if int(moment // 6) == tenth) for tenth in range(10)]
    assert min(tenths[1:9]) > 30


@given(interval=st.floats(10, 3600), after=st.floats(DAY, DAY + 86_400))
def test_the_next_moment_lies_ahead_and_within_two_intervals(interval: float, after: float) -> None:
    moment = next_due_at("x", interval, after)
    assert after < moment <= after + 2 * interval
    assert is_due("x", interval, after, moment)


@pytest.mark.parametrize(
    ("pace", "seconds"),
    [
        (Pace(60), 60),
        (Pace(60, suspected=True), 15),
        (Pace(10, suspected=True), 10),
        (Pace(300, suspected=True, incident_open=True), 15),
        (Pace(60, refusals=1), 120),
        (Pace(60, refusals=1, suspected=True), 120),
        (Pace(60, refusals=50), 3600),
        (Pace(7200, refusals=3), 7200),
        (Pace(60, failures=BROKEN_AFTER), 600),
        (Pace(60, failures=BROKEN_AFTER, suspected=True), 600),
        (Pace(60, failures=BROKEN_AFTER, suspected=True, incident_open=True), 60),
        (Pace(60, failures=BROKEN_AFTER - 1, suspected=True), 15),
    ],
)
def test_the_pace_follows_suspicion_refusal_and_the_circuit(pace: Pace, seconds: float) -> None:
    assert interval_s(pace) == seconds


def test_a_host_is_asked_no_more_often_than_its_cap() -> None:
    intervals = stretched([("busy.example", 15.0)] * 40 + [("calm.example", 60.0)])
    assert sum(60 / interval for interval in intervals[:40]) == pytest.approx(HOST_CAP_A_MINUTE)
    assert intervals[40] == 60.0
