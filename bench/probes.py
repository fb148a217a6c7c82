"""Probes a minute, what one costs, and what Tesla's catalogue costs while all is calm.

`python -m bench probes`. The targets are a local server in a process of its own on the same machine; nothing leaves it.
"""

from __future__ import annotations

import io
import os
import resource
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench._servers import servers

HTTP_PORT = int(os.environ.get("BENCH_PORT", "8719")) + 20
HTTPS_PORT = HTTP_PORT + 1
PROJECT = Path(__file__).resolve().parent.parent
PROBES_A_MINUTE = 10_000
CALM_SECONDS = float(os.environ.get("BENCH_SECONDS", "120"))


@contextmanager
def targets(folder: Path) -> Iterator[ssl.SSLContext]:
    """The local targets; gives a context that trusts them."""
    authority = folder / "authority.pem"
    command = [sys.executable, "-m", "bench._target", str(HTTP_PORT), str(HTTPS_PORT), str(authority)]
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield ssl.create_default_context(cafile=str(authority))
    finally:
        process.communicate("", timeout=10)


def cpu_s() -> float:
    """Processor time of this process so far, its threads included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    with servers(OUTBOUND="loopback", LOG_LEVEL="ERROR") as data_dir:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, stdout=io.StringIO())
        with targets(data_dir) as tls:
            measure_runner(tls)
            measure_path(tls)
            measure_calm()


def measure_runner(tls: ssl.SSLContext) -> None:
    """Probes alone: look-up, connection, request, answer."""
    from bench._target import NAMES
    from outages.signals.outbound.client import Client
    from outages.signals.outbound.policy import Mode, Policy
    from outages.signals.probes import runner
    from reports.catalog.schema import Probe

    client = Client(Policy(Mode.LOOPBACK), user_agent="Brownout/bench", tls=tls)
    for word, scheme, port in (("HTTP", "http", HTTP_PORT), ("HTTPS", "https", HTTPS_PORT)):
        probes = [
            Probe(slug=f"p{n}", kind="http", url=f"{scheme}://{NAMES[n % 50]}:{port}/", port=port) for n in range(2000)
        ]
        jobs = [runner.Job(str(n), 1, probe) for n, probe in enumerate(probes)]
        runner.run(jobs[:100], client)
        began, used = time.perf_counter(), cpu_s()
        found = runner.run(jobs, client)
        took, used = time.perf_counter() - began, cpu_s() - used
        good = sum(1 for finding in found if finding.outcome.http_status == 200)
        print(
            f"{word:6} {len(found) / took * 60:9,.0f} a minute in one process, "
            f"{used / len(found) * 1000:5.2f} ms of a core each; {good:,} of {len(jobs):,} answered 200"
        )


def measure_path(tls: ssl.SSLContext) -> None:
    """The whole way of a minute with 10,000 probes: planned, carried as JSON, run, stored. In one process."""
    from bench._target import NAMES
    from outages.models import ProbeHealth, ProbeResult, Slot, Vantage
    from outages.signals.outbound.client import Client
    from outages.signals.outbound.policy import Mode, Policy
    from outages.signals.probes import dispatch, runner, store
    from reports.catalog import store as catalogs
    from reports.catalog.schema import Catalog, Component, Probe, Symptom
    from reports.models import Service

    client = Client(Policy(Mode.LOOPBACK), user_agent="Brownout/bench", tls=tls)
    catalogs.store(
        Catalog(
            slug="bench",
            name="Bench",
            default_component="app",
            components=[Component(slug="app", name="App")],
            symptoms=[Symptom(slug="slow", name="Slow")],
            probes=[
                Probe(
                    slug=f"p{n}",
                    kind="http",
                    component="app",
                    url=f"http://{NAMES[n % len(NAMES)]}:{HTTP_PORT}/",
                    port=HTTP_PORT,
                )
                for n in range(PROBES_A_MINUTE)
            ],
        )
    )
    Service.objects.exclude(slug="bench").update(is_active=False)
    for model in (ProbeResult, ProbeHealth, Slot, Vantage):
        model.objects.all().delete()
    parts = {"run": 0.0, "store": 0.0}

    def send(vantage: str, jobs: Sequence[runner.Job], _expires_at: datetime) -> None:
        began = time.perf_counter()
        carried = msgspec.json.decode(msgspec.json.encode(list(jobs)), type=list[runner.Job])
        found = runner.run(carried, client)
        ran = time.perf_counter()
        store.store(vantage, msgspec.json.decode(msgspec.json.encode(found), type=list[runner.Finding]), now)
        parts["run"] += ran - began
        parts["store"] += time.perf_counter() - ran

    start = dispatch.tick_of(datetime.now(UTC))
    now = start
    store.heard("bench", now)
    dispatch.dispatch(now, send)
    before = ProbeResult.objects.count()
    began, used = time.perf_counter(), cpu_s()
    parts = dict.fromkeys(parts, 0.0)
    for tick in range(1, 13):
        now = start + tick * dispatch.TICK
        dispatch.dispatch(now, send)
    took, used = time.perf_counter() - began, cpu_s() - used
    stored = ProbeResult.objects.count() - before
    Service.objects.exclude(slug="bench").update(is_active=True)
    Service.objects.filter(slug="bench").update(is_active=False)
    print(
        f"whole  {stored:,} results of a minute planned, run and stored in {took:.1f} s of one process "
        f"({stored / took * 60:,.0f} a minute): {used / stored * 1000:.2f} ms of a core each; "
        f"running {parts['run']:.1f} s, storing {parts['store']:.1f} s"
    )


def measure_calm() -> None:
    """What Tesla's catalogue costs a worker and its clock in a calm hour: with probes, less the same without any."""
    from outages.models import ProbeResult, Slot, Vantage
    from reports.catalog import loader, store
    from reports.models import Service

    catalog = loader.read(PROJECT / "catalog" / "tesla.toml")
    probes = [
        msgspec.structs.replace(probe, url=f"http://h{n}.localhost:{HTTP_PORT}/", port=HTTP_PORT, expect=[200])
        if probe.kind == "http"
        else msgspec.structs.replace(probe, host=f"h{n}.localhost", port=HTTP_PORT)
        for n, probe in enumerate(catalog.probes)
        if probe.kind != "tls"
    ]
    costs = {}
    for word, some in (("without", []), ("with", probes)):
        store.store(msgspec.structs.replace(catalog, probes=some, sources=[]))
        for model in (Slot, Vantage):
            model.objects.all().delete()
        Service.objects.exclude(slug="tesla").update(is_active=False)
        before = ProbeResult.objects.count()
        costs[word] = _celery_cpu_s(CALM_SECONDS)
        ran = ProbeResult.objects.count() - before
    share = (costs["with"] - costs["without"]) / CALM_SECONDS
    print(
        f"calm   {len(probes)} probes of Tesla's catalogue, {ran} results in {CALM_SECONDS:.0f} s: "
        f"{share:.2%} of one core (worker and beat with probes {costs['with'] / CALM_SECONDS:.2%}, "
        f"without {costs['without'] / CALM_SECONDS:.2%})"
    )


def _celery_cpu_s(seconds: float) -> float:
    """Processor time of a worker and beat over so many seconds, once they have started."""
    celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    processes = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=PROJECT)
        for command in (worker, [*celery, "beat", "--pidfile="])
    ]
    try:
        time.sleep(40)  # over a minute mark: every kind of task has run once
        before = sum(_tree_cpu_s(process.pid) for process in processes)
        time.sleep(seconds)
        return sum(_tree_cpu_s(process.pid) for process in processes) - before
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def _tree_cpu_s(pid: int) -> float:
    """Processor time of a process and its children (Linux)."""
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = int(own[11]) + int(own[12])
    return ticks / os.sysconf("SC_CLK_TCK") + sum(_tree_cpu_s(int(child)) for child in children)


if __name__ == "__main__":
    main()
