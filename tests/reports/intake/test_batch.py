"""Many reports in one request: each answered by itself, all stored together."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports.intake import batch
from reports.models import IdempotencyKey, Report, Service

pytestmark = pytest.mark.django_db

URL = "/api/v1/reports/batch"


def post(body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client().generic("POST", URL, content, headers=headers, CONTENT_TYPE="application/json")


def test_each_report_has_its_own_result_in_order(service: Service, recorded: Service) -> None:
    response = post(
        [
            {"service": "acme", "symptom": "login-failed", "country": "DE"},
            {"service": "acne"},
            {"service": "recorded"},
            {"service": "acme", "symptom": "nope", "note": "x" * 501},
            {"service": "acme", "color": "red"},
            5,
            {"service": "acme", "kind": "working"},
        ]
    )
    assert response.status_code == 200, response.content
    answer = response.json()
    assert [result["status"] for result in answer["results"]] == [201, 404, 403, 422, 422, 422, 201]
    assert (answer["stored"], answer["repeated"], answer["refused"]) == (2, 0, 5)
    kinds = [result["problem"] and result["problem"]["type"].rsplit("/")[-1] for result in answer["results"]]
    assert kinds[1:6] == ["unknown-service", "not-accepting-reports", *["invalid-report"] * 3]
    assert {error["field"] for error in answer["results"][3]["problem"]["errors"]} == {"symptom", "note"}
    assert [result["report"] is None for result in answer["results"]] == [False, *[True] * 5, False]
    stored = {str(report.id): report for report in Report.objects.all()}
    assert set(stored) == {answer["results"][0]["report"]["id"], answer["results"][6]["report"]["id"]}
    first = stored[answer["results"][0]["report"]["id"]]
    assert (first.component.slug, first.country, first.door, first.kind) == ("login", "DE", "api", 0)


def test_a_report_of_a_batch_is_stored_as_if_it_came_alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    body = {
        "service": "acme",
        "symptom": "http-503",
        "region": "NL-NH",
        "platform": "ios",
        "error_code": "503",
        "note": "a\tnote with\\N and 'quotes'",
        "occurred_at": (now - timedelta(hours=3)).isoformat(),
    }
    alone = Client().post("/api/v1/reports", body, content_type="application/json").json()
    batched = post([body]).json()["results"][0]["report"]
    rows = {str(row["id"]): row for row in Report.objects.values()}
    differing = {"id", "pk", "receipt_hash"}
    single, many = (
        {name: value for name, value in rows[one["id"]].items() if name not in differing} for one in (alone, batched)
    )
    assert single == many
    assert {key: value for key, value in alone.items() if key not in ("id", "receipt", "report_url")} == {
        key: value for key, value in batched.items() if key not in ("id", "receipt", "report_url")
    }


def test_the_receipt_of_each_opens_its_report(service: Service) -> None:
    results = post([{"service": "acme", "note": "one"}, {"service": "acme", "note": "two"}]).json()["results"]
    for result, note in zip(results, ("one", "two"), strict=True):
        report = result["report"]
        own = Client().get(f"/api/v1/reports/{report['id']}", headers={"X-Receipt": report["receipt"]})
        assert own.json()["note"] == note


def test_the_rules_see_what_the_same_reporter_said_further_up(service: Service) -> None:
    same = post([{"service": "acme"}, {"service": "acme"}], **{"X-Reporter": "device"}).json()
    assert [result["status"] for result in same["results"]] == [201, 200]
    assert same["results"][1]["report"]["id"] == same["results"][0]["report"]["id"]
    again = post([{"service": "acme"}], **{"X-Reporter": "device"}).json()
    assert (again["repeated"], again["results"][0]["report"]["id"]) == (1, same["results"][0]["report"]["id"])
    assert Report.objects.count() == 1


def test_many_reports_of_earlier_times_by_one_reporter_are_held(service: Service) -> None:
    moments = [(timezone.now() - timedelta(hours=hours)).isoformat() for hours in range(1, 6)]
    body = [{"service": "acme", "occurred_at": moment} for moment in moments]
    results = post(body, **{"X-Reporter": "device"}).json()["results"]
    assert [result["report"]["rule"] for result in results] == ["", "", "", "backdated_burst", "backdated_burst"]


def test_five_hundred_reports_cost_a_handful_of_queries(service: Service) -> None:
    post([{"service": "acme"}])
    wrong_and_right = [one for number in range(250) for one in ({"service": "acme"}, {"service": f"acne-{number}"})]
    with CaptureQueriesContext(connection) as queries:
        answer = post(wrong_and_right).json()
    assert (answer["stored"], answer["refused"]) == (250, 250)
    assert Report.objects.count() == 251
    assert len(queries) <= 7, [query["sql"][:80] for query in queries]
    hints = ["Did you mean" in result["problem"]["detail"] for result in answer["results"][1::2]]
    assert 0 < sum(hints) <= 10, "a word that resembles a wrong one is sought a few times, since each looks at all"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not-json"),
        (b"[", 400, "not-json"),
        (b'[{"service": "acme"},]', 400, "not-json"),
        (b'[{"service": "\\ud800"}]', 400, "not-json"),
        (b"[" * 60_000, 400, "not-json"),
        (b"[]", 422, "invalid-report"),
        (b"{}", 422, "invalid-report"),
        (b"null", 422, "invalid-report"),
        (b'"acme"', 422, "invalid-report"),
        ([{"service": "acme"}] * 501, 422, "invalid-report"),
        ([{"service": "acme", "note": "x" * 600_000}], 413, "too-large"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(service: Service, body: Any, status: int, code: str) -> None:
    response = post(body)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == f"/api/problems/{code}"
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    "item",
    [
        b'{"service": "\xff"}',
        b'{"service": "a\\u0000b"}',
        b'{"note": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"note": ' + b"[" * 9000 + b'"],["' + b"]" * 9000 + b"}",
        b'{"service": "acme", "lat": 1e999, "lon": 0}',
        b"null",
        b"[]",
    ],
)
def test_one_hostile_report_does_not_keep_the_others_out(service: Service, item: bytes) -> None:
    response = post(b'[{"service": "acme"}, ' + item + b', {"service": "acme"} ]')
    assert response.status_code == 200, response.content
    statuses = [result["status"] for result in response.json()["results"]]
    assert (statuses[0], statuses[2]) == (201, 201)
    assert 400 <= statuses[1] < 500
    assert Report.objects.count() == 2


@pytest.mark.parametrize("body", [b"[" * 9000, b'[{"service": "acme"}, ' + b"[" * 9000, b"[" + b'{"note":' * 5000])
def test_what_is_nested_too_deeply_and_does_not_end_is_no_json(service: Service, body: bytes) -> None:
    response = post(body)
    assert (response.status_code, response.json()["type"]) == (400, "/api/problems/not-json")


def test_only_json_is_read(service: Service) -> None:
    assert Client().post(URL, "[]", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_batches_are_only_posted(service: Service, method: str) -> None:
    response = getattr(Client(), method)(URL)
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST, OPTIONS"


def test_a_repeated_request_gets_the_same_answer(service: Service) -> None:
    body = [{"service": "acme"}, {"service": "acne"}, {"service": "acme", "symptom": "nope"}]
    first = post(body, **{"Idempotency-Key": "a-key-of-mine"})
    second = post(body, **{"Idempotency-Key": "a-key-of-mine"})
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Report.objects.count() == 1
    assert first.json()["results"][0]["report"]["receipt"] not in json.dumps(IdempotencyKey.objects.get().body)


def test_what_cannot_be_kept_is_quoted_so_that_the_answer_can_be_repeated(service: Service) -> None:
    body = [{"service": "acme"}, {"service": "a\u0000c"}, {"service": "acme", "country": "N\u0000"}]
    first = post(body, **{"Idempotency-Key": "a-key-of-mine"})
    assert [one["status"] for one in first.json()["results"]] == [201, 404, 422]
    assert post(body, **{"Idempotency-Key": "a-key-of-mine"}).json() == first.json()


def test_the_same_key_for_another_batch_is_a_problem(service: Service) -> None:
    post([{"service": "acme"}], **{"Idempotency-Key": "a-key-of-mine"})
    response = post([{"service": "acme", "kind": "working"}], **{"Idempotency-Key": "a-key-of-mine"})
    assert response.status_code == 422
    assert response.json()["type"] == "/api/problems/idempotency-key-reused"
    assert Report.objects.count() == 1


def test_a_batch_that_stored_nothing_does_not_use_up_its_key(service: Service) -> None:
    assert post([{"service": "acne"}], **{"Idempotency-Key": "a-key-of-mine"}).json()["stored"] == 0
    assert post([{"service": "acme"}], **{"Idempotency-Key": "a-key-of-mine"}).json()["stored"] == 1


def test_while_the_database_is_away_the_answer_says_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_values: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(batch, "take_many", away)
    response = post([{"service": "acme"}])
    assert response.status_code == 503
    assert response.headers["Retry-After"] in "56789"
