"""Minutes that were stepped already and have changed since: counted again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from outages.clock import MINUTE
from outages.models import DetectorState
from outages.pipeline import counts, failures
from outages.pipeline.lock import lock_scan
from reports.models import Service
from reports.queries import changed_minutes

RECOUNT_OVERLAP = timedelta(minutes=1)  # an answer's commit may lag behind its time
STOOD_STILL = timedelta(minutes=10)
LONGEST_CATCH_UP = timedelta(hours=24)  # an older gap was not watched: it is unknown, not zero


def recount_changed(service: Service, *, now: datetime) -> int:
    """Count those stepped minutes again whose reports came late, were corrected, withdrawn or judged since the last
    time, or were committed after their minute was stepped. Return how many.

    A minute whose recount fails is tried again with the next ones, and in the end set aside.
    """
    with transaction.atomic():
        row = DetectorState.objects.filter(service=service).only("minute", "recounted_until").first()
        if row is None or not lock_scan(service):
            return 0
        since = row.recounted_until - RECOUNT_OVERLAP
        if now - row.recounted_until > STOOD_STILL:  # a clock may have been set back and on again meanwhile
            since = row.recounted_until - LONGEST_CATCH_UP
        if row.recounted_until > now:  # the clock was set back, nobody knows how long ago
            since = now - LONGEST_CATCH_UP
        changed = {
            *changed_minutes(service, since),
            *counts.differing_minutes(service, since, max(now, row.minute + MINUTE)),
            *failures.unresolved(service, failures.RECOUNT),
        }
        DetectorState.objects.filter(service=service).update(recounted_until=now)
        try:
            with transaction.atomic():
                counted = counts.recount(service, changed)
            failures.forget(service, changed, failures.RECOUNT)
            return counted
        except DatabaseError:
            return sum(_recount_alone(service, minute, now) for minute in sorted(changed))


def _recount_alone(service: Service, minute: datetime, now: datetime) -> int:
    try:
        with transaction.atomic():
            counted = counts.recount(service, [minute])
    except DatabaseError as error:
        failures.note(service, minute, error, now=now, stage=failures.RECOUNT)
        return 0
    failures.forget(service, [minute], failures.RECOUNT)
    return counted
