"""What webhooks are sent is what the API's description says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from drf_spectacular.generators import SchemaGenerator

from outages.models import Delivery
from outages.notifications import fan_out, messages, subscriptions
from outages.notifications.channels.webhook import body_of
from tests.outages.notifications.conftest import Story

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(found, default=str))


def problems(description: dict[str, Any], webhook: str, payload: Any) -> list[str]:
    """What the description has against a payload."""
    operation = description["webhooks"][webhook]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": description["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(payload)]


def test_each_kind_of_notice_is_as_described(description, service, clock, subscriber):
    one = subscriber(from_state="possible")
    subscriptions.send_test(one, now=clock())
    unconfirmed = subscriber("https://example.org/other", confirmed_at=None)
    subscriptions.challenge(unconfirmed, now=clock())
    outage, works = Story(service, clock, 1), Story(service, clock, 2, kind="maintenance")
    outage.becomes("possible", countries=("NL",))
    outage.becomes("confirmed", countries=("NL",), regions=("NL-NH",))
    outage.becomes("confirmed")
    outage.becomes("resolved")
    works.becomes("maintenance")
    fan_out.sweep(clock())
    seen = set()
    for delivery in Delivery.objects.all():
        payload = json.loads(body_of(messages.notice_of(delivery)))
        seen.add(delivery.kind)
        about = payload["type"].partition(".")[0]
        assert problems(description, about, payload) == []
        described = description["components"]["schemas"][f"{about.title()}NoticeData"]["properties"]
        assert set(payload["data"]) <= set(described), "nothing is sent that is not described"
    assert seen == set(Delivery.Kind.values) - {"disabled", "owner"}, "those go to people, by mail"


def test_a_payload_that_is_wrong_is_noticed(description):
    assert problems(description, "incident", {"type": "incident.exploded", "timestamp": "x", "data": {}})


def test_each_title_says_what_happened_where(service, clock, subscriber):
    subscriber(from_state="possible")
    outage = Story(service, clock, 1)
    outage.becomes("possible", countries=("NL",))
    outage.becomes("confirmed", countries=("NL",))
    outage.becomes("confirmed", components=("app", "login"))
    outage.becomes("resolved")
    outage.becomes("confirmed")
    nothing = Story(service, clock, 2)
    nothing.becomes("possible")
    nothing.becomes("dismissed")
    joined = Story(service, clock, 3)
    joined.becomes("possible")
    joined.becomes("merged")
    Story(service, clock, 4, kind="maintenance").becomes("maintenance", components=("charging",))
    fan_out.sweep(clock())
    titles = [messages.notice_of(delivery).title for delivery in Delivery.objects.order_by("event_id")]
    assert titles == [
        "Acme may be down in the Netherlands: Mobile app",
        "Acme is down in the Netherlands: Mobile app",
        "Wider outage at Acme: Mobile app and Sign-in",
        "Acme is working again: Mobile app",
        "Acme is down again: Mobile app",
        "Acme may be down: Mobile app",
        "Probably no outage at Acme after all: Mobile app",
        "Acme may be down: Mobile app",
        "The outage at Acme is now part of another incident",
        "Maintenance at Acme: Charging",
    ]
