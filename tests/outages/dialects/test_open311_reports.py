"""Open311 GeoReport v2 as reports come in by it: nothing of a person is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories

from .conftest import MINUTE

Read = Callable[..., Any]
ROOT = "/open311/v2"
FORMS = ("json", "xml")


def post(client: Any, form: dict[str, str], status: int = 200, kind: str = "json", **headers: str) -> Any:
    """Posts a report and gives the answer's rows, or the errors."""
    answer = client.post(
        f"{ROOT}/requests.{kind}", urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers
    )
    assert answer.status_code == status, answer.content
    assert answer["Cache-Control"] == "no-store"
    if kind == "json":
        rows = answer.json()
        assert isinstance(rows, list)
        return rows
    return ElementTree.fromstring(answer.content)


def the_report() -> Any:
    """The only report that was stored."""
    from reports.models import Report

    return Report.objects.select_related("component", "symptom").get()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORMS)
def test_a_report_comes_in_by_the_same_door_keeper(client: Any, service: Any, kind: str) -> None:
    form = {
        "service_code": "acme.login",
        "attribute[symptom]": "login-failed",
        "attribute[platform]": "ios",
        "description": "It <b>fails</b> for me",
        "lat": "52.37",
        "long": "4.9",
    }
    post(client, form, kind=kind)
    report = the_report()
    assert (report.component.slug, report.symptom.slug, report.platform) == ("login", "login-failed", "ios")
    assert (report.country, report.region, report.note) == ("NL", "NL-NH", "It fails for me")
    assert report.door == "open311"


@pytest.mark.django_db
def test_nothing_of_a_person_is_kept_and_the_answer_says_so(client: Any, service: Any) -> None:
    personal = {
        "email": "jane@example.org",
        "first_name": "Jane",
        "last_name": "Roe",
        "phone": "555-0100",
        "account_id": "jane77",
        "address_string": "1 Main Street",
        "address_id": "8123",
        "media_url": "https://example.org/jane.jpg",
    }
    (row,) = post(client, {"service_code": "acme.app", "lat": "52.3712345", "long": "4.9012345", **personal})
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM reports_report r")
        (stored,) = [line for (line,) in cursor.fetchall()]
    for value in [*personal.values(), "52.37", "4.90", "127.0.0.1"]:
        assert value not in stored
    assert all(name in row["service_notice"] for name in personal)


@pytest.mark.django_db
def test_a_picture_is_said_to_be_left_out(client: Any, service: Any) -> None:
    """As `three` sends one: in a part of its own."""
    form = {"service_code": "acme.app", "description": "It fails", "media": SimpleUploadedFile("photo.png", b"PNG")}
    answer = client.post(f"{ROOT}/requests.json", form)
    assert answer.status_code == 200
    assert "keeps nothing personal: media." in answer.json()[0]["service_notice"]


@pytest.mark.django_db
def test_the_answer_opens_ones_own_report_and_nobody_keeps_it(
    client: Any, read: Read, service: Any, now: datetime
) -> None:
    (row,) = post(client, {"service_code": "acme.app", "description": "Down", "attribute[error_code]": "503"})
    answer = read(f"{ROOT}/requests/{row['service_request_id']}.json")
    assert answer["Cache-Control"] == "no-store"
    (mine,) = answer.json()
    assert (mine["service_request_id"], mine["service_code"], mine["description"]) == (
        row["service_request_id"],
        "acme.app",
        "Down",
    )
    assert mine["status"] == "closed"
    factories.an_incident(service, now - MINUTE)
    assert read(f"{ROOT}/requests/{row['service_request_id']}.json").json()[0]["status"] == "open"


@pytest.mark.django_db
def test_the_id_without_its_receipt_opens_nothing(client: Any, read: Read, service: Any) -> None:
    (row,) = post(client, {"service_code": "acme.app"})
    report_id, _, _receipt = row["service_request_id"].partition(".")
    assert read(f"{ROOT}/requests/{report_id}.json", 404).json()[0]["code"] == 404
    assert read(f"{ROOT}/requests/{report_id}.wrong.json", 403).json()[0]["code"] == 403
    assert read(f"{ROOT}/requests.json").json() == []


@pytest.mark.django_db
def test_a_second_tap_of_a_device_is_the_same_request(client: Any, service: Any) -> None:
    form = {"service_code": "acme.app", "device_id": "a-device"}
    (first,), (second,) = post(client, form), post(client, form)
    assert first["service_request_id"] == second["service_request_id"]
    the_report()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "status", "named"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"description": "Down"}, 400, "service_code"),
        ({"service_code": "acme.nothing"}, 404, "service_code"),
        ({"service_code": "nobody.app"}, 404, "service_code"),
        ({"service_code": "acme.app", "attribute[symptom]": "headache"}, 400, "attribute[symptom]"),
        ({"service_code": "acme.app", "attribute[kind]": "odd"}, 400, "attribute[kind]"),
        ({"service_code": "acme.app", "attribute[error_code]": "?" * 99}, 400, "attribute[error_code]"),
        ({"service_code": "acme.app", "lat": "north", "long": "4"}, 400, "lat"),
        ({"service_code": "acme.app", "lat": "nan", "long": "4"}, 400, "lat"),
        ({"service_code": "acme.app", "lat": "91", "long": "4"}, 400, "lat"),
        ({"service_code": "acme.app", "lat": "52", "long": "181"}, 400, "long"),
        ({"service_code": "acme.app", "lat": "52"}, 400, "long"),
        ({"service_code": "acme.app", "device_id": "x" * 201}, 400, "device_id"),
    ],
)
def test_a_wrong_form_is_refused_by_name_and_nothing_is_stored(
    client: Any, service: Any, form: dict[str, str], status: int, named: str
) -> None:
    from reports.models import Report

    (error,) = post(client, form, status)
    assert error["code"] == status
    assert error["description"].startswith(f"{named}:")
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_a_service_that_plays_back_the_past_takes_no_report(client: Any, now: datetime) -> None:
    factories.a_service(clock="recorded", accepts_reports=False, provenance="Made up.")
    (error,) = post(client, {"service_code": "acme.app"}, 403)
    assert error["code"] == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "null"}]
)
def test_a_page_elsewhere_cannot_report_in_its_visitors_names(
    client: Any, service: Any, headers: dict[str, str]
) -> None:
    from reports.models import Report

    post(client, {"service_code": "acme.app"}, 403, **headers)
    assert not Report.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"service_code": "acme.app"}', "application/json", 400),
        (b"service_code=acme.app", "text/plain", 400),
        (b"description=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a%d=1" % i for i in range(2000)), "application/x-www-form-urlencoded", 400),
        (b"--x\r\n", "multipart/form-data", 400),
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded", 400),
        (b"service_code=acme.app", "application/x-www-form-urlencoded; charset=nonsense", 400),
        (b"service_code=acme.app", "application/x-www-form-urlencoded; charset=rot13", 400),
        (b"service_code=acme.app&description=%E9", "application/x-www-form-urlencoded; charset=utf-8", 400),
    ],
)
@pytest.mark.parametrize("kind", FORMS)
def test_a_body_that_is_no_form_is_refused_as_a_list_of_errors(
    client: Any, service: Any, body: bytes, content_type: str, status: int, kind: str
) -> None:
    answer = client.generic("POST", f"{ROOT}/requests.{kind}", body, content_type=content_type)
    assert answer.status_code == status
    if kind == "json":
        assert {error["code"] for error in answer.json()} == {status}
    else:
        assert ElementTree.fromstring(answer.content).tag == "errors"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"description=caf%C3%A9", "; charset=utf-8"),
        (b"description=caf%C3%A9", ""),
        (b"description=caf%E9", "; charset=ISO-8859-1"),
        (b"description=caf\xe9", '; charset="latin-1"'),
        (b"description=caf%E9", ""),
        (b"description=caf%e9", "; charset=windows-1252"),
    ],
)
def test_a_form_is_read_in_the_charset_that_it_is_in(client: Any, service: Any, body: bytes, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded{charset}"
    answer = client.generic("POST", f"{ROOT}/requests.json", b"service_code=acme.app&" + body, content_type=kind)
    assert answer.status_code == 200, answer.content
    assert the_report().note == "caf\u00e9"


@pytest.mark.django_db
def test_a_long_description_is_cut_and_the_answer_says_so(client: Any, service: Any) -> None:
    (row,) = post(client, {"service_code": "acme.app", "description": "x" * 4000})
    assert len(the_report().note) == 500
    assert "first 500 characters" in row["service_notice"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORMS)
def test_ones_own_report_is_found_by_its_id_among_the_requests(client: Any, read: Read, outage: Any, kind: str) -> None:
    (row,) = post(client, {"service_code": "acme.app"})
    mine = row["service_request_id"]
    answer = read(f"{ROOT}/requests.{kind}?service_request_id={mine},acme-1,{mine}x,acme-7")
    assert answer["Cache-Control"] == "no-store"
    if kind == "json":
        assert [each["service_request_id"] for each in answer.json()] == [mine, "acme-1"]
    else:
        found = ElementTree.fromstring(answer.content).iter("service_request_id")
        assert [each.text for each in found] == [mine, "acme-1"]


NAMES = st.sampled_from(
    ["service_code", "lat", "long", "description", "device_id", "attribute[symptom]", "attribute[kind]",
     "attribute[platform]", "attribute[error_code]", "attribute[", "attribute[]", "email", "jurisdiction_id"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["acme.app", "acme.", ".app", "acme", "52.3", "-1e400", "inf", "problem", "http-503", "ios"]),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
)


@pytest.mark.django_db
@given(form=st.dictionaries(st.one_of(NAMES, st.text(st.characters(exclude_categories=("Cs",)), max_size=9)), VALUES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_no_form_breaks_anything(service: Any, form: dict[str, str]) -> None:
    answer = Client(raise_request_exception=True).post(
        f"{ROOT}/requests.json", urlencode(form), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (200, 400, 404)
    assert isinstance(answer.json(), list)


@pytest.mark.django_db
def test_attributes_of_a_client_s_own_hold_up_no_report(client: Any, service: Any) -> None:
    """FixMyStreet sends some with every report."""
    form = {"service_code": "acme.app", "description": "Down", "attribute[uprn]": "100023", "attribute[title]": "x"}
    (row,) = post(client, form)
    assert "Not read: attribute[title], attribute[uprn]." in row["service_notice"]
    assert the_report().component.slug == "app"
