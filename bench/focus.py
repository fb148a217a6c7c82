"""How much later the grid of rises alarms than the exact test over all rises and all onsets, at one false-alarm rate.

The exact test is what Poisson-FOCuS computes (Ward, Dilillo, Eckley and Fearnhead, JASA 119, 2024), for the negative
binomial: at each minute the highest log-likelihood ratio of "raised for the last w minutes, by any factor" over all w.
Here it is computed outright, window by window, which is slow and exact up to WINDOW minutes. Both thresholds are
measured on the same quiet streams, so that both alarm falsely as often.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.cusum import coefficients
from outages.detection.thresholds import DEFAULT

Floats = NDArray[np.float64]
RATES = (1 / 60, 0.1, 0.5, 2.0, 10.0)  # reports a minute
RISES = (3, 5, 10, 20, 50, 100, 200)
DISPERSION = 0.1
WINDOW = 60
QUIET_STREAMS, QUIET_MINUTES = 300, 3_000
STREAMS = 2_000
BETWEEN = 4_000.0  # minutes between two false alarms of a stream
LONGEST = 240  # minutes until a rise must have been seen
WARM = 30  # quiet minutes before a rise


def draw(mean: float, shape: tuple[int, ...], random: np.random.Generator) -> Floats:
    """Reports by stream and minute."""
    return random.negative_binomial(1 / DISPERSION, 1 / (1 + DISPERSION * mean), shape).astype(np.float64)


def grid(counts: Floats, mu: float) -> Floats:
    """The highest score of all ratios in each minute, shape (streams, minutes)."""
    gain, loss = coefficients(np.full((1, 1), mu, dtype=np.float32), DISPERSION, DEFAULT)
    score = np.zeros((len(DEFAULT.ratios), len(counts)))
    best = np.empty_like(counts)
    for minute in range(counts.shape[1]):
        score = np.maximum(score + gain[:, 0] * counts[:, minute] - loss[:, 0], 0)
        best[:, minute] = score.max(axis=0)
    return best


def exact(counts: Floats, mu: float) -> Floats:
    """The highest log-likelihood ratio over all onsets and all rises that the grid could see, in each minute."""
    sums = np.concatenate([np.zeros((len(counts), 1)), counts.cumsum(axis=1)], axis=1)
    best = np.zeros_like(counts)
    least = max(min(DEFAULT.ratios) * mu, mu + DEFAULT.smallest_rise)
    for width in range(1, WINDOW + 1):
        seen = sums[:, width:] - sums[:, :-width]
        raised = np.maximum(seen / width, least)
        spread = np.log((1 + DISPERSION * raised) / (1 + DISPERSION * mu))
        nats = seen * (np.log(raised / mu) - spread) - width * spread / DISPERSION
        best[:, width - 1 :] = np.maximum(best[:, width - 1 :], nats)
    return best


def threshold(best: Floats) -> float:
    """The height that a quiet stream passes once in BETWEEN minutes: the excursions of each hour count as one."""
    whole = best.shape[1] // WINDOW * WINDOW
    highest = best[:, :whole].reshape(len(best), -1, WINDOW).max(axis=2)
    share = 1 - math.exp(-WINDOW / BETWEEN)
    return float(np.quantile(highest, 1 - share))


def delay(test: Callable[[Floats, float], Floats], counts: Floats, mu: float, h: float) -> Floats:
    """Minutes from the rise to the alarm, by stream."""
    passed = test(counts, mu)[:, WARM:] >= h
    found: Floats = np.where(passed.any(axis=1), passed.argmax(axis=1) + 1.0, float(LONGEST))
    return found


def main() -> None:
    """Prints the mean delay of both for each rate and rise, and by how much the grid is later."""
    random = np.random.default_rng(3)
    both: list[tuple[float, float]] = []
    print(f"α {DISPERSION:g}, one false alarm in {BETWEEN:,.0f} minutes; mean minutes to the alarm, grid / exact")
    for mu in RATES:
        quiet = draw(mu, (QUIET_STREAMS, QUIET_MINUTES), random)
        heights = threshold(grid(quiet, mu)), threshold(exact(quiet, mu))
        told = []
        for rise in RISES:
            raised = draw(max(rise * mu, mu + DEFAULT.smallest_rise), (STREAMS, LONGEST), random)
            counts = np.concatenate([draw(mu, (STREAMS, WARM), random), raised], axis=1)
            means = [float(delay(test, counts, mu, h).mean()) for test, h in zip((grid, exact), heights, strict=True)]
            both.append((means[0], means[1]))
            told.append(f"×{rise}: {means[0]:.1f} / {means[1]:.1f}")
        print(f"{60 * mu:g}/h (h {heights[0]:.1f} and {heights[1]:.1f}): " + "  ".join(told))
    later = [100 * (grid_mean / exact_mean - 1) for grid_mean, exact_mean in both]
    print(f"later by {np.mean(later):.1f} % on average, at most {max(later):.1f} %, at least {min(later):.1f} %")


if __name__ == "__main__":
    main()
