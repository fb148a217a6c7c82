"""Somebody who knows that what a place was told leans its next numbers, and reckons with it as well as can be done.

The table of weights is known to them exactly, report by report, without rounding and without a limit of networks: no
answer tells more. They follow every balance that a place may have, and every secret phase, with the chance of each (a
hidden Markov model), forwards and backwards, and take the likeliest number. That is the best guess there is.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from outages.pipeline.perturbation import (
    LEAN_OF_COUNTRY,
    LEAN_OF_REGION,
    LEANING,
    LEANT_MOST,
    PHASES,
    balanced,
    phase,
)

pytestmark = pytest.mark.drawn

KEY = b"secret" * 8
USUAL = np.array([0.72, 0.18, 0.06, 0.03, 0.01])  # how often a small cell has 1, 2, 3 … reports
MARGIN = 0.04  # the bound of docs/privacy.md
MOST = 15  # reports that a place is followed to have been told too many or too few
BALANCES = np.arange(-MOST, MOST + 1)
OWN_CELLS = int(os.environ.get("OWN_CELLS", "200"))
LEAN = LEAN_OF_REGION + LEAN_OF_COUNTRY  # of a place that is all there is of its country, which leans the most
CHANCES = np.array(LEANING) / 256
# The phases that a minute may have, of five minutes and of a quarter: their sum, and how likely each is.
SHARES = [Counter(phases) for _minutes, phases in PHASES]
LIKELY = np.array([np.prod(list(each)) for each in itertools.product(*(share.values() for share in SHARES))], float)
LIKELY /= LIKELY.sum()
LEANS = np.array([sum(each) for each in itertools.product(*SHARES)])
Matrix = NDArray[np.float64]


def chances(balance: NDArray[np.int64]) -> Matrix:
    """The chance of each weight, along a last axis, where the balance and the phase add up to so many reports."""
    return CHANCES[LEANT_MOST + np.clip(LEAN * balance, -LEANT_MOST, LEANT_MOST)]


@cache
def steps(leaning: int) -> tuple[Matrix, ...]:
    """The chance of going from one balance to another by one report of each weight, in a phase."""
    found = np.zeros((CHANCES.shape[1], len(BALANCES), len(BALANCES)))
    for row, balance in enumerate(BALANCES):
        for weight, chance in enumerate(chances(np.array(balance + leaning))):
            found[weight, row, np.clip(row + weight - 1, 0, len(BALANCES) - 1)] += chance
    return tuple(found)


@cache
def told_as(leaning: int, reports: int, told: int) -> Matrix:
    """The chance of going from one balance to another by so many reports that are told as so many, in a phase."""
    if reports == 0:
        return np.eye(len(BALANCES)) * (told == 0)
    parts = [
        told_as(leaning, reports - 1, told - weight) @ step
        for weight, step in enumerate(steps(leaning))
        if weight <= told
    ]
    return np.asarray(sum(parts))


@cache
def in_any_phase(reports: int, told: int) -> Matrix:
    """The same where the phase is unknown."""
    return np.asarray(sum(share * told_as(int(lean), reports, told) for lean, share in zip(LEANS, LIKELY, strict=True)))


@cache
def long_run() -> Matrix:
    """How likely each balance is of a place of which nothing is known."""
    one = sum(share * sum(steps(int(lean))) for lean, share in zip(LEANS, LIKELY, strict=True))
    return np.asarray(np.linalg.matrix_power(one, 400)[MOST])


class Place:
    """A place as the product tells it: its balance and its draws."""

    def __init__(self, number: int, reports_before: int) -> None:
        self.number, self.balance, self.draws = number, 0, 0
        for at in range(reports_before):
            self.tell(1, at * 5)

    def tell(self, reports: int, minute: int) -> int:
        self.draws += 1
        lean = LEAN * (self.balance + phase(KEY, minute, self.number))
        told = balanced(reports, lean, KEY, self.number, self.draws)
        self.balance += told - reports
        return told


@pytest.mark.parametrize("fill", [0.12, 0.5, 0.9])
def test_an_observer_of_all_hours_guesses_small_cells_no_better(fill: float) -> None:
    chance = np.random.default_rng(7)
    prior = np.array([1 - fill, *(fill * USUAL)])
    right = guessed = cells = 0
    for number in range(round(40 / fill)):
        place = Place(number, int(chance.integers(40)))
        reports = chance.choice(len(prior), p=prior, size=24)
        told = [place.tell(int(each), 6000 + hour * 60) for hour, each in enumerate(reports)]
        hours = [np.array([share * in_any_phase(n, each) for n, share in enumerate(prior)]) for each in told]
        forwards = [long_run()]
        for hour in hours:
            forwards.append(forwards[-1] @ hour.sum(axis=0))
            forwards[-1] = forwards[-1] / forwards[-1].sum()
        backwards = np.ones(len(BALANCES))
        for at in range(23, -1, -1):
            likely = np.einsum("i,nij,j->n", forwards[at], hours[at], backwards)
            backwards = hours[at].sum(axis=0) @ backwards
            backwards = backwards / backwards.sum()
            if reports[at]:
                right += int(likely[1:].argmax()) + 1 == reports[at]  # that a place is named is known
                guessed += reports[at] == 1
                cells += 1
    print(f"every balance followed, {fill:.0%} of hours: {right / cells:.3f}, guessing {guessed / cells:.3f}, {cells}")  # noqa: T201
    assert cells >= 200
    assert right / cells <= guessed / cells + MARGIN


class Follower:
    """Whoever sends own reports to some places: how likely each number of reports, balance and phase is by now.

    `likely` has the axes place, number of reports (of one until others report), balance at first, phase.
    """

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self.likely = np.repeat((long_run()[:, None] * LIKELY)[None, None], len(places), axis=0)
        self.moved = np.zeros((len(places), 1), dtype=np.int64)  # the balance, since then
        self.at = 0

    def turn_to(self, minute: int) -> None:
        """A phase that begins anew is unknown again."""
        shape = (*self.likely.shape[:3], *map(len, SHARES))
        for axis, ((minutes, _phases), share) in enumerate(zip(PHASES, SHARES, strict=True), start=3):
            if minute // minutes != self.at // minutes:
                known = self.likely.reshape(shape).sum(axis=axis, keepdims=True)
                again = np.array(list(share.values())) / share.total()
                self.likely = (known * again.reshape([-1 if n == axis else 1 for n in range(len(shape))])).reshape(
                    self.likely.shape
                )
        self.at = minute

    def tell(self, numbers: NDArray[np.int64], minute: int) -> NDArray[np.int64]:
        self.turn_to(minute)
        return np.array([place.tell(int(mine), minute) for place, mine in zip(self.places, numbers, strict=True)])

    @property
    def leaning(self) -> NDArray[np.int64]:
        """What the balance and the phase add up to, for each thing that may be."""
        return np.asarray(self.moved[:, :, None, None] + BALANCES[None, None, :, None] + LEANS)

    def see_own(self, minute: int) -> None:
        """An own report of each place was told."""
        told = self.tell(np.ones(len(self.places), dtype=np.int64), minute)
        rows = LEANT_MOST + np.clip(LEAN * self.leaning, -LEANT_MOST, LEANT_MOST)
        self.likely = self.likely * CHANCES.T[told[:, None, None, None], rows]
        self.likely /= self.likely.sum(axis=(1, 2, 3), keepdims=True)
        self.moved = self.moved + told[:, None] - 1

    def see_theirs(self, numbers: NDArray[np.int64], minute: int) -> None:
        """Others sent so many reports, which is what is wanted."""
        told = self.tell(numbers, minute)
        so_far = [np.ones_like(self.likely), *(np.zeros_like(self.likely) for _ in range(told.max()))]
        found = []
        for report, share in enumerate(USUAL):
            after = [np.zeros_like(self.likely) for _ in so_far]
            for before, chance in enumerate(so_far):
                weights = chances(self.leaning + before - report)
                for weight in range(min(weights.shape[-1], len(so_far) - before)):
                    after[before + weight] += chance * weights[..., weight]
            so_far = after
            found.append(share * self.likely * np.array(so_far)[told, np.arange(len(told))])
        self.likely = np.concatenate(found, axis=1)
        self.moved = self.moved + told[:, None] - np.arange(1, len(USUAL) + 1)

    @property
    def guess(self) -> NDArray[np.int64]:
        return np.asarray(self.likely.sum(axis=(2, 3)).argmax(axis=1) + 1)


@pytest.mark.parametrize(
    ("before", "after", "minutes"),
    [
        (0, 3, 0),  # in the same five minutes
        (8, 8, 25),
        (50, 50, 4),  # just before and just after, within a quarter
        (50, 50, 50),
    ],
)
def test_own_reports_before_and_after_tell_no_more(before: int, after: int, minutes: int) -> None:
    """Own reports make out how a place's draws lean: up to so many minutes before the others' reports, and after."""
    chance = np.random.default_rng(8)
    reports = 1 + chance.choice(len(USUAL), p=USUAL, size=OWN_CELLS)
    follower = Follower([Place(number, 20 + int(chance.integers(40))) for number in range(OWN_CELLS)])
    start = 6005  # in the middle of a quarter
    for turn in range(before):
        follower.see_own(start - 1 - minutes + turn * minutes // before)
    follower.see_theirs(reports, start)
    for turn in range(after):
        follower.see_own(start + (5 if minutes else 0) + turn * minutes // after)
    right, guessing = float(np.mean(follower.guess == reports)), float(np.mean(reports == 1))
    print(f"{before} own before, {after} after, {minutes} min: {right:.3f}, guessing {guessing:.3f}, {OWN_CELLS}")  # noqa: T201
    assert right <= guessing + MARGIN


def test_a_number_stays_near_what_was_reported_however_large() -> None:
    beyond = np.zeros((120, 250))
    for number in range(len(beyond)):
        place = Place(number, 30)
        for at in range(beyond.shape[1]):
            place.tell(1, 6000 + at * 3)
            beyond[number, at] = place.balance
    for many in (50, 150, 250):
        assert np.abs(beyond[:, many - 1]).mean() < 2.5, many
    assert abs(beyond.mean()) < 0.2, f"right on average, not {beyond.mean():.2f} more"
    moved = (beyond[:, 30:] - beyond[:, :-30]).var()
    assert moved < 8, f"of thirty successive ones {moved:.1f}; alone they would have 24"
