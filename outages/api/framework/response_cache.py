"""Answers that a process keeps for some seconds, so that thousands who poll cost one reading of the database.

They are kept twice: as a view made them, by what they depend on; and whole, as they left the inner middleware, by all
that a client can say. The second is found before sessions, languages and addresses are looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]
Key = TypeVar("Key", bound=Hashable)

MOST_BYTES = 16 * 1024 * 1024
KEPT_UNTIL = "kept_until"  # the attribute by which a view's response says until when it can be given again
SAID = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_IF_NONE_MATCH")


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer, kept in the process until a moment of the monotonic clock."""

    until: float
    status: int
    content: bytes
    headers: dict[str, str]

    def response(self) -> HttpResponse:
        response = HttpResponse(self.content, status=self.status, headers=self.headers)
        if "Content-Type" not in self.headers:
            del response.headers["Content-Type"]  # Django's own guess: a 304 has none
        setattr(response, KEPT_UNTIL, self.until)
        return response


class Store(Generic[Key]):
    """Kept answers, of so many bytes together. Safe among threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._kept: dict[Key, Kept] = {}
        self._bytes = 0
        self._turns: dict[Key, threading.Lock] = {}

    def get(self, key: Key) -> Kept | None:
        """What is kept, unless its time is over."""
        kept = self._kept.get(key)
        return kept if kept is not None and kept.until > time.monotonic() else None

    def put(self, key: Key, kept: Kept) -> None:
        size = len(kept.content) + 1000  # about what the rest of an entry takes
        if self._bytes + size > self.most_bytes:
            self.forget()
        self._bytes += size
        self._kept[key] = kept

    def forget(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @contextmanager
    def turn(self, key: Key) -> Iterator[None]:
        """Only one thread at a time is about to make this answer; the others wait and find it made."""
        lock = self._turns.setdefault(key, threading.Lock())
        try:
            with lock:
                yield
        finally:
            self._turns.pop(key, None)


WHOLE: Store[tuple[str, ...]] = Store()


def middleware(get_response: Handler) -> Handler:
    """Gives kept answers again: the same bytes and headers that the middleware below and the view gave before."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET":
            return get_response(request)
        said = request.META
        key = (request.get_full_path(), *(said.get(name, "") for name in SAID))
        kept = WHOLE.get(key)
        if kept is not None:
            return kept.response()
        response = get_response(request)
        until = getattr(response, KEPT_UNTIL, 0.0)
        if until > time.monotonic() and isinstance(response, HttpResponse) and not response.cookies:
            WHOLE.put(key, Kept(until, response.status_code, response.content, dict(response.items())))
        return response

    return answer
