"""What is measured is what runs: a world through database, broker and worker gives a replay's incidents."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.utils import timezone

from config.celery import app
from outages.clock import at_minute, minute_of, whole_minute
from outages.detection.early_look import LOOKS
from outages.detection.engine import State, look_through, step
from outages.detection.replay import Event, Line, incidents, minutes_of, opaque
from outages.evaluation.simulation.kinds import kinds
from outages.evaluation.simulation.world import generate
from outages.models import DetectorState, Incident
from outages.pipeline import scan
from outages.pipeline.recount import LONGEST_CATCH_UP
from outages.pipeline.spec import service_spec
from outages.signals.recordings.ingest import feed
from outages.tasks import scan_service
from reports.catalog.loader import read
from reports.catalog.store import catalog_of, store
from reports.models import Service

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 180
WEIGHTS = (1.0, 1.0, 0.5, 1.75, 2.0)

pytestmark = [pytest.mark.slow(30), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service(transactional_db: None) -> Iterator[Service]:
    """The service; afterwards the queue is emptied."""
    store(read(PROJECT / "catalog" / "tesla.toml"))
    yield Service.objects.get(slug="tesla")
    app.control.purge()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts real Celery workers on the tests' database and broker."""
    database = settings.DATABASES["default"]
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = {
        **os.environ,
        "DATABASE_URL": os.environ.get("DATABASE_URL", "").replace("/brownout", f"/{database['NAME']}") or url,
        "REDIS_URL": settings.REDIS_URL,
        "OUTBOUND": "off",
    }
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-Q", "scan", "-P", "solo"]
        started.append(subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def world_of_last_day(kind: str, seed: int, end: datetime) -> list[Event]:
    """A simulated day that ends now, with one outage of the kind's. Some of its reporters have earned a weight."""
    one = replace(kinds()[kind], outages=(replace(kinds()[kind].outages[0], count=1),))
    world = generate(one, seed=seed, days=1, start=end - timedelta(days=1))
    events = msgspec.convert(world.events, list[Event])
    for event in events:
        event.weight = WEIGHTS[opaque(event.reporter) % len(WEIGHTS)]
    return events


def begin(service: Service, start: datetime) -> None:
    """Makes the scan take up at `start`."""
    state = State.fresh(minute_of(start) - 1)
    DetectorState.objects.create(
        service=service,
        minute=at_minute(state.minute),
        state=state.dumps(),
        recounted_until=start,
    )


def stored_lines() -> list[Line]:
    """The database's incidents in the form of a replay's."""

    def said(moment: datetime | None) -> str | None:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

    return [
        Line(
            row.service.slug,
            row.kind,
            tuple(row.components),
            tuple(row.countries),
            tuple(row.regions),
            said(row.opened_at) or "",
            said(row.confirmed_at),
            said(row.resolved_at),
        )
        for row in Incident.objects.select_related("service").order_by("number")
    ]


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "the worker did not get there"
        time.sleep(0.2)


def test_a_world_through_the_worker_is_a_world_through_replay(
    service: Service, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """The worker is killed on the way; what it had not committed is stepped again, and nothing twice.

    An hour is left at the start: what is older than a day when the worker gets there is not stepped at all.
    """
    end = whole_minute(timezone.now())
    since = end - LONGEST_CATCH_UP + timedelta(hours=1)
    events = [event for event in world_of_last_day("continent", 11, end) if since <= event.at < end]
    start = events[0].at.replace(second=0)
    feed(service, events, now=timezone.now())
    begin(service, start)

    def reached() -> datetime:
        return DetectorState.objects.get(service=service).minute

    first = worker()
    scan_service.apply_async(kwargs={"service_id": service.pk})
    wait_until(lambda: reached() >= start)
    first.kill()
    first.wait()
    worker()
    scan_service.apply_async(kwargs={"service_id": service.pk})
    wait_until(lambda: reached() >= end - timedelta(minutes=1))
    replayed = incidents(events, service_spec(catalog_of(service)))
    assert replayed, "the world should hold incidents"
    assert [line for line in stored_lines() if line.opened_at <= replayed[-1].opened_at] == replayed


def test_an_outage_looked_at_live_is_opened_in_the_same_second_as_in_replay(service: Service) -> None:
    """Each five seconds who has news is asked for and looked at, each minute is scanned: as beat and worker do it."""
    end = whole_minute(timezone.now())
    events = [event for event in world_of_last_day("continent", 11, end) if event.at < end]
    spec = service_spec(catalog_of(service))
    first = datetime.fromisoformat(incidents(events, spec)[0].opened_at)
    start, end = whole_minute(first) - timedelta(minutes=5), whole_minute(first) + timedelta(minutes=10)
    state = State.fresh(minute_of(events[0].at) - 1)
    for minute in minutes_of([event for event in events if event.at < start], service.slug):
        state, _ = look_through(state, minute, service=spec)
        state, _ = step(state, minute, service=spec)
    feed(service, [event for event in events if start <= event.at < end], now=timezone.now())
    DetectorState.objects.create(
        service=service, minute=start - timedelta(minutes=1), state=state.dumps(), recounted_until=timezone.now()
    )
    lag = timedelta(seconds=settings.SCAN_DELAY_S)
    asked = looked = 0
    for number in range((end - start) // timedelta(minutes=1)):
        minute_start = start + timedelta(minutes=number)
        for second in LOOKS:
            now = minute_start + timedelta(seconds=second) + lag
            asked += 1
            if scan.with_news(now=now):
                looked += 1
                scan.look(service, now=now)
        scan.run(service, now=minute_start + timedelta(minutes=1) + lag)
    replayed = incidents([event for event in events if event.at < end], spec)
    assert [line.opened_at for line in stored_lines()] == [line.opened_at for line in replayed]
    assert [line.confirmed_at for line in stored_lines()] == [line.confirmed_at for line in replayed]
    assert 0 < looked < asked, "only where there was news"
