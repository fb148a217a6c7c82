"""Two methods that others publish, as plain functions, so that they can be measured on the same worlds.

1. *Reports against the mean of that time of day*: a component, everywhere or in a country, is out when the reports of
   the last fifteen minutes are several times their mean at that time of day, as Downdetector describes its method.
2. *Three failures in a row*: a probe that fails three times opens an incident, two good answers close it, as
   self-hosted uptime monitors do by default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from outages.evaluation.backtest.score import Incident

WINDOW_MINUTES: Final = 15
OPEN_AT_TIMES: Final = 4.0  # times the mean: possible
CONFIRM_AT_TIMES: Final = 8.0  # times the mean: confirmed
CLOSE_AT_TIMES: Final = 2.0
FEWEST_REPORTS: Final = 8
AROUND_MINUTES: Final = 60  # the mean of a time of day is taken from an hour before to an hour after
LEAST_MEAN: Final = 0.25  # reports in a window; a cell that has had none is not infinitely surprised
LEARNING_DAYS: Final = 2  # a mean of fewer days is none
FAILURES_TO_OPEN: Final = 3
SUCCESSES_TO_CLOSE: Final = 2


class Signal(Protocol):
    """One event of a world, as far as these methods look. Times with zone."""

    @property
    def type(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def service(self) -> str: ...
    @property
    def component(self) -> str: ...
    @property
    def country(self) -> str | None: ...
    @property
    def probe(self) -> str: ...
    @property
    def vantage(self) -> str: ...
    @property
    def countries(self) -> list[str]: ...
    @property
    def http_status(self) -> int | None: ...


@dataclass(slots=True)
class _Open:
    opened_at: str
    confirmed_at: str | None = None


def _stamp(minute: int) -> str:
    return f"{datetime.fromtimestamp(minute * 60, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class _Counts:
    """Reports by minute and cell, shape (minutes, cells). A cell is a component in a country, or "" for everywhere."""

    service: str
    first_minute: int
    cells: tuple[tuple[str, str], ...]
    reports: NDArray[np.int64]


def _counts(events: Iterable[Signal]) -> _Counts:
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    service, first, last = "", None, 0
    for event in events:
        service = service or event.service
        last = int(event.at.timestamp() // 60)
        first = last if first is None else first
        if event.type == "report":
            seen[event.component, ""].append(last)
            if event.country:
                seen[event.component, event.country].append(last)
    first = first or 0
    cells = tuple(sorted(seen))  # "" sorts before any country: everywhere comes first
    reports = np.zeros((last - first + 1, len(cells)), dtype=np.int64)
    for number, cell in enumerate(cells):
        reports[:, number] = np.bincount(np.array(seen[cell]) - first, minlength=len(reports))
    return _Counts(service, first, cells, reports)


def mean_of_the_time_of_day(events: Iterable[Signal]) -> list[Incident]:
    """Method 1. Events in time order. A country is not opened while its component is out everywhere."""
    counts = _counts(events)
    if not counts.cells:
        return []
    recent = _last_minutes(counts.reports)
    mean = _mean_of_earlier_days(recent)
    known = ~np.isnan(mean)
    mean = np.maximum(np.nan_to_num(mean), LEAST_MEAN)
    opens = known & (recent >= np.maximum(FEWEST_REPORTS, OPEN_AT_TIMES * mean))
    confirms = known & (recent >= np.maximum(2 * FEWEST_REPORTS, CONFIRM_AT_TIMES * mean))
    closes = recent < np.maximum(FEWEST_REPORTS / 2, CLOSE_AT_TIMES * mean)
    out_everywhere: dict[str, NDArray[np.bool_]] = {}
    found: list[Incident] = []
    for number, (component, country) in enumerate(counts.cells):
        blocked = out_everywhere.get(component, np.zeros(len(recent), dtype=bool))
        spans = _spans(opens[:, number] & ~blocked, closes[:, number])
        if not country:
            out_everywhere[component] = _mask(spans, len(recent))
        for start, end in spans:
            confirmed = np.flatnonzero(confirms[start : end or len(recent), number])
            found.append(
                Incident(
                    service=counts.service,
                    components=(component,),
                    countries=(country,) if country else (),
                    opened_at=_stamp(counts.first_minute + start + 1),
                    confirmed_at=_stamp(counts.first_minute + start + int(confirmed[0]) + 1)
                    if len(confirmed)
                    else None,
                    resolved_at=_stamp(counts.first_minute + end + 1) if end is not None else None,
                )
            )
    return sorted(found, key=lambda incident: incident.opened_at)


def _last_minutes(reports: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum of the last fifteen minutes at each minute, shape (minutes, cells)."""
    total = np.cumsum(reports, axis=0)
    recent = total.copy()
    recent[WINDOW_MINUTES:] -= total[:-WINDOW_MINUTES]
    return recent


def _mean_of_earlier_days(recent: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean of earlier days around that time of day, shape (minutes, cells). NaN before there are enough days."""
    total = np.vstack([np.zeros((1, recent.shape[1])), np.cumsum(recent, axis=0)])
    minutes = np.arange(len(recent))
    sums = np.zeros(recent.shape)
    days = np.zeros(len(recent))
    for back in range(1440, len(recent) + 1440, 1440):
        first = np.clip(minutes - back - AROUND_MINUTES, 0, None)
        last = np.clip(minutes - back + AROUND_MINUTES + 1, 0, None)
        sums += (total[last] - total[first]) / np.maximum(last - first, 1)[:, None]
        days += last > first
    mean: NDArray[np.float64] = np.where(days[:, None] >= LEARNING_DAYS, sums / np.maximum(days, 1)[:, None], np.nan)
    return mean


def _spans(opens: NDArray[np.bool_], closes: NDArray[np.bool_]) -> list[tuple[int, int | None]]:
    """Spans from an opening to the first closing after it. None where it never closed."""
    spans: list[tuple[int, int | None]] = []
    starts, ends = np.flatnonzero(opens), np.flatnonzero(closes)
    at = 0
    while True:
        later = starts[np.searchsorted(starts, at) :]
        if not len(later):
            return spans
        start = int(later[0])
        after = ends[np.searchsorted(ends, start) :]
        spans.append((start, int(after[0]) if len(after) else None))
        if not len(after):
            return spans
        at = int(after[0]) + 1


def _mask(spans: list[tuple[int, int | None]], length: int) -> NDArray[np.bool_]:
    mask = np.zeros(length, dtype=bool)
    for start, end in spans:
        mask[start:end] = True
    return mask


def three_failures_in_a_row(events: Iterable[Signal]) -> list[Incident]:
    """Method 2, for each probe. Events in time order."""
    failures: dict[tuple[str, str], int] = defaultdict(int)
    successes: dict[tuple[str, str], int] = defaultdict(int)
    open_since: dict[tuple[str, str], tuple[_Open, Signal]] = {}
    found: list[Incident] = []
    for event in events:
        if event.type != "probe":
            continue
        key = event.probe, event.vantage
        fails = event.http_status is None or event.http_status >= 400
        failures[key] = failures[key] + 1 if fails else 0
        successes[key] = 0 if fails else successes[key] + 1
        minute = int(event.at.timestamp() // 60) + 1
        if key not in open_since and failures[key] >= FAILURES_TO_OPEN:
            open_since[key] = _Open(_stamp(minute), _stamp(minute)), event
        elif key in open_since and successes[key] >= SUCCESSES_TO_CLOSE:
            state, opener = open_since.pop(key)
            found.append(_incident(opener.service, opener.component, tuple(opener.countries), state, minute))
    found += [_incident(e.service, e.component, tuple(e.countries), state, None) for state, e in open_since.values()]
    return sorted(found, key=lambda incident: incident.opened_at)


def _incident(service: str, component: str, countries: tuple[str, ...], state: _Open, resolved: int | None) -> Incident:
    return Incident(
        service=service,
        components=(component,),
        opened_at=state.opened_at,
        countries=countries,
        confirmed_at=state.confirmed_at,
        resolved_at=None if resolved is None else _stamp(resolved),
    )
