"""Stores recorded or simulated probe results at their own times."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from hashlib import blake2b

from outages.detection.datatypes import ProbeResult as Result
from outages.detection.estimators.probes import classified
from outages.detection.replay import Event
from outages.models import ProbeResult
from reports.models import Service

BATCH = 2000


def record_results(service: Service, events: Iterable[Event]) -> int:
    """Stores probe events. Each is stored once, however often it is told. Returns how many there were."""
    rows = [_row(service, event) for event in events]
    ProbeResult.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _row(service: Service, event: Event) -> ProbeResult:
    said = "|".join((service.slug, event.probe, event.vantage, event.at.isoformat()))
    result = Result(
        at=event.at.timestamp(),
        probe=event.probe,
        vantage=event.vantage,
        component=event.component,
        http_status=event.http_status,
        error=event.error,
        body=event.body,
    )
    return ProbeResult(
        id=uuid.UUID(bytes=blake2b(said.encode(), digest_size=16).digest(), version=4),
        at=event.at,
        service=service,
        probe=event.probe,
        vantage=event.vantage,
        component=event.component,
        countries=event.countries,
        control=event.control,
        classification=classified(result),
        http_status=event.http_status,
        error=event.error or "",
        body=(event.body or "")[:200],
        latency_ms=event.latency_ms,
    )
