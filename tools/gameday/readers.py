"""Readers of a site that is killed under them: so many a second, over connections that stay.

They work in processes of their own, so that a load of thousands a second is possible from Python, and tell what each
answer was, how long it took, and from when it says it is.
"""

from __future__ import annotations

import email.utils
import functools
import multiprocessing
import random
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.sharedctypes import Synchronized
from typing import Final

PROCESSES: Final = 2
PATIENCE_S: Final = 10.0
NO_ANSWER: Final = 0
KEPT_AT: Final = re.compile(rb'data-kept-at="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is asked: `host` is its name, `tls` says whether by TLS."""

    address: str
    port: int
    host: str
    tls: bool


@dataclass(slots=True)
class Seen:
    """What readers got in one phase. Ages in seconds, of answers that say one."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest_s: float = 0.0
    oldest_s: float = 0.0
    ageless: Counter[str] = field(default_factory=Counter)
    """200 without a word of when it is from, by address."""

    def add(self, other: Seen) -> None:
        self.statuses += other.statuses
        self.ageless += other.ageless
        self.longest_s = max(self.longest_s, other.longest_s)
        self.oldest_s = max(self.oldest_s, other.oldest_s)


def age_s(head: bytes, body: bytes, now_s: float) -> float | None:
    """Return how old an answer says it is, in seconds; None where it does not say.

    A page says so by itself (`data-kept-at`) or leaves its browser to find out, from `Last-Modified` and what the
    server says of now; any other answer by `Age` or `Last-Modified`. JSON names its minute in its body.
    """
    said = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in head.split(b"\r\n"))}
    if found := KEPT_AT.search(body[:2000]):
        return max(0.0, now_s - datetime.fromisoformat(found[1].decode()).timestamp())
    if b"last-modified" in said:
        return max(0.0, now_s - email.utils.parsedate_to_datetime(said[b"last-modified"].decode()).timestamp())
    if b"age" in said:
        return float(said[b"age"])
    return None


def warm(place: Place, paths: Sequence[str], within_s: float) -> None:
    """Ask for each path until it is answered with 200. Raises RuntimeError where one is not in time."""
    until_s = time.monotonic() + within_s
    for path in paths:
        while True:
            head = b""
            with suppress(OSError):
                sender = _connect(place)
                with sender:
                    sender.sendall(_request(place, path))
                    head, _ = answer(sender)
            if head[9:12] == b"200":
                break
            if time.monotonic() > until_s:
                raise RuntimeError(f"{path} is not answered with 200: {head[:200]!r}")
            time.sleep(0.2)


def _request(place: Place, path: str) -> bytes:
    accept = "application/json" if path.startswith("/api/") else "text/html"
    return f"GET {path} HTTP/1.1\r\nHost: {place.host}\r\nAccept: {accept}\r\n\r\n".encode()


class Readers:
    """A load of reads that goes on over all phases, each of which asks a place of its own."""

    def __init__(self, places: Sequence[Place], paths: Sequence[str], per_second: float, connections: int) -> None:
        context = multiprocessing.get_context("fork")
        self.phase: Synchronized[int] = context.Value("i", 0)
        self.ends = context.Event()
        self._results: multiprocessing.Queue[list[Seen]] = context.Queue()
        each = max(1, connections // PROCESSES)
        self._processes = [
            context.Process(
                target=_process,
                args=(places, paths, self.phase, self.ends, self._results, each, each * PROCESSES / per_second),
                daemon=True,
            )
            for _ in range(PROCESSES)
        ]
        self._count = len(places)

    def start(self) -> None:
        for process in self._processes:
            process.start()

    def end(self) -> list[Seen]:
        """End the load; return what was seen in each phase."""
        self.ends.set()
        together = [Seen() for _ in range(self._count)]
        for _ in self._processes:
            for mine, more in zip(together, self._results.get(timeout=4 * PATIENCE_S), strict=True):
                mine.add(more)
        for process in self._processes:
            process.join(PATIENCE_S)
        return together


def _process(
    places: Sequence[Place],
    paths: Sequence[str],
    phase: Synchronized[int],
    ends: threading.Event,
    results: multiprocessing.Queue[list[Seen]],
    connections: int,
    pause_s: float,
) -> None:
    found = [[Seen() for _ in places] for _ in range(connections)]
    threads = [
        threading.Thread(target=_reader, args=(places, paths, phase, ends, mine, pause_s), daemon=True)
        for mine in found
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = [Seen() for _ in places]
    for mine in found:
        for one, more in zip(together, mine, strict=True):
            one.add(more)
    results.put(together)


def _reader(
    places: Sequence[Place],
    paths: Sequence[str],
    phase: Synchronized[int],
    ends: threading.Event,
    seen: list[Seen],
    pause_s: float,
) -> None:
    """Ask one thing after the other; what is overdue is asked at once, and is not made up for after a second."""
    number, sender = -1, None
    due_s = time.monotonic() + pause_s * random.random()
    while not ends.is_set():
        now_s = time.monotonic()
        if due_s > now_s:
            time.sleep(min(due_s - now_s, 0.5))
            continue
        due_s = max(due_s + pause_s, now_s - 1.0)
        if number != phase.value:
            number = phase.value
            if sender is not None:
                sender.close()
            sender = None
        place, mine, path = places[number], seen[number], random.choice(paths)
        began_s, head, body = time.monotonic(), b"", b""
        with suppress(OSError):
            if sender is None:
                sender = _connect(place)
            sender.sendall(_request(place, path))
            head, body = answer(sender)
        status = int(head[9:12]) if head else NO_ANSWER
        if not head and sender is not None:
            sender.close()
            sender = None
        if number != phase.value:
            continue  # asked of what was being killed, and of the next one's phase
        mine.statuses[status] += 1
        mine.longest_s = max(mine.longest_s, time.monotonic() - began_s)
        if status == 200:
            old_s = age_s(head, body, time.time())
            if old_s is None:
                mine.ageless[path] += 1
            else:
                mine.oldest_s = max(mine.oldest_s, old_s)
        if b"connection: close" in head.lower() and sender is not None:
            sender.close()
            sender = None


def _connect(place: Place) -> socket.socket:
    sender = socket.create_connection((place.address, place.port), timeout=PATIENCE_S)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not place.tls:
        return sender
    return _tls().wrap_socket(sender, server_hostname=place.host)


@functools.lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def answer(sender: socket.socket) -> tuple[bytes, bytes]:
    """Read one answer to its end. Raises OSError where it does not come whole."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(sender)
    head, _, body = data.partition(b"\r\n\r\n")
    low = head.lower()
    if b"transfer-encoding: chunked" in low:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(sender)
        return head, body
    length = 0
    for line in low.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        body += _more(sender)
    return head, body


def _more(sender: socket.socket) -> bytes:
    data = sender.recv(262144)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
