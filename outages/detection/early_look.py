"""Looks within a minute that has not ended: what has come so far may open an incident, and does nothing else.

A look sees what came in a part of its minute, and takes that part of what a whole minute takes off the scores: the
sums are those of a process without minutes, whose mean time to a false alarm is bounded alike. There is one every five
seconds, where there is news; its cost is bounded by what came in the minute, and most end at a bound without the
evidence being weighed.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import Minute, ReportKind, arrived
from outages.detection.estimators.cusum import Bank
from outages.detection.estimators.probes import DOWN, classified
from outages.detection.evidence.fusion import opening_statements
from outages.detection.incidents import candidates
from outages.detection.incidents.recovery import forget_probes
from outages.detection.state import Incident, State
from outages.detection.thresholds import DEFAULT, Thresholds

LOOK_SECONDS: Final = DEFAULT.look_seconds
LOOKS: Final = tuple(range(LOOK_SECONDS, 60, LOOK_SECONDS))  # seconds of a minute; the minute's step is the last look


def is_worth_it(state: State, minute: Minute, limits: Thresholds, second: int = LOOK_SECONDS) -> bool:
    """Whether what has come until a second, or later, could open anything.

    Cheap, and never wrongly False for what has come itself.
    """
    if state.baseline.minutes < limits.first_minutes or minute.minute != state.minute + 1:
        return False
    busy = {c for i in state.incidents for c in i.components}
    if any(p.component not in busy and not p.control and classified(p) == DOWN for p in minute.probes):
        return True
    reports = minute.reports
    at = np.flatnonzero(reports.kind == ReportKind.PROBLEM).tolist()
    if not at:
        return False
    seen: dict[tuple[int, int], float] = {}
    for component, place, weight in zip(
        reports.component[at].tolist(), reports.place[at].tolist(), reports.weight[at].tolist(), strict=True
    ):
        seen[component, place] = seen.get((component, place), 0.0) + max(weight, limits.least_weight)
    failing = state.watch.components(minute.minute)
    said = opening_statements(state, busy, limits)
    is_planned = bool(candidates.active_plans(state, limits))
    for number in {component for component, _ in seen}:
        component = reports.components[number]
        if component in busy:
            continue
        is_helped = component in failing or is_planned or any(s.concerns((component,)) for s in said)
        needed = (limits.open if is_helped else _opening(state, component, limits)) - limits.mix_cap
        by_place = {reports.places[place]: count for (of, place), count in seen.items() if of == number}
        if _most(state, component, by_place, limits, second, is_alone=not is_helped) >= needed:
            return True
    return False


def moments(state: State, minute: Minute, limits: Thresholds, since: int = 0) -> list[int]:
    """The seconds of LOOKS at which a whole minute showed something new, if anything in it could open an incident.

    Those up to `since` were looked at before. What came until then may have come too late for them.
    """
    if not is_worth_it(state, minute, limits):
        return []
    reports = minute.reports
    seconds = reports.second[reports.kind[: len(reports.second)] == ReportKind.PROBLEM].tolist()
    came: list[float] = [*seconds, *(arrived(probe) - minute.minute * 60 for probe in minute.probes)]
    return [
        second
        for earlier, second in itertools.pairwise((0, *LOOKS))
        if second > since and any(earlier <= max(moment, since) < second for moment in came)
    ]


def _opening(state: State, component: str, limits: Thresholds) -> float:
    """The nats that a component's crowd alone must bring, as far as is known."""
    number = state.components.index(component) if component in state.components else len(state.opening)
    return float(state.opening[number]) if number < len(state.opening) else limits.crowd_open_least


def _most(
    state: State, component: str, by_place: dict[str, float], limits: Thresholds, second: int, *, is_alone: bool
) -> float:  # fmt: skip
    """A bound on a component's highest score after these reports.

    Where nothing but its own reports can open it, what the minute takes off the scores until a second counts too.
    """
    is_known = component in state.components and all(place in state.zones.index for place in by_place)
    if not is_known or state.rates_minute < 0:  # no rates yet for what is new
        return np.inf
    is_renewed = state.baseline.minutes <= limits.shape_minutes
    is_renewed = is_renewed or state.minute + 1 - state.rates_minute >= limits.refresh_minutes
    number = state.components.index(component)
    seen = np.zeros(len(state.zones.places), dtype=np.float32)
    for place, count in by_place.items():
        seen[state.zones.index[place]] = count
    part = second / 60 if is_alone and not is_renewed else 0.0
    return max(
        _bound(state.leaves, number, seen, part),
        _bound(state.groups, number, state.zones.member @ seen, part),
    )


def _bound(bank: Bank, component: int, seen: NDArray[np.float32], part: float) -> float:
    score = bank.score[:, component] + bank.gain[:, component] * seen - part * bank.loss[:, component]
    return float(score.max(initial=0.0))


def adopt(state: State, incident: Incident, rates: NDArray[np.float32], limits: Thresholds) -> None:
    """Takes over an incident that a look has opened, without the running minute: its step will add that."""
    since = max(incident.onset, state.minute - limits.place_minutes + 2)
    for number in range(len(state.components)):
        incident.observed[number] = candidates.observed_since(state, number, since)
    incident.expected[:] = rates * max(state.minute - since + 1, 0)
    forget_probes(incident)
    state.incidents = [*state.incidents, incident]
    state.numbered = incident.number
