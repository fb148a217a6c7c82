"""The networks whose reports a moderator wants held today, kept in the process for some seconds."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from reports.models import NetworkBlock

FRESH_S = 5.0

_cached: tuple[float, date, frozenset[int]] | None = None


def holds(network: int, now: datetime) -> bool:
    """Whether reports from this network are held today. A network that is not known never is."""
    return network != 0 and network in _today(now.astimezone(UTC).date())


def forget() -> None:
    """Drops what was kept."""
    global _cached
    _cached = None


def _today(today: date) -> frozenset[int]:
    global _cached
    if _cached is None or _cached[0] <= time.monotonic() or _cached[1] != today:
        standing = NetworkBlock.objects.filter(day=today, lifted_at=None).values_list("network", flat=True)
        _cached = (time.monotonic() + FRESH_S, today, frozenset(standing))
    return _cached[2]
