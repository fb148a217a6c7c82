"""Somebody who wants to know from where the report of a certain minute came, or in which minute a place reported.

The minutes of all reports are public, and which places reported in an hour is told for most of them; which belongs to
which must stay as well hidden as by chance. Every door is asked: what it answers by minutes, slots and frames, and what
it says of an incident that goes on meanwhile.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from outages.live import queries as live_queries
from outages.models import Incident
from outages.pipeline import perturbation, scan
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Service
from tests.outages.analytics.test_attacker import HOUR, MIDNIGHT, MINUTE, SMALL, Day, ask, by_country, day, fresh, stamp
from tests.outages.crowds import Sent, send

__all__ = ["day", "fresh"]
pytestmark = [pytest.mark.django_db, pytest.mark.drawn, pytest.mark.slow]

QUARTER = timedelta(minutes=15)
MARGIN, WIDE = 0.05, 0.1  # of some 300 single reports, three deviations of chance and more; who knew would have all
CATALOG = Path(__file__).parents[3] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


def single(day: Day) -> Iterator[tuple[str, int, int]]:
    """The small cells of one report: place, hour, minute within it."""
    for (place, hour), minutes in day.minutes.items():
        if len(minutes) == 1:
            yield place, hour, minutes[0] - hour * 60


def test_the_quarter_and_the_place_of_a_single_report_are_guessed_no_better_than_within_its_hour(day: Day) -> None:
    """What the totals of a quarter hold and no place is told for lies with small places: more of it, more likely there.
    And whoever knows that a small place reported in a quarter picks among those that its hour names."""
    chosen = random.Random(1)
    right = baseline = pairs = chance = number = 0.0
    for hour in range(24):
        first = MIDNIGHT + hour * HOUR
        told = [by_country(first + n * QUARTER, first + (n + 1) * QUARTER) for n in range(4)]
        assert not {place for quarter in told for place in quarter} & set(SMALL)
        named = sorted(by_country(first, first + HOUR).keys() & set(SMALL))
        there = [[place for place in named if place in quarter] or named for quarter in told]
        totals = day.totals[hour * 60 : hour * 60 + 60].reshape(4, 15).sum(axis=1)
        left = totals - np.array([sum(each for each in quarter.values() if each is not None) for quarter in told])
        for place, minute in ((place, minute) for place, of, minute in single(day) if of == hour):
            right += bool(minute // 15 == left.argmax())
            baseline += bool(minute // 15 == totals.argmax())
            pairs += chosen.choice(there[minute // 15]) == place
            chance += 1 / sum(of == hour for _place, of in day.small)
            number += 1
    assert number >= 200
    print(f"quarter of a single report: {right / number:.3f} right, by totals {baseline / number:.3f}, {number:.0f}")  # noqa: T201
    print(f"place of a single report: {pairs / number:.3f} right, chance {chance / number:.3f}")  # noqa: T201
    assert right / number <= max(baseline / number, 1 / 4) + WIDE
    assert pairs / number <= chance / number + MARGIN


def test_the_minute_of_a_single_report_is_not_told_by_windows_that_move(day: Day) -> None:
    """The map as of each minute, in windows of all lengths: what is said of a place changes with its hour only."""
    hour = 9
    seen: dict[str, list[str]] = defaultdict(list)
    for minute in range(1, 61, 3):
        at = stamp(MIDNIGHT + hour * HOUR + minute * MINUTE)
        for window in ("30m", "1h", "24h"):
            told = ask("/api/v1/services/acme/map", window=window, shapes="false", at=at).json()["features"]
            answers = {row["id"]: repr(sorted(row["properties"].items())) for row in told}
            for place in SMALL:
                seen[f"{window} {place}"].append(answers.get(place, ""))
    cells = [(place, minute) for place, of, minute in single(day) if of == hour]
    right = changes = 0
    for place, minute in cells:
        for window in ("30m", "1h", "24h"):
            answers = seen[f"{window} {place}"]
            moved = [3 * n + 1 for n in range(1, len(answers)) if answers[n] != answers[n - 1]]
            changes += len([at for at in moved if at < 60])
            right += any(abs(at - minute) <= 2 for at in moved)
    print(f"minute by moving windows: {right} of {len(cells)} right, {changes} changes within the hour")  # noqa: T201
    assert changes == 0


# Doors that speak of an incident or of the service while it goes on: none of them may know of a single report's place.
DOORS = (
    "/tesla/", "/embed/tesla", "/embed/tesla/map?window=30m", "/tesla/incidents/1", "/tesla/incidents/1/cap.xml",
    "/tesla/history", "/tesla/history.csv", "/tesla/reports.csv", "/tesla/map?window=30m", "/tesla/map.csv?window=30m",
    "/tesla/map.svg?window=30m", "/tesla/map/frames.json?window=1h", "/tesla/map/frames.json?window=24h",
    "/tesla/map/frames.json?window=1h&metric=count", "/tesla/dashboards", "/tesla/dashboards/parts.csv",
    "/tesla/dashboards/symptoms.csv", "/tesla/is-it-me?symptom=http-503-maintenance&country=NL",
    "/tesla/feeds/atom.xml", "/tesla/feeds/rss.xml", "/tesla/feeds/feed.json", "/tesla/feeds/incidents.ics",
    "/tesla/badge.svg", "/tesla/badge.json", "/tesla/api/v2/summary.json", "/tesla/api/v2/incidents.json",
    "/kuma/api/status-page/heartbeat/tesla", "/gatus/api/v1/endpoints/statuses", "/metrics", "/",
    "/api/v1/services/tesla/status", "/api/v1/services/tesla/incidents", "/api/v1/services/tesla/symptoms",
    "/api/v1/services/tesla/components", "/api/v1/services/tesla/timeseries?grain_minutes=1",
    "/api/v1/services/tesla/reports?by=component", "/api/v1/services/tesla/map?window=30m&shapes=false",
    "/api/v1/services/tesla/map?window=30m&format=topojson", "/api/v1/incidents/1000",
    "/board?of=tesla", "/board/embed?of=tesla", "/board.json?of=tesla", "/board/tesla/badge.svg",
    "/board/tesla/badge.json", "/board/tesla/api/v2/summary.json", "/board/tesla/api/v2/incidents.json",
    "/api/v1/board?of=tesla", "/feeds/atom.xml", "/tesla/map/figure.json?window=30m", "/tesla/dashboards/volume.json",
    "/tesla/dashboards/parts.json", "/tesla/dashboards/symptoms.json", "/tesla/picture.png",
    "/tesla/map.png?window=30m", "/tesla/errors/", "/sources", "/de/tesla/", "/ja/tesla/map?window=30m",
    "/api/v1/services",
)  # fmt: skip
# These have no ?at=; asked at the end.
NOT_TIMED = ("/metrics", "/gatus", "/kuma", "badge", "/board/tesla/api", "/feeds/", ".png", "/sources", "/errors/")
TOOLS = (  # of /mcp
    ("get_status", {"service": "tesla"}),
    ("get_status", {"service": "tesla", "country": "NL"}),
    ("list_incidents", {"service": "tesla"}),
    ("get_incident", {"service": "tesla", "number": 1}),
)
ACCEPTED = "application/json, text/event-stream"
RANDOM = re.compile(r'nonce="[^"]*"|nonce-[\w+/=-]+|name="csrfmiddlewaretoken" value="[^"]*"|"elapsed_ms": ?[\d.]+')


def answers(monkeypatch: pytest.MonkeyPatch, lone: str) -> dict[str, str]:
    """What every door says, minute by minute, of an outage in the Netherlands and of one report from elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), 1000, false)"
            " FROM pg_sequences WHERE schemaname = 'public'"
        )
    CACHE.clear()
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: START)
    store(read(CATALOG))
    service = Service.objects.get(slug="tesla")
    scan.run(service, now=START + timedelta(seconds=6))
    crowd = [
        Sent(START + timedelta(minutes=5 + n // 6, seconds=9 * (n % 6)), place=f"NL-{('NH', 'ZH', 'UT')[n % 3]}",
             network=7919 * (n + 1), wide_network=104729 * (n + 1), asn=n + 1, reporter=31 * (n + 1))
        for n in range(120)
    ]  # fmt: skip
    other = Sent(START + 17 * MINUTE, place=lone, network=77, wide_network=78, asn=79, reporter=80)
    send(service, [*crowd, other])
    found: dict[str, str] = {}
    minutes = 31  # the report of minute 17 is counted, its slot and its quarter have ended
    now = START + timedelta(minutes=minutes, seconds=6)
    monkeypatch.setattr(timezone, "now", lambda: now)
    for minute in range(1, minutes + 1):
        scan.run(service, now=START + timedelta(minutes=minute, seconds=6))
    for door in DOORS:
        path = door
        if not any(part in door for part in NOT_TIMED):
            path += ("&" if "?" in door else "?") + "at=" + stamp(now)
        CACHE.clear()
        response = Client().get(path)
        assert response.status_code == 200, (path, response.content[:300])
        found[door] = RANDOM.sub("", response.content.decode("latin-1"))
    for tool, asked in TOOLS:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": asked}}
        response = Client().post("/mcp", message, content_type="application/json", headers={"Accept": ACCEPTED})
        assert response.status_code == 200, (tool, response.content[:300])
        assert '"isError":true' not in response.content.decode(), response.content[:300]
        found[f"{tool} {asked}"] = response.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # entries of the stream are made as a commit begins
    entries = live_queries.entries(0, 100)
    told = [live_queries.incident_json("tesla", entry.incident, "en") for entry in entries if entry.incident]
    assert told
    found["stream"] = repr(told)
    assert Incident.objects.filter(confirmed_at__isnull=False).exists()
    return found


def test_no_door_that_speaks_by_minutes_knows_where_a_single_report_came_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same day twice, but for the place of one report: within its hour every byte of every answer is the same.

    Each report is told as one here: its weight is drawn anew at another place, which only hides it better.
    """
    monkeypatch.setattr(perturbation, "_WEIGHT_OF", (bytes([1]) * 256,) * 25)
    told = []
    for lone in ("IS-1", "UY-MO"):
        with transaction.atomic():
            told.append(answers(monkeypatch, lone))
            transaction.set_rollback(True)
    assert len(told[0]) == len(DOORS) + len(TOOLS) + 1
    assert {door: differing(told[0][door], told[1][door]) for door in told[0] if told[0][door] != told[1][door]} == {}


def differing(one: str, other: str) -> tuple[str, str]:
    """Where two answers begin to differ."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[at - 60 : at + 60], other[at - 60 : at + 60]
