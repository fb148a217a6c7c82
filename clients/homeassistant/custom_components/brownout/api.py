"""The two addresses of a Brownout site that are read: its services, and the status of one."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from aiohttp import ClientError, ClientSession

from .const import MOST_BYTES, MOST_PAGES, TIMEOUT_S, VERDICTS


class SiteError(Exception):
    """The site gives no answer."""


class NoBrownoutError(SiteError):
    """Something answers, and it is no Brownout."""


class UnknownServiceError(SiteError):
    """The site has no such service, or has it no longer."""


def site_of(text: str) -> str:
    """Return the address of a site as it is kept, from what somebody typed. Raises NoBrownoutError."""
    said = text.strip()
    try:
        parts = urlsplit(said if "://" in said else f"https://{said}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise NoBrownoutError(text) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise NoBrownoutError(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, host + port, parts.path.rstrip("/"), "", ""))


class Site:
    """A Brownout site, read by its REST API. An answer that has not changed is not sent again."""

    def __init__(self, session: ClientSession, address: str, language: str) -> None:
        self._session = session
        self._address = address
        self._language = language
        self._kept: dict[str, tuple[str, dict[str, Any]]] = {}

    async def services(self) -> dict[str, str]:
        """Return the names of its services by their slugs. Raises SiteError."""
        found: dict[str, str] = {}
        cursor = ""
        for _page in range(MOST_PAGES):
            page = await self._read("/api/v1/services?limit=200" + (f"&cursor={quote(cursor)}" if cursor else ""))
            try:
                found |= {str(row["slug"]): str(row["name"]) for row in page["results"]}
                following = page["next"]
            except (KeyError, TypeError):
                raise NoBrownoutError(self._address) from None
            cursor = parse_qs(urlsplit(following).query).get("cursor", [""])[0] if following else ""
            if not cursor:
                break
        return found

    async def status(self, service: str) -> dict[str, Any]:
        """Return the status of a service now. Raises SiteError."""
        path = f"/api/v1/services/{quote(service, safe='')}/status"
        found = await self._read(path)
        if found.get("verdict") not in VERDICTS or "stale" not in found:
            raise NoBrownoutError(self._address)
        return found

    async def _read(self, path: str) -> dict[str, Any]:
        etag, before = self._kept.get(path, ("", {}))
        headers = {"Accept": "application/json", "Accept-Language": self._language}
        if etag:
            headers["If-None-Match"] = etag
        try:
            async with asyncio.timeout(TIMEOUT_S), self._session.get(self._address + path, headers=headers) as answer:
                if answer.status == 304 and etag:
                    return before
                if answer.status == 404 and path.endswith("/status"):
                    raise UnknownServiceError(path)
                if answer.status == 429 or answer.status >= 500:
                    raise SiteError(f"{self._address} answered {answer.status}")
                if answer.status != 200:
                    raise NoBrownoutError(f"{self._address} answered {answer.status}")
                stream, body = answer.content, b""
                while len(body) <= MOST_BYTES and (more := await stream.read(MOST_BYTES)):
                    body += more
                etag = answer.headers.get("ETag", "")
        except (ClientError, TimeoutError, OSError) as error:
            raise SiteError(f"{self._address} does not answer: {error or type(error).__name__}") from error
        try:
            found = json.loads(body[:MOST_BYTES])
        except ValueError:
            raise NoBrownoutError(self._address) from None
        if not isinstance(found, dict):
            raise NoBrownoutError(self._address)
        if etag and path.endswith("/status"):
            self._kept = {path: (etag, found)}
        return found
