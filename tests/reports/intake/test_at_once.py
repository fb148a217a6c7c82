"""Requests at the same time, over real connections and real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from reports.models import IdempotencyKey, Report, Service

pytestmark = pytest.mark.django_db(transaction=True)


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `count` threads get that start at the same moment."""
    start = threading.Barrier(count)
    found: list[Any] = []

    def run(number: int) -> None:
        try:
            start.wait()
            found.append(act(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == count
    return found


def send(body: dict[str, Any], **headers: str) -> Any:
    return Client().post("/api/v1/reports", body, "application/json", headers=headers)


def test_one_key_sent_many_times_at_once_is_one_report(service: Service) -> None:
    answers = together(8, lambda number: send({"service": "acme"}, **{"Idempotency-Key": "one-and-the-same"}))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert Report.objects.count() == IdempotencyKey.objects.count() == 1


def test_one_key_with_two_bodies_at_once_stores_one_of_them(service: Service) -> None:
    kinds = ["problem", "working"]
    answers = together(
        2, lambda number: send({"service": "acme", "kind": kinds[number]}, **{"Idempotency-Key": "one-and-the-same"})
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert Report.objects.count() == 1


def test_one_reporters_taps_at_once_are_one_report(service: Service) -> None:
    answers = together(8, lambda number: send({"service": "acme"}, **{"X-Reporter": "device"}))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Report.objects.count() == 1


def test_reports_of_many_at_once_are_all_there(service: Service) -> None:
    answers = together(8, lambda number: [send({"service": "acme"}).status_code for _ in range(10)])
    assert {status for statuses in answers for status in statuses} == {201}
    assert Report.objects.count() == 80


def test_a_correction_and_a_withdrawal_at_once_leave_it_withdrawn(service: Service) -> None:
    answer = send({"service": "acme", "note": "mine"}).json()
    url, headers = f"/api/v1/reports/{answer['id']}", {"X-Receipt": answer["receipt"]}

    def act(number: int) -> int:
        if number:
            return int(Client().delete(url, headers=headers).status_code)
        body = {"note": "changed"}
        return int(Client().patch(url, body, content_type="application/json", headers=headers).status_code)

    statuses = together(2, act)
    assert 204 in statuses
    assert set(statuses) <= {200, 204, 409}
    report = Report.objects.get()
    assert report.withdrawn_at is not None
    assert report.note == ""


def test_while_the_database_is_away_the_answer_says_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from reports.intake import single

    def away(*_args: Any, **_values: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(single, "take", away)
    answer = send({"service": "acme"})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] in "56789"
