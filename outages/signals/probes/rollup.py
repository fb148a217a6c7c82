"""Probe results by the hour, kept when the results themselves are gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from outages.models import ProbeResult, Slot
from reports import partitions

TABLE = ProbeResult._meta.db_table
DAYS_AHEAD = 3
RETENTION_DAYS = 14
SLOTS_LAST = timedelta(hours=6)

ROLL_UP = f"""
INSERT INTO outages_probehour AS h
    (service_id, probe, vantage, hour, results, up, degraded, down, blocked, p50_ms, p95_ms, p99_ms)
SELECT service_id, probe, vantage, date_trunc('hour', at, 'UTC'), count(*),
    count(*) FILTER (WHERE classification = 'up'), count(*) FILTER (WHERE classification = 'degraded'),
    count(*) FILTER (WHERE classification = 'down'), count(*) FILTER (WHERE classification = 'blocked'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE error = ''),
    percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE error = ''),
    percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE error = '')
FROM {TABLE} WHERE at >= %s AND at < %s
GROUP BY service_id, probe, vantage, date_trunc('hour', at, 'UTC')
ON CONFLICT (service_id, probe, vantage, hour) DO UPDATE SET
    results = excluded.results, up = excluded.up, degraded = excluded.degraded, down = excluded.down,
    blocked = excluded.blocked, p50_ms = excluded.p50_ms, p95_ms = excluded.p95_ms, p99_ms = excluded.p99_ms
WHERE h.results <= excluded.results
"""  # noqa: S608 (the table's name is ours)


def roll_up(now: datetime, *, hours: int = 2) -> int:
    """Makes the rows of the last hours anew, the running one included. Returns how many rows were written."""
    end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    with connection.cursor() as cursor:
        cursor.execute(ROLL_UP, [end - timedelta(hours=hours), end])
        return int(cursor.rowcount)


def make_partitions(today: date) -> int:
    """Makes the partitions of today and the days ahead where missing. Returns how many."""
    return partitions.ensure(TABLE, "at", today, today + timedelta(days=DAYS_AHEAD))


def keep_house(today: date, now: datetime) -> None:
    """Makes the next days' partitions, drops those past their time, and forgets old slots."""
    make_partitions(today)
    partitions.drop_before(TABLE, today - timedelta(days=RETENTION_DAYS))
    Slot.objects.filter(at__lt=now - SLOTS_LAST).delete()
