"""PagerDuty's Events API v2. An incident's `dedup_key` is the same from its first word to its last.

Acknowledging is left to the people on call: no event of ours means that somebody has taken it up.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, Tone, cut
from outages.notifications.channels.json_post import HERE, AddressError, Call, PostingChannel, json_of
from outages.signals.outbound.client import Response

OFFICIAL = "https://events.pagerduty.com/v2/enqueue"
LONGEST_SUMMARY, LONGEST_DETAIL, LONGEST_KEY = 1024, 3000, 255
_KEY = r"[A-Za-z0-9]{32}"
SEVERITIES = {Tone.WARNING: "warning", Tone.PROBLEM: "critical"}


class PagerDutyChannel(PostingChannel):
    """Triggers and resolves alerts of a service's integration."""

    label: ClassVar[str] = "PagerDuty"
    pattern: ClassVar[str] = (
        rf"{_KEY}|pagerduty://{_KEY}|(?:https://events(?:\.eu)?\.pagerduty\.com|{HERE})/v2/enqueue\?.*routing_key={_KEY}.*"
    )
    example: ClassVar[str] = "https://events.pagerduty.com/v2/enqueue?routing_key=…"
    spacing_s: ClassVar[float] = 0.2
    gone: ClassVar[tuple[int, ...]] = (403, 404, 410)
    repeats_safely: ClassVar[bool] = True

    @classmethod
    def target_of(cls, text: str) -> str:
        text = text.strip()
        parts = urlsplit(text)
        key = text.removeprefix("pagerduty://")
        base = OFFICIAL
        if parts.scheme in ("http", "https"):
            key = dict(parse_qsl(parts.query)).get("routing_key", "")
            base = f"{parts.scheme}://{parts.netloc}{parts.path}"
        if not re.fullmatch(_KEY, key):
            raise AddressError("Give the integration key (Events API v2): 32 letters and digits.")
        return f"{base}?{urlencode({'routing_key': key})}"

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        url, _, query = parcel.target.partition("?")
        notice = card.notice
        host = urlsplit(settings.SITE_URL).netloc
        event: dict[str, Any] = {
            "routing_key": dict(parse_qsl(query))["routing_key"],
            "event_action": "resolve" if card.tone is Tone.OVER else "trigger",
            "dedup_key": f"{host}/{notice.tag}"[:LONGEST_KEY],
            "client": "Brownout",
            "client_url": card.url,
            "links": [{"href": card.url, "text": card.open_label}],
            "payload": {
                "summary": cut(card.title, LONGEST_SUMMARY),
                "source": host,
                "severity": SEVERITIES.get(card.tone, "info"),
                "timestamp": notice.timestamp,
                "component": ", ".join(notice.data.get("components") or []),
                "group": notice.data.get("service", ""),
                "class": notice.kind,
                "custom_details": {
                    "text": cut(card.text, LONGEST_DETAIL),
                    "countries": notice.data.get("countries", []),
                    "regions": notice.data.get("regions", []),
                    "incident": notice.data.get("url", ""),
                },
            },
        }
        if card.manage_url:
            event["links"].append({"href": card.manage_url, "text": card.manage_label})
        return Call(url, event)

    def is_gone(self, response: Response) -> bool:
        said = str(json_of(response.body)).lower()
        return response.status in self.gone or (response.status == 400 and "routing" in said and "key" in said)
