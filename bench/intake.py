"""Reports taken in a second, answered after the commit; and what it costs to read them back.

`python -m bench intake`. Starts the product's own web server on its own database (DATA_DIR, else a temporary one) with
2 workers of 8 threads, plain DRF and an empty Django view on the same kind of server, and asks them in turn over 16
connections from the same machine: trust the ratios, and those of the processor's time where other work goes on.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec

from bench import _load, reads
from bench._servers import servers

SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
LARGEST_BATCH = 500
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


def _further(make: Callable[[int], bytes], turn: int, number: int) -> bytes:
    """What no earlier turn has sent."""
    return make(number + turn * 7_000)


def batch(number: int) -> bytes:
    body = b"[" + b",".join([BODY] * LARGEST_BATCH) + b"]"
    return _load.request("POST", "/api/v1/reports/batch", body, X_Forwarded_For=address(number))


def nothing(_number: int) -> bytes:
    return _load.request("GET", "/")


PLAIN, INTAKE, EMPTY = "bench._plain_drf", "config.urls", "bench._empty_django"
CASES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "empty Django view": (EMPTY, nothing),
    "DRF serializer and ORM": (PLAIN, plain),
    "intake": (INTAKE, anonymous),
    "intake with X-Reporter": (INTAKE, with_reporter),
    "intake with Idempotency-Key": (INTAKE, with_key),
    "GET status": (INTAKE, status),
}


@dataclass(frozen=True)
class Measured:
    """A case's load, what it took of the processor for each answer in ms, and how many rows were stored."""

    load: _load.Load
    web_ms: float
    database_ms: float
    rows: int


@contextmanager
def server(urls: str, port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The web server with these addresses, for as long as it is measured."""
    module = Path(environment["DATA_DIR"]) / "bench_application.py"
    module.write_text(
        "import os\nfrom django.conf import settings\nimport config.settings\nfrom config.wsgi import application\n"
        "settings.ROOT_URLCONF = os.environ['BENCH_URLS']\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(module.parent), str(PROJECT)])
    application = f"{EMPTY}:application" if urls == EMPTY else "bench_application:application"
    command = [sys.executable, "-m", "granian", application, "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "8"]
    command += ["--workers-kill-timeout", "5"]
    words = {**environment, "PYTHONPATH": path, "BENCH_URLS": urls}
    with reads.serving(command, port, "/" if urls == EMPTY else "/livez", words) as process:
        yield process


def main() -> None:
    with servers(TRUSTED_PROXIES="127.0.0.1/32", LOG_LEVEL="ERROR"):
        _measure()


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
    # Counted as ever, but never reached: plain DRF has one sender, and a refusal costs it less than a report.
    environment = {**os.environ, "RATE_LIMIT_PAGES_A_MINUTE": "1000000000", "RATE_LIMIT_READS_A_MINUTE": "1000000000"}
    ports = {urls: PORT + number for number, urls in enumerate((PLAIN, INTAKE, EMPTY))}
    database = int((Path(os.environ["DATA_DIR"]).rglob("postmaster.pid").__next__()).read_text().split()[0])
    best: dict[str, Measured] = {}
    with ExitStack() as stack:
        web = {urls: stack.enter_context(server(urls, port, environment)) for urls, port in ports.items()}
        for turn in range(ROUNDS + 1):
            for name, (urls, make) in CASES.items():
                before = (reads.cpu_s(web[urls].pid), reads.cpu_s(database), Report.objects.count())
                seconds = SECONDS if turn else 2  # the first requests import what they need
                each = partial(_further, make, turn)
                load = _load.run(ports[urls], each, seconds=seconds, connections=CONNECTIONS)
                count = max(1, sum(load.statuses.values()))
                after = (reads.cpu_s(web[urls].pid), reads.cpu_s(database), Report.objects.count())
                used = [1000 * (after[number] - before[number]) / count for number in (0, 1)]
                if turn and (name not in best or load.per_second > best[name].load.per_second):
                    best[name] = Measured(load, used[0], used[1], after[2] - before[2])
        _tell(best)
        _measure_half(ports[INTAKE], best["intake"].load.per_second / 2)
        _measure_bulk(ports[INTAKE], web[INTAKE].pid, database)
    _measure_reading()


def _tell(best: dict[str, Measured]) -> None:
    ahead = f"{'best of ' + str(ROUNDS) + ', in turn':28} {'a second':>9} {'p50 ms':>8} {'p99 ms':>8}"
    print(f"{ahead} {'CPU ms: web':>12} {'database':>9}   answers")
    for name, one in best.items():
        load = one.load
        answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(load.statuses.items()))
        print(
            f"{name:28} {load.per_second:9,.0f} {load.p50_ms:8.1f} {load.p99_ms:8.1f} {one.web_ms:12.2f} "
            f"{one.database_ms:9.2f}   {answers}; {one.rows:,} rows"
        )
    rate = {name: one.load.per_second for name, one in best.items()}
    cost = {name: one.web_ms + one.database_ms for name, one in best.items()}
    for name, beside in (
        ("intake", "DRF serializer and ORM"),
        ("intake", "empty Django view"),
        ("intake with X-Reporter", "intake"),
        ("intake with Idempotency-Key", "intake"),
    ):
        print(
            f"{name} ÷ {beside}: {rate[name] / rate[beside]:.2f} by the second, "
            f"{cost[beside] / cost[name]:.2f} by the processor's time"
        )
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


def _measure_half(port: int, per_second: float) -> None:
    load = _load.run(
        port, partial(_further, anonymous, 50), seconds=SECONDS, connections=CONNECTIONS, per_second=per_second
    )
    print(f"at half of that, {load.per_second:,.0f} a second: p50 {load.p50_ms:.1f} ms, p99 {load.p99_ms:.1f} ms")


def _measure_bulk(port: int, web: int, database: int) -> None:
    """Rows a second in batches, beside a COPY of the same rows into the same table that does nothing else."""
    from django.db import connection

    from reports.intake.rows import COLUMNS

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE reports_report")
    used_s = -reads.cpu_s(web) - reads.cpu_s(database)
    load = _load.run(port, partial(_further, batch, 60), seconds=SECONDS, connections=4)
    used_s += reads.cpu_s(web) + reads.cpu_s(database)
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_report")
        rows = int(cursor.fetchone()[0])
        with cursor.copy(f"COPY (SELECT {names} FROM reports_report) TO STDOUT") as copy:
            blocks = [bytes(block) for block in copy]
        cursor.execute("TRUNCATE reports_report")
        began, copying_s = time.perf_counter(), -reads.cpu_s(database)
        with cursor.copy(f"COPY reports_report ({names}) FROM STDIN") as copy:
            for block in blocks:
                copy.write(block)
        copied = rows / (time.perf_counter() - began)
        copying_s += reads.cpu_s(database)
    stored = rows / SECONDS
    print(
        f"batches of {LARGEST_BATCH}: {stored:,.0f} rows a second ÷ COPY alone {copied:,.0f}: {stored / copied:.2f} by "
        f"the second, {copying_s / max(used_s, 0.001):.2f} by the processor's time ({dict(load.statuses)})"
    )


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
