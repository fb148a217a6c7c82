"""Reading dates as sources write them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?P<year>20\d\d)[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)\b",
        rf"\b{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>20\d\d)\b",
        rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)?\.? (?:of )?{_MONTH},? (?P<year>20\d\d)\b",
        r"(?<![\d.])(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>20\d\d)(?!\.?\d)",
    )
)
_MILLISECONDS_FROM: Final = 100_000_000_000  # as seconds, this would be in the year 5138


def date_in(text: str) -> datetime | None:
    """The first date in a text, at midnight UTC; None without one."""
    found = [match for form in _FORMS if (match := form.search(text))]
    for match in sorted(found, key=lambda match: match.start()):
        month = match["month"].lower()
        try:
            return datetime(
                int(match["year"]), _MONTHS[month] if month in _MONTHS else int(month), int(match["day"]), tzinfo=UTC
            )
        except ValueError:
            continue
    return None


def moment(value: object) -> datetime | None:
    """A moment written by ISO 8601, by RFC 5322, or as seconds or milliseconds since 1970; None for anything else.

    Without a time zone it is UTC.
    """
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS_FROM else value, tz=UTC)
        if not isinstance(value, str) or not value.strip():
            return None
        if value.strip().isdigit():
            return moment(int(value))
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            found = parsedate_to_datetime(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
