"""The locale by which Babel and the browser's Intl write a language. Pure."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale

# English is read in many countries: the day before the month, 24 hours, no comma before "and".
_LOCALES: Final = {"en": "en_GB", "zh-hans": "zh_Hans"}


@cache
def locale_of(language: str) -> Locale:
    """Return the locale of a language's tag."""
    return Locale.parse(_LOCALES.get(language, language.replace("-", "_")))


def intl_tag(language: str) -> str:
    """Return the same locale as `Intl` wants it: "en-GB"."""
    return str(locale_of(language)).replace("_", "-")
