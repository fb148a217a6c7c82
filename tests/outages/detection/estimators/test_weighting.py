"""What one report counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.detection.datatypes import Reports
from outages.detection.estimators import weighting
from outages.detection.estimators.weighting import LOG_ROWS, Counter, Tally, mixed, water_filled
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import Row, reports


def counted(counter: Counter, taken: Reports, minute: int = 1000) -> tuple[float, dict[str, float]]:
    codes = (
        taken.component.astype(np.int16),
        taken.place.astype(np.int16),
        taken.symptom.astype(np.int16),
    )
    result = counter.count(taken, codes, np.array([1, 2, 3, 4]), minute, DEFAULT)
    return float(result.rows["weight"].sum()), {name: float(lost.sum()) for name, lost in result.cuts.items()}


def rows(size: int, system: int = 0) -> list[Row]:
    return [("app", "NL-NH", "slow", system or n % 20 + 1, n * 31) for n in range(size)]


def test_a_reporter_counts_once_for_a_component() -> None:
    taken = reports(rows(6))
    taken.reporter[:] = 77
    weight, cuts = counted(Counter.fresh(), taken)
    assert weight == 1
    assert cuts["same-reporter"] == 5


def test_a_reporter_counts_again_after_some_hours() -> None:
    counter = Counter.fresh()
    taken = reports(rows(1))
    assert counted(counter, taken, 360)[0] == 1
    assert counted(counter, taken, 400)[0] == 0
    assert counted(counter, taken, 720)[0] == 1


def test_unknown_reporters_are_not_taken_for_one() -> None:
    taken = reports(rows(6))
    taken.reporter[:] = 0
    assert counted(Counter.fresh(), taken)[0] == 6


def test_a_network_brings_at_most_two_reports_in_ten_minutes() -> None:
    counter = Counter.fresh()
    taken = reports(rows(9))
    taken.network[:] = 5
    weight, cuts = counted(counter, taken, 1000)
    assert weight == 2
    assert cuts["same-network"] == 7
    taken.reporter[:] += 1000
    assert counted(counter, taken, 1005)[0] == 0
    taken.reporter[:] += 1000
    assert counted(counter, taken, 1010)[0] == 2


def test_one_provider_alone_brings_no_more_than_the_floor() -> None:
    weight, cuts = counted(Counter.fresh(), reports(rows(500, system=7)))
    assert weight == pytest.approx(DEFAULT.origin_floor, abs=0.01)
    assert cuts["same-origin"] == pytest.approx(497, abs=0.01)


def test_one_wide_network_without_a_known_provider_brings_no_more_than_the_floor() -> None:
    taken = reports([("app", "NL-NH", "slow", 0, n * 31) for n in range(500)], wide=9)
    assert counted(Counter.fresh(), taken)[0] == pytest.approx(DEFAULT.unknown_floor, abs=0.01)


def test_many_providers_count_in_full() -> None:
    assert counted(Counter.fresh(), reports(rows(40)))[0] == 40


def test_a_stranger_to_a_well_known_country_counts_next_to_nothing() -> None:
    counter = Counter.fresh()
    for minute in range(1000, 1100):
        taken = reports([("app", "NL-NH", "slow", n + 1, minute * 100 + n) for n in range(5)])
        codes = (taken.component.astype(np.int16), taken.place.astype(np.int16), taken.symptom.astype(np.int16))
        result = counter.count(taken, codes, np.array([1]), minute, DEFAULT)
        counter.learn_origins(result.rows, np.array([1]), DEFAULT)
    flood = reports([("app", "NL-NH", "slow", 64500 + n % 3, n * 17 + 10**6) for n in range(300)])
    assert counted(counter, flood, 1200)[0] < 1.0


@pytest.mark.parametrize(
    ("counts", "shares", "expected"),
    [
        ([2.0, 1.0], [0.4, 0.1], [2.0, 1.0]),  # below the floor all count
        ([100.0], [1.0], [3.0]),  # nobody beside it
        ([50.0, 20.0, 20.0, 20.0], [0.4, 0.2, 0.2, 0.2], [50.0, 20.0, 20.0, 20.0]),  # the usual shares
    ],
)
def test_origins_are_limited_by_what_others_bring(
    counts: list[float], shares: list[float], expected: list[float]
) -> None:
    group = np.zeros(len(counts), dtype=np.int64)
    allowed = water_filled(np.array(counts), np.array(shares), np.full(len(counts), 3.0), group, DEFAULT)
    assert allowed == pytest.approx(expected, abs=0.01)


def test_the_log_stays_bounded_and_keeps_its_weight_in_a_flood() -> None:
    counter = Counter.fresh()
    total = 0.0
    for minute in range(4):
        taken = reports([("app", "NL-NH", "slow", n % 200 + 1, minute * 10**7 + n * 13) for n in range(9000)])
        total += counted(counter, taken, 2000 + minute)[0]
    assert len(counter.log) <= LOG_ROWS
    assert float(counter.log["weight"].sum()) == pytest.approx(total, rel=0.02)


def test_a_tally_grants_the_first_of_each_key_in_order() -> None:
    tally = Tally.fresh()
    keys = mixed(np.array([5, 9, 5, 5, 9]))
    one = np.ones(5, dtype=np.int64)
    assert tally.granted(keys, one, 1000, 10, 2).tolist() == [1, 1, 1, 0, 1]
    assert tally.granted(keys[:2], one[:2], 1009, 10, 2).tolist() == [0, 0]
    assert tally.granted(keys[:2], one[:2], 1010, 10, 2).tolist() == [1, 1]


def test_a_reporter_counts_once_in_any_six_hours_and_not_once_in_each_quarter_of_a_day() -> None:
    counter = Counter.fresh()
    taken = reports(rows(1))
    assert [counted(counter, taken, minute)[0] for minute in (359, 360, 718, 719)] == [1, 0, 0, 1]


def test_a_network_has_no_more_at_the_end_of_one_span_and_the_start_of_the_next() -> None:
    counter = Counter.fresh()
    taken = reports(rows(9))
    taken.network[:] = 5
    weights = []
    for minute in (1009, 1010, 1018, 1019):
        taken.reporter[:] += 1000
        weights.append(counted(counter, taken, minute)[0])
    assert weights == [2, 0, 0, 2]


def test_a_networks_last_report_of_one_window_counts_in_the_next() -> None:
    counter = Counter.fresh()
    weights = []
    for minute, size in ((1000, 1), (1009, 1), (1010, 9)):
        taken = reports(rows(size))
        taken.network[:] = 5
        taken.reporter[:] += minute * 1000
        weights.append(counted(counter, taken, minute)[0])
    assert weights == [1, 1, 1]


def weighed(weights: list[float], network: int = 5) -> tuple[float, dict[str, float]]:
    taken = reports(rows(len(weights)))
    taken.network[:] = network or np.arange(len(weights)) + 1
    taken.weight[:] = weights
    return counted(Counter.fresh(), taken)


@pytest.mark.parametrize(
    ("weights", "counts"),
    [
        ([1, 1, 1], 2.0),
        ([2, 1, 1], 2.0),  # who counts twice uses up the share of the network
        ([1, 2, 1], 2.0),
        ([1.5, 1.5], 2.0),
        ([0.5, 0.5, 0.5], 1.0),  # and half a report is still one of the two
        ([9.0], 2.0),
        ([-3.0], 0.5),
    ],
)
def test_an_earned_weight_counts_within_what_its_network_may_bring(weights: list[float], counts: float) -> None:
    assert weighed(weights)[0] == pytest.approx(counts)


def test_what_a_weight_adds_or_takes_is_told() -> None:
    weight, cuts = weighed([2.0, 0.5, 1.0, 1.0], network=0)
    assert weight == 4.5
    assert cuts["weight"] == pytest.approx(-0.5)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 30), st.floats(0, 5), st.integers(0, 3)), min_size=1, max_size=60
    )
)
def test_no_weights_let_networks_bring_more_than_new_reporters_there_could(
    drawn: list[tuple[int, int, float, int]],
) -> None:
    taken = reports([("app", "NL-NH", "slow", n % 7 + 1, n * 31) for n in range(len(drawn))])
    taken.network[:] = [network for network, _, _, _ in drawn]
    taken.reporter[:] = [reporter for _, reporter, _, _ in drawn]
    taken.weight[:] = [weight for _, _, weight, _ in drawn]
    taken.asn[:] = [asn for _, _, _, asn in drawn]
    codes = (taken.component.astype(np.int16), taken.place.astype(np.int16), taken.symptom.astype(np.int16))
    found = Counter.fresh().count(taken, codes, np.array([1, 2, 3, 4]), 1000, DEFAULT)
    for network in set(found.rows["network"].tolist()):
        brought = float(found.rows["weight"][found.rows["network"] == network].sum())
        of_unknown = mixed(np.array([0]))[0] >> np.uint64(32)
        assert network == of_unknown or brought <= DEFAULT.network_reports + 1e-6
    left = len(taken) - sum(float(lost.sum()) for lost in found.cuts.values())
    assert float(found.rows["weight"].sum()) == pytest.approx(left, abs=1e-4)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=weighting.FEW), st.integers(0, 9))
def test_few_rows_are_mixed_as_many_are(numbers: list[int], other: int) -> None:
    column = np.array(numbers, dtype=np.int64)
    second = np.full(len(numbers), other, dtype=np.int16)
    many = mixed(np.tile(column, 9), np.tile(second, 9))
    assert mixed(column, second).tolist() == many[: len(numbers)].tolist()


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=1, max_size=weighting.SMALL),
        min_size=1,
        max_size=6,
    )
)
def test_a_tally_grants_few_what_it_grants_them_among_many(minutes: list[list[tuple[int, int]]]) -> None:
    """Keys of which two share a slot: the same is granted and the same is remembered, without arrays and with them."""
    keys = [np.uint64(n % 3 + weighting.SLOTS * (n + 1 << 32)) for n in range(7)]
    few, many = Tally.fresh(), Tally.fresh()
    others = np.arange(100, 100 + weighting.SMALL, dtype=np.uint64)
    for span, drawn in enumerate(minutes):
        mine = np.array([keys[key] for key, _ in drawn], dtype=np.uint64)
        asked = np.array([wanted for _, wanted in drawn], dtype=np.int64)
        granted = few.granted(mine, asked, 100 + span * 4, 10, 8)
        nothing = np.zeros(len(others), dtype=np.int64)
        among = many.granted(np.append(mine, others), np.append(asked, nothing), 100 + span * 4, 10, 8)
        assert granted.tolist() == among[: len(mine)].tolist()
    slots = [int(key % np.uint64(weighting.SLOTS)) for key in keys]
    for column in ("tag", "span", "count", "last"):
        assert getattr(few, column)[slots].tolist() == getattr(many, column)[slots].tolist()


def test_origins_that_are_known_are_counted_in_their_places() -> None:
    keys, countries = np.array([5, 9, 7], dtype=np.uint64), np.array([1, 1, 2], dtype=np.uint64)
    origins = weighting.Origins.fresh()
    origins.learn(keys, countries)
    origins.learn(keys[[2, 2, 0]], countries[[2, 2, 0]])
    assert (origins.key.tolist(), origins.count.tolist()) == ([5, 7, 9], [2, 3, 1])
    assert (origins.country_key.tolist(), origins.country_count.tolist()) == ([1, 2], [3, 3])
