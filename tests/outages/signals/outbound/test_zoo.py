"""A zoo of servers: odd answers times everything that asks. Nothing escapes, and the expected of each cell is said."""

from __future__ import annotations

import asyncio
import contextlib
import re
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
from tests.servers.zoo import ANIMALS, READS, REFUSED, head, sends

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


@pytest.mark.parametrize("name", ANIMALS)
def test_a_probe_has_a_result_for_every_answer(name: str) -> None:
    animal = ANIMALS[name]
    with bad.serve(animal.handler(BODIES["probe"])) as server:
        probe = Probe(slug="p", kind="http", url=server.url(), timeout_s=3.0)
        outcome = asyncio.run(run_one(probe, client()))
    assert outcome.own_error == ""
    assert classify(outcome, probe) == animal.probe
    said = f"{outcome.http_status} {outcome.detail}"
    assert animal.probe == "up" or re.search(animal.said, said), said


@pytest.mark.parametrize("who", ["feed", "statuspage", "changelog", "json", "x", "robots"])
@pytest.mark.parametrize("name", ANIMALS)
def test_a_reader_reads_or_says_why_not(name: str, who: str) -> None:
    animal = ANIMALS[name]
    with bad.serve(animal.handler(BODIES[who])) as server:
        start = time.monotonic()
        try:
            asker(who, server.url())()
            happened, why = READS, ""
        except (SourceError, OutboundError) as error:
            happened, why = REFUSED, str(error)
    assert bool(why) == (happened == REFUSED)
    assert time.monotonic() - start < 12
    if who == "robots" and animal.read == REFUSED:
        return  # without rules that can be read everything, or nothing, is forbidden: never an escape
    assert happened == animal.read
    assert re.search(animal.said, why), why


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
