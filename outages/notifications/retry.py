"""How long and how often is tried: back-off, circuits and expiry. Pure: numbers and times in, numbers and times out."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_DELAY_S = 5.0
GROWTH = 3.0
LONGEST_DELAY_S = 12 * 3600.0
JITTER = 0.2
LONGEST_RETRY_AFTER_S = 6 * 3600.0
SHORTEST_WAIT_S = 1.0  # for what came too fast for the other side

CHALLENGE_PATIENCE = timedelta(hours=1)
UNASKED_GOOD_FOR = timedelta(hours=2)  # from when it was asked for; then it is not sent any more
NEWS = timedelta(hours=24)  # a notice that was never tried by then is no news any more

CIRCUIT_AFTER = 5  # failures in a row
CIRCUIT_FIRST_S = 60.0
CIRCUIT_LONGEST_S = 3600.0

LEASE = timedelta(seconds=60)  # longer than any attempt takes
LAST_CALL = timedelta(seconds=45)  # nothing goes out later after its claim: it must be answered while the lease lasts
DIGEST_HOUR = 7  # UTC


def delay_s(attempts: int, luck: float, retry_after_s: float | None = None) -> float:
    """Seconds until the next attempt after so many. `luck` from 0 to 1 spreads those that failed together.

    5 s, 15 s, 45 s … up to 12 h: sixteen attempts within 75 hours.
    """
    plain = min(FIRST_DELAY_S * GROWTH ** min(attempts - 1, 20), LONGEST_DELAY_S)
    spread: float = plain * (1 - JITTER + 2 * JITTER * luck)
    return max(spread, min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S))


def next_attempt_at(
    now: datetime,
    first_tried_at: datetime,
    patience: timedelta,
    attempts: int,
    luck: float,
    retry_after_s: float | None,
) -> datetime | None:
    """When to try again, or None to give up. The last attempt comes when patience ends."""
    end = first_tried_at + patience
    if now >= end:
        return None
    return min(now + timedelta(seconds=delay_s(attempts, luck, retry_after_s)), end)


def circuit_open_s(failures: int) -> float:
    """How long an endpoint is left alone after so many failures in a row; 0 where it is not."""
    if failures < CIRCUIT_AFTER:
        return 0.0
    # The exponent is bounded: a float cannot hold what endless failures would make of it.
    return float(min(CIRCUIT_FIRST_S * 2.0 ** min(failures - CIRCUIT_AFTER, 20), CIRCUIT_LONGEST_S))


def digest_at(now: datetime) -> datetime:
    """When the next daily message goes out."""
    today = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
