"""A server of HTTP/1.1 for answers that last for hours: one ASGI application and thousands of connections that wait.

What one that waits keeps in memory is what counts. Once its head is read, neither that nor a buffer is kept, and a
piece that goes to all is framed once for all. A connection carries one request; when its client has gone, the task of
the application is cancelled, so that `receive` has nothing to tell.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

from config.front.messages import LONGEST_HEAD, RequestError, parse_request
from config.front.refusals import Refusals

log = logging.getLogger(__name__)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[dict[str, Any], Receive, Send], Coroutine[Any, Any, None]]

HEAD_S = 10.0  # for the head of a request to arrive
CLOSING_S = 20.0  # for what was written last to be read
SWEEP_EVERY_S = 0.5
LARGEST_BODY = 64 * 1024  # it is thrown away
LAST_CHUNK = b"0\r\n\r\n"
REFUSALS = Refusals({})


class StreamServer:
    """What all connections share. `connections` is how many are open."""

    def __init__(self, application: Application, most_connections: int) -> None:
        self.application, self.most_connections = application, most_connections
        self.connections = 0
        self.heads: OrderedDict[Connection, float] = OrderedDict()
        self.closing: OrderedDict[Connection, float] = OrderedDict()
        self._framed: tuple[bytes, bytes] = (b"", b"")

    async def serve(self, listening: socket.socket, backlog: int) -> None:
        """Takes connections until it is cancelled. Those that are open stay so."""
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self), sock=listening, backlog=backlog
        )
        try:
            while True:
                await asyncio.sleep(SWEEP_EVERY_S)
                self.sweep(time.monotonic())
        finally:
            server.close()

    def sweep(self, now_s: float) -> None:
        """Ends connections whose heads do not arrive, and those that do not read what they were told last."""
        for connection in _overdue(self.heads, now_s - HEAD_S):
            connection.refuse(RequestError(408, "request-timeout", "The request did not arrive in time."))
        for connection in _overdue(self.closing, now_s - CLOSING_S):
            connection.abort()

    def has_unsent(self) -> bool:
        """Return whether an answer is under way, or the end of one not sent."""
        waiting = len(self.closing) + len(self.heads)
        return self.connections > waiting or any(one.has_unsent() for one in self.closing)

    def framed(self, piece: bytes) -> bytes:
        """Return a piece as a chunk. One piece goes to thousands: it is the same object for all of them."""
        if self._framed[0] is not piece:
            self._framed = piece, b"%x\r\n%b\r\n" % (len(piece), piece)
        return self._framed[1]


def _overdue(since: OrderedDict[Connection, float], before_s: float) -> list[Connection]:
    found = []
    for connection, at_s in since.items():
        if at_s > before_s:
            break
        found.append(connection)
    return found


async def _nothing() -> Message:
    """What `receive` tells: the body is not read, and who has gone is not told of it."""
    return {"type": "http.request", "body": b"", "more_body": False}


class Connection(asyncio.Protocol):
    """One connection: the head of a request, then an answer."""

    __slots__ = (
        "_buffer",
        "_drained",
        "_has_begun",
        "_head",
        "_ignored",
        "_is_bodiless",
        "_is_chunked",
        "_is_full",
        "_is_whole",
        "_minor",
        "_server",
        "_task",
        "_transport",
    )

    def __init__(self, server: StreamServer) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._buffer: bytearray | None = bytearray()
        self._head = b""  # of the answer; it goes out with the first piece
        self._drained: asyncio.Future[None] | None = None
        self._is_full = self._is_chunked = self._is_bodiless = self._has_begun = self._is_whole = False
        self._minor, self._ignored = 1, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._server.connections += 1
        if self._server.connections > self._server.most_connections:
            self._buffer = None
            self._transport.write(REFUSALS.busy_bytes())
            self._transport.close()
        else:
            self._server.heads[self] = time.monotonic()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections -= 1
        self._server.heads.pop(self, None)
        self._server.closing.pop(self, None)
        self._transport = self._buffer = None
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        if self._buffer is None:
            self._ignore(len(data))
            return
        self._buffer += data
        while self._buffer[:2] == b"\r\n":
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n", 0, LONGEST_HEAD + 4)
        if end < 0:
            if len(self._buffer) > LONGEST_HEAD:
                self.refuse(RequestError(431, "headers-too-large", "The headers of the request are too large."))
            return
        head, rest, self._buffer = bytes(self._buffer[:end]), len(self._buffer) - end - 4, None
        self._server.heads.pop(self, None)
        try:
            self._work(head)
        except RequestError as error:
            self.refuse(error)
        self._ignore(rest)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def has_unsent(self) -> bool:
        """Return whether something is not with the system yet."""
        return self._transport is not None and self._transport.get_write_buffer_size() > 0

    async def send(self, message: Message) -> None:
        """Takes what the application says. Waits while the client does not read."""
        if self._transport is None or self._transport.is_closing():
            return  # it has gone, and the task is about to be cancelled
        if message["type"] == "http.response.start":
            self._head = self._answer_head(message["status"], message["headers"])
            return
        piece, self._is_whole = message["body"], not message["more_body"]
        if self._is_bodiless:
            piece = b""
        elif self._is_chunked:
            piece = (self._server.framed(piece) if piece else b"") + (LAST_CHUNK if self._is_whole else b"")
        if self._head:
            piece, self._head = self._head + piece, b""
        if piece:
            self._has_begun = True
            self._transport.write(piece)
        if self._is_full:
            self._drained = asyncio.get_running_loop().create_future()
            try:
                await self._drained
            finally:
                self._drained = None

    def refuse(self, error: RequestError) -> None:
        """Answers a request that cannot be understood or did not arrive, and closes."""
        self._server.heads.pop(self, None)
        if self._transport is not None and (self._buffer is None or self._buffer):
            self._transport.write(REFUSALS.refused(error))
        self._buffer = None
        self._close()

    def abort(self) -> None:
        """Closes at once: half an answer must not look like a whole one."""
        if self._transport is not None:
            self._transport.abort()

    def _ignore(self, length: int) -> None:
        """Counts what comes after the head. Who goes on talking to a stream is ended."""
        self._ignored += length
        if self._ignored > LARGEST_BODY:
            self.abort()

    def _work(self, head: bytes) -> None:
        """Has a request answered. Raises RequestError."""
        request = parse_request(head, LARGEST_BODY)
        self._minor, self._is_bodiless = request.minor, request.method == b"HEAD"
        path, _, query = request.target.partition(b"?")
        scope = {
            "type": "http",
            "method": request.method.decode("ascii"),
            "path": unquote(path.decode()),
            "query_string": query,
            "headers": list(request.headers.items()),
        }
        self._task = asyncio.get_running_loop().create_task(self._server.application(scope, _nothing, self.send))
        self._task.add_done_callback(self._end)

    def _answer_head(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        lines = [b"HTTP/1.1 %d %b" % (status, HTTPStatus(status).phrase.encode("ascii"))]
        lines += [b"%b: %b" % pair for pair in headers]
        lines += [b"date: " + formatdate(usegmt=True).encode("ascii"), b"connection: close"]
        self._is_bodiless = self._is_bodiless or status in (204, 304)
        is_measured = any(name == b"content-length" for name, _ in headers)
        self._is_chunked = bool(self._minor) and not is_measured and not self._is_bodiless
        if self._is_chunked:
            lines.append(b"transfer-encoding: chunked")
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _end(self, task: asyncio.Task[None]) -> None:
        self._task = None
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("a request for a stream failed", exc_info=error)
        if error is not None and not self._has_begun:
            self.refuse(RequestError(500, "server-error", "Something went wrong on our side."))
        elif self._is_whole and error is None:
            self._close()
        else:
            self.abort()

    def _close(self) -> None:
        """Ends what we say. The client closes, or the sweep does: else what it still sends could lose it the answer."""
        if self._transport is not None and not self._transport.is_closing():
            self._server.closing[self] = time.monotonic()
            self._transport.write_eof()
