"""Celery tasks of announcement sources."""

from __future__ import annotations

from celery import shared_task

from config.database import clock
from outages.signals.announcements import poller
from outages.signals.outbound.configured import client, is_off
from reports.models import Service

QUEUE = "announcements"


@shared_task
def dispatch_sources() -> None:
    """Each minute: one task a source that is due."""
    if is_off():
        poller.mark_off()
        return
    for service_id, slug in poller.take_due(clock.now()):
        read_source.apply_async(kwargs={"service_id": service_id, "slug": slug}, queue=QUEUE, expires=240)


@shared_task
def read_source(*, service_id: int, slug: str) -> None:
    """Reads one source."""
    poller.read_source(Service.objects.get(pk=service_id), slug, client(), clock.now())
