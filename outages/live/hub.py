"""Who listens to what. A channel keeps its last pieces once for all its listeners; each of them knows how far it is.

Pure asyncio: no database, no server. A listener that is too far behind is dropped, whatever it does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from outages.queries.boards import Part

MOST_PIECES = 200  # that a listener may be behind
MOST_BYTES = 512 * 1024
MOST_AT_ONCE = 64 * 1024  # bytes in one write
LONGEST_WRITE_S = 60.0


@dataclass(frozen=True, slots=True)
class Key:
    """What a channel is about: one service, the parts of a board, or all services (""), in one language."""

    service: str
    language: str
    parts: tuple[Part, ...] = ()

    @property
    def services(self) -> frozenset[str]:
        """The slugs that it names; none stands for all services."""
        return frozenset(part.service for part in self.parts) or frozenset({self.service} - {""})

    def hears_of(self, service: str) -> bool:
        """Return whether what becomes of a service is for it."""
        return not (services := self.services) or service in services

    def is_touched(self, service: str, components: Collection[str]) -> bool:
        """Return whether an incident of a service with these components is for it."""
        if self.parts:
            return any(part.touches(service, components) for part in self.parts)
        return self.hears_of(service)


class DroppedError(Exception):
    """The listener did not keep up."""


class ClosedError(Exception):
    """The process is to end."""


class Channel:
    """The last pieces of a stream. Pieces are numbered from 0 on, in the order in which they were published."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.end = 0
        self.listeners: set[Listener] = set()
        self.is_closed = False
        self._pieces: deque[bytes] = deque()
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def publish(self, piece: bytes) -> None:
        """Adds a piece for all who listen. Never waits for anybody."""
        self._pieces.append(piece)
        self._bytes += len(piece)
        self.end += 1
        while len(self._pieces) > 1 and (len(self._pieces) > MOST_PIECES or self._bytes > MOST_BYTES):
            self._bytes -= len(self._pieces.popleft())
        self._wake()

    def close(self) -> None:
        """Ends all listeners after what they are about to get."""
        self.is_closed = True
        self._wake()

    async def after(self, number: int) -> tuple[bytes, int]:
        """What comes from piece `number` on, in one write, and the number to go on with. Waits until there is any.

        Raises Dropped where it is no longer kept, Closed where no more will come.
        """
        while number == self.end:
            if self.is_closed:
                raise ClosedError
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await waiter
            finally:
                self._waiting.discard(waiter)
        first = self.end - len(self._pieces)
        if number < first:
            raise DroppedError
        if number == self.end - 1:
            return self._pieces[-1], self.end
        pieces, size = [], 0
        for piece in self._from(number - first):
            pieces.append(piece)
            size += len(piece)
            if size > MOST_AT_ONCE:
                break
        return b"".join(pieces), number + len(pieces)

    def is_behind(self, number: int) -> bool:
        """Whether pieces from `number` on are gone already."""
        return number < self.end - len(self._pieces)

    def _from(self, index: int) -> Iterator[bytes]:
        return (self._pieces[each] for each in range(index, len(self._pieces)))

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


class Listener:
    """One who listens: how far it is, and since when a write to it has been waiting."""

    __slots__ = ("channel", "number", "task", "writing_since_s")

    def __init__(self, channel: Channel, task: asyncio.Task[object]) -> None:
        self.channel, self.task = channel, task
        self.number = channel.end
        self.writing_since_s: float | None = None

    async def next(self) -> bytes:
        """What it is to get now. Raises Dropped, Closed."""
        found, self.number = await self.channel.after(self.number)
        return found


class Hub:
    """All channels and listeners of this process."""

    def __init__(self, most_listeners: int) -> None:
        self.most_listeners = most_listeners
        self.count = 0
        self.is_closed = False
        self.channels: dict[Key, Channel] = {}

    @property
    def is_full(self) -> bool:
        return self.count >= self.most_listeners

    def join(self, key: Key, task: asyncio.Task[object]) -> Listener:
        """Somebody listens from now on, until `leave`."""
        channel = self.channels.get(key)
        if channel is None:
            channel = self.channels[key] = Channel(key)
        listener = Listener(channel, task)
        channel.listeners.add(listener)
        self.count += 1
        return listener

    def leave(self, listener: Listener) -> None:
        channel = listener.channel
        if listener in channel.listeners:
            channel.listeners.discard(listener)
            self.count -= 1
        if not channel.listeners and self.channels.get(channel.key) is channel:
            del self.channels[channel.key]

    def publish(self, piece: bytes) -> None:
        """A piece for every channel."""
        for channel in self.channels.values():
            channel.publish(piece)

    def drop_slow(self, now_s: float) -> int:
        """Ends those who have not kept up. Returns how many."""
        slow = [
            listener
            for channel in self.channels.values()
            for listener in channel.listeners
            if channel.is_behind(listener.number)
            or (listener.writing_since_s is not None and now_s - listener.writing_since_s > LONGEST_WRITE_S)
        ]
        for listener in slow:
            listener.task.cancel()
        return len(slow)

    def close(self) -> None:
        self.is_closed = True
        for channel in self.channels.values():
            channel.close()
