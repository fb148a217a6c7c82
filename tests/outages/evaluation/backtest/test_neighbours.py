"""What one service of a world sees of another, and what the score makes of whose fault was said."""

from __future__ import annotations

import msgspec
import pytest

from outages.detection.datatypes import Attribution, Cause, IncidentKind, IncidentState, Neighbour, Transition
from outages.detection.reasons import ReasonCode, reason
from outages.detection.replay import spec_of
from outages.detection.thresholds import DEFAULT
from outages.evaluation.backtest import report
from outages.evaluation.backtest.neighbours import Side, together
from outages.evaluation.backtest.score import Incident, Truth, score
from outages.evaluation.simulation.kinds import Expectation

NOON = 720


def side(slug: str, *relies_on: str) -> Side:
    return Side(spec_of(slug, ["app"], []), frozenset(relies_on))


def tell(
    of: Side, number: int, minute: int, state: IncidentState, code: ReasonCode = ReasonCode.OPENED,
    cause: Attribution | None = None,
) -> None:  # fmt: skip
    of._remember(
        Transition(
            number, 60 * minute, None, state, IncidentKind.OUTAGE, ("app",), (), (), "", reason(code), 0.9, (),
            attribution=cause,
        )
    )  # fmt: skip


def seen(of: Side, by: Side, minute: int) -> list[Neighbour]:
    return of.seen_from(by, minute, DEFAULT)


def test_only_what_is_confirmed_and_goes_on_is_seen_and_whether_by_more_than_reports() -> None:
    carrier, shop = side("carrier"), side("shop", "carrier")
    tell(carrier, 1, NOON, IncidentState.POSSIBLE)
    assert seen(carrier, shop, NOON) == []
    tell(carrier, 1, NOON + 2, IncidentState.CONFIRMED, ReasonCode.BROAD_CROWD)
    assert seen(carrier, shop, NOON + 2) == [Neighbour("carrier", NOON, True, 0.0, is_declared=True)]
    tell(carrier, 1, NOON + 3, IncidentState.CONFIRMED, ReasonCode.TWO_KINDS)
    assert seen(carrier, side("bank"), NOON + 3) == [Neighbour("carrier", NOON, True, 0.0, is_seen=True)]
    tell(carrier, 1, NOON + 9, IncidentState.RESOLVED, ReasonCode.REPORTS_STOPPED)
    assert seen(carrier, shop, NOON + 9) == []


@pytest.mark.parametrize(
    ("mine", "share"), [((), 0.0), ((5,), 0.5), ((5, 995), 1.0), ((31, 989), 0.0), ((30, 990), 1.0)]
)
def test_a_relation_is_learnt_from_earlier_outages(mine: tuple[int, ...], share: float) -> None:
    carrier, shop = side("carrier"), side("shop")
    for number, minute in enumerate((0, 1000, 2000)):
        tell(carrier, number, minute, IncidentState.CONFIRMED, ReasonCode.TWO_KINDS)
    for number, minute in enumerate(mine):
        tell(shop, number, minute, IncidentState.POSSIBLE)
    assert shop.follows(carrier, 2000, DEFAULT) == share
    assert shop.follows(carrier, 1000, DEFAULT) == 0.0  # one outage teaches no relation


def test_the_cause_of_five_minutes_after_the_opening_is_scored() -> None:
    shop = side("shop")
    internal, external = Attribution(Cause.INTERNAL, "rose-alone"), Attribution(Cause.EXTERNAL, "bystander", "carrier")
    for minute, cause in ((0, internal), (5, external), (6, internal)):
        tell(shop, 1, NOON + minute, IncidentState.POSSIBLE, cause=cause)
    assert shop.lines[1].cause == "external"
    (told,) = [msgspec.convert(msgspec.to_builtins(line), Incident) for line in shop.lines.values()]
    for wanted, is_right in (("external", True), ("internal", False)):
        expect = {"shop": Expectation(cause=(wanted,))}
        truth = Truth("bystander", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z", (), {"NL-NH": 1.0}, expect)
        found = score(truth, [told])
        assert found.caused == (is_right,)
        assert bool(found.surprises) != is_right
        assert f"right in {is_right:.2f}" in report.causes_in_words([found])
    assert report.causes_in_words([score(msgspec.structs.replace(truth, expect={}), [told])]) == ""


def test_no_events_are_no_minutes() -> None:
    assert together([], [spec_of("shop", ["app"], [])], {})["shop"].lines == {}
