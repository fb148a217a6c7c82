"""Lengths of time as the language of the moment writes them: "1 h 46 min"."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outages.texts import formats


def duration(span: timedelta) -> str:
    """A length of time in its one or two largest units. static/js/page.js counts ages on by the same steps."""
    whole_seconds = max(int(span.total_seconds()), 0)
    if whole_seconds < 90:
        return seconds(whole_seconds)
    whole_minutes = (whole_seconds + 30) // 60  # a half up, as browsers round
    if whole_minutes < 60:
        return minutes(whole_minutes)
    whole_hours, rest = divmod(whole_minutes, 60)
    if whole_hours < 48:
        return hours_and_minutes(whole_hours, rest) if rest else hours(whole_hours)
    days = round(whole_hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def has_hours(count: float) -> bool:
    """Return whether so many minutes are written in hours: in a sentence, too, where fewer are counted in words."""
    return abs(round(count)) >= 60


def in_minutes(count: float) -> str:
    """A length that is known in minutes, which may lie before a moment."""
    whole = round(count)
    if not has_hours(count):
        return minutes(formats.number(whole))
    return ("-" if whole < 0 else "") + duration(timedelta(minutes=abs(whole)))


def seconds(n: object) -> str:
    """A number of seconds."""
    return _("%(n)s s") % {"n": n}


def minutes(n: object) -> str:
    """A number of minutes."""
    return _("%(n)s min") % {"n": n}


def hours(h: object) -> str:
    """A number of hours."""
    return _("%(h)s h") % {"h": h}


def hours_and_minutes(h: object, n: object) -> str:
    """Hours and minutes."""
    return _("%(h)s h %(n)s min") % {"h": h, "n": n}
