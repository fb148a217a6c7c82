"""What probes see, and when they can't see."""

from __future__ import annotations

import pytest

from outages.detection.datatypes import ProbeResult
from outages.detection.estimators.probes import BLIND, BLOCKED, DOWN, UP, Track, Watch, began_together, classified
from outages.detection.thresholds import DEFAULT


def result(
    answer: int | str,
    *,
    probe: str = "app-eu",
    vantage: str = "euw1",
    component: str = "app",
    body: str | None = None,
    control: bool = False,
    countries: tuple[str, ...] = (),
) -> ProbeResult:
    status, error = (answer, None) if isinstance(answer, int) else (None, answer)
    return ProbeResult(0.0, probe, vantage, component, countries, status, error, 100.0, body, control)


@pytest.mark.parametrize(
    ("answer", "body", "expected"),
    [
        (200, None, UP),
        (302, None, UP),
        (401, None, UP),
        (404, None, UP),
        (408, None, UP),  # the car sleeps: the service answers
        (500, None, DOWN),
        (502, None, DOWN),
        (503, "Server Maintenance", DOWN),
        (504, "Gateway Timeout", DOWN),
        ("timeout", None, DOWN),
        ("dns", None, DOWN),
        ("connect", None, DOWN),
        ("tls", None, DOWN),
        (403, None, BLOCKED),
        (429, "Too Many Requests", BLOCKED),
        (503, "Please solve the CAPTCHA", BLOCKED),
        (200, "our firewall blog", UP),
    ],
)
def test_an_answer_is_classified(answer: int | str, body: str | None, expected: str) -> None:
    assert classified(result(answer, body=body)) == expected


def test_what_the_catalogue_judged_is_believed() -> None:
    judged = ProbeResult(0.0, "p", "v", "app", (), 403, None, None, None, False, "up")
    assert classified(judged) == UP


def watched(minutes: list[list[ProbeResult]]) -> Watch:
    watch = Watch.fresh()
    for number, results in enumerate(minutes, start=1):
        watch.take(tuple(results), number, DEFAULT)
    return watch


def test_a_refused_vantage_says_nothing() -> None:
    watch = watched([[result(403), result(429, probe="auth-eu", component="login")]] * 30)
    assert watch.vantages["euw1"] == BLOCKED
    assert watch.nats("app", 30, DEFAULT) == {}


def test_a_vantage_whose_control_targets_fail_is_blind() -> None:
    watch = watched([[result("timeout"), result("timeout", probe="control", component="", control=True)]] * 10)
    assert watch.vantages["euw1"] == BLIND
    assert watch.nats("app", 10, DEFAULT) == {}


def test_a_vantage_cut_off_from_all_its_targets_is_blind_without_control_targets_too() -> None:
    cut_off = [result("timeout"), result("connect", probe="auth-eu", component="login")]
    watch = watched([[result(200), result(200, probe="auth-eu", component="login")]] + [cut_off] * 30)
    assert watch.vantages["euw1"] == BLIND
    assert watch.nats("app", 31, DEFAULT) == {}


def test_targets_that_answer_with_errors_are_down_and_their_vantage_sees() -> None:
    watch = watched([[result(503), result(503, probe="auth-eu", component="login")]] * 5)
    assert watch.vantages["euw1"] == UP
    assert watch.nats("app", 5, DEFAULT)["euw1"] == DEFAULT.probe_cap


def test_a_lone_target_that_times_out_may_be_its_vantages_fault() -> None:
    watch = watched([[result(200)]] + [[result("timeout")]] * 10)
    assert watch.nats("app", 11, DEFAULT) == {"euw1": DEFAULT.lone_vantage_cap}


def test_one_fluke_is_worth_less_than_an_opening() -> None:
    watch = watched([[result(200)]] * 500 + [[result(502)]])
    assert sum(watch.nats("app", 501, DEFAULT).values()) - DEFAULT.first_failure < DEFAULT.open


def test_an_error_that_flukes_never_showed_weighs_more() -> None:
    flukes: list[list[ProbeResult]] = []
    for _ in range(20):
        flukes += [[result(502)]] + [[result(200)]] * 40
    usual, strange = watched(flukes), watched(flukes)
    usual.take((result(502),), 900, DEFAULT)
    strange.take((result(503),), 900, DEFAULT)
    assert strange.nats("app", 900, DEFAULT)["euw1"] > usual.nats("app", 900, DEFAULT)["euw1"] + 1


def test_a_probe_of_elsewhere_says_nothing_of_a_place() -> None:
    watch = watched([[result(503, countries=("DE", "NL"))]] * 5)
    assert watch.nats("app", 5, DEFAULT, frozenset({"US"})) == {}
    assert watch.nats("app", 5, DEFAULT, frozenset({"NL"})) != {}


def test_an_old_result_says_nothing_of_now() -> None:
    watch = watched([[result(503)]] * 5)
    assert watch.nats("app", 40, DEFAULT) == {}


@pytest.mark.parametrize(
    ("vantage", "onset", "score", "is_together"),
    [
        ("use1", 100, DEFAULT.surely_failing, True),
        ("use1", 100 - DEFAULT.together_minutes, DEFAULT.surely_failing, True),
        ("use1", 100 + DEFAULT.together_minutes, DEFAULT.surely_failing, True),
        ("use1", 100 - DEFAULT.together_minutes - 1, DEFAULT.surely_failing, False),
        ("use1", 100 + DEFAULT.together_minutes + 1, DEFAULT.surely_failing, False),
        ("use1", 100, DEFAULT.surely_failing - 0.1, False),  # what flukes of a usual kind bring
        ("euw1", 100, DEFAULT.surely_failing, False),  # the same vantage's other target
    ],
)
def test_vantages_began_to_fail_together_when_their_first_failures_are_near_each_other(
    vantage: str, onset: int, score: float, is_together: bool
) -> None:
    one = Track("app-eu", "euw1", "app", (), score=9.0, onset=100)
    other = Track("app-na", vantage, "app", (), score=score, onset=onset)
    assert began_together(one, [one, other], DEFAULT) is is_together


@pytest.mark.parametrize(
    ("answer", "lent"),
    [
        ("timeout", DEFAULT.elsewhere * DEFAULT.lone_vantage_cap),  # its only target: it may be cut off itself
        (503, DEFAULT.elsewhere * DEFAULT.probe_cap),
    ],
)
def test_a_vantage_lends_no_more_than_it_may_bring_against_its_own_target(answer: int | str, lent: float) -> None:
    tokyo = result(answer, probe="auth", vantage="tokyo", component="login")
    watch = watched([[tokyo], [tokyo], [tokyo], [tokyo], [tokyo, result(502)]])
    assert watch.support("app", 5, DEFAULT) == pytest.approx(lent)
