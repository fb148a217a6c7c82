"""A test message of the operator's, handed to a channel at once, beside all queues, ledgers and limits."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime

from django.conf import settings

from outages.notifications.channels import CHANNELS
from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.errors import DeliveryError
from outages.notifications.messages import Notification
from outages.signals.outbound import configured
from outages.signals.outbound.errors import OutboundOffError


class TrialError(Exception):
    """Why a test message did not arrive, in one line."""


def send(channel: str, target: str, *, signing_secret: str = "") -> str:
    """Send a test message and return what came of it. Raise TrialError."""
    way = CHANNELS[channel](configured.client())
    if reason := way.unready():
        raise TrialError(f"It cannot be sent: {reason}.")
    message_id = f"trial-{uuid.uuid4()}"
    notice = Notification(
        id=message_id,
        kind="test",
        title="Brownout: alerts work",
        text=f"Brownout at {settings.SITE_URL} can reach this address. Its operator asked for this test.",
        url=settings.SITE_URL,
        tag="trial",
        data={},
        timestamp=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    secrets = (signing_secret,) if signing_secret else ()
    parcel = OutgoingMessage(id=message_id, target=target, notices=(notice,), signing_secrets=secrets)
    began = time.monotonic()
    try:
        asyncio.run(way.send(parcel))
    except OutboundOffError as error:
        raise TrialError("OUTBOUND is off: nothing leaves this machine.") from error
    except DeliveryError as error:
        kind = "for good" if error.permanent else "for now"
        raise TrialError(f"Not taken, {kind}: {error}.") from error
    return f"Taken after {time.monotonic() - began:.1f} s, with the id {message_id}."
