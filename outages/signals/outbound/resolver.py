"""Looking up names: once a call, within a deadline."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from outages.signals.outbound.addresses import Address, parse
from outages.signals.outbound.errors import DnsError
from outages.signals.outbound.policy import is_local_name

# Threads of our own: asyncio.run() would wait for a stuck look-up in the loop's default ones.
_THREADS: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="resolver")
_LOCAL: Final[list[Address]] = [ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1")]


class Resolver(Protocol):
    """Finds the addresses of a name."""

    async def resolve(self, host: str) -> list[Address]:
        """The addresses, best first, never empty. Raises DnsError."""


class SystemResolver:
    """What this machine is set up to ask (hosts file, then name servers), in the order of RFC 6724."""

    async def resolve(self, host: str) -> list[Address]:
        literal = parse(host)
        if literal is not None:
            return [literal]
        if is_local_name(host):
            return list(_LOCAL)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(_THREADS, _look_up, host)
        except (OSError, UnicodeError) as error:
            raise DnsError(f"{host}: {getattr(error, 'strerror', None) or error}") from error
        return list(dict.fromkeys(found))


def _look_up(host: str) -> list[Address]:
    rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(address[0])) for *_, address in rows]
