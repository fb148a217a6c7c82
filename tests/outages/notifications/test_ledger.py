"""No mailbox and no server gets more than a few messages a day that it did not ask for, whatever is tried."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from outages.models import ContactAttempt, Delivery, Subscription
from outages.notifications import api_key_mail, delivery_queue, ledger, subscriptions, tasks, validation, worker
from reports.errors import Errors, SubmissionError
from tests.factories import a_service

pytestmark = pytest.mark.django_db

URL = "/api/v1/subscriptions"
VICTIM = "victim@example.org"


@pytest.fixture(autouse=True)
def nothing_kept_in_the_process() -> Iterator[None]:
    CACHE.clear()
    yield
    CACHE.clear()


@pytest.fixture(autouse=True)
def here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_HOST, settings.OUTBOUND = "localhost", "loopback"
    settings.EMAIL_PORT = 25
    monkeypatch.setattr(tasks, "wake", lambda *_: None)
    monkeypatch.setattr(tasks, "_hint_key_links", lambda: None)


@pytest.fixture
def service(db: None) -> Any:
    return a_service()


def create(**wanted: Any) -> Any:
    body = {"service": "acme", "channel": "mail", "target": VICTIM, **wanted}
    return Client().post(URL, json.dumps(body), "application/json")


def delete(made: Any) -> int:
    headers = {"Authorization": f"Bearer {made.json()['secret']}"}
    return Client().delete(f"{URL}/{made.json()['id']}", headers=headers).status_code


def test_subscribing_and_deleting_again_and_again_sends_three_mails(service: Any, mailoutbox: list[Any]) -> None:
    for _ in range(12):
        made = create()
        worker.run(budget_s=5)
        if made.status_code == 201:
            assert delete(made) == 204
    assert len(mailoutbox) == 3
    assert create().status_code == 429


def test_spellings_of_one_mailbox_count_as_one(service: Any) -> None:
    spellings = ("a@example.org", "A@example.org", "a+1@EXAMPLE.org", "a+2@example.org", "A+x+y@example.org")
    assert [create(target=one).status_code for one in spellings] == [201] * 3 + [429] * 2
    dotted = ("j.doe@gmail.com", "jd.oe@gmail.com", "jdoe+1@googlemail.com")
    assert len({ledger.folded("mail", one) for one in dotted}) == 1


def test_a_server_with_its_usual_port_is_the_one_without(service: Any) -> None:
    assert ledger.folded("webhook", "https://h.example:443/p") == ledger.folded("webhook", "https://H.example/p?x")


def test_all_kinds_of_mail_share_one_count(service: Any) -> None:
    assert create().status_code == 201
    api_key_mail.ask(VICTIM, language="en", now=timezone.now())
    hook = {"channel": "webhook", "target": "http://127.0.0.1/hook", "owner_mail": VICTIM}
    assert create(**hook).status_code == 201
    assert create().status_code == 429
    assert create(**hook, component="app").status_code == 429
    with pytest.raises(SubmissionError):
        api_key_mail.ask("Victim+k@example.org", language="en", now=timezone.now())
    assert Subscription.objects.count() == 2


def test_a_mailbox_that_follows_its_links_is_asked_as_often_as_it_likes(service: Any) -> None:
    for number in range(6):
        made = create(component=["app", "login", "charging"][number % 3])
        assert made.status_code == 201
        subscriptions.confirm(Subscription.objects.get(pk=made.json()["id"]), now=timezone.now())
    for _ in range(6):
        link = api_key_mail.ask(VICTIM, language="en", now=timezone.now())
        assert api_key_mail.opened(link.pk, api_key_mail.address_of(link).rpartition("/")[2], now=timezone.now())
        api_key_mail.note_use(link, now=timezone.now())


def test_the_owner_of_a_webhook_is_asked_before_anything_is_told(service: Any, mailoutbox: list[Any]) -> None:
    made = create(channel="webhook", target="http://127.0.0.1/hook", owner_mail=VICTIM).json()
    Delivery.objects.filter(kind="challenge").delete()
    worker.run(budget_s=5)
    [question] = mailoutbox
    assert "Please confirm your address" in question.subject
    path = re.search(r"http://localhost:8000(/subscriptions/\S+/owner/\S+)", question.body)[1]  # type: ignore[index]
    assert Client().get(path).status_code == 200

    subscription = Subscription.objects.get(pk=made["id"])
    delivery_queue.disable(subscription.endpoint, "410 Gone", timezone.now())
    assert not Delivery.objects.filter(kind="disabled").exists(), "nobody has said yes"

    assert Client().post(path, {"answer": "yes"}).status_code == 303
    Subscription.objects.update(disabled_at=None)
    delivery_queue.disable(subscription.endpoint, "410 Gone", timezone.now())
    assert Delivery.objects.filter(kind="disabled").count() == 1
    worker.run(budget_s=5)
    assert len(mailoutbox) == 2
    assert Client().get(path).status_code == 404, "the address is gone"


def test_an_owner_who_says_no_or_nothing_is_forgotten(service: Any, mailoutbox: list[Any]) -> None:
    create(channel="webhook", target="http://127.0.0.1/hook", owner_mail=VICTIM)
    Delivery.objects.filter(kind="challenge").delete()
    worker.run(budget_s=5)
    path = re.search(r"http://localhost:8000(/subscriptions/\S+/owner/\S+)", mailoutbox[0].body)[1]  # type: ignore[index]
    assert Client().post(path, {"answer": "no"}).status_code == 200
    assert Subscription.objects.get().owner_endpoint is None
    create(channel="webhook", target="http://127.0.0.1/other", owner_mail=VICTIM)
    Subscription.objects.update(confirmed_at=timezone.now())
    subscriptions.tidy(timezone.now() + timedelta(days=3))
    assert not Subscription.objects.exclude(owner_endpoint=None).exists()


def test_tests_of_a_mail_subscription_are_no_bomb(service: Any) -> None:
    made = create()
    subscription = Subscription.objects.get(pk=made.json()["id"])
    subscriptions.confirm(subscription, now=timezone.now())
    subscription.refresh_from_db()
    for _ in range(3):
        subscriptions.send_test(subscription, now=timezone.now())
    with pytest.raises(SubmissionError):
        subscriptions.send_test(subscription, now=timezone.now())


def test_a_strangers_server_is_asked_three_times_whatever_stands_behind_the_question_mark(service: Any) -> None:
    answers = [create(channel="webhook", target=f"http://127.0.0.1/hook?n={number}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 2


def test_the_count_is_forgotten_after_two_days(service: Any) -> None:
    create()
    stored = [bytes(one.target_hash) for one in ContactAttempt.objects.all()]
    assert len(stored) == 2, "the mailbox and its domain"
    assert not any(VICTIM.encode() in one or b"example.org" in one for one in stored)
    subscriptions.tidy(timezone.now() + timedelta(days=3))
    assert not ContactAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_do_not_get_round_the_limit() -> None:
    a_service()
    statuses: list[int] = []
    begin = threading.Barrier(8)

    def ask() -> None:
        begin.wait()
        statuses.append(create().status_code)
        connection.close()

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(timeout=30)
    assert sorted(statuses) == [201] * 3 + [429] * 5


@pytest.mark.parametrize(
    "address",
    [
        '"very odd"@example.org',
        "user@[127.0.0.1]",
        "user@localhost",
        "user%other.example@example.org",
        "a!b!c@example.org",
        "-oQ/tmp@example.org",
        "a|b@example.org",
        "a@127.0.0.1",
        "x" * 65 + "@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "ü@example.org",
    ],
)
def test_odd_mail_addresses_are_refused(address: str) -> None:
    errors = Errors()
    validation.mail_address("target", address, errors)
    assert errors.found


@pytest.mark.parametrize("address", ["a.b+tag@example.org", "o'neil@mail.example.co.uk", "x_y-z@xn--mnchen-3ya.de"])
def test_usual_mail_addresses_are_taken(address: str) -> None:
    errors = Errors()
    assert validation.mail_address("target", address, errors) == address
    assert not errors.found
