"""A service's clock, and minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from outages.models import DetectorState
from reports.models import Service

MINUTE = timedelta(minutes=1)


def whole_minute(moment: datetime) -> datetime:
    """The start of a moment's minute."""
    return moment.replace(second=0, microsecond=0)


def service_now(service: Service, *, now: datetime) -> datetime:
    """The service's present: the clock's, or for recorded data the end of the last minute that was played."""
    if service.clock == Service.Clock.LIVE:
        return now
    if "detector_state" in service._state.fields_cache:  # it came along by select_related
        loaded: DetectorState | None = service._state.fields_cache["detector_state"]
        minute = loaded.minute if loaded else None
    else:
        minute = DetectorState.objects.filter(service=service).values_list("minute", flat=True).first()
    return minute + MINUTE if minute else datetime(1970, 1, 1, tzinfo=UTC)


def at_minute(minute: int) -> datetime:
    """The start of a minute counted since 1970."""
    return datetime.fromtimestamp(minute * 60, UTC)


def minute_of(moment: datetime) -> int:
    """The whole minute of a moment, counted since 1970."""
    return int(moment.timestamp() // 60)
