"""Reports taken in a second, answered after the commit; and what it costs to read them back.

`python -m bench intake`. Starts the product's own web server on its own database (DATA_DIR, else a temporary one) with
2 workers of 8 threads, and sends reports over 16 connections from the same machine: trust the ratios.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec

from bench import _load

SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
CONNECTIONS = 16
PORT = int(os.environ.get("BENCH_PORT", "8719"))
PROJECT = Path(__file__).resolve().parent.parent
RUN = f"bench-{time.time_ns():x}"  # keys and devices that no earlier run has sent

BODY = msgspec.json.encode(
    {"service": "tesla", "symptom": "http-503-maintenance", "country": "NL", "region": "NL-NH", "platform": "ios"}
)


def address(number: int) -> str:
    """One of 65,536 networks."""
    return f"198.{number >> 8 & 255}.{number & 255}.7"


def plain(_number: int) -> bytes:
    return _load.request("POST", "/plain/reports", BODY)


def anonymous(number: int) -> bytes:
    return _load.request("POST", "/api/v1/reports", BODY, X_Forwarded_For=address(number))


def with_reporter(number: int) -> bytes:
    return _load.request("POST", "/api/v1/reports", BODY, X_Forwarded_For=address(number), X_Reporter=f"{RUN}-{number}")


def with_key(number: int) -> bytes:
    return _load.request(
        "POST", "/api/v1/reports", BODY, X_Forwarded_For=address(number), Idempotency_Key=f"{RUN}-{number}"
    )


def status(number: int) -> bytes:
    return _load.request("GET", "/api/v1/services/tesla/status", X_Forwarded_For=address(number))


def _further(make: Callable[[int], bytes], number: int) -> bytes:
    """What the warm-up has not sent."""
    return make(number + 500_000)


CASES: tuple[tuple[str, str, Callable[[int], bytes]], ...] = (
    ("DRF serializer and ORM", "bench._plain_drf", plain),
    ("intake", "config.urls", anonymous),
    ("intake with X-Reporter", "config.urls", with_reporter),
    ("intake with Idempotency-Key", "config.urls", with_key),
    ("GET status", "config.urls", status),
)


@contextmanager
def server(urls: str, port: int, environment: dict[str, str]) -> Iterator[None]:
    """The web server with these addresses, for as long as it is measured."""
    program = (
        "from django.conf import settings; import config.settings; from config.wsgi import application; "
        f"settings.ROOT_URLCONF = {urls!r}"
    )
    module = Path(environment["DATA_DIR"]) / "bench_application.py"
    module.write_text(program, encoding="utf-8")
    path = os.pathsep.join([str(module.parent), str(PROJECT)])
    command = [sys.executable, "-m", "granian", "bench_application:application", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "8"]
    command += ["--workers-kill-timeout", "5"]
    with (module.parent / "bench_web.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**environment, "PYTHONPATH": path}, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(1200):  # a busy machine takes its time to load the application
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the web server does not answer")
        yield
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    if "DATA_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="brownout-bench-")
        os.chmod(folder, 0o755)  # the database may run as another account
        os.environ["DATA_DIR"] = folder
    os.environ.update(
        OUTBOUND="off", TRUSTED_PROXIES="127.0.0.1/32", LOG_LEVEL="ERROR", DJANGO_SETTINGS_MODULE="config.settings"
    )
    from config.local import embedded

    data_dir = Path(os.environ["DATA_DIR"])
    started = not os.environ.get("DATABASE_URL") and embedded.start(data_dir).started
    try:
        _measure()
    finally:
        if started and not embedded.kept(data_dir):
            embedded.stop(data_dir)


def _measure() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0, stdout=io.StringIO())

    from django.utils import timezone

    from reports import tasks
    from reports.models import Report

    tasks.make_partitions(timezone.now())
    environment = dict(os.environ)
    print(f"{'':30} {'a second':>9} {'p50 ms':>8} {'p99 ms':>8}   answers")
    for port, (name, urls, make) in enumerate(CASES, start=PORT):
        with server(urls, port, environment):
            for _ in range(3):  # the first requests import what they need
                _load.run(port, make, seconds=1, connections=CONNECTIONS)
            before = Report.objects.count()
            load = _load.run(port, partial(_further, make), seconds=SECONDS, connections=CONNECTIONS)
            stored = Report.objects.count() - before
        answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(load.statuses.items()))
        print(f"{name:30} {load.per_second:9,.0f} {load.p50_ms:8.1f} {load.p99_ms:8.1f}   {answers}; {stored:,} rows")
    _measure_reading()


def _measure_reading() -> None:
    """How long a span of reports takes to come back as columns."""
    from django.db import connection
    from django.utils import timezone

    from reports.models import Service
    from reports.queries import report_columns

    now = timezone.now()
    service = Service.objects.get(slug="tesla")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reports_report")
    began = time.perf_counter()
    found = report_columns(service, now - timedelta(hours=1), now + timedelta(minutes=1))
    print(f"{len(found):,} reports as columns: {(time.perf_counter() - began) * 1000:,.0f} ms")


if __name__ == "__main__":
    main()
