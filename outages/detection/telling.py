"""Transitions: what changed of an incident, in words and numbers."""

from __future__ import annotations

import math

from outages.detection.signals import IncidentKind, IncidentState, Term, TermKind, Transition
from outages.detection.state import Incident, State


def told_of(
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
