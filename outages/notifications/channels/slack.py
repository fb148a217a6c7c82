"""Slack's incoming webhooks: Block Kit, with a text for notifications and screen readers.

An incoming webhook gives no name of what it posted, so what follows of an incident cannot join it: each message says
by itself which incident it is about.
"""

from __future__ import annotations

from typing import ClassVar

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, cut
from outages.notifications.channels.json_post import HERE, AddressError, Call, PostingChannel, words_of
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.client import Response

LONGEST_HEADER, LONGEST_SECTION, LONGEST_TEXT = 150, 3000, 3900
DEAD = ("no_service", "no_team", "team_disabled", "channel_not_found", "channel_is_archived", "invalid_token",
        "action_prohibited", "user_not_found", "no_active_hooks")  # fmt: skip


class SlackChannel(PostingChannel):
    """Posts blocks to an incoming webhook."""

    label: ClassVar[str] = "Slack"
    pattern: ClassVar[str] = rf"(?:https://hooks\.slack(?:-gov)?\.com|{HERE})/services/T\w+/B\w+/\w+/?(?:[?#].*)?"
    example: ClassVar[str] = "https://hooks.slack.com/services/T…/B…/…"

    @classmethod
    def target_of(cls, text: str) -> str:
        if "/triggers/" in text or "/workflows/" in text:
            raise AddressError("This starts a Slack workflow. Give the address of an incoming webhook instead.")
        return text.strip().partition("#")[0].partition("?")[0].rstrip("/")

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        links = f"<{card.url}|{safe(card.open_label)}>"
        if card.manage_url:
            links += f"  ·  <{card.manage_url}|{safe(card.manage_label)}>"
        blocks = [
            {"type": "header", "text": _plain(cut(card.headline, LONGEST_HEADER))},
            *([{"type": "section", "text": _plain(cut(card.text, LONGEST_SECTION))}] if card.text else []),
            {"type": "context", "elements": [{"type": "mrkdwn", "text": links}]},
        ]
        text = cut(safe(f"{card.headline}\n{card.text}"), LONGEST_TEXT)
        return Call(
            parcel.target,
            {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "blocks": blocks},
        )

    def check(self, response: Response) -> None:
        super().check(response)
        said = words_of(response.body)
        if said in DEAD:
            raise DeliveryError(f"{self.label} answered {response.status}: {said}", permanent=True)

    def is_gone(self, response: Response) -> bool:
        return response.status in self.gone or (response.status in (400, 403) and words_of(response.body) in DEAD)


def safe(text: str) -> str:
    """Return text in which Slack reads no mention and no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": True}
