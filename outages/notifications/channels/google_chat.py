"""Google Chat's webhooks: a card (cardsV2); what is told of one incident is one thread."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, cut
from outages.notifications.channels.json_post import HERE, AddressError, Call, PostingChannel

LONGEST_TITLE, LONGEST_TEXT = 200, 3000  # 4,096 characters of text and 32 kB in all are taken


class GoogleChatChannel(PostingChannel):
    """Posts a card to a space."""

    label: ClassVar[str] = "Google Chat"
    pattern: ClassVar[str] = rf"(?:https://chat\.googleapis\.com|{HERE})/v1/spaces/[\w-]+/messages\?.+"
    example: ClassVar[str] = "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…"
    gone: ClassVar[tuple[int, ...]] = (401, 403, 404, 410)

    @classmethod
    def target_of(cls, text: str) -> str:
        parts = urlsplit(text.strip())
        given = dict(parse_qsl(parts.query))
        if not given.get("key") or not given.get("token"):
            raise AddressError("The address is incomplete: it ends with key=… and token=…")
        query = urlencode({"key": given["key"], "token": given["token"]})
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        buttons = [_button(card.open_label, card.url)]
        if card.manage_url:
            buttons.append(_button(card.manage_label, card.manage_url))
        widgets: list[dict[str, Any]] = []
        if card.text:
            widgets.append({"textParagraph": {"text": escape(cut(card.text, LONGEST_TEXT), quote=False)}})
        widgets.append({"buttonList": {"buttons": buttons}})
        content = {
            "header": {"title": cut(card.headline, LONGEST_TITLE)},
            "sections": [{"widgets": widgets}],
        }
        payload = {
            "fallbackText": cut(card.plain, LONGEST_TEXT),
            "cardsV2": [{"cardId": "notice", "card": content}],
            "thread": {"threadKey": card.notice.tag},
        }
        option = urlencode({"messageReplyOption": "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"})
        return Call(f"{parcel.target}&{option}", payload)


def _button(text: str, url: str) -> dict[str, Any]:
    return {"text": text, "onClick": {"openLink": {"url": url}}}
