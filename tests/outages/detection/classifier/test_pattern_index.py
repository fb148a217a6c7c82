"""The index finds what trying every pattern would find."""

from __future__ import annotations

import re

import pytest

from outages.detection.classifier import pattern_index, vocabulary
from outages.detection.classifier.text import fold

TEXTS = (
    "The mobile app is down; app down again. We're investigating sign-in issues and will update when it is resolved.",
    "Resolved\nThis incident has been resolved. All systems are operational, and a fix was rolled out at 14:00 UTC.",
    "Geplante Wartung am 8. März von 2 bis 4 Uhr: die App ist nicht erreichbar, wir arbeiten daran.",
    "Nous sommes au courant d'une panne; le service est rétabli. Vi undersøger problemer. Åtgärdat är felet.",
    "目前系统出现故障，正在调查。已恢复正常。 3月8日 02:00-04:00 维护 現在、障害が発生しています。 복구 완료",
    "On March 3, between 10:00 and 11:00, users saw 503 errors. We have identified the cause; a postmortem follows.",
    "",
)


def tried(topic: str, folded: str) -> list[str]:
    """What all patterns of a topic find as whole words: leftmost first, the first pattern first, none over another."""
    found, end = [], 0
    patterns = [
        re.compile(
            p if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", p) else rf"(?<![^\W_])(?:{p})(?![^\W_])", re.M
        )
        for p in vocabulary.patterns(topic)
    ]
    waiting = {order: pattern.search(folded) for order, pattern in enumerate(patterns)}
    while any(waiting.values()):
        start, order = min((match.start(), order) for order, match in waiting.items() if match)
        match = waiting[order]
        assert match is not None
        if start >= end:
            found.append(match.group(0))
            end = max(match.end(), start + 1)
        waiting[order] = patterns[order].search(folded, end)
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_the_index_finds_what_every_pattern_would(text: str) -> None:
    folded = fold(text)
    for topic in vocabulary.topics():
        assert pattern_index.words_in(topic, folded) == tried(topic, folded), topic
        assert pattern_index.has_words(topic, folded) == bool(tried(topic, folded))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(?:mobile )?app(?:s)?", {"mobile ", "app"}),
        ("down(?:time)?", {"down"}),
        ("(?:foo|bar)baz", {"foo", "bar"}),
        (r"\w+ed", set()),
        ("a(?:b|c)", set()),
        ("^now", {"now"}),
        ("(?:under )?(?:work|repair)", {"under ", "work", "repair"}),
    ],
)
def test_where_a_match_can_begin(pattern: str, expected: set[str]) -> None:
    assert pattern_index.beginnings(pattern) == expected
