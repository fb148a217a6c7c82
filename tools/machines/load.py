"""Reporters and readers of many networks, who know both doors of the site and go to the other where one is silent."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from uuid import uuid4

from tools.gameday.load import GIVES_UP_AFTER_S, RETRY_S, UNKNOWN, Report, Tally
from tools.machines.site import ADDRESSES, DOORS, NAME, SERVICES

CONNECTS_S = 0.3  # then the other address is tried, as browsers do
READS_S = 5.0
REPORTS_S = 12.0
READERS = 48  # connections that are held open; each asks again and again
COUNTRIES = ("NL", "DE", "FR", "GB", "US", "BE", "ES", "IT")
STATUS_OF = "/api/v1/services/{}/status"


def stranger() -> str:
    """Return an address of somebody."""
    return f"{random.randint(64, 79)}.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(1, 254)}"


class Connection:
    """A connection to one of the doors."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, door: str, source: str) -> Connection:
        """Connect. Raises OSError, TimeoutError."""
        opening = asyncio.open_connection(ADDRESSES[door], 80, local_addr=(source, 0), limit=1 << 20)
        return cls(*await asyncio.wait_for(opening, CONNECTS_S))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body. Raises OSError, EOFError."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        }
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            body = b""
            while size := int((await self.reader.readuntil(b"\r\n")).strip(), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        else:
            body = await self.reader.readexactly(int(fields.get(b"content-length", b"0")))
        return int(head[9:12]), body

    def close(self) -> None:
        """End it, without a word where the other side is gone."""
        self.writer.transport.abort()


async def once(request: bytes, source: str, patience_s: float) -> tuple[int, bytes]:
    """Ask by a connection of its own, at the other door where one does not open. Status 0: no whole answer came."""
    doors = random.sample(DOORS, len(DOORS))
    for door in doors:
        try:
            connection = await Connection.to(door, source)
        except (OSError, TimeoutError):
            continue
        try:
            return await asyncio.wait_for(connection.ask(request), patience_s)
        except (OSError, EOFError, TimeoutError, ValueError):
            return 0, b""
        finally:
            connection.close()
    return 0, b""


def get(path: str) -> bytes:
    """A read as bytes."""
    accept = "application/json" if path.startswith("/api/") else "text/html"
    return f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nAccept: {accept}\r\nAccept-Encoding: br\r\n\r\n".encode()


def post(report: Report, service: str, country: str) -> bytes:
    """A report as bytes; the same for the same report."""
    said = {"service": service, "symptom": "down", "country": country, "note": report.note}
    body = json.dumps(said, separators=(",", ":")).encode()
    key = f"Idempotency-Key: {report.key}\r\n" if report.key else ""
    return (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/json\r\n{key}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Load:
    """Reports and reads at a steady rate, whatever becomes of them. `target` is whose outage it is."""

    def __init__(self, reports_a_second: float, reads_a_second: float) -> None:
        self.reports_a_second, self.reads_a_second = reports_a_second, reads_a_second
        self.target = 0
        self.tally = Tally()
        self.requests: dict[str, bytes] = {}  # of each report, by its note, to be sent once more in the end
        self.ids: dict[str, str] = {}  # what it was answered to be stored as, by its note
        self._ending = asyncio.Event()
        self._reporting: set[asyncio.Task[None]] = set()
        self._drivers: list[asyncio.Task[None]] = []
        self._number = 0

    def start(self) -> None:
        """Begin, with an empty tally."""
        self.tally = Tally()
        self._ending.clear()
        self._drivers = [asyncio.create_task(self._reporters())]
        self._drivers += [asyncio.create_task(self._reader(number)) for number in range(READERS)]

    async def end(self) -> Tally:
        """Begin nothing new, await what is under way, and return what happened."""
        self._ending.set()
        await asyncio.gather(*self._drivers)
        while self._reporting:
            await asyncio.wait(self._reporting)
        return self.tally

    def take(self, report: Report, body: bytes) -> None:
        """Remember that a report was answered, and as what it is stored."""
        report.answered_s = time.monotonic()
        self.ids[report.note] = str(json.loads(body)["id"])

    async def _pause(self, seconds: float) -> None:
        """Wait, or until it is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), max(0.0, seconds))

    async def _reporters(self) -> None:
        due_s = time.monotonic()
        while not self._ending.is_set():
            task = asyncio.create_task(self._report())
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
            due_s = max(due_s + 1 / self.reports_a_second, time.monotonic() - 1)  # what was missed is not made up for
            await self._pause(due_s - time.monotonic())

    async def _report(self) -> None:
        tally = self.tally
        self._number += 1
        key = "" if self._number % 4 == 0 else f"machines-{uuid4()}"
        report = Report(f"machines {uuid4()}", key, stranger())
        service = self.target if random.random() < 0.8 else random.randrange(SERVICES)
        request = self.requests[report.note] = post(report, f"acme-{service}", random.choice(COUNTRIES))
        tally.reports.append(report)
        first_s = time.monotonic()
        while True:
            report.attempts += 1
            began_s = time.monotonic()
            status, body = await once(request, report.address, REPORTS_S)
            now_s = time.monotonic()
            tally.note(status, now_s - began_s)
            if status in (200, 201):
                self.take(report, body)
                tally.good_writes_s.append(now_s)
                return
            report.refused = status >= 400 and status not in UNKNOWN
            tally.bad_writes_s.append(now_s)
            if not report.key or now_s - first_s > GIVES_UP_AFTER_S:
                return
            await asyncio.sleep(random.uniform(*RETRY_S))

    async def _reader(self, number: int) -> None:
        """Read at this reader's share of the rate, by one connection for as long as that lasts."""
        every_s = READERS / self.reads_a_second
        await self._pause(random.random() * every_s)
        due_s, at = time.monotonic(), number % len(DOORS)
        connection: Connection | None = None
        while not self._ending.is_set():
            began_s, status = time.monotonic(), 0
            for _ in range(len(DOORS) + 1):
                try:
                    connection = connection or await Connection.to(DOORS[at], stranger())
                    status, _ = await asyncio.wait_for(connection.ask(get(self._page())), READS_S)
                    break
                except (OSError, EOFError, TimeoutError, ValueError):
                    at = (at + 1) % len(DOORS)
                    if connection is not None:
                        connection.close()
                    connection = None
            now_s = time.monotonic()
            self.tally.reads += 1
            self.tally.note(status, now_s - began_s)
            if status == 200:
                self.tally.good_reads_s.append(now_s)
            else:
                self.tally.bad_reads += 1
            due_s = max(due_s + every_s, now_s - every_s)
            await self._pause(due_s - now_s)
        if connection is not None:
            connection.close()

    def _page(self) -> str:
        """Return what most people ask for: the service that is in trouble, and then all the others."""
        service = f"acme-{self.target if random.random() < 0.7 else random.randrange(SERVICES)}"
        return random.choices((f"/{service}/", "/", STATUS_OF.format(service), f"/{service}/map"), (6, 2, 1, 1))[0]
