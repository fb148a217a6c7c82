"""Daily partitions of tables that grow without end, named TABLE_YYYYMMDD. A default partition takes the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

ADVISORY_LOCK = 0x42524F57  # one maker of partitions at a time


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
    """Makes the partitions for the days first..last, both included, where missing. Returns how many were made.

    Rows of such a day that already lie in the default partition are moved.
    """
    made = 0
    have = existing(table)
    day = first
    while day <= last:
        name = partition_name(table, day)
        if name not in have:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
                cursor.execute("SELECT to_regclass(%s)", [name])
                if cursor.fetchone()[0] is None:
                    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
                    bounds = [start, start + timedelta(days=1)]
                    cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
                    cursor.execute(
                        f"WITH moved AS (DELETE FROM {table}_default "  # noqa: S608 -- names of ours
                        f"WHERE {column} >= %s AND {column} < %s RETURNING *) INSERT INTO {name} SELECT * FROM moved",
                        bounds,
                    )
                    cursor.execute(
                        f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{bounds[0].isoformat()}') "
                        f"TO ('{bounds[1].isoformat()}')"
                    )
                    made += 1
        day += timedelta(days=1)
    return made


def drop_before(table: str, day: date) -> list[str]:
    """Drops the partitions of all days before the given one. Returns their names."""
    old = sorted(
        name
        for name in existing(table)
        if name[-8:].isdigit() and name < partition_name(table, day) and name[-9] == "_"
    )
    with connection.cursor() as cursor:
        for name in old:
            cursor.execute(f"DROP TABLE {name}")
    return old
