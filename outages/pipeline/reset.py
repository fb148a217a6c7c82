"""Empties a recorded service, so that it can be played again from the start. Live services are never wiped."""

from __future__ import annotations

from django.db import transaction

from outages.models import (
    Announcement,
    DetectorState,
    HourCount,
    Incident,
    IncidentOverride,
    MinuteCount,
    PlaceBalance,
    ProbeResult,
    QuietAhead,
    ScanFailure,
    ServiceMinute,
    SymptomCount,
)
from outages.pipeline.lock import lock_scan
from reports.intake import recorded
from reports.models import Service

DERIVED = (
    DetectorState,
    QuietAhead,
    Incident,
    ServiceMinute,
    MinuteCount,
    HourCount,
    PlaceBalance,
    SymptomCount,
    ScanFailure,
)


def wipe_derived(service: Service) -> None:
    """Deletes counts, incidents and the detector's state."""
    for model in DERIVED:
        model.objects.filter(service=service).delete()


def wipe(service: Service) -> None:
    """Deletes all that is stored of a recorded service. Raises ValueError for a live one."""
    if service.clock != Service.Clock.RECORDED:
        raise ValueError(f"{service.slug} is a live service: its reports are never deleted here.")
    with transaction.atomic():
        lock_scan(service, wait=True)
        wipe_derived(service)
        ProbeResult.objects.filter(service=service)._raw_delete("default")
        Announcement.objects.filter(service=service).delete()
        IncidentOverride.objects.filter(service=service).delete()
        recorded.forget_recorded(service.slug)
