"""When a source is asked again: its usual pace, our own back-off, and what its server asked for. Pure but for the row.

Three moments are kept apart in `SourceHealth`, so that an outage can shorten one of them and never another:
`backed_off_until` is our own patience with a source that fails, `not_before` is the server's own word (`Retry-After`,
the end of a rate limit, a refusal), and `next_try_at` is what follows from both at this moment.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from outages.models import SourceHealth
from outages.signals.announcements.datatypes import FailureReason, SourceError
from reports.catalog.schema import Source

State = SourceHealth.State
URGENT_INTERVAL: Final = timedelta(minutes=5)  # while the service is in trouble, also for a source that fails
JITTER: Final = 0.2
LATEST_URGENT: Final = URGENT_INTERVAL * (1 + JITTER)
UNREACHABLE_MOST: Final = timedelta(hours=6)
BLOCKED_MOST: Final = timedelta(hours=24)
NOT_CONFIGURED_WAIT: Final = timedelta(minutes=10)
# A source that refuses us, whose limit is reached or that nobody has configured gains nothing from being asked sooner.
_HURRIED: Final = (State.FINE, State.UNREACHABLE, State.OWN_ERROR)


def due_at(row: SourceHealth) -> datetime | None:
    """Return when a source may be asked; None for at once. What its server asked for outlives a restart."""
    return max((at for at in (row.next_try_at, row.not_before) if at is not None), default=None)


def jittered(interval: timedelta, row: SourceHealth, now: datetime) -> timedelta:
    """Return the interval and up to a fifth more, different each time and for each source."""
    return interval * (1 + JITTER * _chance(row, now))


def brought_forward(row: SourceHealth, now: datetime) -> datetime | None:
    """Return the sooner moment at which a source is asked as its service is in trouble; None to leave it.

    Sources that fail together are spread over the interval. One that is being read is left: its lease ends sooner.
    """
    if row.state not in _HURRIED or row.next_try_at is None or row.next_try_at <= now + LATEST_URGENT:
        return None
    sooner = now + URGENT_INTERVAL * _chance(row, now)
    if row.not_before is not None:
        sooner = max(sooner, row.not_before)
    return sooner if sooner < row.next_try_at else None


def after_failure(
    row: SourceHealth, source: Source, failure: SourceError, now: datetime, *, in_trouble: bool
) -> dict[str, object]:
    """Return the moments of a source that has just failed, and its failures in a row.

    The wait doubles each time. A try that was hurried and failed lengthens it no more: when the trouble is over, the
    source waits as long as it would have without.
    """
    failures, until = row.failures, row.backed_off_until
    can_be_hurried = State(failure.trouble.value) in _HURRIED
    if until is None or until <= now or not can_be_hurried:
        wait, failures = _patience(failures, source, failure)
        until = now + jittered(wait, row, now)
    not_before = row.not_before if row.not_before is not None and row.not_before > now else None
    asked_for = failure.retry_at
    if failure.trouble is FailureReason.BLOCKED:  # a refusal that names no time is as good as one that does
        asked_for = max(until, asked_for) if asked_for is not None else until
    if asked_for is not None:
        not_before = max(asked_for, not_before) if not_before is not None else asked_for
    next_try_at = until
    if in_trouble and can_be_hurried:
        next_try_at = min(until, now + jittered(URGENT_INTERVAL, row, now))
    if not_before is not None:
        next_try_at = max(next_try_at, not_before)
    return {
        "failures": failures,
        "backed_off_until": until,
        "not_before": not_before,
        "next_try_at": next_try_at,
    }


def _patience(failures: int, source: Source, failure: SourceError) -> tuple[timedelta, int]:
    """Return how long to wait after one more failure, and the failures in a row."""
    interval = timedelta(minutes=source.interval_minutes)
    if failure.trouble is FailureReason.NOT_CONFIGURED:
        return NOT_CONFIGURED_WAIT, 0
    if failure.trouble is FailureReason.SLOW:
        return interval, 0
    most = BLOCKED_MOST if failure.trouble is FailureReason.BLOCKED else UNREACHABLE_MOST
    return max(interval, min(interval * 2 ** min(failures, 12), most)), failures + 1


def _chance(row: SourceHealth, now: datetime) -> float:
    """Return a number in [0, 1) that is another one for each source and moment; most sources share their slugs."""
    name = f"{row.service_id} {row.slug} {now.timestamp()}"
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32
