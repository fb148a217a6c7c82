"""Which incidents are one, which come back, and what belongs to which: tables by hand at the thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from outages.detection.datatypes import IncidentKind, IncidentState, Minute
from outages.detection.engine import step
from outages.detection.evidence.crowd import Crowd
from outages.detection.evidence.fusion import Assessment
from outages.detection.evidence.scope import Place
from outages.detection.incidents import candidates
from outages.detection.incidents.candidates import Candidate
from outages.detection.incidents.extent import _parts
from outages.detection.incidents.relapse import reopen
from outages.detection.incidents.tracking import _merge, _open, advance
from outages.detection.state import Incident, State
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import PLACES, SERVICE, Day, reports
from tests.outages.detection.minutes import Crowd as People

NOBODY = Crowd(0.0, 0.0, 1.0, 10, 0, 0, 0.0, 0.0)
NEAR = DEFAULT.same_onset_minutes


def incident(
    state: State, number: int, components: Sequence[str], countries: Sequence[str] = (), ago: int = 60,
    at: IncidentState = IncidentState.CONFIRMED, kind: IncidentKind = IncidentKind.OUTAGE,
) -> Incident:  # fmt: skip
    """An incident that began so many minutes ago, put into the state."""
    none = np.zeros(state.rates.shape, dtype=np.float32)
    opened = state.minute - ago
    made = Incident(
        number, at.value, kind.value, tuple(components), tuple(countries), (), "", opened, opened, none, none.copy(),
        last_evidence=state.minute,
    )  # fmt: skip
    made.confirmed = None if at == IncidentState.POSSIBLE else opened
    state.incidents = [*state.incidents, made]
    state.numbered = max(state.numbered, number)
    return made


@pytest.mark.parametrize(
    ("places", "apart", "are_one"),
    [
        ((("DE",), ("DE",)), NEAR + 1, True),  # the same place, whenever
        ((("DE",), ("DE", "NL")), NEAR, True),  # one inside the other, and near each other in time
        ((("DE",), ("DE", "NL")), NEAR + 1, False),
        ((("DE",), ("NL",)), 0, False),
        (((), ("US",)), NEAR, True),  # everywhere holds a country
        (((), ("US",)), NEAR + 1, False),
    ],
)
def test_two_incidents_are_one_by_their_places_and_onsets(
    state: State, places: tuple[tuple[str, ...], tuple[str, ...]], apart: int, are_one: bool
) -> None:
    older = incident(state, 1, ("app",), places[0], ago=60)
    younger = incident(state, 2, ("login",), places[1], ago=60 - apart)
    told = _merge(state, DEFAULT)
    assert bool(told) is are_one
    assert younger.state == ("merged" if are_one else "confirmed")
    assert older.components == (("app", "login") if are_one else ("app",))


def test_announced_work_and_what_a_moderator_set_are_merged_with_nothing(state: State) -> None:
    incident(state, 1, ("app",), ("DE",), at=IncidentState.MAINTENANCE, kind=IncidentKind.MAINTENANCE)
    outage = incident(state, 2, ("login",), ("DE",))
    assert _merge(state, DEFAULT) == []
    incident(state, 3, ("website",), ("DE",)).pinned = True
    assert _merge(state, DEFAULT) == []
    assert outage.components == ("login",)


@pytest.mark.parametrize(("ago", "is_kept"), [(DEFAULT.reopen_minutes - 1, True), (DEFAULT.reopen_minutes, False)])
def test_an_incident_is_remembered_for_so_long_after_its_end(state: State, ago: int, is_kept: bool) -> None:
    over = incident(state, 1, ("app",), ago=200, at=IncidentState.RESOLVED)
    over.closed = state.minute - ago
    advance(state, Minute(state.minute), SERVICE, np.zeros(state.rates.shape, np.float32), DEFAULT)
    assert (over in state.incidents) is is_kept


@pytest.mark.parametrize(
    ("ended_as", "was_confirmed", "back_as"),
    [
        (IncidentState.RESOLVED, True, "confirmed"),
        (IncidentState.RESOLVED, False, "possible"),
        (IncidentState.DISMISSED, False, "possible"),
    ],
)
def test_what_fails_again_comes_back_as_sure_as_it_was(
    warm: bytes, ended_as: IncidentState, was_confirmed: bool, back_as: str
) -> None:
    day = Day(People(22))
    day.state = State.loads(warm)
    over = incident(day.state, 1, ("app",), ago=100, at=ended_as)
    over.confirmed = over.opened if was_confirmed else None
    over.closed = day.state.minute
    day.minute(day.crowd.some(30, ("app",), symptoms=("http-503-unavailable",)))
    assert (over.state if over in day.state.incidents else day.state.incidents[0].state) == back_as
    assert day.state.numbered == 1


def test_the_end_of_the_same_minute_is_not_taken_back(state: State) -> None:
    over = incident(state, 1, ("app",), at=IncidentState.RESOLVED)
    over.closed = state.minute
    assert reopen(state, DEFAULT) == []


def candidate(state: State, component: str, countries: Sequence[str], ago: int) -> Candidate:
    empty = Assessment(NOBODY, 0.0, {}, 0.0, 0.0, ())
    return Candidate(component, Place(tuple(countries)), state.minute - ago, empty, 20.0)


@pytest.mark.parametrize(
    ("component", "countries", "ago", "belongs"),
    [
        ("website", ("DE",), 0, True),  # the same place
        ("website", ("DE", "NL"), 60 - NEAR, True),  # around it, near in time
        ("website", ("US",), 60, False),
        ("app", ("US",), 60, False),
    ],
)
def test_a_candidate_belongs_to_an_incident_by_place_and_onset(
    state: State, component: str, countries: tuple[str, ...], ago: int, belongs: bool
) -> None:
    mine = incident(state, 1, ("login",), ("DE",), ago=60)
    assert candidates.belongs(state, SERVICE, candidate(state, component, countries, ago), mine, DEFAULT) is belongs


@pytest.mark.parametrize(
    ("kind", "ago", "is_one"),
    [
        (IncidentKind.MAINTENANCE, NEAR, True),  # as the work begins, it may take more down than it named
        (IncidentKind.MAINTENANCE, NEAR + 1, False),
        (IncidentKind.OUTAGE, NEAR + 1, True),
    ],
)
def test_what_fails_in_the_midst_of_announced_work_is_an_outage(
    state: State, kind: IncidentKind, ago: int, is_one: bool
) -> None:
    sides = [(place, 100 * (1 + at // 2) + n) for at, place in enumerate(PLACES) for n in range(5)]
    taken = reports([("energy", place, "slow", system, 7919 * (n + 1)) for n, (place, system) in enumerate(sides)])
    state, _ = step(state, Minute(state.minute + 1, taken), service=SERVICE)
    state.incidents = []
    work = incident(state, 1, ("app",), ago=ago, kind=kind)
    assert candidates.belongs(state, SERVICE, candidate(state, "energy", (), 0), work, DEFAULT) is is_one
    number = state.components.index("energy")
    work.observed[number] = candidates.observed_since(state, number, work.onset)
    assert _parts(state, work, DEFAULT) == (("app", "energy") if is_one else ("app",))


@pytest.mark.parametrize(("others", "is_one"), [(1, False), (4, True)])
def test_what_one_provider_reports_is_no_part_of_a_sure_outage_by_a_lone_report_of_another(
    state: State, monkeypatch: pytest.MonkeyPatch, others: int, is_one: bool
) -> None:
    sides = [("DE-BE", 203)] * 8 + [("NL-NH", 104 + n) for n in range(others)]
    taken = reports([("energy", place, "slow", system, 7919 * (n + 1)) for n, (place, system) in enumerate(sides)])
    state, _ = step(state, Minute(state.minute + 1, taken), service=SERVICE)
    state.incidents = []
    sure = incident(state, 1, ("app",), ("DE", "NL"), ago=10)
    one = candidate(state, "energy", ("DE",), 0)
    monkeypatch.setattr(candidates, "find", lambda *_: [one])
    told = _open(state, Minute(state.minute), SERVICE, DEFAULT)
    assert [t.components for t in told] == ([("app", "energy")] if is_one else [])
    sure.components = ("app",)
    incident(state, 2, ("energy",), ("DE",), ago=0, at=IncidentState.POSSIBLE)
    assert bool(_merge(state, DEFAULT)) is is_one


def test_a_component_that_depends_on_a_failing_one_belongs_to_it_by_a_smaller_part_of_the_place(state: State) -> None:
    weights = state.rates.sum(axis=0)
    both = state.zones.mask(("DE", "NL"), ())
    shared = float(weights[state.zones.mask(("DE",), ())].sum() / weights[both].sum())
    assert DEFAULT.dependent_place < shared < DEFAULT.same_place
    login = incident(state, 1, ("login",), ("DE", "NL"), ago=60)
    login.opened = state.minute  # not settled: what lies inside it is not explained by it yet
    for component, belongs in (("app", True), ("website", False)):  # the app depends on login
        one = candidate(state, component, ("DE",), 0)
        assert candidates.belongs(state, SERVICE, one, login, DEFAULT) is belongs


@pytest.mark.parametrize(("nats", "is_found"), [(0.1, True), (-0.1, False)])
def test_a_crowd_alone_opens_at_the_bar_of_its_component(
    state: State, monkeypatch: pytest.MonkeyPatch, nats: float, is_found: bool
) -> None:
    """The score decides, where the window's own nats and the sides would allow it."""
    number = state.components.index("app")
    crowd = replace(
        NOBODY, nats=1000.0, networks=50, origins=20, without_one=900.0, beyond_burst=900.0, seen=200.0,
    )  # fmt: skip
    strong = Assessment(crowd, 1000.0, {}, 0.0, 0.0, ())
    monkeypatch.setattr(candidates, "verdict_of", lambda *_, **__: strong)
    state.groups.score[:] = 0
    state.leaves.score[:] = 0
    state.groups.score[0, number, 0] = float(state.opening[number]) + nats
    found = candidates.find(state, SERVICE, set(), DEFAULT)
    assert [one.component for one in found] == (["app"] if is_found else [])


@pytest.mark.parametrize(("later", "is_found"), [(0, True), (40, False)])
def test_only_the_whole_of_a_rise_tells_whether_it_lasts_with_unusual_symptoms(
    state: State, monkeypatch: pytest.MonkeyPatch, later: int, is_found: bool
) -> None:
    """A probe's fluke in the midst of curiosity: the few reports since then are of any mix."""
    few = replace(NOBODY, nats=4.0, networks=5, origins=5, without_one=3.0, mix=DEFAULT.sure_mix + 0.5, seen=5.0)
    monkeypatch.setattr(candidates, "verdict_of", lambda *_, **__: Assessment(few, 4.0, {}, 0.0, 0.0, ()))
    risen, given = state.minute - 45, (DEFAULT.crowd_sure + 1, 0.0, 0.0)
    found = candidates._at(state, "app", Place(), risen + later, given, DEFAULT, risen)
    assert (found is not None) is is_found
