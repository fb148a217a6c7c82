"""The networks whose reports a moderator wants held today, kept in the process for some seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime

from config.process_cache import Shelf
from reports.models import NetworkBlock

FRESH_S = 5.0
NETWORK_BYTES = 100  # about what a number in a set takes

_cached: Shelf[date, frozenset[int]] = Shelf("network blocks")


def holds(network: int, now: datetime) -> bool:
    """Whether reports from this network are held today. A network that is not known never is."""
    return network != 0 and network in _today(now.astimezone(UTC).date())


def forget() -> None:
    """Drop what this process keeps, because it has changed."""
    _cached.clear()


def _today(today: date) -> frozenset[int]:
    found = _cached.get(today)
    if found is None:
        standing = NetworkBlock.objects.filter(day=today, lifted_at=None).values_list("network", flat=True)
        found = frozenset(standing)
        _cached.put(today, found, size=len(found) * NETWORK_BYTES, for_s=FRESH_S)
    return found
