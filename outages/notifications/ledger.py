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
from outages.notifications.retry import UNASKED_GOOD_FOR
from reports.errors import SubmissionError

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COUNTED = DAY + UNASKED_GOOD_FOR  # what was asked for may arrive so much later, and counts on the day it arrives
KEPT = timedelta(days=2)
MOST_OF_ONE_TARGET = 3  # a day, over all that we send: nobody's mailbox is filled by a stranger
MOST_OF_ONE_DOMAIN = 30  # a day: at many domains all names end in one mailbox
MOST_OF_ONE_NETWORK = 30  # an hour
MOST_OF_ONE_KEY = 300  # an hour
MOST_OF_UNKNOWN = 600  # an hour, all networks together that are not known
DOTS_DO_NOT_COUNT = {"gmail.com"}
ONE_MAILBOX = {"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me"}  # two names of one
ANY_ADDRESS = ("webhook", "alertmanager", "template")  # three forms in which one address may be called
# Where millions have a mailbox of their own; a bound for all of them together would be a bound for everybody.
SHARED_DOMAINS = frozenset(
    """
    126.com 163.com aol.com bluewin.ch comcast.net daum.net duck.com fastmail.com free.fr freenet.de gmail.com
    gmx.at gmx.ch gmx.com gmx.de gmx.net hanmail.net hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es
    hotmail.fr hotmail.it icloud.com kpnmail.nl laposte.net libero.it live.com live.dk live.nl live.se mac.com
    mail.com mail.de mail.ru mailbox.org me.com msn.com naver.com online.no orange.fr outlook.com outlook.de
    outlook.dk outlook.es outlook.fr outlook.jp planet.nl posteo.de proton.me qq.com rocketmail.com sfr.fr
    sina.com t-online.de tele2.se telenet.be telia.com terra.es tiscali.it tutanota.com tuta.com virgilio.it
    wanadoo.fr web.de wp.pl xs4all.nl yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it
    yandex.com yandex.ru ymail.com zoho.com ziggo.nl
    """.split()  # noqa: SIM905 -- a list of names reads better without marks
)
USUAL_PORTS = {"http": 80, "https": 443}


def charge(channel: str, target: str, *, network: int = 0, key: int = 0, now: datetime) -> None:
    """Count one unasked message, in the transaction that makes it. Raises SubmissionError where it is one too many.

    `network` and `key` are numbers of who asks for it; both 0: a network that is not known.
    """
    hashed, domain = fingerprint(channel, target), _domain_of(channel, target)
    asker = key or network
    bounds = [(hashed, MOST_OF_ONE_TARGET)]
    if domain is not None:
        bounds.append((domain, MOST_OF_ONE_DOMAIN))
    with transaction.atomic():
        for lock in sorted(
            {asker, *(_number(counted) for counted, _most in bounds)}
        ):  # in one order, against deadlocks
            _wait_for(lock)
        for counted, most in bounds:
            if ContactAttempt.objects.filter(target_hash=counted, at__gt=now - COUNTED).count() >= most:
                raise SubmissionError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    "too-many-subscriptions",
                    _(
                        "We’ve already sent several messages there today. "
                        "Look for an earlier one, or try again tomorrow."
                    ),
                )
        most = MOST_OF_ONE_KEY if key else MOST_OF_ONE_NETWORK if network else MOST_OF_UNKNOWN
        if ContactAttempt.objects.filter(asker=asker, at__gt=now - HOUR).count() >= most:
            detail = (
                "Too many messages were asked for with your key and not confirmed. Try again in an hour."
                if key
                else _("Too many unconfirmed subscriptions from your network. Try again in an hour.")
            )
            raise SubmissionError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-subscriptions", detail)
        ContactAttempt.objects.create(target_hash=hashed, asker=asker, at=now)
        if domain is not None:
            ContactAttempt.objects.create(target_hash=domain, asker=_number(domain), at=now)


def strike_off(channel: str, target: str) -> None:
    """Forget the newest unasked message to a target: its link was followed, so it was wanted."""
    for counted in (fingerprint(channel, target), _domain_of(channel, target)):
        newest = ContactAttempt.objects.filter(target_hash=counted or b"").order_by("-at", "-id").first()
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


def _domain_of(channel: str, target: str) -> bytes | None:
    """Return a keyed hash of a mailbox's domain; None where that says nothing of whose mailbox it is."""
    domain = folded(channel, target).rpartition("@")[2]
    if channel != Channel.MAIL or domain in SHARED_DOMAINS:
        return None
    return crypto.fingerprint(f"contact domain {domain}")


def _number(hashed: bytes) -> int:
    return int.from_bytes(hashed[:8], signed=True)


def _wait_for(lock: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
