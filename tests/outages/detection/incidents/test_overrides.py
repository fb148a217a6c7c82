"""What moderators decide, carried out by the detector, and what it does afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from outages.detection.datatypes import Decision, IncidentKind, IncidentSnapshot, IncidentState, Override
from outages.detection.engine import State
from outages.detection.incidents.overrides import OverrideError, replace_scope
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import Crowd, Day, joined
from tests.outages.detection.test_engine import FAULT, WARM

GERMAN, DUTCH = ("DE-BE", "DE-BY"), ("NL-NH", "NL-ZH")


@pytest.fixture(scope="module")
def warm() -> bytes:
    return Day(Crowd(1), WARM).state.dumps()


@pytest.fixture
def day(warm: bytes) -> Day:
    made = Day(Crowd(2))
    made.state = State.loads(warm)
    return made


def two_outages(day: Day, minutes: int, rate: float = 8.0) -> None:
    """The app fails in Germany, charging in the Netherlands."""
    for _ in range(minutes):
        german = day.crowd.some(rate, ("app",), GERMAN, FAULT)
        day.minute(joined([day.crowd.usual(), german, day.crowd.some(rate, ("charging",), DUTCH, FAULT)]))


def quiet(day: Day, minutes: int) -> None:
    for _ in range(minutes):
        day.minute(day.crowd.usual())


def decide(day: Day, incident: int, **decision: Any) -> dict[int, str]:
    """One decision in a quiet minute. Returns what was refused."""
    told = {"to_state": None, "reason": "a test of ours", "id": 7} | decision
    return day.minute(day.crowd.usual(), overrides=(Override(incident, **told),)).refused


def incident(day: Day, number: int) -> Any:
    return next(i for i in day.state.incidents if i.number == number)


def open_numbers(day: Day) -> list[int]:
    return [i.number for i in day.state.incidents if i.is_open]


def test_a_merged_incident_stays_merged_while_both_go_on(day: Day) -> None:
    two_outages(day, 15)
    assert open_numbers(day) == [1, 2]
    assert decide(day, 2, action=Decision.MERGE, to_state=IncidentState.MERGED, merge_into=1) == {}
    gone, left = day.told[-2:]
    assert (gone.to_state, gone.merged_into, gone.reason.why) == (IncidentState.MERGED, 1, "a test of ours")
    assert {"app", "charging"} <= set(left.components)
    assert set(left.countries) == {"DE", "NL"}
    two_outages(day, 90)
    assert open_numbers(day) == [1]
    assert {"app", "charging"} <= set(incident(day, 1).components)


def test_what_was_merged_can_be_taken_out_again(day: Day) -> None:
    two_outages(day, 15)
    before = incident(day, 1)
    scope = {"components": before.components, "countries": before.countries, "regions": before.regions}
    decide(day, 2, action=Decision.MERGE, to_state=IncidentState.MERGED, merge_into=1)
    assert decide(day, 2, action=Decision.UNMERGE, to_state=IncidentState.CONFIRMED, merge_into=1, **scope) == {}
    two_outages(day, 5)
    assert open_numbers(day) == [1, 2]
    assert incident(day, 1).components == scope["components"]


def test_an_incident_that_ended_goes_on_with_the_one_that_is_merged_into_it(day: Day) -> None:
    two_outages(day, 15)
    decide(day, 1, to_state=IncidentState.RESOLVED)
    decide(day, 2, action=Decision.MERGE, to_state=IncidentState.MERGED, merge_into=1)
    gone, left = day.told[-2:]
    assert (left.incident, left.from_state, left.to_state) == (1, IncidentState.RESOLVED, gone.from_state)
    assert open_numbers(day) == [1]


def test_a_component_that_is_split_off_is_an_incident_of_its_own(day: Day) -> None:
    two_outages(day, 15)
    decide(day, 2, action=Decision.MERGE, to_state=IncidentState.MERGED, merge_into=1)
    assert decide(day, 1, action=Decision.SPLIT, components=("charging",)) == {}
    left, fresh = day.told[-2:]
    assert "charging" not in left.components
    assert (fresh.incident, fresh.from_state, fresh.components, fresh.split_from) == (3, None, ("charging",), 1)
    two_outages(day, 60)
    assert open_numbers(day) == [1, 3]  # the rules neither join them nor move them
    assert incident(day, 3).components == ("charging",)


def test_a_country_can_be_split_off(day: Day) -> None:
    for _ in range(15):
        day.minute(joined([day.crowd.usual(), day.crowd.some(12, ("app",), (*GERMAN, *DUTCH), FAULT)]))
    decide(day, 1, action=Decision.CHANGE, countries=("DE", "NL"), regions=())
    assert decide(day, 1, action=Decision.SPLIT, countries=("NL",), regions=()) == {}
    assert [(t.incident, t.countries) for t in day.told[-2:]] == [(1, ("DE",)), (2, ("NL",))]


@pytest.mark.parametrize(
    ("components", "places", "stays", "goes"),
    [
        (("login",), (), (("app",), ("DE", "NL"), ("NL-NH",)), (("login",), ("DE", "NL"), ("NL-NH",))),
        ((), ("DE",), (("app", "login"), ("NL",), ("NL-NH",)), (("app", "login"), ("DE",), ())),
        ((), ("NL-NH",), (("app", "login"), ("DE",), ()), (("app", "login"), ("NL",), ("NL-NH",))),
    ],
)
def test_a_scope_falls_in_two(components: Any, places: Any, stays: Any, goes: Any) -> None:
    scope = (("app", "login"), ("DE", "NL"), ("NL-NH",))
    assert replace_scope(scope, components, places) == (stays, goes)


@pytest.mark.parametrize(
    ("scope", "components", "places"),
    [
        ((("app", "login"), ("DE",), ()), ("app", "login"), ()),
        ((("app", "login"), ("DE",), ()), ("charging",), ()),
        ((("app", "login"), ("DE",), ()), (), ("DE",)),
        ((("app", "login"), (), ()), (), ("DE",)),
        ((("app", "login"), ("DE", "NL"), ()), ("app",), ("DE",)),
        ((("app", "login"), ("DE", "NL"), ()), (), ()),
    ],
)
def test_a_split_leaves_something_on_both_sides(scope: Any, components: Any, places: Any) -> None:
    with pytest.raises(OverrideError):
        replace_scope(scope, components, places)


def test_what_a_moderator_sets_stays_against_the_rules(day: Day) -> None:
    two_outages(day, 15)
    decide(day, 1, action=Decision.CHANGE, components=("app", "login"), countries=(), regions=(), headline="Europe")
    assert (day.told[-1].headline, day.told[-1].countries) == ("Europe", ())
    two_outages(day, 60)
    assert (incident(day, 1).components, incident(day, 1).countries) == (("app", "login"), ())


def test_an_outage_becomes_maintenance_and_back(day: Day) -> None:
    two_outages(day, 15)
    decide(day, 1, action=Decision.CHANGE, kind=IncidentKind.MAINTENANCE)
    assert (day.told[-1].to_state, day.told[-1].kind) == ("maintenance", "maintenance")
    decide(day, 1, action=Decision.CHANGE, kind=IncidentKind.OUTAGE)
    assert (day.told[-1].to_state, day.told[-1].kind) == ("confirmed", "outage")


def test_what_a_moderator_reopens_is_not_closed_by_a_rule_for_an_hour(day: Day) -> None:
    two_outages(day, 15)
    quiet(day, 60)
    assert 1 not in open_numbers(day)
    decide(day, 1, to_state=IncidentState.CONFIRMED)
    quiet(day, DEFAULT.held_minutes - 2)
    assert 1 in open_numbers(day)
    quiet(day, 60)
    assert 1 not in open_numbers(day)


def test_a_dismissed_incident_comes_back_only_on_evidence_that_would_confirm_one(day: Day) -> None:
    for _ in range(12):
        day.minute(joined([day.crowd.usual(), day.crowd.some(4, ("app",), ("DE-BE",), FAULT, systems=(1, 2))]))
    decide(day, 1, to_state=IncidentState.DISMISSED)
    for _ in range(20):
        day.minute(joined([day.crowd.usual(), day.crowd.some(4, ("app",), ("DE-BE",), FAULT, systems=(1, 2))]))
    assert open_numbers(day) == []
    two_outages(day, 15, rate=20)
    assert 1 in open_numbers(day)


STORED = IncidentSnapshot(
    number=9, state=IncidentState.RESOLVED, kind=IncidentKind.OUTAGE, components=("app",), countries=("DE",),
    regions=(), symptom="", confidence=0.9, opened=1, confirmed=3, closed=50,
)  # fmt: skip


def test_one_that_the_detector_has_forgotten_is_dismissed_without_being_followed_again(day: Day) -> None:
    assert decide(day, 9, to_state=IncidentState.DISMISSED, subject=STORED) == {}
    told = day.told[-1]
    assert (told.incident, told.from_state, told.to_state, told.confidence) == (9, "resolved", "dismissed", 0.9)
    assert day.state.incidents == []


def test_one_that_the_detector_has_forgotten_is_followed_again_when_it_is_reopened(day: Day) -> None:
    decide(day, 9, to_state=IncidentState.CONFIRMED, subject=STORED)
    assert open_numbers(day) == [9]
    assert State.loads(day.state.dumps()).incidents[0].held_until > day.state.minute


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        ({"to_state": IncidentState.DISMISSED}, "no such incident"),
        ({"to_state": IncidentState.RESOLVED, "subject": STORED}, "was resolved already"),
        ({"action": Decision.SPLIT, "components": ("app",), "subject": STORED}, "is over"),
        ({"action": Decision.MERGE, "merge_into": 9, "subject": STORED}, "no other incident"),
        ({"action": Decision.MERGE, "merge_into": 3, "subject": STORED}, "no such incident"),
        ({"action": Decision.UNMERGE, "merge_into": 3, "subject": STORED, "into": STORED}, "not merged"),
        ({"action": Decision.CHANGE, "components": ("teleport",), "subject": STORED}, "does not know teleport"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_with_its_reason(day: Day, decision: Any, why: str) -> None:
    refused = decide(day, 9, **decision)
    assert why in refused[7]
    assert day.told == []
    assert day.state.incidents == []
