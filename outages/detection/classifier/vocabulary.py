"""The words that the announcement reader knows, read from `vocabulary.toml`: topic → language → patterns."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

_TOPICS: Final[dict[str, dict[str, list[str]]]] = tomllib.loads(
    Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8")
)


def topics() -> tuple[str, ...]:
    """Return all topics that have patterns."""
    return tuple(topic for topic in _TOPICS if topic != "common_component_words")


@lru_cache(maxsize=64)
def patterns(topic: str) -> tuple[str, ...]:
    """All patterns of a topic, of every language. KeyError for an unknown topic."""
    return tuple(pattern for by_language in _TOPICS[topic].values() for pattern in by_language)


def common_component_words(component: str) -> tuple[str, ...]:
    """Words for a part that many services have ("app", "login"); empty for any other."""
    return tuple(_TOPICS["common_component_words"].get(component, ()))
