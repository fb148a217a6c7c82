"""The time machine that stands below a page: a slider, a field, and links to earlier and later moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from outages.web.views.time_travel import Moment

register = template.Library()

SPAN = timedelta(hours=24)
STEP_MINUTES = 5
MINUTE = timedelta(minutes=1)


@register.inclusion_tag("parts/past.html")
def time_machine(moment: Moment, kept: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """A form for `?at=` that keeps the address's other parameters. Everything but the slider works without a script."""
    kept = list(kept)
    present = moment.present.astimezone(UTC)
    at = moment.at.astimezone(UTC)
    until = min(at + SPAN / 2, present)
    since = until - SPAN

    def link(to: datetime, words: str) -> dict[str, str]:
        return {"query": "?" + urlencode([*kept, ("at", f"{to:%Y-%m-%dT%H:%M:%SZ}")], safe=":"), "words": words}

    links = [
        link(at - timedelta(days=1), _("A day earlier")),
        link(at - timedelta(hours=1), _("An hour earlier")),
        *(
            link(at + step, words)
            for step, words in ((timedelta(hours=1), _("An hour later")), (timedelta(days=1), _("A day later")))
            if at + step <= present
        ),
    ]
    return {
        "moment": moment,
        "kept": kept,
        "links": links,
        "since": int(since.timestamp()),
        "minutes": int(SPAN / MINUTE),
        "reached": int((at - since) / MINUTE),
        "step": STEP_MINUTES,
    }
