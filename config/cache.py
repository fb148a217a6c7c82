"""The cache. Losing it costs speed, never an answer; and nobody waits for it twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from config.database.deadlines import deadlines

log = logging.getLogger(__name__)

T = TypeVar("T")
AWAY_S = 5.0  # how long the server is left alone after it failed
NO_RETRY = Retry(NoBackoff(), 0)  # redis-py's own tries four times, with pauses of seconds


class Serializer:
    """Values as MessagePack. Whoever can write into a shared Redis gets data into us by it, and no code as by pickle.

    Tuples come back as lists. Whole numbers stay bare, so that Redis can count with them.
    """

    def dumps(self, value: Any) -> bytes | int:
        return value if type(value) is int else msgspec.msgpack.encode(value)

    def loads(self, data: bytes) -> Any:
        try:
            return int(data)
        except ValueError:
            return msgspec.msgpack.decode(data)


class TolerantRedisCache(RedisCache):
    """Django's Redis cache; while the server is away, reads miss and writes are dropped."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params = {**params, "OPTIONS": {**params.get("OPTIONS", {}), "retry": NO_RETRY}}
        super().__init__(server, params)

    def _try(self, what: str, work: Callable[[], T], otherwise: T) -> T:
        began_s = time.monotonic()
        if began_s < _away.until_s:
            return otherwise
        try:
            return work()
        except RedisError as error:
            now_s = time.monotonic()
            _away.until_s = now_s + AWAY_S
            deadlines.spend(now_s - began_s)
            log.warning("cache %s failed; the cache is left alone for %.0f s: %s", what, AWAY_S, error)
            return otherwise
        except msgspec.DecodeError:  # another version's, or not ours
            return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try("read", lambda: RedisCache.get(self, key, default, version), default)

    def set(self, key: Any, value: Any, timeout: Any = 60, version: int | None = None) -> None:
        self._try("write", lambda: RedisCache.set(self, key, value, timeout, version), None)

    def add(self, key: Any, value: Any, timeout: Any = 60, version: int | None = None) -> bool:
        return self._try("write", lambda: RedisCache.add(self, key, value, timeout, version), True)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._try("delete", lambda: RedisCache.delete(self, key, version), False)


class _Away:
    """Until when the server is left alone, for all threads: Django makes each its own cache object."""

    until_s = 0.0


_away = _Away()


def forget() -> None:
    """Tries the server again at once."""
    _away.until_s = 0.0
