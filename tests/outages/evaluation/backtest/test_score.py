"""The score of a backtest, by hand and against the given one."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from outages.evaluation.backtest.score import (
    Incident,
    Truth,
    incidents_in,
    overlap,
    places,
    reliability,
    score,
    total,
    truth_of,
)
from outages.evaluation.simulation.kinds import Expectation
from tests.outages.shared import needs

WEIGHTS = {"NL-NH": 0.2, "NL-ZH": 0.2, "US-CA": 0.6}


def truth(*outages: dict[str, Any]) -> Truth:
    return Truth("made-up", "2026-03-02T00:00:00Z", "2026-03-10T00:00:00Z", outages, WEIGHTS)


def outage(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "outage", "components": ["app"], "countries": ["NL"], "regions": [],
        "start": "2026-03-08T10:00:00Z", "end": "2026-03-08T11:00:00Z",
    } | fields  # fmt: skip


def incident(opened_at: str = "2026-03-08T10:04:00Z", **fields: Any) -> Incident:
    return Incident(**({"service": "s", "components": ("app",), "countries": ("NL",), "opened_at": opened_at} | fields))


def test_nothing_named_means_everywhere() -> None:
    assert places((), (), WEIGHTS) == set(WEIGHTS)
    assert places(("NL",), (), WEIGHTS) == {"NL-NH", "NL-ZH"}
    assert places(("NL", "US"), ("NL-NH",), WEIGHTS) == {"NL-NH", "US-CA"}
    assert places((), ("XX-1",), WEIGHTS) == set()


def test_overlap_is_weighted_by_reports() -> None:
    assert overlap({"NL-NH"}, {"NL-NH", "US-CA"}, WEIGHTS) == pytest.approx(0.25)
    assert overlap({"a"}, {"a", "b"}) == 0.5
    assert overlap(set(), set()) == 1.0


def test_an_outage_that_was_found() -> None:
    published = incident(confirmed_at="2026-03-08T10:06:00Z", resolved_at="2026-03-08T11:12:00Z")
    found = score(truth(outage()), [published]).outages[0]
    assert (found.minutes_to_open, found.minutes_to_confirm, found.minutes_to_resolve) == (4.0, 6.0, 12.0)
    assert (found.place, found.component, found.kind_right, found.fragments) == (1.0, 1.0, True, 0)


def test_a_second_incident_for_the_same_outage_is_an_extra_one() -> None:
    scored = score(truth(outage()), [incident(), incident("2026-03-08T10:30:00Z")])
    assert scored.outages[0].fragments == 1
    assert scored.false == ()


@pytest.mark.parametrize(
    ("opened_at", "is_false"),
    [
        ("2026-03-08T09:56:59Z", True),
        ("2026-03-08T09:57:00Z", False),
        ("2026-03-08T11:10:00Z", False),
        ("2026-03-08T11:10:01Z", True),
    ],
)
def test_an_opening_belongs_to_an_outage_from_three_minutes_before_to_ten_after(opened_at: str, is_false: bool) -> None:
    scored = score(truth(outage()), [incident(opened_at)])
    assert (scored.false_possible == 1) == is_false
    assert scored.outages[0].is_found != is_false


def test_the_wrong_part_or_place_is_false() -> None:
    wrong = [incident(components=("login",)), incident(countries=("US",), confirmed_at="2026-03-08T10:06:00Z")]
    scored = score(truth(outage()), wrong)
    assert (scored.false_confirmed, scored.false_possible) == (1, 1)
    assert not scored.outages[0].is_found


def test_an_incident_that_never_ends_has_no_time_to_resolve() -> None:
    scored = score(truth(outage()), [incident(resolved_at="2026-03-08T11:00:00Z"), incident()])
    assert scored.outages[0].minutes_to_resolve is None


def test_false_ones_are_counted_per_thirty_days() -> None:
    assert total([score(truth(), [incident()])]).false_possible_per_30_days == 3.75


def test_of_nothing_there_is_no_mean() -> None:
    empty = total([score(truth(), [])])
    assert empty.recall is None
    assert empty.minutes_to_open_p90 is None
    assert total([]).false_confirmed_per_30_days == 0.0


def given_score() -> ModuleType:
    file = needs("worlds", "score.py")
    spec = importlib.util.spec_from_file_location("given_score", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_incidents(of: Truth, seed: int) -> list[dict[str, Any]]:
    """Near the truth, but not it: shifted, cut, doubled, and some from nowhere."""
    rng = random.Random(seed)
    days = [f"2026-03-0{day}" for day in (7, 8, 9)]
    made: list[dict[str, Any]] = []
    for true in of.outages:
        for _ in range(rng.choice([0, 1, 1, 2])):
            hour = int(true["start"][11:13])
            countries = true["countries"][: rng.randint(1, len(true["countries"]))]
            made.append(
                {
                    "service": "tesla",
                    "kind": rng.choice(["outage", "maintenance"]),
                    "components": true["components"][: rng.randint(1, len(true["components"]))],
                    "countries": countries,
                    "regions": [r for r in true["regions"] if r[:2] in countries and rng.random() < 0.5],
                    "opened_at": f"{true['start'][:11]}{hour:02}:{rng.randint(0, 59):02}:00Z",
                    "confirmed_at": rng.choice([None, f"{true['start'][:11]}{hour:02}:59:30Z"]),
                    "resolved_at": rng.choice([None, true["end"]]),
                }
            )
    for _ in range(rng.randint(0, 4)):
        at = f"{rng.choice(days)}T{rng.randint(0, 23):02}:00:00Z"
        made.append(
            {"service": "tesla", "components": ["app"], "countries": [], "regions": [], "opened_at": at}
            | {"confirmed_at": rng.choice([None, at]), "resolved_at": None}
        )
    return made


@pytest.mark.parametrize("seed", range(8))
def test_the_score_agrees_with_the_given_one(seed: int, tmp_path: Path) -> None:
    given = given_score()
    ours, theirs = [], []
    for folder in sorted(path.parent for path in needs("worlds").glob("*/truth.json")):
        of = truth_of(folder)
        made = random_incidents(of, seed)
        file = tmp_path / f"{folder.name}.ndjson"
        file.write_text("".join(json.dumps(line) + "\n" for line in made), encoding="utf-8")
        ours.append(score(of, incidents_in(file.read_bytes().splitlines())))
        theirs.append(given.score(str(folder), str(file)))
    assert sum(len(world.outages) for world in ours) > 10
    mine = msgspec.to_builtins(total(ours))
    for name, value in given.total(theirs).items():
        assert mine[name] == pytest.approx(value, abs=0.0011), name
    for one, other in zip(ours, theirs, strict=True):
        assert (one.false_confirmed, one.false_possible) == (other["false_confirmed"], other["false_possible"])


def test_what_was_said_with_a_confidence_is_held_against_what_was_true() -> None:
    right = incident(confidence=0.85, confidence_confirmed=0.99)
    wrong = incident("2026-03-06T10:00:00Z", confidence=0.85)
    rows = reliability([score(truth(outage()), [right, wrong])])
    assert [(row.least, row.times, row.true, row.mean) for row in rows] == [(0.8, 2, 1, 0.85), (0.97, 1, 1, 0.99)]


def expected(published: list[Incident], *outages: dict[str, Any], **expect: Any) -> tuple[str, ...]:
    world = msgspec.structs.replace(truth(*outages), expect={"s": Expectation(**expect)})
    return score(world, published).surprises


def test_all_that_comes_as_expected_is_no_surprise() -> None:
    good = incident(confirmed_at="2026-03-08T10:05:00Z", resolved_at="2026-03-08T11:12:00Z")
    assert (
        expected([good], outage(), within=5, resolved_within=12, part=1.0, place=1.0, incidents=1, false="none") == ()
    )


@pytest.mark.parametrize(
    ("incidents", "expect", "surprise"),
    [
        ([], {}, "not confirmed"),
        ([], {"outages": "found"}, "not found"),
        ([incident()], {}, "not confirmed"),
        ([incident(confirmed_at="2026-03-08T10:06:00Z")], {"within": 5}, "confirmed after 6.0 minutes, not within 5"),
        ([incident()], {"outages": "found", "resolved_within": 60}, "resolved never"),
        ([incident(resolved_at="2026-03-08T12:30:00Z")], {"outages": "found", "resolved_within": 60}, "resolved 90.0"),
        ([incident(components=("app", "login"))], {"outages": "found", "part": 1.0}, "component 0.50"),
        ([incident(), incident("2026-03-08T10:30:00Z")], {"outages": "found", "incidents": 1}, "2 incidents"),
    ],
)
def test_what_an_outage_came_to_otherwise_is_told(
    incidents: list[Incident], expect: dict[str, Any], surprise: str
) -> None:
    (told,) = expected(incidents, outage(), **expect)
    assert surprise in told


@pytest.mark.parametrize(
    ("fields", "expect", "surprise"),
    [
        ({}, {"false": "possible"}, None),
        ({}, {"false": "none"}, "possible without an outage"),
        ({"confirmed_at": "2026-03-06T10:09:00Z"}, {"false": "possible"}, "confirmed without an outage"),
        ({"confirmed_at": "2026-03-06T10:09:00Z"}, {"false": "confirmed"}, None),
        ({"resolved_at": "2026-03-06T13:30:00Z"}, {"false_hours": 3}, "open for 3.5 hours"),
        ({"resolved_at": "2026-03-06T12:30:00Z"}, {"false_hours": 3}, None),
        ({}, {"false_hours": 3}, "open for 86.0 hours"),  # to the end of the world
    ],
)
def test_how_far_a_false_incident_may_come_is_checked(
    fields: dict[str, Any], expect: dict[str, Any], surprise: str | None
) -> None:
    told = expected([incident("2026-03-06T10:00:00Z", **fields)], **expect)
    assert bool(told) == (surprise is not None)
    assert surprise is None or surprise in told[0]


def test_the_services_of_a_world_are_scored_by_themselves() -> None:
    world = msgspec.structs.replace(
        truth(outage(service="s"), outage(service="other", components=["login"])),
        expect={"s": Expectation(), "other": Expectation(false="none")},
    )
    assert world.services() == ("s", "other")
    assert [o["components"] for o in world.of("other").outages] == [["login"]]
    assert world.of("other").expect == {"other": Expectation(false="none")}


def test_quiet_days_leave_out_the_time_of_outages() -> None:
    assert score(truth(outage()), []).quiet_days == pytest.approx(8 - 1 / 24)
