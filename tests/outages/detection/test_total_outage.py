"""When everything fails, everything rises: one incident, sure within minutes, with all that fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outages.detection.datatypes import ProbeResult
from tests.outages.detection.minutes import COMPONENTS, Crowd, Day

DOWN = 503
WELL = 200
PROBES = (  # none for vehicle, charging and energy
    ("app-na", "east", "app", ("US",)),
    ("app-eu", "paris", "app", ("DE", "NL")),
    ("auth", "paris", "login", ("DE", "NL")),
    ("www", "east", "website", ("US",)),
)


@pytest.fixture(scope="module")
def warm() -> bytes:
    day = Day(Crowd(11), 0)
    for _ in range(420):
        day.minute(day.crowd.usual(), results(day, WELL))
    return day.state.dumps()


def results(day: Day, answer: int, only: tuple[str, ...] = ()) -> tuple[ProbeResult, ...]:
    """One result of each probe; those of `only` get the answer, if any are named."""
    return tuple(
        replace(
            day.result(probe, vantage, component, answer if not only or probe in only else WELL), countries=countries
        )
        for probe, vantage, component, countries in PROBES
    )


def resumed(warm: bytes, seed: int) -> Day:
    day = Day(Crowd(seed))
    day.state = type(day.state).loads(warm)
    return day


@pytest.mark.parametrize("seed", range(3))
def test_a_total_outage_in_the_usual_symptoms_is_confirmed_within_minutes_with_all_its_components(
    warm: bytes, seed: int
) -> None:
    day = resumed(warm, seed)
    for _ in range(5):
        day.minute(day.crowd.some(25), results(day, DOWN))
    assert [i.state for i in day.state.incidents if i.is_open] == ["confirmed"]
    assert day.state.incidents[0].components == tuple(sorted(COMPONENTS))


@pytest.mark.parametrize("seed", range(3))
def test_curiosity_about_everything_stays_unconfirmed_while_probes_answer(warm: bytes, seed: int) -> None:
    day = resumed(warm, seed)
    for _ in range(20):
        day.minute(day.crowd.some(6), results(day, WELL))
    assert all(i.confirmed is None for i in day.state.incidents)


def test_what_begins_to_fail_at_once_in_two_areas_is_one_incident(warm: bytes) -> None:
    day = resumed(warm, 5)
    for _ in range(4):
        day.minute(day.crowd.usual(), results(day, DOWN, only=("www", "auth")))
    assert [i.components for i in day.state.incidents] == [("login", "website")]
    assert day.state.incidents[0].number == day.state.numbered == 1


def test_what_begins_to_fail_later_elsewhere_is_another_one(warm: bytes) -> None:
    day = resumed(warm, 6)
    for _ in range(6):
        day.minute(day.crowd.usual(), results(day, DOWN, only=("www",)))
    for _ in range(4):
        day.minute(day.crowd.usual(), results(day, DOWN, only=("www", "auth")))
    assert sorted(i.components for i in day.state.incidents) == [("login",), ("website",)]
