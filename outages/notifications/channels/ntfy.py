"""ntfy, on ntfy.sh or an own server: priority, tags and buttons. A later message takes an earlier one's place."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import urlsplit

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, Tone, cut_bytes
from outages.notifications.channels.json_post import AddressError, Call, PostingChannel

LONGEST_TITLE, LONGEST_TEXT = 250, 3600  # bytes; a message of more than 4,096 would become an attachment
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
TAGS = {
    Tone.WARNING: "warning",
    Tone.PROBLEM: "rotating_light",
    Tone.OVER: "white_check_mark",
    Tone.MAINTENANCE: "wrench",
    Tone.INFO: "bell",
}
PRIORITIES = {Tone.WARNING: 4, Tone.PROBLEM: 5, Tone.OVER: 3, Tone.MAINTENANCE: 3, Tone.INFO: 3}


class NtfyChannel(PostingChannel):
    """Publishes to a topic, as JSON to the server's root."""

    label: ClassVar[str] = "ntfy"
    pattern: ClassVar[str] = r"https?://(?:www\.)?ntfy\.[^\s/?#]+/[-\w]{1,64}/?(?:[?#].*)?|ntfys?://.+"
    example: ClassVar[str] = "https://ntfy.sh/…"
    gone: ClassVar[tuple[int, ...]] = (401, 403, 404, 410)

    @classmethod
    def target_of(cls, text: str) -> str:
        text = re.sub(r"^ntfys?://", "https://", text.strip(), flags=re.IGNORECASE)
        parts = urlsplit(text)
        path, _, topic = parts.path.rstrip("/").rpartition("/")
        if not _TOPIC.fullmatch(topic):
            raise AddressError("The topic is missing: the address ends with it, as in https://ntfy.sh/my-topic")
        return f"{parts.scheme}://{parts.netloc}{path}/{topic}"

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        root, _, topic = parcel.target.rpartition("/")
        actions = [{"action": "view", "label": card.open_label, "url": card.url}]
        if card.manage_url:
            actions.append({"action": "view", "label": card.manage_label, "url": card.manage_url})
        payload = {
            "topic": topic,
            "title": cut_bytes(card.title, LONGEST_TITLE),
            "message": cut_bytes(card.text or card.title, LONGEST_TEXT),
            "priority": PRIORITIES[card.tone] if card.notice.kind != "changed" else 3,
            "tags": [TAGS[card.tone]],
            "click": card.url,
            "actions": actions,
            "sequence_id": re.sub(r"[^-_A-Za-z0-9]", "-", card.notice.tag)[:64],
        }
        return Call(f"{root}/", payload)
