"""How often quiet streams raise a false alarm: measured time between alarms beside the promised e^h, ideal and not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.cusum import coefficients
from outages.detection.thresholds import DEFAULT

RATES = (1 / 60, 0.1, 0.5, 2.0, 10.0, 30.0, 100.0)  # reports a minute: 1 an hour to 100 a minute
DISPERSIONS = (0.03, 0.2, 1.0)
THRESHOLDS = (4.0, 6.0, 8.0)
STREAMS = 100
MINUTES = 10_000
HURT_DISPERSION = 0.2
HURT_THRESHOLD = 8.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """A quiet time that is not as the detector takes it to be. Without any of these it is ideal."""

    name: str
    drift: float = 0.0  # standard deviation of the logarithm of the level, with a memory of a day
    day: float = 0.0  # the day goes up and down by this share more than was learnt
    dispersion_times: float = 1.0  # the true α is so many times the one that was learnt
    burst: float = 1.0  # reports come in bursts of so many on average: one who reports brings friends

    def means(self, rates: NDArray[np.float32], minutes: int, random: np.random.Generator) -> NDArray[np.float64]:
        """Return the mean of reports in each minute, shape (minutes, streams): over all time the learnt rate."""
        streams = len(rates)
        keep = math.exp(-1 / 1440)
        steps = random.normal(0, self.drift * math.sqrt(1 - keep * keep), (minutes, streams))
        level = np.empty((minutes, streams))
        now = random.normal(0, self.drift, streams) if self.drift else np.zeros(streams)
        for minute in range(minutes):
            now = keep * now + steps[minute]
            level[minute] = now
        phase = random.uniform(0, 2 * math.pi, streams)
        wave = 1 + self.day * np.sin(2 * math.pi * np.arange(minutes)[:, None] / 1440 + phase[None, :])
        means: NDArray[np.float64] = rates[None, :] * np.exp(level - self.drift**2 / 2) * wave
        return means

    def counts(self, mean: NDArray[np.float64], dispersion: float, random: np.random.Generator) -> NDArray[np.float32]:
        """Reports of one minute by stream."""
        alpha = dispersion * self.dispersion_times
        seen = random.poisson(random.gamma(1 / alpha, alpha * mean / self.burst))
        if self.burst > 1:  # each is followed by a geometric number of others
            seen = seen + np.where(seen > 0, random.negative_binomial(np.maximum(seen, 1), 1 / self.burst), 0)
        return seen.astype(np.float32)


IDEAL = Quiet("ideal")
HURT = (
    IDEAL,
    Quiet("level drifts by a fifth", drift=0.2),
    Quiet("level drifts by half", drift=0.5),
    Quiet("day goes 30 % higher and lower than learnt", day=0.3),
    Quiet("dispersion is twice the learnt one", dispersion_times=2.0),
    Quiet("dispersion is four times the learnt one", dispersion_times=4.0),
    Quiet("reports come in bursts of two", burst=2.0),
    Quiet("reports come in bursts of three", burst=3.0),
    Quiet("all of it, mildly", drift=0.2, day=0.15, dispersion_times=1.5, burst=1.5),
)


def between_alarms(
    h: float, dispersion: float, random: np.random.Generator, quiet: Quiet = IDEAL, minutes: int = MINUTES
) -> NDArray[np.float64]:
    """Minutes between false alarms, shape (ratios, rates); infinite where none came."""
    rates = np.repeat(np.array(RATES, dtype=np.float32), STREAMS)
    gain, loss = coefficients(rates[None, :], dispersion, DEFAULT)
    score = np.zeros_like(gain)
    alarms = np.zeros(gain.shape)
    for mean in quiet.means(rates, minutes, random):
        score = np.maximum(score + gain * quiet.counts(mean, dispersion, random) - loss, 0)
        fired = score >= h
        alarms += fired
        score[fired] = 0
    total = alarms.reshape(len(DEFAULT.ratios), len(RATES), STREAMS).sum(axis=2)
    with np.errstate(divide="ignore"):
        times: np.ndarray = STREAMS * minutes / total
    return times


def main() -> None:
    """Prints, for each threshold and dispersion, the shortest measured time of all ratios at each rate; then what is
    left of it where the quiet is not as it was learnt: in nats, by which a threshold promises less than it says."""
    random = np.random.default_rng(1)
    print(f"{STREAMS} streams of {MINUTES:,} minutes each; “kept” says that no ratio alarms more often than promised")
    for h in THRESHOLDS:
        promised = math.exp(h)
        for dispersion in DISPERSIONS:
            shortest = between_alarms(h, dispersion, random).min(axis=0)
            times = "  ".join(f"{60 * rate:g}/h: {time:,.0f}" for rate, time in zip(RATES, shortest, strict=True))
            kept = "kept" if (shortest >= promised).all() else "BROKEN"
            print(f"h {h:g} α {dispersion:g}: promised {promised:,.0f} min, {kept}. Measured {times}")
    print(f"\nNats lost at h {HURT_THRESHOLD:g}, learnt α {HURT_DISPERSION:g} (– where the promise is kept)")
    for quiet in HURT:
        shortest = between_alarms(HURT_THRESHOLD, HURT_DISPERSION, random, quiet).min(axis=0)
        lost = [HURT_THRESHOLD - math.log(time) for time in shortest]
        told = "  ".join(
            f"{60 * rate:g}/h: {f'{nats:.1f}' if nats > 0 else '–'}" for rate, nats in zip(RATES, lost, strict=True)
        )
        print(f"{quiet.name:45} {told}")


if __name__ == "__main__":
    main()
