"""The order of names in a list, as each language's dictionaries have it. Pure.

Babel carries no collation. What CLDR tailors for our languages is a few letters, for Japanese an order that its old
character set already has (JIS X 0208, by reading), and for Chinese one of its own for every character: by pinyin in
`collation_data/zh.txt`, by strokes in `zh-hant.txt`. They are CLDR's, as `Intl.Collator` sorts U+4E00 to U+9FFF.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

Key = tuple[str, str, str]

KEPT: Final = 8192  # names: those of all places in two languages
# Letters of their own: after which letter they come, in this order. Others that look alike are the same letter.
_SWEDISH: Final = {"å": "z1", "ä": "z2", "æ": "z2", "ö": "z3", "ø": "z3", "œ": "z3", "ô": "z3", "ü": "y", "ð": "d"}
_NORDIC: Final = {"æ": "z1", "ä": "z1", "ø": "z2", "ö": "z2", "å": "z3", "ü": "y", "ð": "d"}
_OWN_LETTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {"ñ": "n1"},
    "sv": _SWEDISH,
    "da": _NORDIC,
    "nb": _NORDIC,
    "pl": {"ą": "a1", "ć": "c1", "ę": "e1", "ł": "l1", "ń": "n1", "ó": "o1", "ś": "s1", "ź": "z1", "ż": "z2"},
}
# Letters that Unicode takes apart no further, in every language.
_EVERYWHERE: Final = {
    "ø": "o", "ł": "l", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d1", "ə": "e1", "ħ": "h",
    "ı": "i1", "ŋ": "n1", "ʻ": "h1", "ʿ": "z9",
}  # fmt: skip
_DOUBLE_A: Final = frozenset({"da", "nb"})  # "aa" is the older way to write "å"
_CAPITALS_FIRST: Final = frozenset({"da"})
_LONG_VOWEL: Final = "ー"  # sorts as the vowel that it draws out
_VOWELS: Final = dict(zip("AIUEO", "あいうえお", strict=True))
_CHARACTER_SETS: Final = {"ja": "euc_jp"}
_ORDERED: Final = frozenset({"zh", "zh-hant"})  # their characters' order is in a file
# Read otherwise than their characters: each stands behind all that begins with that character.
_READ_TOGETHER: Final = {"zh": {"重庆": "虫", "沈阳": "弞"}}
_BEHIND: Final = "\uf8ff"
_FILES: Final = Path(__file__).parent / "collation_data"
_FIRST, _LAST = 0x4E00, 0x9FFF
_MARKS: Final = " _-–—,;:!?.·・‘’'“”\"«»()[]{}§@*/\\&#%+<=>|~$"  # in the order of CLDR's root
_OWN_SCRIPT_FIRST: Final = frozenset({"ko", "zh", "zh-hant"})  # before Latin letters; in Japanese after them
_MARK, _PLACED, _LATIN_LAST, _IDEOGRAPHS = "\x01", "\ue000", "\uf800", "\uf000"  # what they begin sorts there


def collation_key(name: str, language: str) -> Key:
    """Return what sorts `name` among others in a language: by letters, then by accents, then by capitals.

    "Österreich" stands with O in German and after Z in Swedish.
    """
    tag = language.lower()
    return _key(name, tag if tag in _ORDERED else tag.partition("-")[0])


@lru_cache(maxsize=KEPT)
def _key(name: str, language: str) -> Key:
    written = unicodedata.normalize("NFC", name)
    folded = written.casefold()
    if language in _DOUBLE_A:
        folded = folded.replace("aa", "å")
    capitals = written if language in _CAPITALS_FIRST else written.swapcase()
    return _letters(folded, language), unicodedata.normalize("NFD", folded), capitals


def _letters(folded: str, language: str) -> str:
    """Return a name as the first comparison sees it: blanks and marks, then digits, then letters without accents."""
    own = {**_EVERYWHERE, **_OWN_LETTERS.get(language, {})}
    latin = _LATIN_LAST if language in _OWN_SCRIPT_FIRST else ""
    for word, character in _READ_TOGETHER.get(language, {}).items():
        folded = folded.replace(word, character + _BEHIND)
    found = ""
    for letter in folded:
        if letter == _BEHIND:
            found += letter
        elif letter in own:
            found += latin + _placed(own[letter])
        elif _FIRST <= ord(letter) <= _LAST:
            found += _IDEOGRAPHS + _ideograph(letter, language)
        elif letter == _LONG_VOWEL:
            found += _VOWELS.get(unicodedata.name(found[-1:] or "-", "")[-1:], letter)
        else:
            found += _plain(letter, latin)
    return found


@lru_cache(maxsize=KEPT)
def _plain(letter: str, latin: str) -> str:
    parts = (part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return "".join(_weight(part, latin) for part in parts)


def _placed(letters: str) -> str:
    return f"{letters[0]}{_PLACED}{letters[1]}" if letters[-1:].isdigit() else letters


def _weight(letter: str, latin: str) -> str:
    if not letter.isalnum() or unicodedata.category(letter) == "Lm":
        return _MARK + (chr(1 + _MARKS.index(letter)) if letter in _MARKS else letter)
    if "\u3041" <= letter <= "\u30fa":
        return _plain_kana(letter)
    return latin + letter if "a" <= letter <= "z" else letter


def _plain_kana(letter: str) -> str:
    """Return hiragana for katakana and large kana for small."""
    name = unicodedata.name(letter, "").replace("KATAKANA", "HIRAGANA").replace("SMALL ", "")
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return letter


def _ideograph(letter: str, language: str) -> str:
    if language in _ORDERED:
        return f"{_ranks(language)[ord(letter) - _FIRST]:05}"
    try:
        return f"0{letter.encode(_CHARACTER_SETS[language]).hex()}"
    except (KeyError, UnicodeEncodeError):
        return f"9{ord(letter):06x}"


@cache
def _ranks(language: str) -> array[int]:
    """Return the place of each character from U+4E00 on in the language's order."""
    ranks = array("H", bytes(2 * (_LAST - _FIRST + 1)))
    for rank, letter in enumerate((_FILES / f"{language}.txt").read_text(encoding="utf-8").strip()):
        ranks[ord(letter) - _FIRST] = rank
    return ranks
