"""What a reporter's word is worth, by how often it was right. Pure.

The record is the reporter's own: it lives on their device, signed by us, and nowhere here. It holds two counts and the
last few reports whose end is not known yet, without what was written in them. See docs/decisions/0008.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

PRIOR: Final = 2.0  # of a beta distribution, right and wrong alike: nobody is trusted more or less at first
EARNED_FROM: Final = 3  # judged reports, each of another day
MOST_JUDGED: Final = 30.0  # older ones fade beyond
LEAST_WEIGHT: Final = 0.5
MOST_WEIGHT: Final = 2.0
STEPS: Final = 4  # a report: so coarse a weight tells nobody apart
MOST_WAITING: Final = 6
LONGEST_WAIT_MINUTES: Final = 90 * 24 * 60
DAY_MINUTES: Final = 24 * 60


class Agreement(Enum):
    """How a report was borne out by what became of it."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCLEAR = "unclear"  # and will stay so
    OPEN = "open"  # not to be said yet


@dataclass(frozen=True, slots=True)
class Said:
    """One problem report: of which part, from where, in which minute since 1970."""

    service: str
    component: str
    place: str
    minute: int


Judge = Callable[[Said], Agreement]


@dataclass(frozen=True, slots=True)
class Reputation:
    """`right` and `wrong` count judged reports, at most one each a day; `waiting` are not judged yet, oldest first.

    `right_day` and `wrong_day` are the days (since 1970) of the last ones.
    """

    right: float = 0.0
    wrong: float = 0.0
    right_day: int = -1
    wrong_day: int = -1
    waiting: tuple[Said, ...] = ()

    @property
    def weight(self) -> float:
        """Twice the mean of the beta posterior, in quarters, between LEAST_WEIGHT and MOST_WEIGHT; 1 until earned."""
        judged = self.right + self.wrong
        if judged < EARNED_FROM:
            return 1.0
        mean = (self.right + PRIOR) / (judged + 2 * PRIOR)
        return min(max(round(2 * mean * STEPS) / STEPS, LEAST_WEIGHT), MOST_WEIGHT)

    def learnt(self, judge: Judge, minute: int) -> Reputation:
        """With what has become clear by a minute of the reports that waited."""
        found, waiting = replace(self, waiting=()), []
        for said in self.waiting:
            agreement = judge(said)
            if agreement is Agreement.OPEN and minute - said.minute <= LONGEST_WAIT_MINUTES:
                waiting.append(said)
            else:
                found = found._with(agreement, said.minute // DAY_MINUTES)
        return replace(found, waiting=tuple(waiting))

    def _with(self, agreement: Agreement, day: int) -> Reputation:
        right = agreement is Agreement.RIGHT and day > self.right_day
        wrong = agreement is Agreement.WRONG and day > self.wrong_day
        if not right and not wrong:
            return self
        fade = min(1.0, (MOST_JUDGED - 1) / (self.right + self.wrong)) if self.right + self.wrong else 1.0
        return replace(
            self,
            right=self.right * fade + right,
            wrong=self.wrong * fade + wrong,
            right_day=day if right else self.right_day,
            wrong_day=day if wrong else self.wrong_day,
        )

    def with_said(self, said: Said) -> Reputation:
        """With one more report that waits; the same of the same day is one, and the oldest of too many go."""
        key = (said.service, said.component, said.place, said.minute // DAY_MINUTES)
        known = {(one.service, one.component, one.place, one.minute // DAY_MINUTES) for one in self.waiting}
        return self if key in known else replace(self, waiting=(*self.waiting, said)[-MOST_WAITING:])

    def as_list(self) -> list[Any]:
        """For JSON."""
        waiting = [[one.service, one.component, one.place, one.minute] for one in self.waiting]
        return [round(self.right, 3), round(self.wrong, 3), self.right_day, self.wrong_day, waiting]

    @classmethod
    def of_list(cls, values: Iterable[Any]) -> Reputation:
        """Out of `as_list`. Raises ValueError or TypeError for anything else."""
        right, wrong, right_day, wrong_day, waiting = values
        said = tuple(Said(str(s), str(c), str(p), int(m)) for s, c, p, m in waiting)
        return cls(max(0.0, float(right)), max(0.0, float(wrong)), int(right_day), int(wrong_day), said[-MOST_WAITING:])
