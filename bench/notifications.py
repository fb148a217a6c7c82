"""Notices to 1,000 webhooks of which half never answer: how soon the others have theirs, and whether any has it twice.

`python -m bench notifications`; `BENCH_CHANNEL=slack` (or another channel that is reached by an address) tells chat
channels instead of webhooks, and `BENCH_KILLS=3` kills the worker so often while messages are on their way. Runs the
product's own worker process and broker on its own database (DATA_DIR, else a temporary one); the endpoints are served
by another process of this machine. The clock starts when the event is committed, as a scan would commit it.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench._servers import servers

ENDPOINTS = int(os.environ.get("BENCH_ENDPOINTS", "1000"))
CHANNEL = os.environ.get("BENCH_CHANNEL", "webhook")
KILLS = int(os.environ.get("BENCH_KILLS", "0"))
PATIENCE_S = 150.0
PROJECT = Path(__file__).resolve().parent.parent


def serve(talk: Connection) -> None:
    """The endpoints: `/good/…` answers at once, `/pit/…` takes the connection and says nothing."""
    from tests.servers.hooks import hooks

    with hooks() as site:
        site.pit_prefix = "/pit"
        talk.send(site.port)
        while talk.recv() == "look":
            talk.send(([(request.path, request.id, request.at_s) for request in list(site.received)], dict(site.held)))


@contextlib.contextmanager
def endpoints() -> Iterator[tuple[int, Connection]]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        ours.send("end")
        process.join(10)


@contextlib.contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """The process that sends notices, as `make run` starts it: forked from one that starts it again when it ends."""
    from config.local import background, run

    forks = [sys.executable, "-m", "config.local.background", "notices"]
    command = forks if background.is_possible() else run.notices_command()
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    with servers(OUTBOUND="loopback", LOG_LEVEL="ERROR"):
        _measure()


def _measure() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0, stdout=io.StringIO())

    from django.utils import timezone

    from outages.notifications import tasks

    with endpoints() as (port, talk), contextlib.ExitStack() as stack:
        first = stack.enter_context(worker())
        service = _subscribe(port)
        time.sleep(8)  # the worker starts meanwhile
        began = time.monotonic()
        _outage(service, timezone.now())
        tasks.sweep_notices()
        swept_s = time.monotonic() - began
        for _ in range(KILLS):
            if _kill_on_the_way(first, talk) == first.pid:
                first = stack.enter_context(worker())
        arrived, held = _wait(talk)
    waits = sorted(at_s - began for _, _, at_s in arrived)
    good = len({path for path, _, _ in arrived})
    repeated = sum(count - 1 for count in Counter(id_ for _, id_, _ in arrived if id_).values())
    extra = len(arrived) - good
    print(f"{ENDPOINTS} endpoints, {len(held)} of them tar pits; deliveries made in {swept_s:.2f} s")
    print(
        f"{good} of {ENDPOINTS // 2} good ones have their notice, {extra} more than once ({repeated} with the same id)"
    )
    for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("last", 1.0)):
        print(f"{name:>6} {waits[min(int(len(waits) * part), len(waits) - 1)]:7.2f} s")


def _kill_on_the_way(process: subprocess.Popen[bytes], talk: Connection) -> int:
    """Kill the worker once fifty more messages have come, or after twenty seconds without. Return its process id."""
    talk.send("look")
    before, end = len(talk.recv()[0]), time.monotonic() + 20
    while time.monotonic() < end:
        talk.send("look")
        if len(talk.recv()[0]) >= before + 50:
            break
        time.sleep(0.01)
    forked = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    victims = forked.read_text("ascii").split() if forked.exists() else []
    victim = int(victims[0]) if victims else process.pid
    os.kill(victim, signal.SIGKILL)
    if victim == process.pid:
        process.wait(10)
    return victim


def _subscribe(port: int) -> Any:
    """A thousand confirmed subscriptions, good and bad ones mixed."""
    from django.utils import timezone

    from outages.models import Delivery, Incident, Subscription
    from outages.notifications import crypto, subscriptions
    from outages.notifications.channels.webhook import new_signing_secret
    from reports.models import Service

    service = Service.objects.get(slug="tesla")
    Subscription.objects.all().delete()
    Delivery.objects.all().delete()
    Incident.objects.filter(service=service).delete()
    now = timezone.now() - timedelta(minutes=1)
    Subscription.objects.bulk_create(
        Subscription(
            service=service,
            endpoint=subscriptions.endpoint_of(
                CHANNEL, f"http://127.0.0.1:{port}/{'pit' if number % 2 else 'good'}/{number}"
            ),
            owner_hash=crypto.hash_secret("bench"),
            signing_sealed=crypto.seal(new_signing_secret()),
            confirmed_at=now,
        )
        for number in range(ENDPOINTS)
    )
    return service


def _outage(service: Any, now: Any) -> None:
    """An outage is confirmed, in one transaction, as in a scan."""
    from django.db import transaction

    from outages.detection.datatypes import IncidentKind, IncidentState, Transition
    from outages.detection.reasons import ReasonCode, reason
    from outages.pipeline import incidents

    with transaction.atomic():
        incidents.apply(
            service,
            [
                Transition(
                    incident=1,
                    second=int(now.timestamp()),
                    from_state=None,
                    to_state=IncidentState.CONFIRMED,
                    kind=IncidentKind.OUTAGE,
                    components=("app",),
                    countries=("NL",),
                    regions=(),
                    symptom="",
                    reason=reason(ReasonCode.BROAD_CROWD),
                    confidence=0.9,
                    terms=(),
                )
            ],
        )


def _wait(talk: Connection) -> tuple[list[tuple[str, str, float]], dict[str, int]]:
    """What arrived, once every endpoint was called; a while longer, to see repetitions."""
    end = time.monotonic() + PATIENCE_S
    while True:
        talk.send("look")
        arrived, held = talk.recv()
        if len({path for path, _, _ in arrived}) + len(held) >= ENDPOINTS:
            break
        if time.monotonic() > end:
            break
        time.sleep(1)
    time.sleep(15)
    talk.send("look")
    found: tuple[list[tuple[str, str, float]], dict[str, int]] = talk.recv()
    return found


if __name__ == "__main__":
    main()
