"""Queries → DataFrames. Everything is read from stored counts; no report is counted here.

Each function runs the number of queries that its docstring says, however many rows there are. Sums run in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from scipy import special  # not scipy.stats: it takes 60 MB of each web process

from outages.analytics import disclosure
from outages.models import Incident
from reports.models import Service

Level = Literal["country", "region"]
Frame = pd.DataFrame
MINUTE = timedelta(minutes=1)

BAND = (0.05, 0.95)  # the expected band holds nine of ten ordinary bins
BASELINE_DAYS = 28  # how far back a place's usual share of the reports is looked up
BASELINE_CACHE_S = 3600
SHRINKAGE = 3.0  # reports, added to seen and to expected: a ratio of small numbers says little
ENOUGH_NETWORKS = 3  # below this a place has too few reporters to say anything


def _rows(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _hour_floor(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _hour_ceil(at: datetime) -> datetime:
    floor = _hour_floor(at)
    return floor if floor == at else floor + timedelta(hours=1)


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
    frame["low"], frame["high"] = pd.Series(low, index).where(seen), pd.Series(high, index).where(seen)
    return frame[["raw", "effective", "expected", "low", "high", "watched"]]


# Distinct networks of a group, up to 3, in one pass, since a day may have millions of rows. Where no row has three, two
# of each are looked at: there are values besides the smallest and the largest where Σ (v − lo)(hi − v) > 0. Fourteen
# bits of a hash are enough; where two hashes fall together a place says a little less, never more.
NETWORK_BITS = "cardinality(networks) AS of, (networks[1] & 16383)::int AS a, (networks[2] & 16383)::int AS b"
NETWORKS = """
    CASE WHEN max(of) >= 3 THEN 3 WHEN min(a) IS NULL THEN 0 WHEN min(least(a, b)) = max(greatest(a, b)) THEN 1
         WHEN (min(least(a, b)) + max(greatest(a, b))) * sum(COALESCE(a, 0) + COALESCE(b, 0))
              - sum(COALESCE(a * a, 0) + COALESCE(b * b, 0))
              - (count(a) + count(b)) * min(least(a, b)) * max(greatest(a, b)) = 0 THEN 2
         ELSE 3 END"""

_SPANS = """
    SELECT {columns}, hour AS at, raw, effective, working, recovered, networks FROM outages_hourcount
     WHERE service_id = %(service)s AND hour >= %(first_hour)s AND hour < %(last_hour)s {where}
    UNION ALL
    SELECT {columns}, minute AS at, raw, effective, working, recovered, networks FROM outages_minutecount
     WHERE service_id = %(service)s AND minute >= %(since)s AND minute < %(until)s
       AND NOT (minute >= %(first_hour)s AND minute < %(last_hour)s) {where}
"""


def cells(
    service: Service,
    since: datetime,
    until: datetime,
    level: Level = "country",
    *,
    component: str | None = None,
    country: str | None = None,
    compare: bool = False,
    exact: bool = False,
) -> Frame:
    """What each place reported in [since, until). One query; two more with `compare`, one of them cached for an hour.

    Whole hours come from HourCount, the edges from MinuteCount. Index `place`: a country or region code, "" where a
    report named none; at level "region" reports that name only the country stand under the country's code. Columns:
    `raw`, `effective`, `working`, `recovered`, `networks` (distinct, up to 3, on the best day: hashes change daily).
    Where there are enough networks the numbers are rounded at random to multiples of 5; a place with fewer has no row
    where its number would follow from the others (see `disclosure`). `exact` numbers are not for showing.
    With `compare`: `expected` (the service's expected reports × the place's usual share of the last 28 days), `excess`
    (effective − expected) and `ratio` ((effective + 3) / (expected + 3)).
    `component` is a component's slug; `country` keeps only that country's places.
    """
    first, last = _hour_ceil(since), _hour_floor(until)
    if last < first:  # both edges lie within one hour
        first = last = until
    place = "country" if level == "country" else "COALESCE(NULLIF(region, ''), country)"
    where = ""  # all places are read, also where one country's are wanted: what may be said of one hangs on the others
    if component:
        where = (
            " AND component_id = (SELECT id FROM reports_component WHERE service_id = %(service)s AND slug = %(slug)s)"
        )
    spans = _SPANS.format(columns=f"{place} AS place", where=where)
    rows = _rows(
        f"""
        WITH spans AS ({spans}),
        daily AS (
            SELECT place, date_trunc('day', at AT TIME ZONE 'UTC') AS day, sum(raw) AS raw, sum(effective) AS effective,
                   sum(working) AS working, sum(recovered) AS recovered, {NETWORKS} AS networks
              FROM (SELECT *, {NETWORK_BITS} FROM spans) spans GROUP BY 1, 2
        )
        SELECT place, sum(raw), sum(effective) AS effective, sum(working), sum(recovered), max(networks)
          FROM daily GROUP BY place ORDER BY effective DESC, place
        """,  # noqa: S608 -- built from constants; every value is a parameter
        {
            "service": service.pk,
            "since": since,
            "until": until,
            "first_hour": first,
            "last_hour": last,
            "slug": component,
        },
    )
    frame = Frame(rows, columns=["place", "raw", "effective", "working", "recovered", "networks"]).set_index("place")
    frame = frame.astype({"raw": int, "effective": float, "working": int, "recovered": int, "networks": int})
    if not exact:
        frame = _disclosed(frame, question(service, since, until, level, component))
    if country:
        frame = frame.loc[[place[:2] == country for place in frame.index]]
    return _with_expectation(frame, service, since, until, level, component, country) if compare else frame


def question(service: Service, since: datetime, until: datetime, *words: object) -> disclosure.Question:
    """What chance hangs on in an answer about [since, until)."""
    # Minutes are counted whole: a span that holds the same minutes is the same question.
    minutes = [-(-int(at.timestamp()) // 60) for at in (since, until)]
    return disclosure.Question(settings.SECRET_KEY.encode(), (service.pk, *minutes, *words))


def _disclosed(frame: Frame, asked: disclosure.Question) -> Frame:
    """The cells as they may be shown."""
    enough = (frame["networks"] >= ENOUGH_NETWORKS) & (frame["raw"] > 0)
    few = ~enough & (frame["raw"] > 0)
    total = int(frame["raw"].sum())
    chances = [asked.chance(place) for place in frame.index]
    for column in ("raw", "effective", "working", "recovered"):
        numbers = zip(frame[column], chances, enough, strict=True)
        said = disclosure.shown if column == "raw" else disclosure.rounded
        frame[column] = [said(number, chance) if one else number for number, chance, one in numbers]
    if few.any() and not disclosure.may_name(total, frame.loc[enough, "raw"].tolist(), int(few.sum())):
        frame = frame[~few]
    return frame.astype({"raw": int, "effective": float, "working": int, "recovered": int, "networks": int})


def _with_expectation(
    frame: Frame,
    service: Service,
    since: datetime,
    until: datetime,
    level: Level,
    component: str | None,
    country: str | None,
) -> Frame:
    total = expected_total(service, since, until, component)
    share = usual_share(service, until, level)
    if country:
        share = share[[place[:2] == country for place in share.index]]
    frame = frame.reindex(frame.index.union(share.index[share * total >= 0.5], sort=False)).fillna(0)
    frame["expected"] = share.reindex(frame.index).fillna(0.0) * total
    frame["excess"] = frame["effective"] - frame["expected"]
    frame["ratio"] = (frame["effective"] + SHRINKAGE) / (frame["expected"] + SHRINKAGE)
    return frame.astype({"raw": int, "working": int, "recovered": int, "networks": int})


def expected_total(service: Service, since: datetime, until: datetime, component: str | None = None) -> float:
    """Reports expected in [since, until), summed over the minutes that were watched. One query."""
    column = "(expected_by_component ->> %s)::float" if component else "expected"
    values = [component] if component else []
    rows = _rows(
        f"SELECT COALESCE(sum({column}), 0) FROM outages_serviceminute "  # noqa: S608 -- a constant
        "WHERE service_id = %s AND minute >= %s AND minute < %s",
        [*values, service.pk, since, until],
    )
    return float(rows[0][0])


def usual_share(service: Service, until: datetime, level: Level) -> pd.Series:
    """Each place's share of the effective reports in the 28 days before `until`'s day. One query, cached an hour."""
    end = until.replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"share:{service.pk}:{level}:{end:%Y%m%d}"
    rows = cache.get(key)
    if rows is None:
        place = "country" if level == "country" else "COALESCE(NULLIF(region, ''), country)"
        rows = _rows(
            f"SELECT {place}, sum(effective) FROM outages_hourcount "  # noqa: S608 -- a constant
            "WHERE service_id = %s AND hour >= %s AND hour < %s GROUP BY 1",
            [service.pk, end - timedelta(days=BASELINE_DAYS), end],
        )
        rows = [(place, float(effective)) for place, effective in rows]
        cache.set(key, rows, BASELINE_CACHE_S)
    share = pd.Series(dict(rows), dtype=float)
    whole = share.sum()
    return share / whole if whole > 0 else share


def mix(service: Service, since: datetime, until: datetime) -> Frame:
    """Problem reports by component and symptom in [since, until), and what was expected of each component. One query.

    Columns: `component` (slug), `symptom` (slug, "" where none was named, None in rows of expectation), `raw` and
    `expected`. See `symptoms` and `components`, which sum it up.
    """
    rows = _rows(
        """
        SELECT c.slug, COALESCE(s.slug, ''), sum(n.raw), 0::float
          FROM outages_symptomcount n JOIN reports_component c ON c.id = n.component_id
          LEFT JOIN reports_symptom s ON s.id = n.symptom_id
         WHERE n.service_id = %(service)s AND n.minute >= %(since)s AND n.minute < %(until)s GROUP BY 1, 2
        UNION ALL
        SELECT e.key, NULL, 0, sum(e.value::float)
          FROM outages_serviceminute m, jsonb_each_text(m.expected_by_component) e
         WHERE m.service_id = %(service)s AND m.minute >= %(since)s AND m.minute < %(until)s GROUP BY 1
        """,
        {"service": service.pk, "since": since, "until": until},
    )
    return Frame(rows, columns=["component", "symptom", "raw", "expected"]).astype({"raw": int, "expected": float})


def symptoms(of: Frame) -> Frame:
    """The reports of a `mix` by symptom, most first. Index `symptom` ("": none named); columns `raw`, `share`."""
    named = of[of["symptom"].notna() & (of["raw"] > 0)]
    raw = named.groupby("symptom")["raw"].sum().sort_values(ascending=False, kind="stable")
    return Frame({"raw": raw, "share": raw / max(int(raw.sum()), 1)})


def components(of: Frame, slugs: Sequence[str]) -> Frame:
    """The reports of a `mix` by component, one row for each given slug. Columns `raw` and `expected`."""
    sums = of.groupby("component")[["raw", "expected"]].sum()
    return sums.reindex(pd.Index(slugs, name="component")).fillna(0.0).astype({"raw": int})


DAY_STATES = ("unwatched", "ok", "maintenance", "possible", "confirmed")  # from least to worst


def days(service: Service, until: datetime, count: int = 90) -> Frame:
    """The last `count` days (UTC) up to the day of `until`, oldest first. One query.

    Index `day` (date). Columns: `state` (one of DAY_STATES, the day's worst), `raw`, `watched` (share of the day's
    minutes so far that were scanned, 0 to 1), `confirmed_minutes` and `incidents` (the numbers of the day's incidents).
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
    for i, day in enumerate(index):
        so_far = min(until - (since + timedelta(days=i)), timedelta(days=1)) / MINUTE
        watched.append(min(daily.get(day, (0, 0))[0] / max(so_far, 1.0), 1.0))
        states.append("ok" if watched[i] else "unwatched")
    for number, kind, opened_at, confirmed_at, resolved_at in (row[3:] for row in rows if row[0] is None):
        end = min(resolved_at or until, until)
        confirmed = confirmed_at is not None and confirmed_at < until
        state = "maintenance" if kind == Incident.Kind.MAINTENANCE else "confirmed" if confirmed else "possible"
        for i in range(max((opened_at - since).days, 0), min((end - since).days, count - 1) + 1):
            start = since + timedelta(days=i)
            numbers[i].append(number)
            states[i] = max(states[i], state, key=DAY_STATES.index)
            if state == "confirmed":
                overlap = min(end, start + timedelta(days=1)) - max(confirmed_at, start)
                confirmed_minutes[i] = min(confirmed_minutes[i] + max(overlap / MINUTE, 0.0), 1440.0)
    return Frame(
        {
            "state": states,
            "raw": [daily.get(day, (0, 0))[1] for day in index],
            "watched": watched,
            "confirmed_minutes": confirmed_minutes,
            "incidents": numbers,
        },
        index=index,
    )


def reports_between(service: Service, since: datetime, until: datetime) -> int:
    """The service's problem reports in [since, until). One query."""
    rows = _rows(
        "SELECT COALESCE(sum(raw), 0) FROM outages_serviceminute "
        "WHERE service_id = %s AND minute >= %s AND minute < %s",
        [service.pk, since, until],
    )
    return int(rows[0][0])
