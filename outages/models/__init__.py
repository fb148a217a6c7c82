"""The tables of what signals mean, one file a noun."""

from outages.models.counts import DetectorState, HourCount, MinuteCount, ServiceMinute, SymptomCount
from outages.models.incidents import Incident, IncidentEvent, IncidentOverride
from outages.models.live import LiveEntry
from outages.models.notices import Channel, Delivery, Endpoint, NoticeCursor, Subscription
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
    "Channel",
    "Delivery",
    "DetectorState",
    "Endpoint",
    "HourCount",
    "Incident",
    "IncidentEvent",
    "IncidentOverride",
    "LiveEntry",
    "MinuteCount",
    "NoticeCursor",
    "ProbeHealth",
    "ProbeHour",
    "ProbeResult",
    "ServiceMinute",
    "Slot",
    "SourceHealth",
    "Subscription",
    "SymptomCount",
    "Vantage",
]
