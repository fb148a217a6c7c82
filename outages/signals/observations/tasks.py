"""Celery tasks of observations."""

from __future__ import annotations

from celery import shared_task

from config.database import clock
from outages.signals.observations import store


@shared_task
def judge_observations() -> None:
    """Each minute: what programs and browsers said in the last ones becomes results."""
    now = clock.now()
    store.judge(now)
    if now.minute % 10 == 0:
        store.settle_trust(now)
        store.tidy(now)
