"""One source for what is reported, counted and shown: late reports of unwatched minutes are in no total at all."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from outages.models import HourCount, MinuteCount
from outages.pipeline import counts, scan
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service
from tests.outages.crowds import Sent, send

pytestmark = pytest.mark.django_db

CATALOG = Path(__file__).parents[3] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE, LAG = timedelta(minutes=1), timedelta(seconds=6)
SPAN = {"since": "2026-03-07T11:00:00Z", "until": "2026-03-07T13:00:00Z"}


def a_crowd(at: datetime, number: int, first: int, component: str = "app") -> list[Sent]:
    return [
        Sent(at + timedelta(seconds=n), component, network=7919 * k, wide_network=104729 * k, asn=k, reporter=31 * k)
        for n, k in enumerate(range(first, first + number))
    ]


def ask(path: str, **query: str) -> Any:
    response = Client().get(path, query)
    assert response.status_code == 200, (path, response.content[:300])
    return response


def rows(path: str, **query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ask(path, **query).content.decode())))


def test_late_reports_of_minutes_that_nobody_watched_are_in_no_total(monkeypatch: pytest.MonkeyPatch) -> None:
    CACHE.clear()
    cache.clear()
    store(read(CATALOG))
    service = Service.objects.get(slug="tesla")
    scan.run(service, now=START + LAG)  # watched from here on
    send(service, a_crowd(START + MINUTE, 20, first=1))
    now = START + 61 * MINUTE
    scan.run(service, now=START + 30 * MINUTE + LAG)
    send(service, a_crowd(START - 20 * MINUTE, 35, first=100))  # late, of a minute before anybody watched
    send(service, a_crowd(START + 2 * MINUTE, 15, first=200))  # late, of a watched one
    late = [START - 20 * MINUTE, START + 2 * MINUTE]
    assert counts.differing_minutes(service, START - 60 * MINUTE, START + 30 * MINUTE) == late[1:]
    assert counts.recount(service, late) == 1
    monkeypatch.setattr(timezone, "now", lambda: now + LAG)
    scan.run(service, now=now + LAG)
    CACHE.clear()
    cache.clear()
    assert Report.objects.count() == 70

    at, api = "2026-03-07T13:00:00Z", "/api/v1/services/tesla/"
    totals = {
        "minute counts": sum(MinuteCount.objects.values_list("raw", flat=True)),
        "hour counts": sum(HourCount.objects.values_list("raw", flat=True)),
        "time series": sum(point["reports"] or 0 for point in ask(api + "timeseries", **SPAN).json()["points"]),
        "total": ask(api + "reports", **SPAN).json()["total"],
        "by part": sum(row["reports"] or 0 for row in ask(api + "reports", by="component", **SPAN).json()["results"]),
        "by symptom": sum(row["reports"] or 0 for row in ask(api + "reports", by="symptom", **SPAN).json()["results"]),
        "by country": sum(row["reports"] or 0 for row in ask(api + "reports", by="country", **SPAN).json()["results"]),
        "by region": sum(row["reports"] or 0 for row in ask(api + "reports", by="region", **SPAN).json()["results"]),
        "by time": sum(row["reports"] or 0 for row in ask(api + "aggregate", axis_x="time", **SPAN).json()["results"]),
        "map": sum(int(row["reports"]) for row in rows("/tesla/map.csv", window="6h", at=at)),
        "day": sum(int(row["reports"] or 0) for row in rows("/tesla/reports.csv", at=at)),
        "panel": sum(int(row["reports"] or 0) for row in rows("/tesla/dashboards/volume.csv", window="6h", at=at)),
    }
    assert totals == dict.fromkeys(totals, 35)


def test_a_part_from_which_too_few_reported_has_no_figure_of_any_kind() -> None:
    CACHE.clear()
    cache.clear()
    store(read(CATALOG))
    service = Service.objects.get(slug="tesla")
    scan.run(service, now=START + LAG)
    send(service, [*a_crowd(START + MINUTE, 9, first=1), *a_crowd(START + MINUTE, 2, 50, "charging")])
    scan.run(service, now=START + 10 * MINUTE + LAG)
    found = ask("/api/v1/services/tesla/reports", by="component", **SPAN).json()["results"]
    part = next(row for row in found if row["key"] == "charging")
    assert part["few"]
    assert part["reports"] is None
    assert part["expected"] is None
    assert next(row for row in found if row["key"] == "app")["expected"] is not None
