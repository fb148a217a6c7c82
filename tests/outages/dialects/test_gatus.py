"""Gatus' addresses, read by gatus-api; what is not known is neither up nor down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import aiohttp
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from gatus_api import EndpointStatus, GatusClient

from tests import factories

from .conftest import MINUTE, add_probe

Read = Callable[..., Any]
ROOT = "/gatus/api/v1/endpoints"


def by_key(read: Read) -> dict[str, dict[str, Any]]:
    return {endpoint["key"]: endpoint for endpoint in read(f"{ROOT}/statuses").json()}


def title_of(read: Read, address: str) -> str:
    answer = read(ROOT + address)
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    return str(ElementTree.fromstring(answer.content).findtext("{http://www.w3.org/2000/svg}title"))


@pytest.mark.django_db(transaction=True)
def test_a_client_of_gatus_reads_the_endpoints(outage: Any, service: Any, now: datetime, live_server: Any) -> None:
    from outages.models import ProbeResult

    add_probe(service, now - MINUTE, "up")

    async def ask() -> list[EndpointStatus]:
        async with aiohttp.ClientSession() as session:
            return await GatusClient(f"{live_server.url}/gatus", session).get_endpoints_statuses()

    found = {endpoint.key: endpoint for endpoint in asyncio.run(ask())}
    ProbeResult.objects.all().delete()  # a partitioned table of our own, which Django's flush passes over
    assert found.keys() == {"acme_app", "acme_login", "acme_charging", "acme-probes_api-local"}
    assert (found["acme_app"].name, found["acme_app"].group) == ("Mobile app", "Acme")
    assert not found["acme_app"].results[-1].success
    assert found["acme_login"].results[-1].success
    (result,) = found["acme-probes_api-local"].results
    assert (result.success, result.status, result.duration) == (True, 200, 120_000_000)


@pytest.mark.django_db
def test_results_follow_the_incident_minute_by_minute(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 15 * MINUTE, states=((0, "possible"), (5, "confirmed"), (10, "resolved")))
    results = by_key(read)["acme_app"]["results"]
    assert len(results) == 20
    failures = {result["timestamp"][11:16]: result["errors"] for result in results if not result["success"]}
    assert failures == {
        **{f"11:{minute}": ["possible"] for minute in range(45, 50)},
        **{f"11:{minute}": ["confirmed"] for minute in range(50, 55)},
    }
    assert [result["timestamp"] for result in results] == sorted(result["timestamp"] for result in results)


@pytest.mark.django_db
@pytest.mark.parametrize("unwatched_minutes", [5, 30])
def test_a_part_that_nobody_watches_now_has_no_results(
    read: Read, db: None, now: datetime, unwatched_minutes: int
) -> None:
    service = factories.a_service()
    factories.watched(service, now - timedelta(hours=2), now - unwatched_minutes * MINUTE)
    assert by_key(read)["acme_app"]["results"] == []
    assert title_of(read, "/acme_app/health/badge.svg") == "health: ?"
    assert read(f"{ROOT}/acme_app/health/badge.shields").json()["message"] == "?"


@pytest.mark.django_db
def test_minutes_that_nobody_watched_have_no_result(read: Read, db: None, now: datetime) -> None:
    service = factories.a_service()
    factories.watched(service, now - 20 * MINUTE, now - 10 * MINUTE)
    factories.watched(service, now - 4 * MINUTE, now)
    assert len(by_key(read)["acme_app"]["results"]) == 14


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["blocked", "blind", "unasked"])
def test_a_probe_that_cannot_see_is_neither_up_nor_down(read: Read, service: Any, now: datetime, word: str) -> None:
    add_probe(service, now - 3 * MINUTE, "up")
    add_probe(service, now - 2 * MINUTE, "down")
    assert by_key(read)["acme-probes_api-local"]["results"][-1]["success"] is False
    add_probe(service, now - MINUTE, word)
    assert by_key(read)["acme-probes_api-local"]["results"] == []


@pytest.mark.django_db
def test_one_endpoint_tells_its_events(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 60 * MINUTE, states=((0, "possible"), (30, "resolved")))
    factories.an_incident(service, now - 20 * MINUTE, components=("login",))
    events = read(f"{ROOT}/acme_app/statuses").json()["events"]
    assert [(event["type"], event["timestamp"][11:16]) for event in events] == [
        ("UNHEALTHY", "11:00"),
        ("HEALTHY", "11:30"),
    ]


@pytest.mark.django_db
def test_badges_say_health_and_uptime(read: Read, service: Any, now: datetime) -> None:
    assert title_of(read, "/acme_app/health/badge.svg") == "health: up"
    assert title_of(read, "/acme_app/uptimes/24h/badge.svg") == "uptime 24h: 100%"
    factories.an_incident(service, now - 30 * MINUTE, states=((0, "possible"), (6, "confirmed")))
    assert title_of(read, "/acme_app/health/badge.svg") == "health: down"
    assert title_of(read, "/acme_app/uptimes/24h/badge.svg") == "uptime 24h: 80%"
    assert title_of(read, "/acme_login/uptimes/1h/badge.svg") == "uptime 1h: 100%"
    assert float(read(f"{ROOT}/acme_app/uptimes/7d").content) == pytest.approx(0.8)
    assert title_of(read, "/acme_app/response-times/24h/badge.svg") == "response time 24h: ?"


@pytest.mark.django_db
def test_false_alarms_and_maintenance_are_not_down_time(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 90 * MINUTE, states=((0, "confirmed"), (30, "dismissed")))
    factories.an_incident(service, now - 50 * MINUTE, states=((0, "maintenance"), (30, "resolved")), kind="maintenance")
    factories.an_incident(service, now - 15 * MINUTE, states=((0, "possible"),))
    assert title_of(read, "/acme_app/uptimes/24h/badge.svg") == "uptime 24h: 100%"


@pytest.mark.django_db
def test_two_outages_at_once_count_once(read: Read, service: Any, now: datetime) -> None:
    for _ in range(2):
        factories.an_incident(service, now - 60 * MINUTE, states=((0, "confirmed"), (30, "resolved")))
    assert title_of(read, "/acme_app/uptimes/24h/badge.svg") == "uptime 24h: 75%"


@pytest.mark.django_db
def test_an_uptime_of_which_nothing_is_known_is_no_number(read: Read, now: datetime) -> None:
    factories.a_service()
    assert title_of(read, "/acme_app/uptimes/24h/badge.svg") == "uptime 24h: ?"
    read(f"{ROOT}/acme_app/uptimes/24h", 404)


@pytest.mark.django_db
def test_a_probe_has_the_uptime_and_the_latency_of_its_hours(read: Read, service: Any, now: datetime) -> None:
    from outages.models import ProbeHour

    add_probe(service, now - MINUTE, "up")
    for hours, up, down, blocked, p50_ms in ((1, 60, 0, 0, 100.0), (2, 30, 10, 20, 240.0)):
        ProbeHour.objects.create(
            service=service,
            probe="api",
            vantage="local",
            hour=now - timedelta(hours=hours),
            results=up + down + blocked,
            up=up,
            degraded=0,
            down=down,
            blocked=blocked,
            p50_ms=p50_ms,
        )
    assert title_of(read, "/acme-probes_api-local/uptimes/24h/badge.svg") == "uptime 24h: 90%"
    assert title_of(read, "/acme-probes_api-local/response-times/24h/badge.svg") == "response time 24h: 147ms"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/nobody_app/statuses", "/acme_nothing/health/badge.svg", "/acme_app/uptimes/2y", "/x", "/%00_app/statuses"],
)
def test_what_is_not_there_is_a_404(read: Read, service: Any, address: str) -> None:
    assert read(ROOT + address, 404)["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_more_services_ask_no_more_queries(read: Read, outage: Any, now: datetime) -> None:
    read(f"{ROOT}/statuses")
    with CaptureQueriesContext(connection) as few:
        read(f"{ROOT}/statuses")
    for slug in ("other", "third"):
        other = factories.a_service(slug)
        factories.watched(other, now - timedelta(hours=1), now)
        for i in range(9):
            factories.an_incident(other, now - i * MINUTE)
            add_probe(other, now - i * MINUTE, "up", vantage=f"v{i}")
    read(f"{ROOT}/statuses")
    with CaptureQueriesContext(connection) as many:
        read(f"{ROOT}/statuses")
    assert len(many) == len(few) <= 5
