"""What a state that was learnt anew takes over of the open incidents: tables by hand."""

from __future__ import annotations

from typing import Any

import pytest

from outages.detection.datatypes import IncidentKind, IncidentSnapshot, IncidentState
from outages.detection.incidents.handover import carried_over
from outages.detection.state import State
from tests.outages.detection.incidents.test_tracking import incident


def stored(new: State, number: int = 7, components: tuple[str, ...] = ("app",), **values: Any) -> IncidentSnapshot:
    given: dict[str, Any] = {
        "state": IncidentState.CONFIRMED, "kind": IncidentKind.OUTAGE, "countries": (), "regions": (),
        "symptom": "slow", "confidence": 0.97, "opened": new.minute - 500, "confirmed": new.minute - 490,
    }  # fmt: skip
    return IncidentSnapshot(number=number, components=components, **{**given, **values})


def test_one_of_which_nothing_was_found_is_followed_from_now_on(state: State) -> None:
    (told,) = carried_over(state, [stored(state, countries=("DE",), regions=("DE-BE",))])
    (mine,) = state.incidents
    assert (mine.number, mine.state, mine.components, mine.opened) == (7, "confirmed", ("app",), state.minute - 500)
    assert mine.last_evidence == state.minute  # its silence begins now: nobody knows of the time before
    assert set(mine.named) == {"DE", "DE-BE"}  # what was said once stays said
    assert (told.from_state, told.to_state, told.reason.code.value) == ("confirmed", "confirmed", "detector-renewed")
    assert told.confidence == mine.confidence == 0.97


def test_what_the_new_state_found_of_one_becomes_it(state: State) -> None:
    found = incident(state, 1, ("app", "login"), ago=30, at=IncidentState.POSSIBLE)
    carried_over(state, [stored(state)])
    assert state.incidents == [found]
    assert (found.number, found.state, found.components) == (7, "confirmed", ("app",))
    assert found.onset == state.minute - 30  # its evidence from now on


def test_of_two_the_one_of_its_kind_becomes_it_and_then_the_one_that_has_more_of_it(state: State) -> None:
    work = incident(state, 1, ("app", "login"), at=IncidentState.MAINTENANCE, kind=IncidentKind.MAINTENANCE)
    less, more = incident(state, 2, ("app",)), incident(state, 3, ("app", "login"))
    carried_over(state, [stored(state, components=("app", "login"))])
    assert (work.number, less.number, more.number) == (1, 2, 7)


def test_what_is_over_in_the_new_state_becomes_none(state: State) -> None:
    over = incident(state, 1, ("app",), at=IncidentState.RESOLVED)
    over.closed = state.minute - 5
    carried_over(state, [stored(state)])
    assert over.number == 1
    assert [i.number for i in state.incidents if i.is_open] == [7]


@pytest.mark.parametrize("at", [IncidentState.RECOVERING, IncidentState.CONFIRMED])
def test_one_that_recovers_recovers_from_now_on(state: State, at: IncidentState) -> None:
    carried_over(state, [stored(state, state=at, pinned=True)])
    (mine,) = state.incidents
    assert mine.recovering == (state.minute if at == IncidentState.RECOVERING else None)
    assert mine.pinned


@pytest.mark.parametrize(("whole", "left"), [(True, [7]), (False, [2, 7])])
def test_what_a_moderator_merged_into_one_is_not_found_beside_it(state: State, whole: bool, left: list[int]) -> None:
    incident(state, 1, ("app", "login"))
    incident(state, 2, ("login",))
    carried_over(state, [stored(state, components=("app", "login"), whole=whole)])
    assert [i.number for i in state.incidents] == left
