"""Microsoft Teams by a workflow ("Post to a channel when a webhook request is received"): an Adaptive Card.

A workflow answers 202 before it has posted anything, and tells nothing of the message: what follows cannot join it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, Tone, cut
from outages.notifications.channels.json_post import HERE, AddressError, Call, PostingChannel, words_of
from outages.signals.outbound.client import Response
from reports.languages import written

LONGEST_TITLE, LONGEST_TEXT = 300, 3000  # the whole is far below the 28 kB that Teams takes
STYLES = {
    Tone.WARNING: ("warning", "Warning"),
    Tone.PROBLEM: ("attention", "Attention"),
    Tone.OVER: ("good", "Good"),
    Tone.MAINTENANCE: ("accent", "Accent"),
    Tone.INFO: ("emphasis", "Default"),
}
DISABLED = ("not enabled", "WorkflowTriggerIsNotEnabled", "disabled")


class TeamsChannel(PostingChannel):
    """Posts an Adaptive Card to a workflow's address."""

    label: ClassVar[str] = "Microsoft Teams"
    pattern: ClassVar[str] = (
        r"https://[\w.-]+\.(?:logic\.azure\.(?:com|us)|powerplatform\.(?:com|us)|api\.powerautomate\.(?:com|us))(?::443)?"
        rf"/(?:.*/)?workflows/.+|{HERE}/(?:.*/)?workflows/[^/?#]+/triggers/.+"
    )
    example: ClassVar[str] = "https://….api.powerplatform.com/…/workflows/…"
    gone: ClassVar[tuple[int, ...]] = (401, 403, 404, 410)

    @classmethod
    def target_of(cls, text: str) -> str:
        if ".webhook.office.com" in text or "outlook.office.com/webhook" in text:
            raise AddressError(
                "Teams has retired this kind of address. In the channel choose Workflows, and there the template for "
                "webhook requests."
            )
        return text.strip().partition("#")[0]

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        return Call(
            parcel.target,
            {
                "type": "message",
                "summary": cut(card.headline, LONGEST_TITLE),
                "attachments": [
                    {
                        "contentType": "application/vnd.microsoft.card.adaptive",
                        "contentUrl": None,
                        "content": content_of(card),
                    }
                ],
            },
        )

    def is_gone(self, response: Response) -> bool:
        said = words_of(response.body)
        return response.status in self.gone or (response.status == 400 and any(word in said for word in DISABLED))


def content_of(card: Card) -> dict[str, Any]:
    """Return an Adaptive Card. Words stand in text runs, where nothing is read as Markdown."""
    style, colour = STYLES[card.tone]
    actions = [{"type": "Action.OpenUrl", "title": card.open_label, "url": card.url}]
    if card.manage_url:
        actions.append({"type": "Action.OpenUrl", "title": card.manage_label, "url": card.manage_url})
    title = _run(cut(card.headline, LONGEST_TITLE), size="Medium", weight="Bolder", color=colour)
    body: list[dict[str, Any]] = [
        {"type": "Container", "style": style, "bleed": True, "items": [{"type": "RichTextBlock", "inlines": [title]}]}
    ]
    if card.text:
        body.append({"type": "RichTextBlock", "inlines": [_run(cut(card.text, LONGEST_TEXT))]})
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": written(card.language),
        "fallbackText": cut(card.plain, LONGEST_TEXT),
        "msteams": {"width": "Full"},
        "body": body,
        "actions": actions,
    }


def _run(text: str, **more: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **more}
