"""Quiet services are stepped ahead in bulk: the result is the same as minute by minute."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from outages import tasks
from outages.clock import MINUTE
from outages.detection import state as state_of
from outages.models import DetectorState, Incident, IncidentEvent, MinuteCount, QuietAhead, ServiceMinute
from outages.pipeline import quiet, scan
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service

pytestmark = pytest.mark.django_db

CATALOG = Path(__file__).parents[3] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=6)


def services(count: int) -> list[Service]:
    catalog = read(CATALOG)
    for number in range(count):
        store(msgspec.structs.replace(catalog, slug=f"s{number}", sources=(), probes=()))
    return list(Service.objects.order_by("slug"))


def report(service: Service, at: datetime, number: int, received_at: datetime | None = None, **more: Any) -> None:
    Report.objects.create(
        id=uuid.UUID(int=number * 1000 + service.pk), at=at, received_at=received_at or at, occurred_at=at,
        service=service,
        component=service.components.get(slug="app"), symptom=service.symptoms.get(slug="http-503-maintenance"),
        country="NL", region="NL-NH", network=number * 7919, wide_network=number * 104729, asn=number,
        reporter=number * 31, door="api", receipt_hash=b"", **more,
    )  # fmt: skip


def minute_of_all(now: datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """Scan as the tasks do, all in this process. Return how many services were scanned by themselves."""
    scanned: list[int] = []
    monkeypatch.setattr(tasks.clock, "now", lambda: now)
    monkeypatch.setattr(tasks.scan_service, "apply_async", lambda kwargs, **_: scanned.append(kwargs["service_id"]))
    tasks.scan_minute()
    for service_id in scanned:
        scan.run(Service.objects.get(pk=service_id), now=now)
    return len(scanned)


def look(now: datetime) -> None:
    for service_id in scan.with_news(now=now):
        scan.look(Service.objects.get(pk=service_id), now=now)


def encoded(value: Any) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=state_of._pack)


def known_of(service: Service) -> dict[str, Any]:
    """All that is derived of a service, with its state after its last minute."""
    row = DetectorState.objects.get(service=service)
    state = quiet.caught_up(scan.State.loads(bytes(row.state)), row.minute, service)
    columns = [field.name for field in ServiceMinute._meta.fields if field.name not in ("id", "service")]
    return {
        "minute": row.minute,
        **{f"state.{name}": encoded(value) for name, value in msgspec.structs.asdict(state).items()},
        "minutes": list(ServiceMinute.objects.filter(service=service).order_by("minute").values_list(*columns)),
        "cells": sorted(
            MinuteCount.objects.filter(service=service).values_list(
                "minute", "component__slug", "region", "raw", "effective"
            )
        ),
        "incidents": list(Incident.objects.filter(service=service).order_by("number").values_list("number", "state")),
        "events": list(
            IncidentEvent.objects.filter(incident__service=service).order_by("at", "id").values_list("at", "to_state")
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories_come_to_the_same_as_minute_by_minute(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = services(2)
    bulk, alone = pairs[:1], pairs[1:]
    chance = random.Random(seed)
    number, by_themselves = 0, 0
    monkeypatch.setattr(quiet, "QUIET_FOR", timedelta(minutes=2))
    Service.objects.filter(pk__in=[one.pk for one in alone]).update(clock=Service.Clock.RECORDED)
    outage = chance.randrange(40, 50)
    for minute in range(75):
        start = START + minute * MINUTE
        for one, other in zip(bulk, alone, strict=True):
            size = chance.choice([0] * 20 + [1, 2]) + (12 if outage <= minute < outage + 8 and one is bulk[0] else 0)
            for _ in range(size):
                number += 1
                second = timedelta(seconds=chance.randrange(60))
                for service in (one, other):
                    report(service, start + second, number)
            if minute > 20 and chance.random() < 0.03:  # one that waited for the net
                number += 1
                back = timedelta(minutes=chance.randrange(11, 19))
                for service in (one, other):
                    report(service, start - back, number, received_at=start, late=True)
        if chance.random() < 0.3:
            Service.objects.update(clock=Service.Clock.LIVE)
            look(start + timedelta(seconds=35))
            Service.objects.filter(pk__in=[one.pk for one in alone]).update(clock=Service.Clock.RECORDED)
        if chance.random() < 0.05:
            continue  # the worker was away
        now = start + MINUTE + LAG
        by_themselves += minute_of_all(now, monkeypatch)
        Service.objects.filter(pk__in=[one.pk for one in alone]).update(clock=Service.Clock.LIVE)
        for other in alone:
            scan.run(Service.objects.get(pk=other.pk), now=now)
        Service.objects.filter(pk__in=[one.pk for one in alone]).update(clock=Service.Clock.RECORDED)
    now = START + 76 * MINUTE + LAG
    minute_of_all(now, monkeypatch)
    Service.objects.update(clock=Service.Clock.LIVE)
    for other in alone:
        scan.run(Service.objects.get(pk=other.pk), now=now)
    assert by_themselves < 60  # of 76: what is quiet is not scanned by itself
    for one, other in zip(bulk, alone, strict=True):
        found, expected = known_of(one), known_of(other)
        assert [name for name in expected if found[name] != expected[name]] == []
    assert Incident.objects.filter(service=bulk[0]).exists()


def test_what_is_laid_by_is_dropped_where_the_catalogue_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    (service,) = services(1)
    for minute in range(14):
        minute_of_all(START + minute * MINUTE + LAG, monkeypatch)
    now = START + 14 * MINUTE + LAG
    assert QuietAhead.objects.get(service=service).minutes >= quiet.LEAST_AHEAD
    assert quiet.services(scan.last_complete(now), now=now) == ([service.pk], [])
    Service.objects.update(definition_hash="another")
    assert quiet.services(scan.last_complete(now), now=now) == ([], [service.pk])
