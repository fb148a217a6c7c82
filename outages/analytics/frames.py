"""Queries → DataFrames: of the whole service as it was counted, of its parts and places as `disclosure` tells it.

Each function runs the number of queries that its docstring says, however many rows there are. Sums run in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection
from scipy import special  # not scipy.stats: it takes 60 MB of each web process

from outages.analytics import disclosure, hysteresis, ratios, usual
from outages.models import Incident, ServiceMinute
from reports.models import Service

Level = usual.Level
Frame = pd.DataFrame
MINUTE = timedelta(minutes=1)

BAND = (0.05, 0.95)  # the expected band holds nine of ten ordinary bins
BASELINE_DAYS = 28  # how far back the usual hours of the week are looked up
BASELINE_CACHE_S = 3600
LEAST_QUIET = 0.5  # reports that are usual of a place; one that is usually quiet needs no row to say so


def _rows(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def negative_binomial_band(expected: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The quantiles BAND of negative binomials with the given means and variances, arrays of equal length.

    α = (variance − mean) / mean², n = 1/α, p = n / (n + mean). Where the variance is not above the mean: Poisson.
    """
    mean = np.maximum(np.asarray(expected, dtype=float), 0.0)
    over = np.asarray(variance, dtype=float) - mean
    alpha = np.divide(over, mean**2, out=np.zeros_like(mean), where=(mean > 0) & (over > 0))
    wide = alpha > 1e-9
    n = np.divide(1.0, alpha, out=np.ones_like(mean), where=wide)
    p = n / (n + mean)
    low, high = (np.where(wide, _negative_binomial(q, n, p), _poisson(q, mean)) for q in BAND)
    return np.where(mean > 0, low, 0.0), np.where(mean > 0, high, 0.0)


def _negative_binomial(q: float, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    return _lowest(q, special.nbdtrik(q, n, p), lambda count: special.betainc(n, count + 1, p))


def _poisson(q: float, mean: np.ndarray) -> np.ndarray:
    return _lowest(q, special.pdtrik(q, mean), lambda count: special.gammaincc(count + 1, mean))


def _lowest(q: float, about: np.ndarray, cdf: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The lowest counts with cdf(count) ≥ q. `about` is where the cdf, taken as continuous, reaches q."""
    count = np.maximum(np.ceil(about), 0.0)
    one_less = np.maximum(count - 1, 0.0)
    return np.asarray(np.where(cdf(one_less) >= q, one_less, count))


def timeseries(service: Service, since: datetime, until: datetime, grain_minutes: int) -> Frame:
    """The service's reports against the expected band, in bins of `grain_minutes` from `since`. One query.

    Index `minute` (start of the bin, UTC). Columns: `raw`, `effective`, `expected`, `low`, `high`, `watched` (minutes
    of the bin that were scanned). A bin of which nothing was watched holds NaN: a gap, not a zero. Sums and band cover
    the watched minutes only. The band takes the minutes of a bin as independent.
    """
    step = timedelta(minutes=grain_minutes)
    rows = _rows(
        "SELECT date_bin(%s, minute, %s), sum(raw), sum(effective), sum(expected), "
        "sum(expected + dispersion * expected * expected), count(*) FROM outages_serviceminute "
        "WHERE service_id = %s AND minute >= %s AND minute < %s GROUP BY 1 ORDER BY 1",
        [step, since, service.pk, since, until],
    )
    found = Frame(rows, columns=["minute", "raw", "effective", "expected", "variance", "watched"])
    index = pd.date_range(since, until, freq=step, inclusive="left", name="minute")
    found["minute"] = pd.to_datetime(found["minute"], utc=True)
    frame = found.set_index("minute").astype(float).reindex(index)
    frame["watched"] = frame["watched"].fillna(0).astype(int)
    low, high = negative_binomial_band(frame["expected"].fillna(0).to_numpy(), frame["variance"].fillna(0).to_numpy())
    seen = frame["watched"] > 0
    frame["effective"] = frame["effective"].round()  # its fractions would tell the weight of one reporter
    frame["low"], frame["high"] = pd.Series(low, index).where(seen), pd.Series(high, index).where(seen)
    return frame[["raw", "effective", "expected", "low", "high", "watched"]]


def was_watched(service: Service, since: datetime, until: datetime) -> bool:
    """Return whether any minute of [since, until) was scanned. One query."""
    return ServiceMinute.objects.filter(service=service, minute__gte=since, minute__lt=until).exists()


def minutes_watched(service: Service, since: datetime, until: datetime, step: timedelta) -> dict[datetime, int]:
    """Return how many minutes of each bin from `since` on were scanned, by its start; none, no entry. One query."""
    rows = _rows(
        "SELECT date_bin(%s, minute, %s), count(*) FROM outages_serviceminute "
        "WHERE service_id = %s AND minute >= %s AND minute < %s GROUP BY 1",
        [step, since, service.pk, since, until],
    )
    return dict(rows)


def cells(
    service: Service,
    since: datetime,
    until: datetime,
    level: Level = "country",
    *,
    component: str | None = None,
    country: str | None = None,
    compare: bool = False,
) -> Frame:
    """Return what may be said of each place in [since, until). One query; with `compare` four more, one of them cached.

    Index `place`: a country or region code, "" where a report named none; at level "region" reports that name only
    the country stand under the country's code. Columns: `few` (too few networks: all numbers are 0 and say nothing),
    `raw`, `effective`, `working`, `recovered`, told as `disclosure` says. Places with numbers come first, most first,
    then those with few by code.
    With `compare`: `expected` (see `usual`), `excess` (effective − expected), `ratio` with `ratio_low` and `ratio_high`
    (see `ratios`); NaN where few, or where nothing is known of what is usual. `is_sure` is False where little is known.
    `component` is a component's slug; `country` keeps only that country's places.
    """
    found = disclosure.read(
        service,
        since,
        until,
        [level],
        components=[component] if component else (),
        places=[country] if country else (),
    )
    rows = [
        (cell.keys[0], not cell.enough, cell.reports, cell.effective, cell.working, cell.recovered)
        for cell in sorted(found, key=lambda cell: (not cell.enough, -cell.effective, -cell.reports, cell.keys))
    ]
    frame = Frame(rows, columns=["place", "few", "raw", "effective", "working", "recovered"]).set_index("place")
    frame = _typed(frame)
    return _with_expectation(frame, service, since, until, level, component, country) if compare else frame


def _typed(frame: Frame) -> Frame:
    return frame.astype({"few": bool, "raw": int, "effective": float, "working": int, "recovered": int})


def _with_expectation(
    frame: Frame,
    service: Service,
    since: datetime,
    until: datetime,
    level: Level,
    component: str | None,
    country: str | None,
) -> Frame:
    known = usual.read(service, since, until, level, component=component)
    expected = {place: known.of(place) for place in {*known.profile.index, *frame.index}}
    quiet = sorted(
        place
        for place, number in expected.items()
        if number >= LEAST_QUIET and place not in frame.index and (country is None or place[:2] == country)
    )
    silent = Frame(0, index=pd.Index(quiet, dtype=object), columns=frame.columns)
    frame = pd.concat([frame, _typed(silent)]) if quiet else frame
    untold = frame["few"] | (not known.is_known)
    frame["expected"] = pd.Series(expected, dtype=float).reindex(frame.index).mask(untold)
    frame["excess"] = frame["effective"] - frame["expected"]
    found = ratios.times_usual(frame["effective"].to_numpy(), frame["expected"].fillna(0.0).to_numpy())
    told = found.estimate
    if known.is_known and len(frame):
        codes = [str(code) for code in frame.index]
        earlier = hysteresis.estimates_before(
            service, since, until, level, codes, known.profile, component=component, country=country
        )
        told = ratios.steady(np.vstack([earlier, found.exact]), has_past=True)[-1]
    for name, values in (("ratio", told), ("ratio_low", found.low), ("ratio_high", found.high)):
        frame[name] = pd.Series(values, frame.index).mask(untold)
    frame["is_sure"] = found.is_sure & ~untold
    return frame


def symptoms(service: Service, since: datetime, until: datetime) -> Frame:
    """Return the problem reports of [since, until) by symptom, most first. One query.

    Index `symptom` (slug, "": none named); columns `few`, `raw` and `share` of all that have a number.
    """
    found = disclosure.read(service, since, until, ["symptom"])
    found.sort(key=lambda cell: (not cell.enough, -cell.reports, cell.keys))
    index = pd.Index([cell.keys[0] for cell in found], name="symptom", dtype=object)
    raw = [cell.reports for cell in found]
    frame = Frame({"few": [not cell.enough for cell in found], "raw": raw}, index=index)
    frame = frame.astype({"few": bool, "raw": int})
    frame["share"] = frame["raw"] / max(int(frame["raw"].sum()), 1)
    return frame


def components(service: Service, since: datetime, until: datetime, slugs: Sequence[str]) -> Frame:
    """Return the problem reports of [since, until) by component, one row for each given slug. One query.

    Columns `few`, `raw` and `expected`.
    """
    found = disclosure.components(service, since, until)
    rows = []
    for slug in slugs:
        cell, expected = found.get(slug, (None, 0.0))
        rows.append((cell is not None and not cell.enough, cell.reports if cell else 0, expected))
    frame = Frame(
        rows, columns=["few", "raw", "expected"], index=pd.Index(list(slugs), name="component", dtype="object")
    )
    return frame.astype({"few": bool, "raw": int, "expected": float})


DAY_STATES = ("unwatched", "ok", "maintenance", "possible", "confirmed")  # from least to worst


def days(service: Service, until: datetime, count: int = 90) -> Frame:
    """The last `count` days (UTC) up to the day of `until`, oldest first. One query.

    Index `day` (date). Columns: `state` (one of DAY_STATES, the day's worst), `raw`, `watched` (share of the day's
    minutes so far that were scanned, 0 to 1), `confirmed_minutes` and `incidents` (the numbers of the day's incidents).
    `attrs["lasted"]` holds how long each outage lasted that was confirmed and is over.
    """
    midnight = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=count - 1)
    index = pd.Index([(since + timedelta(days=i)).date() for i in range(count)], name="day")
    rows = _rows(
        """
        SELECT (minute AT TIME ZONE 'UTC')::date, count(*), sum(raw), NULL, NULL, NULL, NULL, NULL
          FROM outages_serviceminute
         WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s GROUP BY 1
        UNION ALL
        SELECT NULL, NULL, NULL, number, kind, opened_at, confirmed_at, resolved_at FROM outages_incident
         WHERE service_id = %(service)s AND opened_at < %(until)s AND COALESCE(resolved_at >= %(since)s, true)
           AND (state NOT IN ('merged', 'dismissed') OR resolved_at >= %(until)s)
         ORDER BY 6
        """,
        {"service": service.pk, "since": since, "until": until},
    )
    daily = {row[0]: (int(row[1]), int(row[2])) for row in rows if row[0] is not None}
    watched, states, confirmed_minutes = [], [], [0.0] * count
    numbers: list[list[int]] = [[] for _ in range(count)]
    over: list[timedelta] = []
    for i, day in enumerate(index):
        so_far = min(until - (since + timedelta(days=i)), timedelta(days=1)) / MINUTE
        watched.append(min(daily.get(day, (0, 0))[0] / max(so_far, 1.0), 1.0))
        states.append("ok" if watched[i] else "unwatched")
    for number, kind, opened_at, confirmed_at, resolved_at in (row[3:] for row in rows if row[0] is None):
        end = min(resolved_at or until, until)
        confirmed = confirmed_at is not None and confirmed_at < until
        state = "maintenance" if kind == Incident.Kind.MAINTENANCE else "confirmed" if confirmed else "possible"
        if state == "confirmed" and resolved_at is not None and resolved_at < until:
            over.append(resolved_at - opened_at)
        for i in range(max((opened_at - since).days, 0), min((end - since).days, count - 1) + 1):
            start = since + timedelta(days=i)
            numbers[i].append(number)
            states[i] = max(states[i], state, key=DAY_STATES.index)
            if state == "confirmed":
                overlap = min(end, start + timedelta(days=1)) - max(confirmed_at, start)
                confirmed_minutes[i] = min(confirmed_minutes[i] + max(overlap / MINUTE, 0.0), 1440.0)
    frame = Frame(
        {
            "state": states,
            "raw": [daily.get(day, (0, 0))[1] for day in index],
            "watched": watched,
            "confirmed_minutes": confirmed_minutes,
            "incidents": numbers,
        },
        index=index,
    )
    frame.attrs["lasted"] = over
    return frame


def reports_between(service: Service, since: datetime, until: datetime) -> int:
    """The service's problem reports in [since, until). One query."""
    rows = _rows(
        "SELECT COALESCE(sum(raw), 0) FROM outages_serviceminute "
        "WHERE service_id = %s AND minute >= %s AND minute < %s",
        [service.pk, since, until],
    )
    return int(rows[0][0])
