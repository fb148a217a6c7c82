"""Logs hold no secret and no row, and one bad request is one line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from config.logs import Formatter, JsonFormatter, RequestFilter, Sampler, as_json, safe_path

SECRET = "GebEpPpMEAHBF8XCQoIfk4GZnrLypHMd"
ID = "019cc82b-4588-7000-a612-a23943f1e601"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> Iterator[io.StringIO]:
    """What the log of the running site would hold."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter("{levelname} {name}: {message}", style="{"))
    handler.addFilter(RequestFilter(Sampler(clock)))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", f"/acme/report/{ID}/{SECRET}"),
        ("put", f"/acme/report/{ID}/{SECRET}/withdraw"),
        ("get", f"/developers/keys/{ID}/{SECRET}"),
        ("post", f"/developers/keys/{ID}/{SECRET}"),
        ("get", f"/subscriptions/{ID}/{SECRET}/nothing"),
        ("get", f"/no/such/{SECRET}?receipt={SECRET}"),
        ("delete", f"/api/v1/reports/{ID}?receipt={SECRET}"),
    ],
)
def test_no_receipt_and_no_key_link_stands_in_the_log(log: io.StringIO, method: str, path: str) -> None:
    answer = getattr(Client(raise_request_exception=False), method)(path)
    assert answer.status_code >= 400
    assert SECRET not in log.getvalue()
    assert ID not in log.getvalue()
    assert len(log.getvalue().splitlines()) <= 1


@pytest.mark.django_db
def test_many_bad_requests_of_a_kind_are_one_line_a_minute(log: io.StringIO, clock: Clock) -> None:
    for number in range(50):
        Client().get("/api/v1/services/nothing/status", headers={"Host": f"evil-{number}.example"})
    for _ in range(50):
        Client().get("/api/v1/services/nothing/status")
    lines = log.getvalue().splitlines()
    assert len(lines) == 2, lines
    assert "evil" not in log.getvalue()
    clock.now = 61.0
    Client().get("/api/v1/services/nothing/status")
    assert "49 more like it" in log.getvalue().splitlines()[-1]


def test_a_failed_row_is_not_quoted(log: io.StringIO) -> None:
    for _ in range(3):
        try:
            raise IntegrityError(
                'null value violates a constraint\nDETAIL:  Failing row contains (1, "my own note", 203.0.113.7).'
            )
        except IntegrityError:
            logging.getLogger("reports.api.views").exception("a report could not be stored")
    text = log.getvalue()
    assert "my own note" not in text
    assert "203.0.113.7" not in text
    assert text.count("Traceback") == 1, "the second and third time one line says where"
    assert text.count("IntegrityError again, at") == 2


def test_one_message_is_one_line_whatever_it_quotes(log: io.StringIO) -> None:
    logging.getLogger("outages").warning("a source said %s", "one\r\n2026-01-01 ERROR forged: line")
    assert len(log.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/tesla/map", "/tesla/map"),
        ("/api/v1/services/tesla/status", "/api/v1/services/tesla/status"),
        (f"/tesla/report/{ID}/{SECRET}", "/tesla/report/…/…"),
        ("/a\nb", "/a?b"),
    ],
)
def test_what_may_be_a_secret_is_left_out_of_a_path(path: str, safe: str) -> None:
    assert safe_path(path) == safe


def test_the_sampler_does_not_grow_without_end(clock: Clock) -> None:
    sampler = Sampler(clock)
    for number in range(5000):
        sampler.held_back((number,))
    assert len(sampler._seen) <= 1000


def test_the_running_site_logs_by_these_rules(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["requests"]
    assert settings.LOGGING["formatters"]["plain"]["()"] == "config.logs.Formatter"


def test_lines_are_json_objects_on_request_and_hide_the_same() -> None:
    said = logging.LogRecord("a", logging.ERROR, "b.py", 1, "two\nlines: %s", ("x DETAIL: Key (note)=(me)",), None)
    told = json.loads(JsonFormatter().format(said))
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "a", "two lines: x")
    assert told["time"].endswith("+00:00")
    assert json.loads(as_json(json.dumps(told), "worker")) == told | {"process": "worker"}
    assert json.loads(as_json("{not json", "web"))["message"] == "{not json"
