"""The database away: pages, forms and the API say so with 503 and when to come again, and lose nothing typed."""

import re
from pathlib import Path

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection

from config.database import failures
from config.logs import Sampler
from reports.languages import LANGUAGES

PROJECT = Path(__file__).resolve().parent.parent.parent
FORM = "/acme/report"
TYPED = {"symptom": "login-failed", "token": "2f6f7b3e-0000-4000-8000-000000000001", "note": "since lunch"}


@pytest.fixture
def service(db):
    from config.process_cache import CACHE
    from reports.catalog import schema
    from reports.catalog.store import store
    from reports.models import Service

    CACHE.clear()
    store(
        schema.Catalog(
            slug="acme",
            name="Acme",
            default_component="app",
            components=[schema.Component(slug="app", name="Mobile app")],
            symptoms=[schema.Symptom(slug="login-failed", name="Cannot sign in")],
        )
    )
    yield Service.objects.get(slug="acme")
    CACHE.clear()


@pytest.fixture
def away():
    """Makes every statement fail from now on, as psycopg does by Django; returns how often one was tried."""
    tried = []

    def refuse(execute, sql, params, many, context):
        tried.append(sql)
        raise OperationalError("the connection is lost\nDETAIL: by a test")

    with connection.execute_wrapper(refuse):
        yield tried


def is_503(answer):
    assert answer.status_code == 503
    assert answer["Retry-After"] in "56789"
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/acme/", "/acme/map", "/acme/history", "/acme/is-it-me"])
def test_a_page_says_that_the_data_cannot_be_reached(client, service, away, path):
    assert "We can&#x27;t reach our data right now." in is_503(client.get(path))
    assert away


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_it_says_so_in_the_visitor_s_language(client, service, away, tag):
    answer = client.get(f"/{tag}/acme/")
    is_503(answer)
    assert answer["Content-Language"].lower().startswith(tag.partition("_")[0].partition("-")[0].lower())


@pytest.mark.parametrize(
    "path", ["/api/v1/services/acme/status", "/api/v1/services", "/api/v1/services/acme/incidents"]
)
def test_the_api_answers_with_a_problem(client, service, away, path):
    answer = client.get(path)
    is_503(answer)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/api/problems/unavailable"


def test_a_form_that_cannot_be_stored_comes_back_filled_in_and_with_its_token(client, service, request):
    assert client.get(FORM).status_code == 200
    request.getfixturevalue("away")
    page = is_503(client.post(FORM, TYPED))
    assert "We couldn&#x27;t store this just now." in page
    assert "since lunch" in page
    assert TYPED["token"] in page
    assert 'value="login-failed" id="symptom_login-failed" checked' in page


def test_an_empty_form_is_shown_all_the_same_where_the_service_was_seen_before(client, service, request):
    assert client.get(FORM).status_code == 200
    request.getfixturevalue("away")
    assert client.get(FORM).status_code == 200
    assert client.get("/elsewhere/report").status_code == 503


def test_a_correction_that_cannot_be_stored_comes_back_filled_in(client, service, monkeypatch):
    from reports.intake import corrections

    receipt = client.post(FORM, TYPED)["Location"]

    def fails(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(corrections, "correct", fails)
    address = receipt.partition("?")[0].rstrip("/") + "/correct"
    page = is_503(client.post(address, {**TYPED, "note": "since breakfast"}))
    assert "since breakfast" in page


def test_a_report_and_a_batch_are_refused_with_when_to_send_them_again(client, service, away):
    report = {"service": "acme", "symptom": "login-failed"}
    for path, body in (("/api/v1/reports", report), ("/api/v1/reports/batch", [report])):
        answer = client.post(path, body, content_type="application/json")
        is_503(answer)
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), psycopg.errors.DiskFull("no space left")])
def test_what_goes_wrong_within_a_copy_is_503_too(client, service, monkeypatch, error):
    def breaks(self, text):
        raise error

    monkeypatch.setattr(psycopg.Copy, "write", breaks)
    report = {"service": "acme", "symptom": "login-failed"}
    is_503(client.post("/api/v1/reports/batch", [report], content_type="application/json"))


def test_a_report_that_came_too_late_to_the_server_is_refused_and_not_stored(client, service, monkeypatch):
    from datetime import UTC, datetime

    from reports.models import Report

    monkeypatch.setattr("reports.intake.insertion.too_late_at", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(connection, "close", lambda: None)  # this test's transaction lives in it
    report = {"service": "acme", "symptom": "login-failed"}
    is_503(client.post("/api/v1/reports", report, content_type="application/json"))
    assert Report.objects.count() == 0
    monkeypatch.setattr("reports.intake.insertion.too_late_at", lambda: datetime(2999, 1, 1, tzinfo=UTC))
    assert client.post("/api/v1/reports", report, content_type="application/json").status_code == 201


def test_other_errors_stay_errors():
    assert failures.is_away(OperationalError("gone"))
    assert failures.is_away(InterfaceError("closed"))
    assert failures.is_away(psycopg.errors.ReadOnlySqlTransaction("standby"))
    assert not failures.is_away(ValueError("mine"))
    assert not failures.is_away(psycopg.errors.UndefinedTable("none"))
    mine = RuntimeError("mine")
    mine.__cause__ = OperationalError("gone")
    assert failures.is_away(mine)


def test_many_refusals_are_one_line_in_the_log(client, service, away, caplog, monkeypatch):
    monkeypatch.setattr(failures, "_sampler", Sampler(every_s=3600))
    for _ in range(5):
        client.get("/acme/")
        client.get("/api/v1/services/acme/status")
        client.post("/api/v1/reports", {"service": "acme"}, content_type="application/json")
    lines = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert lines == ["a page could not be made: the connection is lost (0 more of this kind)"]


def test_every_copy_has_its_errors_translated():
    """Django translates the errors of statements, and not those within a COPY."""
    copies = []
    for package in ("reports", "outages"):
        for file in (PROJECT / package).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            copies += [file] * len(re.findall(r"cursor\.copy\(", text))
            assert "cursor.copy(" not in text or "wrap_database_errors" in text, file
    assert len(copies) >= 3
