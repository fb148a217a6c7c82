"""What a process keeps for a while: answers of all kinds, under one bound for all of them together.

An entry's size is that of what is kept and of the key that it is kept by: a key may be as long as what a client sent.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

MOST_BYTES = 32 * 1024 * 1024
ENTRY_BYTES = 1000  # about what an entry takes besides its content and key
LARGEST_PART = 8  # what takes more than such a part of the bound is not kept
SWEEP_EVERY_S = 10.0


class ProcessCache:
    """Entries by kind and key, each with an end. Those that are over go first, then those used longest ago.

    Safe among threads.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_bytes = most_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, Hashable], tuple[float, int, Any]] = OrderedDict()
        self._bytes = 0
        self._swept_at = clock()

    @property
    def bytes(self) -> int:
        """The size of all entries."""
        return self._bytes

    def get(self, kind: str, key: Hashable) -> Any:
        """Return what is kept; None where nothing is, or its time is over."""
        with self._lock:
            found = self._entries.get((kind, key))
            if found is None or found[0] <= self._clock():
                return None
            self._entries.move_to_end((kind, key))
            return found[2]

    def put(self, kind: str, key: Hashable, value: Any, *, size: int, until: float) -> None:
        """Keep a value of so many bytes until a moment of the clock."""
        size += ENTRY_BYTES + size_of(key)
        now = self._clock()
        with self._lock:
            self._drop((kind, key))
            if size * LARGEST_PART > self.most_bytes:
                return
            if self._bytes + size > self.most_bytes or now - self._swept_at >= SWEEP_EVERY_S:
                self._sweep(now)
            while self._bytes + size > self.most_bytes:
                self._drop(next(iter(self._entries)))
            self._entries[kind, key] = (until, size, value)
            self._bytes += size

    def clear(self, kind: str | None = None) -> None:
        """Drop everything, or all of one kind."""
        with self._lock:
            for entry in [entry for entry in self._entries if kind is None or entry[0] == kind]:
                self._drop(entry)

    def count(self, kind: str) -> int:
        """Return how many entries of a kind there are."""
        with self._lock:
            return sum(1 for entry in self._entries if entry[0] == kind)

    def _sweep(self, now: float) -> None:
        self._swept_at = now
        for entry in [entry for entry, (until, _size, _value) in self._entries.items() if until <= now]:
            self._drop(entry)

    def _drop(self, entry: tuple[str, Hashable]) -> None:
        found = self._entries.pop(entry, None)
        if found is not None:
            self._bytes -= found[1]


def size_of(key: Hashable) -> int:
    """Return the bytes that the texts of a key take, about."""
    if isinstance(key, str):
        return 2 * len(key)
    return sum(map(size_of, key)) if isinstance(key, tuple) else 0


CACHE = ProcessCache()
