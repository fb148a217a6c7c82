"""What evidence is worth: what a crowd's sides say, what probes that answer miss, which kinds count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outages.detection.evidence.crowd import Crowd, crowd_of, mix_nats
from outages.detection.evidence.fusion import Assessment, chance_missed
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import COMPONENTS, Day
from tests.outages.detection.minutes import Crowd as People

SIDES = Crowd(20.0, 9.0, 1.0, 5, DEFAULT.open_networks, DEFAULT.open_origins, DEFAULT.open_without_one, 0.0)


@pytest.mark.parametrize(
    ("crowd", "opens"),
    [
        (SIDES, True),
        (replace(SIDES, networks=DEFAULT.open_networks - 1), False),
        (replace(SIDES, origins=DEFAULT.open_origins - 1), False),
        (replace(SIDES, without_one=DEFAULT.open_without_one - 0.1), False),
        (replace(SIDES, origins=1, are_known=False, networks=2 * DEFAULT.open_networks), True),
        (replace(SIDES, origins=1, are_known=False, networks=2 * DEFAULT.open_networks - 1), False),
    ],
)
def test_a_crowd_is_shown_from_so_many_sides_on(crowd: Crowd, opens: bool) -> None:
    assert crowd.opens(DEFAULT) is opens


@pytest.mark.parametrize(
    ("beyond", "mix", "is_none"),
    [
        (DEFAULT.beyond_burst, 0.0, True),
        (DEFAULT.beyond_burst - 0.1, 0.0, False),
        (DEFAULT.beyond_burst - 2.0, 1.0, True),
        (DEFAULT.beyond_burst + 2.0, -1.1, False),
    ],
)
def test_a_burst_brings_many_reports_in_the_usual_mix(beyond: float, mix: float, is_none: bool) -> None:
    assert replace(SIDES, beyond_burst=beyond, mix=mix).is_no_burst(DEFAULT) is is_none


def test_the_mix_of_symptoms_speaks_either_way_and_never_for_more_than_its_cap() -> None:
    usual = np.array([60.0, 30.0, 10.0])
    assert mix_nats(np.array([6.0, 3.0, 1.0]), usual, DEFAULT) < 0
    assert mix_nats(np.array([0.0, 0.0, 8.0]), usual, DEFAULT) > 5
    assert mix_nats(np.array([0.0, 0.0, 800.0]), usual, DEFAULT) == DEFAULT.mix_cap
    assert mix_nats(np.array([6000.0, 3000.0, 1000.0]), usual, DEFAULT) == -DEFAULT.mix_cap
    assert mix_nats(np.array([0.0, 0.0, 8.0]), usual / 10, DEFAULT) == 0  # the usual mix is not known yet


def test_curiosity_counts_against_the_rise_and_never_against_the_usual() -> None:
    day = Day(People(3), 60)
    rows = day.state.counter.log
    once, thrice = crowd_of(rows, 5.0, 10, DEFAULT), crowd_of(rows, 5.0, 10, DEFAULT, surge=3.0)
    assert once.expected == thrice.expected == 5.0
    assert once.nats > thrice.nats


def assessed(crowd_nats: float = 0.0, probes: float = 0.0, official: float = 0.0, support: float = 0.0) -> Assessment:
    given = {"paris": probes} if probes else {}
    return Assessment(replace(SIDES, nats=crowd_nats), crowd_nats, given, support, official, ())


@pytest.mark.parametrize(
    ("verdict", "kinds"),
    [
        (assessed(crowd_nats=DEFAULT.second_kind), ("crowd",)),
        (assessed(crowd_nats=DEFAULT.second_kind - 0.1), ()),
        (assessed(probes=DEFAULT.first_failure + DEFAULT.second_kind), ("probes",)),
        (assessed(probes=DEFAULT.first_failure + DEFAULT.second_kind - 0.1), ()),
        (assessed(probes=DEFAULT.first_failure, support=DEFAULT.second_kind), ("probes",)),
        (assessed(support=20.0), ()),  # other components' probes support this one's, they do not replace them
        (assessed(crowd_nats=5.0, probes=9.0, official=DEFAULT.official), ("crowd", "probes", "official")),
        (assessed(official=DEFAULT.person), ()),
    ],
)
def test_a_kind_counts_from_so_many_nats_beyond_a_fluke(verdict: Assessment, kinds: tuple[str, ...]) -> None:
    assert verdict.kinds(DEFAULT) == kinds


@pytest.mark.parametrize(
    ("good", "unseen", "chance"),
    [
        (DEFAULT.answering_results, (), DEFAULT.unseen_share),
        (DEFAULT.answering_results - 1, (), 1.0),
        (DEFAULT.answering_results, ("app",), 1.0),
    ],
)
def test_probes_that_answer_would_see_a_fault_everywhere(good: int, unseen: tuple[str, ...], chance: float) -> None:
    day = Day(People(4), 60)
    for _ in range(good):
        day.minute(day.crowd.usual(), (day.result("api", "paris", "app", 200),))
    day.state.unseen = unseen
    everywhere = np.ones(len(day.state.zones.places), dtype=bool)
    assert chance_missed(day.state, "app", everywhere, DEFAULT) == pytest.approx(chance)
    assert chance_missed(day.state, COMPONENTS[1], everywhere, DEFAULT) == 1.0


def test_a_probe_sees_a_fault_by_the_share_of_its_area_that_is_down() -> None:
    day = Day(People(4), 300)
    for _ in range(DEFAULT.answering_results):
        day.minute(day.crowd.usual(), (day.result("api", "paris", "app", 200),))
    rates = day.state.rates[day.state.components.index("app")]
    netherlands = day.state.zones.mask(("NL",), ())
    share = float(rates[netherlands].sum() / rates.sum())
    expected = DEFAULT.unseen_share + (1 - DEFAULT.unseen_share) * (1 - share)
    assert chance_missed(day.state, "app", netherlands, DEFAULT) == pytest.approx(expected, rel=1e-4)
