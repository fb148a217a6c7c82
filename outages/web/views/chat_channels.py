"""What the page of alerts needs to connect a chat or an on-call service: names, addresses, how it went."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from outages.models import Delivery, Subscription
from outages.notifications import crypto
from outages.notifications.channels import POSTING

ASKED = "asked"  # a token's purpose: to see how the question to a channel fares, and nothing else
LOOKS = 20  # how often the page looks again by itself, every two seconds
CHATS = ("slack", "discord", "teams", "google_chat", "telegram", "matrix", "mattermost", "ntfy")


def labels() -> dict[str, str]:
    """Return the names of the services, by channel."""
    return {
        **{name: channel.label for name, channel in POSTING.items()},
        "template": _("Any other service (JSON template)"),
    }


def choices() -> list[tuple[str, str]]:
    """Return what somebody may choose where an address does not say it."""
    return [("auto", _("Detected from the address")), *labels().items()]


def patterns() -> str:
    """Return what the services' addresses look like, for the page's script, as JSON."""
    known = [[channel.label, channel.pattern] for channel in POSTING.values() if channel.pattern]
    return json.dumps(known)


def guides() -> list[tuple[str, str, str]]:
    """Return where each service gives out the address of a channel: its name, the way there, an example."""
    ways = {
        "slack": _("Create an app at api.slack.com/apps, turn on Incoming Webhooks and add one for your channel."),
        "discord": _("Channel settings, then Integrations, then Webhooks: create one and copy its URL."),
        "teams": _(
            "Channel menu, then Workflows: choose “Post to a channel when a webhook request is received” and copy the "
            "URL."
        ),
        "google_chat": _("Space menu, then Apps & integrations, then Webhooks: add one and copy its URL."),
        "telegram": _("Create a bot with @BotFather and add it to the chat. Enter its token and the chat’s number."),
        "matrix": _("Enter the room’s internal ID (Settings, Advanced) and the access token of the posting account."),
        "mattermost": _("Main menu, then Integrations, then Incoming Webhooks: add one and copy its URL."),
        "ntfy": _("Enter the address of your topic."),
        "pagerduty": _("Service, then Integrations: add Events API v2 and copy the integration key or URL."),
        "alertmanager": _("Enter the address of a program that accepts Alertmanager webhooks."),
    }
    return [(POSTING[name].label, way, POSTING[name].example) for name, way in ways.items()]


def asked_token(subscription: Subscription) -> str:
    """Return what opens the page that says how the question to a channel fares."""
    return f"{subscription.pk}.{crypto.token_of(ASKED, subscription.pk)}"


def asked(text: str, look: int) -> dict[str, Any] | None:
    """Return how the question to a channel fares; None where the address names none."""
    number, _dot, token = text.partition(".")
    try:
        pk = UUID(number)
    except ValueError:
        return None
    if not crypto.is_token(ASKED, pk, token):
        return None
    found = Subscription.objects.select_related("endpoint").filter(pk=pk).first()
    if found is None or found.endpoint.channel not in POSTING:
        return None
    question = found.deliveries.filter(kind=Delivery.Kind.CHALLENGE).order_by("-created_at").first()
    state = question.state if question is not None else Delivery.State.FAILED
    return {
        "label": labels()[found.endpoint.channel],
        "active": found.state == "active",
        "state": state,
        "error": question.error if question is not None else "",
        "again": look + 1 if state == Delivery.State.WAITING and look < LOOKS else 0,
        "token": text,
    }
