"""Links to one's API keys, sent by mail: asked for, sent, opened. Whoever has the link has the mailbox.

A link waits in the database until it is sent. A process that dies while it sends one leaves it to the next, which may
send it twice: with the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from outages.models import Channel
from outages.notifications import crypto, ledger, validation
from outages.notifications.channels import mail
from outages.notifications.errors import DeliveryError
from outages.notifications.retry import UNASKED_GOOD_FOR
from outages.signals.outbound.configured import is_off
from reports.errors import Errors, SubmissionError
from reports.models import ApiKeyLink, ApiKeyOwner

log = logging.getLogger(__name__)

PURPOSE = "api-keys"
GOOD_FOR = timedelta(hours=24)
MOST_OF_ONE_NETWORK = 10  # an hour
LEASE = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


def ask(address: str, *, language: str, now: datetime, network: int = 0) -> ApiKeyLink:
    """Has a link sent to a mailbox, whether it has keys already or not. Raises SubmissionError."""
    errors = Errors()
    address = validation.mail_address("mail", address, errors)
    if errors.found:
        raise SubmissionError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", _("This isn’t an email address."), errors.found
        )
    lately = ApiKeyLink.objects.filter(network=network, created_at__gt=now - timedelta(hours=1))
    if network and lately.count() >= MOST_OF_ONE_NETWORK:
        detail = _("Too many links requested from your network. Try again in an hour.")
        raise SubmissionError(HTTPStatus.TOO_MANY_REQUESTS, "throttled", detail)
    with transaction.atomic():
        owner = _owner_of(address, now)
        ledger.charge(Channel.MAIL, address, network=network, now=now)
        ApiKeyOwner.objects.filter(pk=owner.pk).update(language=language)
        return ApiKeyLink.objects.create(
            owner=owner, network=network, created_at=now, next_at=now, expires_at=now + GOOD_FOR
        )


def _owner_of(address: str, now: datetime) -> ApiKeyOwner:
    """Return the owner of a mailbox, made where there is none yet, and locked until the transaction ends."""
    digest = crypto.fingerprint(f"api-key {address}")
    while True:
        found = ApiKeyOwner.objects.select_for_update().filter(mail_hash=digest).first()
        if found is not None:
            return found
        # Another request may make it at the same time, and the end of its only key may take it away again.
        new = ApiKeyOwner(mail_hash=digest, mail_sealed=crypto.seal(address), created_at=now)
        ApiKeyOwner.objects.bulk_create([new], ignore_conflicts=True)


def address_of(link: ApiKeyLink) -> str:
    """Where a link leads."""
    return f"{settings.SITE_URL}/developers/keys/{link.pk}/{crypto.token_of(PURPOSE, link.pk)}"


def opened(link_id: UUID, token: str, *, now: datetime) -> ApiKeyLink | None:
    """The link, with its owner; None where it is wrong or over. Changes nothing: programs follow links in mails."""
    if not crypto.is_token(PURPOSE, link_id, token):
        return None
    return ApiKeyLink.objects.select_related("owner").filter(pk=link_id, expires_at__gt=now).first()


def note_use(link: ApiKeyLink, *, now: datetime) -> None:
    """Note that something was done by a link, once: so it was wanted."""
    if ApiKeyLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now):
        with suppress(crypto.DecryptionError):
            ledger.strike_off(Channel.MAIL, crypto.unseal(link.owner.mail_sealed))


def send_due(now: Callable[[], datetime] = timezone.now) -> int:
    """Sends the links that wait. Returns how many. While mail cannot be sent they wait until they are over."""
    if is_off() or mail.unready():
        return 0
    sent = 0
    while (link := _claimed(now())) is not None:
        try:
            mail.hand_over(message_of(link))
        except (DeliveryError, crypto.DecryptionError) as error:
            permanent = getattr(error, "permanent", True)
            wait = min(FIRST_WAIT * 2 ** (link.attempts - 1), LONGEST_WAIT)
            log.warning("a link to API keys was not sent: %s", error)
            ApiKeyLink.objects.filter(pk=link.pk).update(
                lease_until_at=None, next_at=link.expires_at if permanent else now() + wait, error=str(error)[:200]
            )
        else:
            ApiKeyLink.objects.filter(pk=link.pk).update(lease_until_at=None, sent_at=now(), error="")
            sent += 1
    return sent


def _claimed(now: datetime) -> ApiKeyLink | None:
    """The next link to send, leased to this process."""
    with transaction.atomic():
        link = (
            ApiKeyLink.objects.filter(
                Q(lease_until_at=None) | Q(lease_until_at__lte=now),
                sent_at=None,
                next_at__lte=now,
                created_at__gt=now - UNASKED_GOOD_FOR,
            )
            .order_by("next_at")
            .select_for_update(skip_locked=True)
            .first()
        )
        if link is None:
            return None
        link.attempts += 1
        link.lease_until_at = now + LEASE
        link.save(update_fields=["attempts", "lease_until_at"])
    return link


def message_of(link: ApiKeyLink) -> EmailMultiAlternatives:
    """The mail. Raises DecryptionError."""
    host = settings.MAIL_FROM.rpartition("@")[2].strip("> ") or "localhost"
    context = {"address": address_of(link), "site": settings.SITE_URL, "hours": GOOD_FOR // timedelta(hours=1)}
    with override(link.owner.language):
        message = EmailMultiAlternatives(
            subject=_("Your API keys on Brownout"),
            body=render_to_string("developers/link.txt", context),
            from_email=settings.MAIL_FROM,
            to=[crypto.unseal(link.owner.mail_sealed)],
            headers={
                "Message-ID": f"<{link.pk}@{host}>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )
        message.attach_alternative(render_to_string("developers/link.html", context), "text/html")
    return message
