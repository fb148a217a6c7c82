"""When another server wants to be asked again: the header `Retry-After`."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_S = 86_400


def retry_after_s(value: str | None, now: datetime) -> int | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3), at most a day; None for none."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        wait_s = (moment - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(0, round(wait_s)), LONGEST_WAIT_S)
