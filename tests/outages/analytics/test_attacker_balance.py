"""Somebody who knows that what a place was told leans its next numbers, and reckons with it as well as can be done.

The table of weights is known to them exactly, hour by hour, without rounding and without a limit of networks: no answer
tells more. They follow every balance that a place may have with the chance of each (a hidden Markov model), forwards
and backwards, and take the likeliest number of each hour. That is the best guess there is.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from outages.pipeline.perturbation import LEAN_OF_COUNTRY, LEAN_OF_REGION, LEANING, LEANT_MOST, balanced

pytestmark = pytest.mark.drawn

KEY = b"secret" * 8
USUAL = (0.72, 0.18, 0.06, 0.03, 0.01)  # how often a small cell has 1, 2, 3 … reports
MARGIN = 0.04  # the bound of docs/privacy.md
MOST = 15  # reports that a place is followed to have been told too many or too few
SIZE = 2 * MOST + 1
LEAN = LEAN_OF_REGION + LEAN_OF_COUNTRY  # of a place that is all there is of its country, which leans the most
Matrix = NDArray[np.float64]


def row(balance: int) -> int:
    return max(0, min(SIZE - 1, balance + MOST))


@cache
def steps() -> tuple[Matrix, ...]:
    """The chance of going from one balance to another by one report of each weight."""
    found = np.zeros((len(LEANING[0]), SIZE, SIZE))
    for balance in range(-MOST, MOST + 1):
        weights = LEANING[LEANT_MOST + max(-LEANT_MOST, min(LEANT_MOST, LEAN * balance))]
        for weight, times in enumerate(weights):
            found[weight, row(balance), row(balance + weight - 1)] += times / 256
    return tuple(found)


@cache
def told_as(reports: int, told: int) -> Matrix:
    """The chance of going from one balance to another by so many reports that are told as so many."""
    if reports == 0:
        return np.eye(SIZE) if told == 0 else np.zeros((SIZE, SIZE))
    parts = [told_as(reports - 1, told - weight) @ step for weight, step in enumerate(steps()) if weight <= told]
    return np.asarray(sum(parts))


@cache
def long_run() -> Matrix:
    """How likely each balance is of a place of which nothing is known."""
    return np.asarray(np.linalg.matrix_power(sum(steps()), 400)[MOST])


class Place:
    """A place as the product tells it: its balance and its draws."""

    def __init__(self, number: int, reports_before: int) -> None:
        self.number, self.balance, self.minute = number, 0, 0
        self.tell(reports_before)

    def tell(self, reports: int) -> int:
        self.minute += 1
        told = balanced(reports, LEAN * self.balance, KEY, self.number, self.minute)
        self.balance += told - reports
        return told


@pytest.mark.parametrize("fill", [0.12, 0.5, 0.9])
def test_an_observer_of_all_hours_guesses_small_cells_no_better(fill: float) -> None:
    chance = np.random.default_rng(7)
    prior = np.array([1 - fill, *(fill * share for share in USUAL)])
    right = guessed = cells = 0
    for number in range(round(40 / fill)):
        place = Place(number, int(chance.integers(40)))
        reports = chance.choice(len(prior), p=prior, size=24)
        told = [place.tell(int(each)) for each in reports]
        hours = [np.array([share * told_as(n, each) for n, share in enumerate(prior)]) for each in told]
        forwards = [long_run()]
        for hour in hours:
            forwards.append(forwards[-1] @ hour.sum(axis=0))
            forwards[-1] = forwards[-1] / forwards[-1].sum()
        backwards = np.ones(SIZE)
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


@pytest.mark.parametrize(("before", "within"), [(0, 3), (0, 50), (8, 8)])
def test_own_reports_before_and_after_tell_no_more(before: int, within: int) -> None:
    """Own reports make out what a place was told too many, in the hour before and in the hour itself."""
    chance = np.random.default_rng(8)
    right = guessed = 0
    cells = 800
    for number in range(cells):
        place = Place(number, 20 + int(chance.integers(40)))
        known = long_run()
        for _ in range(before):
            known = known @ steps()[place.tell(1)]
            known = known / known.sum()
        reports = 1 + int(chance.choice(len(USUAL), p=USUAL))
        told = place.tell(reports)
        likely = np.array([share * (known @ told_as(n, told)) for n, share in enumerate(USUAL, start=1)])
        for _ in range(within):
            likely = likely @ steps()[place.tell(1)]
            likely = likely / likely.sum()
        right += int(likely.sum(axis=1).argmax()) + 1 == reports
        guessed += reports == 1
    print(f"{before} own before, {within} within: {right / cells:.3f}, guessing {guessed / cells:.3f}, {cells}")  # noqa: T201
    assert right / cells <= guessed / cells + MARGIN


def test_a_number_stays_near_what_was_reported_however_large() -> None:
    off = []
    for number in range(60):
        place = Place(number, 30)
        off.append([place.tell(1) for _ in range(500)])
    sums = np.cumsum(np.array(off) - 1, axis=1)
    for many in (50, 200, 500):
        assert np.abs(sums[:, many - 1]).mean() < 2.5, many
    assert abs(sums[:, 49:].mean()) < 0.3, "right on average"
    moved = sums[:, 30:] - sums[:, :-30]
    assert moved.var() < 6, "of thirty successive ones; alone they would have 24"
