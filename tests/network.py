"""Watches this process's sockets: a connection to an address outside this machine is refused and remembered."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

attempts: list[str] = []
_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
_watching = False


class OutsideAddressError(AssertionError):
    """A test tried to leave the machine."""


def is_local(host: object) -> bool:
    """Whether the host is this machine: a loopback address, `localhost`, or nothing at all."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name == "" or name == "localhost":
        return True
    if not isinstance(name, str):
        return False
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name.endswith(".localhost")


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    if event.startswith("socket.get"):
        host = arguments[0]
    else:
        used, address = arguments
        if used.family not in (socket.AF_INET, socket.AF_INET6) or address is None:
            return
        host = address[0]
    if not is_local(host):
        attempts.append(f"{event} {host}")
        raise OutsideAddressError(f"{event}: {host} is not this machine")


def watch() -> None:
    """Starts watching, for as long as this process lives."""
    global _watching
    if not _watching:
        _watching = True
        sys.addaudithook(_audit)
