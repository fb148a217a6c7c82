"""Mattermost's incoming webhooks: a message attachment with a plain fallback."""

from __future__ import annotations

from typing import ClassVar

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, cut, escaped
from outages.notifications.channels.json_post import Call, PostingChannel

LONGEST_TITLE, LONGEST_TEXT = 250, 3000  # 16,383 characters are taken, 4,000 by old servers
MARKUP = "\\*_~`|>[]()#<"


class MattermostChannel(PostingChannel):
    """Posts an attachment. Its text is Markdown, so what would be markup is escaped."""

    label: ClassVar[str] = "Mattermost"
    pattern: ClassVar[str] = r"https?://[^\s/?#]+(?:/[^\s?#]*)?/hooks/[a-z0-9]{26}/?(?:[?#].*)?"
    example: ClassVar[str] = "https://mattermost.example.org/hooks/…"
    gone: ClassVar[tuple[int, ...]] = (403, 404, 410)

    @classmethod
    def target_of(cls, text: str) -> str:
        return text.strip().partition("#")[0].partition("?")[0].rstrip("/")

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        links = f"[{escaped(card.open_label, MARKUP)}]({card.url})"
        if card.manage_url:
            links += f" · [{escaped(card.manage_label, MARKUP)}]({card.manage_url})"
        text = escaped(cut(card.text, LONGEST_TEXT), MARKUP)
        attachment = {
            "fallback": cut(card.plain, LONGEST_TEXT),
            "color": card.colour,
            "title": escaped(cut(card.headline, LONGEST_TITLE), MARKUP),
            "title_link": card.url,
            "text": f"{text}\n\n{links}".strip(),
        }
        return Call(parcel.target, {"username": "Brownout", "attachments": [attachment]})
