"""Holds published incidents against a world's truth: what was found, how soon, how well placed, and what was false.

An incident belongs to the outage that it fits best (overlap of components × overlap of places weighted by reports)
among those that were going on when it was opened; one that fits none is false. An incident that was opened and later
dismissed still counts: people saw it. Times are minutes since 1970-01-01T00:00Z.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from outages.evaluation.simulation.kinds import Expectation

EARLY_MINUTES: Final = 3.0  # before the start …
CONFIDENCES: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 0.97, 1.01)  # limits of the reliability table's rows
LATE_MINUTES: Final = 10.0  # … and after the end in which an opening still belongs to an outage
Item = TypeVar("Item")


class Incident(msgspec.Struct, frozen=True):
    """One published incident, as a line of an incidents file. Empty countries and regions mean everywhere."""

    service: str
    components: tuple[str, ...]
    opened_at: str
    kind: str = "outage"
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    confirmed_at: str | None = None
    resolved_at: str | None = None
    confidence: float | None = None  # 0…1, as it was opened
    confidence_confirmed: float | None = None
    cause: str | None = None  # whose fault it seemed to be five minutes after its opening; None where nobody looked


class Truth(msgspec.Struct, frozen=True):
    """A world's truth.json. `region_weights` are shares of all reports."""

    profile: str
    start: str
    end: str
    outages: tuple[dict[str, Any], ...]
    region_weights: dict[str, float]
    expect: dict[str, Expectation] = {}  # by service: what a detector should make of it
    relies_on: dict[str, tuple[str, ...]] = {}  # by service: those that it needs, as its catalogue says
    warm_up_ends: str = ""  # nothing is wrong before

    def services(self) -> tuple[str, ...]:
        """The services of the world, the first one first."""
        named = [*self.expect, *(outage.get("service", "") for outage in self.outages)]
        return tuple(dict.fromkeys(named)) or ("",)

    def of(self, service: str) -> Truth:
        """The truth about one service of the world."""
        outages = tuple(outage for outage in self.outages if outage.get("service", "") == service)
        expect = {service: self.expect[service]} if service in self.expect else {}
        return msgspec.structs.replace(self, outages=outages, expect=expect)


@dataclass(frozen=True, slots=True)
class Found:
    """One true outage, and how it was found. Minutes are None where nothing was found, confirmed or resolved."""

    components: tuple[str, ...]
    start: str
    minutes_to_open: float | None = None
    minutes_to_confirm: float | None = None
    minutes_to_resolve: float | None = None
    place: float = 0.0
    component: float = 0.0
    kind_right: bool = False
    fragments: int = 0

    @property
    def is_found(self) -> bool:
        return self.minutes_to_open is not None


@dataclass(frozen=True, slots=True)
class WorldScore:
    """One world: its outages, and the incidents that fit none."""

    world: str
    days: float
    outages: tuple[Found, ...]
    false: tuple[Incident, ...] = field(default=())
    said: tuple[tuple[float, bool], ...] = ()  # each confidence that was said, and whether there was an outage
    surprises: tuple[str, ...] = ()  # what is not as expected of this kind of day
    quiet_days: float = 0.0  # days without the time of outages
    caused: tuple[bool, ...] = ()  # of each incident with an expected cause, whether it was the right one

    @property
    def false_confirmed(self) -> int:
        return sum(incident.confirmed_at is not None for incident in self.false)

    @property
    def false_possible(self) -> int:
        return len(self.false) - self.false_confirmed


@dataclass(frozen=True, slots=True)
class Total:
    """Worlds taken together. Shares in 0…1, minutes, counts per 30 days; None where nothing was found to take it of."""

    worlds: int
    days: float
    quiet_days: float  # without the time of outages
    outages: int
    found: int
    confirmed: int
    false_confirmed: int
    false_possible: int
    surprised: int  # services of worlds of which not all is as expected
    recall: float | None
    confirmed_recall: float | None
    minutes_to_open_median: float | None
    minutes_to_open_p90: float | None
    minutes_to_confirm_median: float | None
    minutes_to_confirm_p90: float | None
    minutes_to_resolve_median: float | None
    earliest_resolved: float | None
    place: float | None
    component: float | None
    kind_right: float | None
    fragments_per_outage: float | None
    false_confirmed_per_30_days: float
    false_possible_per_30_days: float


def minutes(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp() / 60


def places(countries: Iterable[str], regions: Iterable[str], weights: Mapping[str, float]) -> set[str]:
    """The regions meant: all where none is named; a country without any of its regions listed means the whole of it."""
    named, whole = set(regions), set(countries)
    if not named and not whole:
        return set(weights)
    whole -= {region[:2] for region in named}
    return {region for region in weights if region in named or region[:2] in whole}


def overlap(a: set[str], b: set[str], weights: Mapping[str, float] | None = None) -> float:
    """Jaccard overlap, by count or by weight. 1 for two empty sets."""
    if not a | b:
        return 1.0
    if weights is None:
        return len(a & b) / len(a | b)
    return sum(weights[x] for x in a & b) / sum(weights[x] for x in a | b)


def truth_of(world: Path) -> Truth:
    return msgspec.json.decode((world / "truth.json").read_bytes(), type=Truth)


def incidents_in(lines: Iterable[bytes]) -> list[Incident]:
    return [msgspec.json.decode(line, type=Incident) for line in lines if line.strip()]


def score(truth: Truth, incidents: Sequence[Incident]) -> WorldScore:
    """Scores the incidents published for one service of a world."""
    weights = truth.region_weights
    matched: list[list[Incident]] = [[] for _ in truth.outages]
    false = []
    spans = [
        (minutes(o["start"]), minutes(o["end"]), set(o["components"]), places(o["countries"], o["regions"], weights))
        for o in truth.outages
    ]
    for incident in incidents:
        opened, where = minutes(incident.opened_at), places(incident.countries, incident.regions, weights)
        fits = [
            overlap(set(incident.components), parts) * overlap(where, there, weights)
            if start - EARLY_MINUTES <= opened <= end + LATE_MINUTES
            else 0.0
            for start, end, parts, there in spans
        ]
        best = max(range(len(fits)), key=fits.__getitem__, default=None)
        if best is None or fits[best] <= 0:
            false.append(incident)
        else:
            matched[best].append(incident)
    found = tuple(
        _found(outage, sorted(own, key=lambda i: i.opened_at), weights)
        for outage, own in zip(truth.outages, matched, strict=True)
    )
    days = (minutes(truth.end) - minutes(truth.start)) / 1440
    said = tuple(
        (confidence, incident not in false)
        for incident in incidents
        for confidence in (incident.confidence, incident.confidence_confirmed)
        if confidence is not None
    )
    expect = next(iter(truth.expect.values()), Expectation())
    surprising = surprises(expect, found, false, truth.end)
    judged = [i for i in incidents if expect.cause and i.cause is not None and i.kind == "outage"]
    caused = tuple(i.cause in expect.cause for i in judged)
    surprising += tuple(
        f"{i.opened_at} {'+'.join(i.components)}: cause {i.cause}, not {' or '.join(expect.cause)}"
        for i, is_right in zip(judged, caused, strict=True)
        if not is_right
    )
    quiet = days - sum(end - start for start, end, _, _ in spans) / 1440
    return WorldScore(truth.profile, days, found, tuple(false), said, surprising, quiet, caused)


def surprises(expect: Expectation, outages: Sequence[Found], false: Sequence[Incident], end: str) -> tuple[str, ...]:
    """What came otherwise than expected, each in a few words."""
    found: list[str] = []
    for outage in outages:
        name = f"{outage.start} {'+'.join(outage.components)}"
        reached = outage.minutes_to_confirm if expect.outages == "confirmed" else outage.minutes_to_open
        if expect.outages != "any" and reached is None:
            found.append(f"{name}: not {expect.outages}")
        if expect.within is not None and reached is not None and reached > expect.within:
            found.append(f"{name}: {expect.outages} after {reached} minutes, not within {expect.within:g}")
        if not outage.is_found:
            continue
        late = outage.minutes_to_resolve
        if expect.resolved_within is not None and (late is None or late > expect.resolved_within):
            found.append(f"{name}: resolved {'never' if late is None else f'{late} minutes after its end'}")
        if outage.component < expect.part or outage.place < expect.place:
            found.append(f"{name}: component {outage.component:.2f}, place {outage.place:.2f}")
        if expect.incidents is not None and outage.fragments + 1 > expect.incidents:
            found.append(f"{name}: {outage.fragments + 1} incidents")
    for incident in false:
        came_to = "confirmed" if incident.confirmed_at else "possible"
        if expect.false == "none" or (expect.false == "possible" and came_to == "confirmed"):
            found.append(f"{incident.opened_at} {'+'.join(incident.components)}: {came_to} without an outage")
        hours = (minutes(incident.resolved_at or end) - minutes(incident.opened_at)) / 60
        if expect.false_hours is not None and hours > expect.false_hours:
            found.append(f"{incident.opened_at} {'+'.join(incident.components)}: open for {hours:.1f} hours")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of what was said with a confidence of `least` to `most`: how many times, with which mean, and how many true."""

    least: float
    most: float
    times: int
    mean: float
    true: int


def reliability(scores: Iterable[WorldScore]) -> list[Reliability]:
    """How often an outage was there when one was said with some confidence, at openings and confirmations."""
    said = [one for world in scores for one in world.said]
    found = []
    for least, most in itertools.pairwise(CONFIDENCES):
        inside = [one for one in said if least <= one[0] < most]
        if inside:
            mean = round(statistics.mean(confidence for confidence, _ in inside), 2)
            found.append(Reliability(least, min(most, 1.0), len(inside), mean, sum(is_true for _, is_true in inside)))
    return found


def _found(outage: dict[str, Any], own: list[Incident], weights: Mapping[str, float]) -> Found:
    components, start = tuple(outage["components"]), minutes(outage["start"])
    if not own:
        return Found(components, outage["start"])
    there = places(outage["countries"], outage["regions"], weights)
    confirmed = [minutes(i.confirmed_at) for i in own if i.confirmed_at]
    resolved = [minutes(i.resolved_at) for i in own if i.resolved_at]
    return Found(
        components,
        outage["start"],
        minutes_to_open=round(minutes(own[0].opened_at) - start, 1),
        minutes_to_confirm=round(min(confirmed) - start, 1) if confirmed else None,
        minutes_to_resolve=round(max(resolved) - minutes(outage["end"]), 1) if len(resolved) == len(own) else None,
        place=max(overlap(places(i.countries, i.regions, weights), there, weights) for i in own),
        component=max(overlap(set(i.components), set(components)) for i in own),
        kind_right=any(i.kind == outage["kind"] for i in own),
        fragments=len(own) - 1,
    )


def total(scores: Sequence[WorldScore]) -> Total:
    """Takes worlds together. A median is of all found outages, not of the worlds' medians."""
    outages = [outage for world in scores for outage in world.outages]
    found = [outage for outage in outages if outage.is_found]
    days = sum(world.days for world in scores)
    opened = _known(found, lambda o: o.minutes_to_open)
    confirmed = _known(found, lambda o: o.minutes_to_confirm)
    resolved = _known(found, lambda o: o.minutes_to_resolve)
    return Total(
        worlds=len(scores),
        days=days,
        quiet_days=sum(world.quiet_days for world in scores),
        outages=len(outages),
        found=len(found),
        confirmed=sum(o.minutes_to_confirm is not None for o in outages),
        false_confirmed=sum(world.false_confirmed for world in scores),
        false_possible=sum(world.false_possible for world in scores),
        surprised=sum(bool(world.surprises) for world in scores),
        recall=_mean([o.is_found for o in outages]),
        confirmed_recall=_mean([o.minutes_to_confirm is not None for o in outages]),
        minutes_to_open_median=_median(opened),
        minutes_to_open_p90=_p90(opened),
        minutes_to_confirm_median=_median(confirmed),
        minutes_to_confirm_p90=_p90(confirmed),
        minutes_to_resolve_median=_median(resolved),
        earliest_resolved=min(resolved, default=None),
        place=_mean([o.place for o in found]),
        component=_mean([o.component for o in found]),
        kind_right=_mean([o.kind_right for o in found]),
        fragments_per_outage=_mean([o.fragments for o in outages], digits=2),
        false_confirmed_per_30_days=round(30 * sum(w.false_confirmed for w in scores) / days, 2) if days else 0.0,
        false_possible_per_30_days=round(30 * sum(w.false_possible for w in scores) / days, 2) if days else 0.0,
    )


def _known(items: Iterable[Item], value: Callable[[Item], float | None]) -> list[float]:
    return [number for item in items if (number := value(item)) is not None]


def _mean(numbers: Sequence[float], digits: int = 3) -> float | None:
    return round(statistics.mean(numbers), digits) if numbers else None


def _median(numbers: Sequence[float]) -> float | None:
    return round(statistics.median(numbers), 1) if numbers else None


def _p90(numbers: Sequence[float]) -> float | None:
    ordered = sorted(numbers)
    return round(ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))], 1) if ordered else None
