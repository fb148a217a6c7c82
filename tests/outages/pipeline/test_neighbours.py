"""What the scan tells the detector of other services' outages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outages.models import Incident, IncidentEvent, ServiceMinute
from outages.pipeline import inputs
from reports.catalog import store, validation
from reports.catalog.schema import Catalog, Component, Symptom
from reports.models import Service

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_service(slug: str, *relies_on: str) -> Service:
    parts, symptoms = [Component(slug="app", name="App")], [Symptom(slug="slow", name="Slow")]
    catalog = Catalog(
        slug=slug, name=slug.title(), default_component="app", relies_on=list(relies_on), components=parts,
        symptoms=symptoms,
    )  # fmt: skip
    store.store(catalog)
    return Service.objects.get(slug=slug)


def an_incident(service: Service, opened: datetime, state: str = "confirmed") -> Incident:
    number = Incident.objects.filter(service=service).count() + 1
    ended = None if state in Incident.OPEN_STATES else opened + timedelta(hours=1)
    return Incident.objects.create(
        service=service, number=number, state=state, components=["app"], opened_at=opened,
        confirmed_at=None if state == "possible" else opened, resolved_at=ended, updated_at=opened,
    )  # fmt: skip


def seen_by(service: Service) -> inputs.Minute:
    return next(inputs.read(service, NOON, NOON + timedelta(minutes=1)))


def test_a_confirmed_outage_of_another_service_is_told_with_its_height_and_relation() -> None:
    mine, other = a_service("shop", "carrier"), a_service("carrier")
    an_incident(other, NOON - timedelta(minutes=20))
    for minute in range(20):
        ServiceMinute.objects.create(
            service=other, minute=NOON - timedelta(minutes=20 - minute), effective=42.0, expected=2.0
        )
    (found,) = seen_by(mine).neighbours or ()
    assert (found.service, found.is_confirmed, found.is_declared, found.is_seen) == ("carrier", True, True, False)
    assert found.peak == pytest.approx(40.0)
    assert found.opened == int(NOON.timestamp() // 60) - 20


@pytest.mark.parametrize(
    ("code", "minutes", "is_seen"),
    [("two-kinds", 5, True), ("official-alone", 5, True), ("broad-crowd", 5, False), ("two-kinds", -3, False)],
)
def test_a_neighbour_is_seen_once_its_probes_or_maker_have_confirmed_it(code: str, minutes: int, is_seen: bool) -> None:
    mine, other = a_service("shop", "carrier"), a_service("carrier")
    incident = an_incident(other, NOON - timedelta(minutes=20))
    IncidentEvent.objects.create(
        incident=incident, at=NOON - timedelta(minutes=minutes), to_state="confirmed", reason=code, code=code
    )
    (found,) = seen_by(mine).neighbours or ()
    assert found.is_seen is is_seen


def test_possible_outages_and_those_that_are_over_are_nobodys_cause() -> None:
    mine, other = a_service("shop"), a_service("carrier")
    an_incident(other, NOON - timedelta(minutes=20), "possible")
    an_incident(other, NOON - timedelta(hours=5), "resolved")
    assert seen_by(mine).neighbours == ()


def test_a_past_minute_is_told_what_was_known_in_it() -> None:
    mine, other = a_service("shop", "carrier"), a_service("carrier")
    over = an_incident(other, NOON - timedelta(minutes=90), "resolved")
    opened, ended = over.opened_at, over.resolved_at
    assert ended is not None
    told = {
        inputs.at_minute(minute.minute): len(minute.neighbours or ())
        for minute in inputs.read(mine, opened - timedelta(minutes=3), NOON)
    }
    assert {at for at, count in told.items() if count} == {
        at for at in told if opened <= at + timedelta(minutes=1) < ended
    }


def test_a_relation_is_learnt_from_outages_in_which_both_rose() -> None:
    mine, other, third = a_service("shop"), a_service("carrier"), a_service("bank")
    for days in (30, 20, 10):
        an_incident(other, NOON - timedelta(days=days), "resolved")
        an_incident(mine, NOON - timedelta(days=days) + timedelta(minutes=12), "dismissed")
        an_incident(third, NOON - timedelta(days=days, hours=7), "resolved")
    an_incident(other, NOON - timedelta(minutes=3))
    an_incident(third, NOON - timedelta(minutes=2))
    found = {one.service: one.follows for one in seen_by(mine).neighbours or ()}
    assert found == {"carrier": 1.0, "bank": 0.0}


def test_a_service_does_not_rely_on_itself() -> None:
    catalog = Catalog(
        slug="shop", name="Shop", default_component="app", relies_on=["shop"],
        components=[Component(slug="app", name="App")], symptoms=[Symptom(slug="slow", name="Slow")],
    )  # fmt: skip
    assert [problem.key for problem in validation.check(catalog)] == ["relies_on"]
