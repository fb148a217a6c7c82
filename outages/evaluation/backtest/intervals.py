"""Exact bounds: what a number of outages or of days supports, beside what was counted in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scipy.special import betaincinv, gammaincinv

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Lowest and highest value that what was counted does not speak against."""

    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """Return the same interval in another unit."""
        return Interval(self.low * factor, self.high * factor)


def of_share(hits: int, tries: int, level: float = LEVEL) -> Interval:
    """Return the bounds of a chance of which `hits` of `tries` came true (Clopper and Pearson, Biometrika 26, 1934)."""
    if not 0 <= hits <= tries or not tries:
        raise ValueError(f"{hits} of {tries} is no share")
    tail = (1 - level) / 2
    low = float(betaincinv(hits, tries - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, tries - hits, 1 - tail)) if hits < tries else 1.0
    return Interval(low, high)


def of_count(events: int, level: float = LEVEL) -> Interval:
    """Return the bounds of the mean of a Poisson number that came to `events` (Garwood, Biometrika 28, 1936)."""
    if events < 0:
        raise ValueError(f"{events} is no number of events")
    tail = (1 - level) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    return Interval(low, float(gammaincinv(events + 1, 1 - tail)))
