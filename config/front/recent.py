"""Answers of pure functions, kept for what was asked lately and is short: whoever sends a text chooses its length."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

LONGEST: Final = 512

Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")
Asked = Callable[Concatenate[bytes, Rest], Answer]


def recent(most: int) -> Callable[[Asked[Rest, Answer]], Asked[Rest, Answer]]:
    """Keep so many answers of a function of bytes; longer ones than LONGEST are worked out each time."""

    def decorate(function: Asked[Rest, Answer]) -> Asked[Rest, Answer]:
        kept = lru_cache(maxsize=most)(function)

        @wraps(function)
        def asked(text: bytes, /, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
            return (kept if len(text) <= LONGEST else function)(text, *rest, **named)

        return asked

    return decorate
