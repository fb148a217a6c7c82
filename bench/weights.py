"""What it costs that reports are told by weights: `python -m bench weights`, or `python -m bench.weights WORLD …`.

Tells the reports of the worlds (all of SHARED/worlds) and of the recorded fortnight of Spectrum as the product does,
and with weights that know nothing of each other, and compares what is shown with what was reported: how places with
ten reports or more are ranked (Spearman), and how far numbers from 50 on are off. No database is needed.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import django
import numpy as np
from numpy.typing import NDArray

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))
SPECTRUM = SHARED / "datasets" / "spectrum_community_2026_06" / "spectrum-outages-2026-06.csv"
HOURS, LEAST, LARGE, FEWEST_PLACES = 24, 10, 50, 5
STEP = 5  # hours from one moved window to the next
KEYS = (b"one", b"two", b"three", b"four")
Cell = tuple[int, str, str]  # minute, component, place
Tell = Callable[[Counter[Cell], bytes], dict[Cell, int]]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    asked = [given for given in sys.argv[1:] if given == "Spectrum" or Path(given, "truth.json").exists()]
    worlds = [Path(given) for given in asked if given != "Spectrum"]
    worlds = worlds if asked else sorted(path.parent for path in (SHARED / "worlds").glob("*/truth.json"))
    data = {world.name: (Counter(of_world(world)), True) for world in worlds}
    if SPECTRUM.exists() and (not asked or "Spectrum" in asked):
        data["Spectrum"] = (Counter(of_spectrum()), False)
    for name, (cells, by_country) in data.items():
        for way, tell in (("balanced", balanced), ("each by itself", alone)):
            found = np.array([compared(cells, tell(cells, key), by_country=by_country) for key in KEYS])
            day, moved, off, off_hour = np.nanmean(found, axis=0)
            print(
                f"{name}, {way}: Spearman of days {day:.3f}, of any 24 hours {moved:.3f}; "
                f"numbers from {LARGE} on off by {off:.1%}, of hours {off_hour:.1%}",
                flush=True,
            )


def of_world(world: Path) -> Iterator[Cell]:
    with gzip.open(world / "events.ndjson.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["type"] == "report":
                place = event.get("region") or event.get("country") or ""
                yield minute_of(event["at"]), event.get("component") or "", place


def of_spectrum() -> Iterator[Cell]:
    with SPECTRUM.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield minute_of(row["created_at"]), row["service"], f"US-{row['state']}"


def minute_of(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 60


def balanced(cells: Counter[Cell], key: bytes) -> dict[Cell, int]:
    """As outages.pipeline.counts does."""
    from outages.pipeline import perturbation
    from reports.places.codes import split_place

    balance, told = perturbation.Balance(), {}
    for cell in sorted(cells):
        where = split_place(cell[2])
        lean = balance.lean(*where, perturbation.phase(key, cell[0], *where))
        told[cell] = perturbation.balanced(cells[cell], lean, key, *cell)
        balance.add(*where, told[cell] - cells[cell])
    return told


def alone(cells: Counter[Cell], key: bytes) -> dict[Cell, int]:
    from outages.pipeline.perturbation import perturbed

    return {cell: perturbed(number, key, *cell) for cell, number in cells.items()}


def compared(cells: Counter[Cell], told: dict[Cell, int], *, by_country: bool) -> tuple[float, float, float, float]:
    """Rank correlation of days and of any 24 hours, and the mean relative error of numbers of days and of hours."""
    named = {cell: cell[2][:2] if by_country else cell[2] for cell in cells}
    column = {place: number for number, place in enumerate(sorted(set(named.values())))}
    first = min(cell[0] for cell in cells) // 60
    midnight = -first % HOURS  # the first whole day begins there
    last = max(cell[0] for cell in cells) // 60 + 1
    exact, shown = (np.zeros((last - first + 1, len(column))) for _ in range(2))
    for cell, number in cells.items():
        exact[cell[0] // 60 - first + 1, column[named[cell]]] += number
        shown[cell[0] // 60 - first + 1, column[named[cell]]] += told[cell]
    exact, shown = exact.cumsum(axis=0), shown.cumsum(axis=0)
    days, moved = [], []
    for start in range(len(exact) - HOURS):
        is_day, is_moved = start % HOURS == midnight, start % STEP == 0
        if is_day or is_moved:
            one = spearman(exact[start + HOURS] - exact[start], shown[start + HOURS] - shown[start])
            days += [one] if is_day else []
            moved += [one] if is_moved else []
    whole = slice(midnight, None, HOURS)
    return (
        float(np.nanmean(days)),
        float(np.nanmean(moved)),
        error(np.diff(exact[whole], axis=0), np.diff(shown[whole], axis=0)),
        error(np.diff(exact, axis=0), np.diff(shown, axis=0)),
    )


def as_shown(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    from outages.pipeline.perturbation import shown

    return np.array([float(shown(number)) for number in numbers])


def spearman(exact: NDArray[np.float64], told: NDArray[np.float64]) -> float:
    import pandas as pd

    many = exact >= LEAST
    if many.sum() < FEWEST_PLACES:
        return float("nan")
    ranks = pd.DataFrame({"exact": exact[many], "told": as_shown(told[many])}).rank()
    return float(ranks["exact"].corr(ranks["told"]))


def error(exact: NDArray[np.float64], told: NDArray[np.float64]) -> float:
    large = exact >= LARGE
    return float(np.mean(np.abs(as_shown(told[large]) - exact[large]) / exact[large])) if large.any() else float("nan")


if __name__ == "__main__":
    main()
