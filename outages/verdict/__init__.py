"""The verdict on a service: one word, one sentence, and how sure we are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """What we say of a service."""

    OK = "ok"
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"
    RECOVERING = "recovering"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


class OpenIncident(Protocol):
    """What the verdict reads of an incident."""

    @property
    def state(self) -> str: ...
    @property
    def confidence(self) -> float: ...


# The worst comes first: a service with a confirmed outage and a maintenance has a confirmed outage.
SEVERITY = (Verdict.CONFIRMED, Verdict.POSSIBLE, Verdict.MAINTENANCE, Verdict.RECOVERING)


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind of evidence in a few words. `state` is "fine", "raised", "bad", "blind", "missing" or "off"."""

    kind: str
    state: str
    text: str

    @property
    def has_word(self) -> bool:
        """True where this kind of evidence says anything at all."""
        return self.state in ("fine", "raised", "bad")


def worst(incidents: Sequence[OpenIncident]) -> OpenIncident | None:
    """The open incident that decides the verdict: by state, then by confidence."""
    ranked = [incident for incident in incidents if incident.state in SEVERITY]
    return min(ranked, key=lambda i: (SEVERITY.index(Verdict(i.state)), -i.confidence), default=None)


def judge(incidents: Sequence[OpenIncident], *, watched: bool, stale: bool = False) -> Verdict:
    """Return the verdict from the open incidents. Without a recent look at the signals it is UNKNOWN.

    Where that look is late (`stale`), an open incident still stands, but an all-clear does not: it is UNKNOWN too.
    """
    if not watched:
        return Verdict.UNKNOWN
    incident = worst(incidents)
    if incident is None:
        return Verdict.UNKNOWN if stale else Verdict.OK
    return Verdict(incident.state)


def confidence(
    incidents: Sequence[OpenIncident], chips: Sequence[Chip], *, watched: bool, stale: bool = False
) -> float:
    """How sure the verdict is, from 0 to 1.

    With an open incident it is the incident's. Without one it is the share of the three kinds of evidence that have a
    word and say that all is fine; the crowd alone thus gives 0.33, and nothing watched gives 0.
    """
    if not watched:
        return 0.0
    incident = worst(incidents)
    if incident is not None:
        return round(incident.confidence, 2)
    if stale:
        return 0.0
    return round(sum(chip.state == "fine" for chip in chips) / max(len(chips), 1), 2)
