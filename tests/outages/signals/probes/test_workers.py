"""Real workers on a real broker: a vantage that has the broker alone, and what is left after kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from config.local import processes
from outages.models import ProbeResult, Slot, Vantage
from outages.signals.probes.tasks import dispatch_probes
from reports.catalog.schema import Probe
from tests.outages.service_factory import a_service
from tests.servers import misbehaving as bad

pytestmark = [pytest.mark.slow(15), pytest.mark.django_db(transaction=True)]

PROJECT = Path(__file__).resolve().parents[4]
PATIENCE_S = 60


class Workers:
    """Starts Celery workers as processes of their own, and ends all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.running)}.log").open("wb")
        known = {"OUTBOUND": "loopback", "REDIS_URL": settings.REDIS_URL, "DJANGO_SETTINGS_MODULE": "config.settings"}
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env={**os.environ, **known, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def main(self) -> subprocess.Popen[bytes]:
        queues = ("--queues", "scan,default,announcements", "--concurrency", "1")
        quiet = ("--without-gossip", "--without-mingle", "--hostname", "main@%h")
        return self.start(
            "celery", "-A", "config.celery", "worker", *queues, *quiet, DATABASE_URL=address_of_database()
        )

    def vantage(self, name: str) -> subprocess.Popen[bytes]:
        """With a data folder of its own and a database that does not exist."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        nowhere = "postgresql://nobody@127.0.0.1:9/nothing"
        return self.start("config.local.run", "probe", name, DATABASE_URL=nowhere, DATA_DIR=str(folder))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)

    def close(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def address_of_database() -> str:
    """The address of the database that this test runs on."""
    given = connection.settings_dict
    host = given["HOST"] or given["OPTIONS"].get("host", "")
    return f"postgresql://{given['USER']}@/{given['NAME']}?host={host}&port={given['PORT'] or 5432}"


@pytest.fixture
def workers(tmp_path: Path, settings: Any) -> Iterator[Workers]:
    settings.OUTBOUND = "loopback"
    with app.connection_for_write() as broker:
        for queue in ("default", "probes.oslo", "probes.paris"):
            broker.default_channel.queue_purge(queue)
    started = Workers(tmp_path)
    yield started
    started.close()
    ProbeResult.objects.all().delete()  # unmanaged: the flush after the test leaves its rows alone


def until(condition: Callable[[], object]) -> bool:
    """Dispatches every half second until the condition holds."""

    def tried() -> bool:
        dispatch_probes()
        return bool(condition())

    return processes.wait_until(tried, PATIENCE_S, 0.5)


def test_a_vantage_needs_the_broker_alone_and_comes_back_after_a_kill(workers: Workers) -> None:
    with bad.serve(bad.answers(503, b"Server Maintenance", Content_Type="text/plain")) as server:
        a_service(
            probes=[
                Probe(slug=f"p{n}", kind="http", component="app", url=server.url(), port=server.port, interval_s=15)
                for n in range(4)
            ]
        )
        workers.main()
        workers.vantage("oslo")
        doomed = workers.vantage("paris")
        assert until(lambda: set(Vantage.objects.values_list("name", flat=True)) == {"oslo", "paris"})
        assert until(lambda: ProbeResult.objects.values("vantage").distinct().count() == 2)
        workers.kill(doomed)
        killed_at = datetime.now(UTC)
        workers.vantage("paris")
        assert until(lambda: ProbeResult.objects.filter(vantage="paris", at__gt=killed_at).count() >= 4)
    rows = ProbeResult.objects.all()
    assert {row.classification for row in rows} == {"down"}
    assert max(Counter(row.id for row in rows).values()) == 1
    assert not Slot.objects.filter(done_at=None).exists()
