"""Open311 GeoReport v2 as it is read: services and requests, in JSON and XML."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import xmltodict
from django.db import connection
from django.test.utils import CaptureQueriesContext
from georeport import GeoReport

from reports.places import get as place
from tests import factories

from .conftest import MINUTE

Read = Callable[..., Any]
ROOT = "/open311/v2"
FORMS = ("json", "xml")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", FORMS)
def test_a_client_of_georeport_reads_everything(outage: Any, now: datetime, live_server: Any, kind: str) -> None:
    factories.an_incident(outage.service, now - 9 * MINUTE)
    city = GeoReport(live_server.url + ROOT, output_format=kind)
    services = city.get_service_list()
    assert [service["service_code"] for service in services] == ["acme.app", "acme.login", "acme.charging"]
    definition = city.get_service_definition("acme.app")
    attributes = definition["attributes"] if kind == "json" else definition["attributes"]["attribute"]
    assert [attribute["code"] for attribute in attributes] == ["symptom", "kind", "platform", "error_code"]
    requests = city.get_service_requests(status="open")
    assert [request["service_request_id"] for request in requests] == ["acme-2", "acme-1"]
    request = city.get_service_request("acme-1")
    assert (request["status"], request["service_code"]) == ("open", "acme.app")
    assert request["description"] == "Outage in North Holland: Mobile app"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/discovery", "/services", "/services/acme.app", "/requests", "/requests/acme-1"])
def test_xml_and_json_say_the_same(read: Read, outage: Any, address: str) -> None:
    as_json, as_xml = read(f"{ROOT}{address}.json"), read(f"{ROOT}{address}.xml")
    assert as_json["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml["Content-Type"] == "text/xml; charset=utf-8"
    assert as_xml.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')

    def plain(value: Any) -> Any:
        """JSON as XML can say it: the standard's own way of turning one into the other."""
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value] or None
        if isinstance(value, bool):
            return str(value).lower()
        return None if value is None else str(value) or None

    lists = {"service", "request", "attribute", "value", "endpoint", "format"}
    (root,) = xmltodict.parse(as_xml.content, force_list=lists).values()

    def without_wrappers(value: Any) -> Any:
        if isinstance(value, dict):
            if len(value) == 1 and next(iter(value)) in lists:
                return [without_wrappers(each) for each in next(iter(value.values()))]
            return {name: without_wrappers(each) for name, each in value.items()}
        return value

    assert without_wrappers(root) == plain(as_json.json())


@pytest.mark.django_db
def test_the_lists_are_lists_even_of_one_and_of_none(read: Read, service: Any) -> None:
    assert read(f"{ROOT}/requests.json").json() == []
    assert ElementTree.fromstring(read(f"{ROOT}/requests.xml").content).tag == "service_requests"
    factories.an_incident(service, datetime.fromisoformat("2026-03-02T11:00:00Z"))
    assert len(read(f"{ROOT}/requests.json").json()) == 1
    assert len(read(f"{ROOT}/requests/acme-1.json").json()) == 1


@pytest.mark.django_db
def test_discovery_names_the_endpoint_and_its_formats(read: Read, db: None) -> None:
    (endpoint,) = read(f"{ROOT}/discovery.json").json()["endpoints"]
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["formats"] == ["application/json", "text/xml"]


@pytest.mark.django_db
def test_only_services_that_take_reports_are_offered(read: Read, service: Any) -> None:
    factories.a_service("played", clock="recorded", accepts_reports=False, provenance="Made up.")
    codes = [row["service_code"] for row in read(f"{ROOT}/services.json").json()]
    assert codes == ["acme.app", "acme.login", "acme.charging"]
    read(f"{ROOT}/services/played.app.json", 404)


@pytest.mark.django_db
def test_an_incident_is_placed_no_finer_than_a_region(read: Read, outage: Any) -> None:
    (row,) = read(f"{ROOT}/requests.json").json()
    region = place("NL-NH")
    assert region is not None
    assert (row["address"], row["address_id"], row["zipcode"]) == ("North Holland", "NL-NH", None)
    assert (row["long"], row["lat"]) == region.point


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("", [3, 2, 1]),
        ("status=open", [3, 2]),
        ("status=closed", [1]),
        ("status=open,closed", [3, 2, 1]),
        ("service_code=acme.login", [2]),
        ("service_code=acme.login,acme.charging", [3, 2]),
        ("service_code=nobody.app", []),
        ("start_date=2026-03-02T11:00:00Z", [3, 2]),
        ("end_date=2026-03-02T11:00:00Z", [1]),
        ("start_date=2026-03-02T10:00:00%2B00:00&end_date=2026-03-02T11:45:00Z", [2]),
        ("start_date=2026-03-02T10:00:00+00:00&end_date=2026-03-02T11:45:00Z", [2]),
        ("service_request_id=acme-1,acme-3,acme-9,nonsense", [1, 3]),
        ("jurisdiction_id=anything&status=", [3, 2, 1]),
        ("status=open&status=closed", [3, 2, 1]),
        ("service_request_id=acme-1&service_request_id=acme-2", [1, 2]),
        ("service_code=acme.login&service_code=acme.charging", [3, 2]),
        ("page_size=2", [3, 2]),
        ("page=2&page_size=2", [1]),
        ("page=3&page_size=2", []),
        ("page=1", [3, 2, 1]),
    ],
)
def test_requests_are_chosen_by_the_standards_parameters(
    read: Read, service: Any, now: datetime, question: str, expected: list[int]
) -> None:
    factories.an_incident(service, now - timedelta(hours=5), states=((0, "possible"), (9, "resolved")))
    factories.an_incident(service, now - timedelta(minutes=30), components=("login",))
    factories.an_incident(service, now - timedelta(minutes=10), components=("charging",))
    rows = read(f"{ROOT}/requests.json?{question}").json()
    assert [row["service_request_id"] for row in rows] == [f"acme-{number}" for number in expected]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "question",
    [
        "status=ajar",
        "start_date=yesterday",
        "start_date=2026-03-02",
        "end_date=2026-03-02T11:00:00",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z",
        "start_date=2026-02-02T00:00:00Z&end_date=2026-02-01T00:00:00Z",
        "start_date=9999-99-99T00:00:00Z",
        "page=0",
        "page=two",
        "page_size=-1",
        "page_size=9999999999",
    ],
)
@pytest.mark.parametrize("kind", FORMS)
def test_a_wrong_parameter_is_named_in_a_list_of_errors(read: Read, service: Any, question: str, kind: str) -> None:
    answer = read(f"{ROOT}/requests.{kind}?{question}", 400)
    if kind == "json":
        ((code, description),) = [(error["code"], error["description"]) for error in answer.json()]
    else:
        (error,) = ElementTree.fromstring(answer.content)
        code, description = int(error.findtext("code") or 0), error.findtext("description")
    assert code == 400
    assert description
    assert description.partition(":")[0] in ("status", "start_date", "end_date", "page", "page_size")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize(
    "address",
    ["/services/nobody.app", "/requests/acme-77", "/requests/nobody-1", "/requests/x.y", "/nothing", "/requests/%00-1"],
)
def test_what_is_not_there_is_a_list_of_errors(read: Read, service: Any, address: str, kind: str) -> None:
    answer = read(f"{ROOT}{address}.{kind}", 404)
    errors = answer.json() if answer["Content-Type"].startswith("application/json") else xmltodict.parse(answer.content)
    assert "404" in json.dumps(errors)


@pytest.mark.django_db
def test_more_incidents_ask_no_more_queries(read: Read, outage: Any, now: datetime) -> None:
    read(f"{ROOT}/requests.json")
    with CaptureQueriesContext(connection) as few:
        read(f"{ROOT}/requests.json")
    for i in range(20):
        factories.an_incident(outage.service, now - timedelta(minutes=i))
    with CaptureQueriesContext(connection) as many:
        read(f"{ROOT}/requests.json")
    assert len(many) == len(few) <= 4


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORMS)
def test_too_many_requests_are_refused_in_the_standards_form(
    client: Any, service: Any, settings: Any, kind: str
) -> None:
    from reports.access import rate_limits

    settings.RATE_LIMIT_PAGES_A_MINUTE = 1
    settings.RATE_LIMIT_READS_A_MINUTE = 1
    rate_limits.forget()
    answers = [client.get(f"{ROOT}/services.{kind}") for _ in range(3)]
    refused = answers[-1]
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    if kind == "json":
        assert refused.json()[0]["code"] == 429
    else:
        assert ElementTree.fromstring(refused.content).findtext("error/code") == "429"
    rate_limits.forget()


@pytest.mark.django_db
def test_changes_are_read_as_fixmystreet_asks_for_them(read: Read, outage: Any) -> None:
    question = "start_date=2026-03-02T11:25:00Z&end_date=2026-03-02T12:00:00Z&api_key=&jurisdiction_id=x"
    root = ElementTree.fromstring(read(f"{ROOT}/servicerequestupdates.xml?{question}").content)
    (update,) = root.findall("request_update")
    assert root.tag == "service_request_updates"
    assert (update.findtext("service_request_id"), update.findtext("status")) == ("acme-1", "open")
    assert update.findtext("updated_datetime") == "2026-03-02T11:30:00Z"
    every = read(f"{ROOT}/servicerequestupdates.json").json()
    assert [row["updated_datetime"] for row in every] == ["2026-03-02T11:20:00Z", "2026-03-02T11:30:00Z"]
    assert "no" in read(f"{ROOT}/servicerequestupdates.json?start_date=tomorrow", 400).json()[0]["description"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["requests", "servicerequestupdates"])
def test_what_a_list_has_no_room_for_is_found_at_the_next_address(
    read: Read, service: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("outages.dialects.open311.views.MOST_REQUESTS", 2)
    for hours in (1, 2, 3, 4, 5):
        factories.an_incident(service, now - timedelta(hours=hours), states=((0, "confirmed"),))
    found, at, pages = set(), f"{ROOT}/{address}.json?start_date=2026-03-01T00:00:00Z", 0
    while at:
        answer = read(at)
        assert len(answer.json()) <= 2, answer.json()
        found |= {row["service_request_id"] for row in answer.json()}
        kept = read(at)  # as the process keeps it
        assert kept.headers.get("Link") == answer.headers.get("Link")
        at, pages = answer.headers.get("Link", "").partition(">")[0].removeprefix("<http://localhost:8000"), pages + 1
        assert pages < 9, (at, found)
    assert found == {f"acme-{number}" for number in (1, 2, 3, 4, 5)}
    if address == "requests":
        first = read(f"{ROOT}/requests.json?page_size=1&status=open")
        assert first.headers["Link"].endswith('/requests.json?page_size=1&status=open&page=2>; rel="next"')


@pytest.mark.django_db
def test_an_address_that_is_not_there_is_refused_in_the_format_that_it_names(read: Read, db: None) -> None:
    assert ElementTree.fromstring(read(f"{ROOT}/tokens/1.xml", 404).content).findtext("error/code") == "404"
    assert read(f"{ROOT}/tokens/1.json", 404).json()[0]["code"] == 404
