"""Other days of each kind: drawn anew, of another service, and still of their kind."""

from __future__ import annotations

import pytest

from outages.evaluation.simulation.kinds import kinds
from outages.evaluation.simulation.population import population
from outages.evaluation.simulation.variation import LARGEST, LENGTHS, PEAKS, SMALLEST, varied
from outages.evaluation.simulation.world import generate


@pytest.mark.parametrize("name", list(kinds()))
def test_each_kind_has_other_days_of_its_own_kind(name: str) -> None:
    kind, people = kinds()[name], population()
    drawn, again, other = (varied(kind, people, seed) for seed in (1, 1, 2))
    assert drawn == again
    assert drawn.people.components != other.people.components
    assert drawn.kind.expect == kind.expect
    assert SMALLEST * kind.rate <= drawn.kind.rate <= LARGEST * kind.rate
    for of, was in zip(drawn.kind.outages, kind.outages, strict=True):
        assert {part for parts in of.parts for part in parts} <= set(drawn.people.components)
        assert [len(parts) for parts in of.parts] == [len(parts) for parts in was.parts]
        assert SMALLEST * PEAKS[0] * was.peak[0] <= of.peak[0] <= LARGEST * PEAKS[1] * was.peak[0]
        assert LENGTHS[0] * was.minutes[0] <= of.minutes[0] <= LENGTHS[1] * was.minutes[0]
    named = {of.part for of in (*drawn.kind.floods, *drawn.kind.surges, *drawn.kind.levels) if of.part}
    assert named <= set(drawn.people.components)


def test_a_drawn_day_is_a_world_of_another_service() -> None:
    drawn = varied(kinds()["first-hour"], population(), 3)
    world = generate(drawn.kind, seed=3, days=1, service="acme", people=drawn.people)
    assert {event["service"] for event in world.events} == {"acme"}
    assert {event["component"] for event in world.events if event["type"] == "probe"} <= set(drawn.people.components)
    assert set(world.truth["outages"][0]["components"]) <= set(drawn.people.components)
