"""Celery tasks of notices. All are hints: each does whatever is due, and nothing is lost where one is."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from celery.worker import state
from django.db import transaction
from kombu.exceptions import OperationalError

from config.database import clock
from outages.notifications import api_key_mail, delivery_queue, fan_out, subscriptions, worker

log = logging.getLogger(__name__)

QUEUE = "notices"
SOON = timedelta(seconds=60)  # what is due later, beat's next minute finds


@shared_task
def sweep_notices() -> None:
    """After each scan, and each minute: turns new events into deliveries."""
    if fan_out.sweep(clock.now()):
        wake()


@shared_task
def deliver_notices() -> None:
    """Sends what is due. Runs in a worker of its own, so that endpoints that hang hold up no scan."""
    subscriptions.follow_settings()
    fan_out.sweep(clock.now())
    tried = worker.run(stopping=lambda: state.should_stop is not None or state.should_terminate is not None)
    if tried:
        wake()  # the budget may have ended before the work
        return
    now = clock.now()
    due_at = delivery_queue.next_due_at(now)
    if due_at is not None and due_at < now + SOON:
        wake((due_at - now).total_seconds())


@worker_ready.connect
def _look_at_once(sender: Any = None, **_: Any) -> None:
    """A process that sends looks as soon as it is there: the one before it may have been killed in the midst of it."""
    queues = getattr(getattr(sender, "task_consumer", None), "queues", ())
    if QUEUE in {queue.name for queue in queues}:
        _hint(0.0)


@shared_task
def tidy_notices() -> None:
    """Each hour: deletes what is no longer needed."""
    subscriptions.tidy(clock.now())


@shared_task
def send_key_links() -> None:
    """Sends links to API keys that wait."""
    api_key_mail.send_due()


def wake_key_links() -> None:
    """Has links to API keys sent, once the present transaction is committed. Without a broker, the next minute does."""
    transaction.on_commit(_hint_key_links)


def _hint_key_links() -> None:
    try:
        send_key_links.apply_async(expires=120, retry=False)
    except OperationalError as error:
        log.warning("no hint to send links could be given: %s", error)


def wake(countdown_s: float = 0.0) -> None:
    """Has what is due sent, once the present transaction is committed. Without a broker, beat's next minute does."""
    transaction.on_commit(lambda: _hint(countdown_s))


def _hint(countdown_s: float) -> None:
    try:
        deliver_notices.apply_async(queue=QUEUE, countdown=countdown_s, expires=120, retry=False)
    except OperationalError as error:
        log.warning("no hint to send notices could be given: %s", error)
