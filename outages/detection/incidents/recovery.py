"""Whether an incident is over: probes that answer again, reports that stop, and what was said.

The question for reports is put as a likelihood ratio of two Poisson rates: still going on at a part of the rate seen
before, against gone to the usual rate or a small rest. Nats for "gone" add up with quiet minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import ReportKind
from outages.detection.estimators.probes import BLOCKED, DOWN, Track
from outages.detection.evidence.crowd import problems
from outages.detection.evidence.fusion import open_statements
from outages.detection.evidence.scope import excess
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Recovery:
    """What speaks for an end.

    `probe_nats` is None where no probe that ever spoke against this incident can see now: blind, refused, gone, or none
    at all. No evidence is not bad evidence: then the reports end it.
    """

    probe_nats: float | None
    probe_minutes: int
    crowd_nats: float
    falling: bool
    failing_now: bool
    said_resolved: bool
    working_share: float | None
    active: bool  # reports beyond the usual within the last quarter of an hour
    failed_lately: bool = False  # a probe has failed within the last minutes
    failing_again: bool = False  # probes fail now by more than one failure: a fluke after an end is no relapse


def relevant_tracks(state: State, incident: Incident) -> list[Track]:
    """The probes that watch this incident's components in its places."""
    wanted = set(incident.countries)
    return [
        t
        for t in state.watch.tracks.values()
        if t.component in incident.components
        and not t.control
        and (not wanted or not t.countries or wanted & set(t.countries))
    ]


def sees_it(incident: Incident, track: Track, limits: Thresholds) -> bool:
    """Whether a probe has seen an incident by evidence of its own: one failure is a fluke."""
    failures = incident.failures.get(f"{track.probe}\n{track.vantage}", 0)
    return track.score >= limits.surely_failing and failures >= limits.own_failures


def observe_probes(state: State, incident: Incident, limits: Thresholds) -> None:
    """Counts this minute's probe results of an open incident."""
    for track in relevant_tracks(state, incident):
        if track.minute != state.minute or state.watch.vantages.get(track.vantage, "up") != "up":
            continue
        key = f"{track.probe}\n{track.vantage}"
        earlier = max(track.hits - 1, 0) if track.state == DOWN and key not in incident.failures else 0
        if track.state == DOWN:
            incident.failures = {**incident.failures, key: incident.failures.get(key, earlier) + 1}
        if key not in incident.seen_tracks:
            incident.results = {**incident.results, key: incident.results.get(key, 0) + earlier + 1}
        if sees_it(incident, track, limits) and key not in incident.seen_tracks:
            # With its good results from before: counted from a failure on, it would seem to fail more than it does.
            incident.seen_tracks = [*incident.seen_tracks, key]
            incident.probe_results += incident.results[key]
            incident.probe_failures += incident.failures[key]
        elif key in incident.seen_tracks:
            incident.probe_results += 1
            incident.probe_failures += track.state == DOWN


def observe_return(state: State, incident: Incident, limits: Thresholds) -> None:
    """Counts the failures that brought an incident back: since its end nobody counted.

    Without them a probe would seem to fail less with each return, and each end would come later.
    """
    for track in relevant_tracks(state, incident):
        is_fresh = state.minute - track.minute < limits.fresh_minutes
        if track.state != DOWN or not is_fresh or state.watch.vantages.get(track.vantage, "up") != "up":
            continue
        key = f"{track.probe}\n{track.vantage}"
        incident.failures = {**incident.failures, key: incident.failures.get(key, 0) + track.hits}
        if key in incident.seen_tracks:
            incident.probe_results += track.hits
            incident.probe_failures += track.hits
            continue
        incident.results = {**incident.results, key: incident.results.get(key, 0) + track.hits}
        if sees_it(incident, track, limits):
            incident.seen_tracks = [*incident.seen_tracks, key]
            incident.probe_results += incident.results[key]
            incident.probe_failures += incident.failures[key]


def forget_probes(incident: Incident) -> None:
    """Begins the count of probe results anew: what is kept of an earlier one would count twice."""
    incident.probe_results = incident.probe_failures = 0
    incident.seen_tracks, incident.failures, incident.results = [], {}, {}


def recovery_of(state: State, incident: Incident, mask: NDArray[np.bool_], limits: Thresholds) -> Recovery:
    """What speaks for the end of an incident now."""
    minute = state.minute
    tracks = [t for t in relevant_tracks(state, incident) if f"{t.probe}\n{t.vantage}" in incident.seen_tracks]
    alive = [
        t
        for t in tracks
        if minute - t.minute < limits.fresh_minutes
        and t.state != BLOCKED
        and state.watch.vantages.get(t.vantage, "up") == "up"
    ]
    probe_nats: float | None = None
    probe_minutes = 0
    if alive:
        good = sum(t.good for t in alive)
        before = max(incident.probe_results - good, 1)
        share = (incident.probe_failures + limits.failing_prior) / (before + limits.answer_prior)
        share = min(max(share, limits.failing_least), limits.failing_most)
        clear = min(t.good for t in alive)
        probe_nats = -good * math.log(1 - share) if clear else 0.0
        probe_minutes = minute - max(t.failed_minute for t in alive)
    failing = [t for t in alive if t.score >= limits.surely_failing and t.good == 0]
    # What only an unnamed word holds is wherever the all-clear says: nothing else is said of it any more.
    is_taken_back = incident.rests_on_word and not any(
        s.official and s.concerns(incident.components) for s in open_statements(state, limits)
    )
    numbers = [state.components.index(c) for c in incident.components]
    unobserved = state.unobserved(limits.place_minutes)
    rows = problems(state, numbers, mask, minute - limits.place_minutes - unobserved + 1)
    usual = float(state.rates[numbers][:, mask].sum())
    ages = state.ages(rows["minute"])
    known = int(state.ages(np.array([incident.onset]))[0]) + 1
    gone, falling, active = _fading(ages, rows["weight"], usual, known, limits)
    falling = falling or (bool(probe_nats) and _recedes(ages, rows["weight"], limits))
    return Recovery(
        probe_nats=probe_nats,
        probe_minutes=probe_minutes,
        crowd_nats=gone,
        falling=falling,
        failing_now=bool(failing),
        said_resolved=any(
            s.official
            and s.stage == "resolved"
            and not s.planned
            and (is_taken_back or s.concerns(incident.components))
            and s.minute >= max(incident.opened, minute - limits.said_lately)
            for s in state.statements
        ),
        working_share=_working_share(state, numbers, mask, minute, limits),
        active=active,
        failed_lately=any(
            t.hits > 0 and minute - t.failed_minute < limits.fresh_minutes for t in relevant_tracks(state, incident)
        ),
        failing_again=any(t.run >= limits.own_failures for t in failing) or len({t.vantage for t in failing}) > 1,
    )


def _fading(
    age: NDArray[np.int_], weight: NDArray[np.float32], usual: float, known: int, limits: Thresholds
) -> tuple[float, bool, bool]:
    """Nats for "reports have stopped", whether they are falling, whether there are more than usual.

    Ages are in observed minutes, as `known` is, since the onset: that nobody reports where nobody can says nothing.
    """

    def seen(newest: int, oldest: int) -> float:
        return float(weight[(age >= newest) & (age < oldest)].sum())

    best = 0.0
    for span in limits.fading_spans:
        before = min(known - span, limits.before_most_minutes)
        if before < limits.before_minutes:
            break
        rate = seen(span, span + before) / before
        still = max(limits.still_share * rate, 2 * usual, limits.still_floor)
        gone = max(usual, limits.gone_share * rate, limits.gone_floor)
        if still <= gone:
            continue
        best = max(best, (still - gone) * span - seen(0, span) * math.log(still / gone))
    late = limits.falling_minutes
    lately = seen(0, late) / late
    earlier = seen(2 * late, 2 * late + limits.active_minutes) / limits.active_minutes
    falling = lately <= limits.falling_share * earlier or lately <= 2 * usual + limits.falling_rest
    active = excess(seen(0, limits.active_minutes), limits.active_minutes * usual) >= limits.active_nats
    return best, falling, active


def _recedes(age: NDArray[np.int_], weight: NDArray[np.float32], limits: Thresholds) -> bool:
    """Whether reports have passed their height of the last minutes, by more than chance.

    Just after an end more people report for a while than before it. Held against what came before, that echo lasts
    beyond the fault by a quarter of an hour; held against its own height it falls within minutes. Only beside probes
    that answer: the height of a level that goes on is chance.
    """
    minutes = limits.active_minutes + limits.falling_minutes
    at = minutes - 1 - age
    inside = (at >= 0) & (at < minutes)
    each = np.bincount(at[inside], weights=weight[inside], minlength=minutes)
    spans = np.convolve(each, np.ones(limits.falling_minutes), "valid")
    lately, height = float(spans[-1]), float(spans.max())
    return height - lately >= limits.receding_errors * math.sqrt(max(height + lately, 1.0))


def _working_share(
    state: State, components: list[int], mask: NDArray[np.bool_], minute: int, limits: Thresholds
) -> float | None:
    """Share of the last quarter's answers that say it works, where enough people answered."""
    log = state.counter.log
    rows = log[(log["minute"] > minute - limits.active_minutes) & np.isin(log["component"], components)]
    rows = rows[mask[rows["place"]]]
    good = float(rows["weight"][rows["kind"] != ReportKind.PROBLEM].sum())
    total = float(rows["weight"].sum())
    return good / total if total >= limits.working_answers and good >= limits.working_answers / 2 else None
