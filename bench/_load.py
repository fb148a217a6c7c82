"""A small load generator: keep-alive connections over plain sockets, some processes, prepared requests."""

from __future__ import annotations

import multiprocessing
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.gameday.readers import answer

PROCESSES = 2
FAILED = 0  # stands for the status where no answer came


@dataclass(frozen=True)
class Load:
    """What was answered: requests a second, milliseconds at the median and the 99th percentile, answers by status."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: Counter[int]


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(port: int, make: Callable[[int], bytes], *, seconds: float, connections: int, per_second: float = 0.0) -> Load:
    """Sends what `make` makes of a running number, each connection one request after the other.

    With `per_second` no more than so many, evenly; the clock of each then starts when it was due, so that what waits
    behind a slow one counts as slow, too.
    """
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[tuple[list[float], Counter[int]]] = context.Queue()
    each = max(connections // PROCESSES, 1)
    pause_s = each * min(PROCESSES, connections) / per_second if per_second else 0.0
    workers = [
        context.Process(target=_process, args=(port, make, seconds, each, number, pause_s, results))
        for number in range(min(PROCESSES, connections))
    ]
    for worker in workers:
        worker.start()
    times: list[float] = []
    statuses: Counter[int] = Counter()
    for _ in workers:
        more, found = results.get()
        times += more
        statuses += found
    for worker in workers:
        worker.join()
    times.sort()
    return Load(len(times) / seconds, _percentile(times, 0.5), _percentile(times, 0.99), statuses)


def _percentile(times: Sequence[float], part: float) -> float:
    return times[min(int(len(times) * part), len(times) - 1)] * 1000 if times else float("nan")


def _process(
    port: int,
    make: Callable[[int], bytes],
    seconds: float,
    connections: int,
    number: int,
    pause_s: float,
    results: multiprocessing.Queue[tuple[list[float], Counter[int]]],
) -> None:
    times: list[float] = []
    statuses: Counter[int] = Counter()
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_connection, args=(port, make, end, number * 1000 + index, pause_s, times, statuses))
        for index in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((times, statuses))


def _connection(
    port: int,
    make: Callable[[int], bytes],
    end: float,
    seed: int,
    pause_s: float,
    times: list[float],
    statuses: Counter[int],
) -> None:
    number = seed * 1_000_000
    sender: socket.socket | None = None
    due = time.perf_counter() + pause_s * random.random()
    while (started := time.perf_counter()) < end:
        number += 1
        if pause_s:
            time.sleep(max(0.0, due - started))
            started, due = due, due + pause_s
        try:
            if sender is None:
                sender = socket.create_connection(("127.0.0.1", port))
                sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sender.sendall(make(number))
            head, _ = answer(sender)
            statuses[int(head[9:12])] += 1
        except OSError:
            statuses[FAILED] += 1
            sender = None
            time.sleep(0.05)
            continue
        times.append(time.perf_counter() - started)
    if sender is not None:
        sender.close()
