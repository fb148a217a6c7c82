"""What all channels have in common: one verb, and two ways to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Protocol

from outages.notifications.messages import Notification
from outages.signals.outbound.client import Client
from reports.languages import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message: its id, where it goes, and the notices in it (more than one only in a daily message).

    `language` is the subscriber's. `signing_secrets` are a webhook's, the newest first. `manage_url` is where a person
    confirms and unsubscribes. `thread` is the reference of what was said there of the same incident first.
    """

    id: str
    target: str
    notices: tuple[Notification, ...]
    manage_url: str = ""
    signing_secrets: tuple[str, ...] = ()
    language: str = DEFAULT_LANGUAGE
    thread: str = ""
    on_sent: Callable[[], None] | None = field(default=None, compare=False)  # called as the last of it goes out

    @property
    def notice(self) -> Notification:
        """The newest one."""
        return self.notices[-1]


@dataclass(frozen=True, slots=True)
class Accepted:
    """How a message was taken. `proven`: the answer proves that whoever is behind the target wants our notices.

    `reference` is the other side's name of the message, by which later ones of the same incident join it.
    """

    proven: bool = False
    reference: str = ""


class Channel(Protocol):
    """A channel. For `patience` after its first attempt, a delivery that fails is tried again.

    `repeats_safely` where the other side knows a message that comes again by its id. Elsewhere what went out whole and
    stayed unanswered is not said again.
    """

    patience: ClassVar[timedelta]
    repeats_safely: ClassVar[bool]

    def __init__(self, client: Client) -> None:
        """Take the client that reaches the outside; who needs none leaves it."""

    @classmethod
    def operator_targets(cls) -> tuple[str, ...] | None:
        """Return what the operator's settings name: each is told of every live service. None: subscribers choose."""

    def unready(self) -> str:
        """Why this channel cannot send at present, for its operator; empty where it can."""

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        """Send it and return how it was taken.

        Raises DeliveryError, permanent or not, and OutboundOffError where nothing may be sent.
        """
