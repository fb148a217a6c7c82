"""The same report again: taps, bursts and idempotency keys."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from reports.models import IdempotencyKey, Report, Service

from .requests import assert_problem, post

pytestmark = pytest.mark.django_db


def test_two_taps_of_one_reporter_are_one_report(service: Service) -> None:
    first = post({"service": "acme", "symptom": "http-503"}, **{"X-Reporter": "device-1"})
    second = post({"service": "acme", "symptom": "http-503"}, **{"X-Reporter": "device-1"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert Report.objects.count() == 1
    assert second.json()["repeated"] is True
    assert second.json()["rule"] == "duplicate_tap"
    assert (second.json()["id"], second.json()["receipt"]) == (first.json()["id"], first.json()["receipt"])


def test_another_reporter_or_another_part_is_another_report(service: Service) -> None:
    post({"service": "acme"}, **{"X-Reporter": "device-1"})
    post({"service": "acme"}, **{"X-Reporter": "device-2"})
    post({"service": "acme", "component": "login"}, **{"X-Reporter": "device-1"})
    post({"service": "acme", "kind": "working"}, **{"X-Reporter": "device-1"})
    assert Report.objects.count() == 4


def test_many_reports_of_one_reporter_are_kept_but_not_counted(service: Service) -> None:
    answers = []
    for number in range(12):
        kind, component = ("problem", "working", "recovered")[number % 3], ("app", "login")[number % 2]
        moved = timezone.now() - timedelta(minutes=3)
        Report.objects.update(received_at=moved)
        answers.append(post({"service": "acme", "kind": kind, "component": component}, **{"X-Reporter": "d"}).json())
    assert [answer["rule"] for answer in answers] == [""] * 10 + ["reporter_burst"] * 2
    assert [answer["counted"] for answer in answers] == [True] * 10 + [False] * 2
    assert Report.objects.count() == 12
    assert Report.objects.filter(verdict=Report.Verdict.REJECTED, rule="reporter_burst").count() == 2


def test_a_note_with_a_link_is_hidden_while_the_report_counts(service: Service) -> None:
    answer = post({"service": "acme", "note": "buy at https://spam.example"}).json()
    assert answer["counted"] is True
    assert answer["rule"] == "note_with_link"


def test_a_repeated_request_gets_the_same_answer(service: Service) -> None:
    key = str(uuid4())
    first = post({"service": "acme"}, **{"Idempotency-Key": key})
    second = post({"service": "acme"}, **{"Idempotency-Key": key})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Report.objects.count() == 1


def test_no_receipt_lies_in_the_remembered_answer(service: Service) -> None:
    receipt = post({"service": "acme"}, **{"Idempotency-Key": "a-key-of-mine"}).json()["receipt"]
    remembered = IdempotencyKey.objects.get()
    assert receipt not in json.dumps(remembered.body)
    assert b"a-key-of-mine" not in bytes(remembered.key_hash)


def test_the_same_key_for_another_report_is_a_problem(service: Service) -> None:
    key = str(uuid4())
    post({"service": "acme"}, **{"Idempotency-Key": key})
    response = post({"service": "acme", "kind": "working"}, **{"Idempotency-Key": key})
    assert response.status_code == 422
    assert response.json()["type"] == "/api/problems/idempotency-key-reused"
    assert Report.objects.count() == 1


def test_the_same_key_of_another_client_is_another_key(service: Service) -> None:
    for reporter in ("device-1", "device-2"):
        answer = post({"service": "acme"}, **{"Idempotency-Key": "the-same-key", "X-Reporter": reporter})
        assert answer.status_code == 201
    assert Report.objects.count() == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 256, "caf\u00e9-caf\u00e9-caf\u00e9"])
def test_a_poor_idempotency_key_is_a_problem(service: Service, key: str) -> None:
    assert_problem(post({"service": "acme"}, **{"Idempotency-Key": key}), 400, "bad-idempotency-key")


def test_a_report_that_was_refused_does_not_use_up_its_key(service: Service) -> None:
    key = str(uuid4())
    assert post({"service": "acme", "symptom": "nope"}, **{"Idempotency-Key": key}).status_code == 422
    assert post({"service": "acme"}, **{"Idempotency-Key": key}).status_code == 201


def test_a_stranger_with_the_same_key_and_body_gets_no_receipt_of_another(service: Service) -> None:
    """Keys that people make up are alike, such as the date. The receipt would let a stranger withdraw the report."""
    key = {"Idempotency-Key": "2026-03-02-report"}
    first = post({"service": "acme"}, **key).json()
    stranger = post({"service": "acme"}, Client(REMOTE_ADDR="198.51.100.7"), **key)
    assert stranger.status_code == 201
    assert "Idempotency-Replayed" not in stranger.headers
    assert stranger.json()["id"] != first["id"]
    assert stranger.json()["receipt"] != first["receipt"]
    another = post({"service": "acme", "kind": "working"}, Client(REMOTE_ADDR="203.0.113.9"), **key)
    assert another.status_code == 201, "an innocent is not told of what others sent"


def test_a_key_belongs_to_its_api_key_wherever_that_is_sent_from(service: Service) -> None:
    from reports.access import keys
    from reports.access.keys import Scope

    made = [keys.create(name=name, scopes=[Scope.WRITE_REPORTS], now=timezone.now()) for name in ("one", "two")]
    key = {"Idempotency-Key": "2026-03-02-report"}
    sent = [
        post({"service": "acme"}, Client(REMOTE_ADDR=address), Authorization=f"Bearer {one.text}", **key).json()["id"]
        for one in made
        for address in ("198.51.100.7", "203.0.113.9")
    ]
    assert sent[0] == sent[1]
    assert sent[2] == sent[3]
    assert sent[0] != sent[2]


def test_a_page_of_ours_repeats_under_its_cookie_alone(service: Service) -> None:
    ours = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": str(uuid4())}
    first = post({"service": "acme"}, Cookie="brownout_reporter=mine", **ours)
    again = post({"service": "acme"}, Client(REMOTE_ADDR="198.51.100.7"), Cookie="brownout_reporter=mine", **ours)
    other = post({"service": "acme"}, Cookie="brownout_reporter=theirs", **ours)
    assert first.json() == again.json()
    assert other.json()["id"] != first.json()["id"]
