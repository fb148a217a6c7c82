"""Thousands of listeners to live streams, in one process: plain sockets, read with epoll.

`python -m bench._listeners PORT COUNT PATH` connects them all and says `ready`; after `wait` on its input it says when
each had its next `event: incident`, in seconds of the monotonic clock, as JSON.
"""

from __future__ import annotations

import json
import resource
import selectors
import socket
import sys
import time

PATIENCE_S = 120.0


def connect(port: int, count: int, path: str) -> selectors.BaseSelector:
    """All listeners, each past its first `event: status`."""
    selector = selectors.DefaultSelector()
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
    for number in range(count):
        listener = socket.create_connection(("127.0.0.1", port), timeout=30)
        listener.sendall(request)
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ, number)
    return selector


def hear(selector: selectors.BaseSelector, word: bytes, count: int) -> list[float]:
    """When each of so many listeners had read this word, in order of time; all that come within the patience."""
    read: dict[int, bytes] = {}
    heard: dict[int, float] = {}
    end = time.monotonic() + PATIENCE_S
    while len(heard) < count and time.monotonic() < end:
        for key, _ in selector.select(0.2):
            found = key.fileobj.recv(65536)  # type: ignore[union-attr]
            if not found:
                selector.unregister(key.fileobj)
                continue
            if key.data not in heard:
                read[key.data] = (read.get(key.data, b"") + found)[-20_000:]
                if word in read[key.data]:
                    heard[key.data] = time.monotonic()
                    del read[key.data]
    return sorted(heard.values())


def main() -> None:
    port, count, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 100, hard), hard))
    selector = connect(port, count, path)
    standing = hear(selector, b"event: status", count)
    print(f"ready {len(standing)}", flush=True)
    sys.stdin.readline()
    print(json.dumps(hear(selector, b"event: incident", len(standing))), flush=True)


if __name__ == "__main__":
    main()
