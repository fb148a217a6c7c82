"""A service's clock, minutes, and the moments that parameters name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from django.utils.dateparse import parse_datetime

from outages.models import DetectorState
from reports.models import Service

MINUTE = timedelta(minutes=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class MomentError(ValueError):
    """A text names no moment, or one that is too early or too late for anything to be recorded of it."""

    def __init__(self, reason: Literal["form", "early", "late"]) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_moment(text: str, *, zone: tzinfo | None = None) -> datetime:
    """Return the ISO 8601 time that a parameter names, in UTC; one without a zone is in the given one.

    Raises MomentError, also for a time without a zone where none is given.
    """
    text = text.strip()
    # A "+" that was not escaped arrives as a space.
    text = text.replace(" ", "+") if "T" in text else text[:-6] + text[-6:].replace(" ", "+")
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or (found.tzinfo is None and zone is None):
        raise MomentError("form")
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    if not EARLIEST <= found < LATEST:
        raise MomentError("early" if found < EARLIEST else "late")
    return found.astimezone(UTC)


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
