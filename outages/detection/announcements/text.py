"""Text as the reader sees it: folded, without links, in sentences; and which topics' words it has."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from outages.detection.announcements import vocabulary

_LINK: Final = re.compile(r"https?://\S+|www\.\S+")
_QUOTES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "\u00a0": " "})
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
_WIDE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MAX_CHARACTERS: Final = 20_000  # longer texts are read this far only


def fold(text: str) -> str:
    """Lower-cased text with straight quotes and dashes, no links, single spaces. Sentences keep their marks."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).translate(_QUOTES)
    text = _LINK.sub(" ", text).casefold().replace("ß", "ss")
    return re.sub(r"[ \t\r\f\v]+", " ", text).strip()


def sentences(folded: str) -> tuple[str, ...]:
    return tuple(s.strip() for s in _SENTENCE.split(folded) if s.strip())


def _bounded(pattern: str) -> str:
    return pattern if _WIDE.search(pattern) else rf"(?<![^\W_])(?:{pattern})(?![^\W_])"


@lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for many; those in Latin script match whole words."""
    return re.compile("|".join(_bounded(p) for p in patterns), re.MULTILINE)


@lru_cache(maxsize=32)
def _topic(name: str) -> re.Pattern[str]:
    topic: vocabulary.Topic = getattr(vocabulary, name)
    return compiled(tuple(p for patterns in topic.values() for p in patterns))


def words_of(topic: str, folded: str) -> tuple[str, ...]:
    """The words of a topic found in the text, in order, each once."""
    return tuple(dict.fromkeys(m.group(0).strip() for m in _topic(topic).finditer(folded) if m.group(0).strip()))


_NOT_YET: Final = compiled(vocabulary.NOT_YET)


def without_hopes(folded: str) -> str:
    """The text without the clauses that only hope for an end ("until it is resolved", "to restore service")."""
    return _NOT_YET.sub(" … ", folded)


def named(words: tuple[str, ...], folded: str) -> tuple[str, ...]:
    """Which of these names the text speaks. Names of five letters and more may carry an ending ("Superchargers")."""
    found = []
    for word in words:
        name = fold(word)
        if not name:
            continue
        if _WIDE.search(name):
            hit = name in folded
        else:
            ending = r"[^\W\d_]{0,3}" if len(name) >= 5 else "(?:s|'s)?"
            hit = re.search(rf"(?<![^\W_]){re.escape(name)}{ending}(?![^\W_])", folded) is not None
        if hit:
            found.append(word)
    return tuple(found)


_LANGUAGE_HINTS: Final = {
    "de": re.compile(r"(?<!\w)(?:der|die|das|und|wir|nicht|ist|sind|von|bis|uhr|für|auf|mit|am)(?!\w)"),
    "nl": re.compile(r"(?<!\w)(?:het|een|wij|we|niet|zijn|van|tot|uur|voor|op|met|de)(?!\w)"),
    "fr": re.compile(r"(?<!\w)(?:le|la|les|nous|des|est|sont|de|du|pour|avec|et|une?)(?!\w)"),
    "no": re.compile(r"(?<!\w)(?:og|vi|ikke|er|fra|til|klokken|kl|for|med|på|av|det|en)(?!\w)"),
    "es": re.compile(r"(?<!\w)(?:el|los|las|y|para|con|del|una|estamos)(?!\w)"),
    "it": re.compile(r"(?<!\w)(?:il|gli|per|con|della|dalle|alle|una|stiamo)(?!\w)"),
    "en": re.compile(r"(?<!\w)(?:the|and|we|not|is|are|from|to|for|with|of|on|our)(?!\w)"),
}


def language(folded: str) -> str:
    """The likeliest language, for the hour that a text without a time zone means: "en" where in doubt."""
    if re.search(r"[\u3040-\u30ff]", folded):
        return "ja"
    if re.search(r"[\uac00-\ud7af]", folded):
        return "ko"
    if re.search(r"[\u4e00-\u9fff]", folded):
        return "zh"
    counts = {code: len(hint.findall(folded)) for code, hint in _LANGUAGE_HINTS.items()}
    best = max(counts.values())
    return "en" if counts["en"] == best else max(counts, key=lambda code: counts[code])
