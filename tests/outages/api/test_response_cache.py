"""Thousands who poll cost one reading, and get what the first one got."""

from __future__ import annotations

import gzip
import threading
import time
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.process_cache import CACHE
from outages.api.framework import response_cache, views
from outages.queries import status as queries

from .conftest import AT, World, make_service

STATUS = "/api/v1/services/acme/status"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.ReadView, "kept_s", 60.0)


@pytest.mark.django_db(transaction=True)
def test_thousands_who_poll_at_once_cost_one_reading(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make_service()
    readings: list[float] = []
    status = queries.status

    def slowly(*args: Any, **kwargs: Any) -> Any:
        readings.append(time.monotonic())
        time.sleep(0.2)  # so that the others come meanwhile
        return status(*args, **kwargs)

    monkeypatch.setattr(queries, "status", slowly)
    begin = threading.Barrier(20)
    answers: list[tuple[int, bytes]] = []

    def poll() -> None:
        client = Client()
        begin.wait()
        for _ in range(100):
            response = client.get(STATUS)
            answers.append((response.status_code, response.content))
        connection.close()

    pollers = [threading.Thread(target=poll) for _ in range(20)]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join()
    assert len(answers) == 2_000
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert len(readings) == 1


@pytest.mark.parametrize("match", ["", "the same", '"another"', 'W/"weak", "list"'])
def test_a_kept_answer_is_the_first_one_to_the_last_header(world: World, kept: None, match: str) -> None:
    client = Client()
    tag = client.get(STATUS).headers["ETag"]
    headers = {"If-None-Match": tag if match == "the same" else match} if match else {}
    first = client.get(STATUS, headers=headers)
    CACHE.clear()
    made_anew = client.get(STATUS, headers=headers)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(STATUS, headers=headers)
    assert len(asked) == 0
    for response in (made_anew, again):
        assert response.status_code == first.status_code == (304 if match == "the same" else 200)
        assert response.content == first.content
        assert dict(response.items()) == dict(first.items())


def test_what_a_client_says_keeps_answers_apart(world: World, kept: None) -> None:
    client = Client()
    english = client.get(STATUS)
    german = client.get(STATUS, headers={"Accept-Language": "de"})
    assert (english.headers["Content-Language"], german.headers["Content-Language"]) == ("en", "de")
    assert client.get(STATUS, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(STATUS, headers={"Host": "somewhere.example"}).status_code == 400
    assert client.get(STATUS).headers["Content-Language"] == "en"


def test_refusals_and_what_is_over_are_not_given_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    assert client.get("/api/v1/services/acmee/status").status_code == 404
    assert client.get(STATUS).status_code == 200  # kept for no time at all
    assert len(response_cache.WHOLE) == 0


def test_a_reading_that_fails_is_tried_again_by_the_next(
    world: World, kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(queries, "status", lambda *_args, **_kwargs: 1 / 0)
        assert Client(raise_request_exception=False).get(STATUS).status_code == 500
    assert Client().get(STATUS).status_code == 200


def test_the_limits_are_told_on_kept_answers_too(world: World, kept: None, settings: Any) -> None:
    from reports.access import rate_limits

    settings.RATE_LIMIT_READS_A_MINUTE = 2
    rate_limits.forget()
    client = Client(REMOTE_ADDR="198.51.100.9")  # nobody else in this file asks from there
    answers = [client.get(STATUS) for _ in range(3)]
    rate_limits.forget()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert ["r=1" in answers[0].headers["RateLimit"], "r=0" in answers[1].headers["RateLimit"]] == [True, True]


@pytest.mark.parametrize("header", ["Accept-Language", "Accept", "If-None-Match", "X-Anything"])
def test_no_header_fills_the_memory(world: World, kept: None, header: str) -> None:
    """A different one each time: 380 kB of it is refused, and what is let in is not kept by its length."""
    client = Client()
    assert client.get(STATUS, headers={header: "x" * 380_000}).status_code == 431
    CACHE.clear()
    for number in range(50):
        value = f"{number:05}" + "z" * 20_000
        assert client.get(STATUS, headers={header: value}).status_code in (200, 406)
    assert CACHE.bytes < 200_000


def test_an_address_as_long_as_a_book_is_refused(world: World) -> None:
    assert Client().get(STATUS + "?x=" + "y" * 9000).status_code == 414


def test_answers_are_kept_by_what_is_served_and_not_by_what_is_asked_for(world: World, kept: None) -> None:
    CACHE.clear()
    for number in range(20):
        Client().get(STATUS, headers={"Accept": f"application/json;q=0.{number + 1}, */*;q=0.01"})
        Client().get(STATUS, headers={"Accept-Language": f"fr;q=0.{number + 1}, xx-{number}"})
    assert len(views.VIEWS) == 2
    assert len(response_cache.WHOLE) == 21


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        STATUS,
        "/api/v1/services/acme/map?shapes=false",
        "/api/v1/services/acme/timeseries",
        "/api/v1/services/acme/reports",
        "/api/v1/services/acme/reports?by=region",
        "/api/v1/services/acme/aggregate",
        "/acme/api/v2/summary.json",
        "/acme/badge.json",
    ],
)
def test_an_answer_is_the_same_within_its_minute(world: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    first = client.get(path)
    for seconds in (1, 20, 59):
        monkeypatch.setattr(timezone, "now", lambda later=seconds: AT + timedelta(seconds=later, milliseconds=7))
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304, (again.content[:300], first.content[:300])


@pytest.mark.django_db
@pytest.mark.parametrize(("accepted", "coding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, *", "gzip")])
@pytest.mark.parametrize("path", ["/api/v1/schema", "/api/v1/services/acme", "/acme/api/v2/summary.json"])
def test_an_answer_is_packed_for_whoever_takes_it_so(
    kept: None, world: World, path: str, accepted: str, coding: str
) -> None:
    client = Client()
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    for _ in range(2):  # made, then kept
        packed = client.get(path, headers={"Accept-Encoding": accepted})
        assert packed["Content-Encoding"] == coding
        assert len(packed.content) < len(plain.content) / 2
        unpack = brotli.decompress if coding == "br" else gzip.decompress
        assert unpack(packed.content) == plain.content
        assert "Accept-Encoding" in packed["Vary"]
        assert "Accept-Encoding" in plain["Vary"]
    if "ETag" in plain.headers:
        assert packed["ETag"] == f"W/{plain['ETag']}"
        again = client.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": packed["ETag"]})
        assert again.status_code == 304


@pytest.mark.django_db
def test_what_is_short_or_cannot_be_unpacked_is_sent_as_it_is(world: World) -> None:
    client = Client()
    assert "Content-Encoding" not in client.get("/acme/badge.json", headers={"Accept-Encoding": "br"}).headers
    for said in ("", "identity", "br;q=0, gzip;q=0.0", "zstd", "br;q=nonsense"):
        answer = client.get("/api/v1/services/acme", headers={"Accept-Encoding": said})
        assert "Content-Encoding" not in answer.headers
