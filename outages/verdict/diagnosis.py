"""What the evidence of a moment says of one symptom: is it happening, why, and is it only me. Pure: codes, no words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from outages.verdict import Verdict
from reports.catalog.schema import Cause

LEADING_SHARE: Final = 0.2  # a symptom with this share of the reports speaks for what is wrong
ENOUGH_REPORTS: Final = 3  # fewer name a symptom by chance
SERVER_STATUSES: Final = frozenset({500, 502, 503, 504})  # a server's own word that it cannot answer
RAISED_HERE: Final = 3.0  # times the usual at a place
ENOUGH_OUTAGES: Final = 3  # fewer say little about how long the next one lasts
TROUBLE: Final = (Verdict.POSSIBLE, Verdict.CONFIRMED, Verdict.RECOVERING)


class Presence(StrEnum):
    """Whether a symptom is being seen."""

    YES = "yes"
    PERHAPS = "perhaps"
    FADING = "fading"
    OTHER = "other"  # something is going on, and nobody names this symptom
    FEW = "few"
    NO = "no"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """The rule by which causes were found likely."""

    MAINTENANCE = "maintenance"
    UPSTREAM = "upstream"
    ONE_PLACE = "one-place"
    SERVER_ERRORS = "server-errors"
    UNREACHABLE = "unreachable"
    REPORTED_SERVER_ERRORS = "reported-server-errors"
    UNCLEAR = "unclear"
    OTHER_PARTS = "other-parts"
    NOTHING_UNUSUAL = "nothing-unusual"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at a moment, as far as it concerns a symptom.

    `verdict` is the service's. `concerned` is that of the open incidents that the symptom fits: None where none does.
    `reports` name the symptom, `total` are all problem reports of the same half hour. `server_share` is the share of
    `total` whose symptom is a server's own error. `raised`: there are unusually many reports. `planned`: official word
    has announced work that covers this moment. `probe_statuses` and `probe_errors` are those of failing probes.
    """

    verdict: Verdict
    concerned: Verdict | None = None
    reports: int = 0
    total: int = 0
    server_share: float = 0.0
    raised: bool = False
    planned: bool = False
    one_place: bool = False
    upstream: bool = False
    probe_statuses: Collection[int] = ()
    probe_errors: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The causes that the evidence speaks for, likeliest first, and the rule that says so."""

    reason: Reason
    causes: tuple[Cause, ...] = ()


def presence(evidence: Evidence) -> Presence:
    """Whether the symptom is being seen at the moment of the evidence."""
    if evidence.verdict == Verdict.UNKNOWN:
        return Presence.UNKNOWN
    enough = evidence.reports >= ENOUGH_REPORTS
    match evidence.concerned:
        case Verdict.RECOVERING if evidence.reports:
            return Presence.FADING
        case Verdict.CONFIRMED | Verdict.MAINTENANCE if enough:
            return Presence.YES
        case Verdict.POSSIBLE | Verdict.CONFIRMED | Verdict.MAINTENANCE if evidence.reports:
            return Presence.PERHAPS
    if enough and evidence.raised:
        return Presence.PERHAPS
    if evidence.reports:
        return Presence.FEW
    return Presence.NO if evidence.verdict == Verdict.OK else Presence.OTHER


def diagnose(evidence: Evidence, *, suggests: str = "unknown") -> Diagnosis:
    """Which causes the evidence speaks for. `suggests` is the kind of failure that the symptom itself speaks for.

    In this order: unwatched; maintenance; in trouble that concerns the symptom, the first of: other services rose too,
    one place only, servers' errors in reports and probes, probes that reach nobody, servers' errors in reports alone;
    trouble of other parts; nothing unusual, which speaks for one's own side (or for a rule, where the symptom does).
    """
    if evidence.verdict == Verdict.UNKNOWN:
        return Diagnosis(Reason.UNWATCHED)
    if evidence.planned or evidence.concerned == Verdict.MAINTENANCE:
        return Diagnosis(Reason.MAINTENANCE, ("maintenance",))
    if evidence.concerned in TROUBLE or (evidence.raised and evidence.reports >= ENOUGH_REPORTS):
        return _in_trouble(evidence)
    yours: tuple[Cause, ...] = ("policy", "yours") if suggests == "policy" else ("yours",)
    if evidence.verdict != Verdict.OK or evidence.raised:
        return Diagnosis(Reason.OTHER_PARTS, yours)
    return Diagnosis(Reason.NOTHING_UNUSUAL, yours)


def _in_trouble(evidence: Evidence) -> Diagnosis:
    reported = evidence.server_share >= LEADING_SHARE and evidence.total >= ENOUGH_REPORTS
    if evidence.upstream:
        return Diagnosis(Reason.UPSTREAM, ("network",))
    if evidence.one_place:
        return Diagnosis(Reason.ONE_PLACE, ("configuration", "network"))
    if reported and any(status in SERVER_STATUSES for status in evidence.probe_statuses):
        return Diagnosis(Reason.SERVER_ERRORS, ("overload", "internal"))
    if evidence.probe_errors:
        return Diagnosis(Reason.UNREACHABLE, ("network", "configuration"))
    if reported:
        return Diagnosis(Reason.REPORTED_SERVER_ERRORS, ("overload", "internal"))
    return Diagnosis(Reason.UNCLEAR)


class Answer(StrEnum):
    """Whether it is only me."""

    NOT_YOU = "not-you"
    PROBABLY_NOT_YOU = "probably-not-you"
    CANNOT_SAY = "cannot-say"
    PROBABLY_YOU = "probably-you"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """What an answer rests on."""

    MAINTENANCE_HERE = "maintenance-here"
    OUTAGE_HERE = "outage-here"
    OUTAGE_ELSEWHERE = "outage-elsewhere"
    POSSIBLE_HERE = "possible-here"
    RECOVERING_HERE = "recovering-here"
    MANY_HERE = "many-here"
    MANY = "many"
    OTHER_PARTS = "other-parts"
    NOTHING_UNUSUAL = "nothing-unusual"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True)
class Here:
    """The place of somebody who asks. `networks` distinct ones reported there (counted up to 3), `ratio` times the
    usual; `covered` is the verdict of the open incidents that concern the symptom and cover the place."""

    covered: Verdict | None = None
    networks: int = 0
    ratio: float = 1.0


def is_it_me(evidence: Evidence, here: Here) -> tuple[Answer, Ground]:
    """Whether what somebody sees is theirs alone. Trouble that fits place and symptom is not theirs."""
    if evidence.verdict == Verdict.UNKNOWN:
        return Answer.UNKNOWN, Ground.UNWATCHED
    match here.covered:
        case Verdict.CONFIRMED:
            return Answer.NOT_YOU, Ground.OUTAGE_HERE
        case Verdict.MAINTENANCE:
            return Answer.NOT_YOU, Ground.MAINTENANCE_HERE
        case Verdict.POSSIBLE:
            return Answer.PROBABLY_NOT_YOU, Ground.POSSIBLE_HERE
        case Verdict.RECOVERING:
            return Answer.PROBABLY_NOT_YOU, Ground.RECOVERING_HERE
    if here.networks >= ENOUGH_REPORTS and here.ratio >= RAISED_HERE:
        return Answer.PROBABLY_NOT_YOU, Ground.MANY_HERE
    if evidence.concerned is not None:
        return Answer.CANNOT_SAY, Ground.OUTAGE_ELSEWHERE
    if evidence.raised and evidence.reports >= ENOUGH_REPORTS:
        return Answer.CANNOT_SAY, Ground.MANY
    if evidence.verdict != Verdict.OK:
        return Answer.PROBABLY_YOU, Ground.OTHER_PARTS
    return Answer.PROBABLY_YOU, Ground.NOTHING_UNUSUAL


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long outages lasted. `enough` of them say something of the next one."""

    count: int
    median: timedelta
    shortest: timedelta
    longest: timedelta

    @property
    def enough(self) -> bool:
        return self.count >= ENOUGH_OUTAGES


def lasted(spans: Sequence[timedelta]) -> Lasted | None:
    """Median and range of the spans of outages that are over; None where there was none."""
    if not spans:
        return None
    middle = timedelta(seconds=median(span.total_seconds() for span in spans))
    return Lasted(len(spans), middle, min(spans), max(spans))
