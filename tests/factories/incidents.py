"""Incidents with their events, and official posts, straight into their tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from outages.models import Announcement, Incident, IncidentEvent
from reports.models import Service

from .counts import MINUTE

FAILING = {"probes": ["api", "web"], "errors": ["503"], "is_unsteady": False, "failing_from": ["oslo", "paris"]}
CODES = {
    "possible": "opened",
    "confirmed": "two-kinds",
    "recovering": "reports-fall",
    "resolved": "reports-stopped",
    "dismissed": "no-more-evidence",
    "maintenance": "announced-maintenance",
    "merged": "one-with",
}
PARAMS = {"dismissed": {"minutes": 60}, "maintenance": {"quote": "Planned work"}, "merged": {"number": 1}}


def a_term(kind: str = "crowd", **changes: Any) -> dict[str, Any]:
    """A piece of evidence as events hold it."""
    return {
        "kind": kind,
        "name": "negative-binomial-cusum",
        "nats": 21.5,
        "seen": 41.0,
        "expected": 2.0,
        "component": "app",
        "place": "",
        "detail": {"minutes": 30, "networks": 33, "origins": 12},
    } | changes


def an_incident(
    service: Service,
    opened_at: datetime,
    *,
    states: Sequence[tuple[int, str]] = ((0, "possible"), (6, "confirmed")),
    components: Sequence[str] = ("app",),
    countries: Sequence[str] = (),
    regions: Sequence[str] = (),
    symptom: str = "http-503",
    kind: str = "outage",
    evidence: Sequence[dict[str, Any]] = (),
) -> Incident:
    """An incident with one event for each (minutes after the opening, state)."""
    number = Incident.objects.filter(service=service).count() + 1
    at = {state: opened_at + minutes * MINUTE for minutes, state in states}
    last_minutes, last = states[-1]
    scope = {"components": list(components), "countries": list(countries), "regions": list(regions), "symptom": symptom}
    incident = Incident.objects.create(
        service=service,
        number=number,
        state=last,
        kind=kind,
        confidence=0.93,
        opened_at=opened_at,
        confirmed_at=at.get("confirmed"),
        resolved_at=next((at[state] for state in ("resolved", "dismissed", "merged") if state in at), None),
        updated_at=opened_at + last_minutes * MINUTE,
        **scope,
    )
    before = ""
    for minutes, state in states:
        IncidentEvent.objects.create(
            incident=incident,
            at=opened_at + minutes * MINUTE,
            from_state=before,
            to_state=state,
            reason=f"{state}_rule",
            code=CODES[state],
            params=PARAMS.get(state, {}),
            confidence=0.93,
            evidence=list(evidence) or [a_term()],
            **scope,
        )
        before = state
    return incident


def a_post(service: Service, posted_at: datetime, text: str = "We are investigating.", **changes: Any) -> Announcement:
    """A relevant official post, read two minutes after it was posted."""
    values = {
        "source": "blog",
        "external_id": f"post-{Announcement.objects.count()}",
        "author": "acme",
        "tier": Announcement.Tier.OFFICIAL,
        "url": "https://status.example/1",
        "content_hash": "0" * 64,
        "seen_at": posted_at + 2 * MINUTE,
        "stage": "investigating",
        "relevant": True,
    }
    return Announcement.objects.create(service=service, posted_at=posted_at, text=text, **{**values, **changes})
