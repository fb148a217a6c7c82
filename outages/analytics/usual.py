"""What is usual of places: the detector's own expectation of a service or component, minute by minute, split by place.

The detector expects reports by component, place, day and hour; what it expects of the whole service and of components
is stored with each minute, and is public. What it expects of a place was learnt from every single report there, so that
its changes would tell them one by one. So the split by place and hour of the day is learnt anew, with the detector's
formulas (outages.detection.estimators.baseline), from the weights that `disclosure` tells anyway.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
from django.core.cache import cache
from django.db import connection
from numpy.typing import NDArray

from outages.analytics import disclosure
from outages.detection.thresholds import DEFAULT
from reports.models import Service

Level = Literal["country", "region"]

DAYS: Final = 28  # how far back the usual is looked up
KEPT_S: Final = 3600
HOURS: Final = 24
QUARTER: Final = timedelta(minutes=15)
LONG: Final = timedelta(hours=6)


@dataclass(frozen=True)
class Profile:
    """Each place's share of what is expected at each hour of the day (UTC), shape (places, 24). Sums are below 1."""

    index: dict[str, int] = field(default_factory=dict)
    shares: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, HOURS)))
    stranger: float = 0.0  # the share of a place that is not among them

    @property
    def is_known(self) -> bool:
        return bool(self.index)

    def share(self, place: str, hour: int) -> float:
        row = self.index.get(place)
        return self.stranger if row is None else float(self.shares[row, hour])


@dataclass(frozen=True)
class Expected:
    """Reports expected in each bin by hour of the day, to be split by place."""

    profile: Profile
    totals: dict[datetime | None, NDArray[np.float64]]  # (24,) each

    @property
    def is_known(self) -> bool:
        return self.profile.is_known

    def of(self, place: str, bin_start: datetime | None = None) -> float:
        """Return the reports that are usual of a place in a bin; 0 where nobody watched."""
        totals = self.totals.get(bin_start)
        if totals is None:
            return 0.0
        row = self.profile.index.get(place)
        if row is None:
            return float(totals.sum()) * self.profile.stranger
        return float(totals @ self.profile.shares[row])


def read(
    service: Service,
    since: datetime,
    until: datetime,
    level: Level,
    *,
    component: str | None = None,
    step: timedelta | None = None,
) -> Expected:
    """Return what is usual in [since, until), in bins of `step` if given. One query, and one cached for an hour.

    A window without bins is looked at in whole quarters of an hour, from six hours on in whole hours: what is usual
    stays the same while a window slides, so that a place whose reports do not change keeps its number.
    """
    if step is None:
        grid = timedelta(hours=1) if until - since >= LONG else QUARTER
        end = disclosure.floor(until, grid)
        since, until = end - (until - since), end
    return Expected(profile(service, since, until, level, component), totals(service, since, until, component, step))


def totals(
    service: Service, since: datetime, until: datetime, component: str | None, step: timedelta | None
) -> dict[datetime | None, NDArray[np.float64]]:
    """Return what was expected of the service or component in each bin by hour of the day, (24,) each. One query."""
    expected = "coalesce((expected_by_component ->> %(slug)s)::float, 0)" if component else "expected"
    sql = f"""
        SELECT {"date_bin(%(step)s, minute, %(since)s)" if step else "NULL"}, extract(hour FROM minute AT TIME ZONE 'UTC')::int,
               sum({expected})
          FROM outages_serviceminute
         WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s GROUP BY 1, 2"""  # noqa: S608, E501 -- constants
    values: dict[str, Any] = {
        "service": service.pk, "since": since, "until": until, "slug": component, "step": step,
    }  # fmt: skip
    found: dict[datetime | None, NDArray[np.float64]] = defaultdict(lambda: np.zeros(HOURS))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for start, hour, number in cursor.fetchall():
            found[start][hour] += number
    return dict(found)


def profile(service: Service, since: datetime, until: datetime, level: Level, component: str | None = None) -> Profile:
    """Return how what is expected is usually split by place, from the 28 days before `until`'s day. Kept for an hour.

    On a service's first day it is from the hours before `since`: what is looked at can't be its own usual.
    """
    midnight = disclosure.floor(until, disclosure.DAY)
    found = _profile(service, midnight, level, component)
    return found if found.is_known else _profile(service, disclosure.floor(since, disclosure.HOUR), level, component)


def _profile(service: Service, end: datetime, level: Level, component: str | None) -> Profile:
    key = f"usual:{service.pk}:{level}:{component or ''}:{end:%Y%m%d%H}"
    kept: tuple[list[str], bytes, float] | None = cache.get(key)
    if kept is None:
        made = learnt(disclosure.usual_hours(service, end - timedelta(days=DAYS), end, level), component)
        kept = (list(made.index), made.shares.tobytes(), made.stranger)
        cache.set(key, kept, KEPT_S)
    places, shares, stranger = kept
    return Profile({place: row for row, place in enumerate(places)}, np.frombuffer(shares).reshape(-1, HOURS), stranger)


def learnt(rows: list[tuple[str, str, int, float]], component: str | None = None) -> Profile:
    """Return the profile of (component, place, hour of the day, reports) rows: of all components, or of one.

    Each factor is a gamma-Poisson posterior mean, shrunk to the coarser one: a place's hour to its share of the
    day, a component's places to those of all components.
    """
    index = {place: number for number, place in enumerate(sorted({row[1] for row in rows}))}
    if not index:
        return Profile()
    by_hour = np.zeros((len(index), HOURS))
    of_component = np.zeros(len(index))
    for slug, place, hour, reports in rows:
        by_hour[index[place], hour] += reports
        if slug == component:
            of_component[index[place]] += reports
    whole = by_hour.sum()
    places = by_hour.sum(axis=1)
    shrunk = whole + DEFAULT.place_prior * max(len(index), DEFAULT.place_prior_places)
    levels = (places + DEFAULT.place_prior) / shrunk
    day = (by_hour + DEFAULT.day_prior) / (levels[:, None] * by_hour.sum(axis=0)[None, :] + DEFAULT.day_prior)
    if component:
        levels = levels * (of_component + DEFAULT.cell_prior) / (levels * of_component.sum() + DEFAULT.cell_prior)
    shares = levels[:, None] * day
    stranger = float(DEFAULT.place_prior / shrunk)
    return Profile(index, shares / (shares.sum(axis=0) + stranger), stranger)
