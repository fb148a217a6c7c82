"""The time axis below a drawing: round times where they lie, as SVG that stretches by percentages.

Times are round in UTC until the browser, which knows the visitor's zone, puts round local ones in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from outages.texts import formats

# Steps that a clock's face has: static/js/page.js goes by the same ones, which the axis names in its `data-step`.
STEPS_MINUTES: Final = (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400, 43200)
MOST_STEPS: Final = 6
EDGE: Final = 0.04  # nearer to an edge than this a label would stick out, and is set from that edge


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A time axis from `since` to `until`."""

    since: datetime
    until: datetime

    @property
    def step(self) -> timedelta:
        """Return the shortest of the round steps of which at most MOST_STEPS fit."""
        span = self.until - self.since
        steps = [timedelta(minutes=minutes) for minutes in STEPS_MINUTES]
        return next((step for step in steps if span <= MOST_STEPS * step), steps[-1])

    @property
    def ticks(self) -> list[datetime]:
        """Return the round times in UTC that lie in the axis: whole steps since midnight of the first day."""
        midnight = self.since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        before = (self.since - midnight) // self.step
        times = (midnight + self.step * (before + k) for k in range(MOST_STEPS + 3))
        return [at for at in times if self.since <= at <= self.until]

    def share(self, at: datetime) -> float:
        """Return where a time lies, from 0 at the left edge to 1 at the right one."""
        span = self.until - self.since
        return min(max((at - self.since) / span, 0.0), 1.0) if span else 0.0

    @property
    def drawing(self) -> SafeString:
        """Return the labels as a drawing as wide as what it stands under."""
        labels = format_html_join("", '<text x="{}%" text-anchor="{}" y="11">{}</text>', map(self._label, self.ticks))
        return format_html(
            '<svg class="time-axis" width="100%" height="14" aria-hidden="true" data-since="{}" data-until="{}" '
            'data-step="{}">{}</svg>',
            _stamp(self.since),
            _stamp(self.until),
            int(self.step / timedelta(minutes=1)),
            labels,
        )

    def _label(self, at: datetime) -> tuple[str, str, str]:
        share = self.share(at)
        anchor = "start" if share < EDGE else "end" if share > 1 - EDGE else "middle"
        words = formats.clock(at) if self.step < timedelta(days=1) else formats.day(at.astimezone(UTC).date())
        return f"{100 * share:.2f}".rstrip("0").rstrip("."), anchor, words


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
