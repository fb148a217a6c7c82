"""The vocabulary's patterns, found in a text without trying them all.

A pattern can only match where certain letters stand ("invest" for `invest\\w*igat\\w*`). They are read off the pattern
once, and a text is asked for its short runs of letters; only patterns whose letters it has are tried on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import heapify, heappop, heapreplace
from importlib import import_module
from typing import Any, Final

from outages.detection.classifier import vocabulary

_constants: Any = import_module("re._constants")  # the standard library's own parser, of which no types are known
_parser: Any = import_module("re._parser")

_GRAM: Final = 3  # letters by which a pattern is found again
_LEAST_BEGINNING: Final = 2  # letters of a beginning that is looked for
_WIDE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def needles(pattern: str) -> frozenset[str]:
    """Return strings of which every match of the pattern has at least one; empty where none can be told."""
    return _needles(_parser.parse(pattern)) or frozenset()


def _needles(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: list[frozenset[str]] = []
    run = ""
    for operation, argument in items:
        if operation is _constants.LITERAL:
            run += chr(argument)
            continue
        found.append(frozenset({run}))
        run = ""
        inner: frozenset[str] | None = None
        if operation is _constants.SUBPATTERN:
            inner = _needles(argument[3])
        elif operation is _constants.BRANCH:
            inner = _union(_needles(branch) for branch in argument[1])
        elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0] >= 1:
            inner = _needles(argument[2])
        if inner:
            found.append(inner)
    found.append(frozenset({run}))
    useful = [choice for choice in found if choice and "" not in choice]
    return max(useful, key=lambda choice: min(map(len, choice)), default=None)


def beginnings(pattern: str) -> frozenset[str]:
    """Return strings with one of which every match of the pattern begins; empty where none can be told."""
    found = _beginnings(list(_parser.parse(pattern))) or frozenset()
    return found if all(len(beginning) >= _LEAST_BEGINNING for beginning in found) else frozenset()


def _beginnings(items: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    run = ""
    for place, (operation, argument) in enumerate(items):
        if operation is _constants.LITERAL:
            run += chr(argument)
        elif run:
            break
        elif operation is _constants.SUBPATTERN:
            return _beginnings(list(argument[3]))
        elif operation is _constants.BRANCH:
            return _union(_beginnings(list(branch)) for branch in argument[1])
        elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            inner = _beginnings(list(argument[2]))
            return inner if argument[0] else _union((inner, _beginnings(items[place + 1 :])))
        elif operation not in (_constants.AT, _constants.ASSERT_NOT):  # these take no letters
            return None
    return frozenset({run}) if run else None


def _union(choices: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """All of them together; None where one of them is none."""
    found: set[str] = set()
    for choice in choices:
        if choice is None:
            return None
        found |= choice
    return frozenset(found)


class _Entry:
    """A pattern: as whole words, and as it is. Compiled when a text may have it: no text needs them all."""

    def __init__(self, topic: str, pattern: str) -> None:
        self.topic = topic
        self.pattern = pattern

    @cached_property
    def words(self) -> re.Pattern[str]:
        return re.compile(_bounded(self.pattern), re.MULTILINE)

    @cached_property
    def sign(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(beginnings(self.pattern))

    def search(self, folded: str, at: int = 0) -> re.Match[str] | None:
        """Return the first match as whole words from a place on. It is tried only where it can begin."""
        if not self._beginnings:
            return self.words.search(folded, at)
        if len(self._beginnings) == 1:
            return self._match_at(folded, self._beginnings[0], at)
        found = [match for one in self._beginnings if (match := self._match_at(folded, one, at)) is not None]
        return min(found, key=lambda match: match.start(), default=None)

    def _match_at(self, folded: str, beginning: str, at: int) -> re.Match[str] | None:
        place = folded.find(beginning, at)
        while place >= 0:
            if (match := self.words.match(folded, place)) is not None:
                return match
            place = folded.find(beginning, place + 1)
        return None


@dataclass(frozen=True, slots=True)
class _Index:
    """All patterns, in order; their needles with their numbers, by the first letters; and those without any.

    Needles that are shorter than that stand alone.
    """

    entries: tuple[_Entry, ...]
    by_gram: dict[str, tuple[tuple[str, tuple[int, ...]], ...]]
    short: tuple[tuple[str, tuple[int, ...]], ...]
    always: tuple[int, ...]


def _bounded(pattern: str) -> str:
    return pattern if _WIDE.search(pattern) else rf"(?<![^\W_])(?:{pattern})(?![^\W_])"


@lru_cache(maxsize=1)
def _index() -> _Index:
    entries: list[_Entry] = []
    by_needle: dict[str, list[int]] = defaultdict(list)
    by_gram: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    always: list[int] = []
    for topic in vocabulary.topics():
        for pattern in dict.fromkeys(vocabulary.patterns(topic)):  # languages share words
            number = len(entries)
            wanted = needles(pattern)
            entries.append(_Entry(topic, pattern))
            for needle in wanted:
                by_needle[needle].append(number)
            if not wanted:
                always.append(number)
    short: list[tuple[str, tuple[int, ...]]] = []
    for needle, numbers in by_needle.items():
        found = by_gram[needle[:_GRAM]] if len(needle) >= _GRAM else short
        found.append((needle, tuple(numbers)))
    grams = {gram: tuple(known) for gram, known in by_gram.items()}
    return _Index(tuple(entries), grams, tuple(short), tuple(always))


@lru_cache(maxsize=32)
def _possible(folded: str) -> dict[str, tuple[_Entry, ...]]:
    """The patterns that the text may have, by topic, in the vocabulary's order."""
    index = _index()
    grams = {folded[at : at + _GRAM] for at in range(len(folded) - _GRAM + 1)}
    numbers = set(index.always)
    is_plain = folded.isascii()
    for needle, known in index.short:
        if (needle.isascii() or not is_plain) and needle in folded:
            numbers.update(known)
    for gram in grams & index.by_gram.keys():
        for needle, known in index.by_gram[gram]:
            if needle in folded:
                numbers.update(known)
    found: dict[str, list[_Entry]] = defaultdict(list)
    for number in sorted(numbers):
        found[index.entries[number].topic].append(index.entries[number])
    return {topic: tuple(entries) for topic, entries in found.items()}


def words_in(topic: str, folded: str) -> list[str]:
    """Return what the topic's patterns match in the text, as whole words: leftmost first, none over another."""
    vocabulary.patterns(topic)  # KeyError for an unknown topic
    entries = _of(topic, folded)
    if not entries:
        return []
    waiting = [(m.start(), order, m, e) for order, e in enumerate(entries) if (m := e.search(folded))]
    heapify(waiting)  # no two have the same order: matches are never compared
    found = []
    end = 0
    while waiting:
        start, order, match, entry = waiting[0]
        if start >= end:
            found.append(match.group(0))
            end = max(match.end(), start + 1)
        if (later := entry.search(folded, end)) is not None:
            heapreplace(waiting, (later.start(), order, later, entry))
        else:
            heappop(waiting)
    return found


def has_words(topic: str, folded: str) -> bool:
    """Return whether a pattern of the topic matches whole words of the text."""
    return any(entry.search(folded) for entry in _of(topic, folded))


def signs_in(topic: str, folded: str) -> int:
    """Return how many of the topic's patterns are found anywhere, each counted once."""
    return sum(1 for entry in _of(topic, folded) if entry.sign.search(folded))


def without_words(topic: str, folded: str, instead: str) -> str:
    """Return the text with something else in the place of every match of the topic."""
    entries = [entry for entry in _of(topic, folded) if entry.search(folded)]
    if not entries:
        return folded
    return re.compile("|".join(entry.words.pattern for entry in entries), re.MULTILINE).sub(instead, folded)


def _of(topic: str, folded: str) -> tuple[_Entry, ...]:
    return _possible(folded).get(topic, ())
