"""How many times the usual a place reports: an estimate that says as much as its numbers do. Pure.

λ is the ratio of what is reported to what is usual. Most places are at their usual most of the time, so that λ has a
prior of two parts: one narrow around 1, and a wide one that lets it be anything. A posterior mean of the two stays at 1
while a number may be chance, and follows it once it can't be. Both parts have a mean of 1.

Reports are quasi-Poisson: what is told of x reports has a variance of φ · x, so that x / φ is taken as Poisson with the
mean λ · expected / φ. In φ are the reports' own chance and that of the weights of docs/decisions/0012 (VARIANCE), the
bursts of a quiet day, which grow with what is expected up to BURSTY (DISPERSION), and rounding to five.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special  # not scipy.stats: it takes 60 MB of each web process

from outages.pipeline.perturbation import BASE

VARIANCE: Final = 1.8
DISPERSION: Final = 0.02  # no place looks unusual in over one quiet hour of twenty: `python -m bench usual`
BURSTY: Final = 50.0  # expected reports; more are of places or spans in which bursts even out
ROUNDING: Final = BASE**2 / 12
USUAL: Final = 0.95  # of places are at their usual
NARROW: Final = 60.0  # shape and rate of the gamma around 1, in reports / φ …
WIDE: Final = 0.5  # … and of the one that may be anything
TAILS: Final = (0.05, 0.95)
LEAST_KNOWN: Final = 10.0  # reports, seen or expected: of less little is known
BROADEST: Final = 2.5  # how many times its lower bound the upper may be
SERIES: Final = np.array([1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0])
HELD: Final = 1.08  # a number that was told stays while the estimate lies within so many times its bounds to the next


@dataclass(frozen=True, slots=True)
class Ratios:
    """Estimates of λ and what they lie between nine times in ten. `is_sure` is False where little is known.

    `exact` is the estimate before it was rounded.
    """

    estimate: NDArray[np.float64]
    exact: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    is_sure: NDArray[np.bool_]


def times_usual(seen: ArrayLike, expected: ArrayLike) -> Ratios:
    """Return how many times the usual each number is, to the nearest of a round series (1, 1.2, 1.5, 2 …).

    Rounding keeps a place's number, and the colour that follows from it, from flickering with what is expected.
    """
    x, m = np.broadcast_arrays(np.asarray(seen, dtype=float), np.asarray(expected, dtype=float))
    m = np.maximum(m, 1e-6)
    spread = VARIANCE + DISPERSION * np.minimum(m, BURSTY) + ROUNDING / np.maximum(np.maximum(x, m), 1.0)
    count, mean = x / spread, m / spread
    priors = np.array([NARROW, WIDE])
    shape, rate = count[..., None] + priors, mean[..., None] + priors
    evidence = (
        np.log([USUAL, 1 - USUAL])
        + priors * np.log(priors)
        - special.gammaln(priors)
        + special.gammaln(shape)
        - shape * np.log(rate)
    )
    share = special.softmax(evidence, axis=-1)
    means = shape / rate
    estimate = (share * means).sum(axis=-1)
    variance = (share * (shape / rate**2 + means**2)).sum(axis=-1) - estimate**2
    fitted = estimate**2 / np.maximum(variance, 1e-12)  # the shape of a gamma with the same mean and variance
    low, high = (special.gammaincinv(fitted, tail) * estimate / fitted for tail in TAILS)
    is_sure = (np.maximum(x, m) >= LEAST_KNOWN) & (high <= BROADEST * np.maximum(low, 1e-9))
    return Ratios(rounded(estimate), estimate, low, high, is_sure)


def rounded(ratio: ArrayLike) -> NDArray[np.float64]:
    """Return the nearest number of the round series, by its logarithm; 0.1 at least."""
    value = np.maximum(np.asarray(ratio, dtype=float), 0.1)
    power = np.floor(np.log10(value) + 1e-12)
    leading = value / 10.0**power
    nearest = np.abs(np.log(leading[..., None]) - np.log(SERIES)).argmin(axis=-1)
    result: NDArray[np.float64] = np.round(SERIES[nearest] * 10.0**power, 6)
    return result


def steady(exact: ArrayLike, *, has_past: bool = False) -> NDArray[np.float64]:
    """Return the round numbers at which successive estimates are told; time is the first axis, NaN is no estimate.

    A number stays until the estimate has left its part of the series by HELD: one that hovers at a bound between two
    numbers, and so the colour that follows from it, does not flip. Where the estimates have a past that is not looked
    at (`has_past`) all but the last begin with the lowest number that would stay: what hovers for long then begins with
    the same one wherever the look back ends.
    """
    found = np.asarray(exact, dtype=float)
    told = np.full(found.shape, np.nan)
    before = np.full(found.shape[1:], np.nan)
    for number, estimate in enumerate(found):
        value = np.maximum(np.nan_to_num(estimate, nan=1.0), 0.1)
        lowest, highest = rounded(value / HELD), rounded(value * HELD)
        first = lowest if has_past and number < len(found) - 1 else rounded(value)
        new = np.where(np.isnan(before), first, rounded(value))
        stays = (lowest <= before) & (before <= highest)
        before = np.where(np.isnan(estimate), np.nan, np.where(stays, before, new))
        told[number] = before
    return told
