"""Webhooks, signed as Standard Webhooks 1.0 has it: https://www.standardwebhooks.com/"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from standardwebhooks import Webhook

from outages.notifications.channels.base import Accepted, OutgoingMessage
from outages.notifications.errors import DeliveryError
from outages.notifications.messages import Notification
from outages.notifications.rules import NotificationKind
from outages.signals.outbound.client import Client, Limits, Response
from outages.signals.outbound.errors import AddressRefusedError, OutboundError, OutboundOffError
from outages.signals.outbound.retry_after import retry_after_s

LIMITS = Limits(total_s=10.0, body_bytes=16_384, redirects=0, truncate=True)
GONE = 410
SECRET_BYTES = 32
_OF_INCIDENTS = frozenset(kind.value for kind in NotificationKind)


def new_signing_secret() -> str:
    """A random secret as the standard writes it."""
    return "whsec_" + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def body_of(notice: Notification) -> bytes:
    """The payload: `type`, `timestamp` and `data`. The same notice always makes the same bytes."""
    about = "incident" if notice.kind in _OF_INCIDENTS else "subscription"
    payload = {
        "type": f"{about}.{notice.kind}",
        "timestamp": notice.timestamp,
        "data": {"title": notice.title, **notice.data},
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(parcel: OutgoingMessage, body: bytes, at: datetime) -> dict[str, str]:
    """The three headers of the standard; one signature for each secret that is valid."""
    text = body.decode()
    signatures = [Webhook(secret).sign(parcel.id, at, text) for secret in parcel.signing_secrets]
    return {
        "content-type": "application/json",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class WebhookChannel:
    """Posts to a subscriber's address."""

    patience: ClassVar[timedelta] = timedelta(hours=75)  # programs want to hear of it whenever they are back
    repeats_safely: ClassVar[bool] = True

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    def operator_targets(cls) -> None:
        return None

    def unready(self) -> str:
        return ""

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        body = body_of(parcel.notice)
        try:
            response = await self.client.afetch(
                parcel.target,
                method="POST",
                headers=headers_of(parcel, body, datetime.now(UTC)),
                content=body,
                limits=LIMITS,
            )
        except OutboundOffError:
            raise
        except AddressRefusedError as error:
            # What a name led to is not told: it would let strangers ask our name servers.
            raise DeliveryError("this address is one that we never call") from error
        except OutboundError as error:
            raise DeliveryError(str(error)) from error
        check(response)
        return Accepted(proven=proves(response.body, str(parcel.notice.data.get("challenge", ""))))


def check(response: Response) -> None:
    """Raises DeliveryError for an answer that is no success."""
    if 200 <= response.status < 300:
        return
    if response.status == GONE:
        raise DeliveryError("410 Gone: the endpoint wants no more", permanent=True)
    if 300 <= response.status < 400:
        raise DeliveryError(f"{response.status}: redirects are not followed; give the address itself")
    raise DeliveryError(f"answered {response.status}", retry_after_s=wait_of(response))


def wait_of(response: Response) -> int | None:
    """Return the seconds after which the other side wants to be called again; None where it names none."""
    return retry_after_s(response.headers.get("retry-after"), datetime.now(UTC))


def proves(body: bytes, challenge: str) -> bool:
    """Whether an answer gives the challenge back: as the text alone, or as `challenge` of a JSON object.

    A server that merely echoes what it gets does not prove anything: there the challenge lies deeper.
    """
    if not challenge:
        return False
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            text = str(json.loads(text).get("challenge", ""))
        except (ValueError, RecursionError):
            return False
    return hmac.compare_digest(text.encode(), challenge.encode())
