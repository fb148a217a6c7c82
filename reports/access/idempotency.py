"""A request that names an Idempotency-Key is carried out once; its repetition gets the same answer.

A key is its sender's own: of the API key and the reporter's token, else of the address and the door that it came by.
The answer holds a receipt, so it is repeated only to who can show to be the same: for anybody else the same key is
another key.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from reports.access import keys
from reports.errors import SubmissionError
from reports.models import IdempotencyKey
from reports.privacy import origin

SHORTEST, LONGEST = 8, 255
REMEMBERED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A key and what was asked under it, both hashed."""

    key_hash: bytes
    request_hash: bytes


def of_request(request: HttpRequest, key: str, body: bytes, *, token: str, door: str) -> Idempotency:
    """Return the key with whom it belongs to; `token` is the reporter's, "" where none is known.

    Raises SubmissionError (400).
    """
    if not (SHORTEST <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise SubmissionError(
            HTTPStatus.BAD_REQUEST,
            "bad-idempotency-key",
            f"Idempotency-Key must be {SHORTEST} to {LONGEST} printable ASCII characters, such as a new UUID.",
        )
    owner = "\0".join((*_client(request, token, door), key))
    digest = hmac.digest(_secret(settings.SECRET_KEY), owner.encode("utf-8", "surrogatepass"), "sha256")
    return Idempotency(digest, sha256(body).digest())


def _client(request: HttpRequest, token: str, door: str) -> tuple[str, ...]:
    """Name the sender by what nobody else can show. It is hashed under a key of ours, never stored as it is."""
    api_key = keys.of_request(request)
    if api_key is not None:
        return ("key", str(api_key.id), token)
    if token:
        return ("reporter", token)
    return ("address", origin.household(request), door)


@lru_cache(maxsize=2)
def _secret(secret_key: str) -> bytes:
    return sha256(b"brownout.reports.idempotency\0" + secret_key.encode()).digest()


def lock_number(asked: Idempotency) -> int:
    """Return the number of the lock that two requests under one key contend for."""
    return int.from_bytes(asked.key_hash[:8], signed=True)


def recall(asked: Idempotency) -> dict[str, Any] | None:
    """What was answered under this key; None the first time. Call it in the transaction that then calls `remember`.

    Holds a lock to the end of the transaction: of two requests at once, one waits for the other's answer.
    Raises SubmissionError (422) where the key stood for another request.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(asked)])
    found = recall_all([asked]).get(asked.key_hash)
    return None if found is None else same_request(asked, *found)


def recall_all(asked: Sequence[Idempotency]) -> dict[bytes, tuple[bytes, dict[str, Any]]]:
    """Return by key, for those that were answered, the hash of the request and the answer. Call it with them locked."""
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*recall_query(asked))
        return recalled(cursor.fetchall())


def recall_query(asked: Sequence[Idempotency]) -> tuple[str, list[Any]]:
    """Return the query of `recall_all` and its parameters, for whoever sends it together with others."""
    query = "SELECT key_hash, request_hash, body FROM reports_idempotencykey WHERE key_hash = ANY(%s)"
    return query, [[one.key_hash for one in asked]]


def recalled(rows: Iterable[Sequence[Any]]) -> dict[bytes, tuple[bytes, dict[str, Any]]]:
    """Return what `recall_query` found, as `recall_all` does."""
    return {
        bytes(key_hash): (bytes(request_hash), json.loads(body) if isinstance(body, str) else body)
        for key_hash, request_hash, body in rows
    }


def same_request(asked: Idempotency, request_hash: bytes, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer. Raises SubmissionError (422) where it was given to another request."""
    if request_hash != asked.request_hash:
        raise SubmissionError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "This Idempotency-Key was sent with another body. Use a new key for a new report.",
        )
    return body


Answer = tuple[Idempotency, int, dict[str, Any], datetime]
INSERT = (
    "INSERT INTO reports_idempotencykey (key_hash, request_hash, status, body, created_at) "
    "SELECT decode(key_hash, 'base64'), decode(request_hash, 'base64'), status, body, created_at "
    "FROM json_to_recordset(%s) AS answered "
    "(key_hash text, request_hash text, status smallint, body jsonb, created_at timestamptz)"
)


def remember(asked: Idempotency, status: int, body: dict[str, Any], now: datetime) -> None:
    """Keeps the answer. It holds no secret: receipts are made anew."""
    with connection.cursor() as cursor:
        cursor.execute(*remember_query([(asked, status, body, now)]))


def remember_query(answers: Sequence[Answer]) -> tuple[str, list[Any]]:
    """Return the statement that keeps answers, each with its key, status and time, and its parameters."""
    rows = [
        {
            "key_hash": asked.key_hash,
            "request_hash": asked.request_hash,
            "status": status,
            "body": body,
            "created_at": now,
        }
        for asked, status, body, now in answers
    ]
    return INSERT, [msgspec.json.encode(rows).decode()]


def forget_old(now: datetime) -> int:
    """Deletes answers older than REMEMBERED. Returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - REMEMBERED).delete()[0]
