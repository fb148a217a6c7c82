"""Keys of the API: made, checked, given anew, revoked. The only writer of ApiKey.

A key is `brownout_`, 34 random letters and digits (202 bits) and a checksum of 6: scanners for leaked secrets know it
by its look, and a mistyped one costs no query. Kept is its SHA-256; so much chance needs no slow hash.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from string import ascii_lowercase, ascii_uppercase, digits
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from reports.errors import SubmissionError, problem_response
from reports.models import ApiKey, ApiKeyLink, ApiKeyOwner

log = logging.getLogger(__name__)

PREFIX = "brownout_"
RANDOM, CHECK, SHOWN = 34, 6, 6  # characters
PATTERN = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECK}}}")
MOST_OF_ONE_OWNER = 10
LONGEST_NAME = 60
OLD_KEY_KEPT = timedelta(hours=24)  # after a rotation
EXPIRED_KEPT = timedelta(days=30)
LONGEST_LIFE = timedelta(days=3650)
_ALPHABET = digits + ascii_uppercase + ascii_lowercase


class Scope(StrEnum):
    """What a key may be used for."""

    READ = "read"
    WRITE_REPORTS = "reports:write"
    MANAGE_NOTICES = "notices:manage"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key with its text, which is told this one time. An empty text: it was made, and told, before."""

    key: ApiKey
    text: str


# ── the text of a key ────────────────────────────────────────────────────────────────────────────────────────────


def new_text() -> str:
    """A new key."""
    chance = "".join(secrets.choice(_ALPHABET) for _ in range(RANDOM))
    return f"{PREFIX}{chance}{_checksum(chance)}"


def is_well_formed(text: str) -> bool:
    """Whether this can be one of our keys: its look and its checksum (CRC-32 in base 62)."""
    if not PATTERN.fullmatch(text):
        return False
    chance, check = text[len(PREFIX) : -CHECK], text[-CHECK:]
    return hmac.compare_digest(check, _checksum(chance))


def _checksum(chance: str) -> str:
    number, found = zlib.crc32(chance.encode("ascii")), ""
    for _ in range(CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        found = _ALPHABET[digit] + found
    return found


def hash_of(text: str) -> bytes:
    """What is kept of a key."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


# ── making and ending ────────────────────────────────────────────────────────────────────────────────────────────


def create(
    *,
    name: str,
    scopes: Iterable[str],
    now: datetime,
    owner: ApiKeyOwner | None = None,
    expires_at: datetime | None = None,
    key_id: UUID | None = None,
    reads_a_minute: int | None = None,
    writes_a_minute: int | None = None,
) -> NewKey:
    """Makes a key. The same `key_id` again makes no second one. Raises SubmissionError, naming all that is wrong."""
    name, wanted = " ".join(name.split()), sorted(set(scopes))
    errors = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        errors.append({"field": "name", "message": f"Give it a name of 1 to {LONGEST_NAME} characters."})
    known = [scope.value for scope in Scope]
    if not wanted or set(wanted) - set(known):
        errors.append({"field": "scopes", "message": f"Choose at least one of: {', '.join(known)}."})
    if expires_at is not None and not now < expires_at <= now + LONGEST_LIFE:
        errors.append({"field": "expires", "message": "It must expire in the future, within ten years."})
    if errors:
        detail = "; ".join(f"{error['field']}: {error['message']}" for error in errors)
        raise SubmissionError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors)
    text = new_text()
    with transaction.atomic():
        if owner is not None:
            if not ApiKeyOwner.objects.select_for_update().filter(pk=owner.pk).exists():
                message = "Your last key has since been revoked, and your address deleted with it. Request a new link."
                raise SubmissionError(HTTPStatus.NOT_FOUND, "not-found", message)
            made_before = owner.keys.filter(pk=key_id).first() if key_id else None
            if made_before is not None:
                return NewKey(made_before, "")
            if owner.keys.count() >= MOST_OF_ONE_OWNER:
                message = f"You have {MOST_OF_ONE_OWNER} keys already. Revoke one that you no longer use."
                raise SubmissionError(HTTPStatus.CONFLICT, "too-many-keys", message)
        try:
            with transaction.atomic():
                key = ApiKey.objects.create(
                    id=key_id or uuid4(),
                    owner=owner,
                    name=name,
                    shown=text[: len(PREFIX) + SHOWN],
                    key_hash=hash_of(text),
                    scopes=wanted,
                    reads_a_minute=reads_a_minute,
                    writes_a_minute=writes_a_minute,
                    created_at=now,
                    expires_at=expires_at,
                )
        except IntegrityError as error:  # the id is somebody else's: nobody but a forger gets here
            raise SubmissionError(HTTPStatus.CONFLICT, "too-many-keys", "Open the form anew and try again.") from error
    return NewKey(key, text)


def rotate(key: ApiKey, *, now: datetime, at_once: bool = False) -> str:
    """Gives a key a new text. The old one is good for a day more, or ends at once. All that the key owns stays its.

    Raises ApiKey.DoesNotExist where it was revoked meanwhile.
    """
    text = new_text()
    ApiKey.objects.filter(pk=key.pk).update(
        shown=text[: len(PREFIX) + SHOWN],
        key_hash=hash_of(text),
        old_key_hash=None if at_once else key.key_hash,
        old_until_at=None if at_once else now + OLD_KEY_KEPT,
        rotated_at=now,
    )
    key.refresh_from_db()
    return text


def revoke(key: ApiKey) -> bool:
    """Deletes a key, from the next request on. With an owner's last key the address goes. True where it went."""
    with transaction.atomic():
        if key.owner_id is None:
            key.delete()
            return False
        ApiKeyOwner.objects.select_for_update().filter(pk=key.owner_id).first()
        key.delete()
        gone, _ = ApiKeyOwner.objects.filter(pk=key.owner_id, keys=None).delete()
    return bool(gone)


def forget_old(now: datetime) -> int:
    """Deletes keys that expired long ago, old texts, links that are over, and owners without a key or a link."""
    ApiKey.objects.filter(old_until_at__lte=now).update(old_key_hash=None, old_until_at=None)
    deleted = ApiKey.objects.filter(expires_at__lt=now - EXPIRED_KEPT).delete()[0]
    # A link counts against its owner and network for a day, which is as long as it is good.
    for owner in ApiKeyOwner.objects.filter(keys=None).exclude(links__expires_at__gt=now):
        deleted += owner.delete()[0]
    ApiKeyLink.objects.filter(expires_at__lt=now).delete()
    return deleted


# ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a key, or nobody in particular; or a key that is refused."""

    key: ApiKey | None = None
    refused: SubmissionError | None = None
    challenge: str = ""  # of WWW-Authenticate


NOBODY = Caller()


def text_of(request: HttpRequest) -> str | None:
    """The key that was sent along, right or wrong; None where none was.

    Receipts of reports and secrets of subscriptions come as a bearer, too, at their own addresses. They never begin
    as a key does.
    """
    scheme, _, bearer = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    bearer = bearer.strip()
    return None if _takes_secrets(request.path) and not bearer.startswith(PREFIX) else bearer


def _takes_secrets(path: str) -> bool:
    if path.startswith("/api/v1/reports/"):
        return path != "/api/v1/reports/batch"
    return path.startswith("/api/v1/subscriptions")


def identify(request: HttpRequest, *, now: datetime) -> Caller:
    """Who sends a request. Kept with it: `of_request` gives the key afterwards."""
    text = text_of(request)
    caller = NOBODY if text is None else _caller(text, request, now)
    request.META[_KEPT_AS] = caller
    return caller


_KEPT_AS = "brownout.caller"


def _caller(text: str, request: HttpRequest, now: datetime) -> Caller:
    try:
        key = find(text, now=now)
    except SubmissionError as refused:
        return Caller(None, refused, 'Bearer realm="brownout", error="invalid_token"')
    except DatabaseError:
        log.exception("a key could not be looked up")
        detail = "Your key cannot be checked at the moment. Please try again in some seconds."
        return Caller(None, SubmissionError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail))
    needed = needed_scope(request.method or "", request.path)
    if needed is not None and needed not in key.scopes:
        detail = f"This needs a key with the scope {needed}; yours has: {', '.join(key.scopes)}."
        challenge = f'Bearer realm="brownout", error="insufficient_scope", scope="{needed}"'
        return Caller(key, SubmissionError(HTTPStatus.FORBIDDEN, "missing-scope", detail), challenge)
    return Caller(key)


def find(text: str, *, now: datetime) -> ApiKey:
    """The key of a text. Raises SubmissionError (401)."""
    if not is_well_formed(text):
        raise SubmissionError(
            HTTPStatus.UNAUTHORIZED, "bad-key", "This is no key of ours. It may be mistyped or cut off."
        )
    digest = hash_of(text)
    key = ApiKey.objects.filter(Q(key_hash=digest) | Q(old_key_hash=digest, old_until_at__gt=now)).first()
    if key is None:
        raise SubmissionError(
            HTTPStatus.UNAUTHORIZED, "bad-key", "This key is not known here: it was revoked or replaced, or expired."
        )
    if key.expires_at is not None and key.expires_at <= now:
        raise SubmissionError(
            HTTPStatus.UNAUTHORIZED, "bad-key", f"This key expired at {key.expires_at:%Y-%m-%d %H:%M} UTC."
        )
    return key


def needed_scope(method: str, path: str) -> Scope | None:
    """The scope that a request with a key needs; None where any will do."""
    if path == "/api/v1/key" or method == "OPTIONS":
        return None
    if path.startswith("/api/v1/subscriptions"):
        return Scope.MANAGE_NOTICES
    return Scope.READ if method in ("GET", "HEAD") else Scope.WRITE_REPORTS


def of_request(request: HttpRequest) -> ApiKey | None:
    """The key that sent this request; None where it came without one."""
    caller: Caller = request.META.get(_KEPT_AS, NOBODY)
    return caller.key


def refusal(request: HttpRequest) -> HttpResponse | None:
    """The answer to a request whose key is refused; None where there is nothing to refuse."""
    caller: Caller = request.META.get(_KEPT_AS, NOBODY)
    if caller.refused is None:
        return None
    headers = {"Cache-Control": "no-store"}
    if caller.challenge:
        headers["WWW-Authenticate"] = caller.challenge
    if caller.refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    return problem_response(caller.refused.status, caller.refused.code, caller.refused.detail, headers=headers)


def limits_of(key: ApiKey) -> dict[str, int]:
    """How much a key may ask for in a minute; 0 for no limit."""
    reads, writes = settings.RATE_LIMIT_KEY_READS_A_MINUTE, settings.RATE_LIMIT_KEY_WRITES_A_MINUTE
    return {
        "reads": reads if key.reads_a_minute is None else key.reads_a_minute,
        "writes": writes if key.writes_a_minute is None else key.writes_a_minute,
    }


def number_of(key: ApiKey) -> int:
    """A positive number of 63 bits that stands for a key in counts."""
    return key.id.int & (1 << 63) - 1 or 1
