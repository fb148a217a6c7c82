"""A state that an earlier version stored, in the midst of an outage: the incident goes on under the same number."""

from __future__ import annotations

from pathlib import Path

import pytest

from outages.detection.engine import State
from tests.outages.detection.minutes import START, Crowd, Day

STORED = Path(__file__).parents[2] / "data" / "detection" / "state-2026-11-22.bin"  # stored by the version of that day
OPENED, CONFIRMED, LAST = START + 240, START + 241, START + 253


@pytest.fixture
def day() -> Day:
    resumed = Day(Crowd(2))
    resumed.state = State.loads(STORED.read_bytes())
    return resumed


def test_an_open_incident_goes_on_after_an_upgrade_and_ends_once(day: Day) -> None:
    assert day.state.minute == LAST
    for _ in range(3):
        day.minute(day.crowd.some(30, ("app", "login"), symptoms=("http-503-unavailable",)))
    kept = [(i.number, i.state, i.components, i.opened, i.confirmed) for i in day.state.incidents]
    assert kept == [(1, "confirmed", ("app", "login"), OPENED, CONFIRMED)]
    assert day.states() == []
    for _ in range(70):
        day.minute(day.crowd.usual())
    assert day.states() == ["recovering", "resolved"]


def test_what_was_usual_before_an_upgrade_is_usual_after_it(day: Day) -> None:
    before = day.state.baseline.counts.sum()
    day.minute(day.crowd.usual())
    assert day.state.baseline.counts.sum() == pytest.approx(before, rel=0.02)
    assert State.loads(day.state.dumps()).dumps() == day.state.dumps()
