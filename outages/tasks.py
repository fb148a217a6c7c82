"""Celery tasks: ids in, one call each. The edge reads the clock."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from outages import scan
from outages.notices.tasks import sweep_notices
from reports.models import Service


@shared_task
def scan_services() -> None:
    """Each minute: one task a live service, as soon as the minute that just ended counts as complete."""
    for service_id in Service.objects.filter(is_active=True, clock=Service.Clock.LIVE).values_list("id", flat=True):
        scan_service.apply_async(kwargs={"service_id": service_id}, countdown=settings.SCAN_DELAY_S + 0.5, expires=59)


@shared_task(acks_late=True)
def scan_service(*, service_id: int) -> None:
    """Steps a service's complete minutes, and hints that there may be something to tell."""
    if scan.run(Service.objects.get(pk=service_id), now=timezone.now()):
        sweep_notices.apply_async(expires=120)
