"""Twice as many reports as can be stored, for a minute: what becomes of each, and how soon all is well again.

`python -m bench overload`. Starts `make run` on a database of its own; first asks for as much as there is, then sends
twice that for BENCH_SECONDS (60), whether or not answers come, then a tenth of it. Each report must be stored or be
refused with 503 and Retry-After within three seconds; all is well when a whole second brings nothing but 201.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import intake
from config.local import embedded
from tools.gameday.site import Site, free_port

SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
PROBE_S, AFTER_S = 10.0, 15.0
TIMES = 2.0
LONGEST_S = 3.0


@dataclass
class Seen:
    """What came back: seconds until each answer, answers by status, times to come again, and seconds that had a 503."""

    took_s: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    again_s: Counter[str] = field(default_factory=Counter)
    refused_at_s: list[float] = field(default_factory=list)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _ask(port: int, raw: bytes, seen: Seen, free: list[Connection]) -> None:
    began_s = time.monotonic()
    status = "no answer"
    try:
        async with asyncio.timeout(30):
            reader, writer = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            status = head[9:12].decode()
            lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
            await reader.readexactly(int(lines.get(b"content-length", b"0")))
            if status == "503":
                seen.again_s[lines.get(b"retry-after", b"none").decode()] += 1
                seen.refused_at_s.append(time.monotonic())
            if lines.get(b"connection") == b"close":
                writer.close()
            else:
                free.append((reader, writer))
    except (OSError, EOFError, TimeoutError) as error:
        status = type(error).__name__
    seen.statuses[status] += 1
    seen.took_s.append(time.monotonic() - began_s)


async def send(port: int, per_second: float, seconds: float, first: int) -> Seen:
    """Send reports at a rate, each when it is due, whatever became of the ones before."""
    seen = Seen()
    free: list[Connection] = []
    tasks: set[asyncio.Task[None]] = set()
    began_s, number = time.monotonic(), 0
    while (now_s := time.monotonic() - began_s) < seconds:
        while number < now_s * per_second:
            number += 1
            task = asyncio.create_task(_ask(port, intake.anonymous(first + number), seen, free))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.005)
    if tasks:
        await asyncio.wait(tasks)
    return seen


async def most_stored(port: int, seconds: float) -> float:
    """Return how many reports a second are stored where each of some senders waits for its answer."""
    seen, end_s = Seen(), time.monotonic() + seconds

    async def sender(first: int) -> None:
        free: list[Connection] = []
        number = first
        while time.monotonic() < end_s:
            number += 1
            await _ask(port, intake.anonymous(number), seen, free)

    await asyncio.gather(*(sender(9_000_000 + 10_000 * number) for number in range(32)))
    return seen.statuses["201"] / seconds


def tell(name: str, seen: Seen) -> None:
    took = sorted(seen.took_s)
    late = sum(one > LONGEST_S for one in took)
    print(
        f"{name}: {len(took):,} sent, {dict(seen.statuses)}; p50 {took[len(took) // 2]:.2f} s, "
        f"p99 {took[int(len(took) * 0.99)]:.2f} s, longest {took[-1]:.2f} s, {late} beyond {LONGEST_S:.0f} s; "
        f"Retry-After {dict(seen.again_s)}",
        flush=True,
    )


def _reports(site: Site) -> int:
    with psycopg.connect(embedded.database_url(site.data_dir), connect_timeout=10) as connection:
        found = connection.execute("SELECT count(*) FROM reports_report").fetchone()
    return int(found[0]) if found else 0


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="brownout-bench-"))
    folder.chmod(0o755)  # the database may run as another account
    site = Site(folder, free_port(), free_port(), {"RATE_LIMIT_PAGES_A_MINUTE": "0"})
    try:
        site.start()
        asyncio.run(most_stored(site.port, 3))  # the first requests import what they need
        most = asyncio.run(most_stored(site.port, PROBE_S))
        print(f"stored where each waits for its answer: {most:,.0f} a second", flush=True)
        before = _reports(site)
        over = asyncio.run(send(site.port, TIMES * most, SECONDS, 0))
        tell(f"{TIMES:.0f} × {most:,.0f} a second for {SECONDS:.0f} s", over)
        print(f"rows stored: {_reports(site) - before:,} for {over.statuses['201']:,} times 201")
        ended_s = time.monotonic()
        after = asyncio.run(send(site.port, most / 10, AFTER_S, 2_000_000))
        tell(f"then a tenth of it for {AFTER_S:.0f} s", after)
        last_s = max(after.refused_at_s, default=ended_s) - ended_s
        print(f"the last refusal came {last_s:.1f} s after the surge; load of the machine {os.getloadavg()[0]:.1f}")
        print("the front: " + json.dumps([line[-160:] for line in site.lines if "step " in line][-12:], indent=1))
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
