"""Asking a source for a document, as its owner would like: robots first, conditionally, and honest about refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
from protego import Protego

from outages.signals.announcements.datatypes import Cursor, FailureReason, SourceError
from outages.signals.outbound.charset import json_text_of
from outages.signals.outbound.client import Client, Limits, Response
from outages.signals.outbound.errors import OutboundError, OutboundOffError
from outages.signals.outbound.retry_after import LONGEST_WAIT_S, retry_after_s

ROBOT = "Brownout"
ROBOTS_LAST = timedelta(hours=24)
WHOLE_AFTER = timedelta(hours=6)  # a server whose marks never change is asked without them once in a while
LIMITS = Limits(total_s=20.0, body_bytes=5_000_000)
ROBOTS_LIMITS = Limits(total_s=10.0, body_bytes=512_000, truncate=True)


def port_of(url: str) -> tuple[int, ...]:
    """The port that the catalogue's address names, if any."""
    try:
        port = httpx.URL(url).port
    except httpx.InvalidURL:
        return ()
    return (port,) if port else ()


def check_robots(urls: Iterable[str], cursor: Cursor, client: Client, now: datetime) -> Cursor:
    """Ask robots.txt once a day, for the very addresses that will be asked. Returns the cursor with what it said.

    What it forbids is said by `obey_robots`, so that the answer is kept first. Raises SourceError where it cannot be
    read (RFC 9309, 2.3.1.4: then everything is forbidden).
    """
    known = cursor.get("robots") or {}
    addresses = list(urls)
    if known.get("urls") != addresses or datetime.fromisoformat(known["at"]) < now - ROBOTS_LAST:
        rules: dict[str, Protego | None] = {}
        allowed = all(_robots_allow(url, client, rules) for url in addresses)
        known = {"urls": addresses, "at": now.isoformat(), "allowed": allowed}
    return {**cursor, "robots": known}


def obey_robots(cursor: Cursor) -> None:
    """Raise SourceError where the last robots.txt forbids us to read."""
    if not cursor["robots"]["allowed"]:
        raise SourceError(FailureReason.BLOCKED, "robots.txt asks us not to read this page")


def _robots_allow(url: str, client: Client, rules: dict[str, Protego | None]) -> bool:
    """Whether robots.txt lets us read an address. `rules` holds those of the hosts that were asked in this read."""
    try:
        address = str(httpx.URL(url).copy_with(path="/robots.txt", query=None, fragment=None))
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise SourceError(FailureReason.NOT_CONFIGURED, f"{url[:200]!r} is not an address") from error
    if address not in rules:
        rules[address] = _robots_at(address, url, client)
    known = rules[address]
    return known is None or bool(known.can_fetch(url, ROBOT))


def _robots_at(address: str, url: str, client: Client) -> Protego | None:
    """The rules of a host; None where it has none."""
    try:
        response = client.fetch(address, limits=ROBOTS_LIMITS, ports=port_of(url))
    except OutboundOffError:
        raise
    except OutboundError as error:
        raise SourceError(FailureReason.UNREACHABLE, f"robots.txt cannot be read: {error}") from error
    if response.status >= 500:
        raise SourceError(FailureReason.UNREACHABLE, f"robots.txt cannot be read: {response.status}")
    if response.status >= 400:
        return None
    # RFC 9309 wants UTF-8, with or without a byte order mark. A page of HTML in its place has no rules.
    return Protego.parse(response.body.decode("utf-8-sig", errors="replace"))


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
    """Return when the source wants to be asked again: by Retry-After, else by the end of its limit's window.

    At most a day from now: a clock that is wrong there must not silence a source for years.
    """
    wait_s = retry_after_s(response.headers.get("retry-after"), now)
    if wait_s is not None:
        return now + timedelta(seconds=wait_s)
    for name in ("x-rate-limit-reset", "x-ratelimit-reset"):
        value = response.headers.get(name, "")
        if value.isascii() and value.isdigit() and len(value) <= 11:
            return min(datetime.fromtimestamp(int(value), tz=now.tzinfo), now + timedelta(seconds=LONGEST_WAIT_S))
    return None


def ask_if_changed(
    url: str, cursor: Cursor, client: Client, now: datetime, *, headers: Mapping[str, str] | None = None
) -> tuple[Response | None, Cursor]:
    """The document if it changed since the cursor, else None; and the cursor with its new ETag and Last-Modified."""
    conditions = dict(headers or {})
    documents = cursor.get("documents") or {}
    # What an absence or an earlier text in the last reading meant is seen in the whole document only.
    is_unsure = bool(cursor.get("returned")) or any(
        known.get("missing") for known in (cursor.get("listings") or {}).values()
    )
    known = documents.get(url) or {}
    read_whole_at = datetime.fromisoformat(known["at"]) if known.get("at") else now - WHOLE_AFTER
    if is_unsure or not read_whole_at > now - WHOLE_AFTER:
        known = {}
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
        "at": now.isoformat(),
    }
    return response, {**cursor, "documents": {**documents, url: validators}}


def decoded(response: Response) -> Any:
    """The answer's JSON, in whatever encoding. Raises SourceError if it is none."""
    try:
        return msgspec.json.decode(json_text_of(response.body, response.headers.get("content-type", "")))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not JSON: {error}") from error
