"""What people call a service, a country or a problem, in any language and with slips of the pen. Pure."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from reports import places
from reports.catalog.schema import Catalog, Component, Symptom, Text, localise

NEAR: Final = 0.84  # so alike are two words of which one is a slip of the pen
SHORTEST_ROOT: Final = 6  # letters that two forms of a word begin with …
SAME_ROOT: Final = 0.7  # … and how much of the longer they are
SHORTEST_SLIP: Final = 5  # letters; shorter words are too often others' neighbours
ENOUGH: Final = 0.45  # of the weight of what was said, or of what a symptom is called, must be in common
ASIDE: Final = 0.3  # what a word of a description or of a component weighs
SET_BYTES: Final = 400
WORD_BYTES: Final = 150
# Beside what CLDR calls them.
_ALSO: Final[Mapping[str, str]] = {
    "usa": "US", "us": "US", "u.s.": "US", "u.s.a.": "US", "america": "US", "the states": "US",
    "united states of america": "US", "uk": "GB", "u.k.": "GB", "great britain": "GB", "britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "holland": "NL", "czech republic": "CZ", "turkey": "TR", "korea": "KR",
    "republic of korea": "KR", "uae": "AE", "emirates": "AE", "ivory coast": "CI", "burma": "MM", "taiwan": "TW",
    "macedonia": "MK", "vatican": "VA", "cape verde": "CV", "swaziland": "SZ", "mainland china": "CN",
}  # fmt: skip
_SAYS_NOTHING: Final = """
    a an and are at be broken can cannot can't do does doesn't don't down error everything fails for get got
    have i i'm in is it its it's keep keeps me my no not nothing of on or out problem says see sees shows that
    the there this to when whenever with won't work works you your app der die das ein eine ich mein meine mich
    sich kann nicht geht ist und le mit la les un une mon ma ne pas est et el los mi es min mitt ikke inte och
    er het de een mijn niet il lo mio mia non
"""


def folded(text: str) -> str:
    """Return a text without capitals, accents and the kinds of apostrophes."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char)).strip()


def words(text: str) -> list[str]:
    """Return its words, without endings that say nothing; of scripts without spaces, pairs of characters."""
    found = []
    for word in re.findall(r"[\w']+", folded(text).replace("-", " ").replace("_", " ")):
        if word.isascii() or word[0] < "\u2e80":
            found.append(_stem(word))
        else:
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
    return found


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


_FILLING: Final = frozenset(_stem(word) for word in _SAYS_NOTHING.split())


def in_all_languages(text: Text) -> list[str]:
    """Return a text in each language that it has."""
    return [text] if isinstance(text, str) else list(text.values())


@cache
def _countries() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for place in places.countries():
        for name in place.names.values():
            found.setdefault(folded(name), place.code)
        found[place.code.lower()] = place.code
    return {**found, **_ALSO}


def country(said: str) -> str | None:
    """Return the code of the country that a code or a name, in any of our languages, means."""
    known = _countries()
    plain = folded(said).removeprefix("the ").strip()
    if plain in known:
        return known[plain]
    near = difflib.get_close_matches(plain, known, n=1, cutoff=NEAR) if len(plain) >= SHORTEST_SLIP else []
    return known[near[0]] if near else None


def region(said: str) -> places.Place | None:
    """Return the region that somebody names instead of a country."""
    plain = folded(said)
    found = (place for whole in places.countries() for place in places.regions(whole.code))
    return next((place for place in found if plain in (place.code.lower(), folded(place.english))), None)


def named(said: str, known: Mapping[str, Iterable[str]]) -> str | None:
    """Return the key of the one thing that is called so: by its key, by a name of it, or by words of one name alone."""
    plain = folded(said)
    names = {key: {folded(key), *(folded(name) for name in each)} for key, each in known.items()}
    if not plain:
        return None
    exactly = [key for key, each in names.items() if plain in each]
    if exactly:
        return exactly[0]
    asked = set(words(plain))
    partly = [key for key, each in names.items() if any(asked <= set(words(name)) for name in each)]
    return partly[0] if len(partly) == 1 and asked else None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the symptoms of a catalogue are called, in words, each in its place; the same for every question."""

    calls: tuple[tuple[frozenset[str], ...], ...]
    asides: tuple[frozenset[str], ...]
    usual: Mapping[str, int]  # by how many symptoms a word is used

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        sets = sum(len(phrases) + 1 for phrases in self.calls)
        return sets * SET_BYTES + WORD_BYTES * sum(
            map(len, (*self.asides, *(set().union(*each) for each in self.calls)))
        )


def lexicon_of(catalog: Catalog) -> Lexicon:
    """Return what its symptoms are called."""
    parts = {component.slug: component for component in catalog.components}
    calls = tuple(tuple(_calls(each)) for each in catalog.symptoms)
    asides = tuple(_asides(each, parts) for each in catalog.symptoms)
    return Lexicon(calls, asides, Counter(word for phrases in calls for word in set().union(*phrases)))


def symptom(catalog: Catalog, said: str, lexicon: Lexicon | None = None) -> Symptom | None:
    """Return the symptom that is meant; None where the words fit none well enough.

    What many symptoms are called by weighs little: "unavailable" of "503 Service Unavailable" is no match for "vehicle
    unavailable" beside a symptom that has both words.
    """
    slug = said.strip().lower().replace(" ", "-")
    for each in catalog.symptoms:
        if slug == each.slug or slug in each.formerly:
            return each
    asked = [word for word in words(said) if word not in _FILLING]
    if not asked or not catalog.symptoms:
        return None
    known = lexicon or lexicon_of(catalog)
    everywhere = len(catalog.symptoms)

    def weight(word: str) -> float:
        rare = math.log(1 + everywhere / (1 + known.usual.get(word, 0)))
        return rare * 2 if word.isdigit() else rare

    def score(place: int) -> float:
        return max(_likeness(asked, phrase, known.asides[place], weight) for phrase in known.calls[place])

    scores = [score(place) for place in range(everywhere)]
    best = scores.index(max(scores))
    return catalog.symptoms[best] if scores[best] >= ENOUGH else None


def _calls(each: Symptom) -> list[frozenset[str]]:
    """What a symptom is called, each phrase as its words."""
    phrases = [*in_all_languages(each.name), each.slug, *each.words]
    if each.http_status:
        phrases.append(str(each.http_status))
    return [frozenset(words(phrase)) for phrase in phrases if words(phrase)]


def _asides(each: Symptom, parts: Mapping[str, Component]) -> frozenset[str]:
    """What speaks for a symptom without being its name: its part's names, and what its guide says of it."""
    found = [localise(each.guide.meaning)] if each.guide else []
    part = parts.get(each.component or "")
    if part is not None:
        found += [*in_all_languages(part.name), *part.words]
    return frozenset(word for text in found for word in words(text))


def _likeness(
    asked: list[str], phrase: frozenset[str], asides: frozenset[str], weight: Callable[[str], float]
) -> float:
    """From 0 to 1: how much of what was said, and of what it is called, is in common."""
    whole = sum(weight(word) for word in asked)
    common = met = 0.0
    for word in asked:
        twin = word if word in phrase else _slip_of(word, phrase)
        if twin is not None:
            common += weight(word)
            met += weight(twin)
        elif word in asides:
            common += ASIDE * weight(word)
    if not met:
        return 0.0
    of_phrase = met / sum(weight(word) for word in phrase)
    return (common / whole + of_phrase) / 2


def _slip_of(word: str, phrase: frozenset[str]) -> str | None:
    if len(word) < SHORTEST_SLIP or word.isdigit():
        return None
    for other in phrase:
        root = max(SHORTEST_ROOT, math.ceil(SAME_ROOT * max(len(word), len(other))))
        if len(word) >= root and word[:root] == other[:root]:
            return other
    near = difflib.get_close_matches(word, phrase, n=1, cutoff=NEAR)
    return near[0] if near else None
