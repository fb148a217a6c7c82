"""Are the clusters real: incidents on a community's reports in their true order, against the same reports shuffled.

Shuffling deals the times of all reports out anew among them: the hours stay as busy as they were and each region has as
many reports as it had, but who reported together is lost. What the detector still finds in a region is chance.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from outages.detection.datatypes import ServiceSpec
from outages.evaluation.backtest.crowds import CrowdReport, incidents

_COMPONENT_OF: Final = {
    "Internet": "internet",
    "TV": "tv",
    "Phone": "phone",
    "Internet+TV": "internet",
    "All": "internet",
}
SERVICE: Final = ServiceSpec("spectrum", ("internet", "tv", "phone"))


@dataclass(frozen=True, slots=True)
class Clusters:
    """Incidents found, and those of them that name a region."""

    incidents: int
    regional: int
    regions: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The true order against shuffles of it."""

    reports: int
    days: float
    true: Clusters
    shuffled: tuple[Clusters, ...]


def reports_in(path: Path) -> list[CrowdReport]:
    """The reports of a CSV with created_at, state and service, in order of time."""
    with path.open(encoding="utf-8", newline="") as lines:
        told = [
            CrowdReport(
                datetime.fromisoformat(row["created_at"]).timestamp(),
                _COMPONENT_OF.get(row["service"], "internet"),
                f"US-{row['state']}" if row["state"] else "US",
            )
            for row in csv.DictReader(lines)
        ]
    return sorted(told, key=lambda one: one.second)


def shuffled(reports: Sequence[CrowdReport], seed: int) -> list[CrowdReport]:
    """The same reports with their times dealt out anew."""
    times = [one.second for one in reports]
    random.Random(seed).shuffle(times)
    dealt = [replace(one, second=second) for one, second in zip(reports, times, strict=True)]
    return sorted(dealt, key=lambda one: one.second)


def clusters(reports: Sequence[CrowdReport]) -> Clusters:
    found = incidents(reports, SERVICE)
    regional = [line for line in found if line.regions]
    return Clusters(len(found), len(regional), len({region for line in regional for region in line.regions}))


def compare(path: Path, seeds: Sequence[int] = (1, 2, 3)) -> Comparison:
    reports = reports_in(path)
    days = (reports[-1].second - reports[0].second) / 86_400
    return Comparison(len(reports), days, clusters(reports), tuple(clusters(shuffled(reports, seed)) for seed in seeds))
