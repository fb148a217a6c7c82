"""Listeners to live streams: what thousands of them take in memory, and how soon all have heard of an event.

`python -m bench live`. Runs the product's own process of live streams on its own database (DATA_DIR, else a temporary
one), and beside it the web server, of which readers ask BENCH_READS (1,000) pages a second meanwhile; the listeners,
BENCH_LISTENERS (5,000), are another process of this machine. The clock starts when the event is committed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import _load, reads
from bench._servers import servers

LISTENERS = int(os.environ.get("BENCH_LISTENERS", "5000"))
PORT = int(os.environ.get("BENCH_PORT", "8749"))
READS = float(os.environ.get("BENCH_READS", "1000"))
READING_S = 6.0
EVENTS = 3
PROJECT = Path(__file__).resolve().parent.parent
PATH = "/api/v1/services/tesla/stream"


def main() -> None:
    with servers(LOG_LEVEL="ERROR"):
        _measure()


def _measure() -> None:
    import django

    subprocess.run([sys.executable, "-m", "config.local.prepare"], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    django.setup()

    from outages.models import Incident
    from reports.models import Service

    service = Service.objects.get(slug="tesla")
    Incident.objects.filter(service=service).delete()
    with _live() as process, _web():
        alone = _resident_mb(process.pid)
        for _ in range(EVENTS):
            began = time.monotonic()
            command = [sys.executable, "-m", "bench._listeners", str(PORT), str(LISTENERS), PATH]
            with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as listeners:
                assert listeners.stdout is not None
                assert listeners.stdin is not None
                listening = int(listeners.stdout.readline().split()[1])
                took = time.monotonic() - began
                time.sleep(1)
                with_all = _resident_mb(process.pid)
                listeners.stdin.write(b"wait\n")
                listeners.stdin.flush()
                with ThreadPoolExecutor(1) as pool:
                    reading = pool.submit(_read)
                    time.sleep(READING_S / 2)
                    committed = _event(service)
                    heard = [at - committed for at in json.loads(listeners.stdout.readline())]
                after = _resident_mb(process.pid)
            print(
                f"{listening:,} of {LISTENERS:,} listen {took:.1f} s after the first came; resident: {alone:.0f} MB "
                f"alone, {with_all:.0f} MB with them, {after:.0f} MB after the event. It reached {len(heard):,}: "
                f"the first in {heard[0] * 1000:.0f} ms, half in {heard[len(heard) // 2] * 1000:.0f} ms, "
                f"the last in {heard[-1] * 1000:.0f} ms (load {os.getloadavg()[0]:.1f}). {_told(reading.result())}",
                flush=True,
            )


def _read() -> _load.Load | None:
    """Ask for pages at the rate, from as many networks as there are readers."""
    if not READS:
        return None

    def page(number: int) -> bytes:
        return _load.request("GET", "/tesla/", X_Forwarded_For=f"198.{number >> 8 & 255}.{number & 255}.7")

    return _load.run(PORT + 1, page, seconds=READING_S, connections=16, per_second=READS)


def _told(load: _load.Load | None) -> str:
    if load is None:
        return "Nobody read."
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(load.statuses.items()))
    return f"Meanwhile {load.per_second:,.0f} pages a second were read, p99 {load.p99_ms:.0f} ms ({answers})"


@contextlib.contextmanager
def _web() -> Iterator[None]:
    """The web server with its front, as a machine of its own would run it."""
    if not READS:
        yield
        return
    environment = {**os.environ, "PORT": str(PORT + 1), "TRUSTED_PROXIES": "127.0.0.1/32"}
    environment["RATE_LIMIT_PAGES_A_MINUTE"] = "0"
    command = [sys.executable, "-m", "config.local.run", "web"]
    with reads.serving(command, PORT + 1, "/tesla/", environment):
        yield


@contextlib.contextmanager
def _live() -> Iterator[subprocess.Popen[bytes]]:
    """The process of live streams, as `make run` starts it."""
    from config.local import run

    environment = {**os.environ, "LIVE_PORT": str(PORT), "LIVE_LISTENERS": str(LISTENERS + 100)}
    process = subprocess.Popen(run.live_command(), cwd=PROJECT, env=environment)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/livez", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the process of live streams does not answer")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _resident_mb(pid: int) -> float:
    """What a process holds in memory."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this machine does not tell what a process holds")


def _event(service: Any) -> float:
    """An incident opens, as a scan would write it. Returns when it was committed."""
    from django.db import transaction
    from django.db.models import Max
    from django.utils import timezone

    from outages.detection.datatypes import IncidentKind, IncidentState, Transition
    from outages.detection.reasons import ReasonCode, reason
    from outages.models import Incident
    from outages.pipeline import incidents

    number = (Incident.objects.filter(service=service).aggregate(last=Max("number"))["last"] or 0) + 1
    with transaction.atomic():
        incidents.apply(
            service,
            [
                Transition(
                    incident=number,
                    second=int(timezone.now().timestamp()),
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
    return time.monotonic()


if __name__ == "__main__":
    main()
