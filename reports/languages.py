"""The languages of the site. Pure."""

from __future__ import annotations

from typing import Final

# Tag → what its speakers call it. Pages in English have no prefix in their address, all others begin with the tag.
LANGUAGES: Final = {
    "en": "English",
    "de": "Deutsch",
    "nl": "Nederlands",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "nb": "Norsk bokmål",
    "sv": "Svenska",
    "da": "Dansk",
    "pl": "Polski",
    "zh-hans": "简体中文",  # before zh-hant: what asks for "zh" alone gets the first
    "zh-hant": "繁體中文",
    "ja": "日本語",
    "ko": "한국어",
}
DEFAULT_LANGUAGE: Final = "en"


def written(tag: str) -> str:
    """A tag as BCP 47 writes it: "zh-hans" → "zh-Hans"."""
    language, _, script = tag.partition("-")
    return f"{language}-{script.title()}" if script else language
