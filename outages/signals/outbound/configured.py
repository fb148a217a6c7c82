"""The client as this installation's settings want it."""

from __future__ import annotations

from django.conf import settings

from outages.signals.outbound.client import Client
from outages.signals.outbound.policy import Mode, Policy

VERSION = "1.0"


def user_agent() -> str:
    """Who we are and where to complain."""
    return f"Brownout/{VERSION} (+{settings.CONTACT_URL})"


def client() -> Client:
    return Client(Policy(Mode(settings.OUTBOUND)), user_agent=user_agent())


def is_off() -> bool:
    """Whether the operator has switched all outside calls off."""
    return bool(settings.OUTBOUND == Mode.OFF)
