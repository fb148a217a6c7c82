"""Passwords that are made of this site's own words are the first that somebody tries."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from reports.models import Service

LEAST_OTHER: Final = 8  # characters that must be left without them
SHORTEST_WORD: Final = 4
TOO_MUCH_OF_US = "The password consists of words from this site, such as its name, its address or its services."


class SiteWordsValidator:
    """Refuses a password that is hardly more than words of this site."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower()
        for word in sorted(site_words(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEAST_OTHER and len(left) < len(password):
            raise ValidationError(TOO_MUCH_OF_US, code="site_words")

    def get_help_text(self) -> str:
        return "Your password can't consist of words from this site."


def site_words() -> set[str]:
    """Return the words that belong to this site: its program, its address, and what it watches."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    words = {"brownout", "outage", "status", "admin", "moderator", *host.split(".")}
    for slug in Service.objects.values_list("slug", flat=True):
        words |= {slug, *slug.split("-")}
    return {word for word in words if len(word) >= SHORTEST_WORD}
