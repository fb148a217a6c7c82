"""Whatever is sent, the answer is a receipt or a problem document, and never a failure of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.errors import Errors
from reports.intake.submissions import NOTE_CHARACTERS, check_error_code, clean_note
from reports.models import Report, Service

pytestmark = pytest.mark.django_db

MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(st.characters(codec=None), max_size=60)  # lone surrogates and NUL too
numbers = st.one_of(st.integers(), st.floats(), st.integers(10**30, 10**40))
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "component": st.sampled_from(["app", "login", "engine", "", None]),
    "symptom": st.sampled_from(["http-503", "login-failed", "nope", "", None]),
    "kind": st.sampled_from(["problem", "working", "recovered", "odd"]),
    "country": st.one_of(st.sampled_from(["NL", "us", "QQ", ""]), texts),
    "region": st.one_of(st.sampled_from(["NL-NH", "US-NY", "NL-ZZZ", "QQ-1"]), texts),
    "lat": st.floats(-100, 100),
    "lon": st.floats(-200, 200),
    "error_code": texts,
    "platform": st.sampled_from(["ios", "car", "", "fridge"]),
    "occurred_at": st.one_of(st.datetimes().map(lambda at: at.isoformat() + "Z"), texts),
    "note": texts,
}
nearly_right = st.fixed_dictionaries({"service": st.just("acme")}, optional=FIELDS)
spoilt = st.tuples(nearly_right, st.dictionaries(st.one_of(st.sampled_from(sorted(FIELDS)), texts), anything)).map(
    lambda parts: {**parts[0], **parts[1]}
)


def answered(body: bytes) -> int:
    """Sends a body; the status, once the answer has been found in order."""
    before = Report.objects.count()
    response = Client().generic("POST", "/api/v1/reports", body, CONTENT_TYPE="application/json")
    answer = json.loads(response.content)
    if response.status_code == 201:
        assert answer["receipt"]
        assert Report.objects.count() == before + 1
    else:
        assert 400 <= response.status_code < 500, response.content
        assert response.headers["Content-Type"] == "application/problem+json"
        assert answer["status"] == response.status_code
        assert answer["detail"]
        assert Report.objects.count() == before
    return response.status_code


@given(st.binary(max_size=400))
@MANY
def test_any_bytes(service: Service, body: bytes) -> None:
    answered(body)


@pytest.mark.slow
@given(anything)
@MANY
def test_any_json(service: Service, body: Any) -> None:
    answered(json.dumps(body).encode())


@pytest.mark.slow
@given(nearly_right)
@MANY
def test_fields_that_are_nearly_right(service: Service, body: Any) -> None:
    answered(json.dumps(body).encode())


@pytest.mark.slow
@given(spoilt)
@MANY
def test_fields_of_any_kind(service: Service, body: Any) -> None:
    answered(json.dumps(body).encode())


@given(st.dictionaries(st.sampled_from(["X-Reporter", "Idempotency-Key", "X-Receipt", "X-Forwarded-For"]), texts))
@MANY
def test_any_headers(service: Service, headers: dict[str, str]) -> None:
    sendable = {name: value.encode("utf-8", "replace").decode("latin-1") for name, value in headers.items()}
    response = Client().post("/api/v1/reports", {"service": "acme"}, "application/json", headers=sendable)
    assert response.status_code in (200, 201, 400, 422)


@given(st.text(st.characters(codec=None), max_size=2000))
@settings(max_examples=300)
def test_a_cleaned_note_can_be_stored_and_is_clean_already(note: str) -> None:
    cleaned = clean_note(note)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert cleaned == " ".join(cleaned.split())
    assert not any(ord(character) < 32 for character in cleaned)


@pytest.mark.parametrize(
    ("note", "cleaned"),
    [
        ("It says <b>503</b>", "It says 503"),
        ("<script>alert(1)</script>down", "down"),
        ("<img src=x onerror=alert(1)>down", "down"),
        ("5 < 6 & 7 > 2", "5 < 6 & 7 > 2"),
        ("I <3 my car", "I <3 my car"),
        ("a\0b\tc\r\nd", "a b c d"),
        ("right\u202eto left\u202c", "right to left"),
        ("cafe\u0301", "caf\u00e9"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 sad", "\U0001f468\u200d\U0001f469\u200d\U0001f467 sad"),
        ("   ", ""),
    ],
)
def test_a_note_is_plain_text(note: str, cleaned: str) -> None:
    assert clean_note(note) == cleaned


def test_the_longest_note_fits(service: Service) -> None:
    assert answered(json.dumps({"service": "acme", "note": "\U0001f697" * NOTE_CHARACTERS}).encode()) == 201
    assert len(Report.objects.get().note) == NOTE_CHARACTERS


@pytest.mark.parametrize("code", ["https://evil.example/x", "www.evil.example", "evil.com/pay", "http:evil.ru"])
def test_an_error_code_is_no_address(code: str) -> None:
    errors = Errors()
    assert check_error_code(code, errors) == ""
    assert errors.found


@pytest.mark.parametrize("code", ["503", "app:540", "E-1.2", "0x80/12", "net::ERR_FAILED"[:12]])
def test_usual_error_codes_are_taken(code: str) -> None:
    errors = Errors()
    assert check_error_code(code, errors) == code


@pytest.mark.parametrize("note", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", " -2+3", "==x"])
def test_a_note_is_no_formula(note: str) -> None:
    assert clean_note(note)[:1] not in ("=", "+", "-", "@")
