"""A small service with a day of counts, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STATES = ("possible", "confirmed", "recovering", "maintenance")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process keeps for some seconds would outlive a test's database."""
    from config.process_cache import CACHE
    from outages.api.framework import views

    monkeypatch.setattr(views.ReadView, "kept_s", 0.0)
    CACHE.clear()
    yield
    CACHE.clear()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The present of these tests."""
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return NOW


@pytest.fixture
def service(db: None, now: datetime) -> Any:
    """A service that was watched for two hours and is well."""
    from tests import factories

    made = factories.a_service()
    factories.watched(made, now - timedelta(hours=2), now)
    return made


@pytest.fixture
def outage(service: Any, now: datetime) -> Any:
    """An outage of the app in the Netherlands, confirmed half an hour ago."""
    from tests import factories

    return factories.an_incident(
        service, now - 40 * MINUTE, states=((0, "possible"), (10, "confirmed")), countries=["NL"], regions=["NL-NH"]
    )


@pytest.fixture
def read(client: Any) -> Callable[..., Any]:
    """Reads an address and gives the answer, which must be a 200 unless said otherwise."""

    def reading(address: str, status: int = 200, **headers: str) -> Any:
        answer = client.get(address, headers=headers)
        assert answer.status_code == status, (address, answer.status_code, answer.content[:300])
        return answer

    return reading


def add_probe(service: Any, at: datetime, classification: str, *, probe: str = "api", vantage: str = "local") -> None:
    """One probe's result."""
    from outages.models import ProbeResult

    ProbeResult.objects.create(
        id=uuid4(),
        at=at,
        service=service,
        probe=probe,
        vantage=vantage,
        component="app",
        classification=classification,
        http_status=200 if classification == "up" else 503,
        latency_ms=120.0,
    )


def add_plan(service: Any, posted_at: datetime, text: str, **changes: Any) -> Any:
    """An official post that announces maintenance."""
    from tests import factories

    return factories.a_post(service, posted_at, text, **{"stage": "planned", "components": ["app"], **changes})
