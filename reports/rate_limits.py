"""How much one network may ask of the API in a minute: reads and writes apart.

The count of all processes lies in Valkey. Each process counts by itself in between and hands over what it has counted
whenever that comes to a hundredth of the limit, so that most callers cost no round trip. While Valkey is away each
process goes on by its own count alone. Networks are known by a hash under the day's key, never by an address.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage

from config.problems import problem_response
from reports import origin
from reports.submissions import Refused

log = logging.getLogger(__name__)

WINDOW_S = 60
PARTS = 100
PREFIXES = ("/api/", "/open311/")
READING, WRITING = ("GET", "HEAD"), ("POST", "PUT", "PATCH", "DELETE")
AWAY_S = 5.0  # how long Valkey is left alone after it failed
PATIENCE_S = 0.25


@dataclass(frozen=True, slots=True)
class Usage:
    """What a network has asked for since its window began, and in how many seconds the next one begins."""

    count: int
    reset_s: int


@dataclass(slots=True)
class _Tally:
    """A network's count in one window: what all processes were known to have, and what is not handed over yet."""

    ends_at: int
    shared: int = 0
    own: int = 0


class Meter:
    """Counts by key in windows of a minute; each key's begin at a second of its own. Safe among threads."""

    def __init__(self, storage: Storage, clock: Callable[[], float] = time.time) -> None:
        self._storage = storage
        self._clock = clock
        self._lock = threading.Lock()
        self._tallies: dict[tuple[str, int], _Tally] = {}
        self._swept_at = 0.0
        self._away_until = 0.0

    def add(self, name: str, network: int, amount: int, *, step: int) -> Usage:
        """Counts `amount` more (less, if below 0). A process hands its count over when it comes to `step`."""
        now = self._clock()
        with self._lock:
            tally = self._tally(name, network, now)
            tally.own += amount
            due = tally.own if abs(tally.own) >= step else 0
            tally.own -= due
            tally.shared += due
        if due:
            total = self._hand_over(f"{name}:{network}:{tally.ends_at}", due, now)
            with self._lock:
                tally.shared = max(tally.shared, total)
        return Usage(tally.shared + tally.own, max(1, tally.ends_at - int(now)))

    def read(self, name: str, network: int) -> Usage:
        """What is counted now."""
        return self.add(name, network, 0, step=1 << 62)

    def _tally(self, name: str, network: int, now: float) -> _Tally:
        if now - self._swept_at >= WINDOW_S:
            self._swept_at = now
            self._tallies = {key: tally for key, tally in self._tallies.items() if tally.ends_at > now}
        tally = self._tallies.get((name, network))
        if tally is None or tally.ends_at <= now:
            ends_at = int(now) + WINDOW_S - (int(now) + network) % WINDOW_S
            tally = self._tallies[name, network] = _Tally(ends_at)
        return tally

    def _hand_over(self, key: str, amount: int, now: float) -> int:
        """The count of all processes after this; 0 while it cannot be had."""
        if now < self._away_until:
            return 0
        try:
            return int(self._storage.incr(key, 2 * WINDOW_S, amount))
        except StorageError as error:
            self._away_until = now + AWAY_S
            log.warning("rate limits are counted in each process alone: %s", error)
            return 0


_meter: Meter | None = None


def meter() -> Meter:
    """This process's meter."""
    global _meter
    if _meter is None:
        storage = RedisStorage(
            settings.REDIS_URL,
            key_prefix="brownout:limits",
            wrap_exceptions=True,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
        )
        _meter = Meter(storage)
    return _meter


def forget() -> None:
    """Drops what this process has counted."""
    global _meter
    _meter = None


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuses what goes beyond the limits (429), and tells on every answer of the API what is left."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        name, limit = _policy(request)
        network = origin.limited_network(request, now=timezone.now()) if limit else 0
        if not network:
            return get_response(request)
        usage = meter().add(name, network, 1, step=_step(limit))
        response = get_response(request) if usage.count <= limit else _too_many(request, name, limit, usage)
        usage = meter().read(name, network)
        response.headers["RateLimit-Policy"] = f'"{name}";q={limit};w={WINDOW_S}'
        response.headers["RateLimit"] = f'"{name}";r={max(0, limit - usage.count)};t={usage.reset_s}'
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers.setdefault("Retry-After", str(usage.reset_s))
        return response

    return answer


def charge(request: HttpRequest, amount: int) -> None:
    """Counts a request that stands for `amount` more. Raises Refused (429) where that is too much; then it is not
    counted."""
    name, limit = _policy(request)
    network = origin.limited_network(request, now=timezone.now()) if limit else 0
    if not network or amount < 1:
        return
    usage = meter().add(name, network, amount, step=_step(limit))
    if usage.count > limit:
        meter().add(name, network, -amount, step=_step(limit))
        raise Refused(
            HTTPStatus.TOO_MANY_REQUESTS,
            "throttled",
            f"These are too many: one network may send {limit} reports a minute. Nothing was stored. "
            "Send fewer at once, or wait as long as Retry-After says.",
        )


def _policy(request: HttpRequest) -> tuple[str, int]:
    """The name and limit of what is asked; a limit of 0 is none."""
    if not request.path.startswith(PREFIXES):
        return "", 0
    if request.method in READING:
        return "reads", settings.RATE_LIMIT_READS_A_MINUTE
    if request.method in WRITING:
        return "writes", settings.RATE_LIMIT_WRITES_A_MINUTE
    return "", 0


def _step(limit: int) -> int:
    return max(1, limit // PARTS)


def _too_many(request: HttpRequest, name: str, limit: int, usage: Usage) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Retry-After": str(usage.reset_s)}
    if name == "reads":
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "RateLimit, RateLimit-Policy, Retry-After"
    detail = f"One network may send {limit} {name} a minute. The next minute begins in {usage.reset_s} seconds. " + (
        "Answers may be cached: see Cache-Control and ETag." if name == "reads" else "Nothing was stored."
    )
    return problem_response(HTTPStatus.TOO_MANY_REQUESTS, "throttled", detail, headers=headers)
