"""Incidents in the admin: what is offered, what is asked, what is kept, and how it comes to the public page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from outages.detection.datatypes import IncidentKind, IncidentState, Transition
from outages.detection.reasons import ReasonCode, reason
from outages.models import Incident, IncidentOverride
from outages.pipeline import incidents
from reports.models import Service
from tests.factories import a_service, an_incident

pytestmark = pytest.mark.django_db
LIST = "admin:outages_incident_changelist"


@pytest.fixture
def moderator(signed_in: Any) -> Client:
    return signed_in("moderator")


@pytest.fixture
def service() -> Service:
    return a_service()


@pytest.fixture
def incident(service: Service) -> Incident:
    return an_incident(
        service, timezone.now() - timedelta(minutes=30), components=("app", "charging"), countries=("DE", "NL")
    )


def decide(client: Client, incident: Incident, verb: str, **said: Any) -> str:
    page = reverse("admin:outages_decide", args=[incident.pk, verb])
    assert client.get(page).status_code == 200
    answer = client.post(page, {"reason": "A test of ours"} | said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("verb", "said", "action", "values"),
    [
        ("resolve", {}, "state", {"to_state": "resolved"}),
        ("dismiss", {}, "state", {"to_state": "dismissed"}),
        ("split", {"components": ["charging"]}, "split", {"components": ["charging"]}),
        ("split", {"codes": ["NL"]}, "split", {"countries": ["NL"], "regions": []}),
        (
            "correct",
            {"components": ["app"], "codes": "de-by", "kind": "maintenance", "headline": "Work"},
            "change",
            {"components": ["app"], "regions": ["DE-BY"], "kind": "maintenance", "headline": "Work"},
        ),
    ],
)
def test_a_decision_is_asked_for_and_kept_with_who_and_why(
    moderator: Client, incident: Incident, verb: str, said: Any, action: str, values: Any
) -> None:
    assert "takes effect with the next scan" in decide(moderator, incident, verb, **said)
    decision = IncidentOverride.objects.get()
    assert (decision.action, decision.reason, str(decision.by)) == (action, "A test of ours", "a-moderator")
    assert {name: getattr(decision, name) for name in values} == values
    entry = LogEntry.objects.get()
    assert (str(entry.user), entry.object_id) == ("a-moderator", str(incident.pk))
    assert "A test of ours" in entry.change_message


@pytest.mark.parametrize(
    ("verb", "said", "message"),
    [
        ("dismiss", {"reason": ""}, "This field is required"),
        ("split", {"components": ["app", "charging"]}, "some must stay"),
        ("split", {"components": ["warp"]}, "not one of the available choices"),
        ("correct", {"components": ["app"], "codes": "Atlantis", "kind": "outage"}, "no place ATLANTIS"),
        ("correct", {"components": ["app", "charging"], "codes": "DE, NL", "kind": "outage"}, "Nothing is changed"),
    ],
)
def test_a_decision_that_makes_no_sense_is_explained_and_nothing_is_decided(
    moderator: Client, incident: Incident, verb: str, said: Any, message: str
) -> None:
    assert message in decide(moderator, incident, verb, **said)
    assert not IncidentOverride.objects.exists()


def test_only_what_fits_is_offered(moderator: Client, incident: Incident, service: Service) -> None:
    ended = an_incident(service, timezone.now(), states=((0, "possible"), (5, "resolved")))
    shown = {
        row.pk: moderator.get(reverse("admin:outages_incident_change", args=[row.pk])).content.decode()
        for row in (incident, ended)
    }
    assert "decide/split" in shown[incident.pk]
    assert "decide/reopen" not in shown[incident.pk]
    assert "decide/reopen" in shown[ended.pk]
    assert "decide/split" not in shown[ended.pk]
    assert moderator.get(reverse("admin:outages_decide", args=[incident.pk, "explode"])).status_code == 404


def test_several_are_merged_from_the_list_after_a_reason_was_given(
    moderator: Client, incident: Incident, service: Service
) -> None:
    other = an_incident(service, timezone.now() - timedelta(minutes=20))
    chosen = {"action": "merge", "_selected_action": [incident.pk, other.pk]}
    asked = moderator.post(reverse(LIST), chosen).content.decode()
    assert "Reason" in asked
    assert not IncidentOverride.objects.exists()
    moderator.post(reverse(LIST), chosen | {"reason": "One cause"}, follow=True)
    decision = IncidentOverride.objects.get()
    assert (decision.incident, decision.merge_into, decision.reason) == (other, incident, "One cause")
    refused = moderator.post(reverse(LIST), chosen | {"reason": "Again"}).content.decode()
    assert "waits for the next scan" in refused


def test_what_is_decided_for_several_is_decided_for_all_or_none(
    moderator: Client, incident: Incident, service: Service
) -> None:
    ended = an_incident(service, timezone.now(), states=((0, "possible"), (5, "dismissed")))
    chosen = {"action": "dismiss", "_selected_action": [incident.pk, ended.pk], "reason": "A test"}
    assert "already" in moderator.post(reverse(LIST), chosen).content.decode()
    assert not IncidentOverride.objects.exists()


def test_a_decision_is_taken_back_from_its_page(moderator: Client, incident: Incident) -> None:
    decide(moderator, incident, "dismiss")
    decision = IncidentOverride.objects.get()
    page = reverse("admin:outages_incident_change", args=[incident.pk])
    undo = reverse("admin:outages_undo", args=[decision.pk])
    assert undo in moderator.get(page).content.decode()
    assert moderator.get(undo).status_code == 200
    moderator.post(undo, {"reason": "A slip"}, follow=True)
    decision.refresh_from_db()
    assert decision.withdrawn_at is not None
    assert "was withdrawn" in moderator.post(undo, {"reason": "Again"}).content.decode()


def test_the_public_page_says_what_a_moderator_changed_and_links_what_belongs_together(
    client: Client, moderator: Client, incident: Incident, service: Service
) -> None:
    other = an_incident(service, timezone.now() - timedelta(minutes=20))
    merged = Transition(
        incident=other.number,
        second=int(timezone.now().timestamp()),
        from_state=IncidentState.CONFIRMED,
        to_state=IncidentState.MERGED,
        kind=IncidentKind.OUTAGE,
        components=("app",),
        countries=(),
        regions=(),
        symptom="",
        reason=reason(ReasonCode.MODERATOR_ONE_WITH, number=incident.number, why="One <cause>"),
        confidence=0.9,
        terms=(),
        merged_into=incident.number,
    )
    incidents.apply(service, [merged])
    gone = client.get(reverse("incident", args=[service.slug, other.number])).content.decode()
    assert f'href="/acme/incidents/{incident.number}"' in gone
    assert "Changed by a moderator" in gone
    assert "Reason: One &lt;cause&gt;" in gone
    left = client.get(reverse("incident", args=[service.slug, incident.number])).content.decode()
    assert f'href="/acme/incidents/{other.number}"' in left
    assert "Changed by a moderator" not in left


def test_a_headline_stands_instead_of_ours(client: Client, incident: Incident, service: Service) -> None:
    now = timezone.now()
    Incident.objects.filter(pk=incident.pk).update(headline="Tesla’s cloud")
    incident.events.create(
        at=now, from_state="confirmed", to_state="confirmed", reason="moderator", headline="Tesla’s cloud"
    )
    page = client.get(reverse("incident", args=[service.slug, incident.number])).content.decode()
    assert "Tesla’s cloud</h1>" in page


def test_the_way_to_the_admin_is_shown_to_moderators_and_costs_others_nothing(
    client: Client, moderator: Client, incident: Incident, service: Service
) -> None:
    page = reverse("incident", args=[service.slug, incident.number])
    link = reverse("admin:outages_incident_change", args=[incident.pk])
    assert link in moderator.get(page).content.decode()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page)
    assert link not in answer.content.decode()
    assert not any("auth_user" in query["sql"] or "django_session" in query["sql"] for query in asked)
