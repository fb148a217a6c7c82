"""Hands out the probes that are due: one slot a vantage and tick, taken once by whoever comes first."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from outages.models import Slot, Vantage
from outages.signals.outbound.configured import is_off
from outages.signals.probes.runner import Job
from outages.signals.probes.targets import Target, targets

TICK = timedelta(seconds=5)
LONGEST_SPAN = timedelta(seconds=60)  # what was due before that is left out: its moment is gone
ABANDONED_AFTER = timedelta(seconds=15)
HEARD_WITHIN = timedelta(minutes=3)  # a vantage that says nothing any more gets no more work
JOBS_A_BATCH = 100
RUNS = uuid.UUID("6f0bfe3b-6d0e-4c3e-9f57-0e6f5a0d4c11")

Send = Callable[[str, Sequence[Job], datetime], None]


def tick_of(now: datetime) -> datetime:
    """The last whole tick."""
    return datetime.fromtimestamp(now.timestamp() // TICK.total_seconds() * TICK.total_seconds(), tz=UTC)


def working_vantages(now: datetime) -> list[str]:
    """The vantages that were heard lately."""
    rows = Vantage.objects.filter(last_seen_at__gt=now - HEARD_WITHIN).order_by("name")
    return list(rows.values_list("name", flat=True))


def dispatch(now: datetime, send: Send) -> int:
    """Takes this tick's slots, and those that somebody took and left undone, and sends their jobs.

    `send` gets a vantage, jobs, and when their time is over. Returns how many jobs were sent. With OUTBOUND=off nothing
    is taken and nothing sent.
    """
    if is_off():
        return 0
    tick = tick_of(now)
    vantages = working_vantages(now)
    slots = [slot for slot in (_take(vantage, tick) for vantage in vantages) if slot] + _abandoned(now)
    if not slots:
        return 0
    plans = targets(sorted({_vantage_of(slot) for slot in slots}), now)
    return sum(_send(slot, plans[_vantage_of(slot)], send) for slot in slots)


def _name(vantage: str) -> str:
    return f"probes.{vantage}"


def _vantage_of(slot: Slot) -> str:
    return slot.name.removeprefix("probes.")


def _take(vantage: str, tick: datetime) -> Slot | None:
    """The slot, if we are the first to take it."""
    if Slot.objects.filter(name=_name(vantage), at=tick).exists():
        return None
    try:
        with transaction.atomic():
            return Slot.objects.create(name=_name(vantage), at=tick)
    except IntegrityError:
        return None


def _abandoned(now: datetime) -> list[Slot]:
    """Slots whose taker did not finish; they are ours now."""
    found = []
    for slot in Slot.objects.filter(
        name__startswith="probes.", done_at=None, at__gt=now - LONGEST_SPAN, taken_at__lt=now - ABANDONED_AFTER
    ):
        if Slot.objects.filter(pk=slot.pk, taken_at=slot.taken_at, done_at=None).update(taken_at=now):
            found.append(slot)
    return found


def _send(slot: Slot, plan: list[Target], send: Send) -> int:
    """Sends what became due between the vantage's slot before this one and this one."""
    before = Slot.objects.filter(name=slot.name, at__lt=slot.at, at__gte=slot.at - LONGEST_SPAN).order_by("-at").first()
    after = before.at if before else slot.at - TICK
    jobs = [
        Job(id=run_id(slot, target), service=target.service.pk, probe=target.probe)
        for target in plan
        if target.is_due(after, slot.at)
    ]
    for start in range(0, len(jobs), JOBS_A_BATCH):
        send(_vantage_of(slot), jobs[start : start + JOBS_A_BATCH], slot.at + LONGEST_SPAN)
    Slot.objects.filter(pk=slot.pk).update(done_at=datetime.now(UTC))
    return len(jobs)


def run_id(slot: Slot, target: Target) -> str:
    """The same for the same probe, vantage and slot, however often the slot is sent."""
    return str(uuid.uuid5(RUNS, f"{slot.at.isoformat()} {target.key}"))


def own_vantage() -> str:
    """The name of the vantage that this process speaks for."""
    return str(settings.VANTAGE)
