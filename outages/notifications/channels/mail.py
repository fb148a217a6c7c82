"""Mail: plain text with simple HTML beside it, and one-tap unsubscribing (RFC 8058)."""

from __future__ import annotations

import asyncio
import re
import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext, override

from outages.notifications.channels.base import Accepted, OutgoingMessage
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.client import Client
from outages.signals.outbound.errors import AddressRefusedError
from outages.signals.outbound.policy import Mode, Policy
from outages.texts.titles import named_headline
from reports.languages import written

_THREADS: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="mail")
TOTAL_S = 40.0
_BREAKS: Final = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")  # not the blanks that French keeps before a colon


def unready() -> str:
    """Why mail cannot be sent here; empty where it can."""
    if not settings.EMAIL_HOST:
        return "no mail server is set up (EMAIL_URL)"
    if settings.OUTBOUND == Mode.LOOPBACK:
        try:
            Policy(Mode.LOOPBACK).check_target(settings.EMAIL_HOST, settings.EMAIL_PORT)
        except AddressRefusedError as error:
            return str(error)
    return ""


def date_of(moment: datetime) -> str:
    """A message's date. Django's own says -0000: that of a sender that does not know its zone."""
    return format_datetime(moment)


def message_of(parcel: OutgoingMessage) -> EmailMultiAlternatives:
    """Return the message, in the subscriber's language. By its Message-ID, the delivery's id, a repetition is known."""
    with override(parcel.language):
        return _message_of(parcel)


def _message_of(parcel: OutgoingMessage) -> EmailMultiAlternatives:
    host = settings.MAIL_FROM.rpartition("@")[2].strip("> ") or "localhost"
    newest = parcel.notice
    if len(parcel.notices) == 1:
        subject = newest.title
    else:
        count = len(parcel.notices)
        subject = ngettext("%(count)d outage alert", "%(count)d outage alerts", count) % {"count": count}
        subject = named_headline(newest.service_name, subject) if newest.service_name else subject
    context: dict[str, Any] = {
        "notices": parcel.notices,
        "manage_url": parcel.manage_url,
        "site_url": settings.SITE_URL,
        "language": written(parcel.language),
    }
    context["is_challenge"] = newest.kind in ("challenge", "owner")
    context["is_owner"] = newest.kind == "owner"
    context["is_last"] = newest.kind == "disabled"
    headers = {
        "Message-ID": f"<{parcel.id}@{host}>",
        "Date": date_of(timezone.now()),
        "Auto-Submitted": "auto-generated",
        "Content-Language": written(parcel.language),
        "X-Auto-Response-Suppress": "All",
    }
    if not context["is_challenge"] and not context["is_last"]:
        headers["List-Unsubscribe"] = f"<{parcel.manage_url}/unsubscribe>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if len(parcel.notices) == 1:
        headers["References"] = f"<{newest.tag}@{host}>"
    message = EmailMultiAlternatives(
        subject=_BREAKS.sub(" ", subject).strip(),
        body=render_to_string("subscribe/mail.txt", context),
        from_email=settings.MAIL_FROM,
        to=[parcel.target],
        headers=headers,
    )
    message.attach_alternative(render_to_string("subscribe/mail.html", context), "text/html")
    return message


class MailChannel:
    """Hands messages to the operator's mail server, some at once."""

    patience: ClassVar[timedelta] = timedelta(hours=24)  # people do not want yesterday's news
    repeats_safely: ClassVar[bool] = True

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    def operator_targets(cls) -> None:
        return None

    def unready(self) -> str:
        return unready()

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        message = message_of(parcel)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(TOTAL_S):
                await loop.run_in_executor(_THREADS, hand_over, message)
        except TimeoutError as error:
            raise DeliveryError(f"the mail server has not taken it within {TOTAL_S:g} s") from error
        return Accepted()


def hand_over(message: EmailMultiAlternatives) -> None:
    """Gives a message to the mail server. Raises DeliveryError: permanent where the mailbox is refused for good."""
    try:
        with get_connection() as connection:
            connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()), (0, b""))
        raise DeliveryError(_said(code, words), permanent=_is_dead(code, words)) from error
    except smtplib.SMTPResponseException as error:
        # Refused is we, or this message, by the operator's own server: not the subscriber's fault.
        raise DeliveryError(_said(error.smtp_code, error.smtp_error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"the mail server cannot be reached: {type(error).__name__}") from error


def _is_dead(code: int, words: bytes | str) -> bool:
    """Whether the mailbox is gone, rather than our own server unwilling to pass mail on (5.7: policy, RFC 3463)."""
    text = _said(code, words).lower()
    return 500 <= code < 600 and "5.7." not in text and "relay" not in text


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"the mail server said {code} {' '.join(text.split())}"[:160]
