"""Keeps the incidents of a service: opens, widens, moves, reopens and merges them, and tells of it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from outages.detection import candidates, recovery, scope
from outages.detection.candidates import Candidate, active_plans, place_name
from outages.detection.fusion import Verdict, crowd_of, open_statements, problems, surge_of, verdict_of
from outages.detection.lifecycle import Move, decide
from outages.detection.recovery import Recovery, observe_probes, recovery_of
from outages.detection.scope import Place
from outages.detection.signals import IncidentKind, IncidentState, Minute, Override, ServiceSpec, Term, TermKind, Transition
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds
from outages.detection.zones import country_of

LIVE = (IncidentState.POSSIBLE, IncidentState.CONFIRMED, IncidentState.MAINTENANCE)
_ENDS = (IncidentState.RESOLVED, IncidentState.DISMISSED, IncidentState.MERGED)


def advance(
    state: State, minute: Minute, service: ServiceSpec, counts: NDArray[np.float32], limits: Thresholds
) -> list[Transition]:
    """Takes all incidents of a service through one minute."""
    told: list[Transition] = []
    for override in minute.overrides:
        told += _overridden(state, override, limits)
    for incident in [i for i in state.incidents if i.is_open]:
        told += _carry(state, incident, minute, counts, limits)
    told += _open(state, minute, service, limits)
    told += _reopen(state, minute, limits)
    told += _merge(state, limits)
    kept = []
    for incident in state.incidents:
        if incident.closed is None or state.minute - incident.closed < limits.reopen_minutes:
            kept.append(incident)
        elif incident.state != IncidentState.MERGED:
            _forget_evidence(state, incident)
    state.incidents = kept
    return told


def _mask(state: State, incident: Incident) -> NDArray[np.bool_]:
    return state.zones.mask(incident.countries, incident.regions)


def _place(incident: Incident) -> Place:
    return Place(incident.countries, incident.regions)


def _verdict(state: State, incident: Incident, limits: Thresholds) -> Verdict:
    place = place_name(_place(incident))
    since = incident.onset
    return verdict_of(state, incident.components, _mask(state, incident), since, place, limits)


def _carry(
    state: State, incident: Incident, minute: Minute, counts: NDArray[np.float32], limits: Thresholds
) -> list[Transition]:
    """One open incident through one minute."""
    observe_probes(state, incident)
    mask = _mask(state, incident)
    if incident.state in LIVE:
        incident.observed += counts
        incident.expected += state.rates
    verdict = _verdict(state, incident, limits)
    recovered = recovery_of(state, incident, mask, limits)
    if recovered.active or recovered.failing_now or verdict.probe_nats >= limits.second_kind:
        incident.last_evidence = state.minute
    if minute.upstream and incident.state in LIVE:
        incident.upstream = tuple(sorted({*incident.upstream, *minute.upstream}))
    move = decide(incident, verdict, recovered, open_statements(state, incident.components, limits), state.minute, limits)
    widened = incident.state in LIVE and _rescope(state, incident, limits)
    if move is not None:
        return [_moved(state, incident, move, verdict, recovered, limits)]
    if widened:
        verdict = _verdict(state, incident, limits)
        return [_told(state, incident, "scope", "The place or the parts were corrected.", verdict.terms, incident.state)]
    return _strengthened(state, incident, verdict, limits)


def _strengthened(state: State, incident: Incident, verdict: Verdict, limits: Thresholds) -> list[Transition]:
    """An update where a new kind of evidence came or reports have doubled."""
    kinds = verdict.kinds(limits)
    doublings = int(math.log2(max(verdict.crowd.seen, 1.0)))
    is_new = set(kinds) - set(incident.told_kinds)
    grew = doublings > incident.told_step and state.minute - incident.last_update >= 5
    if incident.state not in LIVE or not (is_new or grew):
        return []
    incident.told_kinds = tuple(sorted({*incident.told_kinds, *kinds}))
    text = "A new kind of evidence came." if is_new else "Reports have doubled."
    return [_told(state, incident, "evidence", text, verdict.terms, incident.state)]


def _moved(
    state: State, incident: Incident, move: Move, verdict: Verdict, recovered: Recovery, limits: Thresholds
) -> Transition:
    before = incident.state
    incident.state = move.to.value
    if move.to == IncidentState.CONFIRMED and incident.confirmed is None:
        incident.confirmed = state.minute
        incident.confirmed_by = move.reason
    if move.to == IncidentState.RECOVERING:
        incident.recovering = state.minute
    if move.to in _ENDS:
        incident.closed = state.minute
        _forget_evidence(state, incident)
    incident.told_kinds = tuple(sorted({*incident.told_kinds, *verdict.kinds(limits)}))
    return _told(state, incident, move.reason, move.text, verdict.terms, before)


def _forget_evidence(state: State, incident: Incident) -> None:
    """What an incident closed on does not open it again: only what comes afterwards."""
    for component in incident.components:
        number = state.components.index(component)
        state.leaves.reset(number, state.minute)
        state.groups.reset(number, state.minute)
    for track in recovery.relevant_tracks(state, incident):
        track.score = 0.0


def _told(
    state: State, incident: Incident, reason: str, text: str, terms: tuple[Term, ...], before: str | None,
    merged_into: int | None = None,
) -> Transition:  # fmt: skip
    incident.last_update = state.minute
    seen = max((t.seen or 0.0 for t in terms if t.kind == TermKind.CROWD), default=0.0)
    incident.told_step = max(incident.told_step, int(math.log2(max(seen, 1.0))))
    nats = sum(t.nats for t in terms)
    incident.confidence = round(1 / (1 + math.exp(min(10 - nats, 50))), 4)
    facts = "; ".join(term.text for term in terms[:3])
    return Transition(
        incident=incident.number, second=(state.minute + 1) * 60,
        frm=IncidentState(before) if before else None, to=IncidentState(incident.state),
        kind=IncidentKind(incident.kind), components=incident.components, countries=incident.countries,
        regions=incident.regions, symptom=incident.symptom, reason=reason,
        text=f"{text} {facts}." if facts else text, confidence=incident.confidence, terms=terms,
        merged_into=merged_into, upstream=incident.upstream,
    )  # fmt: skip


def _symptom(state: State, components: tuple[str, ...], mask: NDArray[np.bool_], since: int) -> str:
    """The symptom that stands out most against what is usual for these components."""
    numbers = [state.components.index(c) for c in components]
    rows = problems(state, numbers, mask, since)
    if not len(rows):
        return ""
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms))
    usual = state.symptom_counts[numbers].sum(axis=0) + 0.5
    share, usual_share = seen / seen.sum(), usual / usual.sum()
    gain = np.where(share > 0, share * np.log(np.maximum(share, 1e-9) / usual_share), 0.0)
    best = gain if gain.max() > 0.1 else seen
    return state.symptoms[int(best.argmax())]


def _rescope(state: State, incident: Incident, limits: Thresholds) -> bool:
    """Corrects place and parts where the evidence since the onset clearly says so. True if they changed."""
    age = state.minute - incident.opened
    if age > 15 and age % 5:
        return False
    parts = _parts(state, incident, limits)
    numbers = [state.components.index(c) for c in parts]
    observed = incident.observed[numbers].sum(axis=0)
    expected = incident.expected[numbers].sum(axis=0)
    place = scope.place_of(observed, expected, state.zones)
    if place.nats < limits.part_nats:
        areas = [t.countries for p in parts for t in state.watch.failing(p, state.minute) if t.score >= 4]
        place = scope.united(areas, state.zones) if areas else _place(incident)
        areas_now = scope.united([*areas, incident.countries], state.zones) if incident.countries else Place()
        place = areas_now if areas else place
        better = True
    else:
        better = place.nats > scope.worth(_place(incident), observed, expected, state.zones) + limits.rescope_nats
    if not better:
        place = _place(incident)
    changed = parts != incident.components or (place.countries, place.regions) != (incident.countries, incident.regions)
    if changed:
        incident.components, incident.countries, incident.regions = parts, place.countries, place.regions
        incident.symptom = _symptom(state, parts, _mask(state, incident), incident.onset) or incident.symptom
    return changed


def _parts(state: State, incident: Incident, limits: Thresholds) -> tuple[str, ...]:
    """The incident's components, and those whose reports in its place rose as much."""
    mask = _mask(state, incident)
    busy = {c for i in state.incidents if i.is_open and i is not incident for c in i.components}
    parts = []
    for number, component in enumerate(state.components):
        if component in incident.components:
            parts.append(component)
            continue
        seen = float(incident.observed[number, mask].sum())
        expected = float(incident.expected[number, mask].sum())
        since = max(incident.onset, state.minute - 59)
        if component in busy or scope.excess(seen, expected) < limits.part_nats or seen < limits.part_ratio * expected:
            continue
        rows = problems(state, [number], mask, since)
        usual = float(state.rates[number, mask].sum()) * (state.minute - since + 1)
        crowd = crowd_of(rows, usual, 60, surge=surge_of(state, [number], mask, since, limits))
        if crowd.opens(limits) and crowd.without_one >= limits.part_nats / 2 and crowd.nats >= limits.part_nats / 2:
            parts.append(component)
    return tuple(sorted(parts))


def _open(state: State, minute: Minute, service: ServiceSpec, limits: Thresholds) -> list[Transition]:
    """Opens incidents for candidates that belong to none, and widens those that they belong to."""
    told = []
    busy = {c for i in state.incidents for c in i.components}
    for candidate in candidates.find(state, service, busy, limits):
        near = [i for i in state.incidents if i.is_open]
        home = next((i for i in near if candidates.belongs(state, service, candidate, i, limits)), None)
        told.append(
            _joined(state, home, candidate) if home is not None else _opened(state, candidate, minute, limits)
        )
    return told


def _joined(state: State, incident: Incident, candidate: Candidate) -> Transition:
    incident.components = tuple(sorted({*incident.components, candidate.component}))
    incident.onset = min(incident.onset, candidate.onset)
    incident.last_evidence = state.minute
    number = state.components.index(candidate.component)
    incident.observed[number] = candidates.observed_since(state, number, incident.onset)
    incident.expected[number] = state.rates[number] * (state.minute - incident.onset + 1)
    text = f"{candidate.component} fails too."
    return _told(state, incident, "another-part", text, candidate.verdict.terms, incident.state)


def _opened(state: State, candidate: Candidate, minute: Minute, limits: Thresholds) -> Transition:
    state.numbered += 1
    components: tuple[str, ...] = (candidate.component,)
    place = candidate.place
    plans = [p for p in active_plans(state, limits) if not p.components or candidate.component in p.components]
    kind, first, reason, text = IncidentKind.OUTAGE, IncidentState.POSSIBLE, "evidence", "Something may be wrong."
    if plans:
        components = tuple(sorted({*components, *(c for p in plans for c in p.components if c in state.components)}))
        kind, first, place = IncidentKind.MAINTENANCE, IncidentState.MAINTENANCE, Place()
        reason, text = "announced-maintenance", f"Announced maintenance: “{plans[-1].text[:120]}”"
    shape = state.rates.shape
    incident = Incident(
        number=state.numbered, state=first.value, kind=kind.value, components=components, countries=place.countries,
        regions=place.regions, symptom="", onset=candidate.onset, opened=state.minute,
        observed=np.zeros(shape, dtype=np.float32), expected=np.zeros(shape, dtype=np.float32),
        last_evidence=state.minute, upstream=tuple(sorted(minute.upstream)),
    )  # fmt: skip
    since = max(candidate.onset, state.minute - 119)
    for number in range(shape[0]):
        incident.observed[number] = candidates.observed_since(state, number, since)
    incident.expected[:] = state.rates * (state.minute - since + 1)
    observe_probes(state, incident)
    mask = _mask(state, incident)
    incident.symptom = _symptom(state, components, mask, since)
    incident.told_kinds = candidate.verdict.kinds(limits)
    if first == IncidentState.MAINTENANCE:
        incident.confirmed = state.minute
    state.incidents = [*state.incidents, incident]
    return _told(state, incident, reason, text, candidate.verdict.terms, None)


def _merge(state: State, limits: Thresholds) -> list[Transition]:
    """Takes two open incidents that turn out to be one together: the younger goes into the older."""
    weights = np.maximum(state.rates.sum(axis=0).astype(np.float64), 1e-6)
    opened = [i for i in state.incidents if i.is_open and i.state != IncidentState.RECOVERING]
    for number, older in enumerate(opened):
        for younger in opened[number + 1 :]:
            a, b = _mask(state, older), _mask(state, younger)
            near = abs(older.onset - younger.onset) <= limits.same_onset_minutes
            same = scope.overlap(a, b, weights) >= limits.same_place
            inside = near and scope.containment(a, b, weights) >= limits.same_place
            if older.kind == younger.kind and (same or inside):
                return _merged(state, older, younger, limits)
    return []


def _merged(state: State, older: Incident, younger: Incident, limits: Thresholds) -> list[Transition]:
    before = younger.state
    younger.state, younger.closed = IncidentState.MERGED.value, state.minute
    older.components = tuple(sorted({*older.components, *younger.components}))
    older.seen_tracks = [*older.seen_tracks, *(t for t in younger.seen_tracks if t not in older.seen_tracks)]
    older.onset = min(older.onset, younger.onset)
    if younger.confirmed is not None and older.state == IncidentState.POSSIBLE:
        older.confirmed_by = younger.confirmed_by
    gone = _told(
        state, younger, "same-outage", f"It is one outage with incident {older.number}.", (), before, older.number
    )
    verdict = _verdict(state, older, limits)
    text = f"Incident {younger.number} is part of it."
    return [gone, _told(state, older, "same-outage", text, verdict.terms, older.state)]


def _reopen(state: State, minute: Minute, limits: Thresholds) -> list[Transition]:
    """Reopens what closed within the hour and fails again."""
    told = []
    for incident in state.incidents:
        if incident.closed is None or incident.state == IncidentState.MERGED or incident.closed >= state.minute:
            continue
        mask = _mask(state, incident)
        numbers = [state.components.index(c) for c in incident.components]
        since = max(incident.closed + 1, state.minute - 14)
        minutes = state.minute - since + 1
        rows = problems(state, numbers, mask, since)
        before = problems(state, numbers, mask, incident.closed - 9, incident.closed + 1)["weight"].sum() / 10
        usual = float(state.rates[numbers][:, mask].sum())
        verdict = verdict_of(state, incident.components, mask, since, place_name(_place(incident)), limits)
        glow = usual + 1.3 * float(before) * 0.5 ** ((since - incident.closed) / 8)
        crowd = scope.excess(float(rows["weight"].sum()), glow * minutes) if verdict.crowd.opens(limits) else 0.0
        if crowd + verdict.probe_nats < limits.open:
            continue
        was = incident.state
        resumed = IncidentState.POSSIBLE if was == IncidentState.DISMISSED else IncidentState.CONFIRMED
        if incident.kind == IncidentKind.MAINTENANCE:
            resumed = IncidentState.MAINTENANCE
        incident.state, incident.closed, incident.recovering = resumed.value, None, None
        incident.last_evidence = incident.opened = state.minute
        told.append(_told(state, incident, "back-within-the-hour", "It is back.", verdict.terms, was))
    return told


def _overridden(state: State, override: Override, limits: Thresholds) -> list[Transition]:
    """Carries out a moderator's decision."""
    incident = next((i for i in state.incidents if i.number == override.incident), None)
    if incident is None or incident.state == override.to:
        return []
    before = incident.state
    incident.state = override.to.value
    if override.to == IncidentState.CONFIRMED and incident.confirmed is None:
        incident.confirmed = state.minute
    incident.closed = state.minute if override.to in _ENDS else None
    if override.to == IncidentState.MAINTENANCE:
        incident.kind = IncidentKind.MAINTENANCE.value
    if override.to in _ENDS:
        _forget_evidence(state, incident)
    terms = _verdict(state, incident, limits).terms
    text = f"A moderator decided: {override.reason}"
    return [_told(state, incident, "moderator", text, terms, before, override.merge_into)]


def countries_of(regions: tuple[str, ...]) -> tuple[str, ...]:
    """The countries that regions lie in."""
    return tuple(sorted({country_of(region) for region in regions}))


__all__ = ["advance", "countries_of", "recovery"]
