"""The detector: one service, one minute, one step. Pure: the same state and minute always give the same outcome."""

from __future__ import annotations

from collections import Counter as Counts
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from outages.detection import classifier, early_look
from outages.detection.datatypes import (
    Cell,
    IncidentKind,
    Minute,
    Outcome,
    ReportKind,
    Reports,
    ServiceSpec,
    Transition,
)
from outages.detection.estimators.cusum import Bank, coefficients
from outages.detection.estimators.weighting import LOG_MINUTES, Counted, expanded
from outages.detection.evidence.crowd import mix_nats, problems
from outages.detection.incidents import overrides
from outages.detection.incidents.tracking import advance, end_at_new_level, open_early
from outages.detection.state import Incident, State, StateError, Statement, Thread
from outages.detection.thresholds import DEFAULT, Thresholds

__all__ = ["State", "StateError", "look", "look_through", "step"]

MOST_THREADS = 100
MOST_STATEMENTS = 200
KEPT_CHARACTERS = 280  # of a post
FEW_CELLS = 200  # arrays cost more than they save below this
SMALLEST_NETWORKS = 3  # distinct networks of a cell that are kept: fewer say that it is too small to show
LEAST_CUT = 0.0005  # reports


def step(
    state: State, minute: Minute, *, service: ServiceSpec, thresholds: Thresholds = DEFAULT
) -> tuple[State, Outcome]:
    """Takes one minute's signals into the state and says what came of them.

    Minutes must rise; those that are skipped count as unobserved, not as quiet. The state that is passed may be changed
    in place: use only the one returned. Raises ValueError for a minute that was stepped before.
    """
    if minute.minute <= state.minute:
        raise ValueError(f"minute {minute.minute} is not after {state.minute}")
    gap = minute.minute - state.minute - 1
    reports = minute.reports
    _admit(state, minute, service)
    state.skip_to(minute.minute)
    state.minute = minute.minute
    if gap >= thresholds.gap_minutes:
        for number in range(len(state.components)):
            state.leaves.reset(number, minute.minute)
            state.groups.reset(number, minute.minute)
    readings = _read(state, minute, service, thresholds)
    counted, counts = _weigh(state, minute, thresholds)
    expected = state.rates.sum(axis=1)
    decided = overrides.carry_out(state, minute.overrides, thresholds)
    transitions = advance(state, minute, service, counts, thresholds)
    transitions += _relevel(state, counts, thresholds)
    _learn(state, counted, counts, thresholds)
    return state, Outcome(
        transitions=(*decided.transitions, *transitions),
        cells=_cells(state, minute, counted),
        symptoms=_symptoms(minute),
        raw=int((reports.kind == ReportKind.PROBLEM).sum()),
        effective=round(float(counts.sum()), 3),
        expected=float(expected.sum()),
        dispersion=state.leaves.dispersion,
        expected_by_component=dict(zip(state.components, (float(e) for e in expected), strict=True)),
        cuts=_sums({name: lost[reports.kind == ReportKind.PROBLEM] for name, lost in counted.cuts.items()}),
        vantages=dict(state.watch.vantages),
        probes={(t.probe, t.vantage): t.state for t in state.watch.tracks.values() if t.minute == minute.minute},
        readings=readings,
        refused=decided.refused,
    )


def look(
    state: State, minute: Minute, second: int, *, service: ServiceSpec, thresholds: Thresholds = DEFAULT
) -> tuple[State, tuple[Transition, ...]]:
    """Looks into the minute after the state's before it has ended: at what came before its `second`.

    What has come may open an incident, and does nothing else: the minute is stepped as a whole afterwards. The state
    that is passed may be changed in place: use only the one returned.
    """
    minute = minute.until(second)
    if not early_look.is_worth_it(state, minute, thresholds, second):
        return state, ()
    _admit(state, minute, service)
    ahead = state.copied()
    ahead.minute = minute.minute
    _weigh(ahead, minute, thresholds, part=second / 60)
    told = open_early(ahead, minute, service, thresholds)
    for incident in ahead.incidents[len(state.incidents) :]:
        early_look.adopt(state, incident, ahead.rates, thresholds)
    return state, tuple(replace(transition, second=minute.minute * 60 + second) for transition in told)


def look_through(
    state: State, minute: Minute, *, service: ServiceSpec, since: int = 0, thresholds: Thresholds = DEFAULT
) -> tuple[State, tuple[Transition, ...]]:
    """Looks into a minute of which all is known, at each moment after second `since` at which there was something new.

    Comes to the same as a look at each moment of LOOKS. The state that is passed may be changed in place.
    """
    told: list[Transition] = []
    opened: tuple[Transition, ...] = ()
    new = early_look.moments(state, minute, thresholds, since)
    for second in early_look.LOOKS if new else ():
        if second > since and (second in new or opened):  # what has opened may be what another one waited for
            state, opened = look(state, minute, second, service=service, thresholds=thresholds)
            told += opened
    return state, tuple(told)


def _admit(state: State, minute: Minute, service: ServiceSpec) -> None:
    """Makes room for what a minute brings that is new."""
    reports = minute.reports
    state.unseen = tuple(sorted(service.unseen))
    state.admit(
        (*service.components, *reports.components, *(p.component for p in minute.probes if not p.control)),
        reports.symptoms,
        reports.places,
        (p.countries for p in minute.probes if not p.control),
    )


def _weigh(
    state: State, minute: Minute, thresholds: Thresholds, part: float = 1.0
) -> tuple[Counted, NDArray[np.float32]]:
    """Takes the reports and probe results of a minute, or of the part that has gone by, as evidence."""
    counted, counts = _count(state, minute, thresholds)
    _refresh(state, thresholds)
    _score(state, counts, thresholds, part)
    state.watch.take(minute.probes, minute.minute, thresholds)
    return counted, counts


def _read(state: State, minute: Minute, service: ServiceSpec, thresholds: Thresholds) -> dict[str, classifier.Reading]:
    readings: dict[str, classifier.Reading] = {}
    oldest = minute.minute - 1440 * thresholds.statement_days
    for announcement in minute.announcements:
        thread = f"{announcement.source}\n{announcement.thread}" if announcement.thread else ""
        before = state.threads.get(thread)
        reading = classifier.read(announcement, service, before.reading if before else None)
        readings[announcement.id or announcement.url] = reading
        reading = replace(reading, components=_named_in_thread(reading, before))
        if thread:
            known = sorted(
                (known for known in state.threads.items() if known[1].minute > oldest and known[0] != thread),
                key=lambda known: known[1].minute,
            )
            state.threads = {**dict(known[-MOST_THREADS + 1 :]), thread: Thread(minute.minute, reading)}
        if not reading.relevant or reading.stage == "irrelevant" or _is_an_afterword(reading, before):
            continue
        state.statements = [
            *state.statements,
            Statement(
                minute=minute.minute, stage=reading.stage, official=reading.official, components=reading.components,
                window=reading.window, url=announcement.url, author=announcement.author, source=announcement.source,
                text=announcement.text[:KEPT_CHARACTERS], planned=reading.planned,
            ),
        ]  # fmt: skip
    state.statements = [s for s in state.statements if s.minute > oldest][-MOST_STATEMENTS:]
    return readings


def _named_in_thread(reading: classifier.Reading, before: Thread | None) -> tuple[str, ...]:
    """The components that a post is about: those of its thread, where it names none, and where it ends that."""
    if before is None or (reading.components and reading.stage != "resolved"):
        return reading.components
    return tuple(dict.fromkeys((*before.reading.components, *reading.components)))


def _is_an_afterword(reading: classifier.Reading, before: Thread | None) -> bool:
    """Return whether a post tells again of what was over in its thread: it says nothing of other incidents."""
    return reading.rule == "told-afterwards" and before is not None and before.reading.stage == "resolved"


def _count(state: State, minute: Minute, thresholds: Thresholds) -> tuple[Counted, NDArray[np.float32]]:
    reports = minute.reports
    shape = (len(state.components), len(state.zones.places))
    codes = expanded(
        reports,
        {name: number for number, name in enumerate(state.components)},
        state.zones.index,
        {name: number for number, name in enumerate(state.symptoms)},
    )
    counted = state.counter.count(
        reports, codes, state.zones.lands, minute.minute, thresholds, state.unobserved(LOG_MINUTES)
    )
    counts = np.zeros(shape, dtype=np.float32)
    rows = counted.rows[counted.rows["kind"] == ReportKind.PROBLEM]
    np.add.at(counts, (rows["component"], rows["place"]), rows["weight"])
    return counted, counts


def _refresh(state: State, thresholds: Thresholds) -> None:
    """Renews the expected rates every few minutes, and when places are new."""
    is_young = state.baseline.minutes <= thresholds.shape_minutes
    age = state.minute - state.rates_minute
    is_fresh = state.rates_minute >= 0 and len(state.opening) == len(state.components)
    if is_fresh and age < thresholds.refresh_minutes and not is_young:
        return
    state.rates_minute = state.minute
    middle = state.minute + thresholds.refresh_minutes // 2
    state.day = state.baseline.day_at(middle, thresholds)
    state.tempo = state.baseline.tempo(state.zones.land_member(), thresholds)
    state.rates = state.baseline.rates(middle, state.zones.land_member(), thresholds)
    state.opening = state.baseline.opening_nats(thresholds)
    dispersion = state.baseline.dispersion(thresholds)
    for bank, rates in ((state.leaves, state.rates), (state.groups, state.rates @ state.zones.member.T)):
        bank.rate, bank.dispersion = rates, dispersion
        bank.gain, bank.loss = coefficients(rates, dispersion, thresholds)


def _score(state: State, counts: NDArray[np.float32], thresholds: Thresholds, part: float) -> None:
    if state.baseline.minutes < thresholds.first_minutes:
        return
    ceiling = 2 * thresholds.crowd_open
    for bank, seen in ((state.leaves, counts), (state.groups, _by_group(state, counts))):
        _update(bank, seen, state.minute, ceiling, part)


def _by_group(state: State, counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Counts by component and group, out of those by component and place. Most minutes have few."""
    components, places = np.nonzero(counts)
    seen = np.zeros((counts.shape[0], len(state.zones.groups)), dtype=np.float32)
    if len(components) <= FEW_CELLS:
        for component, place in zip(components.tolist(), places.tolist(), strict=True):
            seen[component] += counts[component, place] * state.zones.member[:, place]
        return seen
    for component in np.unique(components).tolist():
        seen[component] = state.zones.member @ counts[component]
    return seen


def _update(bank: Bank, seen: NDArray[np.float32], minute: int, ceiling: float, part: float) -> None:
    bank.update(seen, minute, bank.gain, bank.loss if part >= 1 else bank.loss * np.float32(part), ceiling)


def _holds(incident: Incident, minute: int, thresholds: Thresholds) -> bool:
    """Whether an incident keeps its components' baseline from learning. A doubtful one does so for a while only."""
    doubtful = incident.confirmed is None and incident.is_open
    return not doubtful or minute - incident.opened < thresholds.doubt_minutes


def _learn(state: State, counted: Counted, counts: NDArray[np.float32], thresholds: Thresholds) -> None:
    """Learns what is usual from the components that no one suspects."""
    suspect = {c for i in state.incidents if _holds(i, state.minute, thresholds) for c in i.components}
    calm = np.array([c not in suspect for c in state.components])
    if state.baseline.minutes >= thresholds.first_day_minutes and len(state.components):
        highest = np.maximum(
            state.leaves.score.max(axis=(0, 2), initial=0.0), state.groups.score.max(axis=(0, 2), initial=0.0)
        )
        calm &= highest < thresholds.freeze
    elif len(state.components):  # the shape of the day is not known yet: only what is no shape of a day
        steep = np.array(thresholds.ratios) >= thresholds.young_ratio
        highest = np.maximum(
            state.leaves.score[steep].max(axis=(0, 2), initial=0.0),
            state.groups.score[steep].max(axis=(0, 2), initial=0.0),
        )
        calm &= highest < thresholds.crowd_open
    state.baseline.learn(counts, state.rates, state.day, state.tempo, calm, state.minute, thresholds)
    rows = counted.rows
    if len(rows):
        rows = rows[calm[rows["component"]]]
        state.counter.learn_origins(rows, state.zones.lands, thresholds)
        np.add.at(state.symptom_counts, (rows["component"], rows["symptom"]), np.float32(1))


def _relevel(state: State, counts: NDArray[np.float32], thresholds: Thresholds) -> list[Transition]:
    """Take lasting changes of level as usual, and end what stands on nothing else; never while one is confirmed."""
    if state.baseline.minutes < thresholds.level_from_minutes:
        return []
    lately = [i for i in state.incidents if i.confirmed is not None or i.kind == IncidentKind.MAINTENANCE]
    apart = {c for i in lately for c in i.components} | state.watch.components(state.minute)
    watched = np.array([c not in apart for c in state.components])
    ended_bin = state.levels.take(
        counts.sum(axis=1, dtype=np.float64), state.rates.sum(axis=1, dtype=np.float64), watched, state.minute,
        state.leaves.dispersion, thresholds,
    )  # fmt: skip
    if not ended_bin:
        return []
    suspect = {c for i in state.incidents if i.is_open for c in i.components}
    highest = np.maximum(
        state.leaves.score.max(axis=(0, 2), initial=0.0), state.groups.score.max(axis=(0, 2), initial=0.0)
    )
    held = np.array([c in suspect for c in state.components]) | (highest >= thresholds.freeze)
    odd = np.array([held[c] and _is_odd(state, c, thresholds) for c in range(len(state.components))])
    changes = state.levels.changes(held, thresholds, odd, state.minute)
    changed = [change for change in changes if watched[change.component]]
    for change in changed:
        state.baseline.relevel(change.component, change.ratio)
        state.levels.restart(change, state.minute, thresholds)
        state.leaves.reset(change.component, state.minute)
        state.groups.reset(change.component, state.minute)
        state.rates_minute = -1
    return end_at_new_level(state, {state.components[change.component] for change in changed}, thresholds)


def _is_odd(state: State, component: int, thresholds: Thresholds) -> bool:
    """Return whether what is reported of a component is not what is usually reported of it."""
    everywhere = np.ones(len(state.zones.places), dtype=bool)
    rows = problems(state, [component], everywhere, state.minute - thresholds.level_held_minutes + 1)
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms)).astype(np.float64)
    usual = state.symptom_counts[component].astype(np.float64)
    return mix_nats(seen, usual, thresholds) >= thresholds.surge_mix


def _symptoms(minute: Minute) -> dict[tuple[str, str], int]:
    reports = minute.reports
    at = reports.kind == ReportKind.PROBLEM
    named = Counts(zip(reports.component[at].tolist(), reports.symptom[at].tolist(), strict=True))
    return {(reports.components[c], reports.symptoms[s]): size for (c, s), size in sorted(named.items())}


def _cells(state: State, minute: Minute, counted: Counted) -> tuple[Cell, ...]:
    """The minute's counts by component and place, as the reports named them."""
    reports = minute.reports
    where = list(zip(reports.component.tolist(), reports.place.tolist(), strict=True))
    kinds, networks, cuts = _by_cell(where, reports, counted)
    rows = counted.rows[counted.rows["kind"] == int(ReportKind.PROBLEM)]
    effective: dict[tuple[int, int], float] = {}
    for component, place, weight in zip(
        rows["component"].tolist(), rows["place"].tolist(), rows["weight"].tolist(), strict=True
    ):
        effective[component, place] = effective.get((component, place), 0.0) + weight
    components = {name: number for number, name in enumerate(state.components)}
    found = []
    for cell in sorted(kinds):
        component, place = reports.components[cell[0]], reports.places[cell[1]]
        raw, working, recovered = kinds[cell]
        found.append(
            Cell(
                component=component, place=place, raw=raw,
                effective=round(effective.get((components[component], state.zones.index[place]), 0.0), 3),
                working=working, recovered=recovered, networks=tuple(sorted(networks[cell])[:SMALLEST_NETWORKS]),
                cuts=cuts[cell],
            )
        )  # fmt: skip
    return tuple(found)


def _by_cell(
    where: list[tuple[int, int]], reports: Reports, counted: Counted
) -> tuple[dict[tuple[int, int], list[int]], dict[tuple[int, int], set[int]], dict[tuple[int, int], dict[str, float]]]:
    """Each cell's reports by kind, its distinct networks (0 is none), and what each rule cut of its problem reports."""
    kinds: dict[tuple[int, int], list[int]] = {}
    networks: dict[tuple[int, int], set[int]] = {}
    for cell, kind, network in zip(where, reports.kind.tolist(), reports.network.tolist(), strict=True):
        if cell not in kinds:
            kinds[cell], networks[cell] = [0] * len(ReportKind), set()
        kinds[cell][kind] += 1
        if network:
            networks[cell].add(network)
    cuts: dict[tuple[int, int], dict[str, float]] = {cell: {} for cell in kinds}
    is_problem = reports.kind == ReportKind.PROBLEM
    for name, lost in counted.cuts.items():
        at = np.flatnonzero(is_problem & (lost != 0)).tolist()
        sums: dict[tuple[int, int], float] = {}
        for row, cut in zip(at, lost[at].tolist(), strict=True):
            sums[where[row]] = sums.get(where[row], 0.0) + cut
        for cell, cut in sums.items():
            if abs(cut) >= LEAST_CUT:
                cuts[cell][name] = round(cut, 3)
    return kinds, networks, cuts


def _sums(cuts: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    """What each rule cut in all; rules that cut nothing are left out."""
    sums = {name: round(float(lost.sum()), 3) for name, lost in cuts.items()}
    return {name: lost for name, lost in sums.items() if lost}
