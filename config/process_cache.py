"""What a process keeps for a while: answers and rows of all kinds, under one bound for all of them together.

An entry's size is that of what is kept and of the key that it is kept by: a key may be as long as what a client sent.
Where there is no room the kind that takes the most gives way, so that answers, which clients make, never push out
what intake or an open form needs while the database is away.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MOST_BYTES = 32 * 1024 * 1024
ENTRY_BYTES = 1000  # about what an entry takes besides its content and key
LARGEST_PART = 8  # what takes more than such a part of the bound is not kept
SWEEP_EVERY_S = 10.0


class _Entry(NamedTuple):
    until: float
    size: int
    value: Any


class ProcessCache:
    """Entries by kind and key, each with an end. Those that are over go first, then those used longest ago of the
    kind that takes the most. Safe among threads.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_bytes = most_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[str, OrderedDict[Hashable, _Entry]] = {}
        self._bytes: dict[str, int] = {}
        self._swept_at = clock()

    @property
    def bytes(self) -> int:
        """The size of all entries."""
        with self._lock:
            return sum(self._bytes.values())

    def get(self, kind: str, key: Hashable) -> Any:
        """Return what is kept; None where nothing is, or its time is over."""
        with self._lock:
            entries = self._kinds.get(kind)
            found = entries.get(key) if entries else None
            if entries is None or found is None or found.until <= self._clock():
                return None
            entries.move_to_end(key)
            return found.value

    def put(
        self, kind: str, key: Hashable, value: Any, *, size: int, until: float = math.inf, most: int | None = None
    ) -> None:
        """Keep a value of so many bytes until a moment of the clock, beside at most `most` - 1 others of its kind."""
        size += ENTRY_BYTES + size_of(key)
        now = self._clock()
        with self._lock:
            self._drop(kind, key)
            if size * LARGEST_PART > self.most_bytes:
                return
            total = sum(self._bytes.values())
            if total + size > self.most_bytes or now - self._swept_at >= SWEEP_EVERY_S:
                self._sweep(now)
            while sum(self._bytes.values()) + size > self.most_bytes:
                self._drop_oldest(max(self._bytes, key=self._bytes.__getitem__))
            while most is not None and len(self._kinds.get(kind, ())) >= most:
                self._drop_oldest(kind)
            self._kinds.setdefault(kind, OrderedDict())[key] = _Entry(until, size, value)
            self._bytes[kind] = self._bytes.get(kind, 0) + size

    def drop(self, kind: str, key: Hashable) -> None:
        """Drop one entry, where there is one."""
        with self._lock:
            self._drop(kind, key)

    def keys(self, kind: str) -> list[Hashable]:
        """Return the keys of a kind, those used longest ago first."""
        with self._lock:
            return list(self._kinds.get(kind, ()))

    def clear(self, kind: str | None = None) -> None:
        """Drop everything, or all of one kind."""
        with self._lock:
            for cleared in list(self._kinds) if kind is None else [kind]:
                self._kinds.pop(cleared, None)
                self._bytes.pop(cleared, None)

    def count(self, kind: str) -> int:
        """Return how many entries of a kind there are."""
        with self._lock:
            return len(self._kinds.get(kind, ()))

    def sweep(self) -> None:
        """Drop all entries whose time is over. Where nothing is put, nothing else does."""
        with self._lock:
            self._sweep(self._clock())

    def _sweep(self, now: float) -> None:
        self._swept_at = now
        for kind, entries in list(self._kinds.items()):
            for key in [key for key, entry in entries.items() if entry.until <= now]:
                self._drop(kind, key)

    def _drop_oldest(self, kind: str) -> None:
        self._drop(kind, next(iter(self._kinds[kind])))

    def _drop(self, kind: str, key: Hashable) -> None:
        entries = self._kinds.get(kind)
        found = entries.pop(key, None) if entries else None
        if entries is None or found is None:
            return
        self._bytes[kind] -= found.size
        if not entries:
            del self._kinds[kind], self._bytes[kind]


class Shelf(Generic[Key, Value]):
    """One kind of entries in the process cache, with the types of its keys and values."""

    def __init__(self, kind: str, *, most: int | None = None, cache: ProcessCache | None = None) -> None:
        self._kind = kind
        self._most = most
        self._cache = CACHE if cache is None else cache

    def get(self, key: Key) -> Value | None:
        """Return what is kept, unless its time is over."""
        return cast("Value | None", self._cache.get(self._kind, key))

    def put(self, key: Key, value: Value, *, size: int = 0, for_s: float = math.inf) -> None:
        """Keep a value of about so many bytes for so many seconds."""
        self._cache.put(self._kind, key, value, size=size, until=time.monotonic() + for_s, most=self._most)

    def drop(self, key: Key) -> None:
        """Drop what is kept of a key."""
        self._cache.drop(self._kind, key)

    def all_keys(self) -> list[Key]:
        """Return the keys, those used longest ago first."""
        return cast("list[Key]", self._cache.keys(self._kind))

    def clear(self) -> None:
        """Drop all of this kind."""
        self._cache.clear(self._kind)

    def __len__(self) -> int:
        return self._cache.count(self._kind)


def size_of(key: Hashable) -> int:
    """Return the bytes that the texts of a key take, about."""
    if isinstance(key, str):
        return 2 * len(key)
    return sum(map(size_of, key)) if isinstance(key, tuple) else 0


CACHE = ProcessCache()
