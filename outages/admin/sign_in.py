"""Sign-in with few failures: by the network and by the name that is tried. Networks are counted by a hash alone."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from config.cache import NO_RETRY
from reports.privacy import origin

log = logging.getLogger(__name__)

WINDOW_MINUTES = 15
# A name alone has a high limit: else whoever knows it could keep its owner out.
TOGETHER, NETWORK, NAME = (RateLimitItemPerMinute(failures, WINDOW_MINUTES) for failures in (5, 20, 100))
UNKNOWN_NETWORKS = RateLimitItemPerMinute(400, WINDOW_MINUTES)  # all of them together
PATIENCE_S = 0.5
TOO_MANY = "Too many failed sign-ins. Wait %(minutes)d minutes and try again."

_limiters: list[FixedWindowRateLimiter] = []


def limiters() -> list[FixedWindowRateLimiter]:
    """The count of all processes, in Valkey; and that of this process, for when Valkey is away."""
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
    """Refuses to look at a password after too many wrong ones."""

    def clean(self) -> dict[str, Any]:
        keys = self._keys()
        if any(_is_full(item, key) for item, key in keys):
            log.warning("too many failed sign-ins: one more was refused")
            raise ValidationError(TOO_MANY, code="throttled", params={"minutes": WINDOW_MINUTES})
        try:
            return super().clean()
        except ValidationError:
            for item, key in keys:
                _hit(item, key)
            raise

    def _keys(self) -> list[tuple[RateLimitItemPerMinute, str]]:
        name = hashlib.sha256(str(self.cleaned_data.get("username", "")).lower().encode()).hexdigest()[:32]
        network = origin.limited_network(self.request, now=timezone.now()) if self.request else 0
        keys = [(NAME, f"name:{name}"), (TOGETHER, f"both:{network}:{name}")]
        return [*keys, (NETWORK if network else UNKNOWN_NETWORKS, f"network:{network}")]


def _is_full(item: RateLimitItemPerMinute, key: str) -> bool:
    return any(_tried(limiter, "test", item, key) is False for limiter in limiters())


def _hit(item: RateLimitItemPerMinute, key: str) -> None:
    for limiter in limiters():
        _tried(limiter, "hit", item, key)


def _tried(limiter: FixedWindowRateLimiter, what: str, item: RateLimitItemPerMinute, key: str) -> bool | None:
    """The limiter's answer; None while its storage is away."""
    try:
        return bool(getattr(limiter, what)(item, key))
    except StorageError as error:
        log.warning("failed sign-ins are counted in each process alone: %s", error)
        return None
