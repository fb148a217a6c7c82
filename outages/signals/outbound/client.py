"""The one HTTP client for everything outside.

Each call looks a name up once, checks the addresses, connects to one of those, and keeps within a time and a size.
Redirects are followed here, hop by hop, each checked like the first.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, Final, Literal

import certifi
import h2.exceptions
import httpcore
import httpx

from config.traces import note, span
from outages.signals.outbound import body as bodies
from outages.signals.outbound import heads
from outages.signals.outbound.addresses import Address
from outages.signals.outbound.connection import (
    Family,
    PinnedBackend,
    Timings,
    certificate_end,
    ms_since,
    reason,
    resolve,
)
from outages.signals.outbound.cookies import CookieJar
from outages.signals.outbound.datatypes import Connected, Limits, Response
from outages.signals.outbound.errors import (
    AddressRefusedError,
    ConnectError,
    OutboundError,
    OutboundTimeoutError,
    ProtocolError,
    TooManyRedirectsError,
)
from outages.signals.outbound.locations import joined, origin
from outages.signals.outbound.policy import Policy
from outages.signals.outbound.progress import Progress
from outages.signals.outbound.resolver import Resolver, SystemResolver

__all__ = ["Client", "Connected", "Limits", "Response", "trusted_certificates"]

PROTOCOL_ERRORS: Final = (httpcore.ProtocolError, h2.exceptions.ProtocolError)
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
SECRET_HEADERS: Final = ("authorization", "cookie", "proxy-authorization")


@lru_cache(maxsize=1)
def trusted_certificates() -> ssl.SSLContext:
    """Mozilla's certificate authorities, the name of the host checked. Shared: loading takes some 20 ms."""
    return ssl.create_default_context(cafile=certifi.where())


class Client:
    """Makes outside calls under a policy. `fetch` is for tasks, `afetch` for code that runs many calls at once."""

    def __init__(
        self,
        policy: Policy,
        *,
        user_agent: str,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.policy = policy
        self.resolver = resolver or SystemResolver()
        self.user_agent = user_agent
        self._tls = tls

    @property
    def tls(self) -> ssl.SSLContext:
        return self._tls or trusted_certificates()

    def fetch(self, url: str, **options: Any) -> Response:
        """`afetch` for callers without an event loop."""
        return asyncio.run(self.afetch(url, **options))

    async def afetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        limits: Limits | None = None,
        ports: Collection[int] = (),
        family: Family = "any",
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        """Calls the address and follows redirects. `ports` are allowed beside 80 and 443, in the first hop only.

        `on_sent` is called when the last of a request is going out.

        Raises an OutboundError; each kind has a class of its own in `outages.signals.outbound.errors`.
        """
        limits = limits or Limits()
        start = time.perf_counter()
        progress = Progress(on_sent)
        try:
            with span(f"outbound {method}", {"http.request.method": method}) as one:
                async with asyncio.timeout(limits.total_s):
                    answer = await self._follow(
                        url, method, headers or {}, content, limits, ports, family, start, progress
                    )
                note(one, {"http.response.status_code": answer.status})
                return answer
        except TimeoutError as error:
            late = OutboundTimeoutError(f"no whole answer within {limits.total_s:g} s")
            if limits.status_counts and progress.status is not None:
                return progress.response(url, flaw=str(late))
            late.unanswered = progress.is_unanswered
            raise late from error
        except OutboundError as error:
            error.unanswered = progress.is_unanswered
            raise

    async def aresolve(
        self, host: str, port: int = 443, *, total_s: float, ports: Collection[int] = (), family: Family = "any"
    ) -> tuple[list[Address], Timings]:
        """The addresses of a host that may be called. Raises an OutboundError."""
        timings, start = Timings(), time.perf_counter()
        try:
            async with asyncio.timeout(total_s):
                found = await resolve(
                    host, port, policy=self.policy, resolver=self.resolver, timings=timings, ports=ports, family=family
                )
        except TimeoutError as error:
            raise OutboundTimeoutError(f"{host}: no answer within {total_s:g} s") from error
        timings.total_ms = ms_since(start)
        return found, timings

    async def aconnect(
        self,
        host: str,
        port: int,
        *,
        tls: bool,
        total_s: float,
        ports: Collection[int] = (),
        family: Family = "any",
    ) -> Connected:
        """Opens a connection, with TLS and a trusted certificate if wanted, and closes it. Raises an OutboundError."""
        timings, start = Timings(), time.perf_counter()
        deadline = time.monotonic() + total_s
        expires_at = None
        try:
            async with asyncio.timeout(total_s):
                found = await resolve(
                    host, port, policy=self.policy, resolver=self.resolver, timings=timings, ports=ports, family=family
                )
                backend = PinnedBackend(found, timings, deadline)
                stream = await backend.connect_tcp(host, port)
                try:
                    if tls:
                        stream = await stream.start_tls(self.tls, server_hostname=host.rstrip("."))
                        expires_at = certificate_end(stream)
                finally:
                    await stream.aclose()
        except TimeoutError as error:
            raise OutboundTimeoutError(f"{host}: no connection within {total_s:g} s") from error
        timings.total_ms = ms_since(start)
        return Connected(str(backend.address), timings, expires_at)

    async def _follow(
        self,
        url: str,
        method: str,
        given: Mapping[str, str],
        content: bytes | None,
        limits: Limits,
        ports: Collection[int],
        family: Family,
        start: float,
        progress: Progress,
    ) -> Response:
        deadline = time.monotonic() + limits.total_s
        target = self._parse(url)
        headers = httpx.Headers({"user-agent": self.user_agent, "accept": "*/*"})
        headers.update(dict(given))
        headers["accept-encoding"] = bodies.ACCEPTED_ENCODINGS
        seen: list[str] = []
        jar = CookieJar()
        response: Response | None = None
        while True:
            try:
                new = target if response is None else self._parse(joined(target, response.headers["location"]))
                if response is not None and origin(new) != origin(target):
                    for name in SECRET_HEADERS:
                        headers.pop(name, None)
                    ports = ()
                target = new
                response = await self._call(
                    target,
                    method,
                    jar.added_to(headers, target),
                    content,
                    limits,
                    ports,
                    family,
                    deadline,
                    tuple(seen),
                    progress,
                )
                jar.take(response.headers.get_list("set-cookie"), target)
            except OutboundError as error:
                error.status = response.status if response is not None else None
                raise
            if response.status not in REDIRECTS or "location" not in response.headers or limits.redirects == 0:
                response.timings.total_ms = ms_since(start)
                return response
            seen.append(str(target))
            if len(seen) > limits.redirects:
                raise TooManyRedirectsError(f"more than {limits.redirects} redirects", status=response.status)
            if response.status == 303 or (response.status in (301, 302) and method == "POST"):
                method, content = ("HEAD" if method == "HEAD" else "GET"), None
                headers.pop("content-type", None)

    @staticmethod
    def _parse(url: str) -> httpx.URL:
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, TypeError, ValueError) as error:
            raise AddressRefusedError(f"{url[:200]!r} is not an address: {error}") from error
        if target.scheme not in ("http", "https"):
            raise AddressRefusedError(f"{url[:200]!r}: only http and https are called")
        if target.userinfo:
            raise AddressRefusedError("an address with a user name or password in it is not called")
        if not target.raw_host or (target.port is not None and not 0 < target.port <= 65_535):
            raise AddressRefusedError(f"{url[:200]!r} names no host or port that can be called")
        return target

    async def _call(
        self,
        target: httpx.URL,
        method: str,
        headers: httpx.Headers,
        content: bytes | None,
        limits: Limits,
        ports: Collection[int],
        family: Family,
        deadline: float,
        seen: tuple[str, ...],
        progress: Progress,
    ) -> Response:
        """One hop."""
        port = target.port or (443 if target.scheme == "https" else 80)
        host = target.raw_host.decode("ascii")
        timings = Timings()
        addresses = await resolve(
            host, port, policy=self.policy, resolver=self.resolver, timings=timings, ports=ports, family=family
        )
        backend = PinnedBackend(addresses, timings, deadline)
        request = (target, port, method, headers, content, limits, timings, seen, progress)
        try:
            return await self._exchange(backend, *request)
        except (ProtocolError, ConnectError) as error:
            status = heads.status_of(backend.first_bytes)
            speaks = heads.protocol_of(backend.first_bytes)
            if speaks and method in (
                "GET",
                "HEAD",
            ):  # not the one that was agreed on, or taken for granted: once more in it
                again = PinnedBackend(addresses, timings, deadline)
                try:
                    return await self._exchange(again, *request, protocol=speaks)
                except (ProtocolError, ConnectError):
                    pass
            if status is None or status < 200 or not limits.truncate:
                raise
            return Response(
                str(target),
                status,
                httpx.Headers(),
                b"",
                False,
                "",
                str(backend.address),
                timings,
                seen,
                flaw=str(error),
            )

    async def _exchange(
        self,
        backend: PinnedBackend,
        target: httpx.URL,
        port: int,
        method: str,
        headers: httpx.Headers,
        content: bytes | None,
        limits: Limits,
        timings: Timings,
        seen: tuple[str, ...],
        progress: Progress,
        *,
        protocol: Literal["either", "1", "2"] = "either",
    ) -> Response:
        """One request and its answer. Raises an OutboundError."""
        host = target.raw_host.decode("ascii").rstrip(".")
        sent: list[float] = []
        progress.begins(backend)

        async def trace(event: str, info: Mapping[str, Any]) -> None:
            progress.note(event, info)
            if event.endswith(".send_request_headers.started"):
                sent.append(time.perf_counter())
            elif event.endswith(".receive_response_headers.complete") and sent:
                timings.first_byte_ms = ms_since(sent[0])

        lines = [(b"Host", target.netloc.replace(target.raw_host, host.encode(), 1))]
        lines += [(name, value) for name, value in headers.raw if name.lower() not in (b"host", b"content-length")]
        if content is not None:
            lines.append((b"Content-Length", str(len(content)).encode()))
        connection = httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(target.raw_scheme, host.encode(), port),
            ssl_context=self.tls if target.scheme == "https" else None,
            http1=protocol != "2",
            http2=protocol != "1",
            network_backend=backend,
        )
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=target.raw_scheme, host=host.encode(), port=port, target=target.raw_path),
            headers=lines,
            content=content,
            extensions={"trace": trace},
        )
        flaw = ""
        try:
            async with connection:
                response = await connection.handle_async_request(request)
                found = httpx.Headers(response.headers)
                progress.answered(response.status, found)
                expires_at = certificate_end(response.extensions.get("network_stream"))
                try:
                    if method == "HEAD" or response.status in REDIRECTS:
                        body, truncated = b"", False
                    else:
                        body, truncated = await bodies.read(
                            response.aiter_stream(),
                            found.get("content-encoding", ""),
                            limits.body_bytes,
                            truncate=limits.truncate,
                        )
                except (ProtocolError, httpcore.NetworkError, *PROTOCOL_ERRORS) as error:
                    if not limits.truncate:
                        raise
                    body, truncated = b"", False  # the status came, and counts
                    cut = f"the answer was cut off: {heads.in_words(reason(error))}"
                    flaw = str(error) if isinstance(error, ProtocolError) else cut
                finally:
                    await response.aclose()
        except OutboundError:
            raise
        except httpcore.TimeoutException as error:
            raise OutboundTimeoutError(f"{host}: no answer within the time") from error
        except httpcore.NetworkError as error:
            raise ConnectError(f"{host}: {reason(error)}") from error
        except (httpcore.UnsupportedProtocol, *PROTOCOL_ERRORS) as error:
            raise ProtocolError(
                f"{host}: {heads.fault_of(backend.first_bytes) or heads.in_words(str(error))}"
            ) from error
        return Response(
            url=str(target),
            status=response.status,
            headers=found,
            body=body,
            truncated=truncated,
            http_version=response.extensions.get("http_version", b"").decode(),
            address=str(backend.address),
            timings=timings,
            redirects=seen,
            certificate_expires_at=expires_at,
            flaw=flaw,
        )
