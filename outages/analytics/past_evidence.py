"""What each source of evidence had brought by a past moment. How it fared is kept for the present only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from outages.models import Announcement, ProbeResult
from reports.models import Service

WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Brought:
    """A probe's last result from a vantage in the hour before a moment."""

    probe: str
    vantage: str
    control: bool
    classification: str
    latency_ms: float | None
    at: datetime


def probes(services: Iterable[Service], at: datetime) -> dict[int, list[Brought]]:
    """The last results by service, in the order of probe and vantage. One query."""
    rows = (
        ProbeResult.objects.filter(service__in=list(services), at__gt=at - WINDOW, at__lte=at)
        .order_by("service", "probe", "vantage", "-at")
        .distinct("service", "probe", "vantage")
        .values_list("service", "probe", "vantage", "control", "classification", "latency_ms", "at")
    )
    found: dict[int, list[Brought]] = {}
    for service, probe, vantage, control, classification, latency_ms, moment in rows:
        found.setdefault(service, []).append(Brought(probe, vantage, control, classification, latency_ms, moment))
    return found


def posts(services: Iterable[Service], at: datetime) -> dict[tuple[int, str], datetime]:
    """When each source's newest post that had been read by the moment was posted, by service and source. One query."""
    rows = (
        Announcement.objects.filter(service__in=list(services), seen_at__lte=at)
        .values_list("service", "source")
        .annotate(last=Max("posted_at"))
    )
    return {(service, source): last for service, source, last in rows}
