"""A place has a chance of being found by luck; it is measured on quiet windows and kept there."""

from __future__ import annotations

import numpy as np
import pytest

from bench.place import highest
from outages.detection.evidence.scope import chance_of
from outages.detection.thresholds import DEFAULT


@pytest.mark.parametrize(
    ("nats", "chance"), [(-1, 0.7), (0, 0.7), (2, 0.2108), (4, 0.0635), (8, 0.00576), (20, 4.3e-6)]
)
def test_a_place_by_chance_is_rarer_the_more_nats_it_has(nats: float, chance: float) -> None:
    assert chance_of(nats, DEFAULT) == pytest.approx(chance, rel=0.01)


def test_a_place_is_named_from_the_nats_that_make_a_component_a_part() -> None:
    assert chance_of(DEFAULT.part_nats, DEFAULT) <= DEFAULT.place_sure < chance_of(DEFAULT.part_nats - 0.01, DEFAULT)


def test_the_chance_of_a_place_is_kept_in_quiet_windows() -> None:
    """Six reports an hour and an hour's window: where it is hardest to keep."""
    found = np.array(highest(0.1, 60, 0.0, 600, np.random.default_rng(7)))
    for nats in (2.0, 4.0, 6.0, 8.0):
        promised = chance_of(nats, DEFAULT)
        error = 3 * np.sqrt(promised * (1 - promised) / len(found))
        assert (found >= nats).mean() <= promised + error
    assert (found >= 2.0).mean() >= chance_of(2.0, DEFAULT) / 4  # nor is it promised to be far rarer than it is
