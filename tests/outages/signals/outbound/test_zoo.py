"""A zoo of servers: odd answers times everything that asks. Nothing escapes, and the expected of each cell is said."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outages.signals.announcements import fetch
from outages.signals.announcements.datatypes import SourceError
from outages.signals.announcements.readers.changelog import ChangelogReader
from outages.signals.announcements.readers.feed import FeedReader
from outages.signals.announcements.readers.json_mapping import JsonReader
from outages.signals.announcements.readers.statuspage import StatuspageReader
from outages.signals.announcements.readers.x import XReader
from outages.signals.outbound.client import Client
from outages.signals.outbound.errors import OutboundError
from outages.signals.outbound.policy import Mode, Policy
from outages.signals.probes.outcome import classify
from outages.signals.probes.runner import run_one
from reports.catalog.schema import Probe, Source
from tests.servers import misbehaving as bad

NOW = datetime(2026, 11, 29, 23, 40, tzinfo=UTC)
BODIES: dict[str, bytes] = {
    "feed": b"<rss version='2.0'><channel><title>A</title>"
    b"<item><title>API down</title><guid>1</guid></item></channel></rss>",
    "statuspage": b'{"incidents": [{"id": "1", "name": "API down"}], "scheduled_maintenances": []}',
    "changelog": b"<h2>2026-11-20</h2><p>New.</p>",
    "json": b'{"items": [{"id": 1, "text": "down"}]}',
    "x": b'{"data": [{"id": "1", "username": "Acme", "text": "down"}]}',
    "robots": b"User-agent: *\nDisallow: /private\n",
    "probe": b"<h1>Sign in</h1>",
}
READS, REFUSED = "reads", "refused"


def head(*lines: str, status: str = "HTTP/1.1 200 OK", length: bool = True) -> Callable[[bytes], bytes]:
    """Answers with these lines of a head before the body."""

    def answer(body: bytes) -> bytes:
        sizes = [f"Content-Length: {len(body)}"] if length else []
        return "\r\n".join([status, *lines, *sizes]).encode("latin-1") + b"\r\n\r\n" + body

    return answer


def packed(encoding: str, pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda body: head(f"Content-Encoding: {encoding}")(pack(body))


# What is sent: how a probe classifies it, and whether the others can read it.
ANSWERS: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "plain": (head(), "up", READS),
    "charset undefined": (head("Content-Type: text/html; charset=undefined"), "up", READS),
    "charset that is a codec": (head("Content-Type: text/html; charset=rot13"), "up", READS),
    "charset of zeros": (head("Content-Type: text/html; charset=\x00"), "up", READS),
    "packed as UTF-8": (head("Content-Encoding: UTF-8"), "up", READS),
    "packed as none": (head("Content-Encoding: none"), "up", READS),
    "said to be gzip": (head("Content-Encoding: gzip"), "up", READS),
    "said to be br": (head("Content-Encoding: br"), "degraded", REFUSED),
    "gzip twice": (packed("gzip, gzip", lambda b: gzip.compress(gzip.compress(b))), "up", READS),
    "gzip cut": (packed("gzip", lambda b: gzip.compress(b)[:-9]), "degraded", REFUSED),
    "a space before the colon": (head("X-Foo : bar"), "up", READS),
    "a line without a colon": (head("nonsense"), "up", READS),
    "letters of another alphabet": (head("X-F\xf6\xf6: b\xe4r"), "up", READS),
    "Retry-After of no number": (head("Retry-After: \xb2"), "up", READS),
    "a limit that never ends": (head("x-rate-limit-reset: 99999999999"), "up", READS),
    "no length": (head(length=False), "up", READS),
    "two lengths": (head("Content-Length: 5"), "up", READS),
    "a length below zero": (head("Content-Length: -5", length=False), "up", READS),
    "HTTP/2 in words": (head(status="HTTP/2 200"), "up", READS),
    "an early hint": (lambda body: b"HTTP/1.1 103 Early\r\nLink : x\r\n\r\n" + head()(body), "up", READS),
    "longer than it is": (lambda body: head("Content-Length: 9999", length=False)(body), "degraded", REFUSED),
    "a mark before it": (lambda body: head()(b"\xef\xbb\xbf" + body), "up", READS),
    "another language": (lambda body: b"220 mail ready\r\n", "down", REFUSED),
    "nothing": (lambda body: b"", "down", REFUSED),
    "an error": (head(status="HTTP/1.1 503 No"), "down", REFUSED),
    "refused": (head("Retry-After: 99999999999999999999", status="HTTP/1.1 429 Wait"), "blocked", REFUSED),
    "a redirect to nowhere": (head("Location: http://[::1/\t", status="HTTP/1.1 302 F"), "degraded", REFUSED),
    "a redirect to no port": (head("Location: http://a:99999/", status="HTTP/1.1 302 F"), "degraded", REFUSED),
    "a redirect to no name": (head("Location: http://xn--\xfc/", status="HTTP/1.1 302 F"), "degraded", REFUSED),
    "a redirect for ever": (head("Location: /", status="HTTP/1.1 302 F"), "degraded", REFUSED),
}  # fmt: skip


class Money:
    """A budget without end."""

    def reserve(self, price_usd: float, *, least: int, most: int) -> int:
        return most

    def give_back(self, price_usd: float, count: int) -> None:
        pass


def client() -> Client:
    return Client(Policy(Mode.LOOPBACK), user_agent="Brownout/test (+http://localhost/about)")


def asker(who: str, url: str) -> Callable[[], object]:
    """Everything that asks: a call that raises SourceError or OutboundError, or reads."""
    if who == "robots":
        return lambda: fetch.check_robots([url], {}, client(), NOW)
    readers: dict[str, Any] = {
        "feed": FeedReader(),
        "statuspage": StatuspageReader(),
        "changelog": ChangelogReader(),
        "json": JsonReader(),
        "x": XReader(token="t", base_url=url.rstrip("/")),
    }
    kind: Any = who
    mapping = {"items": "items", "id": "id", "text": "text"} if who == "json" else {}
    source = Source(slug="s", kind=kind, url=url, authors=["Acme"], mapping=mapping)
    return lambda: list(readers[who].pages(source, {}, client(), Money(), NOW))


def sends(raw: bytes) -> Callable[[socket.socket], None]:
    def handler(connection: socket.socket) -> None:
        bad.read_request(connection)
        connection.sendall(raw)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.2)
            connection.recv(1024)

    return handler


@pytest.mark.parametrize("name", ANSWERS)
def test_a_probe_has_a_result_for_every_answer(name: str) -> None:
    answer, expected, _ = ANSWERS[name]
    with bad.serve(sends(answer(BODIES["probe"]))) as server:
        probe = Probe(slug="p", kind="http", url=server.url(), timeout_s=3.0)
        outcome = asyncio.run(run_one(probe, client()))
    assert outcome.own_error == ""
    assert classify(outcome, probe) == expected


@pytest.mark.parametrize("who", ["feed", "statuspage", "changelog", "json", "x", "robots"])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_reader_reads_or_says_why_not(name: str, who: str) -> None:
    answer, _, expected = ANSWERS[name]
    with bad.serve(sends(answer(BODIES[who]))) as server:
        start = time.monotonic()
        try:
            asker(who, server.url())()
            happened, why = READS, ""
        except (SourceError, OutboundError) as error:
            happened, why = REFUSED, str(error)
    assert bool(why) == (happened == REFUSED)
    assert time.monotonic() - start < 12
    if who == "robots" and expected == REFUSED:
        return  # without rules that can be read everything, or nothing, is forbidden: never an escape
    assert happened == expected


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(junk=st.binary(max_size=300), at=st.integers(0, 300), who=st.sampled_from(sorted(BODIES)))
def test_no_bytes_escape(junk: bytes, at: int, who: str) -> None:
    whole = head("Content-Type: text/xml")(BODIES[who])
    raw = whole[:at] + junk + whole[at:]
    with bad.serve(sends(raw)) as server:
        if who == "probe":
            probe = Probe(slug="p", kind="http", url=server.url(), timeout_s=1.0)
            assert asyncio.run(run_one(probe, client())).own_error == ""
            return
        with contextlib.suppress(SourceError, OutboundError):
            asker(who, server.url())()
