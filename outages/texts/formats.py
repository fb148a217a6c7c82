"""Numbers, dates and ages as the language of the moment writes them: as CLDR has it, by Babel.

The browser's `Intl` writes the same (static/js/page.js, tests/browser/test_formats.py). English is read in many
countries: its dates begin with the year.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from babel import Locale
from babel.dates import format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language

from outages.texts.locales import locale_of
from reports.languages import DEFAULT_LANGUAGE

# CLDR's minimumGroupingDigits is 2 there: 1234, but 12.345. Babel does not keep to it.
_GROUPED_FROM_FIVE: Final = {"es", "it", "pl"}
_JOINED: Final = {"da": "{1}, {0}", "pt": "{1}, {0}"}  # newer in the browsers' CLDR than in Babel's
_COLONS: Final = {"fr": "\u00a0: ", "ja": "\uff1a", "zh-hans": "\uff1a", "zh-hant": "\uff1a"}  # not in CLDR
_COMMAS: Final = {"ja": "\u3001", "zh-hans": "\uff0c", "zh-hant": "\uff0c"}
_LIST_COMMAS: Final = dict.fromkeys(("ja", "zh-hans", "zh-hant"), "\u3001")
_BLANK_AFTER_DIGITS: Final = {"ja": "", "zh-hans": " ", "zh-hant": " "}
# English begins with the year; simplified Chinese writes 2026年11月29日. static/js/page.js does the same.
_DAYS: Final = {"en": "yyyy-MM-dd", "zh-hans": "y年M月d日"}
_MOMENTS: Final = {"en": "yyyy-MM-dd HH:mm", "zh-hans": "y年M月d日 HH:mm"}


def number(value: float, decimals: int = 0) -> str:
    """1234.5 as "1,235" in English, "1.235" in German; with one of `decimals` "1,234.5"."""
    rounded = round(value, decimals) or 0  # no "-0"
    is_short = _language() in _GROUPED_FROM_FIVE and abs(rounded) < 10_000
    pattern = ("0" if is_short else "#,##0") + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(rounded, format=pattern, locale=_locale()))


def plural(value: float, whole_from: float = 10) -> int:
    """Return the whole number whose plural form suits a value that is written with a fraction below `whole_from`.

    A fraction takes the form of two: the plural, where there is one; in Polish "0,6 zgłoszenia" like "2 zgłoszenia".
    """
    return round(value) if value == round(value) or abs(value) >= whole_from else 2


def short(value: float) -> str:
    """A number in at most three figures or so: whole from 10 on, else with one decimal unless it is whole."""
    return number(value, 0 if abs(value) >= 10 or value == round(value) else 1)


def significant(value: float, figures: int = 3) -> str:
    """A number with so many figures that say something."""
    rounded = float(f"{value:.{figures}g}")
    decimals = len(f"{rounded:.10f}".rstrip("0").partition(".")[2])
    return number(rounded, decimals)


def percent(share: float) -> str:
    """0.25 as "25%", or "25 %" with a blank that does not break."""
    return str(format_percent(round(share, 2) or 0, locale=_locale()))


def colon() -> str:
    """Return what stands between a name and what is said of it, with its blanks."""
    return _COLONS.get(_language(), ": ")


def comma(*, in_list: bool = False) -> str:
    """Return what stands between two things that are said of one, or `in_list` between the items of a list."""
    return (_LIST_COMMAS if in_list else _COMMAS).get(_language(), ", ")


def minute(at: datetime) -> str:
    """A day and a time in UTC, such as "2026-11-22 18:10" in English, "22.11.2026, 18:10" in German."""
    pattern = _MOMENTS.get(_language()) or _moment_pattern(_locale())
    return str(format_datetime(at.astimezone(UTC), pattern, locale=_locale()))


def day(when: date) -> str:
    """A day in figures."""
    pattern = _DAYS.get(_language()) or _day_pattern(_locale())
    return str(format_datetime(datetime(when.year, when.month, when.day, tzinfo=UTC), pattern, locale=_locale()))


def clock(at: datetime) -> str:
    """A time of day in UTC: "18:10", "18.10" in Danish."""
    return str(format_datetime(at.astimezone(UTC), _clock_pattern(_locale()), locale=_locale()))


def month(when: date) -> str:
    """A month with its year: "March 2026"."""
    return str(format_skeleton("yMMMM", _midnight(when), locale=_locale()))


def day_of_month(when: date) -> str:
    """A day with its month: "9 March"."""
    return str(format_skeleton("MMMMd", _midnight(when), locale=_locale()))


def weekday(number_of_day: int, *, alone: bool = False) -> str:
    """The name of a weekday, 0 for Monday: within a sentence, or `alone` as a label with a capital."""
    named = str(_locale().days["stand-alone" if alone else "format"]["wide"][number_of_day])
    return named[:1].upper() + named[1:] if alone else named


def days_ago(days: int) -> str:
    """ "3 days ago", "vor 3 Tagen". In Japanese and Chinese with the blanks of our texts, which CLDR has otherwise."""
    past = -timedelta(days=days)
    said = format_timedelta(past, granularity="day", threshold=10**6, add_direction=True, locale=_locale())
    blank = _BLANK_AFTER_DIGITS.get(_language())
    return str(said) if blank is None else re.sub(r"(?<=\d)\s*(?=\D)", blank, str(said))


def _midnight(when: date) -> datetime:
    return datetime(when.year, when.month, when.day, tzinfo=UTC)


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _locale() -> Locale:
    return locale_of(_language())


@cache
def _day_pattern(locale: Locale) -> str:
    """Return the pattern of a day in figures, with two for the day and for the month."""
    return re.sub(r"(?<!d)d(?!d)", "dd", re.sub(r"(?<!M)M(?!M)", "MM", locale.datetime_skeletons["yMd"].pattern))


@cache
def _clock_pattern(locale: Locale) -> str:
    return re.sub(r"(?<!H)H(?!H)", "HH", locale.datetime_skeletons["Hm"].pattern)


@cache
def _moment_pattern(locale: Locale) -> str:
    joined = _JOINED.get(locale.language) or str(locale.datetime_formats["short"])
    return joined.replace("{1}", _day_pattern(locale)).replace("{0}", _clock_pattern(locale))


def csv_cell(value: Any) -> Any:
    """Return a value for a table file. A text that a table calculation would take for a formula is quoted."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
