"""How often quiet streams raise a false alarm: measured time between alarms beside the promised e^h."""

from __future__ import annotations

import math

import numpy as np

from outages.detection.estimators.cusum import coefficients
from outages.detection.thresholds import DEFAULT

RATES = (1 / 60, 0.1, 0.5, 2.0, 10.0, 30.0, 100.0)  # reports a minute: 1 an hour to 100 a minute
DISPERSIONS = (0.03, 0.2, 1.0)
THRESHOLDS = (4.0, 6.0, 8.0)
STREAMS = 100
MINUTES = 10_000


def between_alarms(
    h: float, dispersion: float, random: np.random.Generator
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Minutes between false alarms, shape (ratios, rates); infinite where none came."""
    rates = np.repeat(np.array(RATES, dtype=np.float32), STREAMS)[None, :]
    gain, loss = coefficients(rates, dispersion, DEFAULT)
    score = np.zeros_like(gain)
    alarms = np.zeros(gain.shape)
    for _ in range(MINUTES):
        mean = random.gamma(1 / dispersion, dispersion * rates)
        score = np.maximum(score + gain * random.poisson(mean).astype(np.float32) - loss, 0)
        fired = score >= h
        alarms += fired
        score[fired] = 0
    total = alarms.reshape(len(DEFAULT.ratios), len(RATES), STREAMS).sum(axis=2)
    with np.errstate(divide="ignore"):
        return STREAMS * MINUTES / total


def main() -> None:
    """Prints, for each threshold and dispersion, the shortest measured time of all ratios at each rate."""
    random = np.random.default_rng(1)
    print(f"{STREAMS} streams of {MINUTES:,} minutes each; “kept” says that no ratio alarms more often than promised")
    for h in THRESHOLDS:
        promised = math.exp(h)
        for dispersion in DISPERSIONS:
            shortest = between_alarms(h, dispersion, random).min(axis=0)
            times = "  ".join(f"{60 * rate:g}/h: {time:,.0f}" for rate, time in zip(RATES, shortest, strict=True))
            kept = "kept" if (shortest >= promised).all() else "BROKEN"
            print(f"h {h:g} α {dispersion:g}: promised {promised:,.0f} min, {kept}. Measured {times}")


if __name__ == "__main__":
    main()
