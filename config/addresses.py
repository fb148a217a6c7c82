"""Rules for the addresses in settings: of hosts, of servers. Pure; `config.env` asks them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qs, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_LONGEST_NAME = 253


def is_host(name: str) -> bool:
    """Return whether this is a name of the DNS or an IP address, without brackets and port."""
    if ":" in name:
        return _is_ip(name)
    labels = name.removesuffix(".").split(".")
    if labels[-1].isdigit():  # no top-level domain is a number
        return _is_ip(name)
    return len(name) <= _LONGEST_NAME and all(_LABEL.fullmatch(label) for label in labels)


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_host_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Return whether ALLOWED_HOSTS has a host, as Django reads it: "*" is any, ".example.org" its subdomains, too."""
    return any(
        name in ("*", host) or (name.startswith(".") and (host == name[1:] or host.endswith(name))) for name in allowed
    )


def host_of(address: str) -> list[str]:
    """Return the host of an address as `hosts` wants it, in a list that is empty where it has none."""
    host = urlsplit(address).hostname or ""
    return [f"[{host}]"] if ":" in host else [host] if host else []


def is_loopback(name: str) -> bool:
    """Return whether nobody but this machine reaches the host."""
    return name == "localhost" or (_is_ip(name) and ipaddress.ip_address(name).is_loopback)


def has_wrong_escape(text: str) -> bool:
    """Return whether there is a % that no two hexadecimal digits follow."""
    return bool(re.search(r"%(?![0-9A-Fa-f]{2})", text))


def each_server(raw: str) -> list[str]:
    """Return the address once for each server that it names: a database's may name several, "a:5432,b:5432"."""
    parts = urlsplit(raw)
    before, at, servers = parts.netloc.rpartition("@")
    if parts.scheme not in ("postgresql", "postgres") or "," not in servers:
        return [raw]
    return [parts._replace(netloc=f"{before}{at}{server}").geturl() for server in servers.split(",")]


def is_server(raw: str, schemes: tuple[str, ...]) -> bool:
    """Return whether this is the address of one server, as a URL of one of the schemes. Raises ValueError."""
    parts = urlsplit(raw)
    if (parts.hostname and has_wrong_escape(parts.netloc)) or parts.fragment:
        return False
    if parts.scheme not in schemes or re.search(r"\s", raw) or parts.netloc.count("@") > 1:
        return False
    if parts.scheme != "unix" and parts.port == 0:  # also raises ValueError where the port is no number
        return False
    return bool(parts.netloc or parts.path or parts.query) and is_understood(parts, raw)


def is_understood(parts: SplitResult, raw: str) -> bool:
    """Return whether path and parameters of a server's address are ones that its client understands."""
    if parts.scheme in ("redis", "rediss"):
        known = re.compile(r"db|protocol|client_name|username|password|(ssl|socket)_[a-z_]+")
        return bool(re.fullmatch(r"/?[0-9]{0,4}", parts.path)) and all(map(known.fullmatch, parse_qs(parts.query)))
    if parts.scheme == "unix":
        return not parts.netloc.rpartition("@")[2] and len(parts.path) > 1
    try:
        found = conninfo_to_dict(raw)  # put together anew from its parts, one without a host loses its slashes
    except ProgrammingError:
        return False
    return str(found.get("sslmode", "prefer")) in _SSL_MODES
