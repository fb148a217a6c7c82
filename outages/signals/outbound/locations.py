"""Where a redirect leads. Pure."""

from __future__ import annotations

import re
from typing import Final

import httpx

from outages.signals.outbound.errors import AddressRefusedError

_WHITE_SPACE: Final = "".join(map(chr, range(0x21)))


def origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    """Return what has to stay the same for secrets to go along."""
    return url.scheme, url.raw_host, url.port


def joined(base: httpx.URL, location: str) -> str:
    """Return where a redirect leads, as browsers read it: without white space around it, tabs and line ends in it.

    Raise AddressRefusedError for what is no address.
    """
    location = re.sub(r"[\t\r\n]", "", location.strip(_WHITE_SPACE))
    try:
        return str(base.join(location))
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise AddressRefusedError(f"{location[:200]!r} is not an address: {error}") from error
