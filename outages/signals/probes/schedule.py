"""When a probe is due. Pure: the same on every machine, so that any beat may ask.

A probe of interval i is due once in each period k·i … (k+1)·i, at a moment made of a phase of its own, so that probes
spread out, and of a jitter that changes from period to period, so that no target can learn when we come.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

JITTER = 0.2  # of an interval
SUSPECTED_INTERVAL_S = 15.0
HOST_CAP_A_MINUTE = 20.0  # requests to one host from one vantage
REFUSED_MOST_S = 3600.0
BROKEN_AFTER = 240  # failures in a row: an hour at the pace of suspicion
BROKEN_STRETCH = 10
BROKEN_MOST_S = 600.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides how often a probe runs. `failures` and `refusals` are those in a row."""

    interval_s: float
    suspected: bool = False
    incident_open: bool = False
    failures: int = 0
    refusals: int = 0


def _fraction(*parts: object) -> float:
    """A number in 0…1 that depends on the parts alone."""
    digest = hashlib.blake2b("\n".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def interval_s(pace: Pace) -> float:
    """The seconds between two runs.

    Refused: twice as long for each refusal in a row, up to an hour; a refusal is never answered by asking more.
    Suspected: 15 s. Failing for an hour without an incident (the circuit is open): ten times as long, up to 10 min.
    """
    if pace.refusals:
        return max(pace.interval_s, min(pace.interval_s * 2.0 ** min(pace.refusals, 12), REFUSED_MOST_S))
    if pace.failures >= BROKEN_AFTER:
        if pace.incident_open:
            return pace.interval_s
        return max(pace.interval_s, min(pace.interval_s * BROKEN_STRETCH, BROKEN_MOST_S))
    return min(pace.interval_s, SUSPECTED_INTERVAL_S) if pace.suspected else pace.interval_s


def stretched(intervals: Sequence[tuple[str, float]]) -> list[float]:
    """The intervals of (host, interval) pairs, made longer alike for the probes of a host that would exceed its cap."""
    rates: dict[str, float] = defaultdict(float)
    for host, interval in intervals:
        rates[host] += 60.0 / interval
    return [interval * max(1.0, rates[host] / HOST_CAP_A_MINUTE) for host, interval in intervals]


def due_at(key: str, interval: float, period: int) -> float:
    """The moment in a period at which the probe is due, in epoch seconds."""
    phase = _fraction(key, interval) * (1 - JITTER)
    return (period + phase + _fraction(key, interval, period) * JITTER) * interval


def is_due(key: str, interval: float, after: float, until: float) -> bool:
    """Whether a moment of the probe lies in after < moment ≤ until, all in epoch seconds."""
    first, last = int(after // interval), int(until // interval)
    return any(after < due_at(key, interval, period) <= until for period in range(first, last + 1))


def next_due_at(key: str, interval: float, after: float) -> float:
    """The probe's next moment after a given one, in epoch seconds."""
    period = int(after // interval)
    while (moment := due_at(key, interval, period)) <= after:
        period += 1
    return moment
