"""What may be said of small cells. Pure.

The numbers of a whole service are exact and public. A cell of it, such as a place, whose reports came from fewer than
three networks has no number, and none must follow from the others and the whole: neither exactly, nor by taking
answers from each other. Two things see to that.

- The numbers that are shown are rounded at random to multiples of five, up or down so that they are right on average
  (unbiased random rounding to base 5, as in census tables). Chance is a hash of the question, so that the same
  question has the same answer.
- A small cell is named only where it could still have several values, whatever is known of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

BASE = 5
LEAST_SHOWN = 3  # reports: a cell that is shown had as many networks


@dataclass(frozen=True, slots=True)
class Question:
    """What chance hangs on: a secret, and all that was asked."""

    key: bytes
    words: tuple[object, ...]

    def chance(self, *cell: object) -> float:
        """A number from 0 to below 1 for a cell: always the same for the same cell of the same question."""
        said = "\x1f".join(map(str, (*self.words, *cell)))
        return int.from_bytes(blake2b(said.encode(), key=self.key[:64], digest_size=7).digest()) / 2**56


def rounded(number: float, chance: float) -> int:
    """A number of 0 or more, rounded to the multiple of BASE below or above it; up where `chance` (0 to 1) is less than
    its share of the way."""
    below = int(number // BASE) * BASE
    return below + BASE if chance < (number - below) / BASE else below


def shown(reports: int, chance: float) -> int:
    """The reports of a cell with enough networks as they are shown: never none."""
    return max(BASE, rounded(reports, chance))


def may_name(total: int, shown_numbers: Iterable[int], few: int) -> bool:
    """Whether `few` small cells may be named beside cells with these rounded numbers, where all together have `total`
    reports.

    Each small cell has a report at least. A cell that is shown as n has at least max(3, n − 4). There must be a report
    more than all these together, and somewhere for it to be but in the one small cell.
    """
    least = [max(LEAST_SHOWN, number - BASE + 1) for number in shown_numbers]
    return total > sum(least) + few and (bool(least) or few > 1)


def withheld_exact(reports: Sequence[int], fewest: int) -> list[bool]:
    """Which of the exact numbers of parts are withheld, where their sum is known.

    From the first small one on, those below `fewest`, none included: "few" then means 0 as well. All of them, where
    these could share their sum in one way only.
    """
    if not any(0 < number < fewest for number in reports):
        return [False] * len(reports)
    few = [number for number in reports if number < fewest]
    is_open = len(few) > 1 and sum(few) < len(few) * (fewest - 1) and sum(reports) >= len(reports) * fewest
    return [number < fewest for number in reports] if is_open else [True] * len(reports)
