"""Carries out what moderators decide about incidents: in the step, so that the detector goes on from there.

An incident that the detector no longer follows is taken up for its decision, and kept only if that opens it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from outages.detection.datatypes import (
    Decision,
    IncidentKind,
    IncidentSnapshot,
    IncidentState,
    Override,
    Term,
    Transition,
)
from outages.detection.evidence.fusion import verdict_of
from outages.detection.incidents.candidates import place_name
from outages.detection.incidents.extent import incident_place, mask_of
from outages.detection.incidents.recovery import relevant_tracks
from outages.detection.incidents.transitions import make_transition
from outages.detection.reasons import ReasonCode, reason
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds

ENDS = frozenset({IncidentState.RESOLVED, IncidentState.DISMISSED, IncidentState.MERGED})
BY_WEIGHT = (IncidentState.POSSIBLE, IncidentState.RECOVERING, IncidentState.CONFIRMED)
MOVED = {
    IncidentState.POSSIBLE: ReasonCode.MODERATOR_POSSIBLE,
    IncidentState.CONFIRMED: ReasonCode.MODERATOR_CONFIRMED,
    IncidentState.RECOVERING: ReasonCode.MODERATOR_RECOVERING,
    IncidentState.RESOLVED: ReasonCode.MODERATOR_RESOLVED,
    IncidentState.DISMISSED: ReasonCode.MODERATOR_DISMISSED,
    IncidentState.MAINTENANCE: ReasonCode.MODERATOR_MAINTENANCE,
}


class OverrideError(Exception):
    """A decision that does not fit what has happened meanwhile. The message says why."""


@dataclass(frozen=True, slots=True)
class OverrideOutcome:
    """What came of decisions: the changes, and by the decisions' ids why some were not carried out."""

    transitions: tuple[Transition, ...]
    refused: dict[int, str]


def carry_out(state: State, overrides: Iterable[Override], limits: Thresholds) -> OverrideOutcome:
    """Carries out decisions in their order."""
    told: list[Transition] = []
    refused: dict[int, str] = {}
    followed = {incident.number for incident in state.incidents}
    for override in overrides:
        try:
            told += _ACTIONS[override.action](state, override, limits)
        except OverrideError as error:
            refused[override.id] = str(error)
    state.incidents = [i for i in state.incidents if i.number in followed or i.is_open]
    return OverrideOutcome(tuple(told), refused)


def ends_too_soon(incident: Incident, to: IncidentState, minute: int) -> bool:
    """Whether a rule would end what a moderator has opened or confirmed a short while ago."""
    return to in ENDS and minute < incident.held_until


def forget_evidence(state: State, incident: Incident) -> None:
    """What an incident closed on does not open it again: only what comes afterwards."""
    for component in incident.components:
        number = state.components.index(component)
        state.leaves.reset(number, state.minute)
        state.groups.reset(number, state.minute)
    for track in relevant_tracks(state, incident):
        track.score = 0.0


def _moved(state: State, override: Override, limits: Thresholds) -> list[Transition]:
    incident = _found(state, override.incident, override.subject)
    to = override.to_state
    if to is None or to == IncidentState.MERGED:
        raise OverrideError("It says no state to move to.")
    if incident.state == to:
        raise OverrideError(f"It was {to} already.")
    if incident.state == IncidentState.MERGED:
        raise OverrideError("It was merged into another incident. Take it out of that one first.")
    before = incident.state
    _set_state(state, incident, to, limits)
    return [_told(state, incident, MOVED[to], override, limits, before)]


def _merged(state: State, override: Override, limits: Thresholds) -> list[Transition]:
    source, target = _found(state, override.incident, override.subject), _target(state, override)
    if IncidentState.MERGED in (source.state, target.state):
        raise OverrideError("One of the two was merged already.")
    was, target_was = source.state, target.state
    if source.is_open and not target.is_open:
        _open(state, target, IncidentState(was), limits)
    elif _outweighs(source, target):
        target.state = was
        target.confirmed_by = target.confirmed_by or source.confirmed_by
        target.confirmed = target.confirmed or source.confirmed
    source.state = IncidentState.MERGED.value
    source.closed = state.minute if source.closed is None else source.closed
    target.components = tuple(sorted({*target.components, *source.components}))
    target.countries, target.regions = _united(target, source)
    target.seen_tracks = [*target.seen_tracks, *(t for t in source.seen_tracks if t not in target.seen_tracks)]
    target.onset = min(target.onset, source.onset)
    target.whole = True
    if override.pinned is not None:
        target.pinned = override.pinned
    gone = _told(
        state, source, ReasonCode.MODERATOR_ONE_WITH, override, limits, was, target.number, merged_into=target.number
    )
    return [gone, _told(state, target, ReasonCode.MODERATOR_TOOK_IN, override, limits, target_was, source.number)]


def _unmerged(state: State, override: Override, limits: Thresholds) -> list[Transition]:
    source, target = _found(state, override.incident, override.subject), _target(state, override)
    if source.state != IncidentState.MERGED or override.to_state is None or override.components is None:
        raise OverrideError("It is not merged into another incident.")
    target_was = target.state
    target.components = override.components
    target.countries, target.regions = override.countries or (), override.regions or ()
    target.whole = False
    to = override.to_state
    if to not in ENDS and not target.is_open:
        to = IncidentState(target_was)  # the outage is over by now, and so is its part
    source.state = IncidentState.RESOLVED.value
    if to not in ENDS:
        _open(state, source, to, limits)
        if override.into_to is not None:
            _close(state, target, override.into_to)
    else:
        source.state = to.value
    merged = IncidentState.MERGED
    return [
        _told(state, source, ReasonCode.MODERATOR_TAKEN_OUT, override, limits, merged, target.number),
        _told(state, target, ReasonCode.MODERATOR_TOOK_OUT, override, limits, target_was, source.number),
    ]


def _split(state: State, override: Override, limits: Thresholds) -> list[Transition]:
    incident = _found(state, override.incident, override.subject)
    if not incident.is_open:
        raise OverrideError("It is over: only an open incident can be split.")
    rest, gone = replace_scope(
        (incident.components, incident.countries, incident.regions),
        override.components or (),
        (*(override.countries or ()), *(override.regions or ())),
    )
    state.numbered += 1
    tracks = {f"{t.probe}\n{t.vantage}" for t in state.watch.tracks.values() if t.component in gone[0]}
    fresh = Incident(
        number=state.numbered, state=incident.state, kind=incident.kind, components=gone[0], countries=gone[1],
        regions=gone[2], symptom=incident.symptom, onset=incident.onset, opened=state.minute,
        observed=incident.observed.copy(), expected=incident.expected.copy(), confirmed=incident.confirmed,
        recovering=incident.recovering, last_evidence=incident.last_evidence, told_most=incident.told_most,
        told_kinds=incident.told_kinds, attribution=incident.attribution, peak=incident.peak,
        confirmed_by=incident.confirmed_by,
        seen_tracks=[track for track in incident.seen_tracks if track in tracks],
        probe_failures=incident.probe_failures, probe_results=incident.probe_results, pinned=True,
    )  # fmt: skip
    incident.components, incident.countries, incident.regions = rest
    incident.pinned = True
    state.incidents = [*state.incidents, fresh]
    left = _told(state, incident, ReasonCode.MODERATOR_SPLIT, override, limits, incident.state, fresh.number)
    opened = _told(state, fresh, ReasonCode.MODERATOR_SPLIT_OFF, override, limits, None, incident.number)
    return [left, replace(opened, split_from=incident.number)]


def _changed(state: State, override: Override, limits: Thresholds) -> list[Transition]:
    incident = _found(state, override.incident, override.subject)
    if incident.state == IncidentState.MERGED:
        raise OverrideError("It was merged into another incident. Change that one.")
    before = incident.state
    is_scope = not (override.components is None and override.countries is None)
    if override.components is not None:
        if unknown := set(override.components) - set(state.components):
            raise OverrideError(f"The detector does not know {', '.join(sorted(unknown))}.")
        incident.components = tuple(sorted(override.components))
    if override.countries is not None:
        incident.countries, incident.regions = override.countries, override.regions or ()
    if is_scope or override.pinned is not None:
        incident.pinned = is_scope if override.pinned is None else override.pinned
    if override.kind is not None and override.kind != incident.kind:
        incident.kind = override.kind.value
        if incident.is_open:
            is_work = override.kind == IncidentKind.MAINTENANCE
            to = IncidentState.MAINTENANCE if is_work else IncidentState.CONFIRMED
            _set_state(state, incident, to, limits)
    told = _told(state, incident, ReasonCode.MODERATOR_CHANGED, override, limits, before)
    return [replace(told, headline=override.headline)]


_ACTIONS = {
    Decision.STATE: _moved,
    Decision.MERGE: _merged,
    Decision.UNMERGE: _unmerged,
    Decision.SPLIT: _split,
    Decision.CHANGE: _changed,
}
Scope = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # components, countries, regions


def spots(countries: Iterable[str], regions: Iterable[str]) -> set[str]:
    """The codes of a scope's places: a country stands for its regions unless some of them are named."""
    named = set(regions)
    return named | (set(countries) - {region[:2] for region in named})


def scope_of(places: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes of places as countries and regions."""
    found = set(places)
    return tuple(sorted({code[:2] for code in found})), tuple(sorted(code for code in found if len(code) > 2))


def replace_scope(scope: Scope, components: Iterable[str], places: Iterable[str]) -> tuple[Scope, Scope]:
    """A scope as what stays and what goes, where these components or these places go. Raises Impossible."""
    parts, leaving, moving = scope[0], set(components), set(places)
    here = spots(scope[1], scope[2])
    if bool(leaving) == bool(moving):
        raise OverrideError("A split names components or places, not both.")
    if leaving:
        if not leaving < set(parts):
            raise OverrideError("Some of its components must go and some must stay.")
        stay = tuple(sorted(set(parts) - leaving))
        return (stay, scope[1], scope[2]), (tuple(sorted(leaving)), scope[1], scope[2])
    if not here:
        raise OverrideError("It is everywhere. Give it places first, then split it.")
    if not moving < here:
        raise OverrideError("Some of its places must go and some must stay.")
    return (parts, *scope_of(here - moving)), (parts, *scope_of(moving))


def _found(state: State, number: int, subject: IncidentSnapshot | None) -> Incident:
    """The incident that the detector follows, else the stored one, taken up again."""
    known = next((i for i in state.incidents if i.number == number), None)
    if known is not None:
        return known
    if subject is None:
        raise OverrideError("There is no such incident.")
    shape = state.rates.shape
    taken = Incident(
        number=subject.number, state=subject.state.value, kind=subject.kind.value, components=subject.components,
        countries=subject.countries, regions=subject.regions, symptom=subject.symptom, onset=subject.opened,
        opened=subject.opened, observed=np.zeros(shape, dtype=np.float32), expected=np.zeros(shape, dtype=np.float32),
        confirmed=subject.confirmed, closed=state.minute if subject.closed is None else subject.closed,
        confidence=subject.confidence,
    )  # fmt: skip
    state.incidents = sorted([*state.incidents, taken], key=lambda incident: incident.number)
    return taken


def _target(state: State, override: Override) -> Incident:
    if override.merge_into is None or override.merge_into == override.incident:
        raise OverrideError("It says no other incident.")
    return _found(state, override.merge_into, override.into)


def _set_state(state: State, incident: Incident, to: IncidentState, limits: Thresholds) -> None:
    if to in ENDS:
        _close(state, incident, to)
    else:
        _open(state, incident, to, limits)


def _close(state: State, incident: Incident, to: IncidentState) -> None:
    incident.state = to.value
    incident.set_aside = to == IncidentState.DISMISSED
    incident.held_until = 0
    if incident.closed is None:
        incident.closed = state.minute
        forget_evidence(state, incident)


def _open(state: State, incident: Incident, to: IncidentState, limits: Thresholds) -> None:
    if incident.closed is not None:
        known = tuple(component for component in incident.components if component in state.components)
        if not known:
            raise OverrideError("None of its components is in the catalogue any more.")
        incident.components, incident.closed, incident.recovering = known, None, None
        incident.opened = incident.last_evidence = state.minute
    incident.state = to.value
    incident.set_aside = False
    incident.held_until = state.minute + limits.held_minutes
    if to in (IncidentState.CONFIRMED, IncidentState.MAINTENANCE) and incident.confirmed is None:
        incident.confirmed, incident.confirmed_by = state.minute, "moderator"
    if to == IncidentState.RECOVERING:
        incident.recovering = state.minute
    elif to == IncidentState.MAINTENANCE:
        incident.kind = IncidentKind.MAINTENANCE.value
    else:
        incident.kind = IncidentKind.OUTAGE.value


def _outweighs(source: Incident, target: Incident) -> bool:
    """Whether of two incidents that are both open or both over the source has come further. Announced work never."""
    if source.is_open != target.is_open:
        return False
    order = BY_WEIGHT if source.is_open else (IncidentState.DISMISSED, IncidentState.RESOLVED)
    mine, theirs = IncidentState(source.state), IncidentState(target.state)
    return mine in order and theirs in order and order.index(mine) > order.index(theirs)


def _united(a: Incident, b: Incident) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The places of two incidents together."""
    mine, theirs = spots(a.countries, a.regions), spots(b.countries, b.regions)
    if not mine or not theirs:
        return (), ()
    whole = {code for code in mine | theirs if len(code) == 2}
    return scope_of({code for code in mine | theirs if len(code) == 2 or code[:2] not in whole})


def _told(
    state: State, incident: Incident, code: ReasonCode, override: Override, limits: Thresholds, before: str | None,
    number: int | None = None, merged_into: int | None = None,
) -> Transition:  # fmt: skip
    """The transition; `number` is that of the other incident, if there is one.

    What is over keeps the confidence that it had: its evidence is not at hand any more.
    """
    kept = incident.confidence
    terms: tuple[Term, ...] = ()
    if incident.is_open:
        place = place_name(incident_place(incident))
        terms = verdict_of(state, incident.components, mask_of(state, incident), incident.onset, place, limits).terms
    why = reason(code, why=override.reason, **({} if number is None else {"number": number}))
    told = make_transition(state, incident, why, terms, before, merged_into)
    if not incident.is_open:
        incident.confidence = kept
        return replace(told, confidence=kept)
    return told
