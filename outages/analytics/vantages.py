"""What our own probes saw over time, by vantage: whether targets answered, and how long that took."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from django.db import connection

from outages.analytics.bins import Bins
from outages.models import ProbeResult
from reports.models import Service

COLUMNS = ["vantage", "bin", "results", "answered", "failed", "p50_ms", "p95_ms", "blind_minutes"]


def seen(service: Service, bins: Bins, controls: Collection[str]) -> pd.DataFrame:
    """Results of each vantage in each bin, control targets left out. One query.

    Columns: `vantage`, `bin` (start, UTC), `results`, `answered` (up or degraded), `failed` (down), `p50_ms` (the
    median of its targets' medians), `p95_ms` (its slowest target's 95th percentile), `blind_minutes` (in which its own
    network was at fault; NaN where no minute was scanned). Results that were refused count as results only. Whole hours
    come from ProbeHour, the others from the results, as far as those are kept.
    """
    values: dict[str, Any] = {
        "service": service.pk,
        "since": bins.since,
        "until": bins.until,
        "step": bins.step,
        "controls": list(controls),
        "by_hour": bins.step.total_seconds() >= 3600,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, values)
        frame = pd.DataFrame(cursor.fetchall(), columns=COLUMNS)
    frame["bin"] = pd.to_datetime(frame["bin"], utc=True)
    return frame.astype(dict.fromkeys(COLUMNS[2:], float))


_SEEN = f"""
WITH kept AS (
    SELECT probe, vantage, hour, results, up + degraded AS answered, down AS failed, p50_ms, p95_ms
      FROM outages_probehour
     WHERE %(by_hour)s AND service_id = %(service)s AND hour >= %(since)s AND hour <= %(until)s - interval '1 hour'
       AND probe <> ALL(%(controls)s)
),
missing AS (
    SELECT span FROM generate_series(%(since)s, %(until)s - interval '1 second', interval '1 hour') span
     WHERE NOT EXISTS (SELECT 1 FROM kept WHERE kept.hour = span)
),
each AS (
    SELECT vantage, probe, date_bin(%(step)s, hour, %(since)s) AS bin, sum(results) AS results,
           sum(answered) AS answered, sum(failed) AS failed,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ms) AS p50_ms, max(p95_ms) AS p95_ms
      FROM kept GROUP BY 1, 2, 3
    UNION ALL
    SELECT vantage, probe, date_bin(%(step)s, at, %(since)s), count(*),
           count(*) FILTER (WHERE classification IN ('up', 'degraded')),
           count(*) FILTER (WHERE classification = 'down'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE error = ''),
           percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE error = '')
      FROM missing JOIN {ProbeResult._meta.db_table} r
        ON r.service_id = %(service)s AND r.at >= span AND r.at < least(span + interval '1 hour', %(until)s)
     WHERE NOT control GROUP BY 1, 2, 3
),
blind AS (
    SELECT v.key AS vantage, date_bin(%(step)s, minute, %(since)s) AS bin,
           count(*) FILTER (WHERE v.value = 'blind') AS minutes
      FROM outages_serviceminute m, jsonb_each_text(m.vantages) v
     WHERE m.service_id = %(service)s AND m.minute >= %(since)s AND m.minute < %(until)s GROUP BY 1, 2
)
SELECT vantage, bin, sum(results), sum(answered), sum(failed),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ms), max(p95_ms), max(blind.minutes)
  FROM each LEFT JOIN blind USING (vantage, bin) GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 -- the table's name is ours; every value is a parameter


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of `seen`. What is not known is None."""

    vantage: str
    start: datetime
    results: int
    answered: int
    failed: int
    p50_ms: float | None
    p95_ms: float | None
    blind_minutes: float | None

    @property
    def share(self) -> float | None:
        """Of answers among those results that say something of the target."""
        said = self.answered + self.failed
        return self.answered / said if said else None


def rows(frame: pd.DataFrame) -> list[Seen]:
    """The rows of a `seen`, in its order."""
    return [
        Seen(
            str(vantage),
            start.to_pydatetime(),
            *(int(number) for number in numbers[:3]),
            *(None if number != number else float(number) for number in numbers[3:]),
        )
        for vantage, start, *numbers in zip(*(frame[name] for name in COLUMNS), strict=True)
    ]


def totals(frame: pd.DataFrame) -> pd.DataFrame:
    """A `seen` summed up by vantage. Columns `results`, `answered`, `failed`, `share` (of answers among those that say
    something of the target; NaN without any), `p50_ms` (the median over the bins), `p95_ms` (the largest)."""
    by = frame.groupby("vantage")
    found = by[["results", "answered", "failed"]].sum()
    said = found["answered"] + found["failed"]
    found["share"] = (found["answered"] / said).where(said > 0)
    found["p50_ms"], found["p95_ms"] = by["p50_ms"].median(), by["p95_ms"].max()
    return found
