"""Takes the detector over recorded crowds that tell only when, what and where: no networks, no probes, no truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from outages.detection.datatypes import Minute, ReportKind, Reports, ServiceSpec
from outages.detection.engine import State, step
from outages.detection.replay import Line, take

AFTER_THE_LAST_MINUTES = 180  # stepped after the last report, so that what is over can close


@dataclass(frozen=True, slots=True)
class CrowdReport:
    """One report: epoch seconds, component, place ("" where unknown)."""

    second: float
    component: str
    place: str = ""


def incidents(reports: Iterable[CrowdReport], service: ServiceSpec) -> list[Line]:
    """What the detector publishes for these reports. Each counts as one person on one network."""
    by_minute: dict[int, list[CrowdReport]] = defaultdict(list)
    for report in reports:
        by_minute[int(report.second // 60)].append(report)
    lines: dict[int, Line] = {}
    if not by_minute:
        return []
    state = State.fresh(min(by_minute) - 1)
    person = 0
    for minute in range(min(by_minute), max(by_minute) + AFTER_THE_LAST_MINUTES):
        here = by_minute.get(minute, [])
        state, outcome = step(state, Minute(minute, _columns(here, person)), service=service)
        person += len(here)
        for transition in outcome.transitions:
            take(lines, transition, service.slug)
    return list(lines.values())


def _columns(told: list[CrowdReport], person: int) -> Reports:
    if not told:
        return Reports()
    size = len(told)
    components = tuple(sorted({one.component for one in told}))
    places = tuple(sorted({one.place for one in told}))
    people = np.arange(person + 1, person + size + 1, dtype=np.int64)
    return Reports(
        components=components,
        places=places,
        symptoms=("other",),
        component=np.array([components.index(one.component) for one in told], dtype=np.int32),
        place=np.array([places.index(one.place) for one in told], dtype=np.int32),
        symptom=np.zeros(size, dtype=np.int32),
        kind=np.full(size, ReportKind.PROBLEM, dtype=np.int8),
        network=people,
        wide_network=people,
        asn=np.zeros(size, dtype=np.int64),
        reporter=people,
        weight=np.ones(size, dtype=np.float32),
    )
