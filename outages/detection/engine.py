"""The detector: one service, one minute, one step. Pure: the same state and minute always give the same outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from outages.detection import classifier, early_look
from outages.detection.datatypes import Cell, Minute, Outcome, ReportKind, Reports, ServiceSpec, Transition
from outages.detection.estimators.baseline import SHAPE_MINUTES
from outages.detection.estimators.cusum import Bank, coefficients
from outages.detection.estimators.weighting import Counted, expanded
from outages.detection.incidents import overrides
from outages.detection.incidents.tracking import advance, open_early
from outages.detection.state import Incident, State, StateError, Statement, Thread
from outages.detection.thresholds import DEFAULT, Thresholds

__all__ = ["State", "StateError", "look", "step"]

STATEMENT_HOURS = 24 * 14
MOST_THREADS = 100
LONG_GAP_MINUTES = 30


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
    state.minute = minute.minute
    if gap >= LONG_GAP_MINUTES:
        for number in range(len(state.components)):
            state.leaves.reset(number, minute.minute)
            state.groups.reset(number, minute.minute)
    readings = _read(state, minute, service)
    counted, counts = _weigh(state, minute, thresholds)
    expected = state.rates.sum(axis=1)
    decided = overrides.carry_out(state, minute.overrides, thresholds)
    transitions = advance(state, minute, service, counts, thresholds)
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
    if not early_look.is_worth_it(state, minute, thresholds):
        return state, ()
    _admit(state, minute, service)
    ahead = state.copied()
    ahead.minute = minute.minute
    _weigh(ahead, minute, thresholds)
    told = open_early(ahead, minute, service, thresholds)
    for incident in ahead.incidents[len(state.incidents) :]:
        early_look.adopt(state, incident, ahead.rates)
    return state, tuple(replace(transition, second=minute.minute * 60 + second) for transition in told)


def _admit(state: State, minute: Minute, service: ServiceSpec) -> None:
    """Makes room for what a minute brings that is new."""
    reports = minute.reports
    state.admit(
        (*service.components, *reports.components, *(p.component for p in minute.probes if not p.control)),
        reports.symptoms,
        reports.places,
        (p.countries for p in minute.probes if not p.control),
    )


def _weigh(state: State, minute: Minute, thresholds: Thresholds) -> tuple[Counted, NDArray[np.float32]]:
    """Takes a minute's reports and probe results as evidence."""
    counted, counts = _count(state, minute, thresholds)
    _refresh(state, thresholds)
    _score(state, counts, thresholds)
    state.watch.take(minute.probes, minute.minute, thresholds)
    return counted, counts


def _read(state: State, minute: Minute, service: ServiceSpec) -> dict[str, classifier.Reading]:
    readings: dict[str, classifier.Reading] = {}
    oldest = minute.minute - 60 * STATEMENT_HOURS
    for announcement in minute.announcements:
        thread = f"{announcement.source}\n{announcement.thread}" if announcement.thread else ""
        before = state.threads.get(thread)
        reading = classifier.read(announcement, service, before.reading if before else None)
        if thread:
            known = sorted(
                (known for known in state.threads.items() if known[1].minute > oldest and known[0] != thread),
                key=lambda known: known[1].minute,
            )
            state.threads = {**dict(known[-MOST_THREADS + 1 :]), thread: Thread(minute.minute, reading)}
        readings[announcement.id or announcement.url] = reading
        if not reading.relevant or reading.stage == "irrelevant":
            continue
        state.statements = [
            *state.statements,
            Statement(
                minute=minute.minute, stage=reading.stage, official=reading.official, components=reading.components,
                window=reading.window, url=announcement.url, author=announcement.author, source=announcement.source,
                text=announcement.text[:280], planned=reading.planned,
            ),
        ]  # fmt: skip
    state.statements = [s for s in state.statements if minute.minute - s.minute < 60 * STATEMENT_HOURS][-200:]
    return readings


def _count(state: State, minute: Minute, thresholds: Thresholds) -> tuple[Counted, NDArray[np.float32]]:
    reports = minute.reports
    shape = (len(state.components), len(state.zones.places))
    codes = expanded(
        reports,
        {name: number for number, name in enumerate(state.components)},
        state.zones.index,
        {name: number for number, name in enumerate(state.symptoms)},
    )
    counted = state.counter.count(reports, codes, state.zones.lands, minute.minute, thresholds)
    counts = np.zeros(shape, dtype=np.float32)
    rows = counted.rows[counted.rows["kind"] == ReportKind.PROBLEM]
    np.add.at(counts, (rows["component"], rows["place"]), rows["weight"])
    return counted, counts


def _refresh(state: State, thresholds: Thresholds) -> None:
    """Renews the expected rates every few minutes, and when places are new."""
    is_young = state.baseline.minutes <= SHAPE_MINUTES
    age = state.minute - state.rates_minute
    if state.rates_minute >= 0 and age < thresholds.refresh_minutes and not is_young:
        return
    state.rates_minute = state.minute
    middle = state.minute + thresholds.refresh_minutes // 2
    state.day = state.baseline.day_at(middle)
    state.tempo = state.baseline.tempo(state.zones.land_member())
    state.rates = state.baseline.rates(middle, state.zones.land_member())
    dispersion = state.baseline.dispersion(thresholds)
    for bank, rates in ((state.leaves, state.rates), (state.groups, state.rates @ state.zones.member.T)):
        bank.rate, bank.dispersion = rates, dispersion
        bank.gain, bank.loss = coefficients(rates, dispersion, thresholds)


def _score(state: State, counts: NDArray[np.float32], thresholds: Thresholds) -> None:
    if state.baseline.minutes < thresholds.first_minutes:
        return
    ceiling = 2 * thresholds.crowd_open
    for bank, seen in ((state.leaves, counts), (state.groups, _by_group(state, counts))):
        _update(bank, seen, state.minute, ceiling)


def _by_group(state: State, counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Counts by component and group, out of those by component and place. Most minutes have few."""
    components, places = np.nonzero(counts)
    seen = np.zeros((counts.shape[0], len(state.zones.groups)), dtype=np.float32)
    if len(components) <= 200:
        for component, place in zip(components.tolist(), places.tolist(), strict=True):
            seen[component] += counts[component, place] * state.zones.member[:, place]
        return seen
    for component in np.unique(components).tolist():
        seen[component] = state.zones.member @ counts[component]
    return seen


def _update(bank: Bank, seen: NDArray[np.float32], minute: int, ceiling: float) -> None:
    bank.update(seen, minute, bank.gain, bank.loss, ceiling)


def _holds(incident: Incident, minute: int, thresholds: Thresholds) -> bool:
    """Whether an incident keeps its components' baseline from learning. A doubtful one does so for a while only."""
    doubtful = incident.confirmed is None and incident.is_open
    return not doubtful or minute - incident.opened < thresholds.doubt_minutes


def _learn(state: State, counted: Counted, counts: NDArray[np.float32], thresholds: Thresholds) -> None:
    """Learns what is usual from the components that no one suspects."""
    suspect = {c for i in state.incidents if _holds(i, state.minute, thresholds) for c in i.components}
    calm = np.array([c not in suspect for c in state.components])
    if state.baseline.minutes >= 1440 and len(state.components):
        highest = np.maximum(
            state.leaves.score.max(axis=(0, 2), initial=0.0), state.groups.score.max(axis=(0, 2), initial=0.0)
        )
        calm &= highest < thresholds.freeze
    state.baseline.learn(counts, state.rates, state.day, state.tempo, calm, state.minute, thresholds)
    rows = counted.rows
    if len(rows):
        rows = rows[calm[rows["component"]]]
        state.counter.learn_origins(rows, state.zones.lands)
        np.add.at(state.symptom_counts, (rows["component"], rows["symptom"]), np.float32(1))


def _symptoms(minute: Minute) -> dict[tuple[str, str], int]:
    reports = minute.reports
    at = reports.kind == ReportKind.PROBLEM
    found: dict[tuple[str, str], int] = {}
    if not at.any():
        return found
    width = len(reports.symptoms)
    numbers, sizes = np.unique(reports.component[at].astype(np.int64) * width + reports.symptom[at], return_counts=True)
    for number, size in zip(numbers.tolist(), sizes.tolist(), strict=True):
        found[reports.components[number // width], reports.symptoms[number % width]] = size
    return found


def _cells(state: State, minute: Minute, counted: Counted) -> tuple[Cell, ...]:
    """The minute's counts by component and place, as the reports named them."""
    reports = minute.reports
    if not len(reports):
        return ()
    width = len(reports.places)
    keys, inverse = np.unique(reports.component.astype(np.int64) * width + reports.place, return_inverse=True)
    by_kind = [np.bincount(inverse[reports.kind == int(kind)], minlength=len(keys)).tolist() for kind in ReportKind]
    components = {name: number for number, name in enumerate(state.components)}
    rows = counted.rows[counted.rows["kind"] == int(ReportKind.PROBLEM)]
    effective = np.zeros((len(state.components), len(state.zones.places)))
    np.add.at(effective, (rows["component"], rows["place"]), rows["weight"])
    networks = _smallest_networks(inverse, reports.network, len(keys))
    cuts = _cuts_by_cell(inverse, reports, counted, len(keys))
    found = []
    for number, key in enumerate(keys.tolist()):
        component, place = reports.components[key // width], reports.places[key % width]
        found.append(
            Cell(
                component=component, place=place, raw=by_kind[0][number],
                effective=round(float(effective[components[component], state.zones.index[place]]), 3),
                working=by_kind[1][number], recovered=by_kind[2][number], networks=tuple(networks[number]),
                cuts=cuts[number],
            )
        )  # fmt: skip
    return tuple(found)


def _sums(cuts: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    """What each rule cut in all; rules that cut nothing are left out."""
    sums = {name: round(float(lost.sum()), 3) for name, lost in cuts.items()}
    return {name: lost for name, lost in sums.items() if lost}


def _cuts_by_cell(cell: NDArray[np.int64], reports: Reports, counted: Counted, cells: int) -> list[dict[str, float]]:
    """What each rule cut of each cell's problem reports."""
    found: list[dict[str, float]] = [{} for _ in range(cells)]
    for name, lost in counted.cuts.items():
        sums = np.bincount(cell, weights=np.where(reports.kind == ReportKind.PROBLEM, lost, 0.0), minlength=cells)
        for at in np.flatnonzero(np.abs(sums) >= 0.0005).tolist():
            found[at][name] = round(float(sums[at]), 3)
    return found


def _smallest_networks(cell: NDArray[np.int64], network: NDArray[np.int64], cells: int) -> list[list[int]]:
    """The three smallest distinct networks of each cell; 0 is no network."""
    known = network != 0
    order = np.lexsort((network[known], cell[known]))
    cell, network = cell[known][order], network[known][order]
    fresh = np.ones(len(cell), dtype=bool)
    fresh[1:] = (cell[1:] != cell[:-1]) | (network[1:] != network[:-1])
    found: list[list[int]] = [[] for _ in range(cells)]
    for at, value in zip(cell[fresh].tolist(), network[fresh].tolist(), strict=True):
        if len(found[at]) < 3:
            found[at].append(value)
    return found
