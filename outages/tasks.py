"""Celery tasks: ids in, one call each. The edge reads the clock."""

from __future__ import annotations

import time
from typing import Any

from celery import Task, shared_task
from django.conf import settings

from config.database import clock
from outages import disputes
from outages.detection.early_look import LOOK_SECONDS
from outages.notifications.tasks import sweep_notices
from outages.pipeline import failures, quiet, scan
from reports.models import Service

RETRY_AFTER_S = 5
QUIET_BUDGET_S = 40.0  # of a minute
LOOK_EXPIRES_S = LOOK_SECONDS  # a later one finds no more than the next


@shared_task
def scan_services() -> None:
    """Each minute: has it scanned as soon as it counts as complete."""
    scan_minute.apply_async(countdown=settings.SCAN_DELAY_S + 0.5, expires=59)


@shared_task
def scan_minute() -> None:
    """Steps the minute that has ended: one task for each live service with news, all quiet ones here and at once."""
    until_s = time.monotonic() + QUIET_BUDGET_S
    now = clock.now()
    minute = scan.last_complete(now)
    laid_by, steady = quiet.services(minute, now=now)
    live = Service.objects.filter(is_active=True, clock=Service.Clock.LIVE)
    for service_id in live.exclude(pk__in=[*laid_by, *steady]).values_list("id", flat=True):
        scan_service.apply_async(kwargs={"service_id": service_id}, expires=59)
    quiet.tell(laid_by, minute, now=now)
    for service_id in quiet.look_ahead(steady, minute, now=now, until_s=until_s):
        scan_service.apply_async(kwargs={"service_id": service_id}, expires=59)


@shared_task
def scan_running_minutes() -> None:
    """Every LOOK_SECONDS: one look into the running minute of each live service that has had news since its last."""
    for service_id in scan.with_news(now=clock.now()):
        scan_running_minute.apply_async(kwargs={"service_id": service_id}, expires=LOOK_EXPIRES_S)


@shared_task
def forget_dispute_origins() -> None:
    """Each hour: disputes lose the hashes of their networks when these count no more."""
    disputes.forget_origins(clock.now())


@shared_task
def scan_running_minute(*, service_id: int) -> None:
    """Looks into a service's running minute, and hints where there is something to tell."""
    if scan.look(Service.objects.get(pk=service_id), now=clock.now()):
        sweep_notices.apply_async(expires=120)


@shared_task(acks_late=True, bind=True, max_retries=failures.MOST_ATTEMPTS - 1)
def scan_service(self: Task[Any, None], *, service_id: int) -> None:
    """Step a service's complete minutes, and hint that there may be something to tell."""
    try:
        stepped = scan.run(Service.objects.get(pk=service_id), now=clock.now(), clock=clock.now)
    except scan.ScanError as error:
        if self.request.retries < failures.MOST_ATTEMPTS - 1:
            raise self.retry(exc=error, countdown=RETRY_AFTER_S, expires=59) from error
        return  # noted and logged; the next minute's scan tries again
    if stepped:
        sweep_notices.apply_async(expires=120)
