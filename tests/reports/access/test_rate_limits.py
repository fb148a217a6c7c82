"""Rate limits: counted by network, shared by all processes, kept while Valkey is away, and never by an address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.utils import timezone
from limits.storage import MemoryStorage, RedisStorage

from config import env
from config.process_cache import CACHE
from reports.access import rate_limits
from reports.access.rate_limits import WINDOW_S, Meter
from reports.models import Report, Service
from reports.privacy import daily_keys, origin

NETWORK = 1_000_003


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Away(MemoryStorage):
    """A storage that has gone and may come back; it counts who asks."""

    def __init__(self) -> None:
        super().__init__(wrap_exceptions=True)
        self.is_away, self.asked = True, 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        self.asked += 1
        if self.is_away:
            raise OSError("the socket is gone")
        return super().incr(key, expiry, amount)

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError


# ── the meter ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_window_begins_at_nought() -> None:
    clock = Clock()
    meter = Meter(MemoryStorage(), clock)
    first = meter.add("reads", NETWORK, 1, step=1)
    assert (first.count, 1 <= first.reset_s <= WINDOW_S) == (1, True)
    clock.now += first.reset_s - 1
    assert meter.add("reads", NETWORK, 1, step=1).count == 2
    clock.now += 1
    assert meter.add("reads", NETWORK, 1, step=1).count == 1


def test_networks_and_policies_are_counted_apart() -> None:
    meter = Meter(MemoryStorage(), Clock())
    for name, network in (("reads", 1), ("reads", 2), ("writes", 1)):
        assert meter.add(name, network, 1, step=1).count == 1


def test_windows_do_not_all_begin_at_once() -> None:
    meter = Meter(MemoryStorage(), Clock())
    assert {meter.add("reads", network, 1, step=1).reset_s for network in range(60)} == set(range(1, 61))


def test_processes_learn_of_each_other_in_steps() -> None:
    storage, clock = MemoryStorage(), Clock()
    one, other = Meter(storage, clock), Meter(storage, clock)
    for _ in range(9):
        one.add("reads", NETWORK, 1, step=10)
    assert other.add("reads", NETWORK, 1, step=10).count == 1  # not handed over yet
    assert one.add("reads", NETWORK, 1, step=10).count == 10
    assert [other.add("reads", NETWORK, 1, step=10).count for _ in range(9)][-1] == 20


def test_most_callers_cost_no_round_trip() -> None:
    storage = Away()
    meter = Meter(storage, Clock())
    for network in range(100):
        for _ in range(5):
            meter.add("writes", network, 1, step=6)
    assert storage.asked == 0


def test_while_the_storage_is_away_a_process_counts_alone_and_does_not_keep_asking() -> None:
    storage, clock = Away(), Clock()
    meter = Meter(storage, clock)
    assert [meter.add("reads", NETWORK, 1, step=1).count for _ in range(5)] == [1, 2, 3, 4, 5]
    assert storage.asked == 1
    storage.is_away = False
    clock.now += rate_limits.AWAY_S
    meter.add("reads", NETWORK, 1, step=1)
    assert storage.asked == 2


def test_what_was_taken_back_is_not_counted() -> None:
    storage, clock = MemoryStorage(), Clock()
    meter = Meter(storage, clock)
    meter.add("writes", NETWORK, 499, step=6)
    assert meter.add("writes", NETWORK, -499, step=6).count == 0
    assert Meter(storage, clock).add("writes", NETWORK, 1, step=1).count == 1


def test_past_windows_are_forgotten() -> None:
    clock = Clock()
    meter = Meter(MemoryStorage(), clock)
    for network in range(1000):
        meter.add("reads", network, 1, step=10)
    clock.now += 2 * WINDOW_S
    meter.add("reads", 1, 1, step=10)
    assert len(meter._tallies) == 1


def test_no_request_is_lost_among_threads() -> None:
    storage, clock = MemoryStorage(), Clock()
    meters = [Meter(storage, clock), Meter(storage, clock)]

    def run(meter: Meter) -> None:
        for _ in range(500):
            meter.add("reads", NETWORK, 1, step=5)

    threads = [threading.Thread(target=run, args=[meter]) for meter in meters * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meters[0].add("reads", NETWORK, 5, step=5).count == 8 * 500 + 5


def test_the_shared_count_lies_in_valkey_for_a_while(servers: None) -> None:
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    storage = RedisStorage(django_settings.REDIS_URL, key_prefix="brownout:limits-test", wrap_exceptions=True)
    client.delete(*(client.keys("brownout:limits-test:*") or ["none"]))
    clock = Clock()
    assert Meter(storage, clock).add("reads", NETWORK, 7, step=1).count == 7
    assert Meter(storage, clock).add("reads", NETWORK, 1, step=1).count == 8
    (key,) = client.keys("brownout:limits-test:*")
    assert 0 < client.ttl(key) <= 2 * WINDOW_S
    client.delete(key)


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def limited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Five reads and three writes a minute, counted in this process."""
    settings.RATE_LIMIT_READS_A_MINUTE, settings.RATE_LIMIT_WRITES_A_MINUTE = 5, 3
    monkeypatch.setattr(rate_limits, "_meter", Meter(MemoryStorage(), Clock()))
    yield settings
    rate_limits.forget()


def post(address: str = "8.8.8.8", body: Any = None, path: str = "/api/v1/reports", **headers: str) -> Any:
    content = json.dumps({"service": "acme"} if body is None else body)
    return Client().generic(
        "POST", path, content, headers=headers, CONTENT_TYPE="application/json", REMOTE_ADDR=address
    )


def test_every_answer_tells_what_is_left(service: Service, limited: Any) -> None:
    for left in (4, 3):
        answer = Client().get("/api/v1/places", REMOTE_ADDR="8.8.8.8")
        assert answer.headers["RateLimit-Policy"] == '"reads";q=5;w=60'
        name, rest = answer.headers["RateLimit"].split(";", 1)
        assert (name, rest.split(";")[0]) == ('"reads"', f"r={left}")
        assert 1 <= int(rest.split("t=")[1]) <= 60
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert post().headers["RateLimit"].startswith('"writes";r=2;')


def test_too_many_reads_are_refused_with_when_to_come_again(service: Service, limited: Any) -> None:
    statuses = [Client().get("/api/v1/places", REMOTE_ADDR="8.8.8.8").status_code for _ in range(5)]
    assert statuses == [200] * 5
    refused = Client().get("/api/v1/places", REMOTE_ADDR="8.8.8.200")  # the same /24
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "/api/problems/throttled"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"reads";r=0;')
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert Client().get("/api/v1/places", REMOTE_ADDR="8.8.9.8").status_code == 200
    assert post().status_code == 201  # reports are counted apart


def test_too_many_reports_are_refused_and_not_stored(service: Service, limited: Any) -> None:
    assert [post().status_code for _ in range(5)] == [201, 201, 201, 429, 429]
    assert Report.objects.count() == 3
    assert "Access-Control-Allow-Origin" not in post().headers
    assert Client().get("/api/v1/places", REMOTE_ADDR="8.8.8.8").status_code == 200


def test_each_report_of_a_batch_counts(service: Service, limited: Any) -> None:
    batch = "/api/v1/reports/batch"
    too_many = post(body=[{"service": "acme"}] * 4, path=batch)
    assert too_many.status_code == 429
    assert too_many.json()["type"] == "/api/problems/throttled"
    assert int(too_many.headers["Retry-After"]) >= 1
    assert Report.objects.count() == 0
    assert (
        post(body=[{"service": "acme"}] * 2, path=batch).status_code == 200
    )  # only the refused request itself counted
    assert post().status_code == 429


def test_the_default_lets_a_whole_batch_and_a_busy_network_through(service: Service, settings: Any) -> None:
    settings.RATE_LIMIT_WRITES_A_MINUTE = env.integer("NOT_SET", 600)
    rate_limits._meter = Meter(MemoryStorage(), Clock())
    try:
        assert post(body=[{"service": "acme"}] * 500, path="/api/v1/reports/batch").json()["stored"] == 500
        assert {post().status_code for _ in range(100)} == {201}
        assert post().status_code == 429
    finally:
        rate_limits.forget()


def test_nought_is_no_limit(service: Service, limited: Any) -> None:
    limited.RATE_LIMIT_READS_A_MINUTE = limited.RATE_LIMIT_WRITES_A_MINUTE = 0
    answers = [post() for _ in range(10)]
    assert {answer.status_code for answer in answers} == {201}
    assert "RateLimit" not in answers[0].headers


def test_asking_what_is_allowed_and_reading_pages_is_not_counted(service: Service, limited: Any) -> None:
    for _ in range(10):
        assert Client().options("/api/v1/places", REMOTE_ADDR="8.8.8.8").status_code == 200
        assert "RateLimit" not in Client().get("/livez", REMOTE_ADDR="8.8.8.8").headers
    assert Client().get("/api/v1/places", REMOTE_ADDR="8.8.8.8").headers["RateLimit"].startswith('"reads";r=4;')


def test_behind_a_named_proxy_the_callers_are_counted(service: Service, limited: Any, monkeypatch: Any) -> None:
    from ipaddress import ip_network

    limited.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    first = [post("10.1.1.1", **{"X-Forwarded-For": "8.8.8.8"}).status_code for _ in range(4)]
    assert first == [201, 201, 201, 429]
    assert post("10.1.1.1", **{"X-Forwarded-For": "9.9.9.9"}).status_code == 201


def test_an_unnamed_proxy_does_not_make_all_callers_one(service: Service, limited: Any) -> None:
    statuses = {post("172.17.0.1", **{"X-Forwarded-For": f"8.8.{number}.8"}).status_code for number in range(6)}
    assert statuses == {201}


def test_an_unnamed_proxy_never_switches_the_limits_off(service: Service, limited: Any) -> None:
    generous = 3 * rate_limits.UNKNOWN_SHARE
    statuses = [
        post("172.17.0.1", **{"X-Forwarded-For": f"8.8.{number}.8"}).status_code for number in range(generous + 2)
    ]
    assert statuses == [201] * generous + [429] * 2


def test_pages_badges_and_feeds_have_a_limit_too(service: Service, limited: Any) -> None:
    limited.RATE_LIMIT_PAGES_A_MINUTE = 3
    doors = ("/", "/acme/badge.json", "/feed.atom", "/nothing/here")
    answers = [Client().get(door, REMOTE_ADDR="8.8.8.8", headers={"Accept": "text/html"}) for door in doors]
    assert answers[-1].status_code == 429
    assert {answer.status_code for answer in answers[:-1]} <= {200, 302, 404}
    assert int(answers[-1].headers["Retry-After"]) <= 60
    assert b"<!doctype html>" in answers[-1].content
    assert Client().get("/livez", REMOTE_ADDR="8.8.8.8").status_code == 200
    assert Client().get("/", REMOTE_ADDR="9.9.9.9").status_code == 200


def test_however_many_networks_come_a_process_counts_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MOST_TALLIES", 5)
    meter = Meter(MemoryStorage(), Clock())
    for network in range(100, 200):
        meter.add("reads", network, 1, step=1000)
    assert len(meter._tallies) == 6
    assert meter.read("reads", 500).count == 95


def test_nobody_gets_round_the_limit_by_a_header(service: Service, limited: Any) -> None:
    statuses = [post("8.8.8.8", **{"X-Forwarded-For": f"10.0.0.{number}"}).status_code for number in range(4)]
    assert statuses == [201, 201, 201, 429]


def test_no_address_and_no_hash_of_a_report_is_a_key(service: Service, limited: Any) -> None:
    post("8.8.8.8")
    request = RequestFactory().get("/", REMOTE_ADDR="8.8.8.8")
    now = timezone.now()
    network = origin.limited_network(request, now=now)
    report = Report.objects.get()
    assert network not in (0, report.network, report.wide_network)
    assert {key for _, key in rate_limits.meter()._tallies} == {network}
    assert origin.limited_network(request, now=now + timedelta(days=1)) != network


def test_without_the_folder_of_keys_callers_are_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_day: Any) -> bytes:
        raise OSError("gone")

    CACHE.clear()
    monkeypatch.setattr(daily_keys, "_stored", away)
    make = RequestFactory().get
    first, same, other = (
        origin.limited_network(make("/", REMOTE_ADDR=address), now=timezone.now())
        for address in ("8.8.8.8", "8.8.8.9", "9.9.9.9")
    )
    assert first == same != other


@pytest.mark.django_db
def test_the_description_tells_of_limits() -> None:
    description = Client().get("/api/v1/schema").json()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert "Retry-After" in operation["responses"]["429"]["headers"], (method, path)
            assert all("RateLimit" in answer["headers"] for answer in operation["responses"].values()), (method, path)
