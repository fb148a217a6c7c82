"""Alerts come in the language that their subscriber chose: by mail, web push and webhook."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from outages.models import Delivery, Subscription
from outages.notifications import fan_out, messages, worker
from outages.notifications.channels.mail import message_of
from outages.notifications.channels.push import payload_of
from outages.notifications.delivery_queue import Claimed
from outages.texts import event_texts
from outages.texts.place_phrases import in_place
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES, written
from tests.outages.notifications.conftest import Story

pytestmark = pytest.mark.django_db
OTHERS = [tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE]


@pytest.fixture
def parcel(service: Any, clock: Any, subscriber: Any) -> Any:
    """Return the message of an outage in the Netherlands, as a subscriber of a language is sent it."""

    def made(language: str) -> Any:
        one = subscriber("somebody@example.org", channel="mail", language=language)
        Story(service, clock, 1).becomes("confirmed", countries=("NL",))
        fan_out.sweep(clock())
        deliveries = tuple(Delivery.objects.filter(subscription=one))
        return worker.parcel_of(Claimed(uuid4(), deliveries, False), clock())

    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_written_in_its_subscribers_language(parcel: Any, language: str) -> None:
    message = message_of(parcel(language))
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    text, html = str(message.body), str(message.alternatives[0][0])
    assert in_place("NL", language) in message.subject
    assert "Acme" in message.subject
    assert message.extra_headers["Content-Language"] == written(language)
    assert f'<html lang="{written(language)}"' in html
    event = Delivery.objects.get().event
    with translation.override(language):
        said = event_texts.event_text(event, {"app": "Mobile app"})  # type: ignore[arg-type]
    assert said in text
    for page in ("/acme/incidents/1", "/subscriptions/"):
        assert f"http://localhost:8000{prefix}{page}" in text, "what it links to is in the same language"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_of_a_mail_stays_english(parcel: Any, language: str) -> None:
    message = message_of(parcel(language))
    found = f"{message.subject}\n{message.body}"
    for english in ("is down", "There may be", "counted in", "Manage or stop", "alerts"):
        assert english not in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_push_message_names_its_language_and_speaks_it(parcel: Any, language: str) -> None:
    sent = parcel(language)
    shown = json.loads(payload_of(sent.notice, sent.language))["notification"]
    assert shown["lang"] == written(language)
    assert in_place("NL", language) in shown["title"]


def test_a_daily_mail_has_its_subject_in_the_language_too(service: Any, clock: Any, subscriber: Any) -> None:
    subscriber("somebody@example.org", channel="mail", language="de", cadence="daily")
    outage = Story(service, clock, 1)
    outage.becomes("confirmed", countries=("NL",))
    outage.becomes("resolved", countries=("NL",))
    fan_out.sweep(clock())
    sent = worker.parcel_of(Claimed(uuid4(), tuple(Delivery.objects.order_by("event_id")), False), clock())
    assert len(sent.notices) == 2
    assert all("in den Niederlanden" in notice.title for notice in sent.notices)
    assert message_of(sent).subject.startswith("Acme: 2 ")


def test_the_form_keeps_the_pages_language_unless_another_is_chosen(
    client: Client, service: Any, settings: Any
) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 2525
    page = client.get("/de/acme/subscribe").content.decode()
    assert '<option value="de" selected>Deutsch</option>' in page
    for language, address in (("", "a@example.org"), ("ja", "b@example.org")):
        answer = client.post("/de/acme/subscribe", {"target": address, "from_state": "confirmed", "language": language})
        assert answer.status_code == 303, answer.content.decode()
    assert list(Subscription.objects.order_by("created_at").values_list("language", flat=True)) == ["de", "ja"]
    question = Delivery.objects.filter(kind="challenge").first()
    assert question is not None
    assert mail.outbox == []


def test_the_api_takes_a_language_or_that_of_the_request(client: Client, service: Any) -> None:
    def subscribed(address: str, accept: str = "", **fields: str) -> Any:
        wish = {"service": "acme", "channel": "webhook", "target": f"https://example.org/{address}", **fields}
        return client.post(
            "/api/v1/subscriptions", wish, content_type="application/json", headers={"accept-language": accept}
        )

    assert subscribed("a", language="sv").json()["language"] == "sv"
    assert subscribed("b", accept="fr-CA, en;q=0.5").json()["language"] == "fr"
    assert subscribed("c").json()["language"] == "en"
    made = subscribed("d", language="zh-Hans").json()
    assert made["language"] == "zh-hans"
    refused = subscribed("e", language="tlh")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "language"
    one = f"/api/v1/subscriptions/{made['id']}"
    headers = {"x-secret": made["secret"]}
    changed = client.patch(one, {"language": "ko"}, content_type="application/json", headers=headers)
    assert changed.json()["language"] == "ko"
    wrong = client.patch(one, {"language": ""}, content_type="application/json", headers=headers)
    assert wrong.status_code == 422


def test_a_subscriber_from_before_there_were_languages_is_told_in_english(service: Any, subscriber: Any) -> None:
    assert subscriber().language == DEFAULT_LANGUAGE
    assert messages.LANGUAGE == DEFAULT_LANGUAGE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", ["feeds/atom.xml", "feeds/rss.xml", "feeds/feed.json", "feeds/incidents.ics"])
def test_each_feed_is_there_in_each_language(
    client: Client, service: Any, clock: Any, language: str, file: str
) -> None:
    Story(service, clock, 1).becomes("confirmed", countries=("NL",))
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    answer = client.get(f"{prefix}/acme/{file}")
    assert answer.status_code == 200
    said = answer.content.decode().replace("\r\n ", "")
    assert in_place("NL", language) in said
    assert f"{prefix}/acme/incidents/1" in said
    if file != "feeds/incidents.ics":
        assert written(language) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_cap_alert_is_there_in_each_language(client: Client, service: Any, clock: Any, language: str) -> None:
    Story(service, clock, 1).becomes("confirmed", countries=("NL",))
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    said = client.get(f"{prefix}/acme/incidents/1/cap.xml").content.decode()
    assert f"<language>{written(language)}</language>" in said
    assert in_place("NL", language) in said


def test_a_browser_is_not_led_from_a_feed_to_another_language(client: Client, service: Any) -> None:
    answer = client.get("/acme/feeds/atom.xml", headers={"accept": "text/html", "accept-language": "de"})
    assert answer.status_code == 200
