"""One network sends three times as many reports as all people together: whose reports come through, by whom is asked.

`python -m bench flood`. The front alone, as behind nginx, before a stand-in for the web server that takes 50 reports a
second, so that the figures hardly depend on the machine. People send 40 a second, each from a network of their own,
for BENCH_SECONDS (25); then as many come without a flood, all from networks of their own. Nobody solves a puzzle. Tried
with nobody asked for a proof of work, with those who send far more than others (as it is), and with everybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest import mock

from config.front.clients import Client
from config.front.proof_of_work import Senders
from config.front.refusals import Refusals
from config.front.server import Bounds, Front

SECONDS = float(os.environ.get("BENCH_SECONDS", "25"))
PEOPLE_A_SECOND, FLOOD_A_SECOND = 40, 120
TAKES_S, WORKERS = 0.04, 2
FLOODING = "203.0.113.9"
ASKED = ("nobody", "who sends far more", "everybody")
BOUNDS = Bounds(
    connections=1000,
    connections_a_network=600,
    head_s=5.0,
    body_s=5.0,
    idle_s=50.0,
    workers=WORKERS,
    queue=128,
    queue_s=2.0,
    request_s=6.0,
    answer_s=6.0,
    largest_body=10_000,
    kept_s=3600.0,
)


async def _stores(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stand for a web server that takes so long for each report."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            await asyncio.sleep(TAKES_S)
            writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
    writer.close()


async def _report(port: int, who: str, address: str, seen: Counter[tuple[str, str]]) -> None:
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: {address}\r\n"
            writer.write(f"{head}Content-Length: 2\r\n\r\n{{}}".encode())
            answer = await reader.read(-1)
            writer.close()
        status = answer[9:12].decode()
    except (OSError, TimeoutError) as error:
        status = type(error).__name__
    seen[who, status] += 1


async def surge(*, is_flood: bool) -> tuple[Counter[tuple[str, str]], int]:
    """Return what was answered to whom, by (sender, status), and the highest step of what was left out."""
    seen: Counter[tuple[str, str]] = Counter()
    steps = [0]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "web.sock")
        web = await asyncio.start_unix_server(_stores, path)
        front = Front(BOUNDS, path, [ipaddress.ip_network("127.0.0.1")], Refusals({}))
        front.tell_step = lambda step: steps.append(int(step))
        server = await asyncio.get_running_loop().create_server(lambda: Client(front), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        sweeping = asyncio.create_task(front.sweep())
        tasks: set[asyncio.Task[None]] = set()
        sent = {"people": 0, "the others": 0}
        began_s = time.monotonic()
        while (now_s := time.monotonic() - began_s) < SECONDS:
            for who, rate, net in (("people", PEOPLE_A_SECOND, 198), ("the others", FLOOD_A_SECOND, 199)):
                while sent[who] < now_s * rate:
                    sent[who] += 1
                    own = f"{net}.{sent[who] >> 8 & 255}.{sent[who] & 255}.7"
                    address = FLOODING if is_flood and who == "the others" else own
                    task = asyncio.create_task(_report(port, who, address, seen))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
            await asyncio.sleep(0.01)
        if tasks:
            await asyncio.wait(tasks)
        sweeping.cancel()
        server.close()
        web.close()
    return seen, max(steps)


def main() -> None:
    logging.disable(logging.WARNING)
    print("surge, who is asked: people's reports sent and stored, the others' sent and stored, the highest step")
    for is_flood in (True, False):
        for asked in ASKED:
            with contextlib.ExitStack() as changed:
                if asked != ASKED[1]:
                    answer = asked == ASKED[2]
                    changed.enter_context(mock.patch.object(Senders, "sends_far_more", return_value=answer))
                seen, step = asyncio.run(surge(is_flood=is_flood))
            figures = [
                figure
                for who in ("people", "the others")
                for figure in (sum(n for (one, _), n in seen.items() if one == who), seen[who, "201"])
            ]
            name = "flood" if is_flood else "crowd"
            numbers = " ".join(f"{figure:>7,}" for figure in figures)
            print(f"{name:<6} {asked:<19} {numbers} {step:>3}", flush=True)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
