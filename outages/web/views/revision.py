"""What an open page asks for every few seconds: whether anything has changed. A few bytes, and no query for each."""

from __future__ import annotations

import threading
import time
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from outages.queries import revision as revisions

SOONEST_S: Final = 2.5
LATEST_S: Final = 60.0
PROCESS_RATE: Final = 150.0  # so many a second cost a process about a tenth of its time
SPAN_S: Final = 5.0


class Pace:
    """Say in how many seconds to ask again, so that all who ask together stay within a rate. Safe among threads.

    Who asks is reckoned from how many came and what they had been told, so that it does not swing.
    """

    def __init__(self, rate: float = PROCESS_RATE) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._since = 0.0
        self._count = 0
        self.seconds = SOONEST_S

    def count(self, now: float) -> float:
        """Count one that asks."""
        with self._lock:
            self._count += 1
            if (span := now - self._since) >= SPAN_S:
                asking = self._count / min(span, 2 * SPAN_S) * self.seconds
                self.seconds = min(max(SOONEST_S, asking / self._rate), LATEST_S)
                self._since, self._count = now, 0
            return self.seconds


PACE: Final = Pace()


def revision(request: HttpRequest, slug: str = revisions.ALL) -> HttpResponse:
    """The revision of a service, or of all: a text to compare. `Poll-After` says in how many seconds to ask again."""
    found = revisions.revision(slug)
    if found is None:
        raise Http404
    etag = quote_etag(f"{slug}.{found}" if slug else found)
    fresh = HttpResponse(found, content_type="text/plain", headers={"ETag": etag})
    response = get_conditional_response(request, etag=etag, response=fresh) or fresh
    response.headers["Cache-Control"] = "public, max-age=1"
    response.headers["Poll-After"] = f"{PACE.count(time.monotonic()):.1f}"
    return response
