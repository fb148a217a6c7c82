"""Plays recorded or simulated signals into a recorded service of the running site, minute by minute."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from outages.detection.replay import Event
from outages.models import IncidentEvent
from outages.pipeline import scan
from outages.pipeline.reset import wipe
from outages.signals.recordings.ingest import feed
from outages.texts.event_texts import event_text
from reports.models import Service

MINUTE = timedelta(minutes=1)
PROBES_FROM = timedelta(hours=6)  # before the show; what is usual for a crowd takes days, for a probe hours
SLOWEST, FASTEST = 1.0, 100_000.0

Say = Callable[[str], object]
Summary = Callable[[Service], str]


@dataclass(frozen=True, slots=True)
class Show:
    """Signals in order of time. What comes before `since` is learnt from, then each minute up to `until` is played."""

    events: Sequence[Event]
    start: datetime
    since: datetime
    until: datetime


def prepare(service: Service, show: Show, say: Say) -> None:
    """Empties the service and learns what is usual. Raises ValueError for a live service: it is never emptied."""
    wipe(service)
    before = [event for event in show.events if event.at < show.since]
    kept = [event for event in before if event.type != "probe" or event.at >= show.since - PROBES_FROM]
    say(f"Learning what is usual from {len(kept):,} signals of the days before …")
    feed(service, kept, now=timezone.now())

    def say_reached(reached: datetime) -> None:
        say(f"  {reached:%d %B %H:%M} UTC")

    scan.catch_up(service, show.since, start=show.start, progress=say_reached)


def play(service: Service, show: Show, speed: float, say: Say, summary: Summary) -> None:
    """Feeds and steps minute by minute, each when its turn comes, `speed` times as fast as it was.

    `summary` gives the service's verdict in a sentence; it is said every ten minutes.
    """
    moments = [event.at for event in show.events]
    minute, told = show.since, 0
    due = time.monotonic()
    while minute < show.until:
        due += 60 / speed
        time.sleep(max(0.0, due - time.monotonic()))
        first, last = bisect_left(moments, minute), bisect_left(moments, minute + MINUTE)
        feed(service, show.events[first:last], now=timezone.now())
        minute += MINUTE
        scan.catch_up(service, minute)
        told = _tell(service, told, say)
        if minute.minute % 10 == 0:
            say(f"{minute:%H:%M} UTC  {summary(service)}")


def _tell(service: Service, told: int, say: Say) -> int:
    """Says what has happened to incidents since event `told`. Returns the newest event's id."""
    for event in IncidentEvent.objects.filter(incident__service=service, pk__gt=told).order_by("pk"):
        say(f"{event.at:%H:%M} UTC  {event.from_state or 'opened'} → {event.to_state}: {event_text(event)}")
        told = event.pk
    return told
