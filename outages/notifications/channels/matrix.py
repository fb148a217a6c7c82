"""Matrix: an account's access token and a room. What is told of one incident is one thread, and nothing comes twice:
the transaction's id is the delivery's.

The address is that of the room in the client API: `https://SERVER/_matrix/client/v3/rooms/!ROOM?access_token=…`, or
shorter `matrix://TOKEN@SERVER/!ROOM`.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, cut
from outages.notifications.channels.json_post import AddressError, Call, PostingChannel, json_of, number_of
from outages.signals.outbound.client import Response

LONGEST_TITLE, LONGEST_TEXT = 250, 4000  # an event may have 65 kB
_ROOM = re.compile(r"![^\s:/?#]{1,255}(?::[^\s/?#]{1,255})?")
DEAD = (
    "M_UNKNOWN_TOKEN",
    "M_MISSING_TOKEN",
    "M_FORBIDDEN",
    "M_USER_DEACTIVATED",
    "M_NOT_FOUND",
)


class MatrixChannel(PostingChannel):
    """Sends room messages by the client-server API."""

    label: ClassVar[str] = "Matrix"
    pattern: ClassVar[str] = r"https?://[^\s?#]+/_matrix/client/(?:v3|r0)/rooms/[^\s/?#]+.*|matrix://.+@.+/.+"
    example: ClassVar[str] = "https://matrix.example.org/_matrix/client/v3/rooms/!…?access_token=…"
    replies: ClassVar[bool] = True
    repeats_safely: ClassVar[bool] = True

    @classmethod
    def target_of(cls, text: str) -> str:
        text = text.strip()
        parts = urlsplit(text)
        if parts.scheme == "matrix":
            token, _, host = parts.netloc.rpartition("@")
            base, room, token = f"https://{host}", unquote(text.split("/", 3)[-1].partition("?")[0]), unquote(token)
        else:
            base = f"{parts.scheme}://{parts.netloc}"
            found = re.search(r"/rooms/([^/]+)", parts.path)
            room, token = unquote(found[1]) if found else "", dict(parse_qsl(parts.query)).get("access_token", "")
        if not _ROOM.fullmatch(room):
            raise AddressError(
                "The room is missing: its internal ID begins with ! (see the room’s settings, Advanced)."
            )
        if not re.fullmatch(r"[\x21-\x7e]{8,512}", token):
            raise AddressError("The access token is missing: add ?access_token= and the posting account's token.")
        return f"{base}/_matrix/client/v3/rooms/{quote(room, safe='')}?{urlencode({'access_token': token})}"

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        url, _, query = parcel.target.partition("?")
        token = dict(parse_qsl(query))["access_token"]
        headline = escape(cut(card.headline, LONGEST_TITLE), quote=False)
        text = escape(cut(card.text, LONGEST_TEXT), quote=False)
        links = [f'<a href="{escape(card.url)}">{escape(card.open_label, quote=False)}</a>']
        if card.manage_url:
            links.append(f'<a href="{escape(card.manage_url)}">{escape(card.manage_label, quote=False)}</a>')
        content: dict[str, Any] = {
            "msgtype": "m.text" if card.notice.urgent else "m.notice",
            "body": cut(card.plain, LONGEST_TEXT),
            "format": "org.matrix.custom.html",
            "formatted_body": f"<strong>{headline}</strong><br>{text}<br>{' · '.join(links)}",
            "m.mentions": {},
        }
        if parcel.thread:
            content["m.relates_to"] = {
                "rel_type": "m.thread",
                "event_id": parcel.thread,
                "is_falling_back": True,
                "m.in_reply_to": {"event_id": parcel.thread},
            }
        return Call(
            f"{url}/send/m.room.message/{parcel.id}",
            content,
            method="PUT",
            headers={"authorization": f"Bearer {token}"},
        )

    def reference_of(self, response: Response, parcel: OutgoingMessage) -> str:
        found = json_of(response.body).get("event_id")
        return found if isinstance(found, str) and re.fullmatch(r"\$[\x21-\x7e]{1,250}", found) else ""

    def is_gone(self, response: Response) -> bool:
        return response.status in (401, 403, 404) and json_of(response.body).get("errcode") in DEAD

    def wait_of(self, response: Response) -> float:
        named = number_of(json_of(response.body).get("retry_after_ms"))
        return super().wait_of(response) if named is None else named / 1000
