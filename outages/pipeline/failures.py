"""Minutes that the scan fails on: counted, tried again, and in the end set aside. The only writer of ScanFailure."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Count, F

from outages.models import ScanFailure
from reports.models import Service

log = logging.getLogger(__name__)

STEP, RECOUNT = ScanFailure.Stage.STEP, ScanFailure.Stage.RECOUNT
MINUTE = timedelta(minutes=1)
MOST_ATTEMPTS = 3
DATABASE_MAY_BE_AWAY_FOR = timedelta(minutes=5)  # what the database cannot do now is not yet the minute's fault
REMEMBERED = timedelta(days=90)
LONGEST_RUN = 60
NOT_SERVING = "the site could not be reached, so nobody could report"  # no failure of the minute, nor of the state
WORKER_LOST = "the process ended without an error of its own"


def begin(service: Service, minute: datetime, *, now: datetime) -> bool:
    """Count an attempt before it is made, so that one that ends the whole process is counted too.

    Return False where the attempts are used up: the minute is set aside from now on.
    """
    row, fresh = ScanFailure.objects.get_or_create(
        service=service, minute=minute, stage=STEP, defaults={"attempts": 1, "first_at": now, "last_at": now}
    )
    if fresh:
        return True
    if row.attempts >= MOST_ATTEMPTS and not _is_database(row.error):
        _set_aside(service, row, row.error or WORKER_LOST, now)
        return False
    ScanFailure.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, last_at=now)
    return True


def note(
    service: Service,
    minute: datetime,
    error: Exception,
    *,
    now: datetime,
    stage: ScanFailure.Stage = STEP,
    begun: bool = False,
) -> bool:
    """Keep why an attempt failed; `begun` says that `begin` has counted it. Return True where that was the last one."""
    row, fresh = ScanFailure.objects.get_or_create(
        service=service, minute=minute, stage=stage, defaults={"attempts": 1, "first_at": now, "last_at": now}
    )
    attempts = row.attempts + (0 if begun or fresh else 1)
    cause = cause_of(error)
    ScanFailure.objects.filter(pk=row.pk).update(attempts=attempts, error=cause, last_at=now)
    is_last = attempts >= MOST_ATTEMPTS
    if _is_database(cause) and now - row.first_at < DATABASE_MAY_BE_AWAY_FOR:
        is_last = False
    if is_last:
        _set_aside(service, row, cause, now)
    else:
        log.warning("%s: %s of %s failed, attempt %d: %s", service.slug, stage, minute, attempts, cause)
    return is_last


def forget(service: Service, minutes: Collection[datetime], stage: ScanFailure.Stage) -> None:
    """Forget the attempts on minutes that went well in the end."""
    ScanFailure.objects.filter(service=service, minute__in=minutes, stage=stage, set_aside_at=None).delete()


def forget_before(service: Service, moment: datetime) -> None:
    """Forget the attempts on minutes before a moment: they were stepped in the end, or are too old to be."""
    ScanFailure.objects.filter(service=service, minute__lt=moment, stage=STEP, set_aside_at=None).delete()


def forget_from(service: Service, moment: datetime) -> None:
    """Forget the attempts on minutes from a moment on, also those that were set aside: they are yet to come."""
    ScanFailure.objects.filter(service=service, minute__gte=moment, stage=STEP).delete()


def unresolved(service: Service, stage: ScanFailure.Stage = STEP) -> list[datetime]:
    """Return the minutes that are to be tried again, oldest first."""
    rows = ScanFailure.objects.filter(service=service, stage=stage, set_aside_at=None)
    return list(rows.order_by("minute").values_list("minute", flat=True))


def set_aside_minutes(service: Service, start: datetime, end: datetime) -> set[datetime]:
    """Return the minutes with start <= minute < end that were never stepped because they failed."""
    rows = ScanFailure.objects.filter(
        service=service, stage=STEP, set_aside_at__isnull=False, minute__gte=start, minute__lt=end
    )
    return set(rows.values_list("minute", flat=True))


def set_dark_aside(service: Service, minutes: Collection[datetime], *, now: datetime) -> None:
    """Set minutes aside in which the site itself could not be reached."""
    known = set_aside_minutes(service, min(minutes), max(minutes) + MINUTE)
    rows = [
        ScanFailure(
            service=service, minute=minute, stage=STEP, error=NOT_SERVING, first_at=now, last_at=now, set_aside_at=now
        )
        for minute in minutes
        if minute not in known
    ]
    for row in ScanFailure.objects.bulk_create(rows, ignore_conflicts=True):
        log.warning("%s: %s is left out: %s", service.slug, row.minute, NOT_SERVING)


def set_aside_counts(services: Collection[Service], since: datetime) -> dict[int, int]:
    """Return how many minutes of each service were set aside at `since` or after, by its id."""
    rows = ScanFailure.objects.filter(service__in=services, set_aside_at__gte=since).values("service_id")
    return {
        row["service_id"]: row["minutes"] for row in rows.annotate(minutes=Count("minute", distinct=True)).order_by()
    }


def run_before(service: Service, minute: datetime) -> int:
    """Return how many minutes in a row were set aside for a failure right before a minute, at most LONGEST_RUN."""
    rows = ScanFailure.objects.filter(service=service, stage=STEP, set_aside_at__isnull=False).exclude(
        error=NOT_SERVING
    )
    aside = set(
        rows.filter(minute__gte=minute - LONGEST_RUN * MINUTE, minute__lt=minute).values_list("minute", flat=True)
    )
    count = 0
    while minute - (count + 1) * MINUTE in aside:
        count += 1
    return count


def cause_of(error: BaseException) -> str:
    """Return an error's kind and where in our code it arose. Never its text: that may quote a report."""
    own = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_OUR_CODE)
    ]
    where = f" at {Path(own[-1].filename).relative_to(_OUR_CODE)}:{own[-1].lineno}" if own else ""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    about = f" ({constraint})" if constraint else ""
    return f"{_kind(error)}{about}{where}"[:300]


_OUR_CODE = Path(settings.BASE_DIR)
_DATABASE = "database: "


def _kind(error: BaseException) -> str:
    away = isinstance(error, OperationalError | InterfaceError)
    return (_DATABASE if away else "") + type(error).__name__


def _is_database(cause: str) -> bool:
    return cause.startswith(_DATABASE)


def _set_aside(service: Service, row: ScanFailure, cause: str, now: datetime) -> None:
    ScanFailure.objects.filter(pk=row.pk).update(set_aside_at=now, error=cause, last_at=now)
    ScanFailure.objects.filter(service=service, last_at__lt=now - REMEMBERED).delete()
    log.error("%s: the %s of %s is set aside: %s", service.slug, row.stage, row.minute, cause)
