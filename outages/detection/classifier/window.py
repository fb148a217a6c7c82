"""When planned work is meant to be: from words to (start, end) in epoch seconds.

Understood: ISO dates and times, "08 March from 00:51 UTC for about 90 minutes", "tonight 02:00-04:00 UTC", "Saturday
10 pm to 2 am PT", "am 8. März von 2 bis 4 Uhr", "3月8日 02:00-04:00". A zone counts only in capitals right after a
time. A time without a zone is on the clock of the place where the text's language is mostly spoken (English: UTC). No
time of day, no window: a whole day would excuse too much. Nights that recur have no one window, and get none.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from outages.detection.classifier.text import fold, language, straight

ASSUMED_MINUTES: Final = 120  # where a text gives a start but neither an end nor a duration
NEAR_CHARACTERS: Final = 40  # how far before a length it is looked for what makes it none
LONGEST_DAYS: Final = 8  # a longer window is a misreading

_CALENDAR: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("calendar.toml").read_text(encoding="utf-8"))
MONTHS: Final = {name: number for number, names in enumerate(_CALENDAR["months"], 1) for name in names}
_WEEKDAYS: Final = {name: number for number, names in enumerate(_CALENDAR["weekdays"]) for name in names}
_AMOUNTS: Final[dict[str, float]] = _CALENDAR["amounts"]
_UNITS: Final[dict[str, int]] = _CALENDAR["units"]


def _any_of(words: Iterable[str]) -> str:
    """One pattern for these words, the longest first; those in Latin script as whole words."""
    wide = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w) if wide.search(w) else rf"(?<![^\W_]){re.escape(w)}(?![^\W_])" for w in ordered)


_ZONES: Final[dict[str, tzinfo]] = {name: timezone(timedelta(minutes=m)) for name, m in _CALENDAR["zones"].items()} | {
    name: ZoneInfo(place) for name, place in _CALENDAR["clocks"].items()
}
_TIME: Final = r"(?:\d{1,2}[:.h]\d\d(?::\d\d)?|\d{1,2})\s?(?:[AaPp]\.?[Mm]\.?|[Uu]hr|uur|h(?:rs|oras)?)?"
_CAPITALS: Final = "|".join(re.escape(z.upper()) for z in sorted(_ZONES, key=len, reverse=True) if z.isascii())
_ZONE: Final = re.compile(
    rf"{_TIME}\s?[\[(]?(?P<zone>{_CAPITALS})(?![^\W_])"
    rf"|{_TIME}\s?[\[(]?(?P<said>eastern|pacific|uk time)\b"
    r"|(?<![^\W_])(?P<universal>UTC|GMT)(?![^\W_])"
    rf"|(?P<wide>{'|'.join(z for z in _ZONES if not z.isascii())})",
)
_RECURRING: Final = re.compile("|".join(_CALENDAR["recurring"]))
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(z|[+-]\d\d:?\d\d)(?![^\W_])")
_NIGHT: Final = re.compile("|".join(map(re.escape, _CALENDAR["night"])))
_NOT_A_LENGTH: Final = re.compile(rf"(?:{'|'.join(_CALENDAR['not_a_length'])})\s(?:the\s|about\s|next\s)*$")
_OFFSET: Final = re.compile(r"(?:utc|gmt) ?([+-]\d{1,2})(?::?(\d\d))?")

_month = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_spoken_before = (
    "von|ab|um|bis|und|zwischen|van|tot|vanaf|tussen|en|fra|kl\\.?|klokka|klokken|til|mellom|mellem|og|från|till|mellan|och|"
    "a las|de las|las|desde las|hasta las|dalle|alle|tra le|fra le|e le|ore|from|at|to|until|between|and"
)
_spoken_after = (
    "uhr|uur|-|bis|und|tot|en|og|och|to|til|till|kl|and|a las|y|e|hasta|horas|alle|e le|utc|gmt|cet|cest|pt|et|$|"
    "[.,;](?!\\d)"
)
_TOKENS: Final = re.compile(
    rf"""
    (?P<iso>(?<!\d)\d{{4}}-\d\d-\d\d)
  | (?<![\d/.])(?P<whole_year>20\d\d)(?:/|\.\s?)(?P<whole_month>\d{{1,2}})(?:/|\.\s?)(?P<whole_day>\d{{1,2}})\b\.?(?!\d)
  | (?<![\d-])(?P<dash_day>\d{{1,2}})-(?P<dash_month>\d{{1,2}})-(?P<dash_year>20\d\d)(?!\d)
  | (?:(?P<cjk_year>\d{{4}})\s?[年년]\s?)?(?P<cjk_month>\d{{1,2}})\s?[月월]\s?(?P<cjk_day>\d{{1,2}})\s?[日号號일]
  | (?<![\d/])(?P<slash_month>\d{{1,2}})/(?P<slash_day>\d{{1,2}})(?:/(?P<slash_year>\d{{4}}))?(?![\d:/])
  | (?P<dot_day>\d{{1,2}})\.\s?(?P<dot_month>\d{{1,2}})\.(?:\s?(?P<dot_year>\d{{4}}))?(?!\d)
  | (?<!\d)(?P<first_day>\d{{1,2}})(?:st|nd|rd|th|er|e|:e|\.|º|°)?\s(?:of\s|de\s)?(?P<first_month>{_month})(?!\w)\.?
    (?:,?\s(?:de\s|del\s)?(?P<first_year>20\d\d)(?![:.]?\d))?
  | (?<!\w)(?P<last_month>{_month})\.?\s(?P<last_day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])
    (?:,?\s(?P<last_year>20\d\d)(?![:.]?\d))?
  | (?P<length>(?P<amount>(?<!\d)\d{{1,5}}(?:[.,]\d)?|{_any_of(_AMOUNTS)})\s?-?(?P<unit>{_any_of(_UNITS)}))
  | (?<![\d:.])(?P<hour>[01]?\d|2[0-4])(?:(?P<stop>[:.h])(?P<minute>[0-5]\d)(?!\d)|\s?h(?![^\W\d_]))(?::\d\d)?(?!\.\d)
    \s?(?P<half>[ap]\.?m\.?(?!\w))?
  | (?<![\d:.])(?P<half_hour>1[0-2]|0?\d)\s?(?P<its_half>[ap]\.?m\.?)(?!\w)
  | (?P<wide_half>凌晨|上午|早上|下午|晚上|午前|午後|오전|오후)?\s?(?P<wide_hour>\d{{1,2}})\s?[点點時时시]
    (?P<wide_past>半)?(?:(?P<wide_minute>\d{{1,2}})[分분])?
  | (?:(?<![^\W_])(?:{_spoken_before})\s|-\s?)(?:kl\.?\s|ore\s)?(?P<spoken_hour>[01]?\d|2[0-4])(?![\d/:]|\.\s?\d)
    (?=\s?(?:{_spoken_after}))
  | (?P<tomorrow>{_any_of(_CALENDAR["tomorrow"])})
  | (?P<today>{_any_of(_CALENDAR["today"])})
  | (?P<weekday>{_any_of(_WEEKDAYS)})
    """,
    re.VERBOSE,
)
_DATE_SHAPES: Final = ("whole", "dash", "cjk", "slash", "dot", "first", "last")
_AFTERNOON: Final = ("下午", "晚上", "午後", "오후")
_MONTH_FIRST: Final = ("en", "ja", "ko", "zh")  # in other languages 8/6 is the eighth of June


@dataclass(frozen=True, slots=True)
class Window:
    """Planned work: epoch seconds, and what was assumed because the text did not say it."""

    start: int
    end: int
    assumed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Clock:
    minutes: int  # since midnight
    at: int  # where in the text it stands
    half: str = ""  # "a" or "p", where the text says so
    dotted: str = ""  # as written, where a point stands between hours and minutes


def _date_of(match: re.Match[str], today: date, spoken: str) -> date | None:
    g = match.groupdict()
    try:
        if g["iso"]:
            return date.fromisoformat(g["iso"])
        if g["weekday"]:
            return today + timedelta(days=(_WEEKDAYS[g["weekday"]] - today.weekday()) % 7)
        if g["tomorrow"]:
            return today + timedelta(days=1)
        if g["today"]:
            return today
        for shape in _DATE_SHAPES:
            day, month, year = g[f"{shape}_day"], g[f"{shape}_month"], g[f"{shape}_year"]
            if day is not None:
                if shape == "slash" and (int(month) > 12 or (spoken not in _MONTH_FIRST and int(day) <= 12)):
                    day, month = month, day
                number = MONTHS[month] if month in MONTHS else int(month)
                return date(int(year), number, int(day)) if year else _nearest_year(number, int(day), today)
    except ValueError:
        pass  # the 31st of June is no date
    return None


def _nearest_year(month: int, day: int, today: date) -> date | None:
    choices = []
    for year in (today.year - 1, today.year, today.year + 1):
        with contextlib.suppress(ValueError):  # 29 February of another year
            choices.append(date(year, month, day))
    return min(choices, key=lambda d: abs((d - today).days)) if choices else None


def _minutes_of(match: re.Match[str]) -> int | None:
    """Minutes since midnight, where the match is a time of day."""
    g = match.groupdict()
    if g["hour"]:
        hour, minute, half = int(g["hour"]), int(g["minute"] or 0), g["half"]
    elif g["half_hour"]:
        hour, minute, half = int(g["half_hour"]), 0, g["its_half"]
    elif g["wide_hour"]:
        hour, minute = int(g["wide_hour"]), 30 if g["wide_past"] else int(g["wide_minute"] or 0)
        half = None if not g["wide_half"] or hour > 12 else "pm" if g["wide_half"] in _AFTERNOON else "am"
    elif g["spoken_hour"]:
        hour, minute, half = int(g["spoken_hour"]), 0, None
    else:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour * 60 + minute if hour * 60 + minute <= 1440 and minute < 60 else None


def _half_of(match: re.Match[str]) -> str:
    """The half of the day that a time names: "a", "p", or "" for none."""
    g = match.groupdict()
    if g["wide_half"]:
        return "p" if g["wide_half"] in _AFTERNOON else "a"
    return (g["half"] or g["its_half"] or "")[:1]


def _zone_of(text: str, folded: str, spoken: str) -> tuple[tzinfo, str]:
    """The zone that a text's times are in, and what had to be assumed. `text` has its capitals still."""
    if offset := _OFFSET.search(folded):
        hours = int(offset.group(1))
        minutes = int(offset.group(2) or 0) * (1 if hours >= 0 else -1)
        if abs(hours) <= 14:
            return timezone(timedelta(hours=hours, minutes=minutes)), ""
    if found := _ZONE.search(text):
        return _ZONES[next(name for name in found.groups() if name).casefold()], ""
    place = _CALENDAR["language_clocks"].get(spoken)
    return (
        (ZoneInfo(place), f"no time zone is given; {place} assumed")
        if place
        else (UTC, "no time zone is given; UTC assumed")
    )


def find(text: str, at: float) -> Window | None:
    """The planned window that a text speaks of, or None. `at` (epoch seconds) is when it was posted."""
    folded = fold(text)
    if _RECURRING.search(folded):
        return None
    if (stated := _instants(folded)) is not None:
        return stated
    folded = re.sub(r"(\d{4}-\d\d-\d\d)t(?=\d\d:)", r"\1 ", folded)
    for words, clock in _CALENDAR["hours_by_name"].items():
        folded = re.sub(rf"(?<![^\W_])(?:{words})(?![^\W_])", clock, folded)
    spoken = language(folded)
    zone, assumed_zone = _zone_of(straight(text), folded, spoken)
    posted = datetime.fromtimestamp(at, tz=zone)
    clocks, days, minutes_long, night = _tokens(folded, posted.date(), spoken)
    if not clocks:
        return None
    first = clocks[0]
    second = clocks[1] if len(clocks) > 1 and 0 < clocks[1].at - first.at <= 60 else None
    _agree_on_halves(first, second)
    first_day = _nearest(days, first.at)
    between = [day for where, day, _ in days if second is not None and first.at < where < second.at]
    if second is not None and not between and len({day for where, day, _ in days if where < first.at}) > 1:
        return None  # "from 8 to 12 June, 22:00 to 02:00": it recurs
    if first_day is None:
        first_day = posted.date()
        if _instant(first_day, first.minutes, zone) < at - 3600:
            first_day += timedelta(days=1)
    elif night and first.minutes < 12 * 60 and _instant(first_day, first.minutes, zone) < at - 3600:
        first_day += timedelta(days=1)  # "tonight at two" is tomorrow by the calendar
    start = _instant(first_day, first.minutes, zone)
    assumed = [assumed_zone] if assumed_zone else []
    if second is not None:
        others = [day for where, day, _ in days if day > first_day and where > first.at]
        end = _instant(others[0] if others else first_day, second.minutes, zone)
        if end <= start:
            end = _instant(first_day + timedelta(days=1), second.minutes, zone)
    elif minutes_long:
        end = start + int(minutes_long * 60)
    else:
        end = start + ASSUMED_MINUTES * 60
        assumed.append(f"no end is given; {ASSUMED_MINUTES} minutes assumed")
    if end - start > LONGEST_DAYS * 86_400:
        return None
    return Window(start, end, tuple(assumed))


def _instants(folded: str) -> Window | None:
    """The window between two moments that a text writes in full, each with its offset."""
    found = []
    for day, clock, offset in _INSTANT.findall(folded):
        with contextlib.suppress(ValueError):
            found.append(int(datetime.fromisoformat(f"{day}T{clock}{offset.upper()}").timestamp()))
    if len(found) < 2 or not 0 < found[1] - found[0] <= LONGEST_DAYS * 86_400:
        return None
    return Window(found[0], found[1])


def _tokens(folded: str, today: date, spoken: str) -> tuple[list[_Clock], list[tuple[int, date, bool]], float, bool]:
    """The times of day and the days of a text, the length that it names in minutes, and whether it means a night."""
    clocks: list[_Clock] = []
    days: list[tuple[int, date, bool]] = []
    minutes_long = 0.0
    night = False
    for match in _TOKENS.finditer(folded):
        minutes = _minutes_of(match)
        if minutes is not None:
            dotted = match.group(0) if match.group("stop") == "." and not match.group("half") else ""
            clocks.append(_Clock(minutes, match.start(), _half_of(match), dotted))
        elif match.group("length"):
            if _NOT_A_LENGTH.search(folded[max(0, match.start() - NEAR_CHARACTERS) : match.start()]):
                continue
            raw = match.group("amount").replace(",", ".")
            amount = _AMOUNTS[raw] if raw in _AMOUNTS else float(raw)
            minutes_long += amount * _UNITS[match.group("unit")]
        elif (day := _date_of(match, today, spoken)) is not None:
            is_weekday = match.group("weekday") is not None
            is_relative = match.group("today") or match.group("tomorrow")
            night = night or bool(is_relative and _NIGHT.search(match.group(0)))
            if is_weekday and any(abs(match.start() - where) < 20 and not weak for where, _, weak in days):
                continue  # "Friday, 8 March": the date says it better
            days = [d for d in days if not (d[2] and not is_weekday and abs(match.start() - d[0]) < 20)]
            days.append((match.start(), day, is_weekday))
    if len({bool(clock.dotted) for clock in clocks}) > 1:  # "13.06 from 22:00": a text writes all its times alike
        for clock in [clock for clock in clocks if clock.dotted]:
            day_number, month_number = (int(part) for part in re.findall(r"\d+", clock.dotted)[:2])
            clocks.remove(clock)
            with contextlib.suppress(ValueError):
                if (day := _nearest_year(month_number, day_number, today)) is not None:
                    days.append((clock.at, day, False))
        days.sort(key=lambda found: found[0])
    return clocks, days, minutes_long, night


def _agree_on_halves(first: _Clock, second: _Clock | None) -> None:
    """Let "from 10 to 11 pm" begin in the evening, and "10 pm to 11" end there."""
    if second is None or bool(first.half) == bool(second.half):
        return
    named, bare = (second, first) if second.half else (first, second)
    if bare.minutes > 720:
        return
    moved = bare.minutes % 720 + (720 if named.half == "p" else 0)
    if (moved < named.minutes) if bare is first else (moved > named.minutes):
        bare.minutes = moved


def _nearest(days: list[tuple[int, date, bool]], first: int) -> date | None:
    """The day that belongs to the first time: the last one named before it, else the first one after it."""
    before = [day for where, day, _ in days if where <= first]
    if before:
        return before[-1]
    after = [day for where, day, _ in days if where > first]
    return after[0] if after else None


def _instant(day: date, minutes: int, zone: tzinfo) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)).timestamp())
