"""Dates as other languages and other programs write them, put into what a parser of English ones takes. Pure."""

from __future__ import annotations

import re
from typing import Final

from outages.detection.classifier.window import MONTHS

_ENGLISH: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Short ones, and those with which nobody announces planned work.
_MORE_MONTHS: Final[dict[str, int]] = {
    "marco": 3, "marts": 3, "augusti": 8, "abr": 4, "ago": 8, "dic": 12, "ene": 1, "set": 9, "out": 10, "mrt": 3,
    "févr": 2, "janv": 1, "avr": 4, "juil": 7, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "ott": 10, "mär": 3, "mrz": 3,
}  # fmt: skip
_MONTH_OF: Final = {**_MORE_MONTHS, **MONTHS}
_WORD: Final = re.compile(r"[^\W\d_]{2,}\.?|à")
_WEEKDAY: Final = re.compile(r"^([^\W\d_]{2,12})\.?,? (?=\d)")
_LEFT_OUT: Final = frozenset(
    {
        "uhr",
        "um",
        "uur",
        "om",
        "à",
        "kl",
        "klokken",
        "klockan",
        "at",
        "de",
        "del",
        "las",
        "alle",
        "ore",
        "den",
        "às",
        "godz",
        "godzina",
        "dia",
    }
)
_DASHES: Final = str.maketrans(dict.fromkeys("–—‐‑−", "-"))
_WIDE_DATE: Final = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_WIDE_CLOCK: Final = re.compile(r"(\d{1,2})\s?[時时点點시]\s?(?:(\d{1,2})\s?[分분])?")
_WIDE_HALF: Final = re.compile(r"(上午|凌晨|早上|午前|오전|下午|晚上|午後|오후)\s?(\d{1,2})[:：](\d\d)")
_FORENOON: Final = ("上午", "凌晨", "早上", "午前", "오전")
_ZONE_IN_WORDS: Final = re.compile(r"(?<=[\d\sMm.])\s\(?((?:[A-Z][a-z]+ ){1,3})Time\)?$")
_DOTTED_CLOCK: Final = re.compile(r"(?<=\d[ T])([01]?\d|2[0-3])\.([0-5]\d)(?=$|\s)")
_BRACKETED_OFFSET: Final = re.compile(r"[\[(]\s*((?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d\d)?)\s*[\])]$")


def in_english(text: str) -> str:
    """Return a date with an English month, digits with colons and plain dashes, and without words such as "Uhr"."""
    text = text.translate(_DASHES)
    text = _WIDE_DATE.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02} ", text)
    text = _WIDE_CLOCK.sub(lambda m: f"{int(m[1]):02}:{int(m[2] or 0):02}", text)
    text = _WIDE_HALF.sub(_of_day, text)
    text = _ZONE_IN_WORDS.sub(lambda m: " " + "".join(word[0] for word in m[1].split()) + "T", text)
    text = _BRACKETED_OFFSET.sub(r"\1", text)
    names = [word for word in _WORD.findall(text) if _month(word)]
    first = _WEEKDAY.match(text)
    if names and first is not None and not _month(first[1]):
        text = text[first.end() :]
    text = " ".join(_WORD.sub(_in_english, text).split())
    return _DOTTED_CLOCK.sub(r"\1:\2", text)


def _of_day(match: re.Match[str]) -> str:
    """A time of the forenoon or afternoon by the clock of 24 hours; one that counts so already as it is."""
    hour = int(match[2])
    if hour <= 12:
        hour = hour % 12 + (0 if match[1] in _FORENOON else 12)
    return f"{hour:02}:{match[3]}"


def _month(word: str) -> int:
    """The number of a month by its name; 0 for any other word."""
    return _MONTH_OF.get(word.rstrip(".").casefold(), 0)


def _in_english(match: re.Match[str]) -> str:
    if month := _month(match.group()):
        return _ENGLISH[month - 1]
    return "" if match.group().rstrip(".").casefold() in _LEFT_OUT else match.group()
