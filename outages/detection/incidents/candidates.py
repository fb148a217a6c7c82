"""Components that look faulty now and belong to no incident yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import IncidentKind, ServiceSpec
from outages.detection.estimators.probes import began_together
from outages.detection.evidence import scope
from outages.detection.evidence.crowd import crowd_of, problems
from outages.detection.evidence.fusion import Assessment, open_statements, opening_statements, verdict_of
from outages.detection.evidence.scope import Place
from outages.detection.state import Incident, State, Statement
from outages.detection.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Candidate:
    """One component with enough evidence to be shown, where, since which minute, and why."""

    component: str
    place: Place
    onset: int
    verdict: Assessment
    total: float
    rests_on_word: bool = False  # nothing but the company's statement speaks for it


def place_name(place: Place) -> str:
    """A place by its codes: whole countries, then regions of others."""
    detailed = {region[:2] for region in place.regions}
    codes = [*(country for country in place.countries if country not in detailed), *place.regions]
    return ", ".join(codes) or "everywhere"


def active_plans(state: State, limits: Thresholds) -> list[Statement]:
    """Announced maintenance whose window is now, with some slack."""
    now = state.minute
    found = []
    for statement in state.statements:
        if statement.stage != "planned" or statement.window is None or not statement.official:
            continue
        start, end = statement.window[0] // 60, statement.window[1] // 60
        if start - limits.plan_before_minutes <= now <= end + limits.plan_after_minutes:
            found.append(statement)
    return found


def is_planned(state: State, components: tuple[str, ...], limits: Thresholds) -> bool:
    """Return whether the company's plan covers any of these components now."""
    return any(p.concerns(components) for p in active_plans(state, limits))


def observed_since(state: State, component: int, since: int) -> NDArray[np.float32]:
    """Effective problem reports by place from a minute on, shape (places,)."""
    everywhere = np.ones(len(state.zones.places), dtype=bool)
    rows = problems(state, [component], everywhere, since)
    counts = np.bincount(rows["place"], weights=rows["weight"], minlength=len(state.zones.places))
    return counts.astype(np.float32)


def crowd_score(state: State, component: int) -> tuple[float, int]:
    """A component's highest CUSUM in nats, and the minute from which it rose."""
    leaf, _, leaf_since = state.leaves.best(component)
    group, _, group_since = state.groups.best(component)
    return (leaf, leaf_since) if leaf > group else (group, group_since)


def find(state: State, service: ServiceSpec, busy: set[str], limits: Thresholds) -> list[Candidate]:
    """The components that would open an incident now, the strongest first. `busy` ones are left out."""
    failing = state.watch.components(state.minute)
    plans = active_plans(state, limits)
    said = opening_statements(state, busy, limits)
    told = {component for s in said for component in (s.components or service.components[:1])}
    highest = np.maximum(
        state.leaves.score.max(axis=(0, 2), initial=0.0), state.groups.score.max(axis=(0, 2), initial=0.0)
    )
    found = []
    for number, component in enumerate(state.components):
        crowd = float(highest[number])
        if component in busy or (crowd < limits.second_kind and component not in failing and component not in told):
            continue
        probes = sum(state.watch.nats(component, state.minute, limits).values()) if component in failing else 0.0
        lent = limits.planned if any(component in p.components or not p.components for p in plans) else 0.0
        word = limits.official if component in told else 0.0
        helped = state.watch.support(component, state.minute, limits, busy=frozenset(busy)) if probes else 0.0
        beyond = max(0.0, probes + helped - limits.first_failure) if probes else 0.0
        alone = beyond + lent + word < limits.second_kind
        if crowd + beyond + lent + word < (float(state.opening[number]) if alone else limits.open) - limits.mix_cap:
            continue
        candidate = _weighed(state, number, component, crowd, lent, word, limits)
        if candidate is not None:
            found.append(candidate)
    found += _elsewhere(state, limits)
    return sorted(found, key=lambda c: -c.total)


def _elsewhere(state: State, limits: Thresholds) -> list[Candidate]:
    """Rises of a component in places that its settled incidents don't cover, and could not take in."""
    found = []
    for number, component in enumerate(state.components):
        mine = [i for i in state.incidents if component in i.components]
        settled = all(state.minute - i.opened >= limits.same_onset_minutes for i in mine)
        if not mine or not settled or float(state.leaves.score[:, number].max(initial=0.0)) < limits.crowd_sure:
            continue
        outside = np.ones(len(state.zones.places), dtype=bool)
        for incident in mine:
            outside &= ~state.zones.mask(incident.countries, incident.regions)
        scores = np.where(outside[None, :], state.leaves.score[:, number], 0.0)
        if scores.max(initial=0.0) < limits.crowd_sure:
            continue
        ratio, leaf = np.unravel_index(int(scores.argmax()), scores.shape)
        since = max(int(state.leaves.since[ratio, number, leaf]), state.minute - limits.rise_minutes)
        observed = np.where(outside, observed_since(state, number, since), np.float32(0))
        expected = state.rates[number] * (state.minute - since + 1)
        place = scope.place_of(observed.astype(np.float32), expected, state.zones, limits)
        apart = not (state.zones.mask(place.countries, place.regions) & ~outside).any()
        given = (float(scores.max()), 0.0, 0.0)
        candidate = _at(state, component, place, since, given, limits, since) if apart else None
        if candidate is not None:
            found.append(candidate)
    return found


def _weighed(
    state: State, number: int, component: str, crowd: float, lent: float, word: float, limits: Thresholds
) -> Candidate | None:
    """A component's evidence since its reports rose, since its probes fail, and in the last minutes: the strongest."""
    given = (crowd, lent, word)
    if (
        word
        and crowd < limits.open
        and not any(t.hits >= limits.own_failures for t in state.watch.failing(component, state.minute))
    ):
        found_word = _at(state, component, Place(), state.minute, (0.0, lent, word), limits, state.minute)
        return replace(found_word, rests_on_word=True) if found_word is not None else None
    tracks = [t for t in state.watch.failing(component, state.minute) if t.score >= 1]
    risen = max(crowd_score(state, number)[1], state.minute - limits.rise_minutes)
    found = []
    if not tracks:
        found.append(_at(state, component, _crowd_place(state, number, risen, limits), risen, given, limits, risen))
    else:
        probed = min(t.onset for t in tracks)
        seen_by_probes = scope.united([t.countries for t in tracks], state.zones)
        windows = {probed, min(probed, state.minute - limits.shortly_minutes + 1)}
        windows |= {risen} if crowd >= limits.second_kind else set()
        for since in sorted(windows):
            place = _crowd_place(state, number, since, limits)
            if scope.chance_of(place.nats, limits) <= limits.place_sure:
                found.append(_at(state, component, place, since, given, limits, risen))
            else:  # too few reports to tell where, or since when
                found.append(_at(state, component, seen_by_probes, since, given, limits, risen, probed))
    good = [candidate for candidate in found if candidate is not None]
    return max(good, key=lambda candidate: candidate.total, default=None)


def _crowd_place(state: State, number: int, since: int, limits: Thresholds) -> Place:
    observed = observed_since(state, number, since)
    expected = state.rates[number] * (state.minute - since + 1)
    return scope.place_of(observed, expected, state.zones, limits)


def _at(
    state: State,
    component: str,
    place: Place,
    since: int,
    given: tuple[float, float, float],
    limits: Thresholds,
    risen: int,
    onset: int | None = None,
) -> Candidate | None:
    """The candidate of a component at a place, if it has enough evidence there since a minute (or its own onset).

    `risen` is the minute from which its reports rose: whether a rise lasts, and of what symptoms, only all of it tells.
    """
    crowd, lent, word = given
    mask = state.zones.mask(place.countries, place.regions)
    verdict = verdict_of(state, (component,), mask, since, place_name(place), limits)
    crowd_part = max(0.0, min(crowd, verdict.crowd_nats) + verdict.crowd.mix) if crowd else 0.0
    lasting = since <= risen and crowd >= limits.crowd_sure and verdict.crowd.mix > limits.sure_mix
    lasting = lasting and verdict.crowd.opens(limits)
    crowd_part = crowd if lasting else crowd_part
    beyond = verdict.probes_beyond_a_fluke(limits)
    total = crowd_part + beyond + lent + word
    alone = beyond + lent + word < limits.second_kind
    needed = float(state.opening[state.components.index(component)]) if alone else limits.open
    if total < needed or (crowd_part < limits.least_part and not verdict.probes and not word):
        return None
    if alone and not lasting and not verdict.crowd.is_no_burst(limits):
        return None
    return Candidate(component, place, since if onset is None else onset, verdict, total)


def _explained(state: State, candidate: Candidate, incident: Incident, limits: Thresholds) -> bool:
    """Whether an incident's place explains a candidate's reports nearly as well as the candidate's own."""
    number = state.components.index(candidate.component)
    observed = observed_since(state, number, candidate.onset)
    expected = state.rates[number] * (state.minute - candidate.onset + 1)
    theirs = Place(incident.countries, incident.regions)
    own = scope.worth(candidate.place, observed, expected, state.zones, limits)
    return own - scope.worth(theirs, observed, expected, state.zones, limits) <= limits.part_nats


def _failed_together(state: State, candidate: Candidate, incident: Incident, limits: Thresholds) -> bool:
    """Whether a candidate's probes and an incident's began to fail at the same time: one fault, wherever they stand.

    Two faults begin within the same two minutes by chance once in years.
    """
    theirs = [t for component in incident.components for t in state.watch.failing(component, state.minute)]
    mine = state.watch.failing(candidate.component, state.minute)
    return any(t.score >= limits.surely_failing and began_together(t, theirs, limits) for t in mine)


def _said_together(state: State, candidate: Candidate, incident: Incident, limits: Thresholds) -> bool:
    """Whether one statement of the company is about a candidate's component and of an incident's."""
    said = [s for s in open_statements(state, limits) if s.official]
    return any(s.concerns((candidate.component,)) and s.concerns(incident.components) for s in said)


def belongs(state: State, service: ServiceSpec, candidate: Candidate, incident: Incident, limits: Thresholds) -> bool:
    """Whether a candidate is one more part of an incident, rather than another incident."""
    rests_on_word = candidate.rests_on_word or incident.rests_on_word
    if rests_on_word and not _said_together(state, candidate, incident, limits):
        return False
    weights = np.maximum(state.rates.sum(axis=0).astype(np.float64), 1e-6)
    mine = state.zones.mask(candidate.place.countries, candidate.place.regions)
    theirs = state.zones.mask(incident.countries, incident.regions)
    shared = scope.overlap(mine, theirs, weights)
    near = abs(candidate.onset - incident.onset) <= limits.same_onset_minutes
    if _failed_together(state, candidate, incident, limits):
        return True
    if incident.kind == IncidentKind.MAINTENANCE and not near and not is_planned(state, (candidate.component,), limits):
        return False  # the work may take more down than it named, but as it begins: what fails later is an outage
    if shared >= limits.same_place or (near and scope.containment(mine, theirs, weights) >= limits.same_place):
        return True
    inside = scope.containment(mine, theirs, weights) >= limits.same_place
    is_settled = state.minute - incident.opened >= limits.same_onset_minutes
    if inside and is_settled and _explained(state, candidate, incident, limits):
        return True
    depends = set(service.depends_on.get(candidate.component, ())) & set(incident.components) or any(
        candidate.component in service.depends_on.get(part, ()) for part in incident.components
    )
    return shared >= limits.dependent_place and bool(depends)


def is_shared(
    state: State, components: tuple[str, ...], mask: NDArray[np.bool_], since: int, limits: Thresholds
) -> bool:
    """Return whether reports on each of these components have risen on several sides, in an incident's places too.

    In a place that was drawn around one provider's reports, a lone report of another one is a second side; among all
    that the places of an incident usually bring it is none.
    """
    since = max(since, state.minute - limits.crowd_minutes + 1)
    for number in (state.components.index(component) for component in components):
        usual = float(state.rates[number, mask].sum()) * (state.minute - since + 1)
        crowd = crowd_of(problems(state, [number], mask, since), usual, state.minute - since + 1, limits)
        if not (crowd.opens(limits) and crowd.without_one >= limits.part_nats / 2):
            return False
    return True


def may_join(state: State, candidate: Candidate, incident: Incident, limits: Thresholds) -> bool:
    """Return whether a candidate that belongs to an incident is sure enough to be as sure as that is."""
    verdict = candidate.verdict
    if candidate.rests_on_word or verdict.official or verdict.probes_beyond_a_fluke(limits) > 0:
        return True
    mine = state.zones.mask(candidate.place.countries, candidate.place.regions)
    theirs = state.zones.mask(incident.countries, incident.regions)
    return is_shared(state, (candidate.component,), mine | theirs, candidate.onset, limits)
