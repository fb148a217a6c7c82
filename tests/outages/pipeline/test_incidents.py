"""Incidents follow transitions, and each change is an event with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from outages.detection.datatypes import IncidentKind, IncidentState, Term, TermKind, Transition
from outages.detection.reasons import ReasonCode, reason
from outages.models import Announcement, Incident
from outages.pipeline import incidents
from reports.models import Service

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
TERM = Term(TermKind.CROWD, "negative-binomial-cusum", 9.87654, 40, 2, "app", "", {"networks": 31})
OPENING = Transition(
    incident=1,
    second=int(AT.timestamp()),
    from_state=None,
    to_state=IncidentState.POSSIBLE,
    kind=IncidentKind.OUTAGE,
    components=("app",),
    countries=("NL",),
    regions=("NL-NH",),
    symptom="http-503-maintenance",
    reason=reason(ReasonCode.ANOTHER_COMPONENT, component="app"),
    confidence=0.8,
    terms=(TERM,),
)


@pytest.fixture
def service() -> Service:
    return Service.objects.create(slug="tesla", name="Tesla", definition={}, definition_hash="")


def later(transition: Transition, minutes: int, to: IncidentState, **changes: object) -> Transition:
    return replace(
        transition, second=transition.second + 60 * minutes, from_state=transition.to_state, to_state=to, **changes
    )  # type: ignore[arg-type]


def test_an_incident_lives_through_its_states(service: Service) -> None:
    confirmed = later(OPENING, 2, IncidentState.CONFIRMED, components=("app", "login"))
    recovering = later(confirmed, 60, IncidentState.RECOVERING)
    resolved = later(recovering, 15, IncidentState.RESOLVED)
    incidents.apply(service, [OPENING, confirmed, recovering, resolved])
    incident = Incident.objects.get()
    assert (incident.state, incident.components) == ("resolved", ["app", "login"])
    assert incident.opened_at == AT
    assert incident.confirmed_at == AT.replace(minute=2)
    assert incident.resolved_at == AT.replace(hour=13, minute=17)
    events = list(incident.events.all())
    assert [(event.from_state, event.to_state) for event in events] == [
        ("", "possible"),
        ("possible", "confirmed"),
        ("confirmed", "recovering"),
        ("recovering", "resolved"),
    ]
    assert events[0].components == ["app"]
    assert (events[0].reason, events[0].code) == ("another-part", "another-component")
    assert events[0].params == {"component": "app"}
    assert events[0].evidence == [
        {
            "kind": "crowd",
            "name": "negative-binomial-cusum",
            "nats": 9.877,
            "seen": 40,
            "expected": 2,
            "component": "app",
            "place": "",
            "detail": {"networks": 31},
        }
    ]


def test_a_reopened_incident_is_open_again_and_keeps_when_it_was_confirmed(service: Service) -> None:
    confirmed = later(OPENING, 2, IncidentState.CONFIRMED)
    resolved = later(confirmed, 30, IncidentState.RESOLVED)
    again = later(resolved, 20, IncidentState.CONFIRMED)
    incidents.apply(service, [OPENING, confirmed, resolved, again])
    incident = Incident.objects.get()
    assert incident.is_open
    assert incident.resolved_at is None
    assert incident.confirmed_at == AT.replace(minute=2)


def test_a_transition_from_a_state_that_is_not_stored_changes_nothing(service: Service) -> None:
    incidents.apply(service, [OPENING])
    stray = replace(OPENING, from_state=IncidentState.CONFIRMED, to_state=IncidentState.RESOLVED)
    assert incidents.apply(service, [stray]) == []
    incident = Incident.objects.get()
    assert incident.state == "possible"
    assert incident.events.count() == 1


def test_a_merged_incident_points_to_the_one_that_goes_on(service: Service) -> None:
    other = replace(OPENING, incident=2)
    merged = later(other, 5, IncidentState.MERGED, merged_into=1)
    incidents.apply(service, [OPENING, other, merged])
    assert Incident.objects.get(number=2).merged_into == Incident.objects.get(number=1)


def test_a_post_that_served_as_evidence_is_linked_with_its_incident(service: Service) -> None:
    post = Announcement.objects.create(
        service=service, source="x", external_id="1", url="https://x.com/T/1", text="", posted_at=AT, seen_at=AT
    )
    official = Term(TermKind.OFFICIAL, "investigating", 5, detail={"url": post.url})
    incidents.apply(service, [replace(OPENING, terms=(TERM, official))])
    post.refresh_from_db()
    assert post.incident == Incident.objects.get()
