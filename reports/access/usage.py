"""What keys ask for, day by day: counted in Valkey, carried over to PostgreSQL each minute.

The counts of a day only grow and are carried over whole, so doing it twice changes nothing. Where Valkey has lost a
day's counts they begin anew under another epoch, and the sum over the epochs stays right.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from redis.exceptions import RedisError

from config.cache import NO_RETRY
from reports.models import ApiKey, ApiKeyUsage

log = logging.getLogger(__name__)

COLUMNS = ("reads", "writes", "refused")
KEPT_S = 3 * 24 * 3600
SHOWN_DAYS = 30
AWAY_S = 5.0  # how long Valkey is left alone after it failed
PATIENCE_S = 0.25
EPOCH, USED_AT = "epoch", "used_at"


class Counts:
    """The counts of this process on their way to Valkey. While it is away they wait here. Safe among threads."""

    def __init__(self, storage: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[date, UUID, str]] = Counter()
        self._used_at: dict[UUID, datetime] = {}
        self._away_until = 0.0

    def add(self, key: UUID, column: str, now: datetime) -> None:
        """Counts one request of a key."""
        with self._lock:
            self._waiting[now.astimezone(UTC).date(), key, column] += 1
            self._used_at[key] = now
            if self._clock() < self._away_until:
                return
            waiting, self._waiting = self._waiting, Counter()
            used_at, self._used_at = self._used_at, {}
        try:
            self._hand_over(waiting, used_at)
        except RedisError as error:
            log.warning("the use of keys is counted in each process until Valkey is back: %s", error)
            with self._lock:
                self._away_until = self._clock() + AWAY_S
                self._waiting.update(waiting)
                self._used_at = used_at | self._used_at

    def _hand_over(self, waiting: Counter[tuple[date, UUID, str]], used_at: dict[UUID, datetime]) -> None:
        pipe = self._storage.pipeline(transaction=True)
        for day in {day for day, _, _ in waiting}:
            pipe.hsetnx(_name(day), EPOCH, secrets.token_hex(8))
            pipe.expire(_name(day), KEPT_S)
        for (day, key, column), amount in waiting.items():
            pipe.hincrby(_name(day), f"{key}:{column}", amount)
            pipe.hset(_name(day), f"{key}:{USED_AT}", int(used_at[key].timestamp()))
        pipe.execute()


_counts: Counts | None = None


def storage() -> Any:
    """A connection to Valkey that is not waited for."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=NO_RETRY,
        decode_responses=True,
    )


def count(key: ApiKey, column: str, now: datetime) -> None:
    """Counts one request of a key: "reads", "writes" or "refused"."""
    global _counts
    if _counts is None:
        _counts = Counts(storage())
    _counts.add(key.id, column, now)


def forget() -> None:
    """Drops what this process holds."""
    global _counts
    _counts = None


def flush(now: datetime, source: Any = None) -> int:
    """Carries the counts of yesterday and today over to PostgreSQL. Returns of how many keys and days."""
    today, done = now.astimezone(UTC).date(), 0
    for day in (today - timedelta(days=1), today):
        try:
            fields: dict[str, str] = (source or storage()).hgetall(_name(day))
        except RedisError as error:
            log.warning("the use of keys cannot be carried over; it is tried again in a minute: %s", error)
            return done
        done += _store(day, fields)
    return done


def _store(day: date, fields: dict[str, str]) -> int:
    epoch = fields.pop(EPOCH, "")
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*COLUMNS, USED_AT), 0))
    for field, value in fields.items():
        key, _, column = field.partition(":")
        sums[key][column] = int(value)
    with connection.cursor() as cursor:
        for key, found in sums.items():
            values: dict[str, Any] = {"key": key, "day": day, "epoch": epoch, **found}
            cursor.execute(_COUNTS, values)
            cursor.execute(_LAST_USED, values)
    return len(sums)


_COUNTS = """
    INSERT INTO reports_apikeyusage AS u (key_id, day, epoch, reads, writes, refused)
    SELECT id, %(day)s, %(epoch)s, %(reads)s, %(writes)s, %(refused)s FROM reports_apikey WHERE id = %(key)s
    ON CONFLICT (key_id, day, epoch) DO UPDATE SET
        reads = GREATEST(u.reads, EXCLUDED.reads),
        writes = GREATEST(u.writes, EXCLUDED.writes),
        refused = GREATEST(u.refused, EXCLUDED.refused)
"""
_LAST_USED = """
    UPDATE reports_apikey SET last_used_at = GREATEST(last_used_at, to_timestamp(%(used_at)s))
     WHERE id = %(key)s AND %(used_at)s > 0
"""


def by_day(keys: Iterable[ApiKey], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """The days of the last month on which keys were used, the newest first, by the key's id: day, reads, writes,
    refused. One query."""
    first = now.astimezone(UTC).date() - timedelta(days=SHOWN_DAYS - 1)
    rows = ApiKeyUsage.objects.filter(key__in=list(keys), day__gte=first).values("key_id", "day").order_by("-day")
    summed = rows.annotate(all_reads=Sum("reads"), all_writes=Sum("writes"), all_refused=Sum("refused"))
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in summed:
        numbers = {"reads": row["all_reads"], "writes": row["all_writes"], "refused": row["all_refused"]}
        found[row["key_id"]].append({"day": row["day"], **numbers})
    return found


def _name(day: date) -> str:
    return f"brownout:key-usage:{day:%Y%m%d}"
