"""When everything fails, everything rises: one incident, sure within minutes, with all that fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outages.detection.datatypes import ProbeResult
from outages.detection.evidence.crowd import is_no_curiosity
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import COMPONENTS, Crowd, Day

DOWN = 503
WELL = 200
RISE = (8, 18, 30, 42, 54)  # reports of all components, minute by minute
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


@pytest.fixture(scope="module")
def unprobed() -> bytes:
    day = Day(Crowd(12), 0)
    for _ in range(420):
        day.minute(day.crowd.usual())
    return day.state.dumps()


@pytest.mark.parametrize("seed", range(4))
def test_a_total_outage_that_no_probe_sees_is_confirmed_while_it_still_rises(unprobed: bytes, seed: int) -> None:
    day = resumed(unprobed, seed)
    for rate in RISE:
        day.minute(day.crowd.some(rate))
    assert [i.state for i in day.state.incidents if i.is_open] == ["confirmed"]


@pytest.mark.parametrize("seed", range(4))
def test_curiosity_about_everything_that_no_probe_contradicts_stays_unconfirmed(unprobed: bytes, seed: int) -> None:
    day = resumed(unprobed, seed)
    for _ in range(30):
        day.minute(day.crowd.some(5 * day.crowd.per_minute))
    assert all(i.confirmed is None for i in day.state.incidents)


@pytest.mark.parametrize(
    ("seen", "is_none"),
    [
        ((5, 5, 5, 5, 5, 5), False),
        ((11, 11, 11, 11, 11, 11), False),  # 55 of five for 30 at most: 8.3 nats
        ((12, 12, 12, 12, 12, 12), True),  # 60: 11.6
        ((500, 12, 12, 12, 12, 0), False),  # without the loudest 48: 4.6
        ((60, 60, 3, 3, 3, 3), False),  # two fail and the others are looked at: 9 where 21.6 would be alike, 4.7 nats
        ((60, 60, 60, 4, 4, 4), False),
        ((60, 60, 15, 15, 15, 15), True),
        ((300, 300, 300, 21, 21, 21), False),  # 63 for 27 at most: 17.4
        ((300, 300, 300, 23, 23, 23), True),  # 69: 22.7
    ],
)
def test_more_than_curiosity_brings_is_none(seen: tuple[int, ...], is_none: bool) -> None:
    assert is_no_curiosity(np.array(seen, dtype=np.float64), np.ones(6), DEFAULT) == is_none


@pytest.mark.parametrize(("times", "is_none"), [(8, False), (9, True)])
def test_where_many_report_a_burst_of_curiosity_is_none_though_it_is_worth_many_nats(times: int, is_none: bool) -> None:
    usual = np.full(6, 50.0)  # all but one at eight times that are 75 nats beyond six times
    assert is_no_curiosity(times * usual, usual, DEFAULT) == is_none


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
