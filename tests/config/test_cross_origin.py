"""Reads from scripts of other sites."""

from __future__ import annotations

import pytest
from django.http import HttpResponseBase
from django.test import Client

from config.cross_origin import preflight

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"
GRAFANA = "accept,cache-control,content-type,if-modified-since,traceparent,x-grafana-device-id,x-requested-with"


def ask(path: str, method: str = "GET", **headers: str) -> HttpResponseBase:
    return Client().generic(method, path, headers={"Origin": "https://elsewhere.example", **headers})


@pytest.mark.parametrize(
    "path", ["/api/v1/services", "/api/v1/stream", "/api/v2/summary.json", "/open311/v2/services.json"]
)
def test_a_read_may_carry_any_header(path: str) -> None:
    wanted = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": GRAFANA}
    answer = ask(path, "OPTIONS", **wanted)
    assert answer.status_code in (200, 204)
    allowed = {name.strip() for name in answer.headers["Access-Control-Allow-Headers"].lower().split(",")}
    assert set(GRAFANA.split(",")) <= allowed
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Request-Headers" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v9",
        "/api/v1/services/nobody/status",
        "/api/v2/nothing.json",
        "/open311/v2/nothing",
        "/gatus/api/v1/nothing",
        "/kuma/nothing",
        "/feeds/nothing.xml",
        "/acme/feeds/atom.xml.json",
        "/de/feeds/atom.xml/",
    ],
)
def test_an_error_can_be_read_too(path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 404
    assert not answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    ahead = ask(path, "OPTIONS", **{"Access-Control-Request-Method": "GET"})
    assert ahead.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/api/v1/schema", "/api/v1/key", "/api/v1/subscriptions"])
def test_that_a_method_is_not_taken_can_be_read_too(path: str) -> None:
    answer = ask(path, "PUT")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (405, "*")


def test_an_address_of_a_board_that_is_wrong_can_be_read_too() -> None:
    answer = ask("/board.json?of=nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/about", "/admin/login/", "/nothing/"])
def test_pages_are_for_their_readers(path: str) -> None:
    assert "Access-Control-Allow-Origin" not in ask(path).headers


@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/subscriptions", "/open311/v2/requests.json"])
def test_no_other_site_may_send_anything_in_its_visitors_name(path: str) -> None:
    ahead = ask(path, "OPTIONS", **{"Access-Control-Request-Method": "POST"})
    assert "POST" not in ahead.headers.get("Access-Control-Allow-Methods", "")


def test_what_is_no_name_of_a_header_is_not_said_again() -> None:
    names = preflight("x-good, x bad, , x-évil, a\r\nSet-Cookie: b")["Access-Control-Allow-Headers"]
    assert names == "x-good"
    assert len(preflight("x," * 10_000)["Access-Control-Allow-Headers"]) < 400
