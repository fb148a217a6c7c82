"""Disputes: said by anybody at the page or the API, bounded by network, answered by moderators, read by all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.languages import path_in
from config.process_cache import CACHE
from outages import disputes
from outages.models import Dispute, Incident
from reports.access import rate_limits
from reports.languages import LANGUAGES
from tests import factories

pytestmark = pytest.mark.django_db
WHY = "Sign-in has worked for all of us since ten."
SAID = {"claim": "over", "reason": WHY}


@pytest.fixture
def incident() -> Incident:
    rate_limits.forget()
    CACHE.clear()
    return factories.an_incident(factories.a_service(), timezone.now() - timedelta(minutes=30))


def at(incident: Incident) -> str:
    return f"/acme/incidents/{incident.number}"


def by_api(incident: Incident, said: Any = SAID, address: str = "198.51.100.7") -> Any:
    return Client(REMOTE_ADDR=address).post(
        f"/api/v1/incidents/{incident.pk}/disputes", said, content_type="application/json"
    )


def read(client: Client, path: str) -> Any:
    CACHE.clear()
    return client.get(path)


def test_a_dispute_is_said_answered_and_read_by_all(client: Client, incident: Incident, django_user_model: Any) -> None:
    sent = client.post(at(incident) + "/dispute", SAID)
    assert (sent.status_code, sent.headers["Location"]) == (303, at(incident) + "?disputed=1#disputed-now")
    waiting = client.get(at(incident)).content.decode()
    assert "1 dispute is waiting for a moderator." in waiting
    assert WHY not in waiting  # nobody has looked at it yet
    row = Dispute.objects.get()
    assert row.network != 0
    assert "127.0.0.1" not in str(vars(row))

    user = django_user_model.objects.create_superuser("mo", password="a password of ours")
    moderator = Client()
    moderator.force_login(user)
    assert WHY in moderator.get(reverse("admin:outages_dispute_changelist")).content.decode()
    assert "disputes to answer" in moderator.get(reverse("admin:index")).content.decode()
    page = reverse("admin:outages_answer", args=[row.pk])
    assert WHY in moderator.get(page).content.decode()
    assert "Answer in a sentence" in moderator.post(page, {"state": "upheld"}).content.decode()
    answer = {"state": "upheld", "answer": "Right: closed at 10:04.", "is_reason_public": "on"}
    assert moderator.post(page, answer).status_code == 302
    assert client.post(page, answer).status_code == 302  # to the sign-in
    assert client.get(page).headers["Location"].startswith(reverse("admin:login"))

    for path in (at(incident), "/about/method"):
        shown = client.get(path).content.decode()
        for text in (WHY.replace("'", "&#x27;"), "It’s already over", "Upheld", "Right: closed at 10:04."):
            assert text in shown, (path, text)
    log = read(client, "/api/v1/disputes?service=acme&state=upheld").json()["results"]
    mine = read(client, f"/api/v1/incidents/{incident.pk}/disputes").json()["results"]
    assert log == mine
    assert (log[0]["claim"], log[0]["state"], log[0]["reason"]) == ("over", "upheld", WHY)
    past = f"?at={timezone.now() - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    assert "Right: closed" not in client.get(at(incident) + past).content.decode()

    disputes.answer(row, state="rejected", words="No.", is_reason_public=False, now=timezone.now(), by=user)
    assert WHY not in client.get(at(incident)).content.decode()
    disputes.answer(row, state="removed", words="", is_reason_public=True, now=timezone.now(), by=user)
    assert read(client, "/api/v1/disputes").json()["results"] == []
    assert "Removed as abuse" in client.get("/about/method").content.decode()
    assert disputes.forget_origins(timezone.now()) == 0
    assert disputes.forget_origins(timezone.now() + timedelta(days=3)) == 1
    row.refresh_from_db()
    assert (row.network, row.wide_network) == (0, 0)


@pytest.mark.parametrize(
    ("said", "status", "code", "field"),
    [
        (SAID | {"reason": "short"}, 422, "invalid-dispute", "reason"),
        (SAID | {"reason": "<b></b>\r\n\t \u202e" * 30}, 422, "invalid-dispute", "reason"),
        (SAID | {"reason": "x" * 501}, 422, "invalid-dispute", "reason"),
        (SAID | {"reason": "<i>" * 20_000}, 422, "invalid-dispute", "reason"),
        (SAID | {"reason": None}, 422, "invalid-dispute", "reason"),
        (SAID | {"claim": "nonsense"}, 422, "invalid-dispute", "claim"),
        ({"claim": "over"}, 422, "invalid-dispute", "reason"),
        (SAID | {"mail": "a@b.c"}, 422, "invalid-dispute", "mail"),
        ([], 422, "invalid-dispute", ""),
        ("{", 400, "not-json", None),
        (SAID | {"reason": "x" * 70_000}, 413, "too-large", None),
    ],
)
def test_what_cannot_be_taken_is_said_by_field(
    incident: Incident, said: Any, status: int, code: str, field: str | None
) -> None:
    answer = by_api(incident, said)
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["type"].rsplit("/", 1)[-1]) == (status, code)
    if field is not None:
        assert [error["field"] for error in problem["errors"]] == [field]
    assert not Dispute.objects.exists()


def test_markup_is_text_and_the_form_keeps_what_was_written(client: Client, incident: Incident) -> None:
    hostile = "=cmd()\r\nBcc: all@example.org\x00 <script>alert(1)</script> it <b>works</b> here\u202e"
    assert by_api(incident, SAID | {"reason": hostile}).status_code == 201
    assert Dispute.objects.get().reason == "cmd() Bcc: all@example.org it works here"
    refused = client.post(at(incident) + "/dispute", {"claim": "scope", "reason": "<b>no"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="scope" checked' in page
    assert "&lt;b&gt;no</textarea>" in page
    assert "Please say in at least 10 characters what is wrong." in page
    assert client.post(at(incident) + "/dispute", {}).status_code == 422
    assert client.post(at(incident) + "/dispute", SAID | {"website": "spam"}).status_code == 303
    elsewhere = client.post(at(incident) + "/dispute", SAID, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert client.get("/acme/incidents/99/dispute").status_code == 404
    assert client.get(f"/acme/incidents/{10**12}/dispute").status_code == 404
    assert by_api(incident, SAID).status_code == 201
    assert client.get("/api/v1/incidents/99999999999/disputes").status_code == 404
    assert Dispute.objects.count() == 2


def test_a_flood_is_bounded_by_network_and_the_same_words_are_one(incident: Incident) -> None:
    first, again = by_api(incident), by_api(incident)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    for number in range(2, 12):
        last = by_api(incident, SAID | {"reason": f"{WHY} {number}"}, "198.51.100.9")  # the same network
    assert last.status_code == 429
    assert last.json()["type"].endswith("/too-many-disputes")
    assert Dispute.objects.count() == disputes.MOST_OF_NETWORK
    for number in range(30):
        by_api(incident, address=f"198.51.{number}.1")
    assert Dispute.objects.count() == disputes.MOST_OF_WIDE_NETWORK
    assert by_api(incident, address="203.0.113.9").status_code == 201  # others are still heard
    page = Client(REMOTE_ADDR="198.51.100.7").post(at(incident) + "/dispute", SAID | {"reason": "Once more, please."})
    assert page.status_code == 429
    assert "Once more, please.</textarea>" in page.content.decode()


def test_the_form_stands_in_each_language(client: Client, incident: Incident) -> None:
    for language in LANGUAGES:
        page = client.get(path_in(at(incident) + "/dispute", language))
        assert page.status_code == 200
        assert page.content.decode().count('name="claim"') == 6
