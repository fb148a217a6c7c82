"""What the frames say of rows whose sums are known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from outages.analytics import frames
from tests import factories
from tests.factories import Cell

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    return factories.a_service()


def test_the_band_holds_the_middle_of_a_negative_binomial() -> None:
    low, high = frames.negative_binomial_band(np.array([0.0, 4.0, 4.0]), np.array([0.0, 4.0, 12.0]))
    n = 16 / 8  # mean² / (variance − mean)
    assert (low[0], high[0]) == (0.0, 0.0)
    assert (low[1], high[1]) == (1.0, 8.0)  # Poisson(4)
    assert (low[2], high[2]) == (nbinom.ppf(0.05, n, n / (n + 4)), nbinom.ppf(0.95, n, n / (n + 4)))
    assert high[2] > high[1]


@given(mean=st.floats(1e-4, 1e5), size=st.floats(1e-2, 1e5))
def test_the_band_is_that_of_scipys_distributions(mean: float, size: float) -> None:
    variances = np.array([mean + mean**2 / size, mean])
    low, high = frames.negative_binomial_band(np.array([mean, mean]), variances)
    n = mean**2 / (variances[0] - mean)
    assert (low[0], high[0]) == tuple(nbinom.ppf(frames.BAND, n, n / (n + mean)))
    assert (low[1], high[1]) == tuple(poisson.ppf(frames.BAND, mean))


def test_bins_sum_their_minutes_and_their_variances(service: Any) -> None:
    factories.watched(service, NOON, NOON + 20 * MINUTE, raw=1, expected=0.5, dispersion=2.0)
    frame = frames.timeseries(service, NOON, NOON + 20 * MINUTE, 10)
    assert frame["raw"].tolist() == [10, 10]
    assert frame["effective"].tolist() == [10, 10]
    assert frame["expected"].tolist() == [5, 5]
    assert frame["watched"].tolist() == [10, 10]
    low, high = frames.negative_binomial_band(np.array([5.0]), np.array([10 * (0.5 + 2.0 * 0.25)]))
    assert (frame["low"].iloc[0], frame["high"].iloc[0]) == (low[0], high[0])


def test_a_time_that_nobody_watched_is_a_gap_and_not_a_zero(service: Any) -> None:
    factories.watched(service, NOON, NOON + 10 * MINUTE)
    factories.watched(service, NOON + 20 * MINUTE, NOON + 23 * MINUTE)
    frame = frames.timeseries(service, NOON, NOON + 30 * MINUTE, 10)
    assert frame["watched"].tolist() == [10, 0, 3]
    assert frame["raw"].isna().tolist() == [False, True, False]
    assert frame["high"].isna().tolist() == [False, True, False]


def test_bins_of_another_service_stay_away(service: Any) -> None:
    other = factories.a_service("other")
    factories.watched(other, NOON, NOON + 10 * MINUTE, raw=9)
    frame = frames.timeseries(service, NOON, NOON + 10 * MINUTE, 10)
    assert frame["watched"].tolist() == [0]


def test_whole_hours_and_edges_count_each_report_once(service: Any) -> None:
    minutes = [NOON + i * 10 * MINUTE for i in range(24)]  # four hours, six an hour
    factories.cells(service, [Cell(minute, "NL", raw=10) for minute in minutes])
    factories.watched(service, NOON, NOON + 4 * HOUR, raw=1)
    assert frames.cells(service, NOON, NOON + 4 * HOUR).at["NL", "raw"] == 240
    assert frames.cells(service, NOON + 30 * MINUTE, NOON + 4 * HOUR - 10 * MINUTE).at["NL", "raw"] == 200
    assert frames.cells(service, NOON + 10 * MINUTE, NOON + 40 * MINUTE).at["NL", "raw"] == 30
    assert frames.cells(service, NOON + 50 * MINUTE, NOON + 70 * MINUTE).at["NL", "raw"] == 20
    assert frames.cells(service, NOON + 65 * MINUTE, NOON + 65 * MINUTE).empty


def test_regions_roll_up_into_countries_and_the_placeless_stay_placeless(service: Any) -> None:
    rows = [Cell(NOON, "US-CA", raw=5), Cell(NOON, "US-TX", raw=10), Cell(NOON, "US", raw=5)]
    factories.cells(service, [*rows, Cell(NOON, "", raw=5), Cell(NOON, "NL", raw=5)])
    factories.watched(service, NOON, NOON + HOUR, raw=1)
    by_country = frames.cells(service, NOON, NOON + HOUR)
    assert by_country["raw"].to_dict() == {"US": 20, "NL": 5, "": 5}
    by_region = frames.cells(service, NOON, NOON + HOUR, "region", country="US")
    assert by_region["raw"].to_dict() == {"US-TX": 10, "US-CA": 5, "US": 5}


def test_networks_are_told_apart_over_the_whole_span(service: Any) -> None:
    factories.cells(
        service,
        [
            Cell(NOON, "NL", networks=(1,)),
            Cell(NOON + 5 * MINUTE, "NL", networks=(2,)),
            Cell(NOON + 70 * MINUTE, "NL", component="login", networks=(3,)),
            Cell(NOON, "DE", networks=(1,)),
            Cell(NOON + 70 * MINUTE, "DE", networks=(1,)),
            Cell(NOON, "FR", networks=(1, 2, 3)),
            Cell(NOON, "BE", networks=()),
        ],
    )
    factories.watched(service, NOON, NOON + 2 * HOUR, raw=1)
    frame = frames.cells(service, NOON, NOON + 2 * HOUR)
    assert frame["few"].to_dict() == {"NL": False, "FR": False, "BE": True, "DE": True}


def test_one_network_on_three_days_is_still_one(service: Any) -> None:
    """Hashes change daily, so days cannot be added up."""
    rows = [Cell(NOON + timedelta(days=i), "NL", networks=(100 + i,)) for i in range(3)]
    factories.cells(service, rows)
    frame = frames.cells(service, NOON, NOON + timedelta(days=3))
    assert frame["few"].to_dict() == {"NL": True}


def test_a_component_counts_alone(service: Any) -> None:
    factories.cells(service, [Cell(NOON, "NL"), Cell(NOON, "NL", component="login", raw=10)])
    factories.watched(service, NOON, NOON + HOUR, raw=1)
    assert frames.cells(service, NOON, NOON + HOUR, component="login")["raw"].to_dict() == {"NL": 10}


def test_a_place_is_expected_to_have_its_usual_share(service: Any) -> None:
    before = NOON - timedelta(days=3)
    factories.cells(service, [Cell(before, "NL", raw=3000), Cell(before, "DE", raw=1000), Cell(NOON, "DE", raw=120)])
    factories.watched(service, NOON, NOON + HOUR, raw=1, expected=2.0)
    frame = frames.cells(service, NOON, NOON + HOUR, compare=True)
    assert frame.at["DE", "expected"] == pytest.approx(30.0, rel=0.01)
    assert frame.at["DE", "excess"] == pytest.approx(90.0, rel=0.01)
    assert frame.at["DE", "ratio"] == 4
    assert frame.at["NL", "expected"] == pytest.approx(90.0, rel=0.01)  # quieter than usual is worth a row too
    assert frame.at["NL", "raw"] == 0


def test_nothing_is_said_of_the_usual_of_a_place_from_which_too_few_report(service: Any) -> None:
    before = NOON - timedelta(days=3)
    factories.cells(
        service, [Cell(before, "NL", raw=30), Cell(before, "IS", raw=9, networks=(7,)), Cell(NOON, "IS", networks=(7,))]
    )
    factories.watched(service, NOON, NOON + HOUR, raw=1, expected=0.2)
    frame = frames.cells(service, NOON, NOON + HOUR, compare=True)
    assert frame.at["IS", "few"]
    assert frame.loc["IS", ["expected", "excess", "ratio", "ratio_low", "ratio_high"]].isna().all()


def test_where_nothing_is_known_nothing_is_usual(service: Any) -> None:
    factories.cells(service, [Cell(NOON, "NL", raw=30)])
    factories.watched(service, NOON, NOON + HOUR, raw=1)
    frame = frames.cells(service, NOON, NOON + HOUR, compare=True)
    assert frame.at["NL", "raw"] == 30
    assert frame.loc["NL", ["expected", "ratio"]].isna().all()


def test_components_and_symptoms_are_summed_up(service: Any) -> None:
    factories.symptoms(service, NOON, {"http-503": 20, "timeout": 1, "": 5})
    factories.symptoms(service, NOON + MINUTE, {"login-failed": 10}, component="login")
    factories.cells(service, [Cell(NOON, raw=26), Cell(NOON, "NL", "login", raw=10), Cell(NOON, "", "charging", raw=1,
                                                                                          networks=(1,))])  # fmt: skip
    factories.watched(service, NOON, NOON + 2 * MINUTE, expected_by_component={"app": 0.5, "login": 0.25})
    by_symptom = frames.symptoms(service, NOON, NOON + HOUR)
    assert by_symptom["raw"].to_dict() == {"http-503": 20, "login-failed": 10, "": 5, "timeout": 0}
    assert by_symptom["few"].to_dict() == {"http-503": False, "login-failed": False, "": False, "timeout": True}
    assert by_symptom.at["http-503", "share"] == pytest.approx(20 / 35)
    by_component = frames.components(service, NOON, NOON + HOUR, ["app", "login", "charging"])
    assert by_component["raw"].to_dict() == {"app": 25, "login": 10, "charging": 0}
    assert by_component["few"].to_dict() == {"app": False, "login": False, "charging": True}
    assert by_component["expected"].to_dict() == {"app": 1.0, "login": 0.5, "charging": 0.0}


def test_an_empty_service_has_empty_frames(service: Any) -> None:
    assert frames.cells(service, NOON, NOON + HOUR, compare=True).empty
    assert frames.symptoms(service, NOON, NOON + HOUR).empty
    days = frames.days(service, NOON, 90)
    assert len(days) == 90
    assert set(days["state"]) == {"unwatched"}


def test_a_day_shows_its_worst_and_what_of_it_was_watched(service: Any) -> None:
    midnight = NOON.replace(hour=0)
    factories.watched(service, midnight - timedelta(days=2), midnight - timedelta(days=1, hours=12), raw=1)
    factories.watched(service, midnight, NOON)
    factories.an_incident(service, midnight - 2 * HOUR, states=((0, "possible"), (60, "confirmed"), (180, "resolved")))
    factories.an_incident(service, midnight - timedelta(days=2), states=((0, "possible"), (9, "dismissed")))
    days = frames.days(service, NOON, 4)
    assert list(days.index) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]
    assert days["state"].tolist() == ["unwatched", "ok", "confirmed", "confirmed"]
    assert days["watched"].tolist() == [0.0, 0.5, 0.0, 1.0]
    assert days["raw"].tolist() == [0, 720, 0, 0]
    assert days["confirmed_minutes"].tolist() == [0, 0, 60, 60]
    assert days["incidents"].tolist() == [[], [], [1], [1]]


def test_a_day_knows_nothing_of_what_came_after_its_moment(service: Any) -> None:
    factories.watched(service, NOON - HOUR, NOON + HOUR)
    factories.an_incident(service, NOON + 10 * MINUTE)
    factories.an_incident(service, NOON - 10 * MINUTE, states=((0, "possible"), (30, "confirmed")))
    days = frames.days(service, NOON, 1)
    assert days["state"].tolist() == ["possible"]
    assert days["incidents"].tolist() == [[2]]


def test_more_rows_ask_no_more_queries(service: Any, django_assert_num_queries: Any) -> None:
    for size in (1, 40):
        rows = [Cell(NOON + timedelta(days=size) + i * MINUTE, "NL") for i in range(size)]
        factories.cells(service, rows)
        factories.watched(service, NOON + timedelta(days=size), NOON + timedelta(days=size) + size * MINUTE)
        since = NOON + timedelta(days=size)
        with django_assert_num_queries(6):
            frames.timeseries(service, since, since + HOUR, 10)
            frames.cells(service, since, since + HOUR)
            frames.symptoms(service, since, since + HOUR)
            frames.components(service, since, since + HOUR, ["app"])
            frames.days(service, since, 90)
            frames.reports_between(service, since, since + HOUR)


def test_places_with_few_come_last_by_code_and_have_no_number(service: Any) -> None:
    factories.cells(
        service,
        [
            Cell(NOON, "NL", raw=23),
            Cell(NOON, "PT", raw=2, networks=(4,)),
            Cell(NOON, "DE", raw=1, networks=(4,)),
            Cell(NOON, "AT", raw=9, networks=(4,)),
            Cell(NOON, "SE", raw=1, networks=(4,), told=0),
        ],
    )
    factories.watched(service, NOON, NOON + HOUR, raw=1)
    frame = frames.cells(service, NOON, NOON + HOUR)
    assert list(frame.index) == ["NL", "AT", "DE", "PT"]
    assert frame["raw"].to_dict() == {"NL": 25, "AT": 0, "DE": 0, "PT": 0}
    assert (frame.loc[frame["few"], ["raw", "effective", "working", "recovered"]] == 0).all(axis=None)


def test_a_country_without_reports_can_be_compared_where_nobody_reported_at_all(service: Any) -> None:
    factories.watched(service, NOON - HOUR, NOON, raw=0, expected=0.1)
    found = frames.cells(service, NOON - HOUR, NOON, "country", country="NL", compare=True)
    assert found.empty
    assert {"raw", "effective", "expected", "ratio"} <= set(found.columns)
