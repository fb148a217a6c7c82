"""What looks like an outage and is none, and what looks like its end and is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from outages.detection.datatypes import Announcement, Cause, IncidentState, Minute, Neighbour, ProbeResult
from outages.detection.engine import State, step
from outages.detection.evidence.crowd import interest_of
from outages.detection.reasons import ReasonCode
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import COMPONENTS, PLACES, SERVICE, START, Crowd, Day, joined, reports

WARM = 400
FAULT = ("http-503-maintenance", "http-503-unavailable", "blank-screen")
USUAL = ("slow", "timeout", "other", "stale-data")


@pytest.fixture(scope="module")
def warm() -> bytes:
    """A detector that has watched a quiet service for some hours."""
    return Day(Crowd(1), WARM).state.dumps()


@pytest.fixture
def day(warm: bytes) -> Day:
    made = Day(Crowd(2))
    made.state = State.loads(warm)
    return made


def probed(day: Day, **answers: int | str) -> tuple[ProbeResult, ...]:
    """A minute's results of the app's probe from each vantage."""
    return tuple(day.result(f"app-{vantage}", vantage, "app", answer) for vantage, answer in answers.items())


def crowd(
    day: Day, minutes: int, *, places: tuple[str, ...] = PLACES, symptoms: tuple[str, ...] = FAULT, rate: float = 8.0,
    parts: tuple[str, ...] = ("app",), **answers: int | str,
) -> None:  # fmt: skip
    """Reports from many sides for a while, beside the usual ones and what the probes of the app get."""
    for _ in range(minutes):
        taken = joined([day.crowd.usual(), day.crowd.some(rate, parts, places, symptoms)])
        day.minute(taken, probed(day, **answers))


def quiet(day: Day, minutes: int, **answers: int | str) -> None:
    for _ in range(minutes):
        day.minute(day.crowd.usual(), probed(day, **answers))


@pytest.mark.parametrize(
    ("failures", "is_sure"), [(({"paris"},), False), (({"paris"}, {"paris"}), True), (({"paris", "dallas"},), True)]
)
def test_one_failure_of_a_probe_does_not_make_a_crowd_sure_while_others_answer(
    day: Day, failures: tuple[set[str], ...], is_sure: bool
) -> None:
    quiet(day, 5, paris=200, dallas=200, oslo=200)
    day.state.watch.errors = {"timeout": 30.0}  # what single failures said so far: a 503 is news
    crowd(day, 10, paris=200, dallas=200, oslo=200)
    for failing in failures:
        crowd(day, 1, **{name: 503 if name in failing else 200 for name in ("paris", "dallas", "oslo")})
    crowd(day, 10, paris=200, dallas=200, oslo=200)
    assert ("confirmed" in day.states()) == is_sure


def test_single_failures_of_two_vantages_at_two_times_do_not_make_a_crowd_sure(day: Day) -> None:
    quiet(day, 5, paris=200, dallas=200)
    quiet(day, 1, paris="timeout", dallas=200)
    quiet(day, 5, paris=200, dallas=200)
    crowd(day, 4, paris=200, dallas=200)
    crowd(day, 1, paris=200, dallas="timeout")
    crowd(day, 15, paris=200, dallas=200)
    assert "confirmed" not in day.states()


def test_a_general_rise_may_be_curiosity_until_a_probe_fails_twice(day: Day) -> None:
    quiet(day, 5, paris=200, dallas=200)
    day.state.watch.errors = {"timeout": 30.0}
    everywhere = np.ones(len(day.state.zones.places), dtype=bool)
    crowd(day, 10, rate=6.5, parts=COMPONENTS, symptoms=USUAL, paris=200, dallas=200)
    for failures in (1, 2):
        crowd(day, 1, rate=6.5, parts=COMPONENTS, symptoms=USUAL, paris=503, dallas=200)
        interest = interest_of(day.state, everywhere, day.state.minute - 9, DEFAULT)
        assert (interest > 1.5) == (failures == 1), interest


@pytest.mark.parametrize(("rate", "may_be_curiosity"), [(6.5, True), (60.0, False)])
def test_a_rise_beyond_all_curiosity_is_none_though_its_mix_is_the_usual_one(
    day: Day, rate: float, may_be_curiosity: bool
) -> None:
    quiet(day, 5)
    crowd(day, 4, rate=rate, parts=COMPONENTS, symptoms=USUAL)
    everywhere = np.ones(len(day.state.zones.places), dtype=bool)
    interest = interest_of(day.state, everywhere, day.state.minute - 3, DEFAULT)
    assert (interest > 1) == may_be_curiosity, interest


@pytest.mark.parametrize(
    ("answers", "may_be_curiosity"),
    [(("timeout", 200, 200, 200, "timeout"), True), (("timeout", "timeout", "timeout"), False)],
)
def test_two_flukes_of_one_probe_fall_into_some_hour_of_curiosity(
    day: Day, answers: tuple[int | str, ...], may_be_curiosity: bool
) -> None:
    quiet(day, 5, paris=200, dallas=200)
    day.state.watch.errors = {"timeout": 100.0}
    crowd(day, 5, rate=6.5, parts=COMPONENTS, symptoms=USUAL, paris=200, dallas=200)
    for answer in answers:
        crowd(day, 1, rate=6.5, parts=COMPONENTS, symptoms=USUAL, paris=answer, dallas=200)
    everywhere = np.ones(len(day.state.zones.places), dtype=bool)
    interest = interest_of(day.state, everywhere, day.state.minute - 9, DEFAULT)
    assert (interest > 1.2) == may_be_curiosity, interest


def test_a_crowd_from_everywhere_is_possible_at_most_while_probes_answer_that_would_see_it(day: Day) -> None:
    quiet(day, 5, paris=200, dallas=200)
    crowd(day, 30, paris=200, dallas=200)
    assert "confirmed" not in day.states()
    assert max(t.confidence for t in day.told) <= DEFAULT.contradicted_most
    quiet(day, 90, paris=200, dallas=200)
    assert day.states()[-1] == "dismissed"


def test_a_crowd_in_one_country_is_confirmed_though_the_worlds_probes_answer(day: Day) -> None:
    quiet(day, 5, paris=200, dallas=200)
    crowd(day, 15, places=("DE-BE", "DE-BY"), paris=200, dallas=200)
    assert "confirmed" in day.states()
    assert day.told[-1].countries == ("DE",)


def test_a_crowd_is_confirmed_though_probes_answer_that_the_catalogue_calls_blind_to_such_faults(day: Day) -> None:
    service = replace(SERVICE, unseen=frozenset({"app"}))
    states = []
    for number in range(20):
        taken = joined([day.crowd.usual(), day.crowd.some(8.0 if number >= 5 else 0.0, ("app",), PLACES, FAULT)])
        minute = Minute(day.state.minute + 1, taken, probed(day, paris=200, dallas=200))
        day.state, outcome = step(day.state, minute, service=service)
        states += [t.to_state for t in outcome.transitions]
    assert IncidentState.CONFIRMED in states


def test_everything_at_once_is_confirmed_for_all_components_against_the_learnt_usual(day: Day) -> None:
    crowd(day, 10, rate=20.0, parts=COMPONENTS, symptoms=(*USUAL, *FAULT))
    assert "confirmed" in day.states()
    assert day.told[-1].components == tuple(sorted(COMPONENTS))
    usual = [term.expected for t in day.told for term in t.terms if term.expected is not None]
    assert max(usual) < 3 * day.crowd.per_minute * 10


def test_a_general_rise_in_the_usual_mix_confirms_nothing(day: Day) -> None:
    crowd(day, 60, rate=3 * day.crowd.per_minute, parts=COMPONENTS, symptoms=USUAL)
    assert "confirmed" not in day.states()


@pytest.mark.parametrize(
    ("failing", "before", "few", "is_open"),
    [
        ({"paris", "dallas"}, set(), 4, True),
        ({"paris", "dallas"}, set(), 0, False),  # two flukes at once, once in a month or two
        ({"paris"}, set(), 4, False),
        ({"dallas"}, {"paris"}, 4, False),  # … or one after the other
    ],
)
def test_two_vantages_that_begin_to_fail_as_reports_rise_need_no_second_failure(
    day: Day, failing: set[str], before: set[str], few: int, is_open: bool
) -> None:
    quiet(day, 5, paris=200, dallas=200)
    day.state.watch.errors = {"timeout": 30.0}
    quiet(day, 1, **{name: "timeout" if name in before else 200 for name in ("paris", "dallas")})
    for _ in range(4):
        day.minute(probes=probed(day, paris=200, dallas=200))
    rows = [("app", PLACES[n % 6], "slow", 101 + n % 3, 7919 * (n + 1)) for n in range(few)]
    taken = reports(rows) if rows else None
    day.minute(taken, probed(day, **{n: "timeout" if n in failing else 200 for n in ("paris", "dallas")}))
    assert ("possible" in day.states()) == is_open


def test_one_vantage_and_a_fluke_of_another_are_no_quorum_and_the_flukes_place_does_not_stay(day: Day) -> None:
    quiet(day, 5, paris=200, dallas=200)
    quiet(day, 12, paris=503, dallas=200)
    quiet(day, 6, paris=200, dallas=200)
    quiet(day, 1, paris=200, dallas=502)
    quiet(day, 60, paris=200, dallas=200)
    assert "confirmed" not in day.states()
    assert day.states()[-1] == "resolved"


def test_two_vantages_that_both_go_on_failing_are_a_quorum(day: Day) -> None:
    quiet(day, 5, paris=200, dallas=200)
    quiet(day, 4, paris=503, dallas=503)
    assert "confirmed" in day.states()


def test_vantages_that_begin_to_fail_together_are_a_quorum_by_their_first_failures(day: Day) -> None:
    day.state.watch.errors = {"timeout": 100.0}  # what flukes say, so that a 503 is none of them
    quiet(day, 5, paris=200, dallas=200, tokyo=200)
    quiet(day, 1, paris=503, dallas=503, tokyo=503)
    quiet(day, 1, paris=200, dallas=200, tokyo=200)
    assert day.states() == ["possible", "confirmed"]


@pytest.mark.parametrize("apart", [DEFAULT.together_minutes + 1, 12])
def test_a_fluke_that_falls_into_the_failures_of_one_vantage_is_no_quorum(day: Day, apart: int) -> None:
    day.state.watch.errors = {"timeout": 100.0}
    quiet(day, 5, paris=200, dallas=200)
    quiet(day, apart, paris=503, dallas=200)
    quiet(day, 1, paris=503, dallas=503)
    quiet(day, 10, paris=503, dallas=200)
    assert "confirmed" not in day.states()


def test_a_possible_incident_of_a_probe_ends_soon_after_it_is_well(day: Day) -> None:
    quiet(day, 5, paris=200)
    quiet(day, 20, paris=503)
    quiet(day, 20, paris=200)
    assert day.states() == ["possible", "resolved"]


@pytest.mark.parametrize(
    ("failures", "is_on_again"), [(({"paris"},), False), (({"paris"}, {"paris"}), True), (({"paris", "dallas"},), True)]
)
def test_a_fluke_after_an_end_is_no_relapse(day: Day, failures: tuple[set[str], ...], is_on_again: bool) -> None:
    quiet(day, 5, paris=200, dallas=200)
    crowd(day, 15, paris=503, dallas=503)
    for _ in range(15):
        if day.states()[-1] == "recovering":
            break
        quiet(day, 1, paris=200, dallas=200)
    assert day.states() == ["possible", "confirmed", "recovering"]
    for failing in failures:
        quiet(day, 1, **{name: 503 if name in failing else 200 for name in ("paris", "dallas")})
    assert day.states()[3:] == (["confirmed"] if is_on_again else [])


@pytest.mark.parametrize(("answer", "states"), [(200, ["possible", "resolved"]), (503, ["confirmed"])])
def test_a_late_batch_of_reports_makes_nothing_sure_again_while_probes_answer(
    day: Day, answer: int, states: list[str]
) -> None:
    """Phones that were without a connection send what they kept a quarter of an hour after the end."""
    quiet(day, 5, paris=200, dallas=200)
    crowd(day, 40, paris=503, dallas=503)
    quiet(day, 18, paris=200, dallas=200)
    assert day.states() == ["possible", "confirmed", "recovering", "resolved"]
    crowd(day, 1, rate=150.0, paris=answer, dallas=answer)
    for _ in range(15):
        quiet(day, 1, paris=answer, dallas=answer)
    assert day.states()[4:] == states
    assert {t.incident for t in day.told} == {1}


def test_what_comes_and_goes_ends_at_each_return_and_is_no_dismissal(day: Day) -> None:
    """A probe fails three times in a row, every hour: what it failed at each return counts as at the first."""
    for _ in range(3):
        quiet(day, 3, paris=503, dallas=200)
        quiet(day, 57, paris=200, dallas=200)
    changed = [t for t in day.told if t.from_state != t.to_state]
    assert [t.reason.code for t in changed if t.to_state == "resolved"] == [ReasonCode.PROBES_STAY_UP] * 3, changed
    assert len(changed) == 6, changed
    (incident,) = day.state.incidents
    assert incident.probe_failures == 9


@pytest.mark.parametrize(("again", "ends"), [(0.0, 1), (8.0, 2)])
def test_what_people_go_on_reporting_for_hours_after_an_end_opens_nothing_and_a_rise_does(
    day: Day, again: float, ends: int
) -> None:
    quiet(day, 5, paris=200, dallas=200)
    crowd(day, 25, paris=503, dallas=503)
    for minute in range(180):
        rate = 8.0 * 0.5 ** (minute / 40) + (again if 100 <= minute < 120 else 0.0)
        crowd(day, 1, rate=rate, paris=200, dallas=200)
    assert day.states().count("resolved") == ends, day.states()
    assert {t.incident for t in day.told} == {1}


def test_an_outage_ends_by_reports_when_its_only_vantage_is_refused(day: Day) -> None:
    quiet(day, 5, paris=200)
    crowd(day, 30, paris=503)
    assert "confirmed" in day.states()
    quiet(day, 40, paris=403)
    assert day.states()[-1] == "resolved"


def said(day: Day, text: str) -> Announcement:
    at = (day.state.minute + 1) * 60.0
    return Announcement(at, "x", "Tesla", text, f"https://x.example/{at}")


def test_a_post_opens_one_incident_and_is_spent_with_it(day: Day) -> None:
    day.minute(day.crowd.usual(), announcements=(said(day, "We are investigating a Tesla app outage"),))
    crowd(day, 40)
    quiet(day, 200)
    assert [t.to_state for t in day.told if t.from_state is None] == [IncidentState.POSSIBLE]
    assert day.states()[-1] == "resolved"


@pytest.mark.slow
def test_what_only_the_maker_says_is_stale_after_a_stated_time(day: Day) -> None:
    day.minute(day.crowd.usual(), announcements=(said(day, "We are investigating a Tesla app outage"),))
    quiet(day, 60 * DEFAULT.word_hours + 5)
    assert day.states() == ["possible", "confirmed", "resolved"]
    assert day.told[-1].reason.code == ReasonCode.WORD_STALE
    assert day.told[-1].second == (START + WARM + 60 * DEFAULT.word_hours + 1) * 60
    assert {(t.countries, t.regions) for t in day.told} == {((), ())}


def test_reports_have_doubled_is_told_when_they_have(day: Day) -> None:
    crowd(day, 60)
    grown = [t for t in day.told if t.reason.code == ReasonCode.REPORTS_DOUBLED and t.from_state is not None]
    seen = [term.seen or 0.0 for t in grown for term in t.terms if term.name == "negative-binomial-cusum"]
    assert all(after >= DEFAULT.told_growth * before for before, after in pairwise(seen))


@pytest.mark.slow
def test_six_reports_in_half_an_hour_are_seen_where_one_in_three_hours_is_usual() -> None:
    day = Day(Crowd(3, per_minute=1 / 180))
    for _ in range(4 * 1440):
        day.minute(day.crowd.usual())
    for minute in range(30):
        day.minute(day.crowd.some(1.0 if minute % 5 == 0 else 0.0, ("app",), PLACES, USUAL))
    assert len(day.told) >= 1


def test_a_bystander_says_whose_fault_it_seems_to_be_and_is_not_confirmed(day: Day) -> None:
    failing = Neighbour("carrier", day.state.minute - 5, True, 200.0, is_declared=True)
    for _ in range(20):
        day.minute(joined([day.crowd.usual(), day.crowd.some(8.0, ("app",), PLACES, FAULT)]), neighbours=(failing,))
    assert "confirmed" not in day.states()
    found = day.told[-1].attribution
    assert found is not None
    assert (found.cause, found.reason, found.service) == (Cause.EXTERNAL, "bystander", "carrier")


def test_an_unrelated_outage_of_before_is_no_cause(day: Day) -> None:
    other = Neighbour("bank", day.state.minute - 90, True, 200.0)
    for _ in range(20):
        day.minute(joined([day.crowd.usual(), day.crowd.some(8.0, ("app",), PLACES, FAULT)]), neighbours=(other,))
    assert "confirmed" in day.states()
    found = day.told[-1].attribution
    assert found is not None
    assert (found.cause, found.service) == (Cause.INTERNAL, "")
