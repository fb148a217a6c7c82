"""The ASGI application of live streams. Django's requests and views take no part in it.

Its server cancels the task of a listener that has gone.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest

from config.cross_origin import ANY_ORIGIN, preflight
from config.languages import accepted
from outages.live import wire
from outages.live.follower import Follower, UnreadableError
from outages.live.hub import ClosedError, DroppedError, Hub, Key, Listener
from outages.queries import boards
from outages.queries.boards import BoardError, Part
from reports.errors import MEDIA_TYPE, close_to, problem, shorten

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = dict[str, str]

ALL = "/api/v1/stream"
ONE = ("/api/v1/services/", "/stream")
PARAMETER = "last_event_id"
BOARD = "of"
RETRY_MS = (2000, 6000)  # so that those who lose their connection together do not all come back together
LATER_S = (10, 40)
STREAM = {
    **ANY_ORIGIN,
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Vary": "Accept-Language",
}


class RefusalError(Exception):
    """No stream. `code` is the end of the problem's type."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Live:
    """Takes listeners in and gives each what its channel has."""

    def __init__(self, hub: Hub, follower: Follower) -> None:
        self.hub, self.follower = hub, follower

    async def __call__(self, scope: dict[str, Any], _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/livez":
            await _answer(send, 200, {"Content-Type": "text/plain", "Cache-Control": "no-store"}, b"ok\n")
            return
        try:
            if scope["method"] == "OPTIONS":
                _service_of(scope["path"])
                asked = _headers(scope).get("access-control-request-headers", "")
                await _answer(send, 204, preflight(asked) | {"Vary": "Access-Control-Request-Headers"}, b"")
                return
            key, last = await self._wanted(scope)
            del scope  # headers of kilobytes, for hours
            await self._stream(key, last, send)
        except RefusalError as refusal:
            await _refuse(send, refusal)

    async def _wanted(self, scope: dict[str, Any]) -> tuple[Key, int | None]:
        """What is asked for. Raises Refusal."""
        slug = _service_of(scope["path"])
        if scope["method"] != "GET":
            raise RefusalError(
                405, "method-not-allowed", "This address does not take this method.", Allow="GET, OPTIONS"
            )
        if self.hub.is_closed:
            raise _later("restarting", "This process is about to end. Connect again.")
        if self.hub.is_full:
            raise _later("too-many-listeners", "As many listen already as this server takes. Try again later, or poll.")
        if self.follower.unreadable_since is not None:
            raise _later("unavailable", "Nothing can be read at the moment. Try again later.")
        headers = _headers(scope)
        parts = _parts_of(scope["query_string"]) if not slug else ()
        named = {part.service for part in parts} or {slug} - {""}
        last = _last_position(headers.get("last-event-id", ""), scope["query_string"])
        try:
            if not named <= set(self.follower.slugs.values()) or (last or 0) > self.follower.position:
                await self.follower.look()  # another process may know more than this one so far
        except UnreadableError as error:
            raise _later("unavailable", "Nothing can be read at the moment. Try again later.") from error
        known = self.follower.slugs.values()
        for name in sorted(named - set(known)):
            detail = f"There is no service {shorten(name)!r}.{close_to(name, known)}"
            if parts:
                raise RefusalError(400, "invalid", f"{BOARD}: {detail}")
            raise RefusalError(404, "unknown-service", detail)
        return Key(slug, _language(headers.get("accept-language", "")), parts), last

    async def _stream(self, key: Key, last: int | None, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        listener = self.hub.join(key, task)
        try:
            try:
                missed, standing = await self.follower.welcome(key, last, self.follower.position)
            except UnreadableError as error:
                raise _later("unavailable", "Nothing can be read at the moment. Try again later.") from error
            await _start(send, 200, STREAM)
            await _write(send, listener, wire.retry(random.randint(*RETRY_MS)) + missed)
            del missed  # what is not shared is not kept while nothing happens
            await _write(send, listener, standing)
            del standing
            while True:
                await _write(send, listener, await listener.next())
        except (ClosedError, DroppedError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except asyncio.CancelledError:
            pass  # it has gone, or did not keep up: the connection ends with this task
        finally:
            self.hub.leave(listener)


async def _write(send: Send, listener: Listener, piece: bytes) -> None:
    if not piece:
        return
    listener.writing_since_s = time.monotonic()
    await send({"type": "http.response.body", "body": piece, "more_body": True})
    listener.writing_since_s = None


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _service_of(path: str) -> str:
    """The slug that an address names; "" for all services. Raises Refusal where it is none of ours."""
    before, after = ONE
    slug = path[len(before) : -len(after)] if path.startswith(before) and path.endswith(after) else ""
    if path != ALL and (not slug or "/" in slug):
        raise RefusalError(404, "not-found", "There is nothing at this address. See /api/v1/docs for what there is.")
    return slug


def _parts_of(query: bytes) -> tuple[Part, ...]:
    """The parts of the board that is asked for; none where all services are. Raises Refusal."""
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(BOARD)
    if given is None:
        return ()
    try:
        return tuple(sorted(boards.parts_of(given[-1])))  # in one order, so that the same board is one channel
    except BoardError as error:
        raise RefusalError(400, "invalid", f"{BOARD}: {error}") from error


def _last_position(header: str, query: bytes) -> int | None:
    """Where the client wants to go on. An id that is none of ours counts as newer than all. Raises Refusal."""
    parameters = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    if header.strip():
        with suppress(ValueError):
            return wire.position_of(header.strip())
        return int("9" * wire.LONGEST_ID)
    given = parameters.get(PARAMETER, [""])[0]
    if not given:
        return None
    try:
        return wire.position_of(given)
    except ValueError as error:
        detail = f"{PARAMETER}: {shorten(given)!r} is not the id of an event."
        raise RefusalError(400, "invalid", detail) from error


def _language(accept_language: str) -> str:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accept_language
    return accepted(request)


def _later(code: str, detail: str) -> RefusalError:
    return RefusalError(503, code, detail, Retry_After=str(random.randint(*LATER_S)))


async def _refuse(send: Send, refusal: RefusalError) -> None:
    headers = {
        **ANY_ORIGIN,
        "Access-Control-Expose-Headers": "Retry-After",
        "Content-Type": MEDIA_TYPE,
        "Cache-Control": "no-store",
        **refusal.headers,
    }
    await _answer(
        send, refusal.status, headers, json.dumps(problem(refusal.status, refusal.code, refusal.detail)).encode()
    )


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await _start(send, status, headers if status == 204 else {**headers, "Content-Length": str(len(body))})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _start(send: Send, status: int, headers: Headers) -> None:
    pairs: Iterable[tuple[bytes, bytes]] = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]
    await send({"type": "http.response.start", "status": status, "headers": list(pairs)})
