"""Where an incident is and what it covers: corrected as evidence comes in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import IncidentKind
from outages.detection.estimators.probes import Track, began_together
from outages.detection.evidence import scope
from outages.detection.evidence.crowd import crowd_of, interest_of, problems
from outages.detection.evidence.scope import Place
from outages.detection.incidents.recovery import sees_it
from outages.detection.state import Incident, State
from outages.detection.thresholds import Thresholds


def incident_place(incident: Incident) -> Place:
    """The place of an incident, all that is in it; `published_place` says what of it is named."""
    return Place(incident.countries, incident.regions)


def mask_of(state: State, incident: Incident) -> NDArray[np.bool_]:
    """Which places an incident covers."""
    return state.zones.mask(incident.countries, incident.regions)


def symptom_of(
    state: State, components: tuple[str, ...], mask: NDArray[np.bool_], since: int, limits: Thresholds
) -> str:
    """The symptom that stands out most against what is usual for these components."""
    numbers = [state.components.index(c) for c in components]
    rows = problems(state, numbers, mask, since)
    if not len(rows):
        return ""
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms))
    usual = state.symptom_counts[numbers].sum(axis=0) + limits.symptom_prior
    share, usual_share = seen / seen.sum(), usual / usual.sum()
    gain = np.where(share > 0, share * np.log(np.maximum(share, 1e-9) / usual_share), 0.0)
    best = gain if gain.max() > limits.symptom_gain else seen
    return state.symptoms[int(best.argmax())]


def rescope(state: State, incident: Incident, limits: Thresholds) -> bool:
    """Corrects place and parts where the evidence since the onset clearly says so. True if they changed."""
    if incident.rests_on_word:
        return False  # it is where the company says: what is reported is chance
    age = state.minute - incident.opened
    if age > limits.rescope_young and age % limits.rescope_minutes:
        return False
    parts = _parts(state, incident, limits)
    place = _better_place(state, incident, parts, limits)
    if parts == incident.components and (place.countries, place.regions) == (incident.countries, incident.regions):
        return False
    incident.components, incident.countries, incident.regions = parts, place.countries, place.regions
    incident.symptom = symptom_of(state, parts, mask_of(state, incident), incident.onset, limits) or incident.symptom
    return True


def _better_place(state: State, incident: Incident, parts: tuple[str, ...], limits: Thresholds) -> Place:
    """The place that clearly explains more than the published one, or that one. Announced work is where it says."""
    now = incident_place(incident)
    if incident.kind == IncidentKind.MAINTENANCE:
        return now
    numbers = [state.components.index(c) for c in parts]
    observed = incident.observed[numbers].sum(axis=0)
    expected = incident.expected[numbers].sum(axis=0)
    sights = _sights(state, incident, parts, limits)
    place = scope.place_of(observed, expected, state.zones, limits, sights)
    if scope.chance_of(place.nats, limits) <= limits.place_sure:
        published = scope.worth(now, observed, expected, state.zones, limits, sights)
        return place if place.nats > published + limits.rescope_nats else now
    areas = [t.countries for t in _seeing(state, incident, parts, limits)]
    if not areas or not now.countries or now.regions:
        return now
    return scope.united([*areas, now.countries], state.zones)


def split(state: State, incident: Incident, limits: Thresholds) -> bool:
    """Lets go a component that fails in quite another place than the rest: it is an outage of its own.

    True if there was one; it opens its own incident by its own evidence in the next minutes.
    """
    if len(incident.components) < 2 or incident.kind == IncidentKind.MAINTENANCE:
        return False
    weights = np.maximum(state.rates.sum(axis=0).astype(np.float64), 1e-6)
    own: dict[str, tuple[Place, NDArray[np.bool_]]] = {}
    for component in incident.components:
        number = state.components.index(component)
        place = scope.place_of(incident.observed[number], incident.expected[number], state.zones, limits)
        if place.nats < limits.split_nats:
            return False
        own[component] = (place, state.zones.mask(place.countries, place.regions))
    for component in incident.components:
        rest = [own[other] for other in incident.components if other != component]
        shared = max(scope.containment(own[component][1], mask, weights) for _, mask in rest)
        if shared < limits.split_share and own[component][0].nats <= min(place.nats for place, _ in rest):
            incident.components = tuple(c for c in incident.components if c != component)
            remaining = rest[0][0]
            incident.countries, incident.regions = remaining.countries, remaining.regions
            return True
    return False


def _seeing(state: State, incident: Incident, parts: tuple[str, ...], limits: Thresholds) -> list[Track]:
    """The probes that see an incident of these components now: by more than one failure, or by one like another's."""
    tracks = [t for part in parts for t in state.watch.failing(part, state.minute)]
    return [
        t for t in tracks
        if sees_it(incident, t, limits)
        or (t.score >= limits.surely_failing and began_together(t, tracks, limits))
    ]  # fmt: skip


def _sights(state: State, incident: Incident, parts: tuple[str, ...], limits: Thresholds) -> list[scope.Sight]:
    """What probes of an incident's components say about its place, where any of them fails.

    Targets that serve everyone tell nothing of the place.
    """
    everyone = state.zones.mask((), ())
    tracks = [
        t
        for t in state.watch.tracks.values()
        if t.component in parts and not t.control and t.countries and state.minute - t.minute < limits.fresh_minutes
        and not (state.zones.mask(t.countries, ()) == everyone).all()
    ]  # fmt: skip
    seeing = _seeing(state, incident, parts, limits)
    failing = [t for t in tracks if t in seeing or f"{t.probe}\n{t.vantage}" in incident.seen_tracks]
    broken = {t.component for t in failing}
    well = [
        t
        for t in tracks
        if t.component in broken
        and t not in failing
        and t.score <= 0
        and t.good >= min(state.minute - incident.onset, limits.fresh_minutes)
    ]
    return [
        *(scope.Sight(t.countries, 2 * limits.probe_cap, True) for t in failing),
        *(scope.Sight(t.countries, limits.part_nats, False) for t in well),
    ]


def _parts(state: State, incident: Incident, limits: Thresholds) -> tuple[str, ...]:
    """The incident's components, and those whose reports in its place rose as much."""
    mask = mask_of(state, incident)
    busy = {c for i in state.incidents if i is not incident for c in i.components}
    parts = []
    is_settled_work = (
        incident.kind == IncidentKind.MAINTENANCE and state.minute - incident.opened > limits.same_onset_minutes
    )
    for number, component in enumerate(state.components):
        if component in incident.components:
            parts.append(component)
            continue
        if is_settled_work:
            continue  # what fails later is an outage
        seen = float(incident.observed[number, mask].sum())
        expected = float(incident.expected[number, mask].sum())
        since = max(incident.onset, state.minute - limits.crowd_minutes + 1)
        if component in busy or scope.excess(seen, expected) < limits.part_nats or seen < limits.part_ratio * expected:
            continue
        rows = problems(state, [number], mask, since)
        usual = float(state.rates[number, mask].sum()) * (state.minute - since + 1)
        # Of a fault that is sure, a rise of all components is the fault's own.
        curiosity = 1.0 if incident.confirmed is not None else interest_of(state, mask, since, limits)
        crowd = crowd_of(rows, usual, limits.crowd_minutes, limits, surge=curiosity)
        if crowd.opens(limits) and crowd.without_one >= limits.part_nats / 2 and crowd.nats >= limits.part_nats / 2:
            parts.append(component)
    return tuple(sorted(parts))
