"""Channels, one file each: how a notification reaches its endpoint. A new one is a line in `CHANNELS`."""

from __future__ import annotations

from typing import Final

from outages.notifications.channels.alertmanager import AlertmanagerChannel
from outages.notifications.channels.base import Channel
from outages.notifications.channels.chat import ChatChannel
from outages.notifications.channels.discord import DiscordChannel
from outages.notifications.channels.google_chat import GoogleChatChannel
from outages.notifications.channels.json_post import PostingChannel
from outages.notifications.channels.mail import MailChannel
from outages.notifications.channels.matrix import MatrixChannel
from outages.notifications.channels.mattermost import MattermostChannel
from outages.notifications.channels.ntfy import NtfyChannel
from outages.notifications.channels.pagerduty import PagerDutyChannel
from outages.notifications.channels.push import PushChannel
from outages.notifications.channels.slack import SlackChannel
from outages.notifications.channels.teams import TeamsChannel
from outages.notifications.channels.telegram import TelegramChannel
from outages.notifications.channels.template import TemplateChannel
from outages.notifications.channels.webhook import WebhookChannel

# What a person connects by an address that a service gives out; an address is asked of each in this order.
POSTING: Final[dict[str, type[PostingChannel]]] = {
    "slack": SlackChannel,
    "discord": DiscordChannel,
    "teams": TeamsChannel,
    "google_chat": GoogleChatChannel,
    "telegram": TelegramChannel,
    "matrix": MatrixChannel,
    "mattermost": MattermostChannel,
    "ntfy": NtfyChannel,
    "pagerduty": PagerDutyChannel,
    "alertmanager": AlertmanagerChannel,
    "template": TemplateChannel,
}
CHANNELS: Final[dict[str, type[Channel]]] = {
    "webhook": WebhookChannel,
    "mail": MailChannel,
    "push": PushChannel,
    "chat": ChatChannel,
    **POSTING,
}


def says_once(channel: str) -> bool:
    """Return whether what went out whole there and stayed unanswered is not said again."""
    return channel in CHANNELS and not CHANNELS[channel].repeats_safely


def recognised(address: str) -> str:
    """Return the name of the channel that an address is of; empty where none knows it."""
    return next((name for name, channel in POSTING.items() if channel.recognises(address)), "")
