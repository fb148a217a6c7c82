"""How often quiet windows bring the search for a place so many nats: measured, beside the chance that is promised."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.zones import Zones
from outages.detection.evidence.scope import chance_of, place_of
from outages.detection.thresholds import DEFAULT
from outages.evaluation.simulation.population import population

MINUTES = (5, 15, 60, 120)  # of a window
RATES = (0.01, 0.1, 1.0, 10.0)  # reports a minute everywhere
DISPERSIONS = (0.0, 0.05, 0.3)
NATS = (2.0, 4.0, 6.0, 8.0, 10.0)
WINDOWS = 1_000


def zones_of_the_simulation() -> tuple[Zones, NDArray[np.float64]]:
    """The simulated population's places and probe areas, and each place's share of all reports."""
    people = population()
    zones = Zones.fresh()
    zones.add(people.codes, people.continents.values())
    shares = np.array([share for _, share, _ in people.regions], dtype=np.float64)
    return zones, shares / shares.sum()


def highest(rate: float, minutes: int, dispersion: float, windows: int, random: np.random.Generator) -> list[float]:
    """The nats of the best place in each of some quiet windows."""
    zones, shares = zones_of_the_simulation()
    mean = rate * minutes * shares
    drawn = random.gamma(1 / dispersion, dispersion, (windows, len(mean))) if dispersion else 1.0
    counts = random.poisson(mean * np.ones((windows, len(mean))) * drawn).astype(np.float32)
    expected = mean.astype(np.float32)
    return [place_of(seen, expected, zones, DEFAULT).nats for seen in counts]


def main() -> None:
    """Prints, for each rate, window and dispersion, the share of quiet windows with so many nats; then what is
    promised."""
    random = np.random.default_rng(4)
    for dispersion in DISPERSIONS:
        for rate in RATES:
            for minutes in MINUTES:
                found = np.array(highest(rate, minutes, dispersion, WINDOWS, random))
                shares = "  ".join(f"{nats:g}: {(found >= nats).mean():.4f}" for nats in NATS)
                print(f"α {dispersion:g}, {60 * rate:g}/h, {minutes} min: {shares}")
    print("promised: " + "  ".join(f"{nats:g}: {chance_of(nats, DEFAULT):.4f}" for nats in NATS))


if __name__ == "__main__":
    main()
