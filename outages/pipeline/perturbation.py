"""The numbers with which reports stand in what is public. Pure.

Each report of a cell is told as none, one or several: a weight that is right on average, drawn once under a secret
key from where the report stands (cell, minute and its number in that minute). Weights are summed and never drawn
again, so that the same reports have the same number wherever they are asked for, and no differences of answers tell
more of a report than its one weight.

What was told of a place so far leans the next draw a little the other way, so that a place's number stays near what
was reported however many reports it has, while the weights of any few of them are as uncertain as ever. Where a place's
number leans to is moved by secret phases, others each five minutes and each quarter of an hour: own reports from a
place make out how its draws lean, but not what it was told too many. See docs/decisions/0012.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

BASE: Final = 5

# How many in 256 reports are told as 0, 1, 2, … With mean 1 and variance 0.8 two reports look like one so often that
# to guess the commonest number is nearly the best that can be done: tests/outages/pipeline/test_perturbation.py.
WEIGHTS: Final = (73, 133, 32, 14, 3, 1)

# The same, leant: the mean is a twentieth lower with each row, from 1.6 to 0.4, and the middle one is WEIGHTS. Each row
# is the one that differs least (by its entropy) from WEIGHTS among those of its mean.
LEANING: Final = (
    (37, 114, 48, 36, 13, 8),
    (39, 117, 47, 34, 12, 7),
    (41, 119, 46, 33, 11, 6),
    (43, 122, 45, 31, 10, 5),
    (46, 123, 44, 29, 9, 5),
    (48, 126, 43, 27, 8, 4),
    (51, 127, 42, 25, 8, 3),
    (54, 129, 40, 24, 6, 3),
    (57, 130, 40, 21, 6, 2),
    (61, 131, 38, 19, 5, 2),
    (65, 132, 36, 17, 4, 2),
    (69, 132, 34, 16, 4, 1),
    (73, 133, 32, 14, 3, 1),
    (78, 133, 29, 13, 2, 1),
    (83, 132, 28, 10, 2, 1),
    (89, 130, 26, 9, 2, 0),
    (95, 129, 23, 7, 2, 0),
    (101, 127, 21, 6, 1, 0),
    (108, 124, 18, 5, 1, 0),
    (116, 119, 16, 4, 1, 0),
    (124, 114, 14, 4, 0, 0),
    (133, 109, 11, 3, 0, 0),
    (142, 102, 10, 2, 0, 0),
    (151, 96, 8, 1, 0, 0),
    (162, 87, 6, 1, 0, 0),
)
LEANT_MOST: Final = len(LEANING) // 2
# A report that was told too many leans the next draws of its region by six twentieths, of its country by one more.
LEAN_OF_REGION: Final = 6
LEAN_OF_COUNTRY: Final = 1
# For so many minutes a place's number leans so many reports away from what was reported, each as often.
PHASES: Final = ((5, (-1, 0, 1)), (15, (-2, -1, -1, 0, 0, 1, 1, 2)))

_WEIGHT_OF: Final = tuple(bytes(weight for weight, times in enumerate(row) for _ in range(times)) for row in LEANING)
_BLOCK: Final = 64  # bytes of a digest, a report each


def perturbed(reports: int, key: bytes, *cell: object) -> int:
    """Return the sum of the weights of a cell's reports. One report more adds one weight and leaves the others."""
    words = "\x1f".join(map(str, cell)).encode()
    total = 0
    for block in range(-(-reports // _BLOCK)):
        digest = blake2b(words, key=key[:64], salt=block.to_bytes(16)).digest()
        total += sum(digest[: reports - block * _BLOCK].translate(_WEIGHT_OF[LEANT_MOST]))
    return total


def balanced(reports: int, lean: int, key: bytes, *cell: object) -> int:
    """Return the sum of the weights of a cell's reports in a minute that begins with a lean of so many twentieths.

    The same draw as `perturbed`, cut at other bounds: a report's chance is one whatever was told before it, so that
    counting a minute again with another report in it leaves the weights of those before.
    """
    words = "\x1f".join(map(str, cell)).encode()
    total = 0
    for block in range(-(-reports // _BLOCK)):
        digest = blake2b(words, key=key[:64], salt=block.to_bytes(16)).digest()
        for byte in digest[: reports - block * _BLOCK]:
            weight = _WEIGHT_OF[LEANT_MOST + max(-LEANT_MOST, min(LEANT_MOST, lean))][byte]
            total += weight
            lean += (weight - 1) * (LEAN_OF_REGION + LEAN_OF_COUNTRY)
    return total


def phase(key: bytes, minute: int, *place: object) -> int:
    """Return how many reports a place's number leans away from what was reported in a minute (since 1970): −3 to 3."""
    found = 0
    for minutes, phases in PHASES:
        words = "\x1f".join(map(str, (minutes, minute // minutes, *place)))
        found += phases[blake2b(words.encode(), key=key[:64]).digest()[0] % len(phases)]
    return found


class Balance:
    """How many reports more than there were each place of a service has been told, by country and region."""

    def __init__(self, regions: Mapping[tuple[str, str], int] | None = None) -> None:
        self.regions: Counter[tuple[str, str]] = Counter(regions or {})
        self.changed: set[tuple[str, str]] = set()
        self._countries: Counter[str] = Counter()
        for (country, _region), more in self.regions.items():
            self._countries[country] += more

    def lean(self, country: str, region: str, phase: int) -> int:
        """Return how far the next draw of a place leans in a phase, in twentieths of a report."""
        found = LEAN_OF_REGION * (self.regions[country, region] + phase) + LEAN_OF_COUNTRY * self._countries[country]
        return max(-LEANT_MOST, min(LEANT_MOST, found))

    def add(self, country: str, region: str, more: int) -> None:
        """Take in what a place has been told beyond its reports."""
        if more:
            self.regions[country, region] += more
            self._countries[country] += more
            self.changed.add((country, region))


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
