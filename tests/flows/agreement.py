"""What must hold of the product after each scan, whatever was done before."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from outages.clock import MINUTE, whole_minute
from outages.detection.reasons import ReasonCode
from outages.models import (
    DetectorState,
    HourCount,
    Incident,
    IncidentEvent,
    MinuteCount,
    ScanFailure,
    ServiceMinute,
    SymptomCount,
)
from outages.queries.status import status
from reports.models import Report, Service

MOVES = {  # docs/detection.md: the life of an incident
    "": {"possible", "confirmed", "maintenance"},
    "possible": {"possible", "confirmed", "dismissed", "recovering", "maintenance", "merged", "resolved"},
    "confirmed": {"confirmed", "recovering", "resolved", "dismissed", "merged", "maintenance"},
    "recovering": {"recovering", "confirmed", "resolved", "possible", "merged", "dismissed"},
    "maintenance": {"maintenance", "resolved", "possible", "confirmed", "merged", "dismissed"},
    "resolved": {"confirmed", "possible", "recovering", "resolved", "merged"},
    "dismissed": {"possible", "confirmed", "dismissed", "merged"},
    "merged": {"possible", "confirmed", "recovering", "merged", "maintenance", "resolved"},
}
# A moderator may also say how what is over was over: the rules may have ended it before the decision was carried out.
MOVES_BY_HAND = {"dismissed": {"resolved"}, "resolved": {"dismissed"}}


def assert_agrees(service: Service, now: datetime) -> None:
    """After a scan: the product agrees with the reports, with the clock and with itself."""
    state = DetectorState.objects.get(service=service)
    until = whole_minute(now - timedelta(seconds=5))
    aside = set(ScanFailure.objects.exclude(set_aside_at=None).values_list("minute", flat=True))
    reached = state.minute + MINUTE
    while reached in aside:
        reached += MINUTE
    assert reached >= until, f"the scan is stuck: {reached} of {until}"
    _counts_are_those_of_the_reports(service)
    _incidents_live_as_they_may(service)
    seen = status(service, now=now)
    if seen.stale:
        assert seen.ok is not True


def _counts_are_those_of_the_reports(service: Service) -> None:
    stepped = {row.minute: row for row in ServiceMinute.objects.filter(service=service)}
    raw: Counter[datetime] = Counter()
    well: Counter[datetime] = Counter()
    cells: Counter[tuple[Any, ...]] = Counter()
    for report in Report.objects.filter(service=service, verdict=0, withdrawn_at=None):
        minute = whole_minute(report.at)
        if minute not in stepped:
            continue
        if report.kind == Report.Kind.PROBLEM:
            raw[minute] += 1
            cells[minute, report.component_id, report.country, report.region] += 1
        else:
            well[minute] += 1
    for minute, row in stepped.items():
        assert (row.raw, row.working + row.recovered) == (raw[minute], well[minute]), (minute, row.raw, raw[minute])
        assert row.effective <= row.raw + 1e-6 or row.raw == 0
    minutes = list(MinuteCount.objects.filter(service=service))
    assert {row.minute for row in minutes} <= set(stepped), "a minute that was not stepped has no counts"
    found = {(r.minute, r.component_id, r.country, r.region): r.raw for r in minutes if r.raw}
    assert found == {key: count for key, count in cells.items() if count}
    by_hour: Counter[tuple[Any, ...]] = Counter()
    for cell in minutes:
        by_hour[cell.minute.replace(minute=0), cell.component_id, cell.country, cell.region] += cell.raw
    hours = {
        (r.hour, r.component_id, r.country, r.region): r.raw for r in HourCount.objects.filter(service=service) if r.raw
    }
    assert hours == {key: count for key, count in by_hour.items() if count}
    symptoms = sum(SymptomCount.objects.filter(service=service).values_list("raw", flat=True))
    assert symptoms == sum(raw.values())


def _incidents_live_as_they_may(service: Service) -> None:
    for incident in Incident.objects.filter(service=service):
        events = list(IncidentEvent.objects.filter(incident=incident).order_by("id"))
        assert events, "an incident has an event from its opening on"
        before = ""
        for event in events:
            assert event.from_state == before, (incident.number, [(e.from_state, e.to_state) for e in events])
            by_hand = MOVES_BY_HAND.get(before, set()) if event.reason == "moderator" else set()
            assert event.to_state in MOVES[before] | by_hand, (before, event.to_state, event.reason)
            before = event.to_state
        assert incident.state == before
        # Minutes that come a second time, after a clock was set back, may tell the same again: of a renewed detector.
        renewed = [number for number, event in enumerate(events) if event.code == ReasonCode.DETECTOR_RENEWED]
        for first, last in pairwise([0, *renewed, len(events)]):
            told = Counter((e.at, e.to_state, e.reason, e.code) for e in events[first:last])
            twice = [key for key, count in told.items() if count > 1]
            assert not twice, twice
