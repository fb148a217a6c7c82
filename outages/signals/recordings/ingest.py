"""Feeds recorded or simulated events into a service, through the same doors as live signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from outages.detection.replay import Event, opaque
from outages.signals.announcements.recorded import record_announcements
from outages.signals.probes.recorded import record_results
from reports.intake import recorded
from reports.intake.submissions import Submission
from reports.models import Service
from reports.privacy.origin import Origin


@dataclass(frozen=True, slots=True)
class Fed:
    """How many of each were new."""

    reports: int
    probes: int
    announcements: int


def feed(service: Service, events: Sequence[Event], *, now: datetime) -> Fed:
    """Stores events at their own times; a second time adds nothing. Raises ValueError where intake refuses a report."""
    kinds: dict[str, list[Event]] = {"report": [], "probe": [], "announcement": []}
    for event in events:
        kinds[event.type].append(event)
    recording = recorded.take_recorded(service.slug, _reports(service, kinds["report"]), now=now)
    if recording.refused:
        line, why = recording.refused[0]
        raise ValueError(f"{len(recording.refused)} reports were refused; the first, number {line}: {why}")
    return Fed(
        reports=recording.stored,
        probes=record_results(service, kinds["probe"]),
        announcements=record_announcements(service, kinds["announcement"], now=now),
    )


def _reports(service: Service, events: Iterable[Event]) -> Iterable[recorded.Recorded]:
    for number, event in enumerate(events, start=1):
        yield recorded.Recorded(
            line=number,
            submission=Submission(
                service=service.slug,
                component=event.component or None,
                symptom=event.symptom or None,
                kind=event.kind,  # type: ignore[arg-type]  # checked by intake
                country=event.country,
                region=event.region,
                occurred_at=event.at,
            ),
            identity=f"{event.network}|{event.reporter}|{event.component}|{event.symptom}|{event.region}".encode(),
            origin=Origin(
                network=opaque(event.network),
                wide_network=opaque(event.wide_network),
                asn=event.asn or 0,
                reporter=opaque(event.reporter),
            ),
            weight=event.weight,
        )
