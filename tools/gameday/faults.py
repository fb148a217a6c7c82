"""The faults: how each is begun and ended, and what is promised while it lasts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import redis

from config.local import embedded
from tools.gameday.site import PROJECT, Site

IDLE, BODIES = 2000, 200

Trouble = Callable[[Site, float], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """One fault. Seconds: how long reads and writes may be away, counted from its end for writes."""

    name: str
    make: Trouble
    reads_away_s: float = 3.0
    waits_s: float = 3.0
    writes_back_s: float = 10.0
    needs_small_disk: bool = False
    needs_proxy: bool = False
    is_short: bool = False


def _signalled(words: str, number: signal.Signals) -> Trouble:
    """A child's group gets a signal, and comes back by the supervisor's doing."""

    @asynccontextmanager
    async def trouble(site: Site, _lasts_s: float) -> AsyncIterator[None]:
        os.killpg(site.child(words), number)
        yield

    return trouble


def _killed_server(name: str) -> Trouble:
    @asynccontextmanager
    async def trouble(site: Site, _lasts_s: float) -> AsyncIterator[None]:
        os.kill(site.server(name), signal.SIGKILL)
        yield

    return trouble


def _frozen(name: str) -> Trouble:
    """A server with all its processes stands still for a while."""

    @asynccontextmanager
    async def trouble(site: Site, lasts_s: float) -> AsyncIterator[None]:
        family = site.family(site.server(name))
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(lasts_s)
            yield
        finally:
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    return trouble


@asynccontextmanager
async def _disk_full(site: Site, lasts_s: float) -> AsyncIterator[None]:
    ballast = site.data_dir / "ballast"

    def fill() -> None:
        with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 65536)

    try:
        for _ in range(max(1, int(lasts_s / 0.2))):  # what others give back in the meantime goes, too
            await asyncio.to_thread(fill)
            await asyncio.sleep(0.2)
        yield
    finally:
        ballast.unlink(missing_ok=True)


@asynccontextmanager
async def _wiped(site: Site, _lasts_s: float) -> AsyncIterator[None]:
    with contextlib.closing(redis.Redis.from_url(embedded.redis_url(site.data_dir), socket_timeout=5)) as broker:
        broker.flushall()
    yield


@asynccontextmanager
async def _slow_clients(site: Site, lasts_s: float) -> AsyncIterator[None]:
    """Two thousand who say nothing and two hundred who begin to send, from one address."""
    opened: list[socket.socket] = []
    head = (
        b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{"
    )
    loop = asyncio.get_running_loop()

    async def hold(says: bytes) -> None:
        one = socket.socket()
        one.setblocking(False)
        opened.append(one)
        with contextlib.suppress(OSError):
            one.bind(("127.7.7.7", 0))
            await asyncio.wait_for(loop.sock_connect(one, ("127.0.0.1", site.door.port)), 5)
            await loop.sock_sendall(one, says)

    try:
        for number in range(0, IDLE + BODIES, 100):
            await asyncio.gather(*(hold(b"" if number < IDLE else head) for _ in range(100)))
        await asyncio.sleep(lasts_s)
        yield
    finally:
        for one in opened:
            one.close()


@asynccontextmanager
async def _two_beats(site: Site, lasts_s: float) -> AsyncIterator[None]:
    environment = {**os.environ, "DATA_DIR": str(site.data_dir), "OUTBOUND": "off", "PORT": str(site.port)}
    schedule = f"--schedule={site.data_dir / 'second-beat'}"
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery", "beat", "--pidfile=", schedule]
    second = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await asyncio.sleep(lasts_s)
        yield
    finally:
        second.terminate()
        second.wait(20)


@asynccontextmanager
async def _reloaded(site: Site, _lasts_s: float) -> AsyncIterator[None]:
    """The proxy takes its file and its certificate anew, as after each renewal."""
    assert site.proxy is not None
    site.proxy.send_signal(signal.SIGHUP)
    yield


@asynccontextmanager
async def _restarted(site: Site, _lasts_s: float) -> AsyncIterator[None]:
    await asyncio.to_thread(site.stop)
    await asyncio.to_thread(site.start)
    yield


FAULTS = (
    Fault("slow clients", _slow_clients, is_short=True),
    Fault("PostgreSQL frozen", _frozen("PostgreSQL"), is_short=True),
    Fault("PostgreSQL killed", _killed_server("PostgreSQL"), is_short=True),
    Fault("Valkey frozen", _frozen("Valkey")),
    Fault("Valkey killed", _killed_server("Valkey")),
    Fault("broker wiped", _wiped),
    Fault("disk full", _disk_full, needs_small_disk=True, is_short=True),
    Fault("web server killed", _signalled("web", signal.SIGKILL), reads_away_s=5.0, is_short=True),
    Fault("front killed", _signalled("config.front", signal.SIGKILL), reads_away_s=5.0),
    Fault("worker killed", _signalled("worker", signal.SIGKILL)),
    Fault(
        "all processes but the front killed",
        _signalled("config.local.background", signal.SIGKILL),
        reads_away_s=8.0,
        writes_back_s=15.0,
    ),
    Fault("beat killed", _signalled("beat", signal.SIGKILL)),
    Fault("two beats", _two_beats),
    Fault("nginx reloaded", _reloaded, needs_proxy=True, is_short=True),
    # Nobody answers between the end of the one and the start of the other: only loss and doubles are promised.
    Fault("restart under load", _restarted, reads_away_s=60.0, waits_s=60.0, writes_back_s=60.0),
)
