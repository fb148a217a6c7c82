"""What the reader makes of one announcement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Stage = Literal["investigating", "identified", "monitoring", "resolved", "planned", "irrelevant"]
STAGES: Final[tuple[Stage, ...]] = ("investigating", "identified", "monitoring", "resolved", "planned", "irrelevant")
OPEN_STAGES: Final[frozenset[Stage]] = frozenset({"investigating", "identified", "monitoring"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One announcement, judged.

    `components` are those named in the text; empty means that it does not say. `window` is (start, end) in epoch
    seconds, only for planned work. `planned` says that the text is about planned work at any stage (also "maintenance
    is complete", whose stage is "resolved"). `score` in 0…1 is entity × topic × time × tier; `rule` names the rule that
    decided, `reasons` say why in words. `official` is true only for the authors that the catalogue names.
    """

    stage: Stage
    relevant: bool
    official: bool
    components: tuple[str, ...]
    window: tuple[int, int] | None
    score: float
    reasons: tuple[str, ...]
    rule: str
    planned: bool = False
