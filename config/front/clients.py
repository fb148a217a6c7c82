"""The side of the clients: requests are read whole, and answers written at the speed of who reads them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

from config.front.admission import network_of
from config.front.messages import LONGEST_HEAD, ChunkedBody, Request, RequestError, answer, parse_request

if TYPE_CHECKING:
    from config.front.server import Front
    from config.front.upstreams import Upstream

BUFFERED_BODIES = 64 * 1024 * 1024  # of all clients together
PIPELINED = 64 * 1024
LIVE_HEADERS = {"Content-Type": "text/plain", "Cache-Control": "no-store"}


class Client(asyncio.Protocol):
    """One client's connection."""

    is_own = False

    def __init__(self, front: Front) -> None:
        self.front = front
        self.network = ""
        self.peer = b""
        self.request: Request | None = None
        self.body = b""
        self.upstream: Upstream | None = None
        self.has_retried = False
        self.whole_s = 0.0
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._is_busy = False
        self._is_full = False  # the client does not read what it has asked for
        self._has_begun = False
        self._is_reading = True
        self._chunked: ChunkedBody | None = None
        self._counted = 0  # bytes of an unfinished body that the front's sum holds

    # From the client.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        address = peer[0] if peer else ""
        self.peer = address.encode("ascii", "replace")
        self.network = network_of(address, self.front.trusted)
        admitted, victim = self.front.admission.admit(self.network)
        if victim is not None:
            victim.abort()
        if not admitted:
            self._transport.write(self.front.refusals.busy_bytes())
            self._transport.close()
            return
        self.is_open = True
        self.front.admission.enter(self, self.network)
        self.front.heads[self] = time.monotonic()

    def data_received(self, data: bytes) -> None:
        if not self.is_open:
            return
        self._buffer += data
        if self._is_busy or self._is_full:
            if len(self._buffer) > PIPELINED and self._is_reading and self._transport is not None:
                self._is_reading = False
                self._transport.pause_reading()
            return
        self._read()

    def eof_received(self) -> bool:
        return self._is_busy  # an answer under way is still wanted

    def connection_lost(self, exc: Exception | None) -> None:
        if self.is_open:
            self._forget()

    def pause_writing(self) -> None:
        self._is_full = True
        self.front.stalled[self] = time.monotonic()
        if self.upstream is not None:
            self.upstream.pause()

    def resume_writing(self) -> None:
        self._is_full = False
        self.front.stalled.pop(self, None)
        if self.upstream is not None:
            self.upstream.resume()
        asyncio.get_running_loop().call_soon(self._read_next)

    def _read(self) -> None:
        """Takes the next request out of what has come, if it is whole."""
        if self.request is None:
            while self._buffer[:2] == b"\r\n":
                del self._buffer[:2]
            end = self._buffer.find(b"\r\n\r\n", 0, LONGEST_HEAD + 4)
            if end < 0:
                if len(self._buffer) > LONGEST_HEAD:
                    self.refuse(RequestError(431, "headers-too-large", "The headers of the request are too large."))
                elif self._buffer and self not in self.front.heads:
                    self.front.idle.pop(self, None)
                    self.front.heads[self] = time.monotonic()
                return
            try:
                self.request = parse_request(bytes(self._buffer[:end]), self.front.bounds.largest_body)
            except RequestError as error:
                self.refuse(error)
                return
            del self._buffer[: end + 4]
            self.front.idle.pop(self, None)
            self.front.heads.pop(self, None)
        if self.request.is_chunked:
            self._read_chunks(self.request)
            return
        missing = self.request.length - len(self._buffer)
        if missing > 0:
            self._await_body(self.request)
            return
        self._stop_awaiting_body()
        if self.request.length:
            self.body = bytes(self._buffer[: self.request.length])
            del self._buffer[: self.request.length]
        self._work(self.request)

    def _read_chunks(self, request: Request) -> None:
        if self._chunked is None:
            self._chunked = ChunkedBody(self.front.bounds.largest_body)
        chunked = self._chunked
        try:
            chunked.feed(self._buffer)
        except RequestError as error:
            self.refuse(error)
            return
        if not chunked.is_whole:
            self._await_body(request)
            return
        self._stop_awaiting_body()
        self.body, self._chunked = bytes(chunked.body), None
        self._work(request)

    def _await_body(self, request: Request) -> None:
        waiting = len(self._buffer) + (len(self._chunked.body) if self._chunked is not None else 0)
        if self not in self.front.bodies:
            self.front.bodies[self] = time.monotonic()
            if request.expects_continue and not waiting:
                self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.front.body_bytes += waiting - self._counted
        self._counted = waiting
        while self.front.body_bytes > BUFFERED_BODIES:
            next(iter(self.front.bodies)).fail(closes=True)  # who has taken longest

    def _stop_awaiting_body(self) -> None:
        if self.front.bodies.pop(self, None) is not None:
            self.front.body_bytes -= self._counted
            self._counted = 0

    def _work(self, request: Request) -> None:
        self._is_busy, self._has_begun, self.has_retried = True, False, False
        self.whole_s = time.monotonic()
        if request.target == b"/livez" and request.method in (b"GET", b"HEAD"):
            self._write(answer(200, "OK", LIVE_HEADERS, b"ok\n", is_head_request=request.method == b"HEAD"))
            self.finish(keep_alive=request.keep_alive)
            return
        if self.front.snapshots is not None and self.front.snapshots.serve(self, request):
            return
        self.front.admission.work(self, self.network)
        self.front.submit(self)

    # To the client.

    def answer(self, data: bytes) -> None:
        """Gives a whole answer of the front's."""
        request = self.request
        self._write(data)
        self.finish(keep_alive=request is not None and request.keep_alive)

    def begin(self, head: bytes, *, closes: bool) -> None:
        """Passes the head of an answer on."""
        self._has_begun = True
        self._write(head + (b"\r\nConnection: close\r\n\r\n" if closes else b"\r\n\r\n"))

    def pass_on(self, data: bytes) -> None:
        """Passes a part of an answer's body on."""
        self._write(data)

    def finish(self, *, keep_alive: bool) -> None:
        """Ends an answer: the connection waits for its next request, or is closed."""
        if not self.is_open:
            return
        self.request, self.body, self.upstream, self._chunked = None, b"", None, None
        self._is_busy = False
        if not keep_alive:
            self.close()
            return
        self.front.admission.wait(self, self.network)
        self.front.idle[self] = time.monotonic()
        if self._buffer or not self._is_reading:
            asyncio.get_running_loop().call_soon(self._read_next)

    def _read_next(self) -> None:
        """Go on with what came meanwhile; not before the client has read what it got: else it could fill the memory."""
        if not self.is_open or self._is_busy or self._is_full:
            return
        if not self._is_reading and self._transport is not None:
            self._is_reading = True
            self._transport.resume_reading()
        if self._buffer:
            self._read()

    def fail(self, *, closes: bool = False) -> None:
        """Answers what no worker can answer now: with what is kept, else with 503."""
        if not self.is_open or self.request is None:
            return
        if self._has_begun:
            self.abort()  # half an answer must not look like a whole one
            return
        kept = self.front.kept.answer(self.request, time.monotonic())
        self._write(kept or self.front.refusals.unavailable(self.request))
        self.finish(keep_alive=self.request.keep_alive and not closes)

    def refuse(self, error: RequestError) -> None:
        """Answers a request that cannot be understood or did not arrive, and closes."""
        if self._buffer or self.request is not None:
            self._write(self.front.refusals.refused(error))
        self.close()

    def close(self) -> None:
        """Closes once everything is sent."""
        if self.is_open:
            self._forget()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Closes at once."""
        if self.is_open:
            self._forget()
        if self._transport is not None:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self.is_open and self._transport is not None:
            self._transport.write(data)

    def _forget(self) -> None:
        self.is_open = False
        self._stop_awaiting_body()
        for waiting in (self.front.heads, self.front.idle, self.front.stalled):
            waiting.pop(self, None)
        self.front.queue.drop(self, self.network)
        self.front.admission.leave(self, self.network)
        if self.upstream is not None:
            self.upstream.lose_client()
