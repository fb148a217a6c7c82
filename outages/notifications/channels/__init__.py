"""Channels, one file each: how a notification reaches its endpoint. A new one is a line in `CHANNELS`."""

from __future__ import annotations

from typing import Final

from outages.notifications.channels.base import Channel
from outages.notifications.channels.chat import ChatChannel
from outages.notifications.channels.mail import MailChannel
from outages.notifications.channels.push import PushChannel
from outages.notifications.channels.webhook import WebhookChannel

CHANNELS: Final[dict[str, type[Channel]]] = {
    "webhook": WebhookChannel,
    "mail": MailChannel,
    "push": PushChannel,
    "chat": ChatChannel,
}
