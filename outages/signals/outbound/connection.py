"""A connection to an address that was checked, with the time that each of its steps took."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

import anyio
import httpcore

from outages.signals.outbound import heads
from outages.signals.outbound.addresses import Address
from outages.signals.outbound.errors import ConnectError, DnsError, OutboundTimeoutError, ProtocolError, TlsError
from outages.signals.outbound.policy import Policy
from outages.signals.outbound.resolver import Resolver

Family = Literal["any", "4", "6"]
MOST_ADDRESSES = 64
ATTEMPT_DELAY_S = 0.25
FIRST_BYTES = 1024
LEAST_PATIENCE_S = 1.0
AT_ONCE_BYTES = 16_384  # the kernel takes so much of a new connection at once; a write of more may be stopped half-way


@dataclass(slots=True)
class Timings:
    """Milliseconds of each step of the last hop, None where it was not reached. `total_ms` covers the whole call."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float | None = None


def ms_since(start: float) -> float:
    """Milliseconds since a reading of `time.perf_counter()`."""
    return round((time.perf_counter() - start) * 1000, 3)


async def resolve(
    host: str,
    port: int,
    *,
    policy: Policy,
    resolver: Resolver,
    timings: Timings,
    ports: Collection[int] = (),
    family: Family = "any",
) -> list[Address]:
    """The addresses of the host that may be called. Raises OutboundOffError, AddressRefusedError or DnsError."""
    policy.check_target(host, port, ports=ports)
    start = time.perf_counter()
    found = await resolver.resolve(host)
    timings.dns_ms = ms_since(start)
    found = [address for address in found if family == "any" or str(address.version) == family]
    if not found:
        raise DnsError(f"{host} has no IPv{family} address")
    return policy.permitted(host, found)


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to addresses already checked, whatever name httpcore asks for.

    The name stays with httpcore, which uses it for the Host header, for SNI and for the check of the certificate.
    `first_bytes` is how the answer begins, to tell what it is where it is not what was agreed. `writes` counts what was
    handed to the connection.
    """

    def __init__(self, addresses: list[Address], timings: Timings, deadline: float) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._addresses = interleaved(addresses)[:MOST_ADDRESSES]
        self.timings = timings
        self._deadline = deadline
        self.address: Address | None = None
        self.first_bytes = b""
        self.writes = 0
        self._stream: _Stream | None = None

    def stands(self) -> bool:
        """Whether the connection has not been reset, as far as this machine knows."""
        try:
            if self._stream is not None and (opened := self._stream.get_extra_info("socket")) is not None:
                opened.getpeername()
        except OSError:
            return False
        return True

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Try the addresses as RFC 8305 wants: the next when one fails, or after 250 ms; the first that stands wins."""
        start = time.perf_counter()
        waiting = list(self._addresses)
        trying: dict[asyncio.Task[httpcore.AsyncNetworkStream], Address] = {}
        failures: list[BaseException] = []
        try:
            while waiting or trying:
                if waiting:
                    address = waiting.pop(0)
                    trying[asyncio.create_task(self._connect(address, port))] = address
                patience = ATTEMPT_DELAY_S if waiting else None
                done, _ = await asyncio.wait(trying, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    address = trying.pop(task)
                    if (failure := task.exception()) is not None:
                        failures.append(failure)
                        continue
                    self.timings.connect_ms = ms_since(start)
                    self.address = address
                    self._stream = _Stream(task.result(), self.timings, self)
                    return self._stream
        finally:
            await _give_up(list(trying))
        for failure in failures:
            if not isinstance(failure, httpcore.ConnectError | httpcore.ConnectTimeout | OSError):
                raise failure
        if failures and all(isinstance(failure, httpcore.ConnectTimeout) for failure in failures):
            raise OutboundTimeoutError(f"{host}: no connection within the time") from failures[0]
        first = failures[0] if failures else None
        raise ConnectError(f"{host}: {reason(first)}") from first

    async def _connect(self, address: Address, port: int) -> httpcore.AsyncNetworkStream:
        left = max(self._deadline - time.monotonic(), LEAST_PATIENCE_S)
        return await self._inner.connect_tcp(str(address), port, timeout=left)


def interleaved(addresses: Sequence[Address]) -> list[Address]:
    """Return the addresses with their families in turn, the family of the first one first (RFC 8305, section 4)."""
    first = [address for address in addresses if address.version == addresses[0].version]
    others = [address for address in addresses if address.version != addresses[0].version]
    found: list[Address] = []
    for pair in zip_longest(first, others):
        found += [address for address in pair if address is not None]
    return found


async def _give_up(tasks: list[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    """End the attempts that are not needed any more, and close what they opened."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, httpcore.AsyncNetworkStream):
            await result.aclose()


class _Stream(httpcore.AsyncNetworkStream):
    """A stream that notes how long its handshake took, and tells a failed handshake from a failed connection.

    The head of an HTTP/1 answer goes through `heads.tidied`: what is wrong with a header is no failure of the server.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream, timings: Timings, backend: PinnedBackend) -> None:
        self._inner = inner
        self._timings = timings
        self._backend = backend
        self._head: bytes | None = b""  # what came of a head that has not ended; None in a body
        self._hints = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            data = await self._inner.read(max_bytes, timeout)
            if len(self._backend.first_bytes) < FIRST_BYTES:
                self._backend.first_bytes += data[:FIRST_BYTES]
            if self._head is None:
                return data
            self._head += data
            out = self._take_heads(is_end=not data)
            if out or not data:
                return out

    def _take_heads(self, *, is_end: bool) -> bytes:
        """What can be passed on of a head, of those before it that were only in between, and of the body after it."""
        out = b""
        while self._head:
            status, end = heads.status_of(self._head), heads.end_of(self._head)
            if (
                status is None
                and not is_end
                and b"\n" not in self._head
                and self._head[:5] == b"HTTP/"[: len(self._head)]
            ):
                return out  # the status line has not come whole
            if status is None or len(self._head) > heads.MOST_BYTES or (end < 0 and is_end):
                out, self._head = out + self._head, None
                return out
            if end < 0:
                return out
            head, rest = self._head[:end], self._head[end:]
            if status < 200 and status != 101:  # nobody asked for it
                self._hints += 1
                if self._hints > heads.MOST_HINTS:
                    raise ProtocolError(f"more than {heads.MOST_HINTS} answers in between, and none that counts")
                self._head = rest
                continue
            out += heads.tidied(head)
            self._head = None
            if self._head is None:
                return out + rest
        return out

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            self._backend.writes += 1  # nothing else has its turn between this and the write
        try:
            await self._inner.write(buffer, timeout)
        except BaseException:
            if len(buffer) > AT_ONCE_BYTES:
                self._backend.writes -= 1
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        start = time.perf_counter()
        try:
            stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectError as error:
            raise TlsError(f"{server_hostname}: {reason(error)}") from error
        self._timings.tls_ms = ms_since(start)
        return _Stream(stream, self._timings, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def certificate_end(stream: httpcore.AsyncNetworkStream | None) -> float | None:
    """Return when the certificate of a connection ends, in epoch seconds; None without TLS."""
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    certificate = tls.getpeercert() if tls is not None else None
    return float(ssl.cert_time_to_seconds(str(certificate["notAfter"]))) if certificate else None


def reason(error: BaseException | None) -> str:
    """The deepest cause in few words: what the certificate or the operating system said."""
    while error is not None and (error.__cause__ or error.__context__):
        error = error.__cause__ or error.__context__
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    if isinstance(error, anyio.EndOfStream | anyio.BrokenResourceError):
        return "the other side closed the connection"
    if isinstance(error, OSError) and error.errno and not isinstance(error, socket.gaierror):
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__
