"""A bank of negative-binomial CUSUMs: one for each component, watched place and size of rise.

The log-likelihood ratio of a count x under means μ₁ and μ with variance μ + αμ² is
x·[ln(μ₁/μ) − ln((1+αμ₁)/(1+αμ))] − ln((1+αμ₁)/(1+αμ))/α (Höhle and Paul, Computational Statistics & Data Analysis 52,
2008). Summed, floored at 0: the mean time to a false alarm at threshold h is at least e^h (Page 1954, Lorden 1971).
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.zones import grown
from outages.detection.thresholds import Thresholds


def coefficients(
    rate: NDArray[np.float32], dispersion: float, thresholds: Thresholds
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Gain per report and loss per minute, each of shape (ratios, *rate.shape)."""
    mu = np.maximum(rate, thresholds.rate_floor).astype(np.float64)
    ratios = np.array(thresholds.ratios).reshape(-1, *([1] * mu.ndim))
    raised = np.maximum(ratios * mu, mu + thresholds.smallest_rise)
    spread = np.log((1 + dispersion * raised) / (1 + dispersion * mu))
    gain = np.log(raised / mu) - spread
    return gain.astype(np.float32), (spread / dispersion).astype(np.float32)


class Bank(msgspec.Struct):
    """CUSUM scores in nats, shape (ratios, components, places); `since` is the minute after each score was last 0."""

    score: NDArray[np.float32]
    since: NDArray[np.int32]
    rate: NDArray[np.float32]  # the expected rates (components, places) that the scores are taken against
    dispersion: float
    gain: NDArray[np.float32]  # nats that a report adds
    loss: NDArray[np.float32]  # nats that a minute takes

    @classmethod
    def fresh(cls, ratios: int, components: int) -> Bank:
        return cls(
            score=np.zeros((ratios, components, 0), dtype=np.float32),
            since=np.zeros((ratios, components, 0), dtype=np.int32),
            rate=np.zeros((components, 0), dtype=np.float32),
            dispersion=0.1,
            gain=np.zeros((ratios, components, 0), dtype=np.float32),
            loss=np.zeros((ratios, components, 0), dtype=np.float32),
        )

    def copied(self) -> Bank:
        """A copy that may be updated ahead."""
        return msgspec.structs.replace(self, score=self.score.copy(), since=self.since.copy())

    def grow(self, components: int, places: int, minute: int) -> None:
        """Makes room for new components and places."""
        ratios = self.score.shape[0]
        self.score = grown(self.score, (ratios, components, places))
        self.since = grown(self.since, (ratios, components, places), fill=minute)
        self.rate = grown(self.rate, (components, places))

    def update(
        self,
        counts: NDArray[np.float32],
        minute: int,
        gain: NDArray[np.float32],
        loss: NDArray[np.float32],
        ceiling: float,
    ) -> None:
        """Takes in one minute's effective counts (components, places)."""
        self.score += gain * counts
        self.score -= loss
        zero = self.score <= 0
        self.score[zero] = 0
        self.since[zero] = minute + 1
        np.minimum(self.score, ceiling, out=self.score)

    def reset(self, component: int, minute: int) -> None:
        """Forgets what a component has gathered."""
        self.score[:, component] = 0
        self.since[:, component] = minute + 1

    def best(self, component: int) -> tuple[float, int, int]:
        """A component's highest score, the place that has it, and the minute from which it rose."""
        scores = self.score[:, component]
        if scores.size == 0:
            return 0.0, 0, 0
        ratio, place = np.unravel_index(int(scores.argmax()), scores.shape)
        return float(scores[ratio, place]), int(place), int(self.since[ratio, component, place])
