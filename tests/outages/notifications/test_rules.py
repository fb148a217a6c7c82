"""Which event is worth which notice to whom: tables by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.notifications.rules import (
    NotificationKind,
    Scope,
    SubscriptionFilter,
    Told,
    concerns,
    is_material,
    kind_of,
    outage_number,
    was_confirmed,
)

EVERYWHERE = Scope(frozenset({"app"}))
DUTCH = Scope(frozenset({"app"}), frozenset({"NL"}))
NORTH_HOLLAND = Scope(frozenset({"app"}), frozenset({"NL"}), frozenset({"NL-NH"}))

LIFE = ["possible", "confirmed", "recovering", "resolved"]


def told(events, wish, scope=EVERYWHERE):
    """The notices of a series of states, each remembered as told."""
    kinds, last, found, moves = frozenset(), None, [], []
    for from_state, to in zip(["", *events], events, strict=False):
        moves.append((from_state, to))
        kind = kind_of(to, scope, wish, Told(kinds, kinds, last), confirmed=was_confirmed(moves))
        if kind is not None:
            kinds, last = kinds | {kind}, scope
            found.append(kind.value)
    return found


@pytest.mark.parametrize(
    ("from_state", "events", "expected"),
    [
        ("possible", LIFE, ["opened", "confirmed", "resolved"]),
        ("confirmed", LIFE, ["confirmed", "resolved"]),
        ("resolved", LIFE, ["resolved"]),
        ("possible", ["possible", "dismissed"], ["opened", "resolved"]),
        ("confirmed", ["possible", "dismissed"], []),
        ("resolved", ["possible", "dismissed"], []),
        ("possible", ["confirmed", "resolved"], ["confirmed", "resolved"]),
        ("possible", ["possible", "possible", "possible", "confirmed", "confirmed"], ["opened", "confirmed"]),
        ("confirmed", ["confirmed", "recovering", "confirmed", "recovering", "resolved"], ["confirmed", "resolved"]),
        ("possible", ["possible", "merged"], ["opened", "resolved"]),
        ("confirmed", ["possible", "merged"], []),
        ("possible", ["maintenance", "maintenance", "recovering", "resolved"], ["maintenance"]),
        ("confirmed", ["maintenance", "resolved"], ["maintenance"]),
        ("resolved", ["maintenance", "resolved"], []),
        ("confirmed", ["maintenance", "confirmed", "resolved"], ["maintenance", "confirmed", "resolved"]),
    ],
)
def test_an_outage_is_told_from_the_chosen_state_on(from_state, events, expected):
    assert told(events, SubscriptionFilter(from_state)) == expected


def test_who_subscribes_in_the_midst_of_an_outage_hears_of_its_end():
    assert kind_of("resolved", EVERYWHERE, SubscriptionFilter(), Told(), confirmed=True) == NotificationKind.RESOLVED
    assert kind_of("resolved", EVERYWHERE, SubscriptionFilter(), Told(), confirmed=False) is None


def test_who_was_told_hears_of_the_end_even_where_the_scope_was_corrected_away():
    before = Told(frozenset({"confirmed"}), frozenset({"confirmed"}), DUTCH)
    german = SubscriptionFilter(country="DE")
    assert kind_of("resolved", DUTCH, german, before, confirmed=True) == NotificationKind.RESOLVED
    assert kind_of("resolved", DUTCH, german, Told(), confirmed=True) is None


def test_who_is_touched_only_later_is_told_then():
    german = SubscriptionFilter(country="DE")
    assert kind_of("confirmed", DUTCH, german, Told(), confirmed=True) is None
    wider = Scope(DUTCH.components, frozenset({"NL", "DE"}))
    assert kind_of("confirmed", wider, german, Told(), confirmed=True) == NotificationKind.CONFIRMED


def test_growth_is_told_once():
    confirmed = Told(frozenset({"confirmed"}), frozenset({"confirmed"}), DUTCH)
    assert kind_of("confirmed", EVERYWHERE, SubscriptionFilter(), confirmed, confirmed=True) == NotificationKind.CHANGED
    changed = Told(frozenset({"confirmed", "changed"}), frozenset(), DUTCH)
    assert kind_of("confirmed", EVERYWHERE, SubscriptionFilter(), changed, confirmed=True) is None


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (DUTCH, DUTCH, False),
        (DUTCH, EVERYWHERE, True),
        (EVERYWHERE, DUTCH, False),
        (NORTH_HOLLAND, DUTCH, False),
        (DUTCH, Scope(DUTCH.components, frozenset({"NL", "DE"})), True),
        (
            Scope(DUTCH.components, frozenset({"NL", "DE", "FR"})),
            Scope(DUTCH.components, frozenset({"NL", "DE", "FR", "BE"})),
            False,
        ),
        (DUTCH, Scope(frozenset({"app", "login"}), frozenset({"NL"})), True),
        (Scope(frozenset({"app", "login"})), EVERYWHERE, False),
    ],
)
def test_growth_is_another_part_everywhere_or_twice_the_countries(before, now, expected):
    assert is_material(before, now) is expected


@pytest.mark.parametrize(
    ("scope", "wish", "expected"),
    [
        (EVERYWHERE, SubscriptionFilter(), True),
        (EVERYWHERE, SubscriptionFilter(region="DE-BY"), True),
        (EVERYWHERE, SubscriptionFilter(component="login"), False),
        (DUTCH, SubscriptionFilter(country="NL"), True),
        (DUTCH, SubscriptionFilter(country="DE"), False),
        (DUTCH, SubscriptionFilter(country="NL", region="NL-ZH"), True),  # the whole country
        (NORTH_HOLLAND, SubscriptionFilter(country="NL", region="NL-ZH"), False),
        (NORTH_HOLLAND, SubscriptionFilter(country="NL", region="NL-NH"), True),
        (NORTH_HOLLAND, SubscriptionFilter(country="NL"), True),
        (Scope(frozenset(), frozenset(), frozenset({"NL-NH"})), SubscriptionFilter(country="NL"), True),
        (Scope(), SubscriptionFilter(component="login"), True),
    ],
)
def test_what_was_chosen_is_touched_or_not(scope, wish, expected):
    assert concerns(scope, wish) is expected


def test_what_comes_back_after_its_end_is_a_new_outage():
    moves = [("", "possible"), ("possible", "confirmed"), ("confirmed", "resolved")]
    assert (outage_number(moves), was_confirmed(moves)) == (1, True)
    back = [*moves, ("resolved", "confirmed")]
    assert (outage_number(back), was_confirmed(back)) == (2, True)
    assert not was_confirmed([("", "possible"), ("possible", "dismissed"), ("dismissed", "possible")])


STATES = ["possible", "confirmed", "recovering", "resolved", "dismissed", "maintenance", "merged"]


@given(st.lists(st.sampled_from(STATES), max_size=30), st.sampled_from(["possible", "confirmed", "resolved"]))
def test_no_series_of_events_tells_a_kind_twice_or_begins_after_the_end(events, from_state):
    found = told(events, SubscriptionFilter(from_state))
    assert len(found) == len(set(found))
    if from_state != "possible":
        assert "opened" not in found
    if from_state == "resolved":
        assert set(found) <= {"resolved"}
