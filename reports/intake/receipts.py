"""Names and secrets of reports.

An id is a UUID of version 7 (RFC 9562), so that ids sort by time and a report's partition can be told from its id.
A receipt is the secret that lets a reporter correct or withdraw; only its hash is stored. It is made from the id
under a key of ours, so that the answer to a repeated request can name it again although it is stored nowhere.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings

RECEIPT_BYTES = 24


def new_id(moment: datetime, random_bits: int | None = None) -> UUID:
    """A UUID of version 7 for a moment: milliseconds, 12 bits of finer time, 62 random bits (or the given ones)."""
    tail = secrets.randbits(62) if random_bits is None else random_bits & (1 << 62) - 1
    return UUID(int=_head(moment) | tail)


@lru_cache(maxsize=4)  # the reports of a minute share theirs
def _head(moment: datetime) -> int:
    """Return the 66 bits of an id that do not depend on chance, in their place."""
    microseconds = int(moment.timestamp() * 1_000_000)
    milliseconds, rest = divmod(microseconds, 1000)
    finer = rest * 4096 // 1000
    return (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | finer << 64 | 2 << 62


def moment_of(report_id: UUID) -> datetime | None:
    """The moment that an id was made for, to the millisecond; None where the id is not of version 7."""
    if report_id.version != 7:
        return None
    try:
        return datetime.fromtimestamp((report_id.int >> 80) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def secret_of(report_id: UUID) -> str:
    """The receipt of a report: 32 characters fit for an address."""
    digest = hmac.digest(_key(settings.SECRET_KEY), report_id.bytes, "sha256")
    return urlsafe_b64encode(digest[:RECEIPT_BYTES]).decode("ascii")


def hash_of(secret: str) -> bytes:
    """What is stored of a receipt."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def fits(secret: str, stored_hash: bytes | memoryview) -> bool:
    """Whether this is the receipt whose hash was stored."""
    return hmac.compare_digest(hash_of(secret), bytes(stored_hash))


@lru_cache(maxsize=2)
def _key(secret_key: str) -> bytes:
    return sha256(b"brownout.reports.receipt\0" + secret_key.encode()).digest()
