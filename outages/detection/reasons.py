"""Why an incident changed: a code, the rule behind it, and the parameters that its sentence needs. No sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class ReasonCode(StrEnum):
    """The reasons for which an incident changes. Each has one sentence, in `outages/texts`."""

    OPENED = "opened"
    ANNOUNCED_MAINTENANCE = "announced-maintenance"
    OFFICIAL_WORD = "official-word"
    OFFICIAL_ALONE = "official-alone"
    TWO_KINDS = "two-kinds"
    PROBE_QUORUM = "probe-quorum"
    BROAD_CROWD = "broad-crowd"
    NEW_KIND = "new-kind"
    REPORTS_DOUBLED = "reports-doubled"
    SCOPE = "scope"
    ANOTHER_COMPONENT = "another-component"
    PROBES_ANSWER = "probes-answer"
    REPORTS_FALL = "reports-fall"
    OFFICIAL_END = "official-end"
    OFFICIAL_END_ALONE = "official-end-alone"
    WORD_STALE = "word-stale"
    NEW_LEVEL = "new-level"
    CAUSE_ELSEWHERE = "cause-elsewhere"
    CAUSE_UNCLEAR = "cause-unclear"
    PROBES_STAY_UP = "probes-stay-up"
    REPORTS_STOPPED = "reports-stopped"
    NO_MORE_EVIDENCE = "no-more-evidence"
    FAILING_AGAIN = "failing-again"
    REPORTS_AGAIN = "reports-again"
    BACK = "back"
    ONE_WITH = "one-with"
    TOOK_IN = "took-in"
    DETECTOR_RENEWED = "detector-renewed"
    MODERATOR_POSSIBLE = "moderator-possible"
    MODERATOR_CONFIRMED = "moderator-confirmed"
    MODERATOR_RECOVERING = "moderator-recovering"
    MODERATOR_RESOLVED = "moderator-resolved"
    MODERATOR_DISMISSED = "moderator-dismissed"
    MODERATOR_MAINTENANCE = "moderator-maintenance"
    MODERATOR_ONE_WITH = "moderator-one-with"
    MODERATOR_TOOK_IN = "moderator-took-in"
    MODERATOR_TAKEN_OUT = "moderator-taken-out"
    MODERATOR_TOOK_OUT = "moderator-took-out"
    MODERATOR_SPLIT = "moderator-split"
    MODERATOR_SPLIT_OFF = "moderator-split-off"
    MODERATOR_CHANGED = "moderator-changed"
    AS_WRITTEN = "as-written"  # of events from before there were codes, where their sentence is none that we know


# The rules that confirm by more than reports: the service's own probes, or its company's statement.
BEYOND_REPORTS: Final = (
    ReasonCode.OFFICIAL_WORD, ReasonCode.OFFICIAL_ALONE, ReasonCode.TWO_KINDS, ReasonCode.PROBE_QUORUM,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Form:
    """What belongs to a code: the public name of its rule, and its parameters with their types."""

    rule: str
    parameters: Mapping[str, type] = field(default_factory=dict)


_WHY: Final = {"why": str}  # in a moderator's own words
_NUMBER_AND_WHY: Final = {"number": int, "why": str}  # of the other incident

_FORMS: Final[Mapping[ReasonCode, _Form]] = {
    ReasonCode.OPENED: _Form("evidence"),
    ReasonCode.ANNOUNCED_MAINTENANCE: _Form("announced-maintenance", {"quote": str}),
    ReasonCode.OFFICIAL_WORD: _Form("official-word"),
    ReasonCode.OFFICIAL_ALONE: _Form("official-alone"),
    ReasonCode.TWO_KINDS: _Form("two-kinds"),
    ReasonCode.PROBE_QUORUM: _Form("probe-quorum"),
    ReasonCode.BROAD_CROWD: _Form("broad-crowd"),
    ReasonCode.NEW_KIND: _Form("evidence"),
    ReasonCode.REPORTS_DOUBLED: _Form("evidence"),
    ReasonCode.SCOPE: _Form("scope"),
    ReasonCode.ANOTHER_COMPONENT: _Form("another-part", {"component": str}),
    ReasonCode.PROBES_ANSWER: _Form("probes-answer", {"minutes": int}),
    ReasonCode.REPORTS_FALL: _Form("reports-fall"),
    ReasonCode.OFFICIAL_END: _Form("official-end"),
    ReasonCode.OFFICIAL_END_ALONE: _Form("official-end"),
    ReasonCode.WORD_STALE: _Form("word-stale", {"hours": int}),
    ReasonCode.NEW_LEVEL: _Form("new-level"),
    ReasonCode.CAUSE_ELSEWHERE: _Form("attribution"),
    ReasonCode.CAUSE_UNCLEAR: _Form("attribution"),
    ReasonCode.PROBES_STAY_UP: _Form("probes-answer", {"minutes": int}),
    ReasonCode.REPORTS_STOPPED: _Form("reports-stopped"),
    ReasonCode.NO_MORE_EVIDENCE: _Form("no-more-evidence", {"minutes": int}),
    ReasonCode.FAILING_AGAIN: _Form("failing-again"),
    ReasonCode.REPORTS_AGAIN: _Form("reports-again"),
    ReasonCode.BACK: _Form("back-within-the-hour"),
    ReasonCode.ONE_WITH: _Form("same-outage", {"number": int}),
    ReasonCode.TOOK_IN: _Form("same-outage", {"number": int}),
    ReasonCode.DETECTOR_RENEWED: _Form("detector-renewed"),
    ReasonCode.MODERATOR_POSSIBLE: _Form("moderator", _WHY),
    ReasonCode.MODERATOR_CONFIRMED: _Form("moderator", _WHY),
    ReasonCode.MODERATOR_RECOVERING: _Form("moderator", _WHY),
    ReasonCode.MODERATOR_RESOLVED: _Form("moderator", _WHY),
    ReasonCode.MODERATOR_DISMISSED: _Form("moderator", _WHY),
    ReasonCode.MODERATOR_MAINTENANCE: _Form("moderator", _WHY),
    ReasonCode.MODERATOR_ONE_WITH: _Form("moderator", _NUMBER_AND_WHY),
    ReasonCode.MODERATOR_TOOK_IN: _Form("moderator", _NUMBER_AND_WHY),
    ReasonCode.MODERATOR_TAKEN_OUT: _Form("moderator", _NUMBER_AND_WHY),
    ReasonCode.MODERATOR_TOOK_OUT: _Form("moderator", _NUMBER_AND_WHY),
    ReasonCode.MODERATOR_SPLIT: _Form("moderator", _NUMBER_AND_WHY),
    ReasonCode.MODERATOR_SPLIT_OFF: _Form("moderator", _NUMBER_AND_WHY),
    ReasonCode.MODERATOR_CHANGED: _Form("moderator", _WHY),
    ReasonCode.AS_WRITTEN: _Form("as-written", {"text": str}),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its parameters. Raises ValueError for parameters that are not those of the code."""

    code: ReasonCode
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = parameters_of(self.code)
        given = {name: type(value) for name, value in self.params.items()}
        if given != wanted:
            raise ValueError(f"{self.code} takes {wanted}, not {given}")

    @property
    def rule(self) -> str:
        """The public name of the rule. Several codes may have one rule."""
        return rule_of(self.code)

    @property
    def why(self) -> str:
        """A moderator's own words; empty where no moderator decided."""
        return str(self.params.get("why", ""))


def reason(code: ReasonCode, **params: Any) -> Reason:
    """Return a reason with its parameters by name, as plain values (numpy's numbers are none). Raises ValueError."""
    kinds = parameters_of(code)
    return Reason(code, {name: kinds[name](value) if name in kinds else value for name, value in params.items()})


def rule_of(code: ReasonCode) -> str:
    """Return the public name of a code's rule."""
    return _FORMS[code].rule


def parameters_of(code: ReasonCode) -> dict[str, type]:
    """Return the parameters of a code with their types."""
    return dict(_FORMS[code].parameters)
