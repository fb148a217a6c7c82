"""When planned work is meant to be: from words to (start, end) in epoch seconds.

Understood: ISO dates and times, "08 March from 00:51 UTC for about 90 minutes", "tonight 02:00-04:00 UTC", "Saturday
10 pm to 2 am PT", "am 8. März von 2 bis 4 Uhr", "3月8日 02:00-04:00". A time without a zone is the time of day where the text's
language is mostly spoken (English: UTC). No time of day, no window: a whole day would excuse too much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from outages.detection.announcements.text import fold, language

ASSUMED_MINUTES: Final = 120  # where a text gives a start but neither an end nor a duration
LONGEST_DAYS: Final = 8  # a longer window is a misreading

_MONTH_NAMES: Final = (
    "january jan januar januari janvier enero gennaio", "february feb februar februari février fevrier febrero febbraio",
    "march mar märz maerz maart mars marzo", "april apr avril abril aprile", "may mai mei mayo maggio maj",
    "june jun juni juin junio giugno", "july jul juli juillet julio luglio", "august aug august augustus août aout agosto",
    "september sep sept septembre septiembre settembre", "october oct oktober okt octobre octubre ottobre",
    "november nov novembre noviembre", "december dec dezember dez december desember des décembre diciembre dicembre",
)  # fmt: skip
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_WEEKDAY_NAMES: Final = (
    "monday mon montag maandag lundi mandag måndag lunes lunedì 星期一 周一 月曜", "tuesday tue tues dienstag dinsdag mardi tirsdag tisdag martes martedì 星期二 周二 火曜",
    "wednesday wed mittwoch woensdag mercredi onsdag miércoles mercoledì 星期三 周三 水曜", "thursday thu thur thurs donnerstag donderdag jeudi torsdag jueves giovedì 星期四 周四 木曜",
    "friday fri freitag vrijdag vendredi fredag viernes venerdì 星期五 周五 金曜", "saturday sat samstag sonnabend zaterdag samedi lørdag lördag sábado sabato 星期六 周六 土曜",
    "sunday sun sonntag zondag dimanche søndag söndag domingo domenica 星期日 星期天 周日 日曜",
)  # fmt: skip
_WEEKDAYS: Final = {name: number for number, names in enumerate(_WEEKDAY_NAMES) for name in names.split()}
_DAYS_AHEAD: Final = {
    1: r"tomorrow(?: night| morning| evening)?|morgen(?: nacht| abend| früh| avond| ochtend)?|demain|i morgen|i morgon|mañana|domani|明天|明日|내일",
    0: r"today|tonight|this (?:morning|afternoon|evening|night)|heute(?: nacht| abend)?|vandaag|vannacht|vanavond|aujourd'hui|ce soir|cette nuit|i dag|i natt|i kveld|i kväll|hoy|esta noche|oggi|stasera|stanotte|今晚|今天|今日|今夜|오늘",
}  # fmt: skip
_NIGHT: Final = re.compile(r"night|nacht|nuit|natt|noche|notte|今晚|今夜|soir|avond|abend|kveld")
_FIXED_ZONES: Final[dict[str, tzinfo]] = {
    name: timezone(timedelta(minutes=minutes))
    for minutes, names in {
        0: "utc gmt z wet", 60: "cet mez bst wat", 120: "cest mesz eet", 180: "eest msk", 330: "ist", 480: "hkt sgt awst 北京时间 北京時間", 540: "jst kst 日本時間 한국시간",
        600: "aest", 660: "aedt", 720: "nzst", 780: "nzdt", -240: "edt", -300: "est cdt", -360: "cst mdt", -420: "mst pdt", -480: "pst akdt",
    }.items()
    for name in names.split()
}  # fmt: skip
_PLACE_ZONES: Final = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles", "uk time": "Europe/London", "pacific": "America/Los_Angeles", "eastern": "America/New_York"}
_LANGUAGE_ZONES: Final = {"de": "Europe/Berlin", "nl": "Europe/Amsterdam", "fr": "Europe/Paris", "no": "Europe/Oslo", "es": "Europe/Madrid", "it": "Europe/Rome", "zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}
_ZONE: Final = re.compile(r"(?<![^\W\d_])(" + "|".join(sorted(map(re.escape, [*_FIXED_ZONES, *_PLACE_ZONES]), key=len, reverse=True)) + r")(?![^\W_])")
_OFFSET: Final = re.compile(r"(?:utc|gmt) ?([+-]\d{1,2})(?::?(\d\d))?")

_month = "|".join(sorted(_MONTHS, key=len, reverse=True))
_weekday = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_TOKENS: Final = re.compile(
    rf"""
    (?P<iso>\d{{4}}-\d\d-\d\d)
  | (?P<cjk>(?:(\d{{4}})\s?[年년]\s?)?(?P<cjk_month>\d{{1,2}})\s?[月월]\s?(?P<cjk_day>\d{{1,2}})\s?[日号號일])
  | (?P<slash_month>\d{{1,2}})/(?P<slash_day>\d{{1,2}})(?:/(?P<slash_year>\d{{4}}))?(?![\d:])
  | (?P<dot_day>\d{{1,2}})\.\s?(?P<dot_month>\d{{1,2}})\.(?:\s?(?P<dot_year>\d{{4}}))?(?!\d)
  | (?<!\d)(?P<day_first>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?(?P<day_first_month>{_month})(?!\w)\.?(?:,?\s(?P<day_first_year>\d{{4}}))?
  | (?<!\w)(?P<month_first_month>{_month})\.?\s(?P<month_first>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s(?P<month_first_year>\d{{4}}))?
  | (?P<clock>(?<![\d:.])(?P<hour>[01]?\d|2[0-4])(?:[:.h](?P<minute>[0-5]\d)|\s?h(?![^\W\d_]))(?::\d\d)?\s?(?P<half>[ap]\.?m\.?(?!\w))?)
  | (?P<half_clock>(?<![\d:.])(?P<half_hour>1[0-2]|0?\d)\s?(?P<half_half>[ap]\.?m\.?)(?!\w))
  | (?P<cjk_clock>(?P<cjk_half>凌晨|上午|早上|下午|晚上|午前|午後|오전|오후)?\s?(?P<cjk_hour>\d{{1,2}})\s?[点點時시](?P<cjk_half_past>半)?(?:(?P<cjk_minute>\d{{1,2}})[分분])?)
  | (?P<spoken_clock>(?:von|ab|um|bis|van|tot|vanaf|fra|kl\.?|klokka|klokken|til|från|till|a las|dalle|alle|from|at|to|until|and|-)\s?(?P<spoken_hour>[01]?\d|2[0-4])(?=\s?(?:uhr|uur|-|bis|tot|og|to|til|till|and|a las|alle|utc|gmt|cet|cest|pt|et|$|[.,;])))
  | (?P<relative1>(?<!\w)(?:{_DAYS_AHEAD[1]})(?!\w)|明天|明日|내일)
  | (?P<relative0>(?<!\w)(?:{_DAYS_AHEAD[0]})(?!\w)|今晚|今天|今日|今夜|오늘)
  | (?P<weekday>(?<!\w)(?:{_weekday})(?!\w)|(?:星期|周)[一二三四五六日天]|[月火水木金土日]曜)
  | (?P<duration>(?P<amount>\d+(?:[.,]\d)?|an?|one|two|three|four|five|six|eight|half an|eine?|zwei|drei|een|twee|drie|une?|deux|trois|en|et|to|tre|一|两|兩|三)\s?-?(?P<unit>minutes?|mins?|min|minuten|minutter|minutos|minuti|hours?|hrs?|stunden?|uur|heures?|timer?|timmar|horas?|ore|ora|分钟|分鐘|分間|小时|小時|個小時|个小时|時間|시간|분)(?![^\W\d_]))
    """,
    re.VERBOSE,
)
_AMOUNTS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "half an": 0.5, "ein": 1, "eine": 1, "zwei": 2, "drei": 3, "een": 1, "twee": 2, "drie": 3, "un": 1, "une": 1, "deux": 2, "trois": 3, "en": 1, "et": 1, "to": 2, "tre": 3, "一": 1, "两": 2, "兩": 2, "三": 3}
_NOT_A_LENGTH: Final = re.compile(r"(?:update|every|each|within|next|in|notice|ago|before|after|first|by)\s(?:the\s|about\s|next\s)?$")


@dataclass(frozen=True, slots=True)
class Window:
    """Planned work: epoch seconds, and what was assumed because the text did not say it."""

    start: int
    end: int
    assumed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Clock:
    minutes: int  # since midnight
    at: int  # where in the text it ends
    day: date | None = None


def _date_of(match: re.Match[str], today: date) -> date | None:
    g = match.groupdict()
    try:
        if g["iso"]:
            return date.fromisoformat(g["iso"])
        if g["weekday"]:
            name = g["weekday"]
            return today + timedelta(days=(_WEEKDAYS[name] - today.weekday()) % 7)
        if g["relative1"]:
            return today + timedelta(days=1)
        if g["relative0"]:
            return today
        for day, month, year in (
            (g["cjk_day"], g["cjk_month"], match.group(3)), (g["slash_day"], g["slash_month"], g["slash_year"]), (g["dot_day"], g["dot_month"], g["dot_year"]),
            (g["day_first"], g["day_first_month"], g["day_first_year"]), (g["month_first"], g["month_first_month"], g["month_first_year"]),
        ):  # fmt: skip
            if day is None:
                continue
            number = _MONTHS[month] if month in _MONTHS else int(month)
            if year:
                return date(int(year), number, int(day))
            choices = []
            for y in (today.year - 1, today.year, today.year + 1):
                try:
                    choices.append(date(y, number, int(day)))
                except ValueError:
                    continue  # 29 February of another year
            return min(choices, key=lambda d: abs((d - today).days)) if choices else None
    except ValueError:
        return None
    return None


def _minutes_of(match: re.Match[str]) -> int | None:
    g = match.groupdict()
    if g["clock"]:
        hour, minute, half = int(g["hour"]), int(g["minute"] or 0), g["half"]
    elif g["half_clock"]:
        hour, minute, half = int(g["half_hour"]), 0, g["half_half"]
    elif g["cjk_clock"]:
        hour, minute = int(g["cjk_hour"]), 30 if g["cjk_half_past"] else int(g["cjk_minute"] or 0)
        half = {"下午": "pm", "晚上": "pm", "午後": "pm", "오후": "pm"}.get(g["cjk_half"] or "", None)
        half = half if hour <= 12 else None
    elif g["spoken_clock"]:
        hour, minute, half = int(g["spoken_hour"]), 0, None
    else:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour * 60 + minute if hour * 60 + minute <= 1440 and minute < 60 else None


def _zone_of(folded: str) -> tuple[tzinfo, str]:
    if offset := _OFFSET.search(folded):
        hours = int(offset.group(1))
        minutes = int(offset.group(2) or 0) * (1 if hours >= 0 else -1)
        if abs(hours) <= 14:
            return timezone(timedelta(hours=hours, minutes=minutes)), ""
    for found in _ZONE.finditer(folded):
        name = found.group(1)
        if name == "et" and language(folded) in ("fr", "no"):
            continue  # "and", "one"
        if name == "z" and not folded[: found.start()][-1:].isdigit():
            continue
        return (_FIXED_ZONES[name] if name in _FIXED_ZONES else ZoneInfo(_PLACE_ZONES[name])), ""
    if re.search(r"\d\d:\d\d(?::\d\d)?z", folded):
        return timezone.utc, ""
    spoken = language(folded)
    zone = _LANGUAGE_ZONES.get(spoken)
    return (ZoneInfo(zone), f"no time zone is given; {zone} assumed") if zone else (timezone.utc, "no time zone is given; UTC assumed")


def find(text: str, at: float) -> Window | None:
    """The planned window that a text speaks of, or None. `at` (epoch seconds) is when it was posted."""
    folded = re.sub(r"(\d{4}-\d\d-\d\d)t(?=\d\d:)", r"\1 ", fold(text))
    zone, assumed_zone = _zone_of(folded)
    posted = datetime.fromtimestamp(at, tz=zone)
    clocks: list[_Clock] = []
    days: list[tuple[int, date, bool]] = []
    minutes_long = 0.0
    night = False
    for match in _TOKENS.finditer(folded):
        minutes = _minutes_of(match)
        if minutes is not None:
            clocks.append(_Clock(minutes, match.start()))
        elif match.group("duration"):
            if _NOT_A_LENGTH.search(folded[: match.start()]):
                continue
            raw = match.group("amount").replace(",", ".")
            amount = _AMOUNTS[raw] if raw in _AMOUNTS else float(raw)
            minutes_long += amount * (60 if re.match(r"h|st|u|ti|or|ho|小|時間|시|个|個", match.group("unit")) else 1)
        elif (day := _date_of(match, posted.date())) is not None:
            is_weekday = match.group("weekday") is not None
            night = night or bool((match.group("relative0") or match.group("relative1")) and _NIGHT.search(match.group(0)))
            if is_weekday and any(abs(match.start() - where) < 20 and not weak for where, _, weak in days):
                continue  # "Friday, 8 March": the date says it better
            days = [d for d in days if not (d[2] and not is_weekday and abs(match.start() - d[0]) < 20)]
            days.append((match.start(), day, is_weekday))
    if not clocks:
        return None
    first = clocks[0]
    second = clocks[1] if len(clocks) > 1 and 0 < clocks[1].at - first.at <= 60 else None
    first_day = _nearest(days, first.at, second.at if second else None)
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


def _nearest(days: list[tuple[int, date, bool]], first: int, second: int | None) -> date | None:
    """The day that belongs to the first time: the last one named before it, else the first one after it."""
    before = [day for where, day, _ in days if where <= first]
    if before:
        return before[-1]
    after = [day for where, day, _ in days if where > first]
    return after[0] if after else None


def _instant(day: date, minutes: int, zone: tzinfo) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)).timestamp())
