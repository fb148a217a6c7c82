"""Answers that a process keeps for some seconds, so that thousands who poll cost one reading of the database.

They are kept twice: as a view made them, by what they depend on (the address, the type that is served, the language);
and whole, as they left the inner middleware. The second is found before sessions and addresses are looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.languages import accepted
from config.process_cache import CACHE, ProcessCache
from outages.api.framework.compression import coding_of

Handler = Callable[[HttpRequest], HttpResponseBase]
Key = TypeVar("Key", bound=Hashable)

LONGEST_PATH, LONGEST_VALUE = 2000, 300  # what is longer is hardly said twice
KEPT_UNTIL = "kept_until"  # the attribute by which a view's response says until when it can be given again
SAID = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_IF_NONE_MATCH")


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
    """Kept answers of one kind. All stores of a process share its bound. Safe among threads."""

    def __init__(self, kind: str, cache: ProcessCache = CACHE) -> None:
        self._kind = kind
        self._cache = cache
        self._turns: dict[Key, threading.Lock] = {}

    def get(self, key: Key) -> Kept | None:
        """Return what is kept, unless its time is over."""
        kept: Kept | None = self._cache.get(self._kind, key)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        said = sum(len(name) + len(value) for name, value in kept.headers.items())
        self._cache.put(self._kind, key, kept, size=len(kept.content) + said, until=kept.until)

    def __len__(self) -> int:
        return self._cache.count(self._kind)

    @contextmanager
    def turn(self, key: Key) -> Iterator[None]:
        """Only one thread at a time is about to make this answer; the others wait and find it made."""
        lock = self._turns.setdefault(key, threading.Lock())
        try:
            with lock:
                yield
        finally:
            self._turns.pop(key, None)


WHOLE: Store[tuple[str, ...]] = Store("whole answers")


def middleware(get_response: Handler) -> Handler:
    """Gives kept answers again: the same bytes and headers that the middleware below and the view gave before."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        key = _whole_key(request) if request.method == "GET" else None
        if key is None:
            return get_response(request)
        kept = WHOLE.get(key)
        if kept is not None:
            return kept.response()
        response = get_response(request)
        until = getattr(response, KEPT_UNTIL, 0.0)
        if until > time.monotonic() and isinstance(response, HttpResponse) and not response.cookies:
            WHOLE.put(key, Kept(until, response.status_code, response.content, dict(response.items())))
        return response

    return answer


def _whole_key(request: HttpRequest) -> tuple[str, ...] | None:
    """What a whole answer depends on; None for a request that says so much that it is not worth keeping.

    Of the languages and codings that a client names only the one that it is answered in counts.
    """
    path = request.get_full_path()
    said = [request.META.get(name, "") for name in SAID]
    if len(path) > LONGEST_PATH or any(len(value) > LONGEST_VALUE for value in said):
        return None
    return (path, accepted(request), coding_of(request), *said)
