"""The numbers with which reports stand in what is public. Pure.

Each report of a cell is told as none, one or several: a weight that is right on average, drawn once under a secret
key from where the report stands (cell, minute and its number in that minute). Weights are summed and never drawn
again, so that the same reports have the same number wherever they are asked for, and no differences of answers tell
more of a report than its one weight. See docs/decisions/0012.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

BASE: Final = 5

# How many in 256 reports are told as 0, 1, 2, … With mean 1 and variance 0.8 two reports look like one so often that
# to guess the commonest number is nearly the best that can be done: tests/outages/pipeline/test_perturbation.py.
WEIGHTS: Final = (73, 133, 32, 14, 3, 1)
_WEIGHT_OF: Final = bytes(weight for weight, times in enumerate(WEIGHTS) for _ in range(times))
_BLOCK: Final = 64  # bytes of a digest, a report each


def perturbed(reports: int, key: bytes, *cell: object) -> int:
    """Return the sum of the weights of a cell's reports. One report more adds one weight and leaves the others."""
    words = "\x1f".join(map(str, cell)).encode()
    total = 0
    for block in range(-(-reports // _BLOCK)):
        digest = blake2b(words, key=key[:64], salt=block.to_bytes(16)).digest()
        total += sum(digest[: reports - block * _BLOCK].translate(_WEIGHT_OF))
    return total


def effective(counted: float, reports: int, told: int) -> float:
    """Return what the reports of a cell counted, at the number at which they are told."""
    return counted * told / reports if reports else 0.0


def rounded(number: float) -> int:
    """Return the multiple of BASE that is nearest to a number, 0 at least."""
    exact = round(float(number), 6)  # sums of fractions differ a little with their order
    return max(int((exact + BASE / 2) // BASE) * BASE, 0)


def shown(number: float) -> int:
    """Return a number of a cell with enough networks as it is shown: never 0."""
    return max(BASE, rounded(number))


EVERYWHERE: Final = ("", "everywhere")
PLAIN_DETAIL: Final = frozenset(
    {"components", "minutes", "from_minute", "to_minute", "networks", "origins", "origins_known", "threshold", "surge"}
)


def evidence(term: Mapping[str, Any], *, enough: int) -> dict[str, Any] | None:
    """Return a term of the evidence as it is stored and told: of a place the crowd's numbers are rounded.

    What would give the number away again, such as the term's weight to two digits, is rounded or left out. None for
    what less than `enough` networks of a place say.
    """
    told = dict(term)
    if term["kind"] != "crowd" or term["place"] in EVERYWHERE:
        return told
    if term["detail"].get("networks", enough) < enough:
        return None
    if term["seen"] is not None:
        told["seen"] = float(shown(term["seen"]))
    if term.get("expected") is not None:
        told["expected"] = float(round(term["expected"]))  # it was learnt from every single report there
    told["nats"] = float(round(term["nats"]))
    told["detail"] = {name: value for name, value in term["detail"].items() if name in PLAIN_DETAIL}
    return told
