"""Whether a report was borne out, by the incidents and the calm that followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from outages.models import ServiceMinute
from outages.queries.report_outcomes import agreement
from reports.models import Service
from reports.reputation.score import Agreement, Said
from tests import factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=5)


@pytest.fixture
def service() -> Service:
    return factories.a_service("acme")


def said(component: str = "app", place: str = "NL-NH", at: datetime = AT) -> Said:
    return Said("acme", component, place, int(at.timestamp()) // 60)


def calm(service: Service, seen: float = 0.1, minutes: int = 240) -> None:
    ServiceMinute.objects.bulk_create(
        ServiceMinute(service=service, minute=AT + timedelta(minutes=n - 120), raw=1, effective=seen, expected=0.1)
        for n in range(minutes)
    )


def outage(service: Service, **changes: Any) -> None:
    values = {
        "opened_at": AT + timedelta(minutes=4),
        "confirmed_at": AT + timedelta(minutes=9),
        "resolved_at": AT + timedelta(minutes=60),
        "state": "resolved",
        "kind": "outage",
        "components": ["app"],
        "countries": ["NL"],
        "regions": [],
        "updated_at": AT,
        "number": 1,
    }
    service.incidents.create(**{**values, **changes})


def test_a_report_that_led_to_a_confirmed_outage_was_right(service: Service) -> None:
    outage(service)
    assert agreement(said(), LATER) is Agreement.RIGHT
    assert agreement(said(place="NL"), LATER) is Agreement.RIGHT


def test_who_reports_what_everybody_knows_has_shown_nothing(service: Service) -> None:
    outage(service)
    assert agreement(said(at=AT + timedelta(minutes=9)), LATER) is Agreement.UNCLEAR


@pytest.mark.parametrize(
    "changes",
    [
        {"confirmed_at": None, "state": "dismissed"},
        {"state": "dismissed"},
        {"kind": "maintenance"},
        {"components": ["login"]},
        {"confirmed_at": None, "state": "resolved"},
    ],
)
def test_an_incident_that_was_something_else_says_neither_right_nor_wrong(
    service: Service, changes: dict[str, Any]
) -> None:
    calm(service)
    outage(service, **changes)
    assert agreement(said(), LATER) is Agreement.UNCLEAR


def test_a_report_in_a_watched_calm_was_wrong(service: Service) -> None:
    calm(service)
    outage(service, countries=["US"])
    assert agreement(said(), LATER) is Agreement.WRONG


def test_a_rise_or_a_gap_is_no_calm(service: Service) -> None:
    assert agreement(said(), LATER) is Agreement.UNCLEAR
    calm(service, seen=1.0)
    assert agreement(said(), LATER) is Agreement.UNCLEAR


def test_nothing_is_said_before_some_hours_or_while_an_incident_is_in_doubt(service: Service) -> None:
    calm(service)
    assert agreement(said(), AT + timedelta(hours=1)) is Agreement.OPEN
    outage(service, state="possible", confirmed_at=None, resolved_at=None)
    assert agreement(said(), LATER) is Agreement.OPEN
    assert agreement(said(), AT + timedelta(days=3)) is Agreement.UNCLEAR


def test_a_service_that_is_gone_says_nothing() -> None:
    assert agreement(Said("gone", "app", "NL", 29_000_000), LATER) is Agreement.UNCLEAR


def test_a_reporters_word_is_judged_by_the_incidents_when_they_report_again(
    service: Service, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, weights = "new", []
    for day in range(4):
        moment = AT + timedelta(days=day)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        body = {"service": "acme", "component": "app", "region": "NL-NH"}
        receipt = client.post(
            "/api/v1/reports", body, content_type="application/json", headers={"X-Standing": text}
        ).json()
        text = receipt["standing"]
        weights.append(receipt["weight"])
        minutes = {"opened_at": 2, "confirmed_at": 5, "resolved_at": 50}
        outage(service, number=day + 1, **{name: moment + timedelta(minutes=n) for name, n in minutes.items()})
    assert weights == [1.0, 1.0, 1.0, 1.5]
