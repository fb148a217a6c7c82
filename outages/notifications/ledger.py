"""Messages to people and programs that have not asked for them yet: counted by target and by asker.

The count outlives what it was about: a subscription that is deleted and asked for anew is one more question. What
turns out to have been wanted, because its link was followed, is struck off. Only keyed hashes are kept, for two days.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.utils.translation import gettext as _

from outages.models import Channel, ContactAttempt
from outages.notifications import crypto
from reports.errors import SubmissionError

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KEPT = timedelta(days=2)
MOST_OF_ONE_TARGET = 3  # a day, over all that we send: nobody's mailbox is filled by a stranger
MOST_OF_ONE_NETWORK = 30  # an hour
MOST_OF_ONE_KEY = 300  # an hour
MOST_OF_UNKNOWN = 600  # an hour, all networks together that are not known
DOTS_DO_NOT_COUNT = {"gmail.com"}
ONE_MAILBOX = {"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me"}  # two names of one
ANY_ADDRESS = ("webhook", "alertmanager", "template")  # three forms in which one address may be called
USUAL_PORTS = {"http": 80, "https": 443}


def charge(channel: str, target: str, *, network: int = 0, key: int = 0, now: datetime) -> None:
    """Count one unasked message, in the transaction that makes it. Raises SubmissionError where it is one too many.

    `network` and `key` are numbers of who asks for it; both 0: a network that is not known.
    """
    hashed = fingerprint(channel, target)
    asker = key or network
    with transaction.atomic():
        for lock in sorted((_number(hashed), asker)):  # in one order, or two could wait for each other
            _wait_for(lock)
        sent = ContactAttempt.objects.filter(target_hash=hashed, at__gt=now - DAY).count()
        if sent >= MOST_OF_ONE_TARGET:
            raise SubmissionError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-many-subscriptions",
                _(
                    "This target was asked often enough today. Look for our earlier message there, or try again "
                    "tomorrow."
                ),
            )
        most = MOST_OF_ONE_KEY if key else MOST_OF_ONE_NETWORK if network else MOST_OF_UNKNOWN
        if ContactAttempt.objects.filter(asker=asker, at__gt=now - HOUR).count() >= most:
            who = "with your key" if key else "from your network"
            raise SubmissionError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-many-subscriptions",
                f"Too many messages were asked for {who} and not confirmed. Try again in an hour.",
            )
        ContactAttempt.objects.create(target_hash=hashed, asker=asker, at=now)


def strike_off(channel: str, target: str) -> None:
    """Forget the newest unasked message to a target: its link was followed, so it was wanted."""
    newest = ContactAttempt.objects.filter(target_hash=fingerprint(channel, target)).order_by("-at", "-id").first()
    if newest is not None:
        newest.delete()


def forget_old(now: datetime) -> int:
    """Delete what counts no more. Return how many."""
    return ContactAttempt.objects.filter(at__lt=now - KEPT).delete()[0]


def fingerprint(channel: str, target: str) -> bytes:
    """Return a keyed hash that all spellings of one mailbox, or all addresses of one door, have in common."""
    door = Channel.WEBHOOK if channel in ANY_ADDRESS else channel
    return crypto.fingerprint(f"contact {door} {folded(channel, target)}")


def folded(channel: str, target: str) -> str:
    """Return a target without what makes no difference to who gets the message."""
    if channel == Channel.MAIL:
        name, _at, domain = target.strip().lower().rpartition("@")
        name, domain = name.partition("+")[0], ONE_MAILBOX.get(domain, domain)
        return f"{name.replace('.', '') if domain in DOTS_DO_NOT_COUNT else name}@{domain}"
    if channel == "template":
        target = str(json.loads(target)["url"])
    if channel in ANY_ADDRESS:
        parts = urlsplit(target)
        return f"{(parts.hostname or '').lower()}:{parts.port or USUAL_PORTS.get(parts.scheme, '')}{parts.path}"
    return target


def _number(hashed: bytes) -> int:
    return int.from_bytes(hashed[:8], signed=True)


def _wait_for(lock: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
