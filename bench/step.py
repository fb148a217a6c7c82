"""What one step costs: time and size of the state at 1,000, 10,000 and 100,000 cells, quiet and in a flood."""

from __future__ import annotations

import time

import numpy as np

from outages.detection.datatypes import Minute, Reports, ServiceSpec
from outages.detection.engine import State, step

START = 29_000_000
SIZES = ((10, 100), (100, 100), (100, 1000))  # components × regions
FLOOD = 60_000
MINUTES = 60


def reports(number: int, components: int, regions: int, random: np.random.Generator) -> Reports:
    """Random reports from many networks and two hundred autonomous systems."""
    symptoms = ("slow", "timeout", "http-503-unavailable", "other")
    return Reports(
        components=tuple(f"part-{n}" for n in range(components)),
        places=tuple(f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}-{n}" for n in range(regions)),
        symptoms=symptoms,
        component=random.integers(0, components, number, dtype=np.int32),
        place=random.integers(0, regions, number, dtype=np.int32),
        symptom=random.integers(0, len(symptoms), number, dtype=np.int32),
        kind=np.zeros(number, dtype=np.int8),
        network=random.integers(1, 1 << 40, number),
        wide_network=random.integers(1, 1 << 20, number),
        asn=random.integers(1, 200, number),
        reporter=random.integers(1, 1 << 40, number),
        weight=np.ones(number, dtype=np.float32),
    )


def measure(components: int, regions: int) -> tuple[float, float, float, int]:
    """Milliseconds of a quiet step (median, and the slowest of an hour) and of a flooded one, bytes after the flood."""
    random = np.random.default_rng(1)
    service = ServiceSpec("bench", tuple(f"part-{n}" for n in range(components)))
    state = State.fresh(START - 1)
    took = []
    for number in range(START, START + 2 * MINUTES):
        minute = Minute(number, reports(random.poisson(5), components, regions, random))
        before = time.perf_counter()
        state, _ = step(state, minute, service=service)
        took.append(1000 * (time.perf_counter() - before))
    flooded = []
    for number in range(START + 2 * MINUTES, START + 2 * MINUTES + 5):
        minute = Minute(number, reports(FLOOD, components, regions, random))
        before = time.perf_counter()
        state, _ = step(state, minute, service=service)
        flooded.append(1000 * (time.perf_counter() - before))
    return float(np.median(took[MINUTES:])), max(took[MINUTES:]), float(np.median(flooded)), len(state.dumps())


def main() -> None:
    """Prints one line a size."""
    print(f"{'cells':>8} {'quiet step':>11} {'slowest':>9} {'60,000 reports':>15} {'state':>9}")
    for components, regions in SIZES:
        quiet, slowest, flooded, size = measure(components, regions)
        cells = components * regions
        print(f"{cells:>8,} {quiet:>8.2f} ms {slowest:>6.1f} ms {flooded:>12.0f} ms {size / 1e6:>6.2f} MB")


if __name__ == "__main__":
    main()
