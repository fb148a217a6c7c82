"""Subscribing by mail as a person does it: no script, two times yes, one tap to end it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from outages.models import Delivery, Endpoint, Subscription
from outages.notifications import fan_out, tasks, worker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(settings, monkeypatch):
    """Mail goes to Django's outbox; no broker."""
    settings.EMAIL_HOST = "localhost"
    settings.OUTBOUND = "loopback"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(tasks, "wake", lambda *_: None)


def link_of(message):
    return re.search(r"http://localhost:8000(/subscriptions/\S+)", message.body)[1]


def subscribed(clock, mailoutbox, **changes):
    """Subscribes by the form and gives the path of the link that came by mail."""
    Client().post("/acme/subscribe", {"target": "a@example.org", **changes})
    worker.run(now=clock, budget_s=5)
    return link_of(mailoutbox.pop())


def test_a_country_s_regions_are_asked_for_without_a_mail_and_without_the_address_in_an_address(service):
    wish = {"regions": "shown", "country": "US", "target": "a@example.org"}
    page = Client().post("/acme/subscribe", wish)
    text = page.content.decode()
    assert page.status_code == 200
    assert '<option value="US-CA"' in text
    assert 'value="a@example.org"' in text
    assert 'formmethod="get"' not in text
    assert not Subscription.objects.exists()


def test_a_person_subscribes_confirms_is_told_and_unsubscribes(service, story, clock, mailoutbox):
    page = Client().get("/acme/subscribe")
    assert page.status_code == 200
    asked = Client().post(
        "/acme/subscribe", {"target": "A@Example.org", "component": "app", "country": "NL"}, follow=True
    )
    assert "Check your inbox" in asked.content.decode()
    worker.run(now=clock, budget_s=5)
    [question] = mailoutbox
    assert question.to == ["A@example.org"]
    assert "confirm" in question.subject
    assert "List-Unsubscribe" not in question.extra_headers
    path = link_of(question)

    story.becomes("confirmed")
    fan_out.sweep(clock())
    assert Delivery.objects.filter(event__isnull=False).count() == 0, "not before the second yes"

    assert ">Confirm</button>" in Client().get(path).content.decode()
    assert Subscription.objects.get().confirmed_at is None, "looking at the page is no yes: programs follow links"
    done = Client().post(f"{path}/confirm", follow=True)
    assert "You’re subscribed." in done.content.decode()

    story.becomes("resolved")
    fan_out.sweep(clock())
    worker.run(now=clock, budget_s=5)
    notice = mailoutbox[-1]
    assert notice.subject == "Acme is working again: Mobile app"
    assert "/acme/incidents/1" in notice.body
    assert notice.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_tap = re.search(r"^<http://localhost:8000(\S+)>$", notice.extra_headers["List-Unsubscribe"])[1]
    html, kind = notice.alternatives[0]
    assert kind == "text/html"
    assert "<script" not in html
    assert "it’s over" in Client().get(path).content.decode()

    assert "Unsubscribe" in Client().get(one_tap).content.decode()
    assert Subscription.objects.exists(), "a GET ends nothing"
    ended = Client(enforce_csrf_checks=True).post(one_tap, {"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert Subscription.objects.count() == Endpoint.objects.count() == Delivery.objects.count() == 0
    assert Client().get(path).status_code == 404
    assert Client().post(one_tap).status_code == 200, "a second tap is no error"


def test_a_link_with_another_token_opens_nothing(service, clock, mailoutbox):
    path = subscribed(clock, mailoutbox)
    other = subscribed(clock, mailoutbox, target="b@example.org")
    forged = path.rpartition("/")[0] + "/" + other.rpartition("/")[2]
    assert Client().get(forged).status_code == 404
    assert Client().post(f"{forged}/confirm").status_code == 404
    Client().post(f"{forged}/unsubscribe")
    assert Subscription.objects.count() == 2


def test_what_another_site_sends_is_refused(service, clock, mailoutbox):
    path = subscribed(clock, mailoutbox)
    foreign = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.post("/acme/subscribe", {"target": "c@example.org"}).status_code == 403
    assert foreign.post(f"{path}/confirm").status_code == 403
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"target": "nobody"}, "an email address"),
        ({"target": ""}, "required"),
        ({"target": "a@example.org", "component": "x"}, "x is not one of"),
        ({"target": "a@example.org", "country": "NL", "region": "DE-BY"}, "DE-BY is not one of"),
        ({"target": "a@example.org\0"}, "Null"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(service, fields, words):
    page = Client().post("/acme/subscribe", fields)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert Subscription.objects.count() == 0


def test_the_fourth_question_a_day_is_not_sent(service, clock):
    answers = [Client().post("/acme/subscribe", {"target": "a@example.org"}).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 422]
    assert Delivery.objects.count() == 3


def test_a_machine_that_fills_in_all_fields_subscribes_nobody(service):
    page = Client().post("/acme/subscribe", {"target": "a@example.org", "website": "https://spam.example"})
    assert page.status_code == 303
    assert Subscription.objects.count() == 0


def test_the_later_choice_takes_the_place_of_the_earlier_one(service, clock, mailoutbox):
    first = subscribed(clock, mailoutbox)
    clock.move(minutes=1)
    second = subscribed(clock, mailoutbox, from_state="possible")
    Client().post(f"{first}/confirm")
    Client().post(f"{second}/confirm")
    assert Subscription.objects.get().from_state == "possible"


def test_the_site_says_so_where_it_cannot_send(service, settings):
    settings.OUTBOUND = "off"
    assert "switched off" in Client().get("/acme/subscribe?asked=1").content.decode()
    settings.EMAIL_HOST = ""
    assert "no mail server is set up" in Client().get("/acme/subscribe").content.decode()
    type(service).objects.update(clock="recorded")
    assert "recording" in Client().get("/acme/subscribe").content.decode()


def test_what_was_never_confirmed_is_deleted_after_two_days(service, clock, mailoutbox):
    from outages.notifications import subscriptions

    subscribed(clock, mailoutbox)
    clock.move(hours=47)
    subscriptions.tidy(clock())
    assert Subscription.objects.count() == 1
    clock.move(hours=2)
    subscriptions.tidy(clock())
    assert Subscription.objects.count() == Endpoint.objects.count() == 0


def test_old_deliveries_go_but_not_those_of_an_incident_that_goes_on(service, story, clock, subscriber):
    from outages.notifications import subscriptions

    subscriber()
    story.becomes("confirmed")
    fan_out.sweep(clock())
    Delivery.objects.update(state="sent")
    clock.move(days=31)
    subscriptions.tidy(clock())
    assert Delivery.objects.count() == 1
    story.becomes("resolved")
    subscriptions.tidy(clock())
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_a_moment_that_makes_no_sense_is_explained() -> None:
    from tests.factories import a_service

    a_service()
    for method in ("get", "post"):
        assert getattr(Client(), method)("/acme/subscribe?at=nonsense").status_code == 400
