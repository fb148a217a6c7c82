"""What is usual: an exponentially forgotten level for each component and place, times the shape of the day.

rate(c, p, t) = level(c, p) · day(p, hour) · week(hour of week) · tempo(p). Each factor is a gamma-Poisson posterior
mean, shrunk to the next coarser one: a place's day to its service's, a cell's level to what component and place would
make if they were independent. Only minutes without suspicion are learnt, winsorised at three standard deviations.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.zones import grown
from outages.detection.thresholds import Thresholds

MONTH_MINUTES = 43_200


class Baseline(msgspec.Struct):
    """Counts and exposures, forgotten with the same half-life."""

    counts: NDArray[np.float32]  # (components, places) reports learnt
    exposure: NDArray[np.float32]  # (components, places) minutes watched, each times the day's shape
    day_counts: NDArray[np.float32]  # (places, 24)
    day_exposure: NDArray[np.float32]  # (places, 24) reports that the level alone expected
    week_counts: NDArray[np.float32]  # (168,)
    week_exposure: NDArray[np.float32]  # (168,)
    lately_seen: NDArray[np.float32]  # (places,) reports of the last hours, and what the shape expected of them
    lately_expected: NDArray[np.float32]
    minutes: int = 0  # watched so far
    surplus: float = 0.0  # Σ (x − μ)² − x over ten-minute totals
    squared: float = 0.0  # Σ μ² over the same
    ten_seen: float = 0.0
    ten_expected: float = 0.0
    decayed_hour: int = 0
    parts_seen: NDArray[np.float32] = msgspec.field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    parts_expected: NDArray[np.float32] = msgspec.field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    @classmethod
    def fresh(cls, components: int) -> Baseline:
        return cls(
            counts=np.zeros((components, 0), dtype=np.float32),
            exposure=np.zeros((components, 0), dtype=np.float32),
            day_counts=np.zeros((0, 24), dtype=np.float32),
            day_exposure=np.zeros((0, 24), dtype=np.float32),
            week_counts=np.zeros(168, dtype=np.float32),
            week_exposure=np.zeros(168, dtype=np.float32),
            lately_seen=np.zeros(0, dtype=np.float32),
            lately_expected=np.zeros(0, dtype=np.float32),
        )

    def grow(self, components: int, places: int) -> None:
        """Makes room for new components and places: they were watched all the time, and brought nothing."""
        watched = float(self.exposure.max()) if self.exposure.size else float(self.minutes)
        self.counts = grown(self.counts, (components, places))
        self.exposure = grown(self.exposure, (components, places), fill=watched)
        self.day_counts = grown(self.day_counts, (places, 24))
        self.day_exposure = grown(self.day_exposure, (places, 24))
        self.lately_seen = grown(self.lately_seen, (places,))
        self.lately_expected = grown(self.lately_expected, (places,))

    def levels(self, limits: Thresholds) -> NDArray[np.float64]:
        """Reports a minute of each cell over the whole day, shape (components, places)."""
        counts = self.counts.astype(np.float64)
        exposure = self.exposure.astype(np.float64)
        components, places = counts.shape
        if not places:
            return counts
        watched = max(float(exposure.max()), 1e-9)
        total = (counts.sum() + limits.prior_rate * limits.prior_minutes) / (watched + limits.prior_minutes)
        of_component = (counts.sum(axis=1) + 1.0) / (counts.sum() + components)
        pseudo = limits.place_prior
        of_place = (counts.sum(axis=0) + pseudo) / (counts.sum() + pseudo * max(places, limits.place_prior_places))
        independent = np.maximum(total * of_component[:, None] * of_place[None, :], 1e-9)
        levels: NDArray[np.float64] = (counts + limits.cell_prior) / (exposure + limits.cell_prior / independent)
        return levels

    def opening_nats(self, thresholds: Thresholds) -> NDArray[np.float64]:
        """h of each component: the nats that its crowd alone must bring to open an incident.

        A sum that passes h must have begun with a report, and passes with a chance of at most e^-h. So the fewer report
        in a month, the less is needed for the same number of false alarms.
        """
        monthly = self.levels(thresholds).sum(axis=1) * MONTH_MINUTES
        needed = np.log(np.maximum(monthly * thresholds.crowd_sums / thresholds.crowd_false, 1.0))
        opening: NDArray[np.float64] = np.clip(needed, thresholds.crowd_open_least, thresholds.crowd_open)
        return opening

    def days(self, limits: Thresholds) -> NDArray[np.float64]:
        """The shape of the day at each place, shape (places, 24), about 1 on average."""
        prior = limits.day_prior
        service = (self.day_counts.sum(axis=0) + prior) / (self.day_exposure.sum(axis=0) + prior)
        shapes: NDArray[np.float64] = (self.day_counts + prior * service) / (self.day_exposure + prior)
        return shapes

    def day_at(self, minute: int, limits: Thresholds) -> NDArray[np.float32]:
        """Each place's factor at a minute, between the middles of two hours, shape (places,)."""
        position = (minute % 1440) / 60 - 0.5
        lower = math.floor(position)
        share = position - lower
        days = self.days(limits)
        factor = days[:, lower % 24] * (1 - share) + days[:, (lower + 1) % 24] * share
        return factor.astype(np.float32)

    def week_at(self, minute: int, limits: Thresholds) -> float:
        """The service's factor at an hour of the week."""
        hour = (minute // 60) % 168
        return float((self.week_counts[hour] + limits.week_prior) / (self.week_exposure[hour] + limits.week_prior))

    def tempo(self, member: NDArray[np.float32], limits: Thresholds) -> NDArray[np.float32]:
        """How the last hours went against the shape, by place: its countries' own tempo, shrunk to the service's.

        `member` (groups, places) says which places make up a country. The longer a service was watched, the more its
        shape is trusted and the less its last hours.
        """
        prior = min(limits.tempo_prior + limits.tempo_prior_a_day * self.minutes / 1440, limits.tempo_prior_most)
        of_all = limits.tempo_service * prior
        whole = float((self.lately_seen.sum() + of_all) / (self.lately_expected.sum() + of_all))
        seen = member @ self.lately_seen
        expected = member @ self.lately_expected
        by_group = (seen + prior * whole) / (expected + prior)
        sizes = member.sum(axis=0)
        tempo = (member.T @ by_group) / np.maximum(sizes, 1)
        return np.where(sizes > 0, tempo, whole).astype(np.float32)

    def rates(self, minute: int, member: NDArray[np.float32], limits: Thresholds) -> NDArray[np.float32]:
        """Reports expected in a minute, shape (components, places)."""
        shape = self.day_at(minute, limits) * self.tempo(member, limits)
        rates = self.levels(limits) * shape[None, :] * self.week_at(minute, limits)
        return rates.astype(np.float32)

    def dispersion(self, thresholds: Thresholds) -> float:
        """α of the negative binomial by the method of moments, bounded."""
        weight = thresholds.dispersion_weight
        alpha = (self.surplus + thresholds.dispersion_prior * weight) / (self.squared + weight)
        young = thresholds.dispersion_young / (1 + thresholds.dispersion_fading * self.minutes / 1440)
        young += 1 / (thresholds.prior_shape + float(self.counts.sum()))  # the rate itself is a guess at first
        return min(max(alpha, thresholds.dispersion_floor) + young, thresholds.dispersion_ceiling)

    def learn(
        self,
        counts: NDArray[np.float32],
        rates: NDArray[np.float32],
        day: NDArray[np.float32],
        tempo: NDArray[np.float32],
        calm: NDArray[np.bool_],
        minute: int,
        thresholds: Thresholds,
    ) -> None:
        """Takes in one minute: counts and rates (components, places), `calm` the components that may be learnt."""
        self.minutes += 1
        if not counts.size:
            return
        alpha = self.dispersion(thresholds)
        errors = thresholds.winsor_errors
        limit = rates + errors * np.sqrt(rates + alpha * rates * rates) + 1
        is_first = self.minutes <= thresholds.shape_minutes
        learnt = (counts if is_first else np.minimum(counts, limit)) * calm[:, None]
        if not is_first:  # many cells that rise a little together are a rise as well
            all_expected = float((rates * calm[:, None]).sum())
            most = all_expected + errors * math.sqrt(all_expected + alpha * all_expected**2) + 1
            learnt *= np.float32(min(1.0, most / max(float(learnt.sum()), 1e-9)))
        self.counts += learnt
        self.exposure += day[None, :] * calm[:, None]
        if is_first:
            return
        hour = (minute // 60) % 24
        factor = np.maximum(day, 1e-3)
        tempo = np.maximum(tempo, 1e-3)
        shared = calm & ~self._apart(learnt, rates * calm[:, None] / tempo, alpha, thresholds)
        learnt = learnt * shared[:, None]
        self.day_counts[:, hour] += learnt.sum(axis=0)
        expected = (rates * shared[:, None]).sum(axis=0)
        week = self.week_at(minute, thresholds)
        self.day_exposure[:, hour] += expected / factor / week / tempo
        self.week_counts[(minute // 60) % 168] += learnt.sum()
        self.week_exposure[(minute // 60) % 168] += expected.sum() / week
        keep = np.float32(0.5 ** (1 / thresholds.tempo_half_life))
        self.lately_seen = (self.lately_seen * keep + learnt.sum(axis=0)).astype(np.float32)
        self.lately_expected = (self.lately_expected * keep + expected / tempo).astype(np.float32)
        self._disperse(float(learnt.sum()), float(expected.sum()), minute, thresholds)
        self._forget(minute, thresholds)

    def _apart(
        self, learnt: NDArray[np.float32], expected: NDArray[np.float32], alpha: float, thresholds: Thresholds
    ) -> NDArray[np.bool_]:
        """Take in what each component brought, and return those whose last hours went quite another way than most.

        What one component does by itself is its own level, and no hour of the day and no tempo of all: one that falls
        silent, or is not what it was thought to be, would make all others look as if they had risen. What most do is
        known of three components that are reported now and then; where one has nearly all reports, it is the tempo.
        """
        components = len(learnt)
        self.parts_seen, self.parts_expected = (
            grown(lately, (components,)) * np.float32(0.5 ** (1 / thresholds.tempo_half_life))
            + minute.sum(axis=1, dtype=np.float32)
            for lately, minute in ((self.parts_seen, learnt), (self.parts_expected, expected))
        )
        known = self.parts_expected >= thresholds.tempo_known
        if known.sum() < thresholds.tempo_components:
            return np.zeros(components, dtype=np.bool_)
        middle = float(np.median((self.parts_seen[known] + 1) / (self.parts_expected[known] + 1)))
        usual = self.parts_expected * np.float32(middle)
        error = thresholds.winsor_errors * np.sqrt(usual + alpha * usual * usual / thresholds.tempo_windows + 1)
        beyond = np.maximum(self.parts_seen + 1, usual + 1) / np.minimum(self.parts_seen + 1, usual + 1)
        apart: NDArray[np.bool_] = (np.abs(self.parts_seen - usual) > error) & (beyond > thresholds.tempo_apart)
        return apart

    def relevel(self, component: int, ratio: float) -> None:
        """Take a lasting change of a component's level as usual: from now on it makes `ratio` times the reports."""
        self.counts[component] *= np.float32(ratio)

    def _disperse(self, seen: float, expected: float, minute: int, thresholds: Thresholds) -> None:
        self.ten_seen += seen
        self.ten_expected += expected
        if minute % thresholds.dispersion_minutes == thresholds.dispersion_minutes - 1:
            if self.minutes > thresholds.first_day_minutes:
                error = self.ten_seen - self.ten_expected
                self.surplus += error * error - self.ten_seen
                self.squared += self.ten_expected**2
            self.ten_seen = self.ten_expected = 0.0

    def _forget(self, minute: int, thresholds: Thresholds) -> None:
        hour = minute // 60
        if hour == self.decayed_hour:
            return
        hours = hour - self.decayed_hour if self.decayed_hour else 1
        self.decayed_hour = hour
        keep = 0.5 ** (min(hours, 1) / (thresholds.half_life_days * 24))
        for array in (
            self.counts, self.exposure, self.day_counts, self.day_exposure, self.week_counts, self.week_exposure,
        ):  # fmt: skip
            array *= np.float32(keep)
        self.surplus *= keep
        self.squared *= keep
