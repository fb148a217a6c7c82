"""Celery tasks of observations."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from outages.signals.observations import store


@shared_task
def judge_observations() -> None:
    """Each minute: what programs and browsers said in the last ones becomes results."""
    now = timezone.now()
    store.judge(now)
    if now.minute % 10 == 0:
        store.settle_trust(now)
        store.tidy(now)
