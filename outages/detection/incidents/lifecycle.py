"""The life of an incident: which rule moves it from one state to the next."""

from __future__ import annotations

from dataclasses import dataclass

from outages.detection.datatypes import IncidentKind, IncidentState
from outages.detection.evidence.attribution import holds_back
from outages.detection.evidence.fusion import Assessment, confirming_rule
from outages.detection.incidents.recovery import Recovery
from outages.detection.reasons import Reason, ReasonCode, reason
from outages.detection.state import Incident
from outages.detection.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state and the reason for it."""

    to_state: IncidentState
    reason: Reason


def decide(incident: Incident, verdict: Assessment, recovery: Recovery, minute: int, limits: Thresholds) -> Move | None:
    """The next state of an open incident, or None where it stays."""
    state = IncidentState(incident.state)
    if incident.rests_on_word and incident.kind == IncidentKind.OUTAGE:
        return _by_word(incident, verdict, recovery, limits)
    if state == IncidentState.POSSIBLE:
        return _from_possible(incident, verdict, recovery, minute, limits)
    ended = _ended(incident, recovery, minute, limits)
    if ended is not None:
        return Move(IncidentState.RESOLVED, ended)
    if state == IncidentState.RECOVERING:
        return _from_recovering(incident, recovery, limits)
    return _recovering(incident, recovery, minute, limits)


def _by_word(incident: Incident, verdict: Assessment, recovery: Recovery, limits: Thresholds) -> Move | None:
    """What only the company says goes on until the company ends it, or until nothing more was said for long."""
    if recovery.said_resolved:
        return Move(IncidentState.RESOLVED, reason(ReasonCode.OFFICIAL_END_ALONE))
    if verdict.official >= limits.official:
        rule = confirming_rule(verdict, limits) if incident.state == IncidentState.POSSIBLE else None
        return Move(IncidentState.CONFIRMED, reason(rule)) if rule is not None else None
    return Move(IncidentState.RESOLVED, reason(ReasonCode.WORD_STALE, hours=limits.word_hours))


def _from_possible(
    incident: Incident, verdict: Assessment, recovery: Recovery, minute: int, limits: Thresholds
) -> Move | None:
    rule = confirming_rule(verdict, limits, is_held_back=holds_back(incident.attribution))
    if rule is not None:
        return Move(IncidentState.CONFIRMED, reason(rule))
    ended = _ended(incident, recovery, minute, limits)
    if ended is not None and incident.was_real:
        return Move(IncidentState.RESOLVED, ended)
    if minute - incident.last_evidence >= limits.dismiss_minutes:
        to_state = IncidentState.RESOLVED if incident.was_real else IncidentState.DISMISSED
        return Move(to_state, reason(ReasonCode.NO_MORE_EVIDENCE, minutes=limits.dismiss_minutes))
    return None


def _recovering(incident: Incident, recovery: Recovery, minute: int, limits: Thresholds) -> Move | None:
    if recovery.failing_now or minute - incident.opened < limits.recover_after:
        return None
    if recovery.probe_nats is not None:
        if _all_clear(recovery.probe_nats, recovery, limits) >= limits.recover_probe_nats and recovery.falling:
            return Move(IncidentState.RECOVERING, reason(ReasonCode.PROBES_ANSWER, minutes=recovery.probe_minutes))
        return None
    if recovery.crowd_nats >= limits.recover_crowd_nats and recovery.falling:
        return Move(IncidentState.RECOVERING, reason(ReasonCode.REPORTS_FALL))
    if recovery.said_resolved and recovery.falling:
        return Move(IncidentState.RECOVERING, reason(ReasonCode.OFFICIAL_END))
    return None


def _all_clear(probe_nats: float, recovery: Recovery, limits: Thresholds) -> float:
    """Return the nats for an end where probes can see: theirs, and those of reports that have stopped.

    Probes that failed now and then only are slow witnesses of an end: they would have answered anyway.
    """
    has_stopped = recovery.crowd_nats >= limits.resolve_crowd_nats
    return probe_nats + (recovery.crowd_nats if has_stopped and probe_nats > 0 else 0.0)


def _ended(incident: Incident, recovery: Recovery, minute: int, limits: Thresholds) -> Reason | None:
    """Why an incident is over, if it is. Answers of "works again" never suffice, nor anything while probes fail."""
    if recovery.failing_now or minute - incident.opened < limits.resolve_after:
        return None
    if recovery.probe_nats is not None:
        needed = limits.recover_probe_nats if recovery.said_resolved else limits.resolve_probe_nats
        long_enough = recovery.probe_minutes >= (
            limits.said_minutes if recovery.said_resolved else limits.resolve_minutes
        )
        if _all_clear(recovery.probe_nats, recovery, limits) >= needed and long_enough and recovery.falling:
            return reason(ReasonCode.PROBES_STAY_UP, minutes=recovery.probe_minutes)
        return None
    needed = limits.resolve_crowd_nats
    if recovery.said_resolved:
        needed = min(needed, limits.recover_crowd_nats)
    if recovery.working_share is not None and recovery.working_share >= limits.working_share:
        needed *= limits.working_relief
    may_stop = incident.state == IncidentState.RECOVERING or incident.confirmed is None
    has_stopped = recovery.crowd_nats >= needed and may_stop and recovery.falling
    if has_stopped or minute - incident.last_evidence >= limits.quiet_minutes:
        return reason(ReasonCode.REPORTS_STOPPED)
    return None


def _from_recovering(incident: Incident, recovery: Recovery, limits: Thresholds) -> Move | None:
    back = IncidentState.MAINTENANCE if incident.kind == IncidentKind.MAINTENANCE else IncidentState.CONFIRMED
    if recovery.failing_again:
        return Move(back, reason(ReasonCode.FAILING_AGAIN))
    if recovery.probe_nats is None and recovery.crowd_nats < limits.again_crowd_nats and not recovery.falling:
        return Move(back, reason(ReasonCode.REPORTS_AGAIN))
    return None
