"""What is told of an open incident, what ends at a new level, what is remembered, and when a plan is in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from outages.detection.datatypes import IncidentKind, IncidentState, Minute, ReportKind
from outages.detection.estimators.weighting import ROW
from outages.detection.evidence.crowd import Crowd
from outages.detection.evidence.fusion import Assessment
from outages.detection.incidents import tracking
from outages.detection.incidents.candidates import active_plans
from outages.detection.incidents.extent import rescope, split, symptom_of
from outages.detection.incidents.recovery import Recovery
from outages.detection.incidents.relapse import is_remembered
from outages.detection.incidents.tracking import _overrun, _strengthened, end_at_new_level, open_early
from outages.detection.incidents.transitions import make_transition
from outages.detection.reasons import ReasonCode, reason
from outages.detection.state import State, Statement
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.incidents.test_tracking import incident
from tests.outages.detection.minutes import SERVICE

OPENS = Crowd(30.0, 40.0, 1.0, 5, DEFAULT.open_networks, DEFAULT.open_origins, DEFAULT.open_without_one, 0.0)


def plan(start: int, end: int, **values: Any) -> Statement:
    given: dict[str, Any] = {"stage": "planned", "official": True, "components": (), "url": "", "author": ""}
    given |= {"source": "", "text": "", "minute": start - 600, "window": (start * 60, end * 60)}
    return Statement(**{**given, **values})


@pytest.mark.parametrize(
    ("start", "end", "values", "is_active"),
    [
        (0, 60, {}, True),
        (DEFAULT.plan_before_minutes, 60, {}, True),
        (DEFAULT.plan_before_minutes + 1, 60, {}, False),
        (-90, -DEFAULT.plan_after_minutes, {}, True),
        (-90, -DEFAULT.plan_after_minutes - 1, {}, False),
        (0, 60, {"official": False}, False),
        (0, 60, {"stage": "investigating"}, False),
        (0, 60, {"window": None}, False),
    ],
)
def test_a_plan_is_in_force_from_a_little_before_its_time_until_some_time_after(
    state: State, start: int, end: int, values: dict[str, Any], is_active: bool
) -> None:
    state.statements = [plan(state.minute + start, state.minute + end, **values)]
    assert bool(active_plans(state, DEFAULT)) is is_active


def test_an_event_is_dated_at_the_end_of_its_minute(state: State) -> None:
    one = incident(state, 1, ("app",))
    told = make_transition(state, one, reason(ReasonCode.SCOPE), (), "confirmed")
    assert told.second == (state.minute + 1) * 60
    assert one.last_update == state.minute


@pytest.mark.parametrize(
    ("seen", "ago", "kinds", "code"),
    [
        (20.0, DEFAULT.told_minutes, ("crowd",), "reports-doubled"),
        (19.9, DEFAULT.told_minutes, ("crowd",), None),
        (20.0, DEFAULT.told_minutes - 1, ("crowd",), None),
        (1.0, 0, (), "new-kind"),
    ],
)
def test_news_are_twice_the_reports_after_some_minutes_or_another_kind(
    state: State, seen: float, ago: int, kinds: tuple[str, ...], code: str | None
) -> None:
    one = incident(state, 1, ("app",))
    one.told_most, one.last_update, one.told_kinds = 10.0, state.minute - ago, kinds
    crowd = replace(OPENS, seen=seen)
    told = _strengthened(state, one, Assessment(crowd, crowd.nats, {}, 0.0, 0.0, ()), DEFAULT)
    assert [t.reason.code.value for t in told] == ([code] if code else [])


def test_few_sides_that_report_twice_as_much_are_no_news(state: State) -> None:
    one = incident(state, 1, ("app",))
    one.told_most, one.last_update, one.told_kinds = 10.0, 0, ("crowd",)
    few = replace(OPENS, seen=99.0, networks=DEFAULT.open_networks - 1)
    assert _strengthened(state, one, Assessment(few, few.nats, {}, 0.0, 0.0, ()), DEFAULT) == []


@pytest.mark.parametrize(
    ("components", "values", "left"),
    [
        (("app",), {}, None),
        (("app", "login"), {}, ("login",)),  # only what rose for good goes
        (("login",), {}, ("login",)),
        (("app",), {"rests_on_word": True}, ("app",)),
        (("app",), {"confirmed": 1, "state": "confirmed"}, ("app",)),
        (("app",), {"held_until": 2**40}, ("app",)),  # a moderator holds it
    ],
)
def test_a_new_level_ends_what_is_only_possible_and_stands_on_it(
    state: State, components: tuple[str, ...], values: dict[str, Any], left: tuple[str, ...] | None
) -> None:
    one = incident(state, 1, components, at=IncidentState.POSSIBLE)
    for name, value in values.items():
        setattr(one, name, value)
    end_at_new_level(state, {"app"}, DEFAULT)
    assert (one.components if one.is_open else None) == left
    assert one.state == ("dismissed" if left is None else values.get("state", "possible"))


def reported(state: State, reports: int, ago: int = 0, symptom: int = 0, component: str = "app") -> None:
    """So many more reports of a component, in full, so many minutes ago."""
    log = np.zeros(reports, dtype=ROW)
    log["component"], log["minute"], log["weight"] = state.components.index(component), state.minute - ago, 1
    log["kind"], log["symptom"], log["network"] = ReportKind.PROBLEM, symptom, np.arange(reports) + 1
    both = np.concatenate([state.counter.log, log])
    state.counter.log = both[np.argsort(both["minute"], kind="stable")]


HOUR = 60


@pytest.mark.parametrize(
    ("at", "ago", "reports", "is_kept"),
    [
        (IncidentState.RESOLVED, DEFAULT.reopen_minutes, 40, True),
        (IncidentState.RESOLVED, DEFAULT.reopen_minutes, 0, False),
        (IncidentState.RESOLVED, DEFAULT.fading_hours * HOUR - 1, 40, True),
        (IncidentState.RESOLVED, DEFAULT.fading_hours * HOUR, 40, False),
        (IncidentState.DISMISSED, DEFAULT.reopen_minutes, 40, False),
    ],
)
def test_what_people_still_report_after_its_end_is_remembered_for_hours(
    state: State, at: IncidentState, ago: int, reports: int, is_kept: bool
) -> None:
    over = incident(state, 1, ("app",), ago=600, at=at)
    over.closed = state.minute - ago
    state.counter.log = state.counter.log[:0]
    reported(state, reports)
    assert is_remembered(state, over, DEFAULT) is is_kept


def overrun(state: State, monkeypatch: pytest.MonkeyPatch, recovered: Recovery, **values: Any) -> str | None:
    work = incident(state, 1, ("app",), at=IncidentState.MAINTENANCE, kind=IncidentKind.MAINTENANCE)
    for name, value in values.items():
        setattr(work, name, value)
    monkeypatch.setattr(tracking, "confirming_rule", lambda *_, **__: ReasonCode.TWO_KINDS)
    move = _overrun(state, work, Assessment(OPENS, 30.0, {}, 0.0, 0.0, ()), recovered, DEFAULT)
    return move.to_state.value if move else None


def test_announced_work_that_fails_on_after_its_plan_is_an_outage(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = Recovery(None, 0, 0.0, False, True, False, None, False)
    well = replace(fails, failing_now=False)
    fading = replace(well, active=True, falling=True)
    assert overrun(state, monkeypatch, fails) == "confirmed"
    assert overrun(state, monkeypatch, replace(well, active=True)) == "confirmed"
    assert overrun(state, monkeypatch, well) is None
    assert overrun(state, monkeypatch, fading) is None
    assert overrun(state, monkeypatch, fails, held_until=state.minute + 1) is None
    assert overrun(state, monkeypatch, fails, held_until=state.minute) == "confirmed"
    state.statements = [plan(state.minute - 10, state.minute + 10)]
    assert overrun(state, monkeypatch, fails) is None


@pytest.mark.parametrize(("ago", "waits"), [(DEFAULT.together_minutes, True), (DEFAULT.together_minutes + 1, False)])
def test_just_after_an_incident_has_opened_no_look_opens_another(
    state: State, monkeypatch: pytest.MonkeyPatch, ago: int, waits: bool
) -> None:
    incident(state, 1, ("app",), ago=ago)
    asked: list[set[str]] = []
    monkeypatch.setattr(tracking.candidates, "find", lambda _state, _service, busy, _limits: asked.append(busy) or [])
    assert open_early(state, Minute(state.minute), SERVICE, DEFAULT) == []
    assert asked == ([] if waits else [{"app"}])


def test_the_symptom_is_the_one_that_stands_out_or_else_the_most_reported(state: State) -> None:
    everywhere = np.ones(len(state.zones.places), dtype=bool)
    number = state.components.index("app")
    state.symptom_counts[number] = 0
    state.symptom_counts[number, 0], state.symptom_counts[number, 1] = 900, 100
    state.counter.log = state.counter.log[:0]
    assert symptom_of(state, ("app",), everywhere, state.minute - 30, DEFAULT) == ""
    reported(state, 60, symptom=0)
    reported(state, 40, symptom=1)  # four times its usual share: 0.4 · ln 4 = 0.55 nats a report
    assert symptom_of(state, ("app",), everywhere, state.minute - 30, DEFAULT) == state.symptoms[1]
    reported(state, 240, symptom=0)  # 40 of 340: 0.12 · ln 1.2 = 0.02
    assert symptom_of(state, ("app",), everywhere, state.minute - 30, DEFAULT) == state.symptoms[0]


@pytest.mark.parametrize(
    ("age", "is_looked_at"),
    [(1, True), (DEFAULT.rescope_young, True), (16, False), (19, False), (20, True), (21, False)],
)
def test_a_place_is_corrected_each_minute_at_first_and_then_now_and_then(
    state: State, age: int, is_looked_at: bool
) -> None:
    one = incident(state, 1, ("app",), ("NL",), ago=age)
    german = state.zones.mask(("DE",), ())
    number = state.components.index("app")
    one.expected[number] = 1.0
    one.observed[number] = np.where(german, 60.0, 1.0)
    assert rescope(state, one, DEFAULT) is is_looked_at
    assert one.countries == (("DE",) if is_looked_at else ("NL",))
    word = incident(state, 2, ("app",), ("NL",), ago=5)
    word.rests_on_word, word.observed, word.expected = True, one.observed, one.expected
    assert not rescope(state, word, DEFAULT)  # it is where the company says


@pytest.mark.parametrize(
    ("places", "reports", "kind", "gone"),
    [
        (("DE", "US"), 60.0, IncidentKind.OUTAGE, True),
        (("DE", "DE"), 60.0, IncidentKind.OUTAGE, False),
        (("DE NL", "DE US"), 60.0, IncidentKind.OUTAGE, False),  # half of either is the other's
        (("DE", "US"), 8.0, IncidentKind.OUTAGE, False),  # 16.3 nats are too little …
        (("DE", "US"), 10.0, IncidentKind.OUTAGE, True),  # … and 25.1 are enough
        (("DE", "US"), 60.0, IncidentKind.MAINTENANCE, False),
    ],
)
def test_a_component_that_fails_in_quite_another_place_is_let_go(
    state: State, places: tuple[str, str], reports: float, kind: IncidentKind, gone: bool
) -> None:
    one = incident(state, 1, ("app", "login"), kind=kind)
    for component, place in zip(one.components, places, strict=True):
        number = state.components.index(component)
        one.expected[number] = 1.0
        one.observed[number] = np.where(state.zones.mask(place.split(), ()), reports, 0.0)
    assert split(state, one, DEFAULT) is gone
    assert len(one.components) == (1 if gone else 2)
