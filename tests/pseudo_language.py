"""A language that nobody speaks: each text of ours in brackets, with accents and half as long again.

What stands on a page outside the brackets came past gettext. Dates, places and numbers are written as in Japanese, so
that no Latin word of theirs is taken for English. Only tests have it: it is put beside the others and taken away again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import pytest
from django.utils.translation import trans_real

from outages.texts import locales, place_phrases
from reports.languages import LANGUAGES
from reports.places import table

TAG: Final = "qps"
LIKE: Final = "ja"
OPEN, CLOSE = "⟦", "⟧"
# Vowels are doubled: words grow by about 40 %, as German ones do.
_ACCENTS: Final = str.maketrans(
    dict(zip("AEIOUYaeiouy", ("Åå", "Éé", "Îî", "Öö", "Ûû", "Ýý", "áá", "éé", "îî", "öö", "úú", "ýý"), strict=True))
    | dict(zip("CGNSZcgnsz", "ÇĜÑŠŽçĝñšž", strict=True))
)
_CONTEXT: Final = "\x04"
# What is no text: placeholders, per cent signs, tags, entities.
_KEPT: Final = re.compile(r"(%\(\w+\)[sd]|%%|\{\w*\}|<[^>]*>|&#?\w+;)")


@lru_cache(maxsize=8192)
def pseudo(text: str) -> str:
    """Return "⟦Ñööt ýýéét⟧" for "Not yet"; a text that is only a shape stays as it is."""
    parts = _KEPT.split(text)
    if not any(character.isalpha() for part in parts[::2] for character in part):
        return text
    said = "".join(part if index % 2 else part.translate(_ACCENTS) for index, part in enumerate(parts))
    return f"{OPEN}{said}{CLOSE}"


class PseudoTranslation(trans_real.DjangoTranslation):
    """Stands where Django keeps a language's messages; has none of its own."""

    def __init__(self) -> None:
        self._fallback = None

    def language(self) -> str:
        return TAG

    to_language = language

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition(_CONTEXT)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def spoken(monkeypatch: pytest.MonkeyPatch, settings: Any = None, *, mirrored: bool = False) -> None:
    """Adds the language to the site's until the test ends."""
    monkeypatch.setitem(LANGUAGES, TAG, "⟦Pseudo⟧")
    monkeypatch.setitem(trans_real._translations, TAG, PseudoTranslation())  # type: ignore[attr-defined]
    monkeypatch.setitem(locales._LOCALES, TAG, LIKE)
    monkeypatch.setitem(table._NEXT_LANGUAGE, TAG, (LIKE,))
    monkeypatch.setitem(place_phrases._tables(), TAG, place_phrases._tables()[LIKE])
    if mirrored:
        settings.LANGUAGES_BIDI = [TAG]


def outside(text: str) -> str:
    """Return what stands outside the brackets, however deep they go."""
    inner = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
    while inner.search(text):
        text = inner.sub(" ", text)
    return text
