"""Keeps the incidents of a service: opens, widens, moves, reopens and merges them, and tells of it."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import (
    Cause,
    IncidentKind,
    IncidentState,
    Minute,
    ServiceSpec,
    TermKind,
    Transition,
)
from outages.detection.evidence import scope
from outages.detection.evidence.attribution import attribute
from outages.detection.evidence.crowd import problems
from outages.detection.evidence.fusion import Assessment, confirming_rule, verdict_of
from outages.detection.evidence.scope import Place
from outages.detection.incidents import candidates, overrides, relapse
from outages.detection.incidents.candidates import Candidate, active_plans, is_planned, place_name
from outages.detection.incidents.extent import incident_place, mask_of, rescope, split, symptom_of
from outages.detection.incidents.lifecycle import Move, decide
from outages.detection.incidents.overrides import forget_evidence
from outages.detection.incidents.recovery import Recovery, observe_probes, recovery_of
from outages.detection.incidents.transitions import make_transition, published_place
from outages.detection.reasons import ReasonCode, reason
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds

QUOTED_PLAN = 120  # characters of what was announced
LIVE = (IncidentState.POSSIBLE, IncidentState.CONFIRMED, IncidentState.MAINTENANCE)
_ENDS = (IncidentState.RESOLVED, IncidentState.DISMISSED, IncidentState.MERGED)


def advance(
    state: State, minute: Minute, service: ServiceSpec, counts: NDArray[np.float32], limits: Thresholds
) -> list[Transition]:
    """Takes all incidents of a service through one minute."""
    told: list[Transition] = []
    for incident in [i for i in state.incidents if i.is_open]:
        told += _carry(state, incident, minute, counts, limits)
    told += _open(state, minute, service, limits)
    told += relapse.reopen(state, limits)
    told += _merge(state, limits)
    kept = []
    for incident in state.incidents:
        if relapse.is_remembered(state, incident, limits):
            kept.append(incident)
        elif incident.state != IncidentState.MERGED:
            forget_evidence(state, incident)
    state.incidents = kept
    return told


def _verdict(state: State, incident: Incident, limits: Thresholds) -> Assessment:
    place = place_name(incident_place(incident))
    since = incident.onset
    return verdict_of(state, incident.components, mask_of(state, incident), since, place, limits)


def _carry(
    state: State, incident: Incident, minute: Minute, counts: NDArray[np.float32], limits: Thresholds
) -> list[Transition]:
    """One open incident through one minute."""
    observe_probes(state, incident, limits)
    mask = mask_of(state, incident)
    if incident.state in LIVE:
        incident.observed += counts
        incident.expected += state.rates
    verdict = _verdict(state, incident, limits)
    recovered = recovery_of(state, incident, mask, limits)
    _note_evidence(incident, verdict, limits)
    still_fails = verdict.probe_nats >= limits.second_kind and recovered.failed_lately
    if recovered.active or recovered.failing_now or still_fails:
        incident.last_evidence = state.minute
    incident.peak = max(incident.peak, _height(state, incident, mask, limits))
    moved_cause = _attribute(state, incident, minute, verdict, limits)
    move = decide(incident, verdict, recovered, state.minute, limits)
    if move is None and incident.state == IncidentState.MAINTENANCE and not incident.pinned:
        move = _overrun(state, incident, verdict, recovered, limits)
    before = incident.components, incident_place(incident)
    widened = incident.state in LIVE and not incident.pinned and rescope(state, incident, limits)
    if move is not None and not overrides.ends_too_soon(incident, move.to_state, state.minute):
        return [_moved(state, incident, move, verdict, limits)]
    is_fixed = incident.pinned or incident.whole
    if incident.state in LIVE and not is_fixed and split(state, incident, limits):
        widened = True
    if widened:
        verdict = _verdict(state, incident, limits)
    if widened and is_seen_to_change(state, incident, *before, limits):
        return [make_transition(state, incident, reason(ReasonCode.SCOPE), verdict.terms, incident.state)]
    if moved_cause:
        code = ReasonCode.CAUSE_ELSEWHERE if moved_cause == Cause.EXTERNAL else ReasonCode.CAUSE_UNCLEAR
        return [make_transition(state, incident, reason(code), verdict.terms, incident.state)]
    return _strengthened(state, incident, verdict, limits)


def _overrun(
    state: State, incident: Incident, verdict: Assessment, recovered: Recovery, limits: Thresholds
) -> Move | None:
    """Return the move of announced work that fails on after its plan: an outage, by what would confirm one."""
    goes_on = recovered.failing_now or (recovered.active and not recovered.falling)
    if not goes_on or is_planned(state, incident.components, limits) or state.minute < incident.held_until:
        return None
    rule = confirming_rule(verdict, limits)
    if rule is None:
        return None
    incident.kind, incident.confirmed = IncidentKind.OUTAGE.value, None
    return Move(IncidentState.CONFIRMED, reason(rule))


def is_seen_to_change(
    state: State, incident: Incident, components: tuple[str, ...], place: Place, limits: Thresholds
) -> bool:
    """Whether what is published of an incident differs from what it was with these components and this place.

    An event without a visible change would say when something changed in a place that may not be named.
    """
    now = published_place(state, incident, incident_place(incident), limits)
    was = published_place(state, incident, place, limits)
    return (components, was.countries, was.regions) != (incident.components, now.countries, now.regions)


def _height(state: State, incident: Incident, mask: NDArray[np.bool_], limits: Thresholds) -> float:
    """Reports a minute beyond the usual, on the average of the last ten."""
    numbers = [state.components.index(c) for c in incident.components]
    rows = problems(state, numbers, mask, state.minute - limits.height_minutes + 1)
    usual = float(state.rates[numbers][:, mask].sum())
    return max(0.0, float(rows["weight"].sum()) / limits.height_minutes - usual)


def _attribute(
    state: State, incident: Incident, minute: Minute, verdict: Assessment, limits: Thresholds
) -> Cause | None:
    """Say anew whose fault an incident seems to be, while it is young. The cause where it has come to be another's."""
    is_young = state.minute - incident.opened <= limits.attribution_minutes
    if minute.neighbours is None or not is_young or incident.state not in LIVE:
        return None
    before = incident.attribution
    is_probed = TermKind.PROBES in verdict.kinds(limits) and verdict.fails_again
    has_own = bool(incident.seen_tracks) or is_probed or verdict.official >= limits.official
    incident.attribution = attribute(
        peak=incident.peak,
        opened=incident.opened,
        onset=incident.onset,
        has_own_evidence=has_own,
        neighbours=minute.neighbours,
        limits=limits,
    )
    now = incident.attribution
    if now.cause == Cause.INTERNAL or (
        before is not None and (before.cause, before.service) == (now.cause, now.service)
    ):
        return None
    return now.cause


def _note_evidence(incident: Incident, verdict: Assessment, limits: Thresholds) -> None:
    """Remembers what an incident has stood on."""
    seen_by_crowd = verdict.crowd.opens(limits) and verdict.crowd.nats >= limits.open
    if seen_by_crowd or incident.seen_tracks:
        incident.rests_on_word = False
    many = verdict.crowd.opens(limits) and verdict.crowd.origins >= limits.open_origins
    strong = many and verdict.unseen_crowd is not None and verdict.unseen_crowd.is_no_burst(limits)
    incident.was_real = incident.was_real or strong or bool(incident.seen_tracks)


def _strengthened(state: State, incident: Incident, verdict: Assessment, limits: Thresholds) -> list[Transition]:
    """An update where a new kind of evidence came or reports have doubled."""
    kinds = verdict.kinds(limits)
    is_new = set(kinds) - set(incident.told_kinds)
    grew = verdict.crowd.seen >= limits.told_growth * incident.told_most and "crowd" in kinds
    grew = grew and verdict.crowd.opens(limits) and state.minute - incident.last_update >= limits.told_minutes
    if incident.state not in LIVE or not (is_new or grew):
        return []
    incident.told_kinds = tuple(sorted({*incident.told_kinds, *kinds}))
    incident.told_most = max(incident.told_most, verdict.crowd.seen)
    code = ReasonCode.NEW_KIND if is_new else ReasonCode.REPORTS_DOUBLED
    return [make_transition(state, incident, reason(code), verdict.terms, incident.state)]


def _moved(state: State, incident: Incident, move: Move, verdict: Assessment, limits: Thresholds) -> Transition:
    before = incident.state
    incident.state = move.to_state.value
    if move.to_state == IncidentState.CONFIRMED and incident.confirmed is None:
        incident.confirmed = state.minute
        incident.confirmed_by = move.reason.rule
    if move.to_state == IncidentState.RECOVERING:
        incident.recovering = state.minute
    if move.to_state in _ENDS:
        incident.closed = state.minute
        forget_evidence(state, incident)
        _spend(state, incident)
    incident.told_kinds = tuple(sorted({*incident.told_kinds, *verdict.kinds(limits)}))
    return make_transition(state, incident, move.reason, verdict.terms, before)


def end_at_new_level(state: State, components: set[str], limits: Thresholds) -> list[Transition]:
    """End the possible incidents of components whose rise turned out to be a new level."""
    told = []
    for incident in state.incidents:
        is_doubtful = incident.state == IncidentState.POSSIBLE and incident.confirmed is None
        if not is_doubtful or incident.rests_on_word or not set(incident.components) & components:
            continue
        if rest := tuple(c for c in incident.components if c not in components):
            incident.components = rest
            verdict = _verdict(state, incident, limits)
            told.append(make_transition(state, incident, reason(ReasonCode.SCOPE), verdict.terms, incident.state))
            continue
        move = Move(IncidentState.DISMISSED, reason(ReasonCode.NEW_LEVEL))
        verdict = _verdict(state, incident, limits)
        if not overrides.ends_too_soon(incident, move.to_state, state.minute):
            told.append(_moved(state, incident, move, verdict, limits))
    return told


def _spend(state: State, incident: Incident) -> None:
    """Marks what was said of a fault before its end: one post opens one incident."""
    state.statements = [
        msgspec.structs.replace(s, spent=True)
        if s.stage in ("investigating", "identified") and s.concerns(incident.components)
        else s
        for s in state.statements
    ]


def _open(state: State, minute: Minute, service: ServiceSpec, limits: Thresholds) -> list[Transition]:
    """Opens incidents for candidates that belong to none, and widens those that they belong to."""
    told: list[Transition] = []
    busy = {c for i in state.incidents for c in i.components}
    for candidate in candidates.find(state, service, busy, limits):
        near = [i for i in state.incidents if i.is_open and not i.pinned]
        near = [i for i in near if candidate.component not in i.components]
        home = next((i for i in near if candidates.belongs(state, service, candidate, i, limits)), None)
        if told and candidate.verdict.support > 0:
            continue  # what helped it may be what has just been opened: the next minute will tell
        if home is not None and not candidates.may_join(state, candidate, home, limits):
            continue  # nor is it one of its own: more reports will tell
        told.append(_joined(state, home, candidate) if home is not None else _opened(state, candidate, minute, limits))
    return told


def open_early(state: State, minute: Minute, service: ServiceSpec, limits: Thresholds) -> list[Transition]:
    """Opens incidents for candidates that belong to none. What belongs to one is left to the minute's step.

    So is what comes just after another one has opened: within a minute more is known of where that one is.
    """
    if any(i.is_open and state.minute - i.opened <= limits.together_minutes for i in state.incidents):
        return []
    told: list[Transition] = []
    busy = {c for i in state.incidents for c in i.components}
    for candidate in candidates.find(state, service, busy, limits):
        near = [i for i in state.incidents if i.is_open and not i.pinned]
        has_home = candidate.component in busy or any(
            candidates.belongs(state, service, candidate, incident, limits) for incident in near
        )
        if not has_home and not (told and candidate.verdict.support > 0):
            told.append(_opened(state, candidate, minute, limits))
    return told


def _joined(state: State, incident: Incident, candidate: Candidate) -> Transition:
    incident.components = tuple(sorted({*incident.components, candidate.component}))
    incident.onset = min(incident.onset, candidate.onset)
    incident.last_evidence = state.minute
    number = state.components.index(candidate.component)
    incident.observed[number] = candidates.observed_since(state, number, incident.onset)
    incident.expected[number] = state.rates[number] * (state.minute - incident.onset + 1)
    why = reason(ReasonCode.ANOTHER_COMPONENT, component=candidate.component)
    return make_transition(state, incident, why, candidate.verdict.terms, incident.state)


def _opened(state: State, candidate: Candidate, minute: Minute, limits: Thresholds) -> Transition:
    state.numbered += 1
    components: tuple[str, ...] = (candidate.component,)
    place = candidate.place
    plans = [p for p in active_plans(state, limits) if not p.components or candidate.component in p.components]
    kind, first, why = IncidentKind.OUTAGE, IncidentState.POSSIBLE, reason(ReasonCode.OPENED)
    if plans:
        components = tuple(sorted({*components, *(c for p in plans for c in p.components if c in state.components)}))
        kind, first, place = IncidentKind.MAINTENANCE, IncidentState.MAINTENANCE, Place()
        why = reason(ReasonCode.ANNOUNCED_MAINTENANCE, quote=plans[-1].text[:QUOTED_PLAN])
    shape = state.rates.shape
    incident = Incident(
        number=state.numbered, state=first.value, kind=kind.value, components=components, countries=place.countries,
        regions=place.regions, symptom="", onset=candidate.onset, opened=state.minute,
        observed=np.zeros(shape, dtype=np.float32), expected=np.zeros(shape, dtype=np.float32),
        last_evidence=state.minute,
    )  # fmt: skip
    since = max(candidate.onset, state.minute - limits.place_minutes + 1)
    for number in range(shape[0]):
        incident.observed[number] = candidates.observed_since(state, number, since)
    incident.expected[:] = state.rates * (state.minute - since + 1)
    observe_probes(state, incident, limits)
    mask = mask_of(state, incident)
    incident.symptom = symptom_of(state, components, mask, since, limits)
    incident.told_kinds = candidate.verdict.kinds(limits)
    incident.rests_on_word = candidate.rests_on_word
    incident.peak = _height(state, incident, mask, limits)
    _attribute(state, incident, minute, candidate.verdict, limits)
    _note_evidence(incident, candidate.verdict, limits)
    if first == IncidentState.MAINTENANCE:
        incident.confirmed = state.minute
    state.incidents = [*state.incidents, incident]
    return make_transition(state, incident, why, candidate.verdict.terms, None)


def _merge(state: State, limits: Thresholds) -> list[Transition]:
    """Takes two open incidents that turn out to be one together: the younger goes into the older."""
    weights = np.maximum(state.rates.sum(axis=0).astype(np.float64), 1e-6)
    opened = [i for i in state.incidents if i.is_open and i.state != IncidentState.RECOVERING and not i.pinned]
    opened = [i for i in opened if not i.rests_on_word]  # what the company says is of what it names
    for number, older in enumerate(opened):
        for younger in opened[number + 1 :]:
            a, b = mask_of(state, older), mask_of(state, younger)
            near = abs(older.onset - younger.onset) <= limits.same_onset_minutes
            same = scope.overlap(a, b, weights) >= limits.same_place
            inside = near and scope.containment(a, b, weights) >= limits.same_place
            if older.kind == younger.kind and (same or inside) and _may_merge(state, older, younger, a | b, limits):
                return _merged(state, older, younger, limits)
    return []


def _may_merge(state: State, older: Incident, younger: Incident, mask: NDArray[np.bool_], limits: Thresholds) -> bool:
    """Return whether the doubtful one of two that seem to be one is sure enough to be as sure as the other."""
    if (older.confirmed is None) == (younger.confirmed is None):
        return True
    doubtful, sure = (older, younger) if older.confirmed is None else (younger, older)
    more = tuple(c for c in doubtful.components if c not in sure.components)
    return bool(doubtful.seen_tracks) or candidates.is_shared(state, more, mask, doubtful.onset, limits)


def _merged(state: State, older: Incident, younger: Incident, limits: Thresholds) -> list[Transition]:
    before = younger.state
    younger.state, younger.closed = IncidentState.MERGED.value, state.minute
    older.components = tuple(sorted({*older.components, *younger.components}))
    older.seen_tracks = [*older.seen_tracks, *(t for t in younger.seen_tracks if t not in older.seen_tracks)]
    older.onset = min(older.onset, younger.onset)
    if younger.confirmed is not None and older.state == IncidentState.POSSIBLE:
        older.confirmed_by = younger.confirmed_by
    gone = make_transition(state, younger, reason(ReasonCode.ONE_WITH, number=older.number), (), before, older.number)
    verdict = _verdict(state, older, limits)
    took_in = reason(ReasonCode.TOOK_IN, number=younger.number)
    return [gone, make_transition(state, older, took_in, verdict.terms, older.state)]
