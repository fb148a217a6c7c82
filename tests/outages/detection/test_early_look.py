"""Looks into a minute that has not ended: they open what its step would open, sooner, and do nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outages.detection.datatypes import Minute, Reports, Transition
from outages.detection.early_look import LOOKS
from outages.detection.engine import State, look, look_through, step
from tests.outages.detection.minutes import SERVICE, Crowd, Day

FAULT = ("http-503-maintenance", "http-503-unavailable", "blank-screen")


@pytest.fixture(scope="module")
def warm() -> bytes:
    """A detector that has watched a quiet service for some hours."""
    return Day(Crowd(1), 400).state.dumps()


def rush(state: State, seconds: tuple[int, ...]) -> Minute:
    """The next minute, with a report of a broken app at each of some seconds."""
    crowd = Crowd(5)
    taken = Reports()
    while len(taken) < len(seconds):
        taken = crowd.some(3 * len(seconds), ("app",), ("DE-BE", "DE-BY"), FAULT)
    timed = replace(taken, second=np.full(len(taken), 59, dtype=np.int8))
    timed.second[: len(seconds)] = seconds
    return Minute(state.minute + 1, timed.until(59))


def test_what_has_come_so_far_opens_an_incident_at_the_moment_of_the_look(warm: bytes) -> None:
    state = State.loads(warm)
    minute = rush(state, tuple(range(14)))
    state, told = look(state, minute, 15, service=SERVICE)
    assert [(t.from_state, t.to_state, t.second) for t in told] == [(None, "possible", minute.minute * 60 + 15)]
    assert state.minute == minute.minute - 1, "the minute itself is not stepped"


def test_a_look_sees_nothing_that_came_later(warm: bytes) -> None:
    state = State.loads(warm)
    minute = rush(state, tuple(range(20, 34)))
    assert look(state, minute, 15, service=SERVICE)[1] == ()
    assert look(state, minute, 45, service=SERVICE)[1] != ()
    untimed = replace(minute, reports=replace(minute.reports, second=Reports().second))
    assert look(State.loads(warm), untimed, 45, service=SERVICE)[1] == ()


def test_a_probe_result_counts_once_it_was_there(warm: bytes) -> None:
    day = Day(Crowd(3))
    day.state = State.loads(warm)
    slow = replace(day.result("api", "paris", "app", "timeout"), latency_ms=10_000.0)
    minute = Minute(day.state.minute + 1, probes=(replace(slow, at=slow.at + 8),))
    assert minute.until(15).probes == ()
    assert minute.until(30).probes == minute.probes


def test_a_look_takes_off_its_part_of_what_the_minute_takes_off(warm: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State.loads(warm)
    minute = rush(state, tuple(range(14)))
    state, _ = step(state, Minute(state.minute + 1), service=SERVICE)  # rates are renewed by a step
    loss = state.leaves.loss.copy()
    scores = []
    monkeypatch.setattr(
        "outages.detection.engine.open_early", lambda ahead, *_: scores.append(ahead.leaves.score.copy()) or []
    )
    minute = replace(minute, minute=state.minute + 1)
    for second in (15, 45):
        look(state, minute, second, service=SERVICE)
    at = scores[0] > 1
    np.testing.assert_allclose((scores[0] - scores[1])[at], loss[at] / 2, atol=1e-4)


@pytest.mark.parametrize(("later", "opens"), [(1, False), (2, False), (3, True)])
def test_a_look_leaves_what_comes_just_after_an_opening_to_the_step(warm: bytes, later: int, opens: bool) -> None:
    """Both parts of one fault open within seconds, one here and one there, and are one a minute later."""
    day = Day(Crowd(3))
    day.state = State.loads(warm)
    first = rush(day.state, tuple(range(14)))
    day.state, told = look(day.state, first, 15, service=SERVICE)
    assert len(told) == 1
    day.state, _ = step(day.state, first, service=SERVICE)
    for _ in range(later - 1):
        day.minute(day.crowd.usual())
    crowd = Crowd(7)
    rows = crowd.some(60, ("website",), ("US-CA", "US-TX"), FAULT)
    second = Minute(day.state.minute + 1, replace(rows, second=np.full(len(rows), 20, dtype=np.int8)))
    assert bool(look(day.state, second, 45, service=SERVICE)[1]) is opens


def test_a_look_that_opens_nothing_leaves_no_trace(warm: bytes) -> None:
    state = State.loads(warm)
    minute = rush(state, (3, 9))
    failing = replace(minute, probes=(Day(Crowd(3)).result("api", "paris", "website", 502),))
    state, told = look(state, minute, 15, service=SERVICE)
    assert (told, state.dumps()) == ((), warm)
    state, told = look(state, replace(failing, probes=()), 30, service=SERVICE)
    assert (told, state.dumps()) == ((), warm)


def test_the_minute_goes_on_with_what_its_look_opened_and_counts_it_once(warm: bytes) -> None:
    looked, stepped = State.loads(warm), State.loads(warm)
    minute = rush(looked, tuple(range(14)))
    looked, _ = look(looked, minute, 15, service=SERVICE)
    assert look(looked, minute, 30, service=SERVICE)[1] == ()
    for _ in range(3):
        looked, _ = step(looked, minute, service=SERVICE)
        stepped, _ = step(stepped, minute, service=SERVICE)
        minute = replace(minute, minute=minute.minute + 1)
    mine, theirs = looked.incidents, stepped.incidents
    assert [(i.number, i.components, i.countries) for i in mine] == [
        (i.number, i.components, i.countries) for i in theirs
    ]
    np.testing.assert_allclose(mine[0].observed, theirs[0].observed, rtol=1e-5)
    np.testing.assert_allclose(mine[0].expected, theirs[0].expected, rtol=1e-3)


def test_a_probe_that_answered_before_the_look_counts_once(warm: bytes) -> None:
    day = Day(Crowd(3))
    day.state = State.loads(warm)
    minute = replace(rush(day.state, tuple(range(14))), probes=(day.result("api", "paris", "app", "timeout"),))
    state, told = look(day.state, minute, 15, service=SERVICE)
    assert told
    assert [incident.results for incident in state.incidents] == [{}]
    state, _ = step(state, minute, service=SERVICE)
    assert [list(incident.results.values()) for incident in state.incidents] == [[1]]


@pytest.mark.parametrize("seed", range(12))
def test_a_minute_looked_through_is_a_minute_with_a_look_at_each_moment(warm: bytes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    each, through = State.loads(warm), State.loads(warm)
    minute = rush(each, tuple(np.sort(rng.integers(0, 60, rng.integers(1, 16))).tolist()))
    failing = Day(Crowd(3)).result("api", "paris", "website", 502)
    at = minute.minute * 60 + float(rng.integers(0, 60))
    minute = replace(minute, probes=(replace(failing, at=at),) if seed % 3 == 0 else ())
    told: list[Transition] = []
    for second in LOOKS:
        each, opened = look(each, minute, second, service=SERVICE)
        told += opened
    through, opened = look_through(through, minute, service=SERVICE)
    assert list(opened) == told
    assert through.dumps() == each.dumps()


def test_moments_that_were_looked_at_are_not_looked_at_again(warm: bytes) -> None:
    state = State.loads(warm)
    minute = rush(state, tuple(range(14)))
    assert look_through(State.loads(warm), minute, service=SERVICE)[1] != ()
    late = look_through(State.loads(warm), minute, service=SERVICE, since=LOOKS[-2])[1]
    assert [t.second for t in late] == [minute.minute * 60 + LOOKS[-1]], "what came may have come too late for them"
    assert look_through(state, minute, service=SERVICE, since=LOOKS[-1])[1] == ()
    assert state.dumps() == warm


def test_a_quiet_minute_is_not_looked_into(warm: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State.loads(warm)
    monkeypatch.setattr("outages.detection.engine.look", None)  # would fail if it were called
    assert look_through(state, rush(state, (3,)), service=SERVICE)[1] == ()
    assert look_through(state, Minute(state.minute + 1), service=SERVICE)[1] == ()
