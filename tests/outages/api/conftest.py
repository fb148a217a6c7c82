"""A service with a day of counts, an outage in the Netherlands, and all other signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.made_once import made_once

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def api_without_leftovers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Static files by their plain names, and nothing that a process keeps for some seconds."""
    from django.core.cache import cache

    from config.process_cache import CACHE
    from outages.api.framework import views

    CACHE.clear()
    monkeypatch.setattr(views.ReadView, "kept_s", 0.0)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    CACHE.clear()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The present of these tests: the end of the day that was counted."""
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: AT)
    return AT


@dataclass
class World:
    """What the tests ask about."""

    service: Any
    incident: Any


def make_service(slug: str = "acme", **changes: Any) -> Any:
    """A stored service with two components and two symptoms."""
    from reports.catalog import schema
    from reports.catalog.store import store
    from reports.models import Service

    store(
        schema.Catalog(
            slug=slug,
            name={"en": slug.title()},
            default_component="app",
            components=[
                schema.Component(slug="app", name="Mobile app", depends_on=["login"]),
                schema.Component(slug="login", name="Account and login"),
            ],
            symptoms=[
                schema.Symptom(
                    slug="http-503",
                    name="503",
                    http_status=503,
                    guide=schema.Guide(meaning="Busy.", causes={"overload": "Too many."}, steps=["Wait."]),
                ),
                schema.Symptom(slug="login-failed", name="Cannot sign in", component="login"),
            ],
            **changes,
        )
    )
    return Service.objects.get(slug=slug)


def add_minutes(service: Any, start: datetime, count: int, symptom: str = "http-503") -> None:
    """Watched minutes with two reports each in Noord-Holland (three networks) and one in Berlin (one network)."""
    from outages.detection.datatypes import Cell, Outcome
    from outages.pipeline import counts

    cells = (
        Cell("app", "NL-NH", 2, 2.0, 1, 0, (1, 2, 3)),
        Cell("app", "DE-BE", 1, 1.0, 0, 1, (9,)),
    )
    outcome = Outcome(
        transitions=(),
        cells=cells,
        symptoms={("app", symptom): 2, ("app", ""): 1},
        raw=3,
        effective=3.0,
        expected=0.5,
        dispersion=0.1,
        expected_by_component={"app": 0.4, "login": 0.1},
        cuts={},
        vantages={},
    )
    first = int(start.timestamp()) // 60
    counts.store(service, counts.Ids.of(service), [(first + offset, outcome) for offset in range(count)])


def add_incident(service: Any, number: int, opened_at: datetime, *, resolved_at: datetime | None = None) -> Any:
    """An incident that was possible, then confirmed ten minutes later, and perhaps resolved."""
    from outages.models import Incident

    scope: dict[str, Any] = {"components": ["app"], "countries": ["NL"], "regions": ["NL-NH"], "symptom": "http-503"}
    confirmed_at = opened_at + 10 * MINUTE
    incident = Incident.objects.create(
        service=service,
        number=number,
        state="resolved" if resolved_at else "confirmed",
        opened_at=opened_at,
        confirmed_at=confirmed_at,
        resolved_at=resolved_at,
        updated_at=resolved_at or confirmed_at,
        confidence=0.9,
        **scope,
    )
    term = {
        "kind": "crowd",
        "name": "negative-binomial-cusum",
        "nats": 7.5,
        "seen": 60.0,
        "expected": 5.0,
        "component": "app",
        "place": "NL-NH",
        "detail": {"minutes": 30, "networks": 12, "origins": 4},
    }
    changes = [("", "possible", opened_at, 0.4), ("possible", "confirmed", confirmed_at, 0.9)]
    if resolved_at:
        changes.append(("confirmed", "resolved", resolved_at, 0.9))
    for from_state, to, at, confidence in changes:
        code = {"possible": "opened", "confirmed": "two-kinds", "resolved": "reports-stopped"}[to]
        incident.events.create(
            at=at,
            from_state=from_state,
            to_state=to,
            reason=f"{to}-rule",
            code=code,
            confidence=confidence,
            evidence=[term],
            **scope,
        )
    return incident


def make_world(now: datetime) -> World:
    """Everything once."""
    from outages.models import Announcement, ProbeHour, ProbeResult, SourceHealth
    from reports.catalog import schema

    service = make_service(
        sources=[schema.Source(slug="blog", kind="feed", name="Acme's blog", url="https://blog.example/feed")],
        probes=[schema.Probe(slug="api", kind="http", component="app", url="https://api.example/")],
    )
    add_minutes(service, now - timedelta(hours=2), 120)
    incident = add_incident(service, 1, now - timedelta(hours=1))
    SourceHealth.objects.create(service=service, slug="blog", kind="feed", state="unreachable", detail="time-out")
    Announcement.objects.create(
        service=service,
        source="blog",
        external_id="1",
        author="Acme",
        tier="official",
        url="https://blog.example/1",
        text="We are investigating.",
        content_hash="x",
        posted_at=now - timedelta(minutes=50),
        seen_at=now - timedelta(minutes=45),
        stage="investigating",
        relevant=True,
        incident=incident,
    )
    for age, classification in ((5, "up"), (2, "down")):
        ProbeResult.objects.create(
            id=uuid4(),
            at=now - timedelta(minutes=age),
            service=service,
            probe="api",
            vantage="local",
            component="app",
            classification=classification,
            http_status=503,
            latency_ms=120.0,
        )
    for hours, vantage, down in ((1, "local", 30), (2, "local", 0), (1, "paris", 0), (30, "local", 0)):
        ProbeHour.objects.create(
            service=service,
            probe="api",
            vantage=vantage,
            hour=now - timedelta(hours=hours),
            results=60,
            up=50 - down,
            degraded=0,
            down=down,
            blocked=10,
            p50_ms=80.0,
            p95_ms=200.0,
            p99_ms=None,
        )
    return World(service, incident)


@pytest.fixture
def world(db: None, now: datetime) -> World:
    """Everything once, for one test."""
    return make_world(now)


@pytest.fixture(scope="module")
def world_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Everything once, for all tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: AT)
        with made_once(django_db_blocker, lambda: make_world(AT)) as made:
            patch.undo()
            yield made


@pytest.fixture
def shared_world(world_of_module: World, db: None, now: datetime) -> World:
    """What the module made, as it is in the database: a test may change it, and leaves no trace."""
    from outages.models import Incident
    from reports.models import Service

    service = Service.objects.get(pk=world_of_module.service.pk)
    return World(service, Incident.objects.get(pk=world_of_module.incident.pk))
