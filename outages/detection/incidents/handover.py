"""A state that was learnt anew goes on with the incidents that were open: to those who follow one nothing has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from outages.detection.datatypes import IncidentSnapshot, IncidentState, Transition
from outages.detection.incidents.transitions import make_transition
from outages.detection.reasons import ReasonCode, reason
from outages.detection.state import Incident, State


def carried_over(state: State, subjects: Iterable[IncidentSnapshot]) -> tuple[Transition, ...]:
    """Gives open incidents back to a new state, each under its number, in its state and its place.

    What the new state has found of one is its evidence from now on. One of which it has found nothing is followed all
    the same, and ends by the usual rules.
    """
    told = []
    subjects = tuple(subjects)
    state.admit((c for subject in subjects for c in subject.components), (), (), ())
    for subject in subjects:
        mine = max(
            (i for i in state.incidents if i.is_open and set(i.components) & set(subject.components)),
            key=lambda incident: _likeness(incident, subject),
            default=None,
        )
        if mine is None:
            shape = (len(state.components), len(state.zones.places))
            mine = Incident(
                number=subject.number, state=subject.state.value, kind=subject.kind.value,
                components=subject.components, countries=subject.countries, regions=subject.regions,
                symptom=subject.symptom, onset=subject.opened, opened=subject.opened,
                observed=np.zeros(shape, dtype=np.float32), expected=np.zeros(shape, dtype=np.float32),
                last_evidence=state.minute,
            )  # fmt: skip
            state.incidents = [*state.incidents, mine]
        mine.number, mine.state, mine.kind = subject.number, subject.state.value, subject.kind.value
        mine.components, mine.symptom = subject.components, subject.symptom
        mine.countries, mine.regions = subject.countries, subject.regions
        mine.named = (*subject.countries, *subject.regions)
        mine.opened, mine.confirmed = subject.opened, subject.confirmed
        mine.pinned, mine.whole = subject.pinned, subject.whole
        mine.recovering = state.minute if subject.state == IncidentState.RECOVERING else None
        goes_on = make_transition(state, mine, reason(ReasonCode.DETECTOR_RENEWED), (), mine.state)
        mine.confidence = subject.confidence
        told.append(replace(goes_on, confidence=subject.confidence))
    numbers = {subject.number for subject in subjects}
    whole = [set(i.components) for i in state.incidents if i.whole]  # what was merged into these is found anew
    parts = {i.number for i in state.incidents if any(set(i.components) <= one for one in whole)} - numbers
    state.incidents = sorted((i for i in state.incidents if i.number not in parts), key=lambda i: i.number)
    return tuple(told)


def _likeness(incident: Incident, subject: IncidentSnapshot) -> tuple[bool, int]:
    common = set(incident.components) & set(subject.components)
    return incident.kind == subject.kind.value, len(common)
