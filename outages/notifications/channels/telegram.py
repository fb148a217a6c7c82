"""Telegram by a bot of the subscriber's: HTML, all escaped; what follows of an incident replies to the first.

The address is `https://api.telegram.org/botTOKEN/sendMessage?chat_id=CHAT`, or shorter `tgram://TOKEN/CHAT`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, cut
from outages.notifications.channels.json_post import (
    HERE,
    AddressError,
    Call,
    PostingChannel,
    json_of,
    number_of,
    words_of,
)
from outages.signals.outbound.client import Response

OFFICIAL = "https://api.telegram.org"
LONGEST_TITLE, LONGEST_TEXT = 250, 3000  # 4,096 characters are taken, after the entities are read
BOT = r"\d{5,12}:[\w-]{30,50}"
_CHAT = re.compile(r"-?\d{1,20}|@[A-Za-z]\w{3,31}")
DEAD = ("chat not found", "bot was kicked", "bot was blocked", "user is deactivated", "bot is not a member",
        "have no rights", "not enough rights", "group chat was deactivated", "chat_write_forbidden")  # fmt: skip


class TelegramChannel(PostingChannel):
    """Sends by the Bot API."""

    label: ClassVar[str] = "Telegram"
    pattern: ClassVar[str] = (
        rf"(?:https://api\.telegram\.org|{HERE})/bot{BOT}(?:/\w*)?\?(?:.*&)?chat_id=.+|tgram://{BOT}/.+"
    )
    example: ClassVar[str] = "https://api.telegram.org/bot…/sendMessage?chat_id=…"
    gone: ClassVar[tuple[int, ...]] = (401, 403, 404)
    replies: ClassVar[bool] = True

    @classmethod
    def target_of(cls, text: str) -> str:
        text = text.strip()
        parts = urlsplit(text)
        if parts.scheme == "tgram":
            base, rest = OFFICIAL, text.removeprefix("tgram://")
            token, _, chat = rest.partition("/")
            chat = unquote(chat.strip("/"))
        else:
            base = f"{parts.scheme}://{parts.netloc}"
            found = re.match(rf"/bot({BOT})", parts.path)
            token = found[1] if found else ""
            chat = dict(parse_qsl(parts.query)).get("chat_id", "")
        if not re.fullmatch(BOT, token):
            raise AddressError("The bot’s token is missing: it looks like 123456789:AbC… and follows /bot.")
        if not _CHAT.fullmatch(chat):
            raise AddressError("The chat is missing: add ?chat_id= and the chat's number, or @ and the channel's name.")
        return f"{base}/bot{token}/sendMessage?chat_id={quote(chat)}"

    @classmethod
    def url_of(cls, target: str) -> str:
        return target

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        url, _, query = parcel.target.partition("?")
        lines = [f"<b>{escape(cut(card.headline, LONGEST_TITLE), quote=False)}</b>"]
        if card.text:
            lines.append(escape(cut(card.text, LONGEST_TEXT), quote=False))
        links = [f'<a href="{escape(card.url)}">{escape(card.open_label, quote=False)}</a>']
        if card.manage_url:
            links.append(f'<a href="{escape(card.manage_url)}">{escape(card.manage_label, quote=False)}</a>')
        lines += ["", " · ".join(links)]
        payload: dict[str, Any] = {
            "chat_id": dict(parse_qsl(query))["chat_id"],
            "text": "\n".join(lines),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "disable_notification": not card.notice.urgent and card.notice.kind == "changed",
        }
        if parcel.thread.isdigit():
            payload["reply_parameters"] = {"message_id": int(parcel.thread), "allow_sending_without_reply": True}
        return Call(url, payload)

    def check(self, response: Response) -> None:
        """Raise DeliveryError where the answer is no yes: the API says by `ok` how it went."""
        super().check(response)
        found = json_of(response.body)
        code = found.get("error_code")
        if found.get("ok") is False:
            status = code if isinstance(code, int) and 400 <= code < 600 else 400
            raise self.failure_of(replace(response, status=status), response.url)

    def reference_of(self, response: Response, parcel: OutgoingMessage) -> str:
        result = json_of(response.body).get("result")
        found = result.get("message_id") if isinstance(result, dict) else None
        return str(found) if isinstance(found, int) and 0 < found < 1 << 53 else ""

    def is_gone(self, response: Response) -> bool:
        said = words_of(response.body).lower()
        return response.status in self.gone or (response.status == 400 and any(word in said for word in DEAD))

    def wait_of(self, response: Response) -> float:
        parameters = json_of(response.body).get("parameters")
        named = number_of(parameters.get("retry_after")) if isinstance(parameters, dict) else None
        return super().wait_of(response) if named is None else named
