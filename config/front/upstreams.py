"""The side of the web server: connections to its socket, each with one request at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, cast

from config.front.kept import LARGEST, Key
from config.front.messages import AnswerError, AnswerReader, Request

if TYPE_CHECKING:
    from config.front.clients import Client
    from config.front.server import Front

log = logging.getLogger(__name__)

NOT_READ = (400, 414, 431)


class Asker(Protocol):
    """Who asks something of the workers: a client, or the front itself for a snapshot."""

    is_own: bool
    network: str
    peer: bytes
    body: bytes
    request: Request | None
    upstream: Upstream | None
    has_retried: bool
    whole_s: float
    """Since when it waits for an answer: its one deadline is counted from there."""

    def begin(self, head: bytes, *, closes: bool) -> None: ...

    def pass_on(self, data: bytes) -> None: ...

    def finish(self, *, keep_alive: bool) -> None: ...

    def fail(self, *, closes: bool = False) -> None: ...


class Upstream(asyncio.Protocol):
    """One connection to the web server; carries one request at a time."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.is_open = False
        self.idle_since_s = 0.0
        self._transport: asyncio.Transport | None = None
        self._client: Asker | None = None
        self._request: Request | None = None
        self._reader: AnswerReader | None = None
        self._key: Key | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._is_replaced = False
        self._has_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def send(self, client: Asker) -> None:
        """Sends a client's request."""
        request = client.request
        assert request is not None
        assert self._transport is not None
        self._client, self._request = client, request
        client.upstream = self
        self._reader = AnswerReader(is_head_request=request.method == b"HEAD", minor=request.minor)
        self._key = (
            self.front.kept.wants(request, time.monotonic()) if request.method == b"GET" and not client.is_own else None
        )
        self._parts, self._size, self._is_replaced = [], 0, False
        self._has_body = bool(client.body)
        self._transport.write(
            request.head(
                client.peer,
                len(client.body),
                self.front.spent(client),
                self.front.pressure.step,
                client.whole_s + self.front.bounds.request_s,
            )
            + client.body
        )

    def data_received(self, data: bytes) -> None:
        reader, request = self._reader, self._request
        if reader is None or request is None:
            self.close()  # nobody has asked
            return
        was_in_head = not reader.head
        try:
            body = reader.feed(data)
        except AnswerError as error:
            log.error("the web server's answer was cut off: %s", error)
            self.give_up()
            return
        if was_in_head and reader.head:
            self._begin(reader, request)
        if body and not self._is_replaced:
            if self._client is not None:
                self._client.pass_on(body)
            if self._key is not None:
                self._parts.append(body)
                self._size += len(body)
                if self._size > LARGEST:
                    self._key, self._parts = None, []
        if reader.ended:
            self._end(reader, request)

    def _begin(self, reader: AnswerReader, request: Request) -> None:
        self.front.running[self] = time.monotonic()  # what is being sent may take as long again
        self.front.running.move_to_end(self)
        if reader.status != 200:
            self._key = None
        client = self._client
        if client is None:
            return
        if reader.status == 503 and self.front.kept.answer(request, time.monotonic()) is not None:
            self._is_replaced, self._client, client.upstream = True, None, None
            client.fail()
            return
        client.begin(reader.head, closes=not request.keep_alive and not reader.closes)

    def _end(self, reader: AnswerReader, request: Request) -> None:
        if self._key is not None and b"\r\ntransfer-encoding:" not in reader.head.lower():
            now = datetime.now(tz=UTC)
            self.front.kept.keep(self._key, reader.head, b"".join(self._parts), time.monotonic(), now)
        client, self._client, self._reader, self._request = self._client, None, None, None
        self._key, self._parts = None, []
        # A web server that has answered without reading a body ends the connection a moment later, without a word:
        # the next change that was sent on it would be lost, and nobody could tell whether it was carried out.
        # So it does after a head that it could not read.
        was_read = (not self._has_body or reader.status == 201) and reader.status not in NOT_READ
        self.front.done(self, is_reusable=was_read and not reader.closes)
        if client is not None:
            client.upstream = None
            client.finish(keep_alive=request.keep_alive and not reader.closes)

    def give_up(self) -> None:
        """Ends a request that takes too long or whose answer makes no sense."""
        client, self._client = self._client, None
        self._reader, self._request = None, None
        self.front.done(self, is_reusable=False)
        if client is not None:
            client.upstream = None
            client.fail()

    @property
    def waits_since_s(self) -> float:
        """Since when the one whose request it carries waits; infinite where nobody does any more."""
        return math.inf if self._client is None else self._client.whole_s

    def replace_with_kept(self) -> None:
        """Gives the client a kept answer, if there is one and nothing has come yet; the worker's is kept for others."""
        client, request, reader = self._client, self._request, self._reader
        if client is None or request is None or reader is None or reader.head:
            return
        if self.front.kept.answer(request, time.monotonic()) is not None:
            self._client, client.upstream = None, None
            client.fail()

    def lose_client(self) -> None:
        """The client has gone; the worker's answer is awaited all the same, for it is at work."""
        self._client = None
        self.resume()

    def pause(self) -> None:
        """Reads no more for now: the client is slow."""
        if self._transport is not None and self.is_open:
            with contextlib.suppress(RuntimeError):
                self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and self.is_open:
            with contextlib.suppress(RuntimeError):
                self._transport.resume_reading()

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        reader, request, client = self._reader, self._request, self._client
        if reader is None or request is None:
            return
        if reader.end_of_input():
            self._end(reader, request)
            return
        if client is not None and not reader.head and request.method in (b"GET", b"HEAD") and not client.has_retried:
            client.has_retried, client.upstream = True, None  # a worker that was replaced: a read may be asked again
            self._client, self._reader, self._request = None, None, None
            self.front.running.pop(self, None)
            self.front.submit(cast("Client", client))  # the front's own are never asked again
            return
        self.give_up()
