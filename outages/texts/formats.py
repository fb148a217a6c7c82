"""Numbers and times as the language of the moment writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _


def number(value: float, decimals: int = 0) -> str:
    """1234.5 as "1,235" in English, "1.235" in German; with one of `decimals` "1,234.5"."""
    return str(number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True))


def short(value: float) -> str:
    """A number in at most three figures or so: whole from 10 on, else with one decimal unless it is whole."""
    return number(value, 0 if abs(value) >= 10 or value == round(value) else 1)


def significant(value: float, figures: int = 3) -> str:
    """A number with so many figures that say something."""
    rounded = float(f"{value:.{figures}g}")
    decimals = len(f"{rounded:.10f}".rstrip("0").partition(".")[2])
    return number(rounded, decimals)


def percent(share: float) -> str:
    """0.25 as "25 %" or "25%"."""
    # Translators: a share in per cent, with or without a space as the language wants it.
    return _("%(n)s %%") % {"n": number(100 * share)}


def minute(at: datetime) -> str:
    """A day and a time in UTC, such as "2026-11-22 18:10" in English, "22.11.2026 18:10" in German."""
    return str(date_format(at.astimezone(UTC), "SHORT_DATETIME_FORMAT", use_l10n=True))


def day(when: date) -> str:
    """A day in figures."""
    return str(date_format(when, "SHORT_DATE_FORMAT", use_l10n=True))


def csv_cell(value: Any) -> Any:
    """Return a value for a table file. A text that a table calculation would take for a formula is quoted."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
