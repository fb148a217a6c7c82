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


BOARD = "acme.app,acme.login,bolt,cafe,dove,elk"


@pytest.fixture
def board(service):
    """Six parts of five services."""
    from tests.factories import a_service

    for slug in ("bolt", "cafe", "dove", "elk"):
        a_service(slug)
    return BOARD


def test_a_board_is_asked_confirmed_told_shown_and_ended_as_one(board, story, clock, mailoutbox):
    assert f'href="/de/board/subscribe?of={board}"' in Client().get(f"/de/board?of={board}").content.decode()
    form = Client().get(f"/de/board/subscribe?of={board}").content.decode()
    assert f'data-of="{board}"' in form
    assert 'name="component"' not in form
    asked = Client().post(f"/de/board/subscribe?of={board}", {"target": "a@example.org", "country": "NL"})
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/de/board/subscribe?of={board}&asked=1")
    assert 'role="status"' in Client().get(asked.headers["Location"]).content.decode()
    worker.run(now=clock, budget_s=5)
    [question] = mailoutbox
    assert all(name in question.body for name in ("Acme", "Bolt", "Cafe", "Dove", "Elk"))
    path = re.search(r"http://localhost:8000(/de/subscriptions/\S+)", question.body)[1]
    Client().post(f"{path}/confirm")
    page = Client().get(path).content.decode()
    [shown] = re.findall(r'href="/de/board\?of=([^"]+)">([^<]+)<', page)
    assert shown[1].startswith("Acme: Mobile app, Acme: Sign-in, ")
    assert " und " in shown[1]
    assert sorted(shown[0].split(",")) == sorted(board.split(","))

    other = type(story)(Subscription.objects.get(service__slug="cafe").service, clock)
    for told in (story, other):
        told.becomes("confirmed", components=("app", "login"), countries=("NL",))
    fan_out.sweep(clock())
    worker.run(now=clock, budget_s=5)
    subjects = [mail.subject for mail in mailoutbox[1:]]
    assert sorted(re.search("Acme|Cafe", subject)[0] for subject in subjects) == ["Acme", "Cafe"]
    page = Client().get(path).content.decode()
    assert '"/de/acme/incidents/1"' in page
    assert '"/de/cafe/incidents/1"' in page

    headers = [mail.extra_headers["List-Unsubscribe"] for mail in mailoutbox[1:]]
    ends = {re.search(r"^<http://localhost:8000(\S+)>$", header)[1] for header in headers}
    assert ends == {f"{path}/unsubscribe"}
    Client().post(ends.pop())
    assert Subscription.objects.count() == Endpoint.objects.count() == Delivery.objects.count() == 0


def test_a_browser_that_asked_on_a_board_is_led_back_to_it(board, clock, subscriber):
    from django.utils import translation

    from outages.notifications import subscriptions
    from outages.notifications.messages import notice_of
    from reports.models import Service

    head = subscriber("{}", channel="push", confirmed_at=None, component="app")
    subscriber("{}", channel="push", confirmed_at=None, service=Service.objects.get(slug="bolt"), head=head)
    subscriptions.challenge(head, now=clock(), network=0)
    with translation.override("de"):
        told = notice_of(Delivery.objects.get())
    assert told.data["confirmed"]["navigate"].endswith("/board/subscribe?of=acme.app,bolt#push")


def test_what_is_wrong_with_a_board_s_wish_is_said_and_kept(board, clock, mailoutbox):
    for method in ("get", "post"):
        for of in ("", "nothing", "acme.nothing,bolt"):
            assert getattr(Client(), method)(f"/board/subscribe?of={of}").status_code == 400
    page = Client().post(f"/board/subscribe?of={board}", {"target": "nobody"})
    assert page.status_code == 422
    assert 'value="nobody"' in page.content.decode()
    assert Client().get("/board/subscribe?of=acme.app").headers["Location"] == "/acme/subscribe?component=app"


def test_a_recording_stays_out_of_a_board_s_alerts(board, clock, mailoutbox):
    from reports.models import Service

    Service.objects.filter(slug__in=["cafe", "dove"]).update(clock="recorded")
    assert 'data-of="acme.app,acme.login,bolt,elk"' in Client().get(f"/board/subscribe?of={board}").content.decode()
    assert Client().post(f"/board/subscribe?of={board}", {"target": "a@example.org"}).status_code == 303
    assert set(Subscription.objects.get(head=None).of.split(",")) == {"acme.app", "acme.login", "bolt", "elk"}
    assert "recording" in Client().get("/board/subscribe?of=cafe,dove").content.decode()
    assert "/board/subscribe" not in Client().get("/board?of=cafe,dove").content.decode()
