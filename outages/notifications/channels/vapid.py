"""The key by which push services know us: from the settings, else made once and kept in the data folder."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from outages.notifications.channels.push_encryption import from_base64url, public_bytes, to_base64url

FILE = "vapid_private_key"
KEY_BYTES = 32


class VapidKeyError(Exception):
    """VAPID_PRIVATE_KEY, or what is kept of it, cannot be read."""


def private_key() -> ec.EllipticCurvePrivateKey:
    """The key. Made at the first call where none is set and none is kept. Raises VapidKeyError."""
    return _read(settings.VAPID_PRIVATE_KEY or _kept(Path(settings.DATA_DIR) / FILE))


def public_key() -> str:
    """The public half, as a browser wants it for `applicationServerKey`."""
    return to_base64url(public_bytes(private_key()))


@lru_cache(maxsize=4)
def _read(text: str) -> ec.EllipticCurvePrivateKey:
    try:
        raw = from_base64url(text.strip())
        if len(raw) != KEY_BYTES:
            raise ValueError(f"{len(raw)} bytes")
        return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())
    except ValueError as error:
        raise VapidKeyError("VAPID_PRIVATE_KEY must be a private key of P-256: 32 bytes in base64url") from error


def _kept(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        # Written aside and linked: of two processes that start at once one wins, and nobody reads half a key.
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(to_base64url(number.to_bytes(KEY_BYTES)), encoding="ascii")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii")
