"""The random key of each day, under which networks and reporters are hashed.

Without its key a hash cannot be tried against addresses. A key is deleted two days after its day; the hashes that
stay behind then only say which reports of one day came from one network.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.db import connection

from reports.models import DailyKey

KEY_BYTES = 32
KEPT_DAYS = 2

_cached: dict[date, bytes] = {}


def key_of(day: date) -> bytes:
    """The day's key; made on first demand. Every process gets the same one."""
    key = _cached.get(day)
    if key is None:
        key = _stored(day)
        if not connection.in_atomic_block:  # a rollback would take a new key away again
            for old in [cached for cached in _cached if cached < day - timedelta(days=1)]:
                del _cached[old]
            _cached[day] = key
    return key


def _stored(day: date) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_dailykey (day, key) VALUES (%s, %s) ON CONFLICT (day) DO NOTHING",
            [day, secrets.token_bytes(KEY_BYTES)],
        )
    return bytes(DailyKey.objects.values_list("key", flat=True).get(day=day))


def delete_old(today: date) -> int:
    """Deletes the keys of days more than KEPT_DAYS ago. Returns how many."""
    first_kept = today - timedelta(days=KEPT_DAYS)
    for old in [cached for cached in _cached if cached < first_kept]:
        del _cached[old]
    return DailyKey.objects.filter(day__lt=first_kept).delete()[0]


def forget() -> None:
    """Drops the keys that this process holds."""
    _cached.clear()
