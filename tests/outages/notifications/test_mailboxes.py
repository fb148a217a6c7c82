"""One mailbox gets three mails a day that it did not ask for, in whatever order strangers try whatever there is."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from outages.models import Channel
from outages.notifications import api_key_mail, ledger, tasks, worker
from outages.notifications.channels import mail
from outages.notifications.errors import DeliveryError
from tests.factories import a_service

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SPELLINGS = (
    *("victim@example.org", "Victim@Example.ORG", "victim+1@example.org", "VICTIM+a+b@example.org"),
    *(
        "j.doe@gmail.com",
        "jd.oe@GMail.com",
        "jdoe+x@googlemail.com",
        "ada@pm.me",
        "ada@proton.me",
        "ada@protonmail.com",
    ),
)
URL = "/api/v1/subscriptions"


class Stranger:
    """Does anything that brings us to send mail, and never sees what is in a mailbox."""

    def __init__(self, luck: random.Random, hand_over: list[bool]) -> None:
        self.luck, self.is_mail_away = luck, hand_over
        self.now = datetime(2026, 3, 7, 21, 0, tzinfo=UTC)
        self.made: list[dict[str, Any]] = []

    def client(self) -> Client:
        return Client(REMOTE_ADDR=f"198.51.{self.luck.randrange(100)}.7")

    def subscribe(self) -> None:
        body = {"service": "acme", "channel": "mail", "target": self.luck.choice(SPELLINGS)}
        if self.luck.random() < 0.4:
            hook = f"http://127.0.0.1/{self.luck.randrange(10**6)}"
            body |= {"channel": "webhook", "target": hook, "owner_mail": body["target"]}
        answer = self.client().post(URL, json.dumps(body), "application/json")
        assert answer.status_code in (201, 429), answer.content
        if answer.status_code == 201:
            self.made.append(answer.json())

    def subscribe_by_the_page(self) -> None:
        answer = self.client().post("/acme/subscribe", {"target": self.luck.choice(SPELLINGS)})
        assert answer.status_code in (303, 422)

    def ask_for_keys(self) -> None:
        answer = self.client().post("/developers/keys", {"mail": self.luck.choice(SPELLINGS)})
        assert answer.status_code in (303, 429)

    def again(self) -> None:
        """Asks anew for one of those made, or deletes it."""
        if not self.made:
            return
        one = self.luck.choice(self.made)
        headers = {"Authorization": f"Bearer {one['secret']}"}
        path = f"{URL}/{one['id']}"
        if self.luck.random() < 0.5:
            self.client().post(f"{path}/{self.luck.choice(('challenge', 'test'))}", headers=headers)
        else:
            self.client().delete(path, headers=headers)
            self.made.remove(one)

    def send(self) -> None:
        worker.run(now=lambda: self.now, budget_s=5)
        api_key_mail.send_due(lambda: self.now)

    def wait(self) -> None:
        hours = self.luck.choice((0.01, 0.2, 1, 1.5, 3, 8, 23.9))
        self.now += timedelta(hours=hours)
        self.is_mail_away[0] = self.luck.random() < 0.3


@pytest.fixture
def stranger(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stranger]:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.OUTBOUND = "localhost", 25, "loopback"
    monkeypatch.setattr(tasks, "wake", lambda *_: None)
    monkeypatch.setattr(tasks, "_hint_key_links", lambda: None)
    is_away = [False]
    real = mail.hand_over

    def hand_over(*given: Any, **named: Any) -> None:
        if is_away[0]:
            raise DeliveryError("the mail server is away")
        real(*given, **named)

    monkeypatch.setattr(mail, "hand_over", hand_over)
    one = Stranger(random.Random(request.param), is_away)
    monkeypatch.setattr(timezone, "now", lambda: one.now)
    CACHE.clear()
    yield one
    CACHE.clear()


@pytest.mark.slow
@pytest.mark.parametrize("stranger", [1], indirect=True)
def test_three_unasked_mails_a_day_whatever_is_tried(stranger: Stranger, mailoutbox: list[Any]) -> None:
    a_service()
    got: defaultdict[str, list[datetime]] = defaultdict(list)
    acts = [stranger.subscribe] * 4 + [stranger.subscribe_by_the_page, stranger.ask_for_keys, stranger.again]
    for _ in range(30):
        for act in stranger.luck.choices(acts, k=stranger.luck.randrange(8)):
            act()
        stranger.send()
        for message in mailoutbox:
            assert len(message.to) == 1
            got[ledger.folded(Channel.MAIL, message.to[0])].append(stranger.now)
            # Programs that look through a mailbox open what is in it; that is nobody's wish.
            for path in re.findall(r"http://localhost:8000(/\S+)", message.body):
                Client().get(path)
        mailoutbox.clear()
        stranger.wait()
    assert set(got) == {"victim@example.org", "jdoe@gmail.com", "ada@proton.me"}
    for moments in got.values():
        for first, fourth in zip(moments, moments[3:], strict=False):
            assert fourth - first > DAY, moments


@pytest.mark.parametrize("stranger", [1], indirect=True)
def test_what_arrives_late_counts_on_the_day_that_it_arrives(stranger: Stranger, mailoutbox: list[Any]) -> None:
    """Three wait for the mail server; a day later three more are asked for, and none comes with the late ones."""

    def ask() -> int:
        return stranger.client().post("/developers/keys", {"mail": SPELLINGS[0]}).status_code

    began, stranger.is_mail_away[0] = stranger.now, True
    assert [ask() for _ in range(4)] == [303] * 3 + [429]
    stranger.send()
    stranger.now, stranger.is_mail_away[0] = began + timedelta(hours=1.9), False
    stranger.send()
    assert len(mailoutbox) == 3
    stranger.now = began + timedelta(hours=25)
    assert ask() == 429
    stranger.now, stranger.is_mail_away[0] = began + timedelta(hours=27), True
    assert ask() == 303
    stranger.now, stranger.is_mail_away[0] = began + timedelta(hours=30), False
    stranger.send()
    assert len(mailoutbox) == 3, "what waited for more than two hours is not sent"


@pytest.mark.parametrize("stranger", [1], indirect=True)
def test_a_program_that_opens_links_wants_nothing(stranger: Stranger, mailoutbox: list[Any]) -> None:
    for expected in [303] * 3 + [429] * 2:
        assert stranger.client().post("/developers/keys", {"mail": SPELLINGS[0]}).status_code == expected
        stranger.send()
        path = re.search(r"http://localhost:8000(/developers/keys/\S+)", mailoutbox[-1].body)[1]  # type: ignore[index]
        assert Client().get(path).status_code == 200
    form = {"name": "mine", "scopes": ["read"], "days": "30"}
    assert Client().post(f"{path}/create", form).status_code == 200
    assert stranger.client().post("/developers/keys", {"mail": SPELLINGS[0]}).status_code == 303, "it was wanted"


@pytest.mark.parametrize("stranger", [4], indirect=True)
def test_one_who_gets_all_mail_of_a_domain_is_not_flooded_by_inventing_names(stranger: Stranger) -> None:
    def ask(address: str) -> int:
        body = json.dumps({"service": "acme", "channel": "mail", "target": address})
        return stranger.client().post(URL, body, "application/json").status_code

    a_service()
    answers = [ask(f"name{number}@of-one-person.example") for number in range(40)]
    assert answers == [201] * ledger.MOST_OF_ONE_DOMAIN + [429] * (40 - ledger.MOST_OF_ONE_DOMAIN)
    assert [ask(f"name{number}@gmail.com") for number in range(40)] == [201] * 40
