"""Reporters and readers: what they sent, what they were answered, and how long nobody was."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from dataclasses import dataclass, field
from uuid import uuid4

from tools.gameday.site import Door

READS = ("/", "/tesla/", "/api/v1/services/tesla/status", "/tesla/map", "/api/v1/services")
PATIENCE_S = 20.0  # of a client; far beyond what is promised, so that a hang shows
GIVES_UP_AFTER_S = 45.0
UNKNOWN = (502, 504)  # a proxy's words for: the connection to Brownout broke before an answer came
RETRY_S = (1.0, 5.0)  # as long as Retry-After says at most; together they would be a flood


@dataclass(slots=True)
class Report:
    """One report that somebody wants to hand in. `key` is "" where it is sent once and without one."""

    note: str
    key: str
    address: str
    """Whose it is: a key that comes from another network is another key."""
    attempts: int = 0
    answered_s: float | None = None
    refused: bool = False
    """Answered with an error: told that nothing was stored."""


@dataclass(slots=True)
class Tally:
    """What happened while one fault was tried, by the monotonic clock."""

    reports: list[Report] = field(default_factory=list)
    good_reads_s: list[float] = field(default_factory=list)
    good_writes_s: list[float] = field(default_factory=list)
    bad_writes_s: list[float] = field(default_factory=list)
    reads: int = 0
    bad_reads: int = 0
    longest_s: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)

    def note(self, status: int, took_s: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.longest_s = max(self.longest_s, took_s)


def back_after(good_s: list[float], bad_s: list[float], ended_s: float) -> float | None:
    """Return in how many seconds after `ended_s` the first success came that no failure followed; None without one."""
    last_bad_s = max((one for one in bad_s if one > ended_s), default=ended_s)
    return min((one - ended_s for one in good_s if one >= last_bad_s), default=None)


def longest_gap(moments_s: list[float], since_s: float, until_s: float) -> float:
    """Return the longest time between two of these moments, or between one and an end, in seconds."""
    marks = [since_s, *sorted(one for one in moments_s if since_s <= one <= until_s), until_s]
    return max(after - before for before, after in itertools.pairwise(marks))


async def ask(door: Door, request: bytes, address: str = "", patience_s: float = PATIENCE_S) -> tuple[int, bytes]:
    """Send one request on a connection of its own. Returns status and body; status 0 where no whole answer came.
    A proxy believes no header about the address, so the connection itself comes from one that is like it."""
    source = ("127." + address.partition(".")[2], 0) if address and door.tls else None

    async def whole() -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port, ssl=door.tls, local_addr=source)
        try:
            writer.write(request)
            answer = await reader.read(-1)
        finally:
            writer.close()
        head, found, body = answer.partition(b"\r\n\r\n")
        if not found or not head[9:12].isdigit():
            return 0, b""
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:") and int(line.partition(b":")[2]) != len(body):
                return 0, b""
        return int(head[9:12]), body

    try:
        return await asyncio.wait_for(whole(), patience_s)
    except (OSError, TimeoutError):
        return 0, b""


def _address() -> str:
    return f"{random.randint(11, 99)}.{random.randint(0, 255)}.{random.randint(0, 255)}.7"


def get(path: str, address: str) -> bytes:
    """A read as bytes."""
    accept = "application/json" if path.startswith("/api/") else "text/html"
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nX-Forwarded-For: {address}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def post(report: Report) -> bytes:
    """A report as bytes."""
    body = json.dumps(
        {"service": "tesla", "symptom": "login-failed", "country": "NL", "note": report.note}, separators=(",", ":")
    ).encode()
    key = f"Idempotency-Key: {report.key}\r\n" if report.key else ""
    return (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{key}"
        f"Content-Length: {len(body)}\r\nX-Forwarded-For: {report.address}\r\nConnection: close\r\n\r\n"
    ).encode() + body


class Load:
    """Reporters and readers at a steady rate, whatever becomes of them."""

    def __init__(self, door: Door, reports_a_second: float, reads_a_second: float) -> None:
        self.door = door
        self.every = {self._report: 1 / reports_a_second, self._read: 1 / reads_a_second}
        self.tally = Tally()
        self._ending = asyncio.Event()
        self._working: set[asyncio.Task[None]] = set()
        self._drivers: list[asyncio.Task[None]] = []
        self._number = 0

    def start(self) -> None:
        """Begin, with an empty tally."""
        self.tally = Tally()
        self._ending.clear()
        self._drivers = [asyncio.create_task(self._drive(work, pause_s)) for work, pause_s in self.every.items()]

    async def end(self) -> Tally:
        """Begin nothing new, await what is under way, and return what happened."""
        self._ending.set()
        await asyncio.gather(*self._drivers)
        while self._working:
            await asyncio.wait(self._working)
        return self.tally

    async def _drive(self, work: object, pause_s: float) -> None:
        due_s = time.monotonic()
        while not self._ending.is_set():
            task = asyncio.create_task(work())  # type: ignore[operator]
            self._working.add(task)
            task.add_done_callback(self._working.discard)
            due_s += pause_s
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))

    async def _read(self) -> None:
        tally, began_s = self.tally, time.monotonic()
        tally.reads += 1
        address = _address()
        status, _ = await ask(self.door, get(random.choice(READS), address), address)
        now_s = time.monotonic()
        tally.note(status, now_s - began_s)
        if status == 200:
            tally.good_reads_s.append(now_s)
        else:
            tally.bad_reads += 1

    async def _report(self) -> None:
        tally = self.tally
        self._number += 1
        key = "" if self._number % 4 == 0 else f"gameday-{uuid4()}"
        report = Report(f"gameday {uuid4()}", key, _address())
        tally.reports.append(report)
        first_s = time.monotonic()
        while True:
            report.attempts += 1
            began_s = time.monotonic()
            status, _ = await ask(self.door, post(report), report.address)
            now_s = time.monotonic()
            tally.note(status, now_s - began_s)
            if status in (200, 201):
                report.answered_s = now_s
                tally.good_writes_s.append(now_s)
                return
            report.refused = status >= 400 and status not in UNKNOWN
            tally.bad_writes_s.append(now_s)
            if not report.key or now_s - first_s > GIVES_UP_AFTER_S:
                return
            await asyncio.sleep(random.uniform(*RETRY_S))
