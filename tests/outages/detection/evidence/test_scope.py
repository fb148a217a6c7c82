"""Where an outage is: the fewest places that explain the excess."""

from __future__ import annotations

import numpy as np
import pytest

from outages.detection.estimators.zones import Zones
from outages.detection.evidence import scope
from outages.detection.evidence.scope import Place, Sight, containment, excess, overlap, place_of, united
from outages.detection.thresholds import DEFAULT

CODES = ("NL-NH", "NL-ZH", "DE-BE", "DE-BY", "FR-IDF", "US-CA", "US-TX", "CA-ON")
EUROPE = ("DE", "FR", "NL")
USUAL = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 4.0, 2.0, 1.0], dtype=np.float32)


def zones() -> Zones:
    made = Zones.fresh()
    made.add(CODES, [EUROPE, ("CA", "US")])
    return made


@pytest.mark.parametrize(
    ("seen", "countries", "regions"),
    [
        ([10, 9, 11, 10, 8, 41, 19, 10], (), ()),  # everywhere
        ([12, 9, 10, 11, 10, 4, 2, 1], EUROPE, ()),  # an area that a probe stands for
        ([15, 14, 1, 1, 1, 4, 2, 1], ("NL",), ()),  # a country
        ([1, 1, 1, 1, 1, 4, 40, 1], ("US",), ("US-TX",)),  # one region
        ([14, 15, 1, 1, 1, 4, 2, 20], ("CA", "NL"), ()),  # two countries far apart
        ([0, 0, 0, 0, 0, 0, 0, 0], (), ()),  # nothing
    ],
)
def test_the_place_is_the_smallest_that_explains_the_reports(
    seen: list[float], countries: tuple[str, ...], regions: tuple[str, ...]
) -> None:
    place = place_of(np.array(seen, dtype=np.float32), USUAL, zones(), DEFAULT)
    assert (place.countries, place.regions) == (countries, regions)


def test_a_failing_probe_keeps_its_sleeping_area_in_the_place() -> None:
    asleep = np.array([2, 1, 1, 1, 1, 40, 20, 10], dtype=np.float32)
    alone = place_of(asleep, USUAL, zones(), DEFAULT)
    assert alone.countries == ("CA", "US")
    sights = [Sight(EUROPE, 30.0, True), Sight(("CA", "US"), 30.0, True)]
    assert place_of(asleep, USUAL, zones(), DEFAULT, sights).countries == ()


def test_a_probe_that_answers_keeps_its_area_out() -> None:
    seen = np.array([2, 2, 2, 1, 2, 40, 20, 10], dtype=np.float32)
    sights = [Sight(("CA", "US"), 13.0, True), Sight(EUROPE, 8.0, False)]
    assert place_of(seen, USUAL, zones(), DEFAULT, sights).countries == ("CA", "US")


@pytest.mark.parametrize(
    ("seen", "expected", "nats"),
    [(0, 1, 0.0), (1, 1, 0.0), (5, 10, 0.0), (10, 1, 10 * np.log(10) - 9), (3, 1.5, 3 * np.log(2) - 1.5)],
)
def test_excess_is_a_poisson_likelihood_ratio(seen: float, expected: float, nats: float) -> None:
    assert excess(seen, expected) == pytest.approx(nats)


def test_probes_of_all_areas_stand_for_everywhere() -> None:
    made = zones()
    assert united([EUROPE], made) == Place(EUROPE)
    assert united([EUROPE, ("CA", "US")], made) == Place()
    assert united([()], made) == Place()


def test_overlap_and_containment_are_weighted() -> None:
    a, b = np.array([True, True, False]), np.array([True, False, False])
    weights = np.array([1.0, 3.0, 5.0])
    assert overlap(a, b, weights) == pytest.approx(0.25)
    assert containment(a, b, weights) == 1.0


def test_a_country_without_its_regions_is_the_whole_country() -> None:
    mask = zones().mask(("NL", "US"), ("US-TX",))
    assert [code for code, inside in zip(CODES, mask, strict=True) if inside] == ["NL-NH", "NL-ZH", "US-TX"]


@pytest.mark.parametrize("seed", range(40))
def test_bounds_only_spare_the_weighing_of_places_that_cannot_be_the_best(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    usual = (USUAL * 10 ** rng.uniform(-2, 1)).astype(np.float32)
    raised = rng.choice([1.0, 1.0, 8.0, 60.0], len(CODES))
    seen = rng.poisson(usual * raised).astype(np.float32)
    bounded = place_of(seen, usual, zones(), DEFAULT)
    monkeypatch.setattr(scope, "ROUNDING", 1e9)  # no bound ever spares anything
    assert place_of(seen, usual, zones(), DEFAULT) == bounded
