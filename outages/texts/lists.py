"""Lists with "and", as each language joins them. Pure; the browser's `Intl.ListFormat` gives the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from babel.lists import format_list

from outages.texts.locales import locale_of

_SOUNDS_LIKE_I: Final = re.compile(r"i|h[ií](?![ae])|í", re.IGNORECASE)


def listed(names: Sequence[str], language: str) -> str:
    """Return "a, b and c"; empty names are left out."""
    found = [name for name in names if name]
    text = format_list(found, locale=locale_of(language))
    if language == "es" and len(found) > 1 and _SOUNDS_LIKE_I.match(found[-1]):
        return f"{text.removesuffix(f' y {found[-1]}')} e {found[-1]}"  # España e Italia
    return text


def separated(names: Sequence[str], language: str) -> str:
    """Return "a, b, c": for what something follows that ends the list."""
    between = locale_of(language).list_patterns["standard"]["middle"]
    text = names[0] if names else ""
    for name in names[1:]:
        text = between.format(text, name)
    return text
