"""A report that goes the short way is answered as on the long one, whatever becomes of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import InternalError
from django.db.models import F
from django.test import Client, RequestFactory, override_settings

from reports.access import keys
from reports.api import short_way
from reports.api.short_way import before
from reports.intake import single
from reports.intake.rules import REPEAT_IN_SURGE
from reports.models import IdempotencyKey, Report, Service

SHORT = "reports.api.short_way.middleware"
# What a POST is answered with is kept by nobody, so that it is all the same what it would vary with.
VARYING = {"vary", "retry-after", "date", "location", "ratelimit", "content-security-policy", "content-length"}
REPORT = {"service": "acme", "symptom": "login-failed"}


def asked(body: Any = None, path: str = "/api/v1/reports", **headers: str) -> Any:
    """Return the answer to a POST, of a client whose failures become answers."""
    client = Client(raise_request_exception=False)
    return client.post(path, REPORT if body is None else body, content_type="application/json", headers=headers)


def both(*words: Any, **named: Any) -> tuple[Any, Any]:
    """Return the answers of the short way and of the long one."""
    long = [one for one in settings.MIDDLEWARE if one != SHORT]
    assert len(long) == len(settings.MIDDLEWARE) - 1
    short_answer = asked(*words, **named)
    Report.objects.all().delete()
    IdempotencyKey.objects.all().delete()
    with override_settings(MIDDLEWARE=long):
        return short_answer, asked(*words, **named)


def told(answer: Any) -> tuple[int, dict[str, str], set[str]]:
    """Return what must be the same: the status, the headers that do not vary, and the parts of the policy."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    policy = {part.strip() for part in headers.get("content-security-policy", "").split(";")}
    return answer.status_code, {name: value for name, value in headers.items() if name not in VARYING}, policy


def shape(answer: Any) -> Any:
    """Return a body's fields, and all of a problem."""
    body = json.loads(answer.content)
    return body if "title" in body else sorted(body)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words", "named"),
    [
        (201, (), {}),
        (201, (), {"x_reporter": "somebody"}),
        (201, (), {"idempotency_key": "a-key-of-mine"}),
        (201, (), {"sec_fetch_site": "same-origin"}),
        (200, ([REPORT],), {"path": "/api/v1/reports/batch"}),
        (422, ({"service": "acme", "symptom": "none"},), {}),
        (404, ({"service": "nobody's"},), {}),
        (400, (b"{",), {}),
        (400, (), {"host": "evil.example"}),
    ],
)
def test_both_ways_answer_alike(service: Service, status: int, words: Any, named: Any) -> None:
    short, long = both(*words, **named)
    assert short.status_code == status
    assert told(short) == told(long)
    assert shape(short) == shape(long)
    assert ("Content-Length" in short.headers) == ("Content-Length" in long.headers)
    assert sorted(short.cookies) == sorted(long.cookies)


@pytest.mark.django_db
@pytest.mark.parametrize(("step", "is_kept"), [("0", True), ("4", True), ("5", False), ("x", True)])
def test_a_front_that_is_hard_pressed_has_notes_left_out_and_the_receipt_says_so(
    service: Service, step: str, is_kept: bool
) -> None:
    noted = {**REPORT, "note": "since breakfast"}
    answer = Client().post("/api/v1/reports", noted, content_type="application/json", **{"brownout.step": step})
    assert answer.status_code == 201
    assert answer.json()["counted"]
    assert Report.objects.get().note == ("since breakfast" if is_kept else "")
    assert ("your note was not kept" in answer.json()["message"]) != is_kept


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["6", "7", "8"])
def test_at_a_late_step_who_counts_already_is_not_stored_again_and_the_receipt_says_so(
    service: Service, step: str
) -> None:
    def send(symptom: str, reporter: str = "one", **more: str) -> Any:
        body = {**REPORT, "symptom": symptom}
        named: Any = {"brownout.step": step, "headers": {"X-Reporter": reporter, **more}}
        return Client().post("/api/v1/reports", body, content_type="application/json", **named)

    first = send("login-failed").json()
    Report.objects.update(received_at=F("received_at") - timedelta(minutes=5), at=F("at") - timedelta(minutes=5))
    again = send("login-failed", idempotency_key="a-key-of-mine")
    is_left_out = step != "6"
    assert again.status_code == (200 if is_left_out else 201)
    assert Report.objects.count() == (1 if is_left_out else 2)
    assert (again.json()["id"] == first["id"]) == again.json()["repeated"] == is_left_out
    assert again.json()["rule"] == ("repeat_in_surge" if is_left_out else "")
    assert again.json()["message"] == (REPEAT_IN_SURGE if is_left_out else "Counted.")
    assert send("login-failed", idempotency_key="a-key-of-mine").json()["message"] == again.json()["message"]
    assert send("login-failed", "two").status_code == 201, "somebody else is stored"
    Report.objects.update(verdict=Report.Verdict.HELD, received_at=F("received_at") - timedelta(minutes=3))
    assert send("login-failed").status_code == 201, "what does not count stands for nothing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "cause"), [(503, psycopg.errors.ReadOnlySqlTransaction("standby")), (500, ValueError("mine"))]
)
def test_both_ways_fail_alike(service: Service, monkeypatch: pytest.MonkeyPatch, status: int, cause: Exception) -> None:
    def fails(*_words: Any, **_named: Any) -> None:
        raise InternalError("it failed") from cause

    monkeypatch.setattr(single, "take", fails)
    short, long = both()
    assert short.status_code == status
    assert short.headers["Content-Type"] == "application/problem+json"
    (_, short_headers, short_policy), (_, long_headers, long_policy) = told(short), told(long)
    assert long_headers.items() <= short_headers.items()
    assert short_policy == long_policy
    assert shape(short) == shape(long)
    assert not Report.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "named"),
    [
        (REPORT, {}),
        (REPORT, {"sec_fetch_site": "same-origin"}),
        ({"service": "acme", "symptom": "none"}, {}),
        (REPORT, {"authorization": "Bearer brownout_wrong"}),
        (REPORT, {"x_padding": "a" * 33_000}),
    ],
)
def test_a_web_server_gets_what_the_middleware_answers(
    service: Service, monkeypatch: pytest.MonkeyPatch, body: Any, named: dict[str, str]
) -> None:
    monkeypatch.setattr(short_way, "_begin", lambda: None)  # nor does Django's own client renew the test's connection
    by_middleware = asked(body, **named)
    sent = RequestFactory().post("/api/v1/reports", body, content_type="application/json", headers=named)
    said: list[tuple[str, list[tuple[str, str]]]] = []
    content = b"".join(before(passed_on)(sent.environ, lambda *words: said.append(words)))
    [(status, own)] = said
    assert status == f"{by_middleware.status_code} {by_middleware.reason_phrase}", content
    is_same = dict(by_middleware.headers).keys() == {name for name, _ in own if name != "Set-Cookie"}
    assert is_same, (sorted(by_middleware.headers), sorted(own))
    assert sorted(by_middleware.cookies) == sorted(text.split("=")[0] for name, text in own if name == "Set-Cookie")
    assert sorted(json.loads(content)) == sorted(json.loads(by_middleware.content))


def test_what_fails_before_the_view_is_a_problem_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_words: Any, **_named: Any) -> None:
        raise ValueError("mine")

    monkeypatch.setattr(short_way, "_begin", lambda: None)
    monkeypatch.setattr(keys, "identify", fails)
    sent = RequestFactory().post("/api/v1/reports", REPORT, content_type="application/json")
    said: list[Any] = []
    content = b"".join(before(passed_on)(sent.environ, lambda *words: said.append(words)))
    assert said[0][0] == "500 Internal Server Error", content
    assert json.loads(content)["type"] == "/api/problems/internal-error"


@pytest.mark.parametrize(
    ("method", "path", "host"),
    [
        ("GET", "/api/v1/reports", "testserver"),
        ("POST", "/api/v1/reports/", "testserver"),
        ("POST", "/api/v1/reports", "evil.example"),
    ],
)
def test_all_else_goes_on_to_django(method: str, path: str, host: str) -> None:
    environ = RequestFactory().generic(method, path, b"{}", content_type="application/json", HTTP_HOST=host).environ
    assert before(passed_on)(environ, lambda *_words: None) == [b"passed on"]
    assert environ["wsgi.input"].read() == b"{}"


def passed_on(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
    return [b"passed on"]
