"""The vocabulary's patterns, found in a text without trying them all.

A pattern can only match where certain letters stand ("invest" for `invest\\w*igat\\w*`). They are read off the pattern
once, and a text is asked for its short runs of letters; only patterns whose letters it has are tried on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from re import _constants, _parser
from typing import Any, Final

from outages.detection.classifier import vocabulary

_GRAM: Final = 3  # letters by which a pattern is found again
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
            branches = [_needles(branch) for branch in argument[1]]
            inner = frozenset().union(*(b for b in branches if b)) if all(branches) else None
        elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0] >= 1:
            inner = _needles(argument[2])
        if inner:
            found.append(inner)
    found.append(frozenset({run}))
    useful = [choice for choice in found if choice and "" not in choice]
    return max(useful, key=lambda choice: min(map(len, choice)), default=None)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A pattern: as whole words, and as it is."""

    topic: str
    words: re.Pattern[str]
    sign: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Index:
    """All patterns, in order; their needles with their numbers, by the first letters; and those without any."""

    entries: tuple[_Entry, ...]
    by_gram: dict[str, tuple[tuple[str, tuple[int, ...]], ...]]
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
        for pattern in vocabulary.patterns(topic):
            number = len(entries)
            wanted = needles(pattern)
            entries.append(_Entry(topic, re.compile(_bounded(pattern), re.MULTILINE), re.compile(pattern)))
            for needle in wanted:
                by_needle[needle].append(number)
            if not wanted:
                always.append(number)
    for needle, numbers in by_needle.items():
        by_gram[needle[:_GRAM]].append((needle, tuple(numbers)))
    return _Index(tuple(entries), {gram: tuple(known) for gram, known in by_gram.items()}, tuple(always))


@lru_cache(maxsize=32)
def _possible(folded: str) -> dict[str, tuple[_Entry, ...]]:
    """The patterns that the text may have, by topic, in the vocabulary's order."""
    index = _index()
    grams = {folded[at : at + size] for size in range(1, _GRAM + 1) for at in range(len(folded) - size + 1)}
    numbers = set(index.always)
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
    if len(entries) == 1:
        return [match.group(0) for match in entries[0].words.finditer(folded)]
    waiting = [(m.start(), order, m, e) for order, e in enumerate(entries) if (m := e.words.search(folded))]
    found = []
    end = 0
    while waiting:
        start, order, match, entry = min(waiting, key=lambda one: one[:2])
        if start >= end:
            found.append(match.group(0))
            end = max(match.end(), start + 1)
        waiting.remove((start, order, match, entry))
        if (later := entry.words.search(folded, end)) is not None:
            waiting.append((later.start(), order, later, entry))
    return found


def has_words(topic: str, folded: str) -> bool:
    """Return whether a pattern of the topic matches whole words of the text."""
    return any(entry.words.search(folded) for entry in _of(topic, folded))


def signs_in(topic: str, folded: str) -> int:
    """Return how many of the topic's patterns are found anywhere, each counted once."""
    return sum(1 for entry in _of(topic, folded) if entry.sign.search(folded))


def without_words(topic: str, folded: str, instead: str) -> str:
    """Return the text with something else in the place of every match of the topic."""
    entries = _of(topic, folded)
    if not entries:
        return folded
    return re.compile("|".join(entry.words.pattern for entry in entries), re.MULTILINE).sub(instead, folded)


def _of(topic: str, folded: str) -> tuple[_Entry, ...]:
    return _possible(folded).get(topic, ())
