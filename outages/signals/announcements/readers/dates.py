"""Reading dates as sources write them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import parser

from outages.signals.announcements.readers.date_forms import in_english
from outages.signals.announcements.readers.zones import zone_of
from reports.catalog.schema import Source

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
_EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
# A number of so many digits counts seconds, thousandths, millionths or billionths since 1970.
_PER_SECOND: Final = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 15: 10**6, 16: 10**6, 18: 10**9, 19: 10**9}
_STAMP: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?Z?")
_NAMED_ZONE: Final = re.compile(r"(?<=[\d\sMm.])\s*[\[(]?\b([A-Z]{1,5})\b[\])]?\s*(?:time)?$")
_SLASHED: Final = re.compile(r"^(\d{4})[/.](\d\d?)[/.](\d\d?)(?=\D|$)")
_PLACE: Final = re.compile(r"[\s\[(]+([A-Z][A-Za-z]+(?:/[A-Za-z_+-]+){1,2})[\])]?$")
_COUNTED: Final = re.compile(r"/Date\((\d{12,13})(?:[+-]\d{4})?\)/")  # as .NET writes it
_UNCLEAR: Final = re.compile(r"^(\d\d?)([/.-])(\d\d?)[/.-]\d{2,4}\b")
_END_OF_DAY: Final = re.compile(r"(?<=\d[T ])24:00(?::00(?:\.0+)?)?(?!\d)")
_OFFSET: Final = re.compile(r"\b(?:UTC|GMT) ?([+-])(\d\d?)(?::?(\d\d))?$")
_TWO_DAYS: Final = (datetime(2003, 3, 7), datetime(2008, 8, 21))  # noqa: DTZ001 (what a text leaves out is taken from these)
_MOST_CHARACTERS: Final = 80
_RFC_5322: Final = re.compile(
    r"^(?:[A-Z][a-z]{2}, )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d(?::\d\d)?(?: [+-]\d{4})?$"
)


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


def moment(value: object, home: tzinfo | None = None) -> datetime | None:
    """Return the moment that a source writes in any of the usual forms, or None: never a guessed one.

    Understood are ISO 8601, RFC 5322 and its like with a zone's name, and numbers that count from 1970. `home` is the
    source's own zone, for times without one and for names that several places use; without it such a time is UTC.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = _from_text(value, home) if isinstance(value, str) else _from_number(value)
        if found is None:
            return None
        found = (found.replace(tzinfo=home or UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if _EARLIEST <= found < _LATEST else None


def _from_number(value: float) -> datetime | None:
    divisor = _PER_SECOND.get(len(str(abs(int(value)))))
    return datetime.fromtimestamp(value / divisor, tz=UTC) if divisor else None


def _from_text(value: str, home: tzinfo | None) -> datetime | None:
    text = " ".join(value.split())
    if not text or len(text) > _MOST_CHARACTERS:
        return None
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return _from_number(float(text)) or _from_stamp(text)
    if (stamp := _from_stamp(text)) is not None:
        return stamp
    if (counted := _COUNTED.fullmatch(text)) is not None:
        return _from_number(float(counted[1]))
    if _END_OF_DAY.search(text) is not None:  # ISO 8601's other name for the next day's first moment
        day = _from_text(_END_OF_DAY.sub("00:00:00", text), home)
        return None if day is None else day + timedelta(days=1)
    place = None
    if not _RFC_5322.match(text):
        text, place = _without_place(in_english(text))
    text = _OFFSET.sub(lambda m: f"{m[1]}{m[2]:0>2}:{m[3] or '00'}", text)
    named = _NAMED_ZONE.search(text)
    name = named.group(1) if named and named.group(1) not in ("AM", "PM") else ""
    if named is not None and name:
        text = text[: named.start()].strip().rstrip(",")
    found, within = _plain(_SLASHED.sub(r"\1-\2-\3", text))
    name = name or within
    if found is not None and found.tzinfo is None and place is not None:
        return found.replace(tzinfo=place)
    if found is None or not name or found.tzinfo is not None:
        return found
    zone = zone_of(name, found, home)
    return None if zone is None else found.replace(tzinfo=zone)


def _without_place(text: str) -> tuple[str, tzinfo | None]:
    """A time without the place at its end whose clock it is on, as in "20:57 Europe/Berlin", and that clock."""
    named = _PLACE.search(text)
    if named is None:
        return text, None
    try:
        return text[: named.start()].strip(), ZoneInfo(named[1])
    except (ZoneInfoNotFoundError, ValueError):
        return text, None


def _from_stamp(text: str) -> datetime | None:
    """A time in digits alone, as in 20261129T205700Z."""
    match = _STAMP.fullmatch(text)
    if match is None:
        return None
    found = datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    return found.replace(tzinfo=UTC) if text.endswith("Z") else found


def _plain(text: str) -> tuple[datetime | None, str]:
    """A time, and the name of a zone found within. What leaves the day open, or the order of day and month, is none."""
    try:
        return datetime.fromisoformat(text), ""
    except ValueError:
        pass
    if _RFC_5322.match(text):  # most feeds: quicker by a fixed form
        try:
            return parsedate_to_datetime(text), ""
        except ValueError:
            return None, ""
    numbers = _UNCLEAR.match(text)
    if numbers and numbers[2] != "." and int(numbers[1]) <= 12 and int(numbers[3]) <= 12 and numbers[1] != numbers[3]:
        return None, ""
    names: set[str] = set()

    def zone(name: str | None, offset: int | None) -> tzinfo | None:
        if name and offset is None:
            names.add(name)
        return None if offset is None else timezone(timedelta(seconds=offset))

    day_first = bool(numbers and numbers[2] == ".")
    try:
        first, second = (parser.parse(text, default=day, tzinfos=zone, dayfirst=day_first) for day in _TWO_DAYS)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None, ""
    return (first if first == second else None), next(iter(names), "")


def home_of(source: Source) -> tzinfo | None:
    """Return the zone in which the catalogue says that a source writes its times; None where it does not say."""
    return ZoneInfo(source.timezone) if source.timezone else None
