"""Incidents: the only writer of Incident and IncidentEvent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max

from outages.detection.datatypes import IncidentState, Override, Term, Transition
from outages.detection.thresholds import DEFAULT
from outages.models import Announcement, Incident, IncidentEvent, IncidentOverride
from outages.pipeline import perturbation
from reports.models import Service

log = logging.getLogger(__name__)

ENDS = (IncidentState.RESOLVED, IncidentState.DISMISSED, IncidentState.MERGED)


def apply(service: Service, transitions: Iterable[Transition]) -> list[IncidentEvent]:
    """Carries out a step's transitions, in order. To be called in the transaction that stores the step's state.

    A transition whose old state is not the stored one is not carried out: it is logged, and the rest goes on.
    """
    events = []
    for transition in transitions:
        event = _apply_one(service, transition)
        if event is not None:
            events.append(event)
    return events


def _apply_one(service: Service, transition: Transition) -> IncidentEvent | None:
    at = datetime.fromtimestamp(transition.second, UTC)
    scope: dict[str, Any] = {
        "components": list(transition.components),
        "countries": list(transition.countries),
        "regions": list(transition.regions),
        "symptom": transition.symptom,
        "confidence": transition.confidence,
    }
    values = {
        **scope,
        "state": transition.to_state.value,
        "kind": transition.kind.value,
        "updated_at": at,
    }
    if transition.attribution is not None:
        values["attribution"] = asdict(transition.attribution)
        values["upstream"] = [transition.attribution.service] if transition.attribution.service else []
    if transition.headline is not None:
        values["headline"] = transition.headline
    mine = Incident.objects.filter(service=service, number=transition.incident)
    if transition.from_state is None:
        confirmed = at if transition.to_state == IncidentState.CONFIRMED else None
        parent = Incident.objects.filter(service=service, number=transition.split_from or 0).first()
        incident = Incident.objects.create(
            service=service,
            number=transition.incident,
            opened_at=at,
            confirmed_at=confirmed,
            split_from=parent,
            **values,
        )
    else:
        before = mine.filter(state=transition.from_state.value)
        if transition.to_state in ENDS:
            if transition.from_state not in ENDS:
                values["resolved_at"] = at
        elif transition.from_state in ENDS:
            values["resolved_at"] = None
        if transition.merged_into is not None:
            values["merged_into"] = Incident.objects.filter(service=service, number=transition.merged_into).first()
        elif transition.from_state == IncidentState.MERGED:
            values["merged_into"] = None
        if not before.update(**values):
            log.error(
                "incident %s/%s is not %s: %s was not carried out",
                service.slug,
                transition.incident,
                transition.from_state,
                transition.reason.code,
            )
            return None
        if transition.to_state == IncidentState.CONFIRMED:
            mine.filter(confirmed_at=None).update(confirmed_at=at)
        incident = mine.get()
        if incident.merged_into is not None and transition.from_state in ENDS:
            later = Incident.objects.filter(pk=incident.merged_into.pk, resolved_at__lt=incident.resolved_at)
            later.update(resolved_at=incident.resolved_at)  # one outage: over when its last part was
    _attach_announcements(service, incident, transition.terms)
    return IncidentEvent.objects.create(
        incident=incident,
        at=at,
        from_state=transition.from_state.value if transition.from_state else "",
        to_state=transition.to_state.value,
        reason=transition.reason.rule,
        code=transition.reason.code.value,
        params=dict(transition.reason.params),
        evidence=[told for term in transition.terms if (told := _term(term)) is not None],
        headline=incident.headline,
        **scope,
    )


def bring_back(service: Service, moment: datetime) -> None:
    """Date what is said to have happened to a service's incidents after a moment back to it: the clock was set back."""
    for field in ("opened_at", "confirmed_at", "resolved_at", "updated_at"):
        Incident.objects.filter(service=service, **{f"{field}__gt": moment}).update(**{field: moment})


def highest_number(service: Service) -> int:
    """The highest number that an incident of a service has; 0 where there is none."""
    return Incident.objects.filter(service=service).aggregate(Max("number"))["number__max"] or 0


def note_decisions(service: Service, overrides: Iterable[Override], refused: Mapping[int, str], at: datetime) -> None:
    """Marks decisions as carried out at the time of their events, or says why they were not.

    After a rebuild they belong to the incidents that were made anew.
    """
    for override in overrides:
        before = {
            name: {**asdict(subject), "state": subject.state.value, "kind": subject.kind.value}
            for name, subject in (("subject", override.subject), ("into", override.into))
            if subject is not None
        }
        outcome = refused.get(override.id, "")[:200]
        ids = dict(
            Incident.objects.filter(
                service=service, number__in=[override.incident, override.merge_into or 0]
            ).values_list("number", "id")
        )
        IncidentOverride.objects.filter(id=override.id).update(
            applied_at=at,
            before=before,
            outcome=outcome,
            incident_id=ids.get(override.incident),
            merge_into_id=ids.get(override.merge_into or 0),
        )


def _term(term: Term) -> dict[str, Any] | None:
    """A term as it is stored; None where it may not be told."""
    as_dict = {**asdict(term), "kind": term.kind.value, "nats": round(term.nats, 3)}
    return perturbation.evidence(as_dict, enough=DEFAULT.named_networks)


def _attach_announcements(service: Service, incident: Incident, terms: Iterable[Term]) -> None:
    """Links the posts that the evidence rests on with their incident."""
    urls = {term.detail["url"] for term in terms if term.detail.get("url")}
    if urls:
        Announcement.objects.filter(service=service, url__in=urls, incident=None).update(incident=incident)
