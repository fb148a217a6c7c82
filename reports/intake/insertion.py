"""Stores rows of reports and answers under keys: in one message where nothing that is stored has a say in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import OperationalError, connection

from config.database.base import too_late_at
from reports.access import idempotency
from reports.intake.rows import COLUMNS

Values = tuple[Any, ...]

_TYPES = {  # those that are not here are texts
    "id": "uuid", "at": "timestamptz", "received_at": "timestamptz", "occurred_at": "timestamptz",
    "service_id": "bigint", "component_id": "bigint", "symptom_id": "bigint", "network": "bigint",
    "wide_network": "bigint", "asn": "bigint", "reporter": "bigint", "kind": "smallint", "verdict": "smallint",
    "late": "boolean", "weight": "real",
}  # fmt: skip
_BYTES = "receipt_hash"  # goes as Base64
_REPORTER = COLUMNS.index("reporter")
_NAMES = ", ".join(COLUMNS)
_TYPED = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in COLUMNS)
_TAKEN = ", ".join(f"decode(one.{name}, 'base64')" if name == _BYTES else f"one.{name}" for name in COLUMNS)
# One text of JSON for all rows: hundreds of values by themselves cost both sides more than the reports do.
_INSERT = f"INSERT INTO reports_report ({_NAMES}) SELECT {_TAKEN} FROM json_to_recordset(%s) AS one ({_TYPED})"  # noqa: S608
# The database's own function: it keeps its plans, and making them anew for each batch would cost as much as the rows.
_TAKE_NEW = "SELECT * FROM reports_take_new(%s, %s, %s, %s, %s, %s, %s, %s)"


class Senders(NamedTuple):
    """Who sends, as far as that can be known again: locks in their order, reporters, and keys.

    A reporter is known by reports after `since`, up to `until`.
    """

    locks: Sequence[int]
    reporters: Sequence[int]
    keys: Sequence[bytes]
    since: datetime
    until: datetime


class Known(NamedTuple):
    """Those of the senders that were known already. Nothing of theirs was stored."""

    reporters: frozenset[int]
    keys: frozenset[bytes]


def take_new(
    rows: Sequence[tuple[Values, bytes | None]], answers: Sequence[idempotency.Answer], senders: Senders
) -> Known:
    """Store the reports of senders that are not known, and their answers; each row comes with its key's hash, if any.

    One transaction and one message. Raises OperationalError, and stores nothing, where that took too long.
    """
    due = too_late_at()
    many = msgspec.json.encode([dict(zip(COLUMNS, row, strict=True), key_hash=key) for row, key in rows]).decode()
    reporters = {key: row[_REPORTER] for row, key in rows if key is not None}
    kept = [
        {
            "key_hash": asked.key_hash,
            "request_hash": asked.request_hash,
            "status": status,
            "body": body,
            "created_at": now,
            "reporter": reporters[asked.key_hash],
        }
        for asked, status, body, now in answers
    ]
    told = msgspec.json.encode(kept).decode() if kept else None
    keys = ",".join(f'"\\\\x{key.hex()}"' for key in senders.keys)
    # All as text: finding out what each list and time is costs the driver more than the server's reading of it.
    values = (
        *(many, told, f"{{{','.join(map(str, senders.locks))}}}", f"{{{','.join(map(str, senders.reporters))}}}"),
        *(f"{{{keys}}}", str(senders.since), str(senders.until), due and str(due)),
    )
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NEW, values)
        is_late, known_reporters, known_keys = cursor.fetchone()
    if is_late:
        raise _too_late()
    return Known(frozenset(known_reporters or ()), frozenset(map(bytes, known_keys or ())))


def insert(rows: Sequence[tuple[Any, ...]], kept: Sequence[idempotency.Answer] = (), end: str = "") -> None:
    """Store reports and answers, unless the statement comes to be carried out when their senders have been refused."""
    deadline = too_late_at() if rows else None
    values: list[Any] = []
    parts = []
    if deadline is not None:
        parts.append("still AS MATERIALIZED (SELECT clock_timestamp() < %s AS wanted)")
        values.append(deadline)
    in_time = ", still WHERE still.wanted" if deadline is not None else ""
    if kept:
        keeping, answers = idempotency.remember_query(kept)
        parts.append(f"kept AS ({keeping}{in_time})")
        values += answers
    statement = f"WITH {', '.join(parts)} " if parts else ""
    if rows:
        statement += _INSERT + in_time
        values.append(msgspec.json.encode([dict(zip(COLUMNS, row, strict=True)) for row in rows]).decode())
    elif kept:
        statement += "SELECT"
    if not statement and not end:
        return
    with connection.cursor() as cursor:
        cursor.execute((statement + end).removeprefix("; "), values)
        if deadline is None or cursor.rowcount == len(rows):
            return
    raise _too_late()


def _too_late() -> OperationalError:
    connection.close()  # the clocks are compared anew
    return OperationalError("the database took too long, and nothing was stored")
