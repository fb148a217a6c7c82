"""A server of webhooks: it keeps what it is sent, and answers as the test wants, or never."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Received:
    """One request, when it was whole (monotonic seconds)."""

    path: str
    headers: dict[str, str]
    body: bytes
    at_s: float
    method: str = "POST"

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")


Reply = tuple[int, dict[str, str], bytes]
Answer = Callable[[Received], Reply]


def fine(_request: Received) -> Reply:
    return 204, {}, b""


@dataclass
class Hooks:
    """`answers` by path decide what is answered; a path in `pits` is never answered. All else is answered by
    `otherwise`: 204.

    An answer takes `delay_s` after the request was received.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    otherwise: Answer = fine
    pits: set[str] = field(default_factory=set)
    pit_prefix: str = "\0"
    delay_s: float = 0.0
    held: Counter[str] = field(default_factory=Counter)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        return [one for one in self.received if one.path == path]

    def ids(self, path: str) -> list[str]:
        """The ids in the order in which they were first seen there."""
        return list(dict.fromkeys(one.id for one in self.at(path)))

    def always(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers[path] = lambda _request: (status, headers, body)


@contextlib.contextmanager
def hooks(port: int = 0) -> Iterator[Hooks]:
    """Runs a server on a free port, in a thread of its own."""
    site = Hooks()
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path = head[0].split(" ")[:2]
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            if path in site.pits or path.startswith(site.pit_prefix):
                site.held[path] += 1
                await reader.read()  # until the other side has had enough
                return
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            request = Received(path, headers, body, time.monotonic(), method)
            site.received.append(request)
            await asyncio.sleep(site.delay_s)
            status, more, answer = site.answers.get(path, site.otherwise)(request)
            lines = [f"HTTP/1.1 {status} x", f"content-length: {len(answer)}", "connection: close"]
            lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    started = threading.Event()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=2048)
        site.port = server.sockets[0].getsockname()[1]
        started.set()

    def run() -> None:
        loop.run_until_complete(main())
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(5)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
