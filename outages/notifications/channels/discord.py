"""Discord's webhooks: an embed for each notice, and one message an incident that is kept up to date.

An edit (PATCH …/messages/ID) makes no sound. So what has merely grown is edited into the first message; what is urgent,
and the end, come as messages of their own, and the end turns the first one green.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

from outages.notifications.channels.base import Accepted, OutgoingMessage
from outages.notifications.channels.cards import Card, card_of, cut, escaped
from outages.notifications.channels.json_post import HERE, Call, PostingChannel, json_of, number_of
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.client import Response

LONGEST_TITLE, LONGEST_TEXT = 256, 1400
MARKUP = "\\*_~`|>[]()#<"
UNKNOWN_MESSAGE = 10008


class DiscordChannel(PostingChannel):
    """Posts embeds to a webhook."""

    label: ClassVar[str] = "Discord"
    pattern: ClassVar[str] = (
        rf"(?:https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com|{HERE})"
        r"/api/(?:v\d+/)?webhooks/\d+/[\w-]+/?(?:[?#].*)?"
    )
    example: ClassVar[str] = "https://discord.com/api/webhooks/…/…"
    spacing_s: ClassVar[float] = 0.5  # five in two seconds are allowed
    gone: ClassVar[tuple[int, ...]] = (401, 403, 404, 410)
    replies: ClassVar[bool] = True

    @classmethod
    def target_of(cls, text: str) -> str:
        return text.strip().partition("#")[0].partition("?")[0].rstrip("/")

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        payload = {"content": "", "embeds": [embed_of(card)], "allowed_mentions": {"parse": []}}
        if parcel.thread and card.notice.kind == "changed":
            return Call(_first(parcel), payload, method="PATCH")
        return Call(f"{parcel.target}?wait=true", payload)

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        if parcel.thread and parcel.notice.kind == "resolved":
            await self.pace.turn(parcel.target)
            payload = {"embeds": [embed_of(card_of(parcel))], "allowed_mentions": {"parse": []}}
            with suppress(DeliveryError):  # the message is what counts; this only tidies
                await self._exchange(Call(_first(parcel), payload, method="PATCH"))
        return await super().send(parcel)

    async def refused(self, response: Response, parcel: OutgoingMessage, card: Card) -> Accepted:
        if parcel.thread and response.status == 404 and json_of(response.body).get("code") == UNKNOWN_MESSAGE:
            # Somebody has deleted the first message there: say it anew.
            return await super().send(replace(parcel, thread=""))
        raise self.failure_of(response, parcel.target)

    def reference_of(self, response: Response, parcel: OutgoingMessage) -> str:
        found = str(json_of(response.body).get("id", ""))
        return found if found.isdigit() and len(found) <= 20 else ""

    def wait_of(self, response: Response) -> float:
        named = number_of(json_of(response.body).get("retry_after"))
        return super().wait_of(response) if named is None else max(named, 0.5)


def _first(parcel: OutgoingMessage) -> str:
    return f"{parcel.target}/messages/{parcel.thread}"


def embed_of(card: Card) -> dict[str, Any]:
    """Return an embed. Its title is plain; its description is read as Markdown, so what would be markup is escaped."""
    links = f"[{escaped(card.open_label, MARKUP)}]({card.url})"
    if card.manage_url:
        links += f" · [{escaped(card.manage_label, MARKUP)}]({card.manage_url})"
    text = escaped(cut(card.text, LONGEST_TEXT), MARKUP)
    return {
        "title": cut(card.headline, LONGEST_TITLE),
        "url": card.url,
        "description": f"{text}\n\n{links}".strip(),
        "color": int(card.colour[1:], 16),
        "timestamp": card.notice.timestamp,
    }
