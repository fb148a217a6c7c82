"""A key and what belongs to it: a second key sees and changes nothing of it, on any route that is described."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone

from outages.models import Delivery, Endpoint, Subscription
from outages.notifications import tasks
from reports.access import keys, usage
from reports.models import ApiKey, ApiKeyUsage, Report

from .conftest import World

pytestmark = pytest.mark.django_db

URL = "/api/v1/subscriptions"
HOOK = "https://example.org/hooks/of-ada"
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "wake", lambda *_: None)


def key(name: str = "ada", **changes: Any) -> keys.NewKey:
    return keys.create(name=name, scopes=list(keys.Scope), now=timezone.now(), **changes)


def ask(method: str, path: str, text: str, body: Any = None, **headers: str) -> Any:
    content = json.dumps(body) if body is not None else ""
    sent = {"Authorization": f"Bearer {text}", **headers}
    return Client().generic(method.upper(), path, content, "application/json", headers=sent)


def subscribe(text: str, **changes: Any) -> Any:
    return ask("post", URL, text, {"service": "acme", "channel": "webhook", "target": HOOK, **changes})


# ── what belongs to a key ────────────────────────────────────────────────────────────────────────────────────────


def test_a_webhook_of_a_key_is_listed_changed_tested_rotated_and_deleted_with_it(world: World) -> None:
    ada = key()
    made = subscribe(ada.text, component="app", region="NL-NH")
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["secret"] == ""
    assert body["signing_secret"].startswith("whsec_")
    path = f"{URL}/{body['id']}"
    assert [row["id"] for row in ask("get", URL, ada.text).json()["results"]] == [body["id"]]

    changed = ask("patch", path, ada.text, {"component": None, "country": "de", "from_state": "possible"}).json()
    told = {name: changed[name] for name in ("component", "country", "region", "from_state")}
    assert told == {"component": "", "country": "DE", "region": "", "from_state": "possible"}
    assert ask("patch", path, ada.text, {"region": "NL-NH"}).json()["country"] == "NL"
    assert ask("patch", path, ada.text, {"region": None}).json()["country"] == "NL"

    Subscription.objects.update(confirmed_at=timezone.now())
    assert ask("post", f"{path}/test", ada.text).status_code == 202
    assert ask("post", f"{path}/rotate", ada.text).json()["signing_secret"] != body["signing_secret"]
    assert len(ask("get", f"{path}/deliveries", ada.text).json()["results"]) == 2

    new = keys.rotate(ada.key, now=timezone.now(), at_once=True)
    assert ask("get", path, ada.text).status_code == 401
    assert ask("get", path, new).status_code == 200, "what belongs to a key stays its through a rotation"
    assert ask("delete", path, new).status_code == 204
    assert Subscription.objects.count() == Endpoint.objects.count() == Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"component": "appp"}, "component"),
        ({"country": "XX"}, "country"),
        ({"country": "DE", "region": "NL-NH"}, "region"),
        ({"cadence": "daily"}, "cadence"),
        ({"from_state": "never"}, "from_state"),
        ({"target": "https://example.org/other"}, "target"),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(world: World, body: dict[str, Any], field: str) -> None:
    ada = key()
    made = subscribe(ada.text).json()
    before = model_to_dict(Subscription.objects.get())
    refused = ask("patch", f"{URL}/{made['id']}", ada.text, body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/api/problems/invalid-subscription")
    assert field in [error["field"] for error in refused.json()["errors"]]
    assert model_to_dict(Subscription.objects.get()) == before


def test_a_key_shows_itself_and_nothing_of_its_text(world: World) -> None:
    ada = key()
    shown = ask("get", "/api/v1/key", ada.text)
    body = shown.json()
    assert (body["name"], body["shown"]) == ("ada", ada.text[:15])
    assert ada.text not in shown.content.decode()
    assert body["limits"]["reads"]["limit"] == 30_000
    assert body["limits"]["writes"] == {"limit": 6000, "window_s": 60, "remaining": 6000} | {
        "reset_s": body["limits"]["writes"]["reset_s"]
    }
    anonymous = Client().get("/api/v1/key")
    assert (anonymous.status_code, anonymous.json()["type"]) == (401, "/api/problems/key-required")
    assert anonymous.headers["WWW-Authenticate"].startswith("Bearer")


# ── what does not ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Belongings:
    """All that a key can have, with what must not be seen of it."""

    owner: keys.NewKey
    subscription: str
    report: str
    receipt: str
    private: list[str]


@pytest.fixture
def adas(world: World) -> Belongings:
    """A key with a webhook that was told something, a report with a note, and use."""
    ada = key()
    made = subscribe(ada.text).json()
    Subscription.objects.update(confirmed_at=timezone.now())
    report = ask("post", "/api/v1/reports", ada.text, {"service": "acme", "note": "adas-note"}).json()
    delivery = Delivery.objects.get()
    usage.flush(timezone.now())
    private = [
        ada.text, str(ada.key.pk), made["id"], made["signing_secret"], str(delivery.pk), HOOK, "of-ada",
        report["receipt"], "adas-note",
    ]  # fmt: skip
    return Belongings(ada, made["id"], report["id"], report["receipt"], private)


def state() -> list[Any]:
    """Everything that belongs to keys, as it is stored."""
    rows: list[Any] = []
    for model in (ApiKey, ApiKeyUsage, Subscription, Endpoint, Delivery, Report):
        rows.append(list(model._default_manager.order_by("pk").values()))
    return rows


def routes(described: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """(method, path, body) of every operation that is described, with a body that it takes where it wants one."""
    found = []
    for path, operations in described["paths"].items():
        for method in METHODS:
            if method in operations:
                content = operations[method].get("requestBody", {}).get("content", {}).get("application/json", {})
                examples = content.get("schema", {}).get("examples") or [None]
                found += [(method, path, example) for example in examples]
    return found


def test_a_second_key_sees_and_changes_nothing_of_the_first_on_any_route(world: World, adas: Belongings) -> None:
    eve = key("eve")
    described = Client().get("/api/v1/schema").json()
    fill = {
        "slug": "acme", "incident_id": str(world.incident.pk), "code": "NL", "probe": "api",
        "subscription_id": adas.subscription, "report_id": adas.report, "key": "nobodys",
    }  # fmt: skip
    walked, before = 0, state()
    mine = {"/api/v1/reports", "/api/v1/reports/batch", URL}  # eve makes something of her own there
    for method, template, body in routes(described):
        path = template.format(**fill)
        if "stream" in path:
            continue  # answered by a process of its own, which knows no keys
        if template in mine and method == "post":
            continue
        for headers in ({}, {"X-Secret": "s" * 43}, {"X-Receipt": "r" * 32}):
            answer = ask(method, path, eve.text, body, **headers)
            said = answer.content.decode("utf-8", "replace")
            leaked = [secret for secret in adas.private if secret in said.replace(path, "")]
            assert not leaked, (method, path)
            assert state() == before, (method, path)
            if "{subscription_id}" in template:
                assert answer.status_code in (401, 403, 404), (method, path, answer.status_code)
            if "{report_id}" in template:
                assert answer.status_code in (401, 403), (method, path, answer.status_code)
            walked += 1
    assert walked > 60
    assert ask("get", URL, eve.text).json()["results"] == []


def test_what_a_second_key_makes_does_not_touch_the_first(world: World, adas: Belongings) -> None:
    eve, before = key("eve"), Subscription.objects.get()
    taken = subscribe(eve.text)
    assert taken.status_code == 201
    assert not any(secret in taken.content.decode() for secret in adas.private if secret != "of-ada")
    before.refresh_from_db()
    assert ask("delete", f"{URL}/{taken.json()['id']}", eve.text).status_code == 204
    assert [row["id"] for row in ask("get", URL, adas.owner.text).json()["results"]] == [str(before.pk)]
    assert Endpoint.objects.count() == 1, "the address that both had is still needed"


def test_the_receipt_still_opens_a_report_that_was_sent_with_a_key(world: World, adas: Belongings) -> None:
    path = f"/api/v1/reports/{adas.report}"
    assert ask("get", path, adas.owner.text, **{"X-Receipt": adas.receipt}).status_code == 200
    assert Client().get(path, headers={"Authorization": f"Bearer {adas.receipt}"}).status_code == 200
    assert ask("get", path, adas.owner.text).status_code in (401, 403), "a key is no receipt"


def test_a_secret_does_not_open_what_belongs_to_a_key(world: World, adas: Belongings) -> None:
    anonymous = (
        Client()
        .post(
            URL,
            json.dumps({"service": "acme", "channel": "webhook", "target": "https://example.org/b"}),
            "application/json",
        )
        .json()
    )
    headers = {"X-Secret": anonymous["secret"]}
    assert Client().get(f"{URL}/{adas.subscription}", headers=headers).status_code == 404
    assert [row["id"] for row in Client().get(URL, headers=headers).json()["results"]] == [anonymous["id"]]
    assert ask("get", f"{URL}/{anonymous['id']}", adas.owner.text).status_code == 404
