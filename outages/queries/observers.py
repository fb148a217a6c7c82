"""Outside observers of a service, and how often they were right. Page and API read it here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from outages.models import Observation, Observer
from outages.signals.observations import judgement
from outages.signals.observations.store import VANTAGES
from reports.models import Service

SEEN = timedelta(days=1)
LATELY = timedelta(minutes=10)
MOST = 100


@dataclass(frozen=True, slots=True)
class ObserverState:
    """An observer now. `id` tells nothing of its key.

    Of browsers, whose loads are people's, it says on which day (UTC) there was one, and nothing of what, where, when or
    how it went: with a single load among them, or with loads of one's own, each of these would tell of one person.
    """

    id: str
    kind: str
    vantage: str
    trust: float
    agreed: int
    disagreed: int
    components: list[str]
    countries: list[str]
    failing_share: float | None
    last_at: datetime


def of_service(service: Service, now: datetime) -> list[ObserverState]:
    """Return who has observed a service in the last day, the latest first."""
    return of_services([service], now).get(service.pk, [])


def of_services(services: Collection[Service], now: datetime) -> dict[int, list[ObserverState]]:
    """Return the same of each service, by its id. Two queries at most, whatever their number."""
    rows = Observer.objects.filter(service__in=services, last_at__gt=now - SEEN)
    found = list(rows.order_by("-last_at", "pk")[: MOST * len(services)])
    if not found:
        return {}
    lately: dict[int, list[Observation]] = defaultdict(list)
    for row in Observation.objects.filter(observer__in=found, minute__gt=now - LATELY):
        lately[row.observer_id].append(row)
    states: dict[int, list[ObserverState]] = defaultdict(list)
    for observer in found:
        if len(states[observer.service_id]) < MOST:
            states[observer.service_id].append(_state(observer, lately[observer.pk]))
    return dict(states)


def _state(observer: Observer, rows: list[Observation]) -> ObserverState:
    is_of_people = observer.kind == Observer.Kind.BROWSERS
    if is_of_people:
        rows = []
    calls = sum(row.calls for row in rows)
    last_at = observer.last_at.astimezone(UTC)
    return ObserverState(
        id=sha256(f"observer {observer.api_key_id}".encode()).hexdigest()[:10],
        kind=observer.kind,
        vantage=VANTAGES[Observer.Kind(observer.kind)],
        trust=round(judgement.trust_of(observer.agreed, observer.disagreed), 3),
        agreed=observer.agreed,
        disagreed=observer.disagreed,
        components=sorted({row.component for row in rows}),
        countries=sorted({row.country for row in rows if row.country}),
        failing_share=round(sum(row.failed for row in rows) / calls, 4) if calls else None,
        last_at=last_at.replace(hour=0, minute=0, second=0, microsecond=0) if is_of_people else last_at,
    )
