"""What was taken out of a list, told from what merely left it at its end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

MOST_NAMES: Final = 2000  # of a list, from its top; what stands below is not watched


def short(name: str) -> str:
    """Return a name in the few letters in which lists are remembered."""
    return blake2b(name.encode(), digest_size=8).hexdigest()


def absent_between(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return what stood between two names of a list that are still there, in the same order, and is there no more.

    A list that is cut at its end loses what stood last, and one whose old entries come to the top loses more of it:
    neither stood between two that stayed.
    """
    place = {name: number for number, name in enumerate(after)}
    last_after = [-1] * (len(before) + 1)
    for number in range(len(before) - 1, -1, -1):
        last_after[number] = max(last_after[number + 1], place.get(before[number], -1))
    found = []
    first_before = len(after)
    for number, name in enumerate(before):
        if name in place:
            first_before = min(first_before, place[name])
        elif first_before < last_after[number + 1]:
            found.append(name)
    return found


def follow(known: dict[str, Any], listed: Sequence[str]) -> tuple[dict[str, Any], set[str]]:
    """Return a list's new memory, and what was taken out of it: what was absent in two readings, one after the other.

    All names are in their short form.
    """
    before: list[str] = known.get("order", [])
    absent = absent_between(before, listed)
    gone = set(absent) & set(known.get("missing", ()))
    waiting = [name for name in absent if name not in gone]
    order = list(listed[:MOST_NAMES])
    for name in waiting:  # it keeps its place, so that the next reading can tell
        neighbour = before[before.index(name) - 1]
        order.insert(order.index(neighbour) + 1 if neighbour in order else len(order), name)
    return {"order": order, "missing": waiting}, gone
