"""What comes back after its end: by a rise of reports, by probes, or by a word of the company."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import IncidentKind, IncidentState, Transition
from outages.detection.evidence.attribution import holds_back
from outages.detection.evidence.crowd import problems
from outages.detection.evidence.fusion import confirming_rule, reopening_statements, verdict_of
from outages.detection.evidence.scope import excess
from outages.detection.incidents.candidates import is_planned, place_name
from outages.detection.incidents.extent import incident_place, mask_of
from outages.detection.incidents.overrides import forget_evidence
from outages.detection.incidents.recovery import forget_probes, observe_return
from outages.detection.incidents.transitions import make_transition
from outages.detection.reasons import ReasonCode, reason
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds


def is_remembered(state: State, incident: Incident, limits: Thresholds) -> bool:
    """Return whether an incident is open, or lately was: what fails again is the same one.

    While people still report what is over, what they report opens no other one.
    """
    if incident.closed is None or state.minute - incident.closed < limits.reopen_minutes:
        return True
    if incident.state != IncidentState.RESOLVED or state.minute - incident.closed >= 60 * limits.fading_hours:
        return False
    mask, numbers = mask_of(state, incident), [state.components.index(c) for c in incident.components]
    rows = problems(state, numbers, mask, state.minute - limits.active_minutes + 1)
    usual = float(state.rates[numbers][:, mask].sum())
    return excess(float(rows["weight"].sum()), limits.active_minutes * usual) >= limits.active_nats


def reopen(state: State, limits: Thresholds) -> list[Transition]:
    """Reopens what closed within the hour and fails again, or of which the company says so."""
    told = []
    said = reopening_statements(state, limits)
    for incident in sorted(state.incidents, key=lambda i: -(i.closed or 0)):  # a word brings back the last one
        if incident.closed is None or incident.state == IncidentState.MERGED or incident.closed >= state.minute:
            continue
        mask = mask_of(state, incident)
        numbers = [state.components.index(c) for c in incident.components]
        since = max(incident.closed + 1, state.minute - limits.back_minutes + 1)
        minutes = state.minute - since + 1
        rows = problems(state, numbers, mask, since)
        last = problems(state, numbers, mask, incident.closed - limits.glow_minutes + 1, incident.closed + 1)
        before = last["weight"].sum() / limits.glow_minutes
        usual = float(state.rates[numbers][:, mask].sum())
        verdict = verdict_of(state, incident.components, mask, since, place_name(incident_place(incident)), limits)
        glow = usual + limits.glow * float(before) * 0.5 ** ((since - incident.closed) / limits.glow_half_life)
        is_back = verdict.crowd.opens(limits) and (
            verdict.probe_nats >= limits.second_kind or _rises(state, numbers, mask, incident.closed, usual, limits)
        )
        crowd = excess(float(rows["weight"].sum()), glow * minutes) if is_back else 0.0
        since_then = [s for s in said if s.minute > incident.closed and s.concerns(incident.components)]
        rests_on_word = crowd + verdict.probe_nats < limits.open
        if rests_on_word and not since_then:
            continue
        held_back = holds_back(incident.attribution)
        if incident.set_aside and confirming_rule(verdict, limits, is_held_back=held_back) is None:
            continue
        was = incident.state
        # What was never confirmed comes back as it was: an end does not make a lone crowd surer.
        was_confirmed = was != IncidentState.DISMISSED and incident.confirmed is not None
        # Nor does it make one sure while probes answer that would see it: a late batch of reports looks like that.
        is_doubtful = not since_then and verdict.probe_nats < limits.second_kind and verdict.missed < limits.missed
        resumed = IncidentState.CONFIRMED if was_confirmed and not is_doubtful else IncidentState.POSSIBLE
        if was_confirmed and is_doubtful:
            incident.confirmed, incident.was_real = None, True
        if (
            incident.kind == IncidentKind.MAINTENANCE
            and not rests_on_word
            and is_planned(state, incident.components, limits)
        ):
            resumed = IncidentState.MAINTENANCE
        elif incident.kind == IncidentKind.MAINTENANCE:  # a fault after the work
            incident.kind, incident.confirmed, resumed = IncidentKind.OUTAGE.value, None, IncidentState.POSSIBLE
        incident.state, incident.closed, incident.recovering = resumed.value, None, None
        incident.set_aside = False
        incident.rests_on_word = rests_on_word
        if rests_on_word:  # what it stood on before its end is over
            forget_evidence(state, incident)
            forget_probes(incident)
            incident.onset = state.minute
            said = [s for s in said if s not in since_then]
        else:
            observe_return(state, incident, limits)
        incident.last_evidence = incident.opened = state.minute
        told.append(make_transition(state, incident, reason(ReasonCode.BACK), verdict.terms, was))
    return told


def _rises(
    state: State, components: list[int], mask: NDArray[np.bool_], closed: int, usual: float, limits: Thresholds
) -> bool:
    """Return whether reports of the last minutes are more than the fewest since an end, by more than chance.

    People may go on reporting for hours what is over: such an end fades, and a relapse rises.
    """
    first = max(closed - limits.glow_minutes, state.minute - limits.reopen_minutes) + 1
    rows = problems(state, components, mask, first)
    each = np.bincount(rows["minute"] - first, weights=rows["weight"], minlength=state.minute - first + 1)
    spans = np.convolve(each, np.ones(limits.glow_minutes), "valid")
    fewest = max(float(spans.min()), usual * limits.glow_minutes)
    return excess(float(spans[-1]), fewest) >= limits.back_nats
