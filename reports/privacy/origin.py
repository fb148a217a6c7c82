"""Where a report comes from, in the only form that is kept: keyed hashes, a country and an AS number.

The address lives in this file for as long as a request takes. It is never stored and never logged.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import maxminddb
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from msgspec import Struct

from config.process_cache import Shelf
from reports.privacy import daily_keys

log = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

REPORTER_COOKIE = "brownout_reporter"
REPORTER_COOKIE_S = 24 * 3600
REPORTER_HEADER, REPORTER_META = "X-Reporter", "HTTP_X_REPORTER"
LONGEST_TOKEN = 200
_KEPT_AS = "brownout.address"
PROXY_BYTES, PROXY_KEPT_S = 200, 3600.0
# Addresses of proxies, never of people, with the list by which they were found to be trusted.
_proxies: Shelf[str, Sequence[Network]] = Shelf("proxies")
PREFIX_BITS = {4: (24, 16), 6: (48, 32)}  # network, wide network


class Origin(Struct, frozen=True):
    """What is kept of a sender. Hashes are positive 63-bit numbers under the day's key; 0 and "" mean unknown."""

    network: int = 0
    wide_network: int = 0
    asn: int = 0
    country: str = ""
    reporter: int = 0


UNKNOWN = Origin()


def new_reporter_token() -> str:
    """A random value for the first-party cookie that lets a second tap be known as one."""
    return secrets.token_urlsafe(16)


def is_from_our_page(request: HttpRequest) -> bool:
    """Whether a script of one of our own pages asks, by what its browser says of it."""
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return bool(site == "same-origin")
    sender = request.META.get("HTTP_ORIGIN")
    return sender is not None and urlsplit(sender).netloc == request.get_host()


def remember_reporter(request: HttpRequest, response: HttpResponseBase, token: str) -> None:
    """Lets a second tap be known as one. Random, ours alone, hashed under a daily key, gone within a day."""
    response.set_cookie(
        REPORTER_COOKIE,
        token,
        max_age=REPORTER_COOKIE_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def of_request(request: HttpRequest, *, now: datetime, reporter_token: str = "") -> Origin:
    """The origin of a request. `reporter_token` is the cookie's or the client's own value; "" where there is none."""
    address = _address_of(request)
    return of_address(address, reporter_token, key=daily_keys.key_of(now.astimezone(UTC).date()))


def _address_of(request: HttpRequest) -> Address | None:
    """The sender's address, worked out once a request."""
    if _KEPT_AS not in request.META:
        remote, forwarded_for = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        request.META[_KEPT_AS] = client_address(remote, forwarded_for, settings.TRUSTED_PROXIES)
    found: Address | None = request.META[_KEPT_AS]
    return found


def household(request: HttpRequest) -> str:
    """Return the sender's address; of IPv6 the part that one household has. "" where it is not known.

    For use within a request only: it is never stored as it is.
    """
    address = _address_of(request)
    if address is None or address.version == 4:
        return str(address or "")
    return str(ipaddress.ip_network((address, 64), strict=False))


def limited_network(request: HttpRequest, *, now: datetime) -> int:
    """A hash of the network that asks, to count what it asks for. It cannot be matched with those kept of reports.

    0 where the network is not known: no address, or the private one of a proxy that TRUSTED_PROXIES does not name.
    Behind such a proxy all callers look like one: 0 is a count that all of them share, never none.
    """
    address = _address_of(request)
    if address is None:
        return 0
    remote, forwarded_for = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    is_named = _proxies.get(remote) is settings.TRUSTED_PROXIES
    if forwarded_for and not is_named and not address.is_global and address == parse_address(remote):
        _warn_of_unnamed_proxy()
        return 0
    key = daily_keys.key_of(now.astimezone(UTC).date())
    return _hash(key, b"limits", _prefix(address, PREFIX_BITS[address.version][0]))


@cache
def _warn_of_unnamed_proxy() -> None:
    log.warning("a proxy stands before us that TRUSTED_PROXIES does not name: all behind it share one rate limit")


def of_address(address: Address | None, reporter_token: str, *, key: bytes) -> Origin:
    """The origin of an address, hashed under a key. None is an address that is not known."""
    reporter = _hash(key, b"reporter", reporter_token.encode("utf-8", "surrogatepass")) if reporter_token else 0
    if address is None:
        return Origin(reporter=reporter)
    narrow, wide = PREFIX_BITS[address.version]
    return Origin(
        network=_hash(key, b"network", _prefix(address, narrow)),
        wide_network=_hash(key, b"wide", _prefix(address, wide)),
        asn=_asn(address),
        country=_country(address),
        reporter=reporter,
    )


def stand_in(area: str) -> Origin:
    """An origin for recorded reports that have a small area, such as a postal code, and no network.

    The area takes the place of the network and of the wide one, so that the detector's limits on single networks
    become limits on single areas. See docs/decisions/0005-areas-stand-in-for-networks.md.
    """
    number = _hash(b"", b"area", area.strip().encode("utf-8", "surrogatepass")) if area.strip() else 0
    return Origin(network=number, wide_network=number)


def client_address(remote: str, forwarded_for: str, trusted: Sequence[Network]) -> Address | None:
    """The rightmost address that is not a trusted proxy's; None where it cannot be known.

    `X-Forwarded-For` counts only when the connection comes from a trusted proxy, and is read from its end: what
    stands further left may be anybody's invention.
    """
    hops = forwarded_for.split(",") if forwarded_for.strip() else []
    address: Address | None
    if hops and _proxies.get(remote) is trusted:
        address = parse_address(hops.pop())
    else:
        address = parse_address(remote)
        if hops and address is not None and _is_trusted(address, trusted):
            _proxies.put(remote, trusted, size=PROXY_BYTES, for_s=PROXY_KEPT_S)
    while address is not None and hops and _is_trusted(address, trusted):
        address = parse_address(hops.pop())
    return address


def parse_address(text: str) -> Address | None:
    """An address as proxies write it: with or without a port, brackets or a zone. None where it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        if ":" not in text:  # read by the system's library: in a third of the time that ipaddress takes
            return ipaddress.IPv4Address(socket.inet_pton(socket.AF_INET, text))
        address = ipaddress.IPv6Address(text.partition("%")[0])
    except (OSError, ValueError):
        return None
    return address.ipv4_mapped or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in trusted)


def _prefix(address: Address, bits: int) -> bytes:
    """Return a network of so many bits, which are whole bytes, as it is hashed."""
    packed = address.packed
    return b"%d:%d:" % (address.version, bits) + packed[: bits // 8].ljust(len(packed), b"\0")


def _hash(key: bytes, purpose: bytes, data: bytes) -> int:
    """A keyed hash as a positive number of 63 bits. 0 is kept for "unknown"."""
    digest = blake2b(data, key=key, person=purpose, digest_size=8).digest()
    return int.from_bytes(digest) >> 1 or 1


def _country(address: Address) -> str:
    found = _look_up(settings.MMDB_COUNTRY, address)
    country = found.get("country", found.get("country_code", ""))
    code = country.get("iso_code", "") if isinstance(country, dict) else country
    return code if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isupper() else ""


def _asn(address: Address) -> int:
    found = _look_up(settings.MMDB_ASN, address)
    number = found.get("autonomous_system_number", found.get("asn", 0))
    digits = str(number).upper().removeprefix("AS")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0


def _look_up(path: Path | None, address: Address) -> dict[str, Any]:
    reader = _reader(path) if path else None
    if reader is None:
        return {}
    try:
        found = reader.get(address)
    except ValueError:  # an IPv6 address in a file that knows IPv4 alone
        return {}
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=4)
def _reader(path: Path) -> maxminddb.Reader | None:
    """The operator's file, opened once a process. One that cannot be read is logged and counts as none."""
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.error("%s cannot be read (%s): countries and networks' owners stay unknown", path, error)
        return None
