"""The tables of what signals mean, one file a noun."""

from outages.models.counts import (
    DetectorState,
    HourCount,
    MinuteCount,
    PlaceBalance,
    QuietAhead,
    ServiceMinute,
    SymptomCount,
)
from outages.models.disputes import Dispute
from outages.models.incidents import Incident, IncidentEvent, IncidentOverride
from outages.models.live import LiveEntry
from outages.models.notices import Channel, ContactAttempt, Delivery, Endpoint, NoticeCursor, Subscription
from outages.models.observations import Observation, Observer
from outages.models.scan_failures import ScanFailure, ServingMinute
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
    "ContactAttempt",
    "Delivery",
    "DetectorState",
    "Dispute",
    "Endpoint",
    "HourCount",
    "Incident",
    "IncidentEvent",
    "IncidentOverride",
    "LiveEntry",
    "MinuteCount",
    "NoticeCursor",
    "Observation",
    "Observer",
    "PlaceBalance",
    "ProbeHealth",
    "ProbeHour",
    "ProbeResult",
    "QuietAhead",
    "ScanFailure",
    "ServiceMinute",
    "ServingMinute",
    "Slot",
    "SourceHealth",
    "Subscription",
    "SymptomCount",
    "Vantage",
]
