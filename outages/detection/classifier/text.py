"""Text as the reader sees it: folded, without links; and which topics' words it has."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from outages.detection.classifier import pattern_index

_LINK: Final = re.compile(r"https?://\S+|www\.\S+")
_STRAIGHT: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"'} | dict.fromkeys("–—‐‑−", "-") | {"\u00a0": " "}
)
_WIDE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MAX_CHARACTERS: Final = 6_000  # longer texts are read this far only


def fold(text: str) -> str:
    """Lower-cased text with straight quotes and dashes, no links, single spaces."""
    return straight(text).casefold()


def straight(text: str) -> str:
    """Text with straight quotes and dashes, no links, single spaces, and its capitals."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).translate(_STRAIGHT)
    return re.sub(r"[ \t\r\f\v]+", " ", _LINK.sub(" ", text)).strip()


def words_of(topic: str, folded: str) -> tuple[str, ...]:
    """The words of a topic found in the text, in order, each once. KeyError for an unknown topic."""
    return tuple(dict.fromkeys(word for found in pattern_index.words_in(topic, folded) if (word := found.strip())))


def speaks(topic: str, folded: str) -> bool:
    return pattern_index.has_words(topic, folded)


def signs_of(topic: str, folded: str) -> int:
    """How many of a topic's patterns are found, each counted once; these patterns set their own bounds."""
    return pattern_index.signs_in(topic, folded)


def without_hopes(folded: str) -> str:
    """The text without the clauses that only hope for an end ("until it is resolved", "to restore service")."""
    return pattern_index.without_words("not_yet", folded, " … ")


def without_promises(folded: str) -> str:
    """The text without the clauses that promise a repair or put a condition before it ("once the fix is deployed")."""
    return pattern_index.without_words("not_yet_mended", folded, " … ")


def without_unfound(folded: str) -> str:
    """The text without the clauses that speak of a cause not found yet ("as soon as we've identified the issue")."""
    return pattern_index.without_words("not_yet_found", folded, " … ")


def without_issue(folded: str) -> str:
    """The text without the faults that somebody "identified": who looks for a cause has only seen that there is one."""
    return pattern_index.without_words("identified_issue", folded, " … ")


def without_advice(folded: str) -> str:
    """The text without what its readers are told to do, and without watching that has ended: none of it goes on."""
    return pattern_index.without_words("not_ongoing", folded, " … ")


def without_denied(folded: str) -> str:
    """The text without the faults that it says are not there ("no downtime is expected")."""
    return pattern_index.without_words("no_fault", folded, " … ")


def without_expected(folded: str) -> str:
    """The text without the clauses that say what planned work may bring ("you may see a brief interruption")."""
    return pattern_index.without_words("expected_fault", folded, " … ")


@lru_cache(maxsize=1024)
def _name(word: str) -> tuple[str, re.Pattern[str]]:
    """The name's letters, without which nothing is searched, and its pattern."""
    name = fold(word)
    if _WIDE.search(name):
        return name, re.compile(re.escape(name))
    ending = r"[^\W\d_]{0,3}" if len(name) >= 5 else "(?:s|'s)?"
    return name, re.compile(rf"(?<![^\W_]){re.escape(name)}{ending}(?![^\W_])")


def folded_name(word: str) -> str:
    """Return a name as a folded text has it."""
    return _name(word)[0]


def named(words: tuple[str, ...], folded: str) -> tuple[str, ...]:
    """Which of these names the text speaks. Names of five letters and more may carry an ending ("Superchargers")."""
    return tuple(word for word in words if _is_named(word, folded))


def _is_named(word: str, folded: str) -> bool:
    letters, pattern = _name(word)
    return bool(letters) and letters in folded and pattern.search(folded) is not None


_SMALL_WORDS: Final = {
    "de": "zeitraum|wartung|wartungsarbeiten|störung|der|die|das|und|wir|nicht|ist|sind|von|bis|uhr|für|auf|mit|am",
    "nl": "het|een|wij|we|niet|zijn|van|tot|uur|voor|op|met|de",
    "fr": "le|la|les|nous|des|est|sont|de|du|pour|avec|et|une?",
    "no": "og|vi|ikke|er|fra|til|klokken|kl|for|med|på|av|det|en|mellom",
    "sv": "och|vi|inte|är|från|till|klockan|kl|för|med|på|av|det|en|mellan|att",
    "da": "og|vi|ikke|er|fra|til|klokken|kl|for|med|på|af|det|en|mellem|den",
    "es": "el|los|las|y|para|con|de|del|una|se|entre|estamos",
    "it": "il|gli|per|con|di|del|della|dalle|alle|una|tra|ore|stiamo",
    "en": "the|and|we|not|is|are|from|to|for|with|of|on|our",
}
_HINTS: Final = {code: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for code, words in _SMALL_WORDS.items()}


def language(folded: str) -> str:
    """The likeliest language, for the hour that a text without a time zone means: "en" where in doubt."""
    if re.search(r"[\u3040-\u30ff]", folded):
        return "ja"
    if re.search(r"[\uac00-\ud7af]", folded):
        return "ko"
    if re.search(r"[\u4e00-\u9fff]", folded):
        return "zh"
    counts = {code: len(hint.findall(folded)) for code, hint in _HINTS.items()}
    best = max(counts.values())
    return "en" if counts["en"] == best else max(counts, key=lambda code: counts[code])
