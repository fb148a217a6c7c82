"""An outage over time on the map: one small frame a step, all in one piece that browsers and proxies can keep.

Each frame says of each place as much as the map does: a step of colour, or that too few reported to say anything.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from outages.analytics import bins, frames, ratios, usual
from outages.analytics.bins import Bins, Count
from outages.analytics.disclosure import COUNTRY
from outages.analytics.usual import Expected
from outages.web.charts.map_metrics import Metric, PlaceNumbers, step_labels, step_of
from outages.web.charts.maps import Window, people_of
from reports import places
from reports.models import Service

STEP_MINUTES = {"30m": 5, "1h": 5, "6h": 15, "24h": 15, "7d": 180}
NONE, FEW, UNKNOWN = 0, -1, -2  # beside the steps 1 to 5


@dataclass(frozen=True, slots=True)
class Watched:
    """The minutes of a bin that were watched, and what was counted in them for the whole service."""

    minutes: int = 0
    counted: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What the map shows of one step of time.

    `steps` and `values` go by place; a value is None where there is none to tell. `unsure` are the numbers of the
    places of which little is known. `watched` is how many of its minutes were scanned, `reports` what was counted
    everywhere.
    """

    start: datetime
    end: datetime
    watched: int
    reports: float
    steps: list[int]
    values: list[float | None]
    unsure: list[int]


@dataclass(frozen=True, slots=True)
class Playback:
    """The frames of a window, with one scale for all of them. `places` are those with a report in any frame."""

    breaks: tuple[float, ...]
    places: list[str]
    frames: list[Frame]


def bins_of(window: Window, until: datetime) -> Bins:
    """The steps of a window that ends at `until`. The first may begin before the window: steps are whole."""
    return Bins.covering(until - window.span, until, timedelta(minutes=STEP_MINUTES[window.key]))


def read(
    service: Service,
    until: datetime,
    window: Window,
    metric: Metric,
    *,
    country: str | None = None,
    component: str | None = None,
) -> Playback:
    """Return the frames of a window that ends at `until`. Five queries at most, however many reports and frames."""
    steps = bins_of(window, until)
    level: frames.Level = "region" if country else "country"
    found = bins.counts(service, steps, level, component=component, country=country)
    watched = watched_by_bin(service, steps)
    expected = None
    if metric.needs_usual:
        expected = usual.read(service, steps.since, steps.until, level, component=component, step=steps.step)
    return play(steps, found, watched, metric, expected, whole=not (country or component))


def watched_by_bin(service: Service, steps: Bins) -> dict[datetime, Watched]:
    """What was watched of each bin of which anything was. One query."""
    values: dict[str, Any] = {
        "step": steps.step, "since": steps.since, "until": steps.until, "service": service.pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_bin(%(step)s, minute, %(since)s), count(*), sum(effective) "
            "FROM outages_serviceminute WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s "
            "GROUP BY 1",
            values,
        )
        return {start: Watched(int(minutes), float(seen)) for start, minutes, seen in cursor.fetchall()}


def play(
    steps: Bins,
    found: dict[tuple[str, datetime], Count],
    watched: dict[datetime, Watched],
    metric: Metric,
    expected: Expected | None = None,
    *,
    whole: bool = True,
) -> Playback:
    """The frames of counts by place and bin. `watched` is a `watched_by_bin`, `expected` what is usual in each bin.

    Unless the counts are the whole service's, a frame's reports are the sum of what is told of its places.
    """
    codes = sorted({code for code, _start in found if code})
    by_region = any(len(code) > COUNTRY for code in codes)
    people = {code: people_of(code, by_region=by_region) for code in codes}

    told = {at: count for at, count in found.items() if at[0] and not count.few}
    times: dict[tuple[str, datetime], float] = {}
    unsure: set[tuple[str, datetime]] = set()
    if expected is not None and expected.is_known and told:
        compared = ratios.times_usual([count.effective for count in told.values()], [expected.of(*at) for at in told])
        times = _steady(steps, dict(zip(told, compared.exact.tolist(), strict=True)))
        unsure = {at for at, is_sure in zip(told, compared.is_sure.tolist(), strict=True) if not is_sure}
    values = {
        at: metric.value(PlaceNumbers(count.effective, times.get(at), people[at[0]])) for at, count in told.items()
    }
    most = max((number for number in values.values() if number is not None), default=0.0)
    breaks = metric.breaks(most)

    def step(code: str, start: datetime) -> int:
        count = found.get((code, start))
        if count is None:
            return NONE
        if count.few:
            return FEW
        number = values[code, start]
        return UNKNOWN if number is None else step_of(number, breaks)

    sums: dict[datetime, float] = defaultdict(float)
    for (_code, start), count in found.items():
        sums[start] += 0.0 if count.few else count.effective

    def rounded(number: float | None) -> float | None:
        return None if number is None else float(f"{number:.3g}")

    return Playback(
        breaks,
        codes,
        [
            Frame(
                start,
                end,
                watched=watched.get(start, Watched()).minutes,
                reports=watched.get(start, Watched()).counted if whole else sums.get(start, 0.0),
                steps=[step(code, start) for code in codes],
                values=[rounded(values.get((code, start))) for code in codes],
                unsure=[number for number, code in enumerate(codes) if (code, start) in unsure],
            )
            for start, end in zip(steps.starts, steps.ends, strict=True)
        ],
    )


def _steady(steps: Bins, exact: dict[tuple[str, datetime], float]) -> dict[tuple[str, datetime], float]:
    """Each place's estimates as they are told one after the other, so that no place flickers while it is played."""
    codes = sorted({code for code, _start in exact})
    told = ratios.steady([[exact.get((code, start), math.nan) for code in codes] for start in steps.starts])
    return {
        (code, start): float(number)
        for start, row in zip(steps.starts, told, strict=True)
        for code, number in zip(codes, row, strict=True)
        if (code, start) in exact
    }


def as_dict(made: Playback, metric: Metric, language: str) -> dict[str, Any]:
    """The playback as the script takes it. Times are seconds since 1970."""
    return {
        "breaks": made.breaks,
        "labels": step_labels(made.breaks, whole=metric.is_whole),
        "places": made.places,
        "names": [place.name(language) if (place := places.get(code)) else code for code in made.places],
        "frames": [
            {
                "start": int(frame.start.timestamp()),
                "end": int(frame.end.timestamp()),
                "watched": frame.watched,
                "reports": round(frame.reports),
                "steps": frame.steps,
                "values": frame.values,
                "unsure": frame.unsure,
            }
            for frame in made.frames
        ],
    }
