"""What holds for every read of the API: caching, access from other sites, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.process_cache import CACHE
from outages.api.framework.response_cache import WHOLE
from outages.api.framework.views import VIEWS, ReadView

from .conftest import World, add_incident, add_minutes, make_service

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
EVERY_READ = [
    "/services",
    "/services/acme",
    "/services/acme/status",
    "/services/acme/components",
    "/services/acme/symptoms",
    "/services/acme/incidents",
    "/services/acme/timeseries",
    "/services/acme/reports",
    "/services/acme/reports?by=symptom",
    "/services/acme/reports?by=country",
    "/services/acme/reports?by=region",
    "/services/acme/aggregate",
    "/services/acme/aggregate?axis_x=region&axis_y=component",
    "/services/acme/aggregate?axis_x=time&axis_y=symptom&grain=hour&format=csv",
    "/services/acme/map",
    "/services/acme/map?format=topojson",
    "/services/acme/map?level=region&metric=excess&window=24h",
    "/services/acme/map?level=region&country=NL&metric=per_million&component=app&shapes=false",
    "/services/acme/announcements",
    "/services/acme/sources",
    "/sources",
    "/board?of=acme.app,acme",
    "/services/acme/probes",
    "/services/acme/probes/api/history",
    "/places",
    "/places?country=NL",
    "/places/NL",
    "/places/nl-nh",
]


@pytest.fixture
def world(shared_world: World) -> World:
    return shared_world


def get(path: str, **headers: str) -> Any:
    return Client().get(ROOT + path, headers=headers)


# ── caching and access ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", EVERY_READ)
def test_an_unchanged_answer_is_not_sent_twice(world: World, path: str) -> None:
    first = get(path)
    assert first.status_code == 200, first.content
    assert "max-age" in first.headers["Cache-Control"]
    again = get(path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert get(path, **{"If-None-Match": '"another"'}).status_code == 200


def test_a_changed_answer_is_sent_anew(world: World, now: datetime) -> None:
    first = get("/services/acme/incidents")
    add_incident(world.service, 2, now - timedelta(minutes=5))
    assert get("/services/acme/incidents", **{"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", EVERY_READ)
def test_every_site_may_read(world: World, path: str) -> None:
    response = get(path, Origin="https://elsewhere.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers
    ahead = Client().options(ROOT + path, headers={"Access-Control-Request-Method": "GET"})
    assert ahead.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in ahead.headers["Access-Control-Allow-Methods"]


def test_no_other_site_may_send_reports_from_its_visitors(world: World) -> None:
    ahead = Client().options(ROOT + "/reports", headers={"Access-Control-Request-Method": "POST"})
    assert "Access-Control-Allow-Origin" not in ahead.headers


@pytest.mark.parametrize("path", EVERY_READ)
def test_head_answers_as_get_without_a_body(world: World, path: str) -> None:
    response = Client().head(ROOT + path)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["ETag"] == get(path).headers["ETag"]


@pytest.mark.parametrize("path", ["/services/acme/status", "/services/acme/map?level=region"])
def test_those_who_poll_at_once_cost_one_reading(world: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadView, "kept_s", 60.0)
    first = get(path)
    with CaptureQueriesContext(connection) as queries:
        again = get(path)
        unchanged = get(path, **{"If-None-Match": first.headers["ETag"]})
        head = Client().head(ROOT + path)
    assert len(queries) == 0
    assert again.content == first.content
    for name in ("ETag", "Cache-Control", "Content-Type", "Access-Control-Allow-Origin", "Vary"):
        assert again.headers[name] == head.headers[name] == first.headers[name]
    assert (unchanged.status_code, head.status_code, head.content) == (304, 200, b"")


def test_what_is_kept_is_kept_by_address_and_form(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadView, "kept_s", 60.0)
    get("/services/acme/status")
    assert get("/services/acme/status?at=2026-03-02T09:00:00Z").json()["verdict"] == "unknown"
    assert get("/services/acme/status", Accept="image/png").status_code == 406
    assert Client().post(ROOT + "/services/acme/status").status_code == 405
    assert Client().options(ROOT + "/services/acme/status").content != get("/services/acme/status").content


def test_no_number_of_addresses_fills_the_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadView, "kept_s", 60.0)
    CACHE.clear()
    monkeypatch.setattr(CACHE, "most_bytes", 60_000)
    for number in range(25):
        get(f"/services/acme/components?x={number}")
    assert CACHE.bytes <= 60_000
    for store in (VIEWS, WHOLE):
        assert 0 < len(store) < 25


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def grow_incidents(world: World, now: datetime) -> None:
    for number in range(2, 30):
        add_incident(world.service, number, now - timedelta(minutes=59), resolved_at=now - timedelta(minutes=9))


def grow_services(world: World, now: datetime) -> None:
    for number in range(20):
        make_service(f"service-{number}")


def grow_counts(world: World, now: datetime) -> None:
    add_minutes(world.service, now - timedelta(hours=12), 300)


def queries_of(path: str) -> int:
    get(path)  # what is kept for a while is there
    with CaptureQueriesContext(connection) as queries:
        assert get(path).status_code == 200, path
    return len(queries)


@pytest.mark.parametrize("grow", [grow_incidents, grow_services, grow_counts])
def test_more_rows_cost_no_more_queries(world: World, now: datetime, grow: Callable[[World, datetime], None]) -> None:
    before = {path: queries_of(path) for path in EVERY_READ}
    grow(world, now)
    assert {path: count for path, count in before.items() if count > 8} == {}
    assert {path: more for path, count in before.items() if (more := queries_of(path)) > count} == {}
