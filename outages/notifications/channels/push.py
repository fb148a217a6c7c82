"""Web push: one payload that declarative push shows by itself and that our service worker reads elsewhere."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from outages.notifications.channels import vapid
from outages.notifications.channels.base import Accepted, OutgoingMessage
from outages.notifications.channels.push_encryption import (
    LONGEST_PLAINTEXT,
    encrypt,
    from_base64url,
    to_base64url,
    vapid_header,
)
from outages.notifications.channels.webhook import wait_of
from outages.notifications.errors import DeliveryError
from outages.notifications.messages import Notification
from outages.signals.outbound.client import Client, Limits
from outages.signals.outbound.errors import AddressRefusedError, OutboundError, OutboundOffError
from reports.languages import DEFAULT_LANGUAGE, written

LIMITS = Limits(total_s=10.0, body_bytes=4096, redirects=0, truncate=True)
DECLARATIVE = 8030  # the number by which a payload says that it is declarative
TOKEN_VALID_S = 12 * 3600
LONGEST_TEXT = 600
PROOF = ("subscription", "challenge", "confirmed")  # what our service worker confirms a subscription by
GONE = (404, 410)  # RFC 8030, 7.3: the browser has unsubscribed


def payload_of(notice: Notification, language: str = DEFAULT_LANGUAGE) -> bytes:
    """A declarative push message (Push API, "declarative push message")."""

    proof = {name: notice.data[name] for name in PROOF if "challenge" in notice.data}

    def encoded(text: str) -> bytes:
        message: dict[str, Any] = {
            "web_push": DECLARATIVE,
            "notification": {
                "title": notice.title,
                "body": text,
                "navigate": notice.url,
                "lang": written(language),
                "dir": "ltr",
                "tag": notice.tag,
                "silent": False,
                **({"data": proof} if proof else {}),
            },
        }
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    text = notice.text if len(notice.text) <= LONGEST_TEXT else notice.text[: LONGEST_TEXT - 1] + "…"
    payload = encoded(text)
    return payload if len(payload) <= LONGEST_PLAINTEXT else encoded("")


def topic_of(tag: str) -> str:
    """While a phone is away, a later notice of an incident takes the place of an earlier one (RFC 8030, 5.4)."""
    return to_base64url(sha256(tag.encode()).digest())[:32]


class PushChannel:
    """Gives encrypted messages to the browser's push service."""

    patience: ClassVar[timedelta] = timedelta(hours=24)
    repeats_safely: ClassVar[bool] = True

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    def operator_targets(cls) -> None:
        return None

    def unready(self) -> str:
        try:
            vapid.private_key()
        except vapid.VapidKeyError as error:
            return str(error)
        return ""

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        target = json.loads(parcel.target)
        body = encrypt(
            payload_of(parcel.notice, parcel.language),
            p256dh=from_base64url(target["p256dh"]),
            auth=from_base64url(target["auth"]),
            sender=ec.generate_private_key(ec.SECP256R1()),
            salt=os.urandom(16),
        )
        parts = urlsplit(target["endpoint"])
        headers = {
            "authorization": vapid_header(
                vapid.private_key(),
                audience=f"{parts.scheme}://{parts.netloc}",
                subject=settings.CONTACT_URL,
                expires=int(time.time()) + TOKEN_VALID_S,
            ),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(self.patience.total_seconds())),
            "topic": topic_of(parcel.notice.tag),
            "urgency": "high" if parcel.notice.urgent else "normal",
        }
        try:
            response = await self.client.afetch(
                target["endpoint"], method="POST", headers=headers, content=body, limits=LIMITS
            )
        except OutboundOffError:
            raise
        except AddressRefusedError as error:
            raise DeliveryError("this address is one that we never call") from error
        except OutboundError as error:
            raise DeliveryError(str(error)) from error
        if response.status in GONE:
            raise DeliveryError(f"{response.status}: the browser has unsubscribed", permanent=True)
        if not 200 <= response.status < 300:
            raise DeliveryError(f"the push service answered {response.status}", retry_after_s=wait_of(response))
        return Accepted()
