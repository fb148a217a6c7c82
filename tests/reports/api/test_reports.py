"""Reports as they are posted: what is stored, and what is a problem."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from reports.intake.receipts import moment_of
from reports.models import Report, Service
from reports.privacy.origin import REPORTER_COOKIE

from .requests import URL, assert_problem, post

pytestmark = pytest.mark.django_db


def test_a_report_is_stored_and_answered_with_a_receipt(service: Service) -> None:
    response = post({"service": "acme", "symptom": "http-503", "platform": "ios", "error_code": "503", "note": "gone"})
    assert response.status_code == 201, response.content
    answer = response.json()
    report = Report.objects.get()
    assert UUID(answer["id"]) == report.id
    assert answer["counted"] is True
    assert answer["rule"] == ""
    assert answer["repeated"] is False
    assert answer["url"].endswith("/acme/")
    assert answer["status_url"].endswith("/api/v1/services/acme/status")
    assert response.headers["Location"] == answer["report_url"]
    assert response.headers["Cache-Control"] == "no-store"
    assert (report.component.slug, report.symptom.slug, report.kind) == ("app", "http-503", Report.Kind.PROBLEM)
    assert (report.platform, report.error_code, report.note, report.door) == ("ios", "503", "gone", "api")
    assert report.at.replace(second=0) == report.received_at == report.occurred_at
    assert (report.at.microsecond, report.received_at.second) == (0, 0)
    assert not report.late
    assert answer["receipt"] not in str(vars(report))
    moment = moment_of(report.id)
    assert moment is not None
    assert moment == report.received_at


@pytest.mark.parametrize("from_here", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_a_script_of_our_pages_stands_for_the_form(service: Service, from_here: dict[str, str]) -> None:
    client = Client()
    first = post({"service": "acme", "symptom": "http-503"}, client, **from_here)
    assert first.cookies[REPORTER_COOKIE]["httponly"]
    second = post({"service": "acme", "symptom": "http-503"}, client, **from_here)
    assert (second.status_code, second.json()["id"]) == (200, first.json()["id"])
    assert second.cookies == {}
    assert Report.objects.get().door == "web"


@pytest.mark.parametrize("elsewhere", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}])
def test_what_others_send_sets_no_cookie_and_heeds_none(service: Service, elsewhere: dict[str, str]) -> None:
    client = Client()
    client.cookies[REPORTER_COOKIE] = "a-token-of-ours"
    answers = [post({"service": "acme", "symptom": "http-503"}, client, **elsewhere) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert all(answer.cookies == {} for answer in answers)
    assert set(Report.objects.values_list("door", flat=True)) == {"api"}


def test_two_that_waited_are_two_where_they_speak_of_times_apart(service: Service) -> None:
    client, now = Client(), timezone.now()
    for minutes in (6, 3, 2):
        said = {"service": "acme", "symptom": "http-503", "occurred_at": (now - timedelta(minutes=minutes)).isoformat()}
        post(said, client, **{"Sec-Fetch-Site": "same-origin", "Idempotency-Key": f"waited-{minutes}"})
    assert Report.objects.count() == 2


def test_without_a_component_the_symptoms_own_is_meant(service: Service) -> None:
    post({"service": "acme", "symptom": "login-failed"})
    assert Report.objects.get().component.slug == "login"


def test_without_component_and_symptom_the_default_component_is_meant(service: Service) -> None:
    post({"service": "acme"})
    assert Report.objects.get().component.slug == "app"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not-json"),
        (b"{", 400, "not-json"),
        (b'{"service": "acme",}', 400, "not-json"),
        (b'{"service": "\xff"}', 400, "not-json"),
        (b'{"service": "\\ud800"}', 400, "not-json"),
        (b"[" * 60_000, 422, "invalid-report"),
        (b'{"note": ' + b"[" * 60_000, 422, "invalid-report"),
        (b"[]", 422, "invalid-report"),
        (b"null", 422, "invalid-report"),
        (b"{}", 422, "invalid-report"),
        ({"service": 5}, 422, "invalid-report"),
        ({"service": "acne"}, 404, "unknown-service"),
        ({"service": "a\0b"}, 404, "unknown-service"),
        ({"service": "x" * 5000}, 404, "unknown-service"),
        ({"service": "acme", "symptom": "http-504"}, 422, "invalid-report"),
        ({"service": "acme", "symptom": "\0"}, 422, "invalid-report"),
        ({"service": "acme", "component": "ap"}, 422, "invalid-report"),
        ({"service": "acme", "kind": "broken"}, 422, "invalid-report"),
        ({"service": "acme", "platform": "fridge"}, 422, "invalid-report"),
        ({"service": "acme", "color": "red"}, 422, "invalid-report"),
        ({"service": "acme", "lat": 91, "lon": 0}, 422, "invalid-report"),
        ({"service": "acme", "lat": 52}, 422, "invalid-report"),
        ({"service": "acme", "lon": 4}, 422, "invalid-report"),
        (b'{"service": "acme", "lat": 1e999, "lon": 0}', 422, "invalid-report"),
        (b'{"service": "acme", "lat": NaN, "lon": 0}', 400, "not-json"),
        ({"service": "acme", "lat": 10**60, "lon": 0}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": "1970-01-01T00:00:00Z"}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": "2090-01-01T00:00:00Z"}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": "9999-12-31T23:59:59-14:00"}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": "0001-01-01T00:00:00+14:00"}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": "2026-01-01T00:00:00"}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": "yesterday"}, 422, "invalid-report"),
        ({"service": "acme", "occurred_at": 10**400}, 422, "invalid-report"),
        ({"service": "acme", "note": "x" * 501}, 422, "invalid-report"),
        ({"service": "acme", "error_code": "5'03; DROP"}, 422, "invalid-report"),
        ({"service": "acme", "error_code": "5" * 41}, 422, "invalid-report"),
        ({"service": "acme", "error_code": "503\0"}, 422, "invalid-report"),
    ],
)
def test_a_wrong_body_is_a_problem_that_says_what_to_change(
    service: Service, body: Any, status: int, code: str
) -> None:
    assert_problem(post(body), status, code)


def test_broken_json_is_located_by_line_and_column(service: Service) -> None:
    problem = assert_problem(post('{"service": "acme",\n "symptom": oops}'), 400, "not-json")
    assert "line 2, column 13" in problem["detail"]


def test_a_problem_names_every_wrong_field_and_what_is_close(service: Service) -> None:
    problem = assert_problem(
        post({"service": "acme", "symptom": "http-530", "component": "logn", "note": "y" * 600}), 422, "invalid-report"
    )
    messages = {error["field"]: error["message"] for error in problem["errors"]}
    assert "Did you mean http-503?" in messages["symptom"]
    assert "Did you mean login?" in messages["component"]
    assert "500" in messages["note"]


def test_an_unknown_field_is_told_with_the_one_that_was_meant(service: Service) -> None:
    problem = assert_problem(post({"service": "acme", "symptoms": "http-503"}), 422, "invalid-report")
    assert problem["errors"] == [{"field": "symptoms", "message": "There is no such field. Did you mean symptom?"}]


def test_an_unknown_service_is_told_with_the_one_that_was_meant(service: Service) -> None:
    assert "Did you mean acme?" in assert_problem(post({"service": "acmee"}), 404, "unknown-service")["detail"]


def test_a_service_that_was_retired_takes_no_reports(service: Service) -> None:
    Service.objects.update(is_active=False)
    assert_problem(post({"service": "acme"}), 404, "unknown-service")


def test_recorded_services_take_no_reports(recorded: Service) -> None:
    assert_problem(post({"service": "recorded"}), 403, "not-accepting-reports")


def test_a_body_of_five_megabytes_is_too_large(service: Service) -> None:
    assert_problem(post({"service": "acme", "note": "x" * 5_000_000}), 413, "too-large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/xml", ""])
def test_only_json_is_read(service: Service, content_type: str) -> None:
    response = Client().post(URL, '{"service": "acme"}', content_type=content_type)
    assert_problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_not_allowed(service: Service, method: str) -> None:
    response = getattr(Client(), method)(URL)
    assert_problem(response, 405, "method-not-allowed")
    assert "POST" in response.headers["Allow"]


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "country", "region"),
    [
        ({"country": "NL"}, "NL", ""),
        ({"country": "nl", "region": "nl-nh"}, "NL", "NL-NH"),
        ({"region": "NL-NH"}, "NL", "NL-NH"),
        ({"region": "NL-ZZZ"}, "NL", ""),
        ({"lat": 52.37, "lon": 4.9}, "NL", "NL-NH"),
        ({"lat": 42.886, "lon": -78.878}, "US", "US-NY"),
        ({"country": "DE", "lat": 52.37, "lon": 4.9}, "DE", ""),
        ({"lat": 0, "lon": -150}, "", ""),
        ({"country": "", "region": None}, "", ""),
        ({}, "", ""),
    ],
)
def test_a_place_is_the_chosen_one_else_that_of_the_coordinates(
    service: Service, place: dict[str, Any], country: str, region: str
) -> None:
    assert post({"service": "acme", **place}).status_code == 201
    report = Report.objects.get()
    assert (report.country, report.region) == (country, region)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"country": "Netherlands"}, "country"),
        ({"country": "QQ"}, "country"),
        ({"country": "N\0"}, "country"),
        ({"region": "Noord-Holland"}, "region"),
        ({"region": "QQ-1"}, "region"),
        ({"country": "DE", "region": "NL-NH"}, "region"),
    ],
)
def test_a_place_that_does_not_exist_is_a_problem(service: Service, place: dict[str, Any], field: str) -> None:
    problem = assert_problem(post({"service": "acme", **place}), 422, "invalid-report")
    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_region_that_is_not_in_the_table_is_told_to_the_reporter(service: Service) -> None:
    assert "only its country NL counts" in post({"service": "acme", "region": "NL-ZZZ"}).json()["message"]


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_report_of_minutes_ago_counts_when_it_comes_in(service: Service) -> None:
    occurred = timezone.now() - timedelta(minutes=9)
    assert post({"service": "acme", "occurred_at": occurred.isoformat()}).status_code == 201
    report = Report.objects.get()
    assert report.occurred_at == occurred.replace(second=0, microsecond=0)
    assert report.at.replace(second=0) == report.received_at
    assert not report.late


def test_a_report_that_waited_offline_counts_at_its_own_time(service: Service) -> None:
    occurred = timezone.now() - timedelta(hours=5)
    assert post({"service": "acme", "occurred_at": occurred.isoformat()}).status_code == 201
    report = Report.objects.get()
    assert report.at == report.occurred_at == occurred.replace(second=0, microsecond=0)
    assert report.late


def test_a_clock_a_minute_ahead_is_forgiven(service: Service) -> None:
    ahead = timezone.now() + timedelta(minutes=1)
    assert post({"service": "acme", "occurred_at": ahead.isoformat()}).status_code == 201
    assert Report.objects.get().at <= timezone.now()
