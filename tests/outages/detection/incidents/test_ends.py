"""What ends an incident and what does not, each rule at its own threshold: tables by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from outages.detection.datatypes import Attribution, Cause, IncidentState, ReportKind
from outages.detection.estimators.weighting import ROW
from outages.detection.incidents.recovery import Recovery, recovery_of
from outages.detection.state import Incident, State, Statement
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.incidents.test_rules import BROAD, GONE, WELL, incident, moved, recovery, verdict
from tests.outages.detection.minutes import Crowd, Day, reports

CONFIRMED, RECOVERING, POSSIBLE = IncidentState.CONFIRMED, IncidentState.RECOVERING, IncidentState.POSSIBLE
MIN_NATS = DEFAULT.recover_crowd_nats
STILL = {"confirmed": 721, "last_evidence": 720 + 29}


@pytest.mark.parametrize(
    ("minutes", "to"),
    [
        (DEFAULT.recover_after - 1, None),
        (DEFAULT.recover_after, "recovering"),
        (DEFAULT.resolve_after - 1, "recovering"),
        (DEFAULT.resolve_after, "resolved"),
    ],
)
def test_nothing_recovers_or_ends_in_the_first_minutes(minutes: int, to: str | None) -> None:
    move = moved(incident(CONFIRMED, **STILL), WELL, minutes)
    assert (move and move[0]) == to


@pytest.mark.parametrize(
    ("nats", "minutes", "is_said", "to"),
    [
        (DEFAULT.recover_probe_nats, DEFAULT.said_minutes, True, "resolved"),
        (DEFAULT.recover_probe_nats - 0.1, DEFAULT.said_minutes, True, None),
        (DEFAULT.recover_probe_nats, DEFAULT.said_minutes - 1, True, "recovering"),
        (DEFAULT.recover_probe_nats, DEFAULT.resolve_minutes, False, "recovering"),
        (DEFAULT.resolve_probe_nats, DEFAULT.said_minutes, False, "recovering"),
    ],
)
def test_fewer_good_probes_are_enough_beside_the_makers_resolved(
    nats: float, minutes: int, is_said: bool, to: str | None
) -> None:
    move = moved(incident(CONFIRMED, **STILL), recovery(nats, minutes, resolved=is_said))
    assert (move and move[0]) == to


@pytest.mark.parametrize(
    ("nats", "is_said", "working", "is_over"),
    [
        (DEFAULT.resolve_crowd_nats, False, None, True),
        (DEFAULT.resolve_crowd_nats - 0.1, False, None, False),
        (MIN_NATS, True, None, True),
        (MIN_NATS - 0.1, True, None, False),
        (DEFAULT.resolve_crowd_nats * DEFAULT.working_relief, False, DEFAULT.working_share, True),
        (DEFAULT.resolve_crowd_nats * DEFAULT.working_relief - 0.1, False, DEFAULT.working_share, False),
        (DEFAULT.resolve_crowd_nats * DEFAULT.working_relief, False, DEFAULT.working_share - 0.01, False),
        (MIN_NATS * DEFAULT.working_relief, True, 1.0, True),
        (0.0, False, 1.0, False),  # answers of "works again" never suffice
    ],
)
def test_silence_ends_what_recovers_sooner_beside_other_good_news(
    nats: float, is_said: bool, working: float | None, is_over: bool
) -> None:
    end = replace(recovery(crowd_nats=nats, resolved=is_said), working_share=working)
    assert (moved(incident(RECOVERING, **STILL), end) == ("resolved", "reports-stopped")) is is_over


def test_a_confirmed_incident_recovers_before_silence_ends_it() -> None:
    assert moved(incident(CONFIRMED, **STILL), GONE) == ("recovering", "reports-fall")


@pytest.mark.parametrize(("minutes", "is_over"), [(DEFAULT.quiet_minutes - 1, False), (DEFAULT.quiet_minutes, True)])
def test_so_long_without_a_sign_ends_what_no_probe_watches(minutes: int, is_over: bool) -> None:
    quiet = incident(CONFIRMED, confirmed=721)
    assert (moved(quiet, recovery(falling=False), minutes) == ("resolved", "reports-stopped")) is is_over
    watched = recovery(0.0, falling=False)  # a probe that was bad a moment ago
    assert moved(quiet, watched, minutes) is None


def test_the_makers_resolved_lets_nothing_recover_while_reports_do_not_fall() -> None:
    assert moved(incident(CONFIRMED, **STILL), recovery(resolved=True, falling=False)) is None


def test_reports_bring_nothing_back_while_probes_answer() -> None:
    rising = recovery(crowd_nats=DEFAULT.again_crowd_nats - 0.1, falling=False)
    assert moved(incident(RECOVERING, **STILL), rising) == ("confirmed", "reports-again")
    assert moved(incident(RECOVERING, **STILL), replace(rising, probe_nats=1.0)) is None
    assert moved(incident(RECOVERING, **STILL), replace(rising, crowd_nats=DEFAULT.again_crowd_nats)) is None


def test_announced_work_that_fails_again_is_announced_work() -> None:
    work = incident(RECOVERING, kind="maintenance", **STILL)
    assert moved(work, replace(GONE, failing_again=True, failing_now=True)) == ("maintenance", "failing-again")


def test_announced_work_rests_on_its_plan_and_not_on_a_word_that_grows_stale() -> None:
    work = incident(IncidentState.MAINTENANCE, kind="maintenance", rests_on_word=True, **STILL)
    assert moved(work, recovery(), 30) is None


def test_a_crowd_that_may_mean_another_service_leaves_an_incident_possible() -> None:
    one = incident(POSSIBLE, last_evidence=749)
    assert moved(one, recovery(), of=verdict(BROAD)) == ("confirmed", "broad-crowd")
    one.attribution = Attribution(Cause.EXTERNAL, "bystander", "carrier")
    assert moved(one, recovery(), of=verdict(BROAD)) is None


@pytest.fixture(scope="module")
def warm() -> bytes:
    return Day(Crowd(21), 130).state.dumps()


@pytest.fixture
def day(warm: bytes) -> Day:
    made = Day(Crowd(3))
    made.state = State.loads(warm)
    return made


def open_one(state: State, components: Sequence[str] = ("app",), ago: int = 60) -> Incident:
    none = np.zeros(state.rates.shape, dtype=np.float32)
    since = state.minute - ago
    made = Incident(1, "confirmed", "outage", tuple(components), (), (), "", since, since, none, none.copy())
    made.confirmed = since
    return made  # not in the state: no step carries it


def ended(state: State, one: Incident) -> Recovery:
    return recovery_of(state, one, np.ones(len(state.zones.places), dtype=bool), DEFAULT)


def said(minute: int, components: Sequence[str] = ("app",), **values: object) -> Statement:
    given = {"stage": "resolved", "official": True, "window": None, "url": "", "author": "", "source": "", "text": ""}
    return Statement(minute=minute, components=tuple(components), **{**given, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ago", "components", "values", "counts"),
    [
        (0, ("app",), {}, True),
        (0, (), {}, True),  # of none in particular
        (0, ("login",), {}, False),
        (0, ("app",), {"official": False}, False),
        (0, ("app",), {"planned": True}, False),  # the end of the work is not that of the fault
        (0, ("app",), {"stage": "identified"}, False),
        (DEFAULT.said_lately, ("app",), {}, True),
        (DEFAULT.said_lately + 1, ("app",), {}, False),
    ],
)
def test_the_makers_resolved_counts_lately_and_of_what_it_speaks_of(
    day: Day, ago: int, components: tuple[str, ...], values: dict[str, object], counts: bool
) -> None:
    day.state.statements = [said(day.state.minute - ago, components, **values)]
    assert ended(day.state, open_one(day.state)).said_resolved is counts


@pytest.mark.parametrize(("ago", "counts"), [(20, True), (21, False)])
def test_what_was_said_before_an_incident_opened_does_not_end_it(day: Day, ago: int, counts: bool) -> None:
    day.state.statements = [said(day.state.minute - ago)]
    assert ended(day.state, open_one(day.state, ago=20)).said_resolved is counts


@pytest.mark.parametrize(("is_open", "counts"), [(True, False), (False, True)])
def test_an_all_clear_of_another_component_ends_a_word_of_which_nothing_is_left(
    day: Day, is_open: bool, counts: bool
) -> None:
    one = open_one(day.state)
    one.rests_on_word = True
    word = [said(day.state.minute - 5, ("app",), stage="investigating")] if is_open else []
    day.state.statements = [*word, said(day.state.minute, ("login",))]
    assert ended(day.state, one).said_resolved is counts


def probed(day: Day, answers: dict[tuple[str, str], int | str], times: int = 1) -> None:
    for _ in range(times):
        day.minute(probes=tuple(day.result(p, v, "app", answer) for (p, v), answer in answers.items()))


A, B, SAME = ("a", "paris"), ("a", "oslo"), ("b", "paris")


def seen_by(day: Day, *probes: tuple[str, str]) -> Incident:
    """An incident of the app that these probes saw fail three times out of three."""
    probed(day, dict.fromkeys(probes, 503), 3)
    one = open_one(day.state, ago=3)
    one.seen_tracks = [f"{probe}\n{vantage}" for probe, vantage in probes]
    one.probe_failures = one.probe_results = 3 * len(probes)
    return one


@pytest.mark.parametrize(
    ("probes", "fails", "is_again"),
    [
        ((A,), 1, False),  # a fluke
        ((A,), 2, True),
        ((A, B), 1, True),  # two vantages at once are none
        ((A, SAME), 1, False),  # of one vantage it may be its own network
    ],
)
def test_a_fluke_after_an_end_is_no_relapse(
    day: Day, probes: tuple[tuple[str, str], ...], fails: int, is_again: bool
) -> None:
    one = seen_by(day, *probes)
    probed(day, dict.fromkeys(probes, 200), 2)
    probed(day, dict.fromkeys(probes, 503), fails)
    found = ended(day.state, one)
    assert found.failing_now
    assert found.failing_again is is_again


def test_all_probes_that_see_must_answer_and_the_last_failure_counts(day: Day) -> None:
    one = seen_by(day, A, B)
    probed(day, {A: 200, B: 503}, 6)
    assert ended(day.state, one).probe_nats == 0.0
    assert ended(day.state, one).probe_minutes == 0
    probed(day, {A: 200, B: 200}, 2)
    found = ended(day.state, one)
    # 10 good ones; of the 6 results that were counted before them all failed: (6 + 2) / (1 + 8), bounded
    assert found.probe_nats == pytest.approx(-10 * np.log(1 - 8 / 9))
    assert found.probe_minutes == 2


def test_a_probe_that_is_refused_or_silent_says_nothing_of_an_end(day: Day) -> None:
    one = seen_by(day, A, B)
    probed(day, {A: 200, B: 403}, 3)
    alone = ended(day.state, one)
    assert alone.probe_nats is not None
    assert alone.probe_nats > 0  # oslo is refused: paris alone tells
    for _ in range(DEFAULT.fresh_minutes - 1):
        day.minute()
    assert ended(day.state, one).probe_nats is not None
    day.minute()
    assert ended(day.state, one).probe_nats is None


@pytest.mark.parametrize(("minutes", "is_lately"), [(DEFAULT.fresh_minutes - 1, True), (DEFAULT.fresh_minutes, False)])
def test_a_failure_is_lately_for_so_many_minutes(day: Day, minutes: int, is_lately: bool) -> None:
    one = seen_by(day, A)
    probed(day, {A: 200}, minutes)
    assert ended(day.state, one).failed_lately is is_lately


@pytest.mark.parametrize(
    ("good", "bad", "share"),
    [(8, 0, 1.0), (7, 0, None), (4, 4, 0.5), (3, 5, None), (6, 2, 0.75)],
)
def test_works_again_is_heard_from_eight_answers_half_of_them_good(
    day: Day, good: int, bad: int, share: float | None
) -> None:
    state = day.state
    log = np.zeros(good + bad, dtype=ROW)
    log["component"], log["weight"], log["minute"] = state.components.index("app"), 1, state.minute
    log["kind"] = [ReportKind.WORKING] * good + [ReportKind.PROBLEM] * bad
    state.counter.log = log
    one = open_one(day.state)
    assert ended(day.state, one).working_share == share
    assert ended(day.state, open_one(day.state, ("login",))).working_share is None


@pytest.mark.parametrize("silence", [20, 70])
def test_hours_that_nobody_observed_hide_nothing_of_what_came_before_them(day: Day, silence: int) -> None:
    """A hundred reports and silence: it has stopped, also where nobody saw an hour and a half before or after it."""
    one = open_one(day.state, ago=0)
    for minute in range(25):
        rows = [("app", "NL-NH", "slow", 100 + n, 7919 * (60 * minute + n + 1)) for n in range(4)]
        day.minute(reports(rows))
    before = State.loads(day.state.dumps())
    for _ in range(silence):
        day.minute()
    without = ended(day.state, one).crowd_nats
    assert without > DEFAULT.resolve_crowd_nats
    day.state.skip_to(day.state.minute + 101)
    day.state.minute += 100
    assert ended(day.state, one).crowd_nats == pytest.approx(without, rel=0.05)
    day.state = before
    day.state.skip_to(day.state.minute + 101)
    day.state.minute += 100
    for _ in range(silence):
        day.minute()
    assert ended(day.state, one).crowd_nats == pytest.approx(without, rel=0.05)
