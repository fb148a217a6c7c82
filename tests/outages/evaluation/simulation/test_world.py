"""What a simulated world promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest

from outages.detection.replay import Event
from outages.evaluation.backtest.score import Truth, places
from outages.evaluation.simulation.kinds import Expectation, kinds
from outages.evaluation.simulation.plan import KEEP_APART_MINUTES, PlanError
from outages.evaluation.simulation.population import population
from outages.evaluation.simulation.world import World, generate
from tests.outages.shared import needs

pytestmark = pytest.mark.slow

MADE_ANYHOW = ("flapping", "quiet")  # worlds that other quick tests make anyhow


@cache
def world(kind: str, seed: int = 3) -> World:
    return generate(kinds()[kind], seed=seed)


def seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def of_type(made: World, name: str) -> list[dict[str, Any]]:
    return [event for event in made.events if event["type"] == name]


def within(events: list[dict[str, Any]], start: str, end: str) -> list[dict[str, Any]]:
    return [event for event in events if start <= event["at"] < end]


def slow_where_made_for_it(names: Iterable[str]) -> list[Any]:
    """The worlds' names, those marked as slow that no other quick test makes."""
    return [name if name in MADE_ANYHOW else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("kind", slow_where_made_for_it(kinds()))
def test_every_kind_of_day_has_what_it_says(kind: str) -> None:
    made = world(kind)
    truth = msgspec.convert(made.truth, Truth)
    assert truth.profile == kind
    of = kinds()[kind]
    outages = sum(outage.count for outage in of.outages)
    assert len(truth.of("tesla").outages) == outages
    assert len(truth.outages) == outages * (1 + sum(neighbour.how != "echo" for neighbour in of.neighbours))
    assert list(truth.expect) == ["tesla", *(neighbour.service for neighbour in of.neighbours)]
    assert abs(sum(truth.region_weights.values()) - 1) < 0.01
    blocks = sum(block.count * (1 + block.fluke) for block in of.blocks)
    expected = len(of.floods) + blocks + sum(surge.count for surge in of.surges) + len(of.levels)
    assert len(made.truth["decoys"]) == expected
    for outage in truth.outages:
        assert made.truth["warm_up_ends"] < outage["start"] < outage["end"] < truth.end
        assert places(outage["countries"], outage["regions"], truth.region_weights)


@pytest.mark.parametrize("kind", slow_where_made_for_it(["quiet", "firewall", "attack"]))
def test_events_come_in_order_of_time_and_in_the_format_of_a_replay(kind: str) -> None:
    made = world(kind)
    stamps = [event["at"] for event in made.events]
    assert stamps == sorted(stamps)
    for line in list(made.lines())[::500]:
        msgspec.json.decode(line, type=Event)
    assert {event["service"] for event in made.events} == {"tesla"}


@pytest.mark.slow
def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    again = generate(kinds()["attack"], seed=3, days=8)
    assert again == world("attack")
    assert generate(kinds()["attack"], seed=4).events != again.events


def test_too_few_days_are_refused_with_a_reason() -> None:
    with pytest.raises(PlanError, match="more days"):
        generate(kinds()["regional"], seed=1, days=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_outages_keep_apart_unless_they_are_meant_to_overlap(seed: int) -> None:
    outages = generate(kinds()["component"], seed=seed).truth["outages"]
    for one, later in pairwise(outages):
        assert seconds(later["start"]) - seconds(one["end"]) >= KEEP_APART_MINUTES * 60 - 1
    first, second = generate(kinds()["two-at-once"], seed=seed).truth["outages"]
    assert second["start"] < first["end"]
    assert not set(first["components"]) & set(second["components"])
    assert not set(first["countries"]) & set(second["countries"])


@pytest.mark.slow
def test_an_outage_brings_reports_of_its_parts_in_its_places() -> None:
    made = world("continent")
    for outage in made.truth["outages"]:
        here = within(of_type(made, "report"), outage["start"], outage["end"])
        of_it = [r for r in here if r["component"] in outage["components"] and r["country"] in outage["countries"]]
        assert len(of_it) > 10 * max(1, len(here) - len(of_it)) or len(of_it) > 100


def test_a_flapping_service_works_in_between() -> None:
    made = world("flapping")
    outage = made.truth["outages"][0]
    probes = [p for p in of_type(made, "probe") if p["component"] == "app" and p["vantage"] == "use1"]
    answers = [p["http_status"] == 503 for p in within(probes, outage["start"], outage["end"])]
    changes = sum(a != b for a, b in pairwise(answers[4:]))
    assert 0.2 < np.mean(answers) < 0.8
    assert changes >= 4


@pytest.mark.slow
def test_a_firewall_and_a_cut_cable_are_seen_from_one_vantage_only() -> None:
    for kind in ("firewall", "cut-off"):
        made = world(kind)
        for decoy in made.truth["decoys"]:
            here = within(of_type(made, "probe"), decoy["start"], decoy["end"])
            bad = [p for p in here if p["http_status"] != 200]
            own = [p for p in bad if p["vantage"] == decoy["vantage"] and p["probe"] in decoy["probes"]]
            assert len(own) == sum(p["vantage"] == decoy["vantage"] and p["probe"] in decoy["probes"] for p in here)
            assert len(bad) - len(own) <= 0.01 * len(here) + 3
            statuses = {p["http_status"] for p in own}
            assert statuses <= ({403, 429} if kind == "firewall" else {None})


@pytest.mark.slow
def test_curiosity_raises_everything_in_the_usual_mix() -> None:
    made = world("curiosity")
    reports = of_type(made, "report")
    usual = Counter(r["component"] for r in reports if r["at"] < made.truth["warm_up_ends"])
    for decoy in made.truth["decoys"]:
        surge = within(reports, decoy["start"], decoy["end"])
        share = Counter(r["component"] for r in surge)["app"] / len(surge)
        assert share == pytest.approx(usual["app"] / usual.total(), abs=0.08)


@pytest.mark.slow
def test_growth_grows() -> None:
    made = world("growth")
    per_day = Counter(r["at"][:10] for r in of_type(made, "report") if r["component"] == "vehicle")
    days = [count for _, count in sorted(per_day.items())]
    assert days[-1] > 1.6 * days[0]


@pytest.mark.slow
def test_false_reports_come_from_few_systems() -> None:
    made = world("attack")
    for decoy, flood in zip(made.truth["decoys"], kinds()["attack"].floods, strict=True):
        here = within(of_type(made, "report"), decoy["start"], decoy["end"])
        false = [r for r in here if r["network"].startswith("h") and r["component"] == decoy["component"]]
        assert len({r["asn"] for r in false}) <= flood.systems
        assert len({r["network"] for r in false}) <= flood.networks * flood.systems
        assert len({r["reporter"] for r in false}) <= flood.reporters


@pytest.mark.slow
def test_a_flood_is_five_thousand_reports_and_the_first_is_out_of_one_block() -> None:
    made = world("flood")
    false = [r for r in of_type(made, "report") if r["network"].startswith("h")]
    for number, decoy in enumerate(made.truth["decoys"]):
        own = [r for r in false if r["reporter"].startswith(f"h{number}.")]
        assert 4500 < len(own) < 5500
        assert {r["component"] for r in own} == {decoy["component"]}
        assert len({r.get("wide_network") for r in own} - {None}) == (1 if number == 0 else 0)


@pytest.mark.slow
def test_a_reassuring_flood_comes_during_the_outage_and_says_that_it_works() -> None:
    made = world("reassurance")
    outage, decoy = made.truth["outages"][0], made.truth["decoys"][0]
    assert outage["start"] < decoy["start"] < outage["end"]
    assert decoy["region"] in outage["regions"]
    working = [r for r in of_type(made, "report") if r.get("kind") == "working"]
    assert len(working) > 3000
    assert len({r["asn"] for r in working}) <= 3


def test_an_ordinary_day_follows_the_local_clock() -> None:
    made = world("quiet")
    hours = Counter(int(r["at"][11:13]) for r in of_type(made, "report") if r["country"] in ("NL", "DE", "FR"))
    night, evening = sum(hours[h] for h in (0, 1, 2)), sum(hours[h] for h in (15, 16, 17))
    assert evening > 5 * night


def test_shares_of_components_and_regions_are_those_of_the_population() -> None:
    made = world("quiet")
    reports = of_type(made, "report")
    for component, share in population().components.items():
        assert sum(r["component"] == component for r in reports) / len(reports) == pytest.approx(share, abs=0.02)
    california = made.truth["region_weights"]["US-CA"]
    assert sum(r["region"] == "US-CA" for r in reports) / len(reports) == pytest.approx(california, abs=0.02)


def measured(events: list[dict[str, Any]], until: str) -> dict[str, float]:
    """A few figures of the quiet days of a world."""
    reports = [e for e in events if e["type"] == "report" and e["at"] < until]
    probes = [e for e in events if e["type"] == "probe" and e["at"] < until]
    by_system = Counter((r["country"], r["asn"]) for r in reports if r["country"] == "US").most_common()
    per_minute = np.bincount([int(seconds(r["at"]) // 60) % 7200 for r in reports], minlength=7200)
    return {
        "reports a day": len(reports) / 5,
        "share of the app": sum(r["component"] == "app" for r in reports) / len(reports),
        "share of California": sum(r["region"] == "US-CA" for r in reports) / len(reports),
        "share of the largest system": by_system[0][1] / sum(count for _, count in by_system),
        "reports a network": len(reports) / len({r["network"] for r in reports}),
        "variance over mean": float(per_minute.var() / per_minute.mean()),
        "failing tries": sum(p["http_status"] != 200 for p in probes) / len(probes),
        "median latency": float(np.median([p["latency_ms"] for p in probes])),
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["quiet", "regional", "brownout"])
def test_quiet_days_are_like_those_of_the_given_worlds(kind: str) -> None:
    folder = needs("worlds", kind)
    from outages.detection.replay import read_events

    given = [msgspec.to_builtins(event) for event in read_events(folder)]
    for event in given:
        event["at"] = event["at"].replace("+00:00", "Z")
    until = msgspec.json.decode((folder / "truth.json").read_bytes())["warm_up_ends"]
    theirs = measured(given, until)
    ours = measured(list(world(kind).events), world(kind).truth["warm_up_ends"])
    for figure, value in theirs.items():
        wide = 2.2 if figure == "reports a day" else 1.35
        assert value / wide <= ours[figure] <= value * wide, figure


def test_a_vantage_that_is_gone_says_nothing_any_more() -> None:
    made = world("vantage-gone")
    outage, (decoy,) = made.truth["outages"][0], made.truth["decoys"]
    assert outage["start"] < decoy["start"] < outage["end"]
    assert made.truth["end"] < decoy["end"]
    seen = [p for p in of_type(made, "probe") if p["vantage"] == decoy["vantage"] and p["probe"] in decoy["probes"]]
    assert max(p["at"] for p in seen) < decoy["start"]


def test_one_vantage_alone_is_served_errors_and_another_one_has_a_fluke() -> None:
    made = world("quorum-fluke")
    errors, flukes = made.truth["decoys"][::2], made.truth["decoys"][1::2]
    probes = of_type(made, "probe")
    for lone, fluke in zip(errors, flukes, strict=True):
        assert lone["vantage"] != fluke["vantage"]
        assert lone["start"] < fluke["start"] < fluke["end"] < lone["end"]
        own = [p for p in within(probes, lone["start"], lone["end"]) if p["probe"] in lone["probes"]]
        assert {p["http_status"] for p in own} == {503}
        bad = [p for p in within(probes, fluke["start"], fluke["end"]) if p["probe"] in fluke["probes"]]
        assert [p["http_status"] for p in bad] == [502]
        assert {p["component"] for p in own} == {p["component"] for p in bad}


def test_a_level_changes_for_good_and_the_outage_comes_a_day_later() -> None:
    made = world("level")
    (decoy,) = made.truth["decoys"]
    reports = [r for r in of_type(made, "report") if r["component"] == decoy["component"]]
    before = sum(r["at"] < made.truth["warm_up_ends"] for r in reports) / 5
    after = len(within(reports, "2026-05-10T00:00:00Z", "2026-05-11T00:00:00Z"))
    assert after / before == pytest.approx(decoy["times"], rel=0.25)
    assert seconds(made.truth["outages"][0]["start"]) - seconds(decoy["start"]) > 86_400


def test_placeless_reports_name_no_place() -> None:
    assert {(r["country"], r["region"]) for r in of_type(world("placeless"), "report")} == {(None, None)}


def test_a_quiet_service_has_a_report_every_few_hours() -> None:
    reports = of_type(world("low-volume"), "report")
    assert 8 < sum(r["at"] < world("low-volume").truth["warm_up_ends"] for r in reports) < 120


@pytest.mark.slow
def test_late_reports_come_after_their_outage_began_and_a_crowd_behind_carriers_shares_their_networks() -> None:
    late = world("late-reports")
    outage = late.truth["outages"][0]
    first = min(seconds(r["at"]) for r in of_type(late, "report") if outage["start"] <= r["at"] and r["asn"])
    assert first >= seconds(outage["start"])
    shared = [r for r in of_type(world("cgnat"), "report") if r["network"].startswith("c")]
    assert len(shared) > 100
    assert len({r["network"] for r in shared}) == 3


def test_the_first_hour_has_its_outage_before_anything_is_learnt() -> None:
    made = world("first-hour")
    assert seconds(made.truth["outages"][0]["start"]) - seconds(made.truth["start"]) < 3600


@pytest.mark.slow
def test_a_bystander_is_named_by_a_few_and_has_no_outage() -> None:
    made = world("bystander")
    assert {outage["service"] for outage in made.truth["outages"]} == {"tesla"}
    outage = made.truth["outages"][0]
    here = [r for r in of_type(made, "report") if outage["start"] <= r["at"] < outage["end"]]
    by_service = Counter(r["service"] for r in here)
    assert 0.02 < by_service["bystander"] / by_service["tesla"] < 0.2
    stamps = [event["at"] for event in made.events]
    assert stamps == sorted(stamps)


@pytest.mark.slow
def test_a_service_that_needs_another_one_fails_minutes_after_it() -> None:
    first, second = sorted(world("upstream").truth["outages"], key=lambda outage: outage["service"] != "tesla")
    assert (first["service"], second["service"]) == ("tesla", "dependent")
    assert 60 <= seconds(second["start"]) - seconds(first["start"]) <= 241


def test_the_sites_catalogue_of_kinds_says_what_each_new_kind_should_come_to() -> None:
    assert kinds()["total"].expect == Expectation(within=5, part=1.0, incidents=1)
    assert kinds()["bystander"].neighbours[0].expect.false == "possible"
