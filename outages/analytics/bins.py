"""Counts by bins of time, for what is drawn over time: one row a bin and part, or a bin and place.

Bins are aligned to whole multiples of their step since 1970, so that none of up to a day crosses midnight: networks can
be told apart within a day only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from outages.analytics import disclosure
from outages.models import ServiceMinute
from reports.models import Service

Key = Literal["component", "country", "region"]


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of `step` from `since`, an aligned time, to `until`; the last one may be shorter."""

    since: datetime
    until: datetime
    step: timedelta

    @classmethod
    def covering(cls, since: datetime, until: datetime, step: timedelta) -> Bins:
        """The aligned bins that hold [since, until): the first one begins at `since` or up to a step before."""
        return cls(disclosure.floor(since, step), until, step)

    @property
    def starts(self) -> list[datetime]:
        count = -((self.since - self.until) // self.step)
        return [self.since + i * self.step for i in range(count)]

    @property
    def ends(self) -> list[datetime]:
        return [min(start + self.step, self.until) for start in self.starts]


@dataclass(frozen=True, slots=True)
class Count:
    """What may be said of a part or place in a bin. Where `few` reported the numbers are 0 and say nothing."""

    few: bool
    raw: int
    effective: int


def counts(
    service: Service, bins: Bins, key: Key, *, component: str | None = None, country: str | None = None
) -> dict[tuple[str, datetime], Count]:
    """Return what may be said of each part or place in each bin, by key and start. One query.

    A key is a component's slug or a place's code, "" where none was named; at "region" reports that name only the
    country stand under its code. Only bins with something to say have entries (see `disclosure`): in bins of less
    than an hour no small cell has any.
    """
    found = disclosure.read(
        service,
        bins.since,
        bins.until,
        [key],
        step=bins.step,
        components=[component] if component else (),
        places=[country] if country else (),
    )
    return {
        (cell.keys[0], cell.start): Count(not cell.enough, cell.reports, cell.effective)
        for cell in found
        if cell.start is not None
    }


def is_watched(service: Service, since: datetime, until: datetime) -> bool:
    """Whether any minute of [since, until) was scanned. One query."""
    return ServiceMinute.objects.filter(service=service, minute__gte=since, minute__lt=until).exists()
