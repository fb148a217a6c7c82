"""The server writes numbers, dates, ages and lists as the browser does: 200 sampled values in each language."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser

from outages.texts import formats
from outages.texts.lists import listed
from outages.texts.locales import intl_tag
from outages.texts.place_phrases import named_places
from reports import places
from reports.collation import collation_key
from reports.languages import LANGUAGES

pytestmark = pytest.mark.browser
SAMPLED = 200
# What each kind of value is to `Intl`. English dates begin with the year, as static/js/page.js writes them.
WRITTEN = r"""([tag, values]) => {
  const long = tag === "zh-Hans";  // 2026年11月29日, as static/js/page.js writes it
  const [month, day] = long ? ["long", "numeric"] : ["2-digit", "2-digit"];
  const figures = { year: "numeric", month, day, timeZone: "UTC" };
  // The blank beside digits is that of our texts: none in Japanese, one in Chinese. Only the server writes these.
  const blank = { ja: "", "zh-Hans": " ", "zh-Hant": " " }[tag];
  const spaced = (text) => blank === undefined ? text : text.replace(/(\d)\s*(?=\D)/g, `$1${blank}`);
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" };
  const iso = tag === "en-GB";
  const write = {
    number: (v) => new Intl.NumberFormat(tag, { maximumFractionDigits: 0 }).format(v),
    tenth: (v) => new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(v),
    percent: (v) => new Intl.NumberFormat(tag, { style: "percent" }).format(v),
    day: (v) => iso ? v.slice(0, 10) : new Intl.DateTimeFormat(tag, figures).format(new Date(v)),
    moment: (v) => iso
      ? v.slice(0, 16).replace("T", " ")
      : new Intl.DateTimeFormat(tag, { ...figures, ...clock }).format(new Date(v)),
    clock: (v) => new Intl.DateTimeFormat(tag, clock).format(new Date(v)),
    month: (v) => new Intl.DateTimeFormat(tag, { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(v)),
    days_ago: (v) => spaced(new Intl.RelativeTimeFormat(tag).format(-v, "day")),
    list: (v) => new Intl.ListFormat(tag).format(v),
    place: (v) => new Intl.DisplayNames(tag, { type: "region", style: "long" }).of(v),
  };
  return values.map(([kind, value]) => write[kind](value));
}"""


def sampled() -> list[tuple[str, Any]]:
    """Return kinds and values, always the same ones."""
    chance = random.Random(14)
    countries = [place.code for place in places.countries() if place.code not in ("HK", "MO", "PS")]
    names = ["Ada", "Oslo", "Iris", "Hielo", "Zürich", "東京"]
    found: list[tuple[str, Any]] = []
    for _ in range(SAMPLED // 10):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(525_600))
        stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        found += [
            ("number", chance.choice((0, 7, 999, 1094, 12_345, 1_234_567, chance.randrange(100_000)))),
            ("tenth", chance.randrange(100_000) / 10),
            ("percent", chance.randrange(101) / 100),
            ("day", stamp),
            ("moment", stamp),
            ("clock", stamp),
            ("month", stamp),
            ("days_ago", chance.randrange(2, 400)),
            ("list", chance.sample(names, chance.randrange(1, 5))),
            (
                "place",
                chance.choice(countries),
            ),
        ]
    return found


def ours(kind: str, value: Any, language: str) -> str:
    if kind in ("day", "moment", "clock", "month"):
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return {"day": formats.day, "moment": formats.minute, "clock": formats.clock, "month": formats.month}[kind](at)
    if kind == "list":
        return listed(value, language)
    if kind == "place":
        return named_places([value], language)
    if kind == "tenth":
        return formats.number(value, 1)
    return {"number": formats.number, "percent": formats.percent, "days_ago": formats.days_ago}[kind](value)


def test_server_and_browser_write_the_same(browser: Browser) -> None:
    page = browser.new_page()
    values = sampled()
    assert len(values) == SAMPLED
    differ = []
    for language in LANGUAGES:
        theirs = page.evaluate(WRITTEN, [intl_tag(language), json.loads(json.dumps(values))])
        with translation.override(language):
            for (kind, value), intl in zip(values, theirs, strict=True):
                if (mine := ours(kind, value, language)) != intl:
                    differ.append((language, kind, value, mine, intl))
    page.close()
    assert differ == [], "\n".join(map(repr, differ))


def test_lists_of_places_stand_in_the_order_of_the_browser(browser: Browser) -> None:
    """All countries in each language, and the regions of those whose names need the most of it."""
    page = browser.new_page()
    differ = []
    for language in LANGUAGES:
        codes = ["CN", "TW", "JP", "KR", "DE", "ES", "PL", "SE", "TR"]
        lists = [places.countries(), *(places.regions(code) for code in codes)]
        named = [sorted({place.name(language) for place in listed_ones}) for listed_ones in lists]
        theirs = page.evaluate(
            "([tag, lists]) => lists.map((names) => names.sort(new Intl.Collator(tag).compare))",
            [intl_tag(language), named],
        )
        ours_ = [sorted(names, key=lambda name: collation_key(name, language)) for names in named]
        differ += [(language, ["world", *codes][i]) for i, names in enumerate(ours_) if names != theirs[i]]
    page.close()
    assert differ == []


def test_ages_and_days_are_inflected() -> None:
    with translation.override("de"):
        assert formats.days_ago(3) == "vor 3 Tagen"
        assert formats.day(date(2026, 3, 9)) == "09.03.2026"
    for language, ago, day in (
        ("ja", "3日前", "2026/03/09"),
        ("zh-hans", "3 天前", "2026年3月9日"),
        ("it", None, "09/03/2026"),
    ):
        with translation.override(language):
            assert (formats.days_ago(3) if ago else None, formats.day(date(2026, 3, 9))) == (ago, day)
    for language, name, label in (
        ("it", "lunedì", "Lunedì"),
        ("pl", "poniedziałek", "Poniedziałek"),
        ("de", "Montag", "Montag"),
    ):
        with translation.override(language):
            assert (formats.weekday(0), formats.weekday(0, alone=True)) == (name, label)
