"""A lasting change of level, told from an outage and from chance."""

from __future__ import annotations

import numpy as np
import pytest

from outages.detection.estimators.level import RUNS, Change, Levels
from outages.detection.thresholds import DEFAULT

USUAL = 0.5  # reports a minute
HOUR = 60


class Watched:
    """One component, taken from bin to bin."""

    def __init__(self, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.levels = Levels.fresh()
        self.levels.grow(1)
        self.minute = 0

    def at(self, ratio: float, minutes: int, *, held: bool = True) -> tuple[int, Change] | None:
        """Report so many times the usual for a while. The first change that is found, and after how many minutes."""
        for passed in range(1, minutes + 1):
            seen = np.array([float(self.random.poisson(USUAL * ratio))])
            ended = self.levels.take(
                seen, np.array([USUAL]), np.array([True]), self.minute, DEFAULT.dispersion_floor, DEFAULT
            )
            self.minute += 1
            if ended and (changes := self.levels.changes(np.array([held]), DEFAULT)):
                return passed, changes[0]
        return None


@pytest.mark.parametrize("ratio", [2.2, 2.8, 4.0])
def test_a_lasting_rise_that_holds_an_incident_is_known_within_three_hours(ratio: float) -> None:
    watched = Watched()
    assert watched.at(1.0, 48 * HOUR) is None
    found = watched.at(ratio, 24 * HOUR)
    assert found is not None
    minutes, change = found
    assert DEFAULT.level_held_minutes <= minutes <= 3 * HOUR
    assert change.ratio == pytest.approx(ratio, rel=0.25)


def changes_after(watched: Watched, ratios: list[float], *, odd: bool = False, held: bool = True) -> list[Change]:
    """What is found where one half hour after the other brings so many times the usual, evenly."""
    found: list[Change] = []
    for ratio in ratios:
        for _ in range(DEFAULT.level_bin_minutes):
            seen, usual = np.array([USUAL * ratio]), np.array([USUAL])
            watched.levels.take(seen, usual, np.array([True]), watched.minute, DEFAULT.dispersion_floor, DEFAULT)
            watched.minute += 1
        found = watched.levels.changes(np.array([held]), DEFAULT, np.array([odd]), watched.minute)
    return found


@pytest.mark.parametrize(
    ("ratios", "odd", "is_level"),
    [
        ([2.5] * 5, False, True),
        ([2.5] * 5, True, True),  # a level may bring its own mix of symptoms …
        ([12.0] * 5, False, True),
        ([12.0] * 5, True, False),  # … but many times the usual of other symptoms is an outage
        ([12.0] * 30, True, True),
        ([4.0, 6.0, 9.0, 12.0, 14.0, 16.0], False, False),  # still rising
    ],
)
def test_an_outage_that_nothing_confirms_is_no_level(ratios: list[float], odd: bool, is_level: bool) -> None:
    watched = Watched()
    changes_after(watched, [1.0] * 96)
    assert bool(changes_after(watched, ratios, odd=odd)) is is_level


@pytest.mark.parametrize(("days_ago", "is_given_up"), [(0, True), (2, False)])
def test_what_was_taken_over_early_is_given_up_as_early(days_ago: int, is_given_up: bool) -> None:
    watched = Watched()
    changes_after(watched, [1.0] * 96)
    (change,) = changes_after(watched, [6.0] * 5)
    watched.levels.restart(change, watched.minute - days_ago * DEFAULT.level_doubt_minutes, DEFAULT)
    assert bool(changes_after(watched, [1 / change.ratio] * 5, held=False)) is is_given_up


def test_what_holds_no_incident_waits_until_it_cannot_be_the_shape_of_a_day() -> None:
    watched = Watched()
    watched.at(1.0, 48 * HOUR, held=False)
    assert watched.at(2.5, DEFAULT.level_minutes - 30, held=False) is None
    assert watched.at(2.5, 6 * HOUR, held=False) is not None


def test_a_fall_for_good_is_a_change_too() -> None:
    watched = Watched()
    watched.at(1.0, 48 * HOUR, held=False)
    found = watched.at(0.3, 24 * HOUR, held=False)
    assert found is not None
    assert found[1].ratio < 0.5


def test_an_hour_of_an_outage_is_no_change_of_level() -> None:
    watched = Watched()
    watched.at(1.0, 48 * HOUR)
    assert watched.at(12.0, 1 * HOUR) is None
    assert watched.at(1.0, 12 * HOUR) is None


def test_the_usual_level_is_no_change_in_a_month() -> None:
    assert Watched(7).at(1.0, 30 * 24 * HOUR) is None


def test_a_component_starts_anew_from_the_level_that_was_taken_over() -> None:
    watched = Watched()
    watched.at(1.0, 48 * HOUR)
    assert watched.at(2.5, 6 * HOUR) is not None
    watched.levels.restart(Change(0, 2.5, 180), watched.minute, DEFAULT)
    assert watched.levels.weight[0, RUNS - 1] == 0.0
    assert watched.at(1.0, 24 * HOUR) is None


def test_what_is_not_watched_teaches_nothing() -> None:
    levels = Levels.fresh()
    levels.grow(2)
    for minute in range(3 * HOUR):
        seen, usual = np.array([30.0, USUAL]), np.array([USUAL, USUAL])
        levels.take(seen, usual, np.array([False, True]), minute, DEFAULT.dispersion_floor, DEFAULT)
    assert levels.seen[0].sum() == 0
    assert levels.seen[1].sum() > 0
