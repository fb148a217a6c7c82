"""The detector as a whole: minutes in, transitions out."""

from __future__ import annotations

import numpy as np
import pytest

from outages.detection.datatypes import Announcement, IncidentState, Minute, Override, ReportKind, Reports, TermKind
from outages.detection.engine import State, StateError, step
from outages.detection.reasons import ReasonCode, reason
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import SERVICE, START, Crowd, Day, joined, reports

WARM = 400
FAULT = ("http-503-maintenance", "http-503-unavailable", "blank-screen")


@pytest.fixture(scope="module")
def warm() -> bytes:
    """A detector that has watched a quiet service for some hours."""
    return Day(Crowd(1), WARM).state.dumps()


@pytest.fixture
def day(warm: bytes) -> Day:
    made = Day(Crowd(2))
    made.state = State.loads(warm)
    return made


def outage(day: Day, minutes: int, rate: float = 8.0, places: tuple[str, ...] = ("DE-BE", "DE-BY")) -> None:
    for _ in range(minutes):
        day.minute(joined([day.crowd.usual(), day.crowd.some(rate, ("app",), places, FAULT)]))


def quiet(day: Day, minutes: int) -> None:
    for _ in range(minutes):
        day.minute(day.crowd.usual())


@pytest.mark.slow
def test_a_quiet_service_has_no_incident(day: Day) -> None:
    quiet(day, 600)
    assert day.told == []


def test_a_crowd_from_many_sides_is_found_confirmed_and_seen_to_end(day: Day) -> None:
    outage(day, 40)
    quiet(day, 90)
    assert day.states() == ["possible", "confirmed", "recovering", "resolved"]
    first, last = day.told[0], day.told[-1]
    assert first.second <= (START + WARM + 6) * 60
    assert last.components == ("app",)
    assert last.countries == ("DE",)
    assert last.symptom in FAULT


def test_every_verdict_carries_its_evidence(day: Day) -> None:
    outage(day, 20)
    for transition in day.told:
        assert transition.reason.rule
        assert 0 <= transition.confidence <= 1
    crowd = next(t for t in day.told[0].terms if t.kind == TermKind.CROWD)
    assert {"minutes", "networks", "origins", "threshold", "ratios", "dispersion"} <= crowd.detail.keys()
    assert crowd.seen is not None
    assert crowd.expected is not None
    assert crowd.seen > crowd.expected


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(lambda n: ("app", "NL-NH", "http-503-maintenance", 0, n), id="one wide network"),
        pytest.param(lambda n: ("app", "NL-NH", "http-503-maintenance", 64500 + n % 3, n), id="three strange systems"),
        pytest.param(lambda n: ("app", "NL-NH", "http-503-maintenance", 100 + n % 3, n), id="three systems known here"),
    ],
)
def test_five_thousand_reports_in_an_hour_from_few_origins_confirm_nothing(day: Day, flood) -> None:  # type: ignore[no-untyped-def]
    number = 10**9
    for _ in range(60):
        rows = []
        for _ in range(84):
            number += 7919
            rows.append(flood(number))
        false = reports(rows, wide=4242)
        day.minute(joined([day.crowd.usual(), false]))
    quiet(day, 120)
    assert "confirmed" not in day.states()


def test_a_flood_of_three_systems_in_a_country_that_hardly_reports_confirms_nothing(day: Day) -> None:
    """There two chance reports are already many times the usual: more must come from others than the three."""
    number = 10**9
    for minute in range(60):
        rows = []
        for _ in range(84):
            number += 7919
            rows.append(("login", "IE-L", "login-failed", 64496 + number % 3, number))
        rows += [("login", "IE-L", "login-failed", 501 + minute, number + 1)] if minute in (10, 30) else []
        day.minute(joined([day.crowd.usual(), reports(rows)]))
    assert "confirmed" not in day.states()


@pytest.mark.slow
def test_a_slow_drip_of_false_reports_over_a_day_confirms_nothing(day: Day) -> None:
    number = 10**9
    for minute in range(1440):
        rows = []
        for _ in range(3 + minute % 2):
            number += 7919
            rows.append(("app", "NL-NH", "http-503-maintenance", 64500 + number % 3, number))
        day.minute(joined([day.crowd.usual(), reports(rows)]))
    assert "confirmed" not in day.states()


def test_every_cut_is_counted(day: Day) -> None:
    outcome = day.minute(reports([("app", "NL-NH", "slow", 64500, n * 7919 + 10**9) for n in range(300)]))
    assert outcome.raw == 300
    assert outcome.effective + sum(outcome.cuts.values()) == pytest.approx(300, abs=1)
    assert outcome.cuts["same-origin"] > 290


def probed(day: Day, minutes: int, answer: int | str, vantages: tuple[str, ...] = ("euw1", "use1")) -> None:
    for _ in range(minutes):
        results = tuple(day.result(f"app-{v}", v, "app", answer) for v in vantages)
        others = tuple(day.result(f"www-{v}", v, "website", 200) for v in ("euw1", "use1"))
        day.minute(day.crowd.usual(), (*results, *others))


def test_probes_from_two_vantages_confirm_without_any_report(day: Day) -> None:
    probed(day, 60, 200)
    probed(day, 5, 503)
    assert day.states() == ["possible", "confirmed"]
    assert day.told[-1].countries == ()
    probed(day, 30, 200)
    assert day.states()[-1] == "resolved"


def test_one_vantage_alone_never_confirms(day: Day) -> None:
    probed(day, 60, 200)
    probed(day, 60, "timeout", ("euw1",))
    assert "confirmed" not in day.states()


@pytest.mark.parametrize("answer", [403, 429])
def test_a_refused_vantage_opens_nothing_and_is_shown_as_blocked(day: Day, answer: int) -> None:
    for _ in range(60):
        outcome = day.minute(
            day.crowd.usual(),
            (day.result("app-eu", "euw1", "app", answer), day.result("www-eu", "euw1", "website", answer)),
        )
    assert day.told == []
    assert outcome.vantages == {"euw1": "blocked"}


def test_a_vantage_cut_off_opens_nothing_and_is_shown_as_blind(day: Day) -> None:
    for minute in range(120):
        answer: int | str = 200 if minute < 30 else "timeout"
        outcome = day.minute(
            day.crowd.usual(),
            (
                day.result("app-eu", "euw1", "app", answer),
                day.result("www-eu", "euw1", "website", answer),
                day.result("control", "euw1", "", answer, control=True),
            ),
        )
    assert day.told == []
    assert outcome.vantages == {"euw1": "blind"}


def test_a_flood_of_working_reports_closes_nothing_while_probes_fail(day: Day) -> None:
    probed(day, 60, 200)
    probed(day, 6, 503)
    for _ in range(60):
        working = day.crowd.some(80)
        working.kind[:] = ReportKind.WORKING
        results = tuple(day.result(f"app-{v}", v, "app", 503) for v in ("euw1", "use1"))
        day.minute(working, results)
    assert day.states() == ["possible", "confirmed"]


def test_it_is_one_incident_when_an_outage_flaps_within_the_hour(day: Day) -> None:
    probed(day, 60, 200)
    for _ in range(3):
        probed(day, 12, 503)
        probed(day, 20, 200)
    assert {t.incident for t in day.told} == {1}
    assert day.states()[-1] == "resolved"


def test_two_unlike_outages_at_once_are_two(day: Day) -> None:
    for _ in range(30):
        app = day.crowd.some(8, ("app",), ("DE-BE", "DE-BY"), FAULT)
        charging = day.crowd.some(8, ("charging",), ("US-CA", "US-TX"), ("charging-failed",))
        day.minute(joined([day.crowd.usual(), app, charging]))
    last = {t.incident: t for t in day.told}
    assert sorted((t.components, t.countries) for t in last.values()) == [
        (("app",), ("DE",)),
        (("charging",), ("US",)),
    ]


def test_a_rise_of_all_parts_in_the_usual_mix_is_no_fault(day: Day) -> None:
    for _ in range(120):
        day.minute(day.crowd.some(5.0))
    assert "confirmed" not in day.states()
    assert len([t for t in day.told if t.from_state is None]) == 0


def said(day: Day, text: str) -> tuple[Announcement, ...]:
    return (Announcement((day.state.minute + 1) * 60.0, "x", "Tesla", text, f"https://x.example/{text[:9]}"),)


def test_official_word_beside_other_evidence_confirms(day: Day) -> None:
    for minute in range(6):
        more = day.crowd.some(3, ("app",), ("DE-BE", "DE-BY"), FAULT)
        words = said(day, "We are investigating an outage of the Tesla app") if minute == 3 else ()
        day.minute(joined([day.crowd.usual(), more]), announcements=words)
    assert "confirmed" in day.states()
    assert any(term.kind == TermKind.OFFICIAL for t in day.told for term in t.terms)


def test_a_moderators_decision_is_carried_out_and_told(day: Day) -> None:
    outage(day, 12)
    number = day.told[0].incident
    day.minute(overrides=(Override(number, IncidentState.DISMISSED, "a test of ours"),))
    assert day.told[-1].to_state == IncidentState.DISMISSED
    assert day.told[-1].reason == reason(ReasonCode.MODERATOR_DISMISSED, why="a test of ours")


def test_a_minute_is_never_stepped_twice(day: Day) -> None:
    with pytest.raises(ValueError, match="not after"):
        step(day.state, Minute(day.state.minute), service=SERVICE)


def test_a_stored_state_goes_on_exactly_as_the_one_in_memory(warm: bytes) -> None:
    def run(store_each: int) -> tuple[list[object], bytes]:
        day = Day(Crowd(4))
        day.state = State.loads(warm)
        for minute in range(45):
            more = day.crowd.some(6, ("app",), ("DE-BE", "DE-BY"), FAULT) if minute > 10 else Reports()
            results = (day.result("app-eu", "euw1", "app", 503 if minute > 12 else 200),)
            words = said(day, "We are investigating an outage of the Tesla app") if minute == 20 else ()
            day.minute(joined([day.crowd.usual(), more]), results, words)
            if store_each and minute % store_each == 0:
                day.state = State.loads(day.state.dumps())
        return list(day.outcomes), day.state.dumps()

    kept, stored = run(0), run(1)
    assert kept[0] == stored[0]
    assert kept[1] == stored[1]


@pytest.mark.parametrize("stored", [b"", b"\x00abc", b"\x01abc", b"\x01" + b"x" * 40])
def test_bytes_that_are_no_state_are_refused(stored: bytes) -> None:
    with pytest.raises(StateError):
        State.loads(stored)


def test_skipped_minutes_are_unobserved_and_not_quiet(warm: bytes) -> None:
    day = Day(Crowd(5))
    day.state = State.loads(warm)
    before = day.state.baseline.levels(DEFAULT).sum()
    day.state, _ = step(day.state, Minute(day.state.minute + 600), service=SERVICE)
    assert day.state.baseline.levels(DEFAULT).sum() == pytest.approx(before, rel=0.02)


def test_places_and_components_may_appear_at_any_time(day: Day) -> None:
    outcome = day.minute(
        reports([("novel", "JP-13", "odd", 1, 1), ("app", "", "slow", 2, 2), ("app", "FR", "slow", 3, 3)])
    )
    assert {(c.component, c.place, c.raw) for c in outcome.cells} == {
        ("novel", "JP-13", 1),
        ("app", "", 1),
        ("app", "FR", 1),
    }
    assert outcome.expected_by_component["novel"] > 0


def test_a_cell_tells_its_three_smallest_networks(day: Day) -> None:
    taken = reports([("app", "NL-NH", "slow", n + 1, n) for n in (8, 3, 5, 1, 9)])
    cell = day.minute(taken).cells[0]
    assert cell.networks == tuple(sorted(taken.network.tolist())[:3])


def test_the_state_stays_small_in_a_flood(day: Day) -> None:
    rows = [("app", "DE-BE", "slow", n % 40 + 1, n * 7919) for n in range(20_000)]
    for _ in range(5):
        flood = reports(rows)
        flood.reporter[:] = np.arange(20_000) + day.state.minute * 20_000
        flood.network[:] = np.arange(20_000) + day.state.minute * 20_000
        day.minute(flood)
    assert len(day.state.dumps()) < 5_000_000
