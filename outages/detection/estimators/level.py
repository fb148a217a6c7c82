"""A lasting change of level: Bayesian online change-point detection on how reports go against what is expected.

Adams and MacKay, *Bayesian Online Changepoint Detection* (arXiv 0710.3742, 2007): for each component, the time since
its level last changed has a distribution, renewed with each bin of minutes. A run's reports are Poisson with a ratio to
the expected ones that is gamma distributed, so that their predictive is negative binomial; over-dispersion is taken off
beforehand, as in quasi-Poisson charts (x/φ of m/φ, φ = 1 + αm). An outage rises and falls, and so makes short runs; a
new level makes one long run of one ratio.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.zones import grown
from outages.detection.thresholds import Thresholds

RUNS: Final = 97  # run lengths in bins: two days of half hours; longer ones count as so long
NEVER: Final = -1e9  # the logarithm of next to nothing


class Change(msgspec.Struct):
    """A lasting change of one component: `ratio` times what was expected, for so many minutes."""

    component: int
    ratio: float
    minutes: int


class Levels(msgspec.Struct):
    """Run lengths of each component, shape (components, RUNS): log weights, and each run's reports and expectation."""

    weight: NDArray[np.float64]
    seen: NDArray[np.float64]
    expected: NDArray[np.float64]
    bin_seen: NDArray[np.float64]  # (components,) of the running bin
    bin_expected: NDArray[np.float64]
    early: NDArray[np.int64] = msgspec.field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def fresh(cls) -> Levels:
        none = np.zeros((0, RUNS))
        return cls(none, none.copy(), none.copy(), np.zeros(0), np.zeros(0))

    def grow(self, components: int) -> None:
        """Make room for new components, whose level has never changed."""
        known = len(self.bin_seen)
        if known == components:
            return
        self.weight = grown(self.weight, (components, RUNS), fill=NEVER)
        self.weight[known:, RUNS - 1] = 0.0
        self.seen = grown(self.seen, (components, RUNS))
        self.expected = grown(self.expected, (components, RUNS))
        self.bin_seen = grown(self.bin_seen, (components,))
        self.bin_expected = grown(self.bin_expected, (components,))

    def restart(self, change: Change, minute: int, limits: Thresholds) -> None:
        """Forget a component's runs: it is at the expected level from now on, as firmly as its new level was seen."""
        component = change.component
        known = self.seen[component, change.minutes // limits.level_bin_minutes - 1]
        self.early = grown(self.early, (len(self.bin_seen),))
        self.early[component] = minute if change.ratio > 1 and change.minutes < limits.level_minutes else 0
        self.weight[component] = NEVER
        self.weight[component, RUNS - 1] = 0.0
        self.seen[component] = self.expected[component] = 0.0
        self.seen[component, RUNS - 1] = self.expected[component, RUNS - 1] = known
        self.bin_seen[component] = self.bin_expected[component] = 0.0

    def take(
        self, seen: NDArray[np.float64], expected: NDArray[np.float64], watched: NDArray[np.bool_], minute: int,
        dispersion: float, limits: Thresholds,
    ) -> bool:  # fmt: skip
        """Add one minute's reports by component, of those that are `watched`. True where that ends a bin."""
        self.bin_seen += np.where(watched, seen, 0.0)
        self.bin_expected += np.where(watched, expected, 0.0)
        if minute % limits.level_bin_minutes != limits.level_bin_minutes - 1:
            return False
        for component in np.flatnonzero(self.bin_expected > 0).tolist():
            self._update(component, dispersion, limits)
        self.bin_seen[:] = self.bin_expected[:] = 0.0
        return True

    def _update(self, component: int, dispersion: float, limits: Thresholds) -> None:
        spread = 1 + dispersion * self.bin_expected[component]
        x, m = self.bin_seen[component] / spread, self.bin_expected[component] / spread
        shape = limits.level_prior + np.concatenate([[0.0], self.seen[component]])
        rate = limits.level_prior + np.concatenate([[0.0], self.expected[component]])
        likely = _gammaln(shape + x) - _gammaln(shape) + shape * np.log(rate / (rate + m)) + x * np.log(m / (rate + m))
        hazard = limits.level_bin_minutes / (limits.level_days * 1440)
        before = self.weight[component]
        weight = np.concatenate([[_logsumexp(before) + math.log(hazard)], before + math.log(1 - hazard)]) + likely
        seen = np.concatenate([[0.0], self.seen[component]]) + x
        expected = np.concatenate([[0.0], self.expected[component]]) + m
        longest = RUNS - 1 if weight[RUNS - 1] > weight[RUNS] else RUNS
        seen[RUNS - 1], expected[RUNS - 1] = seen[longest], expected[longest]
        weight[RUNS - 1] = np.logaddexp(weight[RUNS - 1], weight[RUNS])
        weight = weight[:RUNS] - _logsumexp(weight[:RUNS])
        self.weight[component] = np.maximum(weight, NEVER)
        self.seen[component], self.expected[component] = seen[:RUNS], expected[:RUNS]

    def changes(
        self, held: NDArray[np.bool_], limits: Thresholds, odd: NDArray[np.bool_] | None = None, minute: int = 0
    ) -> list[Change]:
        """Return the components whose level has changed for good.

        A `held` one learns nothing and may keep an incident open: it is decided on after `level_held_minutes`; the
        others after `level_minutes`, so that a wrong guess of the shape of a day is no change. So are those that are
        still rising, and `odd` ones (their symptoms are not the usual ones) that rose by more than `level_odd_most`:
        that is an outage that nothing has confirmed. What was taken over early and falls again was none.
        """
        found = []
        for component in range(len(self.bin_seen)):
            runs = np.exp(self.weight[component])
            run = int(runs.argmax())
            if run == RUNS - 1:
                continue
            shape = limits.level_prior + self.seen[component, run]
            rate = limits.level_prior + self.expected[component, run]
            ratio, error = shape / rate, limits.level_errors * math.sqrt(shape) / rate
            is_fault = odd is not None and bool(odd[component]) and ratio > limits.level_odd_most
            is_early = bool(held[component]) and not is_fault and not self._is_rising(component, run, limits)
            is_early = is_early or (ratio < 1 and self._is_on_trial(component, minute, limits))
            bins = max((limits.level_held_minutes if is_early else limits.level_minutes) // limits.level_bin_minutes, 1)
            if run + 1 < bins or runs[bins - 1 :].sum() < limits.level_sure:
                continue
            if ratio - error >= limits.level_rise or ratio + error <= 1 / limits.level_rise:
                found.append(Change(component, ratio, (run + 1) * limits.level_bin_minutes))
        return found

    def _is_on_trial(self, component: int, minute: int, limits: Thresholds) -> bool:
        """Return whether a component's level was taken over early, not long ago."""
        return component < len(self.early) and 0 < minute - int(self.early[component]) <= limits.level_doubt_minutes

    def _is_rising(self, component: int, run: int, limits: Thresholds) -> bool:
        """Return whether the later half of a run brought clearly more than the earlier one: a level is level."""
        half = (run + 1) // 2
        if not half:
            return False
        x, m = self.seen[component, half - 1], self.expected[component, half - 1]
        before, usual = self.seen[component, run] - x, self.expected[component, run] - m
        if min(m, usual) <= 0:
            return False
        error = math.sqrt(max(x, 1.0) / m**2 + max(before, 1.0) / usual**2)
        return bool(x / m - before / usual > limits.level_errors * error)


def _logsumexp(values: NDArray[np.float64]) -> float:
    most = float(values.max())
    return most + math.log(float(np.exp(values - most).sum()))


def _gammaln(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([math.lgamma(value) for value in values.tolist()])
