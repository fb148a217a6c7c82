"""Subscriptions by REST, from the wish to the end."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from outages.models import Delivery, Endpoint, Subscription
from outages.notifications import crypto, tasks
from tests.factories import a_service

pytestmark = pytest.mark.django_db

URL = "/api/v1/subscriptions"
HOOK = "https://example.org/hooks/brownout"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A hint that cannot be given is no error; here it would wait for a broker that does not run."""
    monkeypatch.setattr(tasks, "wake", lambda *_: None)
    settings.EMAIL_HOST = "localhost"


@pytest.fixture
def service() -> Any:
    return a_service()


def create(secret: str = "", **changes: Any) -> Any:
    wanted = {"service": "acme", "channel": "webhook", "target": HOOK, **changes}
    headers = {"X-Secret": secret} if secret else {}
    return Client().post(URL, json.dumps(wanted), "application/json", headers=headers)


def ask(method: str, path: str, secret: str) -> Any:
    return Client().generic(method, f"{URL}/{path}".rstrip("/"), headers={"Authorization": f"Bearer {secret}"})


def test_a_webhook_is_asked_confirmed_tested_and_deleted(service: Any) -> None:
    made = create(component="app", country="nl", from_state="possible")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["state"], body["country"], body["component"]) == ("unconfirmed", "NL", "app")
    assert body["signing_secret"].startswith("whsec_")
    assert HOOK not in made.content.decode()
    [question] = Delivery.objects.all()
    assert question.kind == "challenge"
    assert ask("POST", f"{body['id']}/test", body["secret"]).status_code == 409

    token = crypto.token_of("challenge", Subscription.objects.get().pk)
    confirm = f"{URL}/{body['id']}/confirm"
    wrong = Client().post(confirm, json.dumps({"challenge": "x"}), "application/json")
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/api/problems/wrong-challenge")
    done = Client().post(confirm, json.dumps({"challenge": token}), "application/json")
    assert done.json()["state"] == "active"

    assert ask("POST", f"{body['id']}/test", body["secret"]).status_code == 202
    shown = ask("GET", f"{body['id']}/deliveries", body["secret"]).json()
    assert shown["sending"] is False  # OUTBOUND=off in tests: what waits is shown as waiting
    assert [(row["kind"], row["state"]) for row in shown["results"]] == [("test", "waiting"), ("challenge", "waiting")]
    new = ask("POST", f"{body['id']}/rotate", body["secret"]).json()
    assert new["signing_secret"] != body["signing_secret"]

    assert ask("DELETE", body["id"], body["secret"]).status_code == 204
    assert Subscription.objects.count() == Endpoint.objects.count() == Delivery.objects.count() == 0


def test_targets_and_secrets_are_not_stored_in_the_open(service: Any) -> None:
    from django.db import connection

    secret = create().json()["secret"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text, s::text FROM outages_endpoint e, outages_subscription s")
        row = "".join(cursor.fetchone())
    for text in (HOOK, secret):
        assert text not in row
        assert text.encode().hex() not in row
    assert crypto.unseal(Endpoint.objects.get().target_sealed) == HOOK


def test_one_secret_manages_many_and_no_other(service: Any) -> None:
    mine = create().json()
    also_mine = create(mine["secret"], component="login").json()
    other = create(target="https://example.org/other").json()
    assert also_mine["secret"] == mine["secret"]
    listed = Client().get(URL, headers={"X-Secret": mine["secret"]}).json()["results"]
    assert {row["id"] for row in listed} == {mine["id"], also_mine["id"]}
    routes = [("GET", ""), ("DELETE", ""), ("POST", "/challenge"), ("POST", "/test"), ("POST", "/rotate")]
    for method, rest in [*routes, ("GET", "/deliveries")]:
        refused = ask(method, mine["id"] + rest, other["secret"])
        assert (refused.status_code, refused.json()["type"]) == (404, "/api/problems/unknown-subscription"), rest
        assert Client().generic(method, f"{URL}/{mine['id']}{rest}").status_code == 401
    assert Subscription.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"component": "ap"}, "component"),
        ({"country": "XX"}, "country"),
        ({"region": "NL-NH", "country": "DE"}, "region"),
        ({"target": "ftp://example.org/"}, "target"),
        ({"target": "https://user:word@example.org/"}, "target"),
        ({"target": "https://example.org:22/"}, "target"),
        ({"target": "http://127.0.0.1/"}, "target"),
        ({"target": "http://[::1]/"}, "target"),
        ({"target": "http://169.254.169.254/latest/meta-data"}, "target"),
        ({"target": "http://localhost/"}, "target"),
        ({"target": "http://\x00/"}, "target"),
        ({"target": ""}, "target"),
        ({"target": "x" * 3000}, "target"),
        ({"cadence": "daily"}, "cadence"),
        ({"auth": "x"}, "auth"),
        ({"owner_mail": "nobody"}, "owner_mail"),
        ({"channel": "mail", "target": "nobody"}, "target"),
        ({"channel": "mail", "target": "a@example.org\nBcc: b@example.org"}, "target"),
        ({"channel": "mail", "target": "a@example.org", "owner_mail": "b@example.org"}, "owner_mail"),
        ({"channel": "push", "target": "https://push.example/1"}, "auth"),
        ({"channel": "chat"}, "channel"),
        ({"from_state": "never"}, "from_state"),
        ({"unknown": 1}, "unknown"),
        ({"service": None}, "service"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(service: Any, changes: dict[str, Any], field: str) -> None:
    refused = create(**changes)
    assert refused.status_code == 422, refused.content
    assert refused.json()["type"] == "/api/problems/invalid-subscription"
    assert field in [error["field"] for error in refused.json()["errors"]]
    assert Subscription.objects.count() == Endpoint.objects.count() == 0


def test_a_recording_cannot_be_subscribed_to(service: Any) -> None:
    type(service).objects.update(clock="recorded")
    assert create().status_code == 422
    assert create(service="nothing").status_code == 404


def test_without_a_mail_server_nobody_can_subscribe_by_mail(service: Any, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    refused = create(channel="mail", target="a@example.org")
    assert refused.status_code == 422
    assert "no mail server is set up" in refused.json()["detail"]


def test_nobodys_mailbox_is_filled_by_strangers(service: Any) -> None:
    answers = [create(channel="mail", target="victim@example.org").status_code for _ in range(5)]
    assert answers == [201, 201, 201, 429, 429]
    assert Delivery.objects.count() == Subscription.objects.count() == 3


def test_one_network_cannot_have_us_call_without_end(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from outages.notifications import ledger

    monkeypatch.setattr(ledger, "MOST_OF_ONE_NETWORK", 4)
    answers = [create(target=f"https://example.org/{number}").status_code for number in range(6)]
    assert answers == [201] * 4 + [429] * 2


@pytest.mark.parametrize("secret", ["short", "x" * 300, "ü" * 40, "a b" * 20])
def test_what_cannot_be_a_secret_is_refused(service: Any, secret: str) -> None:
    assert Client().get(URL, headers={"X-Secret": secret}).status_code == 401
    assert create(secret=secret).status_code == 401


def test_a_secret_that_we_did_not_give_manages_nothing(service: Any) -> None:
    assert create(secret="a" * 40).status_code == 401
    assert Subscription.objects.count() == 0


def test_the_push_key_is_made_once_and_kept(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    first, second = (Client().get("/api/v1/push-key").json()["application_server_key"] for _ in range(2))
    assert first == second
    assert len(first) == 87
    kept = tmp_path / "vapid_private_key"
    assert kept.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [kept]


def test_a_wrong_push_key_is_said_to_the_operator_and_not_to_the_world(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = "nonsense"
    assert Client().get("/api/v1/push-key").status_code == 503


def test_every_problem_of_subscriptions_has_its_page() -> None:
    import re
    from pathlib import Path

    import outages.api.subscriptions as api
    from outages.api.framework.problems import PROBLEMS
    from outages.notifications import ledger, subscriptions

    text = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (api, subscriptions, ledger))
    raised = set(re.findall(r'HTTPStatus\.\w+,\s*"([a-z-]+)"', text))
    assert len(raised) >= 8
    assert raised <= set(PROBLEMS)


def test_a_board_is_one_subscription_asked_told_and_ended_as_one(service: Any) -> None:
    from django.utils import timezone

    from outages.notifications import fan_out
    from outages.notifications.messages import CHALLENGE, notice_of
    from tests.factories import an_incident

    other = a_service("bolt")
    asked = {"service": None, "of": "acme.app,bolt,acme.login"}
    refused = {
        "of": create(**{**asked, "of": "acme,nothing"}),
        "component": create(**asked, component="app"),
        "service": create(**{**asked, "service": "acme"}),
    }
    for field, answer in refused.items():
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert create(service=None).status_code == 422
    body = create(**asked, channel="slack", target="https://hooks.slack.com/services/T0/B0/x").json()
    assert (body["of"], body["service"], body["state"]) == ("acme.app,acme.login,bolt", "acme", "unconfirmed")
    [question] = Delivery.objects.all()  # asked once
    assert "Acme and Bolt" in notice_of(question).title
    confirmed = {"challenge": crypto.token_of(CHALLENGE, question.subscription_id)}
    done = Client().post(f"{URL}/{body['id']}/confirm", json.dumps(confirmed), "application/json")
    assert done.json()["state"] == "active"

    now = timezone.now()
    for told, of, components in (
        (1, service, ["app", "login"]),  # touches two of its parts: told once
        (1, service, ["charging"]),
        (2, other, ["charging"]),
    ):
        an_incident(of, now, states=((0, "confirmed"),), components=components)
        fan_out.sweep(timezone.now())
        assert Delivery.objects.filter(kind="confirmed").count() == told
    notices = Delivery.objects.filter(kind="confirmed").order_by("event_id")
    assert {notice_of(one).data["subscription"] for one in notices} == {body["id"]}
    assert [notice_of(one).service_name for one in notices] == ["Acme", "Bolt"]
    assert len(ask("GET", f"{body['id']}/deliveries", body["secret"]).json()["results"]) == 3

    changed = Client().patch(
        f"{URL}/{body['id']}",
        json.dumps({"from_state": "possible"}),
        "application/json",
        headers={"X-Secret": body["secret"]},
    )
    assert changed.json()["from_state"] == "possible"
    assert set(Subscription.objects.values_list("from_state", flat=True)) == {"possible"}
    assert len(ask("GET", "", body["secret"]).json()["results"]) == 1
    again = create(**asked, channel="slack", target="https://hooks.slack.com/services/T0/B0/x").json()
    token = {"challenge": crypto.token_of(CHALLENGE, Subscription.objects.get(pk=again["id"]).pk)}
    Client().post(f"{URL}/{again['id']}/confirm", json.dumps(token), "application/json")
    assert set(Subscription.objects.filter(head=None).values_list("pk", flat=True)) == {UUID(again["id"])}
    assert ask("DELETE", again["id"], again["secret"]).status_code == 204
    assert not Subscription.objects.exists()
    assert not Endpoint.objects.exists()
