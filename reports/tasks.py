"""Housekeeping of reports, each hour: partitions ahead, retention, keys of past days, remembered answers."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import OperationalError, connection, transaction

from config.database import clock
from reports import partitions
from reports.access import idempotency, usage
from reports.access import keys as api_keys
from reports.models import Report
from reports.privacy import daily_keys

log = logging.getLogger(__name__)

TABLE = "reports_report"
DAYS_AHEAD = 7
DAYS_BACK = 1  # reports that waited offline reach back a day
SECONDS_KEPT = timedelta(hours=1)
SECONDS_LOOKED_FOR = timedelta(days=3)  # so far back, where this did not run for a while
LOCK_TIMEOUT = "2s"  # dropping a partition must not hold up intake behind somebody's long read


@shared_task
def tidy() -> None:
    """Runs all of it. Each part can be repeated, and one that fails does not keep the others from running."""
    now = clock.now()
    for part in (
        make_partitions,
        coarsen_times,
        delete_old_reports,
        delete_old_keys,
        idempotency.forget_old,
        api_keys.forget_old,
    ):
        try:
            part(now)
        except OperationalError as error:
            log.warning("%s: %s; it is tried again in the next hour", part.__name__, error)


@shared_task
def store_key_usage() -> None:
    """Each minute: carries over what keys have asked for."""
    usage.flush(clock.now())


def make_partitions(now: datetime) -> int:
    """Makes the partitions of yesterday, today and the days ahead where missing. Returns how many."""
    today = now.astimezone(UTC).date()
    return partitions.ensure(TABLE, "at", today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD))


def delete_old_reports(now: datetime) -> int:
    """Deletes raw reports older than REPORT_RETENTION_DAYS. Counts stay. Returns how many partitions and rows went.

    The default partition holds recorded reports; these are kept as long, counted from their import.
    """
    cutoff = (now - timedelta(days=settings.REPORT_RETENTION_DAYS)).astimezone(UTC)
    midnight = cutoff.replace(hour=0, minute=0, second=0, microsecond=0)
    dropped = partitions.drop_before(TABLE, midnight.date())
    with transaction.atomic(), connection.cursor() as cursor:
        _limit_waiting()
        cursor.execute(f"DELETE FROM {TABLE}_default WHERE at < %s AND received_at < %s", [midnight, midnight])  # noqa: S608
        return int(len(dropped) + cursor.rowcount)


def coarsen_times(now: datetime) -> int:
    """Takes the seconds off the times of reports that are older than an hour. Returns of how many.

    The detector needs them in the running minute alone, and anybody's log could be joined with them for ever.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _limit_waiting()
        cursor.execute(
            f"UPDATE {TABLE} SET at = date_trunc('minute', at) "  # noqa: S608 -- a constant
            "WHERE at >= %s AND at < %s AND at <> date_trunc('minute', at) AND door <> %s",
            [now - SECONDS_LOOKED_FOR, now - SECONDS_KEPT, Report.Door.IMPORT.value],
        )
        changed: int = cursor.rowcount
        return changed


def delete_old_keys(now: datetime) -> int:
    """Deletes the keys of days gone by; the hashes of those days can then no longer be tried against addresses."""
    return daily_keys.delete_old(now.astimezone(UTC).date())


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
