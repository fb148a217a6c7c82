"""What channels that post JSON to a chat or an on-call service have in common: addresses, pace, answers."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Final

from outages.notifications.channels.base import Accepted, OutgoingMessage
from outages.notifications.channels.cards import Card, card_of
from outages.notifications.channels.webhook import wait_of
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.client import Client, Limits, Response
from outages.signals.outbound.errors import AddressRefusedError, OutboundError, OutboundOffError

LIMITS: Final = Limits(total_s=10.0, body_bytes=16_384, redirects=0, truncate=True, status_counts=True)
LONGEST_TURN_S: Final = 20.0  # with a call's time within a lease
MOST_PACED: Final = 4096
LONGEST_ANSWER: Final = 80  # so much of the other side's words is kept
USUAL_WAIT_S: Final = 5.0
# This machine, where a server that speaks a service's protocol may be tried (OUTBOUND=loopback).
HERE: Final = r"https?://(?:localhost|127\.0\.0\.1)(?::\d+)?"
TOO_FAST: Final = 429
HTML: Final = ("text/html", "application/xhtml")


class AddressError(ValueError):
    """An address that a channel cannot use. Its text is for whoever pasted it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the other side."""

    url: str
    payload: dict[str, Any]
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode()


class Pace:
    """Turns at one target, so that its limit is kept and not found out."""

    def __init__(self, spacing_s: float) -> None:
        self.spacing_s = spacing_s
        self._next_s: dict[str, float] = {}

    async def turn(self, target: str) -> None:
        """Wait for the next turn. Raises DeliveryError where it is too far away."""
        now = time.monotonic()
        if len(self._next_s) > MOST_PACED:
            self._next_s = {key: at for key, at in self._next_s.items() if at > now}
        at = max(now, self._next_s.get(target, 0.0))
        if at - now > LONGEST_TURN_S:
            raise DeliveryError("many messages wait for this channel", retry_after_s=at - now, throttled=True)
        self._next_s[target] = at + self.spacing_s
        if at > now:
            await asyncio.sleep(at - now)

    def hold(self, target: str, wait_s: float) -> None:
        """Give no turn before so many seconds."""
        self._next_s[target] = max(self._next_s.get(target, 0.0), time.monotonic() + wait_s)


class PostingChannel:
    """A channel that tells a service by one request.

    `label` is the service's name. `pattern` is what its addresses look like, a regular expression that JavaScript reads
    the same way; empty where nothing but the person can say. `gone` are the answers of a channel that is there no more.
    `replies` where later messages of an incident join the first by its reference.
    """

    patience: ClassVar[timedelta] = timedelta(hours=24)
    label: ClassVar[str]
    pattern: ClassVar[str] = ""
    spacing_s: ClassVar[float] = 1.0
    gone: ClassVar[tuple[int, ...]] = (404, 410)
    replies: ClassVar[bool] = False
    answers_in_pages: ClassVar[bool] = False  # whoever stands behind it may answer as they like
    repeats_safely: ClassVar[bool] = False  # the service itself knows a message that comes again
    example: ClassVar[str] = ""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.pace = Pace(self.spacing_s)

    @classmethod
    def operator_targets(cls) -> None:
        return None

    def unready(self) -> str:
        return ""

    @classmethod
    def recognises(cls, text: str) -> bool:
        """Return whether an address is one of this service's, as it gives them out."""
        return bool(cls.pattern) and re.fullmatch(cls.pattern, text.strip(), re.IGNORECASE) is not None

    @classmethod
    def target_of(cls, text: str) -> str:
        """Return the address as it is stored: one spelling of each. Raises AddressError."""
        return text.strip().partition("#")[0]

    @classmethod
    def url_of(cls, target: str) -> str:
        """Return the address that is called for a target."""
        return target

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        """Return the request that tells it."""
        raise NotImplementedError

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        await self.pace.turn(parcel.target)
        card = card_of(parcel)
        response = await self._exchange(self.call_of(parcel, card), parcel.on_sent)
        if 200 <= response.status < 300:
            self.check(response)
            return Accepted(reference=self.reference_of(response, parcel))
        return await self.refused(response, parcel, card)

    async def _exchange(self, call: Call, on_sent: Callable[[], None] | None = None) -> Response:
        headers = {"content-type": "application/json; charset=utf-8", **call.headers}
        try:
            return await self.client.afetch(
                call.url, method=call.method, headers=headers, content=call.body, limits=LIMITS, on_sent=on_sent
            )
        except OutboundOffError:
            raise
        except AddressRefusedError as error:
            # What a name led to is not told: it would let strangers ask our name servers.
            raise DeliveryError("this address is one that we never call") from error
        except OutboundError as error:
            raise DeliveryError(str(error), unanswered=error.unanswered) from error

    def check(self, response: Response) -> None:
        """Raise DeliveryError where a success is none after all: a page, such as a network's sign-in page, is none."""
        is_page = response.headers.get("content-type", "").lower().startswith(HTML) or response.body[:1] == b"<"
        if is_page and not self.answers_in_pages:
            raise DeliveryError(f"{self.label} answered {response.status} with a page: {words_of(response.body)}")

    def reference_of(self, response: Response, parcel: OutgoingMessage) -> str:
        """Return the service's own name of the message; empty where it gives none."""
        return ""

    async def refused(self, response: Response, parcel: OutgoingMessage, card: Card) -> Accepted:
        """Make the best of an answer that is no success. Raises DeliveryError."""
        raise self.failure_of(response, parcel.target)

    def failure_of(self, response: Response, target: str) -> DeliveryError:
        """Return what went wrong."""
        said = words_of(response.body)
        line = f"{self.label} answered {response.status}{f': {said}' if said else ''}"
        if response.status == TOO_FAST:
            wait_s = self.wait_of(response)
            self.pace.hold(target, min(wait_s, LONGEST_TURN_S * 3))
            return DeliveryError(line, retry_after_s=wait_s, throttled=True)
        if 300 <= response.status < 400:
            return DeliveryError(f"{line}; redirects are not followed, give the address itself")
        return DeliveryError(line, permanent=self.is_gone(response), retry_after_s=wait_of(response))

    def is_gone(self, response: Response) -> bool:
        """Return whether this answer means that the channel takes nothing any more."""
        return response.status in self.gone

    def wait_of(self, response: Response) -> float:
        """Return the seconds that a service asks us to wait."""
        return float(wait_of(response) or USUAL_WAIT_S)


def words_of(body: bytes) -> str:
    """Return what an answer says, in one short line; markup is left out."""
    text = body[:4096].decode("utf-8", "replace")
    found = json_of(body)
    for name in ("description", "message", "error", "errcode"):
        value = found.get(name)
        if isinstance(value, dict):
            value = value.get("message") or value.get("status")
        if isinstance(value, str) and value:
            text = value[:4096]
            break
    text = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    return text if len(text) <= LONGEST_ANSWER else f"{text[: LONGEST_ANSWER - 1]}…"


def json_of(body: bytes) -> dict[str, Any]:
    """Return an answer's JSON object; empty for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def number_of(value: Any) -> float | None:
    """Return a finite number from an answer; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e6 else None
