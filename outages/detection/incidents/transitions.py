"""Transitions: what changed of an incident, in codes and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from outages.detection.datatypes import IncidentKind, IncidentState, Term, TermKind, Transition
from outages.detection.evidence.fusion import named_places
from outages.detection.evidence.scope import Place
from outages.detection.reasons import Reason
from outages.detection.state import Incident, State
from outages.detection.thresholds import DEFAULT, Thresholds

BEYOND_DOUBT = 50  # nats beyond which e to that power says no more
_OVER = (IncidentState.RECOVERING, IncidentState.RESOLVED, IncidentState.MERGED)


def sides_of(terms: Iterable[Term], limits: Thresholds) -> int:
    """From how many independent sides an incident is seen: the crowd, each vantage, the company's statement."""
    seen = 0
    for term in terms:
        vantages = term.detail.get("vantages", {}) if term.kind == TermKind.PROBES else {"": term.nats}
        seen += sum(nats >= limits.second_kind for nats in vantages.values())
    return seen


def confidence_of(incident: Incident, terms: tuple[Term, ...], limits: Thresholds = DEFAULT) -> float:
    """How likely it is that there is a fault, 0…1: nats say how strong the evidence is, its sides how much it can say.

    Nats of one side only rule out chance, not a flood of false reports or trouble of one vantage. Fitted to the
    backtest's incidents: docs/detection.md has the table. What ended as a fault keeps the confidence that it had.
    """
    if incident.state in _OVER:
        return incident.confidence
    nats = sum(term.nats for term in terms if term.kind != TermKind.OFFICIAL)
    nats += max((term.nats for term in terms if term.kind == TermKind.OFFICIAL), default=0.0)  # one company, one source
    likely = 1 / (1 + math.exp(max(min((limits.even_nats - nats) / limits.spread_nats, BEYOND_DOUBT), -BEYOND_DOUBT)))
    if incident.state == IncidentState.DISMISSED:
        most = limits.dismissed_most
    elif incident.state != IncidentState.POSSIBLE:
        most = limits.confirmed_most
    else:
        most = limits.unconfirmed_most if sides_of(terms, limits) > 1 else limits.one_side_most
    crowd = [term for term in terms if term.kind == TermKind.CROWD]
    if crowd and sides_of(terms, limits) == 1 and crowd[0].nats >= limits.second_kind:
        is_contradicted = crowd[0].detail.get("missed", 1.0) < limits.missed
        most = min(most, limits.contradicted_most if is_contradicted else limits.crowd_alone_most)
    return round(min(likely, most), 4)


def published_place(state: State, incident: Incident, place: Place, limits: Thresholds) -> Place:
    """Return what of a place of an incident is named: nothing from which too few networks reported, ever so far.

    All places weigh as evidence. A country of which only regions are left out stands for itself; where nothing is
    left it is everywhere. What a moderator or an announcement said is named as it was said.
    """
    if not place.countries or incident.pinned or incident.whole or incident.kind == IncidentKind.MAINTENANCE:
        return place
    numbers = [state.components.index(c) for c in incident.components if c in state.components]
    found = named_places(state, place, numbers, incident.onset, limits)
    incident.named = tuple(sorted({*incident.named, *found}))
    countries = tuple(code for code in place.countries if code in incident.named)
    regions = tuple(code for code in place.regions if code[:2] in countries and code in incident.named)
    return replace(place, countries=countries, regions=regions)


def make_transition(
    state: State, incident: Incident, reason: Reason, terms: tuple[Term, ...], before: str | None,
    merged_into: int | None = None,
) -> Transition:  # fmt: skip
    incident.last_update = state.minute
    seen = max((t.seen or 0.0 for t in terms if t.kind == TermKind.CROWD), default=0.0)
    incident.told_most = max(incident.told_most, seen)
    incident.confidence = confidence_of(incident, terms)
    place = published_place(state, incident, Place(incident.countries, incident.regions), DEFAULT)
    return Transition(
        incident=incident.number, second=(state.minute + 1) * 60,
        from_state=IncidentState(before) if before else None, to_state=IncidentState(incident.state),
        kind=IncidentKind(incident.kind), components=incident.components, countries=place.countries,
        regions=place.regions, symptom=incident.symptom, reason=reason,
        confidence=incident.confidence, terms=terms, merged_into=merged_into, attribution=incident.attribution,
    )  # fmt: skip
