"""Cookies between the redirects of one call: many sites want theirs back before they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import httpx

MOST_COOKIES: Final = 50
MOST_CHARACTERS: Final = 4096
_PAIR: Final = re.compile(r"^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([\x20-\x3a\x3c-\x7e]*)")


class CookieJar:
    """What the hosts of one call have set. Each goes back to the host that set it alone, a secure one by TLS alone."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[bytes, str], tuple[str, bool]] = {}

    def take(self, lines: Iterable[str], url: httpx.URL) -> None:
        """Remember what an answer sets. One that has ended, or is too long, is left out."""
        for line in lines:
            pair, _, attributes = line.partition(";")
            match = _PAIR.match(pair)
            if match is None or len(pair) > MOST_CHARACTERS:
                continue
            key = url.raw_host, match[1]
            said = {part.strip().casefold() for part in attributes.split(";")}
            if "max-age=0" in said or not match[2].strip():
                self._cookies.pop(key, None)
            elif len(self._cookies) < MOST_COOKIES or key in self._cookies:
                self._cookies[key] = match[2].strip(), "secure" in said

    def added_to(self, headers: httpx.Headers, url: httpx.URL) -> httpx.Headers:
        """Return the headers of a request with the cookies that its host has set."""
        ours = [
            f"{name}={value}"
            for (host, name), (value, is_secure) in self._cookies.items()
            if host == url.raw_host and (url.scheme == "https" or not is_secure)
        ]
        if not ours:
            return headers
        headers = httpx.Headers(headers)
        headers["cookie"] = "; ".join([*filter(None, [headers.get("cookie")]), *ours])
        return headers
