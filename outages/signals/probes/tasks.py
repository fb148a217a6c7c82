"""Celery tasks of probes. A vantage needs the broker alone: its work comes and its results go that way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from celery import Celery, shared_task
from celery.signals import worker_ready
from django.utils import timezone

from config.database import clock
from outages.signals.outbound.configured import client
from outages.signals.probes import dispatch, rollup, runner, store
from outages.signals.probes.runner import Finding, Job

HEARTBEAT_S = 60.0
STORE_QUEUE = "default"


@shared_task
def dispatch_probes() -> None:
    """Every tick: sends the probes that are due to their vantages."""
    dispatch.dispatch(clock.now(), _send)


def _send(vantage: str, jobs: Sequence[Job], expires_at: datetime) -> None:
    run_probes.apply_async(
        kwargs={"vantage": vantage, "jobs": msgspec.to_builtins(list(jobs))},
        queue=f"probes.{vantage}",
        expires=expires_at,
    )


@shared_task
def run_probes(*, vantage: str, jobs: list[dict[str, Any]]) -> None:
    """Runs at a vantage: asks all targets and sends back what came of it."""
    findings = runner.run(msgspec.convert(jobs, list[Job]), client())
    store_probe_results.apply_async(
        kwargs={"vantage": vantage, "findings": msgspec.to_builtins(findings)}, queue=STORE_QUEUE
    )


@shared_task
def store_probe_results(*, vantage: str, findings: list[dict[str, Any]]) -> None:
    """Stores what a vantage found."""
    store.store(vantage, msgspec.convert(findings, list[Finding]), clock.now())


@shared_task
def hear_vantage(*, vantage: str) -> None:
    """A vantage says that it is there."""
    store.heard(vantage, clock.now())


@shared_task
def roll_up_probes() -> None:
    """Every ten minutes: counts the last two hours."""
    rollup.roll_up(clock.now())


@shared_task
def keep_probe_house() -> None:
    """Every few hours: partitions and old rows."""
    now = clock.now()
    rollup.keep_house(now.date(), now)


@worker_ready.connect
def announce_vantage(sender: Any = None, **_: object) -> None:
    """Lets a worker that serves a vantage's queue say so now and once a minute."""
    app: Celery = sender.app
    vantage = dispatch.own_vantage()
    if f"probes.{vantage}" not in app.amqp.queues.consume_from:
        return

    def say() -> None:
        hear_vantage.apply_async(
            kwargs={"vantage": vantage}, queue=STORE_QUEUE, expires=timezone.now() + timedelta(seconds=2 * HEARTBEAT_S)
        )

    say()
    sender.timer.call_repeatedly(HEARTBEAT_S, say)
