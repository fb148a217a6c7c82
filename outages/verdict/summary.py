"""What a page says first of a service, as codes: the first line, the trend, what is left unsaid. Pure, no words.

The only place that decides which statements may stand beside each other. outages/texts/sentences.py has their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

from outages.verdict import Chip, Verdict

ENOUGH_FOR_A_TREND: Final = 6  # reports of both spans together; fewer rise and fall by chance
CLEAR_CHANGE: Final = 2.0  # standard deviations of the difference of two Poisson counts
OPEN: Final = (Verdict.POSSIBLE, Verdict.CONFIRMED, Verdict.RECOVERING, Verdict.MAINTENANCE)


class FirstLine(StrEnum):
    """What the first line says."""

    DOWN = "down"
    POSSIBLE = "possible"
    RECOVERING = "recovering"
    MAINTENANCE = "maintenance"
    OK = "ok"
    SIGNS = "signs"  # no incident, but a kind of evidence sees trouble
    OVER = "over"  # an outage has just ended
    UNKNOWN = "unknown"


class Trend(StrEnum):
    """Where the number of reports is going."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at a moment. `newest` are the reports of the last minutes that were counted, oldest first;
    `ended` says that an outage has ended shortly before."""

    verdict: Verdict
    chips: Sequence[Chip]
    reports: int = 0
    newest: Sequence[int] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said. `missing` are the chips whose evidence is wanting and said to be so."""

    first_line: FirstLine
    trend: Trend | None
    has_numbers: bool
    has_confidence: bool
    disagree: bool
    missing: tuple[Chip, ...]


_OPEN_FIRST_LINES: Final = {
    Verdict.CONFIRMED: FirstLine.DOWN,
    Verdict.POSSIBLE: FirstLine.POSSIBLE,
    Verdict.RECOVERING: FirstLine.RECOVERING,
    Verdict.MAINTENANCE: FirstLine.MAINTENANCE,
}


def summarize(known: Known) -> Summary:
    """Return what may be said of a moment."""
    is_open = known.verdict in OPEN
    first_line = _first_line(known)
    counted = known.verdict != Verdict.UNKNOWN and not any(
        chip.kind == "crowd" and chip.state == "missing" for chip in known.chips
    )
    has_numbers = counted and (known.reports > 0 or not is_open)
    moving = first_line not in (FirstLine.OK, FirstLine.UNKNOWN) and has_numbers
    return Summary(
        first_line=first_line,
        trend=trend(known.newest) if moving else None,
        has_numbers=has_numbers,
        has_confidence=is_open,
        disagree=known.verdict != Verdict.UNKNOWN and _disagree(known.chips, is_open=is_open),
        missing=() if known.verdict == Verdict.UNKNOWN else tuple(c for c in known.chips if _is_wanting(c)),
    )


def trend(newest: Sequence[int]) -> Trend | None:
    """Return where counts by minute lead: the later half against the earlier one. None where they are too few to tell.

    A minute that runs, or is not counted yet, is in neither half: else every outage would seem to fall.
    """
    half = len(newest) // 2
    recent, before = sum(newest[len(newest) - half :]), sum(newest[len(newest) - 2 * half : len(newest) - half])
    if recent + before < ENOUGH_FOR_A_TREND:
        return None
    change = (recent - before) / sqrt(recent + before)
    return Trend.RISING if change > CLEAR_CHANGE else Trend.FALLING if change < -CLEAR_CHANGE else Trend.STEADY


def _first_line(known: Known) -> FirstLine:
    if known.verdict in _OPEN_FIRST_LINES:
        return _OPEN_FIRST_LINES[known.verdict]
    if known.verdict == Verdict.UNKNOWN:
        return FirstLine.UNKNOWN
    if known.ended:
        return FirstLine.OVER
    signs = any(chip.state == "bad" or (chip.state == "raised" and chip.kind == "crowd") for chip in known.chips)
    return FirstLine.SIGNS if signs else FirstLine.OK


def _is_wanting(chip: Chip) -> bool:
    return chip.state in ("blind", "missing")


def _disagree(chips: Sequence[Chip], *, is_open: bool) -> bool:
    """Return whether users or checks find all fine while other evidence sees trouble. Silence says nothing."""
    trouble = {"bad", "raised"} if is_open else {"bad"}
    fine = any(chip.state == "fine" for chip in chips if chip.kind != "official")
    return fine and any(chip.state in trouble for chip in chips)
