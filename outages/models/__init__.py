"""The tables of what signals mean, one file a noun."""

from outages.models.counts import DetectorState, HourCount, MinuteCount, ServiceMinute, SymptomCount
from outages.models.incidents import Incident, IncidentEvent, IncidentOverride
from outages.models.signals import (
    Announcement,
    AnnouncementRevision,
    ProbeHealth,
    ProbeHour,
    ProbeResult,
    Slot,
    SourceHealth,
    Vantage,
)

__all__ = [
    "Announcement",
    "AnnouncementRevision",
    "DetectorState",
    "HourCount",
    "Incident",
    "IncidentEvent",
    "IncidentOverride",
    "MinuteCount",
    "ProbeHealth",
    "ProbeHour",
    "ProbeResult",
    "ServiceMinute",
    "Slot",
    "SourceHealth",
    "SymptomCount",
    "Vantage",
]
