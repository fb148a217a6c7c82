"""Two requests at once about one subscription, target or key: the later one is told, and nobody gets a 500."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from outages.models import Endpoint, Subscription
from outages.notifications import api_key_mail, subscriptions, tasks
from outages.notifications.validation import Changes
from reports.access import keys
from reports.errors import SubmissionError
from reports.models import ApiKey, ApiKeyOwner
from tests.factories import a_service

URL = "/api/v1/subscriptions"


@pytest.fixture(autouse=True)
def here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.OUTBOUND = "localhost", 25, "loopback"
    monkeypatch.setattr(tasks, "wake", lambda *_: None)
    CACHE.clear()
    yield
    CACHE.clear()


def ask(network: int = 1, **wanted: Any) -> Any:
    body = {"service": "acme", "channel": "mail", "target": "a@example.org", **wanted}
    return Client(REMOTE_ADDR=f"198.51.{network}.7").post(URL, json.dumps(body), "application/json")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda one: subscriptions.challenge(one, now=timezone.now()),
        lambda one: subscriptions.send_test(_confirmed(one), now=timezone.now()),
        lambda one: subscriptions.rotate(one, now=timezone.now()),
        lambda one: subscriptions.change(one, Changes(from_state="possible")),
    ],
    ids=["ask again", "test", "rotate", "change"],
)
def test_what_was_deleted_meanwhile_is_not_found(act: Callable[[Subscription], object]) -> None:
    a_service()
    made = ask(channel="webhook", target="http://127.0.0.1/hook").json()
    found = subscriptions.find(made["id"], made["secret"])
    subscriptions.unsubscribe(found)
    with pytest.raises(SubmissionError) as refused:
        act(found)
    assert refused.value.status == 404


def _confirmed(one: Subscription) -> Subscription:
    one.confirmed_at = timezone.now()
    return one


@pytest.mark.django_db
def test_a_key_or_its_owner_that_went_meanwhile() -> None:
    link = api_key_mail.ask("a@example.org", language="en", now=timezone.now())
    made = keys.create(name="mine", scopes=["read"], now=timezone.now(), owner=link.owner)
    key = ApiKey.objects.get(pk=made.key.pk)
    assert keys.revoke(key)
    with pytest.raises(SubmissionError):
        keys.create(name="another", scopes=["read"], now=timezone.now(), owner=link.owner)
    with pytest.raises(ApiKey.DoesNotExist):
        keys.rotate(ApiKey(pk=made.key.pk, key_hash=b""), now=timezone.now())
    assert not ApiKeyOwner.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_subscribing_while_the_targets_last_subscription_ends() -> None:
    """Its address is deleted with the one and needed by the other."""
    a_service()
    statuses: list[int] = []

    def turn(network: int) -> None:
        for number in range(6):
            made = ask(network, channel="webhook", target=f"http://127.0.0.1/{number}")
            statuses.append(made.status_code)
            if made.status_code == 201:
                headers = {"Authorization": f"Bearer {made.json()['secret']}"}
                statuses.append(Client().delete(f"{URL}/{made.json()['id']}", headers=headers).status_code)
        connection.close()

    threads = [threading.Thread(target=turn, args=(network,)) for network in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert set(statuses) <= {201, 204, 429}, statuses
    assert statuses.count(201) == statuses.count(204) >= 6
    assert not Endpoint.objects.exists()
