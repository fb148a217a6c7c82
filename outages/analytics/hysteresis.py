"""Keeps a place's number while it may be the same: what the map said before, at moments that do not depend on who asks.

A number whose estimate lies at the bound between two round ones would flip with each report. So it is told as it was
at fixed moments before, as long as the estimate does not leave its part of the scale (see `ratios.steady`). No state is
kept: the moments before are computed anew from the counts, so that every door and every process says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from outages.analytics import bins, disclosure, ratios, usual
from outages.analytics.bins import Bins
from outages.analytics.usual import Level, Profile
from reports.models import Service

LOOKS_BACK: Final = 6  # moments; of a week 3
HALF_HOUR, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)


def estimates_before(
    service: Service,
    since: datetime,
    until: datetime,
    level: Level,
    codes: Sequence[str],
    profile: Profile,
    *,
    component: str | None = None,
    country: str | None = None,
) -> NDArray[np.float64]:
    """Return how many times the usual some places had at fixed moments before `until`, shape (moments, places).

    The moments are half hours, hours or days; at each it is of a window as long as [since, until). Two queries.
    """
    span = until - since
    step = HALF_HOUR if span < HOUR else HOUR if span <= DAY else DAY
    count, back = -(-span // step), LOOKS_BACK if span <= DAY else LOOKS_BACK // 2
    last = disclosure.floor(until - timedelta(microseconds=1), step)
    steps = Bins(last - (back - 1 + count) * step, last, step)
    row_of = {start: row for row, start in enumerate(steps.starts)}
    column_of = {code: column for column, code in enumerate(codes)}
    seen = np.zeros((len(row_of), len(codes)))
    for (code, start), cell in bins.counts(service, steps, level, component=component, country=country).items():
        if code in column_of:
            seen[row_of[start], column_of[code]] = cell.effective
    totals = np.zeros((len(row_of), usual.HOURS))
    for moment, hours in usual.totals(service, steps.since, steps.until, component, step).items():
        if moment in row_of:
            totals[row_of[moment]] = hours
    shares = np.array([[profile.share(code, hour) for hour in range(usual.HOURS)] for code in codes])
    expected = totals @ shares.reshape(len(codes), usual.HOURS).T
    return ratios.times_usual(_windows(seen, count), _windows(expected, count)).exact


def _windows(bins_: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The sums of each `count` successive rows."""
    sums: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(bins_, count, axis=0).sum(axis=-1)
    return sums
