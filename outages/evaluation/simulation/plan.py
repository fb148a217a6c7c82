"""Draws what will happen in a world: its outages, floods, blocks and surges, with places and minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outages.evaluation.simulation.kinds import BlockKind, DayKind, FloodKind, LevelKind, OutageKind, Range, SurgeKind
from outages.evaluation.simulation.population import Population

KEEP_APART_MINUTES = 150  # between the end of one outage and the start of the next
FIRST_HOUR_MINUTES = 20  # an outage of the first hour begins within so many minutes after the edge
LEVEL_WITHIN_MINUTES = 120  # a level changes so soon in the days in play
AT_THE_EDGES_MINUTES = 20  # no outage so near to the start of the days in play or to their end


class PlanError(ValueError):
    """The days are too few for what the kind of day holds."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A true outage. Times in minutes since the world's start; `regions` are indices into the population's."""

    of: OutageKind
    parts: tuple[str, ...]
    countries: tuple[str, ...]
    regions: NDArray[np.intp]
    start: float
    end: float
    peak: float
    up: tuple[tuple[float, float], ...] = ()  # spans within it when a flapping service works
    rise_minutes: float = 10.0
    fade_minutes: float = 12.0
    tires_after_minutes: float = 75.0
    rush: float = 0.0  # how many more report just after it is over, as a share of the height before

    def down(self, at: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether it is down at these minutes."""
        down: NDArray[np.bool_] = (at >= self.start) & (at < self.end)
        for start, end in self.up:
            down &= ~((at >= start) & (at < end))
        return down


@dataclass(frozen=True, slots=True)
class Flood:
    of: FloodKind
    region: int
    start: float
    end: float
    per_minute: float


@dataclass(frozen=True, slots=True)
class Block:
    of: BlockKind
    vantage: str
    probes: tuple[str, ...]
    status: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Surge:
    of: SurgeKind
    start: float
    end: float
    times: float


@dataclass(frozen=True, slots=True)
class Level:
    of: LevelKind
    start: float
    times: float


@dataclass(frozen=True, slots=True)
class Plan:
    outages: tuple[Outage, ...]
    floods: tuple[Flood, ...]
    blocks: tuple[Block, ...]
    surges: tuple[Surge, ...]
    growth: float
    levels: tuple[Level, ...] = ()


def _within(rng: np.random.Generator, span: Range) -> float:
    return float(rng.uniform(*span))


def _apart(rng: np.random.Generator, lengths: list[float], first: float, last: float, gap: float) -> list[float]:
    """Starts for spans of these lengths, in order, within [first, last] and at least `gap` apart."""
    spare = (last - first) - sum(lengths) - gap * max(0, len(lengths) - 1)
    if spare < 0:
        raise PlanError("The days in play are too short for what happens on this kind of day: ask for more days.")
    cuts = np.sort(rng.uniform(0, spare, len(lengths)))
    starts, before = [], first
    for cut, length in zip(cuts, lengths, strict=True):
        starts.append(float(before + cut))
        before += length + gap
    return starts


def _place(
    rng: np.random.Generator, of: OutageKind, people: Population, taken: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Countries and regions of an outage; where there is a choice, none that was taken before in this world."""
    if of.where == "everywhere":
        return people.countries, np.arange(len(people.regions))
    if of.where == "continent":
        names = [name for name in people.continents if tuple(people.continents[name]) not in taken]
        name = str(rng.choice(names or list(people.continents)))
        countries = tuple(people.continents[name])
        taken.append(countries)
        return countries, people.regions_of(countries)
    weight = dict.fromkeys(people.countries, 0.0)
    for code, share, _ in people.regions:
        weight[code[:2]] += share
    big = [country for country in people.countries if weight[country] >= 15 and (country,) not in taken]
    country = str(rng.choice(big or list(people.countries)))
    taken.append((country,))
    regions = people.regions_of((country,))
    if of.where == "region" or country == "US":  # so large a country fails by region
        likely = np.array([people.regions[i][1] for i in regions])
        regions = np.array([rng.choice(regions, p=likely / likely.sum())])
    return (country,), regions


def _outage(
    rng: np.random.Generator, of: OutageKind, parts: tuple[str, ...], start: float, minutes: float, people: Population,
    taken: list[tuple[str, ...]],
) -> Outage:  # fmt: skip
    countries, regions = _place(rng, of, people, taken)
    end = start + minutes
    up: list[tuple[float, float]] = []
    if of.onset == "flapping":
        at = start + rng.uniform(12, 25)
        while at + 25 < end:
            back = at + rng.uniform(6, 16)
            up.append((float(at), float(back)))
            at = back + rng.uniform(10, 22)
    return Outage(
        of=of,
        parts=parts,
        countries=countries,
        regions=regions,
        start=start,
        end=end,
        peak=_within(rng, of.peak),
        up=tuple(up),
        rise_minutes=float(rng.uniform(*(of.rise or ((70, 120) if of.onset == "creeping" else (5, 14))))),
        fade_minutes=float(rng.uniform(6, 14)),
        tires_after_minutes=float(rng.uniform(60, 100)),
        rush=float(rng.uniform(0.3, 1.0) if rng.random() < 0.3 else 0.0),
    )


def draw(rng: np.random.Generator, kind: DayKind, people: Population, first: float, last: float) -> Plan:
    """Draws a plan for the minutes [first, last]. DoesNotFit where they are too few."""
    first, last = first + AT_THE_EDGES_MINUTES, last - AT_THE_EDGES_MINUTES
    each: list[tuple[OutageKind, tuple[str, ...]]] = []
    for of in kind.outages:
        order = [of.parts[i] for i in rng.permutation(len(of.parts))]
        each += [(of, order[i % len(order)]) for i in range(of.count)]
    apart = [item for item in each if item[0].during_outage is None]
    rng.shuffle(apart)
    lengths = [_within(rng, of.minutes) for of, _ in apart]
    taken: list[tuple[str, ...]] = []
    earliest = first + 60 * kind.calm_hours
    latest = earliest + sum(lengths) + FIRST_HOUR_MINUTES if kind.first_hour else last - 60
    outages = [
        _outage(rng, of, parts, start, minutes, people, taken)
        for (of, parts), minutes, start in zip(
            apart, lengths, _apart(rng, lengths, earliest, latest, KEEP_APART_MINUTES), strict=True
        )
    ]
    for of, parts in each:
        if of.during_outage is not None:
            beside = outages[of.during_outage]
            start = float(rng.uniform(beside.start + 5, beside.start + 0.6 * (beside.end - beside.start)))
            outages.append(_outage(rng, of, parts, start, _within(rng, of.minutes), people, taken))
    return Plan(
        outages=tuple(sorted(outages, key=lambda outage: outage.start)),
        floods=_floods(rng, kind, people, outages, first, last),
        blocks=_blocks(rng, kind, people, outages, first, last),
        surges=_surges(rng, kind, first, last),
        growth=_within(rng, kind.growth),
        levels=tuple(
            Level(of, first + float(rng.uniform(0, LEVEL_WITHIN_MINUTES)), _within(rng, of.times)) for of in kind.levels
        ),
    )


def _floods(
    rng: np.random.Generator, kind: DayKind, people: Population, outages: list[Outage], first: float, last: float
) -> tuple[Flood, ...]:
    weights = np.array([share for _, share, _ in people.regions])
    alone = [of for of in kind.floods if of.beside_outage is None]
    lengths = [_within(rng, of.minutes) for of in alone]
    starts = _apart(rng, lengths, first, last, 60)
    floods = []
    for of in kind.floods:
        if of.beside_outage is None:
            start, minutes = starts.pop(0), lengths.pop(0)
        else:
            start, minutes = outages[of.beside_outage].start + float(rng.uniform(2, 15)), _within(rng, of.minutes)
        likely = weights if of.beside_outage is None else _only(weights, outages[of.beside_outage].regions)
        region = int(rng.choice(len(weights), p=likely / likely.sum()))
        floods.append(Flood(of, region, start, start + minutes, _within(rng, of.per_minute)))
    return tuple(floods)


def _only(weights: NDArray[np.float64], regions: NDArray[np.intp]) -> NDArray[np.float64]:
    kept = np.zeros(len(weights))
    kept[regions] = weights[regions]
    return kept


def _blocks(
    rng: np.random.Generator, kind: DayKind, people: Population, outages: list[Outage], first: float, last: float
) -> tuple[Block, ...]:
    each = [of for of in kind.blocks for _ in range(of.count) if of.during_outage is None]
    lengths = [_within(rng, of.minutes) for of in each]
    vantages = list(dict.fromkeys(target.vantage for target in people.probes))
    order = [vantages[i] for i in rng.permutation(len(vantages))]
    blocks = []
    for number, (of, minutes, start) in enumerate(
        zip(each, lengths, _apart(rng, lengths, first, last, 60), strict=True)
    ):
        if of.how == "errors":
            blocks += _errors(rng, of, people, start, minutes)
            continue
        vantage = order[number % len(order)]
        probes = [target.probe for target in people.probes if target.vantage == vantage]
        if of.how == "refused" and rng.random() < 0.5:
            probes = [str(rng.choice(probes))]
        blocks.append(Block(of, vantage, tuple(probes), int(rng.choice([403, 429])), start, start + minutes))
    for of in kind.blocks:
        if of.during_outage is not None:
            outage = outages[of.during_outage]
            start, minutes = outage.start + _within(rng, of.after), _within(rng, of.minutes)
            watching = [
                target
                for target in people.probes
                if target.component in outage.parts and set(people.served_by(target)) & set(outage.countries)
            ]
            for vantage in dict.fromkeys(target.vantage for target in watching):
                probes = [target.probe for target in watching if target.vantage == vantage]
                blocks.append(Block(of, vantage, tuple(probes), int(rng.choice([403, 429])), start, start + minutes))
    return tuple(blocks)


def _errors(rng: np.random.Generator, of: BlockKind, people: Population, start: float, minutes: float) -> list[Block]:
    """One vantage that is served errors by a component which others reach, and perhaps one failure of another's."""
    by_component: dict[str, list[tuple[str, str]]] = {}
    for target in people.probes:
        by_component.setdefault(target.component, []).append((target.vantage, target.probe))
    several = [component for component, seen in by_component.items() if len(seen) > 1]
    seen_from = by_component[str(rng.choice(several))]
    (vantage, probe), (second, other) = (seen_from[i] for i in rng.permutation(len(seen_from))[:2].tolist())
    blocks = [Block(of, vantage, (probe,), 503, start, start + minutes)]
    if of.fluke:
        at = start + float(rng.uniform(0.3, 0.9)) * minutes
        blocks.append(Block(of, second, (other,), 502, at, at + 1))
    return blocks


def _surges(rng: np.random.Generator, kind: DayKind, first: float, last: float) -> tuple[Surge, ...]:
    each = [of for of in kind.surges for _ in range(of.count)]
    lengths = [_within(rng, of.minutes) for of in each]
    return tuple(
        Surge(of, start, start + minutes, _within(rng, of.times))
        for of, minutes, start in zip(each, lengths, _apart(rng, lengths, first, last, 120), strict=True)
    )
