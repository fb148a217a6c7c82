"""A connection to an address that was checked, with the time that each of its steps took."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import anyio
import httpcore

from outages.signals.outbound.addresses import Address
from outages.signals.outbound.errors import ConnectError, DnsError, OutboundTimeoutError, TlsError
from outages.signals.outbound.policy import Policy
from outages.signals.outbound.resolver import Resolver

Family = Literal["any", "4", "6"]
MOST_ADDRESSES = 4
LEAST_PATIENCE_S = 1.0


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
    """

    def __init__(self, addresses: list[Address], timings: Timings, deadline: float) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._addresses = addresses[:MOST_ADDRESSES]
        self._timings = timings
        self._deadline = deadline
        self.address: Address | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Tries the addresses one after the other; each gets its share of the time that is left."""
        start = time.perf_counter()
        failure: Exception | None = None
        for tried, address in enumerate(self._addresses):
            left = self._deadline - time.monotonic()
            share = max(left / (len(self._addresses) - tried), LEAST_PATIENCE_S)
            try:
                stream = await self._inner.connect_tcp(str(address), port, timeout=share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            self._timings.connect_ms = ms_since(start)
            self.address = address
            return _Stream(stream, self._timings)
        if isinstance(failure, httpcore.ConnectTimeout):
            raise OutboundTimeoutError(f"{host}: no connection within the time") from failure
        raise ConnectError(f"{host}: {reason(failure)}") from failure


class _Stream(httpcore.AsyncNetworkStream):
    """A stream that notes how long its handshake took, and tells a failed handshake from a failed connection."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, timings: Timings) -> None:
        self._inner = inner
        self._timings = timings

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

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
        return _Stream(stream, self._timings)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


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
