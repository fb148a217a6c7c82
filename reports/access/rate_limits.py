"""How much one network, or one key, may ask for in a minute: reads and writes of the API, and pages, each apart.

The count of all processes lies in Valkey. Each process counts by itself in between and hands over what it has counted
whenever that comes to a hundredth of the limit, so that most callers cost no round trip. While Valkey is away each
process goes on by its own count alone. Networks are known by a hash under the day's key, never by an address. Whoever
sends a key is counted by it, and by the network only where the key is refused.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from limits.errors import StorageError
from limits.storage import Storage

from config import front_requests
from config.cache import NO_RETRY
from config.counts import RedisStorage
from config.languages import prefix_of
from reports.access import keys
from reports.access import usage as api_usage
from reports.errors import SubmissionError, problem_response
from reports.languages import DEFAULT_LANGUAGE
from reports.models import ApiKey
from reports.privacy import origin

log = logging.getLogger(__name__)

WINDOW_S = 60
PARTS = 100
PREFIXES = ("/api/", "/open311/")
FREE = ("/livez", "/revision/", settings.STATIC_URL)
UNKNOWN, UNKNOWN_SHARE = 1, 20  # whose count, and how many networks it stands for
READING, WRITING = ("GET", "HEAD"), ("POST", "PUT", "PATCH", "DELETE")
MOST_TALLIES = 50_000  # some 10 MB
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
        now = self._clock()
        tally = self._tallies.get((name, network))
        if tally is None or tally.ends_at <= now:
            return self.add(name, network, 0, step=1 << 62)
        return Usage(tally.shared + tally.own, max(1, tally.ends_at - int(now)))

    def _tally(self, name: str, network: int, now: float) -> _Tally:
        if now - self._swept_at >= WINDOW_S:
            self._swept_at = now
            self._tallies = {key: tally for key, tally in self._tallies.items() if tally.ends_at > now}
        tally = self._tallies.get((name, network))
        if tally is None and len(self._tallies) >= MOST_TALLIES:
            network = UNKNOWN  # whoever comes in such numbers shares one count
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
            retry=NO_RETRY,  # type: ignore[arg-type]  # handed on to redis-py as it is
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
        if not request.path.startswith(PREFIXES):
            policy = _policy(request, timezone.now())
            return _limited(request, policy) or get_response(request)
        now = timezone.now()
        caller = keys.identify(request, now=now)
        policy = _policy(request, now)
        response = _limited(request, policy) or keys.refusal(request) or get_response(request)
        if caller.key is not None and policy is not None:
            refused = response.status_code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.FORBIDDEN)
            api_usage.count(caller.key, "refused" if refused else policy.kind, now)
        if policy is not None and policy.limit and policy.whose:
            _tell(response, policy)
        return response

    return answer


def charge(request: HttpRequest, amount: int) -> None:
    """Counts a request that stands for `amount` more. Raises SubmissionError (429) where that is too much; then it
    is not counted."""
    policy = _policy(request, timezone.now())
    if policy is None or not policy.limit or not policy.whose or amount < 1:
        return
    if policy.add(amount).count > policy.limit:
        policy.add(-amount)
        raise SubmissionError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "throttled",
            f"These are too many: {policy.who} may send {policy.limit} reports a minute. Nothing was stored. "
            "Send fewer at once, or wait as long as Retry-After says.",
        )


def charge_form(request: HttpRequest) -> None:
    """Counts a form that was sent, together with what its network writes by the API. Raises SubmissionError (429)."""
    policy = _of_network(request, "writes", timezone.now())
    if policy.limit and policy.whose:
        usage = policy.add(1)
        if usage.count > policy.limit:
            detail = _("Too many reports from your network. Yours was not saved. Please try again in a minute.")
            raise SubmissionError(HTTPStatus.TOO_MANY_REQUESTS, "throttled", detail)


class Policy(NamedTuple):
    """What limits a request: the count's name, its limit (0 for none), and whose count it is (0 where not known)."""

    kind: str
    name: str
    limit: int
    whose: int
    who: str

    def add(self, amount: int) -> Usage:
        """Counts so many more."""
        return meter().add(self.name, self.whose, amount, step=_step(self.limit))

    def read(self) -> Usage:
        """What is counted now."""
        return meter().read(self.name, self.whose)


def of_key(key: ApiKey, kind: str) -> Policy:
    """What limits the "reads" or "writes" of a key."""
    return Policy(kind, f"key-{kind}", keys.limits_of(key)[kind], keys.number_of(key), "one key")


_LIMITS = {
    "reads": "RATE_LIMIT_READS_A_MINUTE",
    "pages": "RATE_LIMIT_PAGES_A_MINUTE",
    "writes": "RATE_LIMIT_WRITES_A_MINUTE",
}


def _of_network(request: HttpRequest, kind: str, now: datetime) -> Policy:
    """Return what limits a network. All those that are not known share one count, which is a generous one."""
    limit: int = getattr(settings, _LIMITS[kind])
    whose = origin.limited_network(request, now=now) if limit else 0
    if limit and not whose:
        return Policy(
            kind, f"{kind}-unknown", limit * UNKNOWN_SHARE, UNKNOWN, "all whose network is not known together"
        )
    return Policy(kind, kind, limit, whose, "one network")


def _policy(request: HttpRequest, now: datetime) -> Policy | None:
    """What limits a request; None where nothing does."""
    if front_requests.is_own(request):
        return None
    if not request.path.startswith(PREFIXES):
        # A form that is sent counts among the writes of its network, and is charged where it is taken.
        return None if request.path.startswith(FREE) else _of_network(request, "pages", now)
    kind = "reads" if request.method in READING else "writes" if request.method in WRITING else ""
    if not kind:
        return None
    key = keys.of_request(request)
    return of_key(key, kind) if key is not None else _of_network(request, kind, now)


def _limited(request: HttpRequest, policy: Policy | None) -> HttpResponse | None:
    """Counts the request. The answer where it is one too many."""
    if policy is None or not policy.limit or not policy.whose:
        return None
    usage = policy.add(1)
    elsewhere = front_requests.spent(request) if policy.kind == "pages" else 0
    return _too_many(request, policy, usage) if usage.count + elsewhere > policy.limit else None


def _tell(response: HttpResponseBase, policy: Policy) -> None:
    """Says what is left."""
    usage = policy.read()
    response.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.limit};w={WINDOW_S}'
    response.headers["RateLimit"] = f'"{policy.name}";r={max(0, policy.limit - usage.count)};t={usage.reset_s}'
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.setdefault("Retry-After", str(usage.reset_s))


def _step(limit: int) -> int:
    return max(1, limit // PARTS)


def _too_many(request: HttpRequest, policy: Policy, usage: Usage) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Retry-After": str(usage.reset_s)}
    if policy.kind == "pages" and "text/html" in request.headers.get("Accept", ""):
        return _too_many_pages(request, usage, headers)
    who = policy.who.capitalize()
    detail = (
        f"{who} may send {policy.limit} {policy.kind} a minute. The next minute begins in {usage.reset_s} seconds. "
    )
    detail += "Nothing was stored." if policy.kind == "writes" else "Answers may be cached: see Cache-Control and ETag."
    return problem_response(HTTPStatus.TOO_MANY_REQUESTS, "throttled", detail, headers=headers)


def _too_many_pages(request: HttpRequest, usage: Usage, headers: dict[str, str]) -> HttpResponse:
    """The answer to a person, in the language of the address. Asks no database."""
    with translation.override(prefix_of(request.path) or DEFAULT_LANGUAGE):
        detail = ngettext(
            "Too many requests from your network. Please try again in %(seconds)d second.",
            "Too many requests from your network. Please try again in %(seconds)d seconds.",
            usage.reset_s,
        ) % {"seconds": usage.reset_s}
        body = render_to_string("error.html", {"title": _("Please wait a moment"), "detail": detail})
    return HttpResponse(body, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
