"""How the program fares, for its operator's Prometheus: what a look at the database, the broker and the disk tells."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.cache import NO_RETRY

QUEUES = ("scan", "default", "announcements", "notices", f"probes.{settings.VANTAGE}")
BROKER_WAIT_S = 2
SNAPSHOTS, STEP = "snapshots", "front_step"  # the front's folder and file within DATA_DIR

_SCANS = """
SELECT count(*), coalesce(max(extract(epoch FROM %s - d.minute) - 60), 0) FROM reports_service s
LEFT JOIN outages_detectorstate d ON d.service_id = s.id WHERE s.is_active AND s.clock = 'live'
"""
_DELIVERIES = """
SELECT count(*), coalesce(max(extract(epoch FROM %s - next_at)) FILTER (WHERE next_at <= %s), 0)
FROM outages_delivery WHERE state = 'waiting'
"""
_SET_ASIDE = "SELECT count(*) FROM outages_scanfailure WHERE set_aside_at >= %s - interval '24 hours'"
_SOURCES = "SELECT state, count(*) FROM outages_sourcehealth GROUP BY state"
_PROBES = "SELECT classification, count(*) FROM outages_probehealth GROUP BY classification"
_CONNECTIONS = """
SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1
"""
_MOST_CONNECTIONS = "SELECT setting::int FROM pg_settings WHERE name = 'max_connections'"

Family = GaugeMetricFamily


class OperatorMetrics(Collector):
    """Looks when it is asked. A look that fails is told by `brownout_look_failed`; the others go on."""

    def collect(self) -> Iterator[Family]:
        failed = Family("brownout_look_failed", "1 where something could not be looked at.", labels=["look"])
        looks: tuple[Callable[[], Iterator[Family]], ...] = (_database, _broker, _disk)
        for look in looks:
            is_failed = 0
            try:
                yield from look()
            except (DatabaseError, redis.RedisError, OSError):
                is_failed = 1
                connection.close()
            failed.add_metric([look.__name__.strip("_")], is_failed)
        yield failed


def gauge(name: str, said: str, value: float) -> Family:
    """Return a metric of one number."""
    return Family(f"brownout_{name}", said, value=float(value))


def by_label(name: str, said: str, label: str, rows: list[tuple[str, int]]) -> Family:
    """Return a metric with one number for each value of a label."""
    family = Family(f"brownout_{name}", said, labels=[label])
    for value, count in rows:
        family.add_metric([value], count)
    return family


def _database() -> Iterator[Family]:
    now = timezone.now()
    with connection.cursor() as cursor:

        def rows(query: str) -> list[tuple[str, int]]:
            cursor.execute(query)
            return [(str(name), int(count)) for name, count in cursor.fetchall()]

        cursor.execute(_SCANS, [now])
        services, lag_s = cursor.fetchone()
        yield gauge("live_services", "Services that are scanned.", services)
        yield gauge("scan_lag_seconds", "How long ago the last scanned minute of the latest service ended.", lag_s)
        cursor.execute(_SET_ASIDE, [now])
        yield gauge("minutes_set_aside", "Minutes of 24 hours that no scan could step.", cursor.fetchone()[0])
        cursor.execute(_DELIVERIES, [now, now])
        waiting, overdue_s = cursor.fetchone()
        yield gauge("deliveries_waiting", "Notifications that are not sent yet.", waiting)
        yield gauge("deliveries_overdue_seconds", "How long the oldest of them has been due.", overdue_s)
        yield by_label("sources", "Sources of announcements by how they fare.", "state", rows(_SOURCES))
        yield by_label("probes", "Probes by what they found last.", "found", rows(_PROBES))
        yield by_label("connections", "Connections to the database.", "state", rows(_CONNECTIONS))
        cursor.execute(_MOST_CONNECTIONS)
        yield gauge("connections_allowed", "The most connections that the database allows.", cursor.fetchone()[0])


def _broker() -> Iterator[Family]:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_WAIT_S, socket_connect_timeout=BROKER_WAIT_S, retry=NO_RETRY
    )
    try:
        lengths = [(queue, int(client.llen(queue))) for queue in QUEUES]
    finally:
        client.close()
    yield by_label("tasks_waiting", "Tasks in the broker's queues.", "queue", lengths)


def _disk() -> Iterator[Family]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    yield gauge("disk_free_ratio", "The free part of the disk at DATA_DIR.", usage.free / usage.total)
    try:
        step = int((Path(settings.DATA_DIR) / STEP).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):  # no front has been here yet
        step = 0
    yield gauge("front_step", "What the front leaves out for its pressure: 0 for nothing, 8 for all that it can.", step)
    folder = Path(settings.DATA_DIR) / SNAPSHOTS
    newest = max((file.stat().st_mtime for file in folder.iterdir()), default=None) if folder.is_dir() else None
    if newest is not None:
        yield gauge("snapshot_age_seconds", "How long ago a page was last made.", max(0.0, time.time() - newest))
