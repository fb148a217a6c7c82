"""Looks within a minute that has not ended: what has come so far may open an incident, and does nothing else.

A look sees less than its minute's step will, and expects as much as of a whole minute. So it opens what the step would
open anyway, only sooner: the false alarms stay those of whole minutes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import Minute, ReportKind
from outages.detection.estimators.cusum import Bank
from outages.detection.estimators.probes import DOWN, classified
from outages.detection.incidents import candidates
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds

LOOKS: Final = (15, 30, 45)  # seconds of a minute


def is_worth_it(state: State, minute: Minute, limits: Thresholds) -> bool:
    """Whether what has come so far could open anything. Cheap, and never wrongly False for what has come itself."""
    if state.baseline.minutes < limits.first_minutes or minute.minute != state.minute + 1:
        return False
    busy = {c for i in state.incidents for c in i.components}
    if any(p.component not in busy and not p.control and classified(p) == DOWN for p in minute.probes):
        return True
    reports = minute.reports
    at = np.flatnonzero(reports.kind == ReportKind.PROBLEM)
    if not len(at):
        return False
    failing = state.watch.components(minute.minute)
    is_told = bool(state.statements) and minute.minute - state.statements[-1].minute < 60 * limits.official_hours
    is_told = is_told or bool(candidates.active_plans(state, limits))
    seen: dict[str, dict[str, float]] = {}
    for row in at.tolist():
        component, place = reports.components[reports.component[row]], reports.places[reports.place[row]]
        by_place = seen.setdefault(component, {})
        by_place[place] = by_place.get(place, 0.0) + max(float(reports.weight[row]), limits.least_weight)
    for component, by_place in seen.items():
        if component in busy:
            continue
        needed = (limits.open if component in failing or is_told else limits.crowd_open) - limits.mix_cap
        if _most(state, component, by_place) >= needed:
            return True
    return False


def _most(state: State, component: str, by_place: dict[str, float]) -> float:
    """A bound on a component's highest score after these reports."""
    is_known = component in state.components and all(place in state.zones.index for place in by_place)
    if not is_known or state.rates_minute < 0:  # no rates yet for what is new
        return np.inf
    number = state.components.index(component)
    seen = np.zeros(len(state.zones.places), dtype=np.float32)
    for place, count in by_place.items():
        seen[state.zones.index[place]] = count
    return max(_bound(state.leaves, number, seen), _bound(state.groups, number, state.zones.member @ seen))


def _bound(bank: Bank, component: int, seen: NDArray[np.float32]) -> float:
    return float((bank.score[:, component] + bank.gain[:, component] * seen).max(initial=0.0))


def adopt(state: State, incident: Incident, rates: NDArray[np.float32]) -> None:
    """Takes over an incident that a look has opened, without the running minute: its step will add that."""
    since = max(incident.onset, state.minute - 118)
    for number in range(len(state.components)):
        incident.observed[number] = candidates.observed_since(state, number, since)
    incident.expected[:] = rates * max(state.minute - since + 1, 0)
    incident.probe_results = incident.probe_failures = 0
    incident.seen_tracks = []
    state.incidents = [*state.incidents, incident]
    state.numbered = incident.number
