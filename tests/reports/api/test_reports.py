"""POST, GET, PATCH and DELETE of reports, through the real views and the real database."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from reports.intake.receipts import moment_of
from reports.models import IdempotencyKey, Report, Service
from reports.privacy.origin import REPORTER_COOKIE

pytestmark = pytest.mark.django_db

URL = "/api/v1/reports"


def post(body: Any, client: Client | None = None, **headers: str) -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return (client or Client()).generic("POST", URL, content, headers=headers, CONTENT_TYPE="application/json")


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is a problem document of this kind, and nothing was stored."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.content)
    assert problem["type"] == f"/api/problems/{code}"
    assert problem["status"] == status
    assert problem["detail"]
    assert Report.objects.count() == 0
    return problem


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


# ── the same again ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────


def own(answer: Any) -> tuple[str, dict[str, str]]:
    """The address of a report and the header that opens it."""
    return f"{URL}/{answer['id']}", {"Authorization": f"Bearer {answer['receipt']}"}


def test_the_reporter_reads_their_report_again(service: Service) -> None:
    url, headers = own(post({"service": "acme", "symptom": "http-503", "note": "x"}).json())
    found = Client().get(url, headers=headers)
    assert found.status_code == 200
    assert found.json()["symptom"] == "http-503"
    assert found.json()["counted"] is True
    assert not {"network", "wide_network", "reporter", "asn"} & found.json().keys()
    assert Client().get(url, headers={"X-Receipt": headers["Authorization"][7:]}).status_code == 200


def test_the_reporter_corrects_their_report(service: Service) -> None:
    url, headers = own(post({"service": "acme", "symptom": "http-503", "note": "x", "platform": "ios"}).json())
    body = {"symptom": "login-failed", "component": "login", "kind": "recovered", "note": None}
    corrected = Client().patch(url, body, content_type="application/json", headers=headers)
    assert corrected.status_code == 200, corrected.content
    report = Report.objects.get()
    assert (report.symptom.slug, report.component.slug, report.kind) == ("login-failed", "login", 2)
    assert (report.note, report.platform) == ("", "ios")
    assert report.corrected_at is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"symptom": "nope"}, "symptom"),
        ({"component": "nope"}, "component"),
        ({"service": "other"}, "service"),
        ({"occurred_at": "2026-01-01T00:00:00Z"}, "occurred_at"),
        ({"kind": None}, "kind"),
    ],
)
def test_a_wrong_correction_changes_nothing(service: Service, body: Any, field: str) -> None:
    url, headers = own(post({"service": "acme", "symptom": "http-503"}).json())
    before = Report.objects.values().get()
    refused = Client().patch(url, body, content_type="application/json", headers=headers)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert Report.objects.values().get() == before


def test_a_withdrawn_report_loses_its_words_and_counts_no_more(service: Service) -> None:
    url, headers = own(post({"service": "acme", "note": "my words", "error_code": "503"}).json())
    assert Client().delete(url, headers=headers).status_code == 204
    report = Report.objects.get()
    assert report.withdrawn_at is not None
    assert (report.note, report.error_code) == ("", "")
    assert Client().get(url, headers=headers).json()["counted"] is False
    withdrawn_at = report.withdrawn_at
    assert Client().delete(url, headers=headers).status_code == 204
    assert Report.objects.get().withdrawn_at == withdrawn_at
    refused = Client().patch(url, {"kind": "working"}, content_type="application/json", headers=headers)
    assert refused.status_code == 409


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_nobody_else_reaches_a_report(service: Service, method: str) -> None:
    url, _ = own(post({"service": "acme"}).json())
    before = Report.objects.values().get()
    call = getattr(Client(), method)
    body: dict[str, Any] = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    missing = call(url, **body)
    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    assert call(url, headers={"X-Receipt": "a-guess"}, **body).status_code == 403
    assert call(f"{URL}/{uuid4()}", headers={"X-Receipt": "a-guess"}, **body).status_code == 404
    assert call(f"{URL}/not-an-id", headers={"X-Receipt": "a-guess"}, **body).status_code == 404
    assert call(f"{URL}/ffffffff-ffff-7fff-8fff-ffffffffffff", headers={"X-Receipt": "x"}, **body).status_code == 404
    assert Report.objects.values().get() == before


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
