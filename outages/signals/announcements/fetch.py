"""Asking a source for a document, as its owner would like: robots first, conditionally, and honest about refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
from protego import Protego

from outages.signals.announcements.datatypes import Cursor, FailureReason, SourceError
from outages.signals.outbound.client import Client, Limits, Response
from outages.signals.outbound.errors import OutboundError, OutboundOffError
from outages.signals.outbound.retry_after import retry_after_s

ROBOT = "Brownout"
ROBOTS_LAST = timedelta(hours=24)
LIMITS = Limits(total_s=20.0, body_bytes=5_000_000)
ROBOTS_LIMITS = Limits(total_s=10.0, body_bytes=512_000, truncate=True)


def port_of(url: str) -> tuple[int, ...]:
    """The port that the catalogue's address names, if any."""
    try:
        port = httpx.URL(url).port
    except httpx.InvalidURL:
        return ()
    return (port,) if port else ()


def check_robots(url: str, cursor: Cursor, client: Client, now: datetime) -> Cursor:
    """Asks robots.txt once a day. Returns the cursor with what it said.

    Raises SourceError where it forbids us, or cannot be read (RFC 9309, 2.3.1.4: then everything is forbidden).
    """
    known = cursor.get("robots") or {}
    if known.get("url") != url or datetime.fromisoformat(known["at"]) < now - ROBOTS_LAST:
        known = {"url": url, "at": now.isoformat(), "allowed": _robots_allow(url, client)}
    if not known["allowed"]:
        raise SourceError(FailureReason.BLOCKED, "robots.txt asks us not to read this page")
    return {**cursor, "robots": known}


def _robots_allow(url: str, client: Client) -> bool:
    address = httpx.URL(url).copy_with(path="/robots.txt", query=None, fragment=None)
    try:
        response = client.fetch(str(address), limits=ROBOTS_LIMITS, ports=port_of(url))
    except OutboundOffError:
        raise
    except OutboundError as error:
        raise SourceError(FailureReason.UNREACHABLE, f"robots.txt cannot be read: {error}") from error
    if response.status >= 500:
        raise SourceError(FailureReason.UNREACHABLE, f"robots.txt cannot be read: {response.status}")
    if response.status >= 400:
        return True
    return bool(Protego.parse(response.text).can_fetch(url, ROBOT))


def ask(
    url: str, client: Client, now: datetime, *, headers: Mapping[str, str] | None = None, limits: Limits = LIMITS
) -> Response:
    """The document, or a 304. Raises SourceError for every other status, with when to come back if it named that."""
    response = client.fetch(url, headers=headers, limits=limits, ports=port_of(url))
    if response.status in (200, 304):
        return response
    retry_at = come_back_at(response, now)
    if response.status in (403, 429) and response.headers.get("x-ratelimit-remaining") == "0":
        raise SourceError(FailureReason.SLOW, "the source's own limit is reached", retry_at=retry_at)
    if response.status in (401, 403, 429, 451):
        raise SourceError(FailureReason.BLOCKED, f"the source refuses us: {response.status}", retry_at=retry_at)
    raise SourceError(FailureReason.UNREACHABLE, f"the source answers {response.status}", retry_at=retry_at)


def come_back_at(response: Response, now: datetime) -> datetime | None:
    """When the source wants to be asked again: by Retry-After, else by the end of its limit's window."""
    wait_s = retry_after_s(response.headers.get("retry-after"), now)
    if wait_s is not None:
        return now + timedelta(seconds=wait_s)
    for name in ("x-rate-limit-reset", "x-ratelimit-reset"):
        value = response.headers.get(name, "")
        if value.isascii() and value.isdigit() and len(value) <= 11:
            return datetime.fromtimestamp(int(value), tz=now.tzinfo)
    return None


def ask_if_changed(
    url: str, cursor: Cursor, client: Client, now: datetime, *, headers: Mapping[str, str] | None = None
) -> tuple[Response | None, Cursor]:
    """The document if it changed since the cursor, else None; and the cursor with its new ETag and Last-Modified."""
    conditions = dict(headers or {})
    documents = cursor.get("documents") or {}
    known = documents.get(url) or {}
    if known.get("etag"):
        conditions["If-None-Match"] = known["etag"]
    if known.get("last_modified"):
        conditions["If-Modified-Since"] = known["last_modified"]
    response = ask(url, client, now, headers=conditions)
    if response.status == 304:
        if not known:
            raise SourceError(FailureReason.UNREACHABLE, "the source answers 304 to a question without condition")
        return None, cursor
    validators = {
        "etag": response.headers.get("etag", "")[:300],
        "last_modified": response.headers.get("last-modified", "")[:100],
    }
    return response, {**cursor, "documents": {**documents, url: validators}}


def decoded(response: Response) -> Any:
    """The answer's JSON. Raises SourceError if it is none."""
    try:
        return msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not JSON: {error}") from error
