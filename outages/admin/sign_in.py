"""Sign-in with few failures: by the network and by the name that is tried. Networks are counted by a hash alone."""

from __future__ import annotations

import hashlib
import logging
import threading
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from config.cache import NO_RETRY
from config.counts import RedisStorage
from reports.privacy import origin

log = logging.getLogger(__name__)

WINDOW_MINUTES = 15
# A name alone has a high limit: else whoever knows it could keep its owner out.
TOGETHER, NETWORK, NAME = (RateLimitItemPerMinute(failures, WINDOW_MINUTES) for failures in (5, 20, 100))
UNKNOWN_NETWORKS = RateLimitItemPerMinute(400, WINDOW_MINUTES)  # all of them together
PATIENCE_S = 0.5
TOO_MANY = "Too many failed sign-ins. Wait %(minutes)d minutes and try again."

BUSY = "Too many people are signing in right now. Try again in a few seconds."
HASHING_WAIT_S = 1.0
_hashing = threading.BoundedSemaphore(2)  # a password takes the processor for long, and pages wait beside it
_limiters: list[FixedWindowRateLimiter] = []


def limiters() -> list[FixedWindowRateLimiter]:
    """The count of all processes, in Valkey; then that of this process, for when Valkey is away."""
    if not _limiters:
        shared: Storage = RedisStorage(
            settings.REDIS_URL,
            key_prefix="brownout:sign-in",
            wrap_exceptions=True,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            retry=NO_RETRY,  # type: ignore[arg-type]  # handed on to redis-py as it is
        )
        _limiters.extend(FixedWindowRateLimiter(storage) for storage in (shared, MemoryStorage()))
    return _limiters


def forget() -> None:
    """Drops all counts."""
    for limiter in limiters():
        try:
            limiter.storage.reset()
        except StorageError as error:
            log.warning("the counts of failed sign-ins cannot be dropped: %s", error)
    _limiters.clear()


class PatientSignIn(AdminAuthenticationForm):
    """Refuses to look at a password after too many wrong ones.

    Each is counted before it is looked at, and struck off again where it was right or not looked at: many at once
    get no further than one after the other.
    """

    def clean(self) -> dict[str, Any]:
        keys = self._keys()
        counted = [_counted(item, key, 1) for item, key in keys]
        if not all(counted):
            self._strike_off(keys)
            log.warning("too many failed sign-ins: one more was refused")
            raise ValidationError(TOO_MANY, code="throttled", params={"minutes": WINDOW_MINUTES})
        if not _hashing.acquire(timeout=HASHING_WAIT_S):
            self._strike_off(keys)
            raise ValidationError(BUSY, code="throttled")
        try:
            cleaned = super().clean()
        finally:
            _hashing.release()
        self.check_second_factor()
        self._strike_off(keys)
        return cleaned

    def check_second_factor(self) -> None:
        """Raise ValidationError where the password alone is not enough. Here it is."""

    def _strike_off(self, keys: list[tuple[RateLimitItemPerMinute, str]]) -> None:
        for item, key in keys:
            _counted(item, key, -1)

    def _keys(self) -> list[tuple[RateLimitItemPerMinute, str]]:
        name = hashlib.sha256(str(self.cleaned_data.get("username", "")).lower().encode()).hexdigest()[:32]
        network = origin.limited_network(self.request, now=timezone.now()) if self.request else 0
        keys = [(NAME, f"name:{name}"), (TOGETHER, f"both:{network}:{name}")]
        return [*keys, (NETWORK if network else UNKNOWN_NETWORKS, f"network:{network}")]


def _counted(item: RateLimitItemPerMinute, key: str, by: int) -> bool:
    """Adds to a count: to that of all processes, else to our own. False where it is above its limit."""
    for limiter in limiters():
        try:
            return limiter.storage.incr(item.key_for(key), item.get_expiry(), amount=by) <= item.amount
        except StorageError as error:
            log.warning("failed sign-ins are counted in each process alone: %s", error)
    return True
