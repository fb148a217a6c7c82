"""What becomes of a report: an ordered list of named rules. Pure.

The first rule that matches decides; its name is stored with the report and told to the reporter. Many reports from
one network are not judged here: the detector counts only some of them, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from msgspec import Struct

REPEAT_WITHIN_S = 120
SURGE_REPEAT_WITHIN_S = 600
BURST_WINDOW_S = 600
BURST_REPORTS = 10
BACKDATED_REPORTS = 3


class Ruling(IntEnum):
    """The first three are stored as they are. A repeated report is not stored: the earlier one stands for it."""

    ACCEPTED = 0
    HELD = 1
    REJECTED = 2
    REPEATED = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A report that the same reporter has sent before, on any service.

    `age_s` can be a little below 0: of two taps at once, either may be stored first. `ago_s` is how long ago it
    happened, by what the reporter says; None where it happened when it came in. `counted` says whether it was accepted.
    """

    id: UUID
    age_s: float
    component: int
    kind: int
    late: bool = False
    withdrawn: bool = False
    ago_s: float | None = None
    counted: bool = True


class Case(Struct, frozen=True):
    """What the rules may look at. `earlier` lists the reporter's own reports, newest first; empty where unknown.

    `ago_s` is how long ago it happened; `blocked` says that a moderator wants its network's reports held today,
    `surge` that so much is reported that repeats are not stored.
    """

    component: int
    kind: int
    note: str = ""
    late: bool = False
    trap: bool = False
    earlier: tuple[Earlier, ...] = ()
    ago_s: float = 0.0
    blocked: bool = False
    surge: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule. `text` tells the reporter what follows from it."""

    name: str
    matches: Callable[[Case], bool]
    verdict: Ruling
    text: str
    hides_note: bool = False


class Judgement(Struct, frozen=True):
    """What was decided, by which rule. `repeats` is the earlier report that a repeated one stands for."""

    verdict: Ruling
    rule: str
    text: str
    repeats: UUID | None = None

    @property
    def counted(self) -> bool:
        return self.verdict is Ruling.ACCEPTED


_LINK = re.compile(
    r"://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|info|biz|io|co|me|ly|to|app|xyz|top|shop|site|online|link|ru|cn)\b", re.I
)
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|(?<!\d)(?!\d{4}-\d\d-\d\d)(?:\+|\()?\d(?:[\s().-]*\d){8,14}(?!\d)")


def _is_blocked(case: Case) -> bool:
    return case.blocked


def _fell_into_trap(case: Case) -> bool:
    return case.trap


def _repeated(case: Case) -> Earlier | None:
    """The earlier report that says the same of the same part, sent moments ago.

    Two that waited for the net come in together, and are two where they speak of times apart.
    """
    for earlier in case.earlier:
        same = earlier.component == case.component and earlier.kind == case.kind and not earlier.withdrawn
        ago_s = earlier.age_s if earlier.ago_s is None else earlier.ago_s
        together = earlier.age_s <= REPEAT_WITHIN_S and abs(ago_s - case.ago_s) <= REPEAT_WITHIN_S
        if same and together and not case.late and not earlier.late:
            return earlier
    return None


def _is_repeated(case: Case) -> bool:
    return _repeated(case) is not None


def _counted_already(case: Case) -> Earlier | None:
    """In a surge: the earlier report by which the reporter counts for the same part already, whatever its symptom."""
    for earlier in case.earlier if case.surge and not case.late else ():
        same = earlier.component == case.component and earlier.kind == case.kind
        stands = earlier.counted and not earlier.withdrawn and not earlier.late
        ago_s = earlier.age_s if earlier.ago_s is None else earlier.ago_s
        if same and stands and max(earlier.age_s, abs(ago_s - case.ago_s)) <= SURGE_REPEAT_WITHIN_S:
            return earlier
    return None


def _is_counted_already(case: Case) -> bool:
    return _counted_already(case) is not None


def _is_burst(case: Case) -> bool:
    return sum(earlier.age_s <= BURST_WINDOW_S for earlier in case.earlier) >= BURST_REPORTS


def _is_backdated_burst(case: Case) -> bool:
    return case.late and sum(earlier.late for earlier in case.earlier) >= BACKDATED_REPORTS


def _has_contact(case: Case) -> bool:
    return _CONTACT.search(case.note) is not None


def holds_link(text: str) -> bool:
    """Return whether a text leads to somewhere else."""
    return _LINK.search(text) is not None


def _has_link(case: Case) -> bool:
    return holds_link(case.note)


REPEAT_IN_SURGE = (
    "You already reported this in the last ten minutes, and that report counts. "
    "Very many people are reporting, so this one wasn’t saved."
)
RULES: tuple[Rule, ...] = (
    Rule("trap_field", _fell_into_trap, Ruling.REJECTED, "A field hidden from people was filled in: not counted."),
    Rule("duplicate_tap", _is_repeated, Ruling.REPEATED, "You reported the same thing a moment ago; it counts once."),
    Rule("repeat_in_surge", _is_counted_already, Ruling.REPEATED, REPEAT_IN_SURGE),
    Rule("reporter_burst", _is_burst, Ruling.REJECTED, "Many reports within a few minutes: this one isn’t counted."),
    Rule("blocked_network", _is_blocked, Ruling.HELD, "Reports from this network are waiting for review today."),
    Rule(
        "backdated_burst", _is_backdated_burst, Ruling.HELD, "Several reports about earlier times: waiting for review."
    ),
    Rule("note_with_contact", _has_contact, Ruling.ACCEPTED, "Counted. The note looks private and isn’t shown.", True),
    Rule("note_with_link", _has_link, Ruling.ACCEPTED, "Counted. The note contains a link and isn’t shown.", True),
)
COUNTED = "Counted."
_ACCEPTED = Judgement(Ruling.ACCEPTED, "", COUNTED)
ACCEPTED_BY_MODERATOR = "accepted_by_moderator"
DROPPED_BY_MODERATOR = "dropped_by_moderator"
HELD_BY_MODERATOR = "held_by_moderator"
NOTE_HIDDEN_BY_MODERATOR = "note_hidden_by_moderator"
BY_MODERATOR = frozenset({ACCEPTED_BY_MODERATOR, DROPPED_BY_MODERATOR, HELD_BY_MODERATOR, NOTE_HIDDEN_BY_MODERATOR})
HIDING_RULES = frozenset({*(rule.name for rule in RULES if rule.hides_note), NOTE_HIDDEN_BY_MODERATOR})


def judge(case: Case) -> Judgement:
    """The first matching rule's verdict; accepted under the name "" where none matches."""
    if not (case.note or case.earlier or case.trap or case.blocked):
        return _ACCEPTED  # nothing that any rule looks at
    for rule in RULES:
        if rule.matches(case):
            repeated = _repeated(case) or _counted_already(case) if rule.verdict is Ruling.REPEATED else None
            return Judgement(rule.verdict, rule.name, rule.text, repeated.id if repeated else None)
    return _ACCEPTED
