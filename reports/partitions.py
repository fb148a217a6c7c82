"""Daily partitions of tables that grow without end, named TABLE_YYYYMMDD. A default partition takes the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import random

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

ADVISORY_LOCK = 0x42524F57  # one maker of partitions at a time
LOCK_WAIT_MS = 80  # whoever writes waits at most so long behind us
ATTEMPTS = 40
PAUSE_S = 0.02


def partition_name(table: str, day: date) -> str:
    return f"{table}_{day:%Y%m%d}"


def existing(table: str) -> set[str]:
    """The names of a table's partitions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = %s::regclass",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


def ensure(table: str, column: str, first: date, last: date) -> int:
    """Make the partitions for the days first..last, both included, where missing. Return how many were made.

    Rows of such a day that already lie in the default partition are moved. Each day is a transaction of its own, which
    waits for locks only as long as those who write may be held up, and is repeated where that was not enough. Raises
    OperationalError where it never was.
    """
    have = existing(table)
    filled_until = _server_day() + timedelta(days=1)  # whose clock is a little ahead has tomorrow's rows already
    made = 0
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if partition_name(table, day) not in have:
            made += _patiently(lambda day=day: _make(table, column, day, empty=day > filled_until))  # type: ignore[misc]
    return made


def _server_day() -> date:
    """Return the day by the server's clock, which dates the rows: ours may be another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date")
        found: date = cursor.fetchone()[0]
    return found


def _make(table: str, column: str, day: date, *, empty: bool) -> int:
    """Make one day's partition, unless somebody else has. `empty` days have no rows yet.

    The checks tell PostgreSQL what it would else find out by reading every row while nobody may write.
    """
    name, default = partition_name(table, day), f"{table}_default"
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    since, until = start.isoformat(), (start + timedelta(days=1)).isoformat()
    inside = f"{column} >= '{since}' AND {column} < '{until}'"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return 0
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL, CONSTRAINT only_its_day CHECK ({inside}))")
        if not empty:
            cursor.execute(
                f"WITH moved AS (DELETE FROM {default} WHERE {inside} RETURNING *) "  # noqa: S608 -- names of ours
                f"INSERT INTO {name} SELECT * FROM moved"
            )
        cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{since}') TO ('{until}')")
        cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT only_its_day")
    return 1


def drop_before(table: str, day: date) -> list[str]:
    """Drop the partitions of all days before the given one, each as patiently as `ensure`. Return their names."""
    old = sorted(
        name
        for name in existing(table)
        if name[-8:].isdigit() and name < partition_name(table, day) and name[-9] == "_"
    )
    for name in old:
        _patiently(lambda name=name: _drop(name))  # type: ignore[misc]
    return old


def _drop(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
    return 1


def _patiently(change: Callable[[], int]) -> int:
    """Carry out a change in a transaction whose locks nobody waits for longer than LOCK_WAIT_MS; repeat it where it
    could not have them."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                before = cursor.fetchone()[0]
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_MS}ms'")
                done = change()
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
                return done
        except OperationalError as error:  # somebody reads or writes there: a lock, or a deadlock that was broken
            if attempt == ATTEMPTS - 1 or not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                raise
            time.sleep(PAUSE_S * (1 + attempt) * (0.5 + random()))
    return 0
