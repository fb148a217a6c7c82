"""Targets and signing secrets as they are stored: sealed under SECRET_KEY. Links of mails carry tokens made of it."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class DecryptionError(Exception):
    """What was stored cannot be opened: SECRET_KEY is another one than then."""


@lru_cache(maxsize=4)
def _key(secret_key: str, purpose: str) -> bytes:
    # The name is part of every key: with another one nothing that was stored opens, and no link of a mail.
    return hmac.digest(secret_key.encode(), b"outages.notices." + purpose.encode(), sha256)


def _fernet() -> Fernet:
    return Fernet(urlsafe_b64encode(_key(settings.SECRET_KEY, "seal")))


def seal(text: str) -> bytes:
    """The text, encrypted and authenticated."""
    return _fernet().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """What was sealed. Raises DecryptionError."""
    try:
        return _fernet().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise DecryptionError("SECRET_KEY has changed since this was stored") from error


def fingerprint(text: str) -> bytes:
    """32 bytes by which the same target is found again; without the key nothing can be guessed from them."""
    return hmac.digest(_key(settings.SECRET_KEY, "fingerprint"), text.encode(), sha256)


def hash_secret(secret: str) -> bytes:
    """32 bytes kept instead of a random secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def token_of(purpose: str, subscription: UUID) -> str:
    """The token of a link about one subscription. It is not stored: whoever has SECRET_KEY can make it again."""
    digest = hmac.digest(_key(settings.SECRET_KEY, purpose), subscription.bytes, sha256)
    return urlsafe_b64encode(digest[:24]).decode()


def is_token(purpose: str, subscription: UUID, token: str) -> bool:
    """Whether this is the token, compared in constant time."""
    return hmac.compare_digest(token_of(purpose, subscription).encode(), token.encode("utf-8", "surrogatepass"))
