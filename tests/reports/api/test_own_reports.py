"""A report as its own reporter opens it again: to read, correct and withdraw it, by its receipt."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from reports.models import Report, Service

from .requests import URL, post

pytestmark = pytest.mark.django_db


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
