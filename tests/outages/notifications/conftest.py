"""A service, somebody to tell, and what happens to an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved. Calling it gives the time."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of these tests, also for Django's auto_now_add."""
    from django.utils import timezone

    from config.process_cache import CACHE

    CACHE.clear()
    found = Clock()
    monkeypatch.setattr(timezone, "now", found)
    return found


@pytest.fixture
def service(db: None, clock: Clock) -> Any:
    from tests.factories import a_service

    return a_service()


class Story:
    """What happens to one incident, event by event, as the scan would write it."""

    def __init__(self, service: Any, clock: Clock, number: int = 1, kind: str = "outage") -> None:
        self.service, self.clock, self.number, self.kind = service, clock, number, kind
        self.state: Any = None

    def becomes(self, to: str, **changes: Any) -> Any:
        """The next event, at the clock's time."""
        from outages.detection.datatypes import IncidentKind, IncidentState, Term, TermKind, Transition
        from outages.detection.reasons import ReasonCode, reason
        from outages.pipeline import incidents

        values: dict[str, Any] = {"components": ("app",), "countries": (), "regions": ()} | changes
        detail = {"minutes": 30, "networks": 31, "origins": 9}
        transition = Transition(
            incident=self.number,
            second=int(self.clock().timestamp()),
            from_state=self.state,
            to_state=IncidentState(to),
            kind=IncidentKind(self.kind),
            symptom="http-503",
            reason=reason(ReasonCode.OPENED),
            confidence=0.9,
            terms=(Term(TermKind.CROWD, "cusum", 12.0, 40, 2, detail=detail),),
            **values,
        )
        [event] = incidents.apply(self.service, [transition])
        self.state = transition.to_state
        self.clock.move(seconds=60)
        return event


@pytest.fixture
def story(service: Any, clock: Clock) -> Story:
    return Story(service, clock)


@pytest.fixture
def subscriber(service: Any, clock: Clock) -> Callable[..., Any]:
    """Makes a confirmed subscription: `subscriber("https://example.org/1", country="NL")`."""

    def make(target: str = "https://example.org/hook", channel: str = "webhook", **changes: Any) -> Any:
        from outages.models import Subscription
        from outages.notifications import crypto
        from outages.notifications.channels.webhook import new_signing_secret
        from outages.notifications.subscriptions import endpoint_of

        values = {
            "service": service,
            "endpoint": endpoint_of(channel, target),
            "owner_hash": crypto.hash_secret("s" * 40),
            "confirmed_at": clock(),
            "signing_sealed": crypto.seal(new_signing_secret()) if channel == "webhook" else b"",
        }
        return Subscription.objects.create(**{**values, **changes})

    return make
