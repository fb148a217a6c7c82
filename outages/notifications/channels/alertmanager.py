"""What Prometheus' Alertmanager posts to a webhook receiver (version 4), for the many programs that take it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, ClassVar

from django.conf import settings

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card, Tone, cut
from outages.notifications.channels.json_post import Call, PostingChannel

NEVER = "0001-01-01T00:00:00Z"  # an alert that has not ended (Go's zero time)
LONGEST = 3000
SEVERITIES = {Tone.WARNING: "warning", Tone.PROBLEM: "critical"}
NAMES = {"challenge": "BrownoutConfirmation", "test": "BrownoutTest", "maintenance": "Maintenance"}


class AlertmanagerChannel(PostingChannel):
    """Posts one alert, firing or resolved. Its labels are the same from an incident's beginning to its end."""

    label: ClassVar[str] = "Alertmanager webhook"
    answers_in_pages: ClassVar[bool] = True
    example: ClassVar[str] = "https://example.org/alertmanager-webhook"
    spacing_s: ClassVar[float] = 0.0
    gone: ClassVar[tuple[int, ...]] = (410,)
    repeats_safely: ClassVar[bool] = True

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        notice = card.notice
        is_over = card.tone is Tone.OVER
        labels = {
            "alertname": NAMES.get(notice.kind, "Outage"),
            "service": str(notice.data.get("service", "")),
            "incident": notice.tag,
        }
        annotations = {"summary": cut(card.title, LONGEST), "description": cut(card.text, LONGEST)}
        if card.manage_url:
            annotations["manage_url"] = card.manage_url
        # Severity and scope change while an incident lasts; as labels they would make another alert of it.
        annotations["severity"] = SEVERITIES.get(card.tone, "info")
        for name in ("components", "countries", "regions"):
            annotations[name] = ", ".join(notice.data.get(name) or [])
        alert: dict[str, Any] = {
            "status": "resolved" if is_over else "firing",
            "labels": labels,
            "annotations": annotations,
            "startsAt": notice.data.get("opened_at") or notice.timestamp,
            "endsAt": notice.timestamp if is_over else NEVER,
            "generatorURL": card.url,
            "fingerprint": sha256(notice.tag.encode()).hexdigest()[:16],
        }
        return Call(
            parcel.target,
            {
                "version": "4",
                "groupKey": f'{{}}:{{incident="{notice.tag}"}}',
                "truncatedAlerts": 0,
                "status": alert["status"],
                "receiver": "brownout",
                "groupLabels": {"incident": notice.tag},
                "commonLabels": labels,
                "commonAnnotations": annotations,
                "externalURL": settings.SITE_URL,
                "alerts": [alert],
            },
        )
