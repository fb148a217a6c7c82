"""Place and part: the fewest places and components that explain what was reported beyond the usual.

For a set of places with x reports seen and m expected, the log-likelihood ratio of "raised here" against "as usual" is
x·ln(x/m) − (x − m) (Kulldorff, Communications in Statistics 26, 1997). A set costs nats for what it takes to name it:
everywhere nothing, a probe's area a little, each country or region more. The best is the one with the most nats left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from outages.detection.estimators.zones import Zones, country_of
from outages.detection.thresholds import Thresholds

FEW_PIECES: Final = 5  # arrays cost more than they save below this
FEW_RISES: Final = 24  # so few are not sorted: that would cost more than it saves
NEXT_TO_NOTHING: Final = 1e-3  # expected reports that make no ratio
LEAST_EXPECTED: Final = 1e-4  # reports, of a place
ROUNDING: Final = 1e-6  # nats by which a bound may be wrong


@dataclass(frozen=True, slots=True)
class Place:
    """Where: empty means everywhere; a country without any of its regions listed means the whole country."""

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    nats: float = 0.0


def excess(seen: float, expected: float) -> float:
    """x·ln(x/m) − (x − m) where x > m, else 0. Nats."""
    expected = max(expected, NEXT_TO_NOTHING)
    return seen * math.log(seen / expected) - (seen - expected) if seen > expected else 0.0


def shortfall(seen: float, expected: float) -> float:
    """x·ln(x/m) − (x − m) where x < m, else 0. Nats."""
    if seen >= expected:
        return 0.0
    return (seen * math.log(seen / expected) if seen > 0 else 0.0) - (seen - expected)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a probe says of its area: it fails (or not) with so many nats."""

    countries: tuple[str, ...]
    nats: float
    fails: bool


def chance_of(nats: float, limits: Thresholds) -> float:
    """The chance that a quiet window brings the search for a place so many nats, or more: its p-value.

    Measured at 0.6 to 600 reports an hour and windows of 5 to 120 minutes (`python -m bench place`). It falls more
    slowly than e^-nats, as the best of many sets is held against its own best rises.
    """
    return min(1.0, limits.place_chance * math.exp(-limits.place_decay * max(nats, 0.0)))


def unexplained(
    mask: NDArray[np.bool_], expected: NDArray[np.float64], sights: list[Sight], zones: Zones, limits: Thresholds
) -> float:
    """Nats of probes that a place leaves unexplained: failing ones outside it, answering ones inside."""
    lost = 0.0
    for sight in sights:
        area = zones.mask(sight.countries, ())
        usual = expected[area].sum()
        covered = float(expected[area & mask].sum() / usual) if usual > 0 else limits.unknown_cover
        lost += sight.nats * ((1 - covered) if sight.fails else covered)
    return lost


def at_most(seen: NDArray[np.float64], expected: NDArray[np.float64], limits: Thresholds) -> NDArray[np.float64]:
    """The most nats that each of some pieces adds to any set: those of the rise that suits it best. Cheap.

    What several explain `together` is never more than their sum (or 0): sets that cannot be the best need no weighing.
    """
    m = np.maximum(expected, NEXT_TO_NOTHING)
    own = np.maximum(seen / m, limits.least_rise)
    nats: NDArray[np.float64] = seen * np.log(own) - m * (own - 1)
    return nats


def together(pieces: list[tuple[float, float]], limits: Thresholds) -> float:
    """Nats of several countries or parts of them, each (seen, expected), as one outage.

    Each may have risen up to `uneven` times less or more than the outage's own rise (nights, habits), which is the one
    that explains most; but by no less than `least_rise`: one that did not rise speaks against the set.
    """
    seen, expected = sum(p[0] for p in pieces), sum(p[1] for p in pieces)
    if seen <= expected:
        return 0.0
    if len(pieces) < FEW_PIECES:
        return _together_of_few(pieces, seen / expected, limits)
    x = np.array([p[0] for p in pieces])
    m = np.maximum(np.array([p[1] for p in pieces]), NEXT_TO_NOTHING)
    each = x / m
    rises = np.maximum(np.concatenate([each, [seen / expected]]), limits.least_rise)
    if len(rises) > FEW_RISES:  # many that did not rise are one
        rises = np.unique(rises)
    rises = rises[:, None]
    own = np.minimum(
        np.maximum(each[None, :], np.maximum(rises / limits.uneven, limits.least_rise)), rises * limits.uneven
    )
    return float((x * np.log(own) - m * (own - 1)).sum(axis=1).max())


def _together_of_few(pieces: list[tuple[float, float]], whole: float, limits: Thresholds) -> float:
    """The same without arrays, which cost more than they save where there is little to sum."""
    each = [(x, m, x / m) for x, m in ((x, max(m, NEXT_TO_NOTHING)) for x, m in pieces)]
    best = -math.inf
    for rise in {max(rise, limits.least_rise) for rise in (whole, *(own for _, _, own in each))}:
        low, high, nats = max(rise / limits.uneven, limits.least_rise), rise * limits.uneven, 0.0
        for x, m, own in each:
            own = min(max(own, low), high)
            nats += x * math.log(own) - m * (own - 1)
        best = max(best, nats)
    return best


def place_of(
    observed: NDArray[np.float32], expected: NDArray[np.float32], zones: Zones, limits: Thresholds,
    sights: list[Sight] | None = None,
) -> Place:  # fmt: skip
    """The place that best explains reports seen and expected by place, shape (places,), and what probes saw."""
    x = observed.astype(np.float64)
    m = np.maximum(expected.astype(np.float64), LEAST_EXPECTED)
    if not len(x) or x.sum() <= m.sum() * limits.least_share:
        return Place()
    by_country: dict[str, list[int]] = {}
    for number, country in enumerate(zones.countries()):
        if country:
            by_country.setdefault(country, []).append(number)
    sums = {country: (float(x[at].sum()), float(m[at].sum())) for country, at in by_country.items()}
    pieces = np.array(list(sums.values())).reshape(-1, 2)
    most = dict(zip(sums, at_most(pieces[:, 0], pieces[:, 1], limits).tolist(), strict=True))
    found = [Place((), (), together(list(sums.values()), limits))] if len(by_country) >= limits.few_countries else []
    # Where probes have their say too, a place with fewer nats of reports may be the better one.
    needed = found[0].nats - ROUNDING if found and not sights else -math.inf
    grown = _grown_from(sums, x, m, by_country, zones, needed, limits)
    needed = max(needed, grown.nats - ROUNDING) if not sights else needed
    for group in zones.groups[1:]:
        inside = [country for country in group if country in sums]
        if len(group) > 1 and inside and sum(max(most[c], 0.0) for c in inside) - limits.area_cost >= needed:
            whole = _made(inside, sums, limits.area_cost, limits)
            found.append(whole)
            found.append(_pruned(whole, inside, sums, most, limits))
    found.append(grown)
    if sights:
        failing = united([sight.countries for sight in sights if sight.fails], zones)
        inside = [country for country in failing.countries if country in sums]
        if inside:
            found.append(_made(inside, sums, 2 * limits.area_cost, limits))
        found = [
            replace(place, nats=place.nats - unexplained(mask, m, sights, zones, limits))
            for place, mask in ((place, zones.mask(place.countries, place.regions)) for place in found)
        ]
    best = max(found, key=lambda place: place.nats, default=Place())
    return _whole(best, m, zones, limits)


def _made(countries: list[str], sums: dict[str, tuple[float, float]], cost: float, limits: Thresholds) -> Place:
    return Place(tuple(sorted(countries)), (), together([sums[c] for c in countries], limits) - cost)


def _pruned(
    area: Place, inside: list[str], sums: dict[str, tuple[float, float]], most: dict[str, float], limits: Thresholds
) -> Place:
    """An area without the few countries that clearly have nothing."""
    best, chosen, cost = area, list(inside), limits.area_cost
    while len(chosen) > 1:
        poorest = min(chosen, key=lambda c: sums[c][0] / sums[c][1] if sums[c][1] > NEXT_TO_NOTHING else math.inf)
        rest = [c for c in chosen if c != poorest]
        cost += limits.country_cost
        if max(sum(most[c] for c in rest), 0.0) - cost < best.nats - ROUNDING:
            break
        place = _made(rest, sums, cost, limits)
        if place.nats <= best.nats:
            break
        best, chosen = place, rest
    return best


@dataclass(frozen=True, slots=True)
class _Piece:
    """A country, or some regions of it, with what it keeps of its nats after the cost of its name."""

    nats: float
    country: str
    regions: tuple[str, ...]
    seen: float
    expected: float
    cost: float


def _grown_from(
    sums: dict[str, tuple[float, float]], x: NDArray[np.float64], m: NDArray[np.float64],
    by_country: dict[str, list[int]], zones: Zones, needed: float, limits: Thresholds,
) -> Place:  # fmt: skip
    """Countries or single regions, the richest first, as long as each pays for its name.

    Nothing where the best of them all could not have the nats that are needed.
    """
    most = at_most(x, m, limits).tolist()
    seen_at, expected_at = x.tolist(), m.tolist()
    pieces = [
        _best_piece(country, seen, expected, by_country[country], seen_at, expected_at, most, zones, limits)
        for country, (seen, expected) in sums.items()
    ]
    pieces.sort(key=lambda piece: -piece.nats)
    if not pieces or max(sum(max(piece.nats, 0.0) for piece in pieces), pieces[0].nats) < needed:
        return Place((), (), -math.inf)
    chosen: list[_Piece] = []
    nats, cost, bound = -math.inf, 0.0, 0.0
    for piece in pieces:
        # A piece adds no more than its own nats to the sum of the others' own.
        if max(bound + piece.nats + piece.cost, 0.0) - cost - piece.cost < nats - ROUNDING:
            continue
        total = together([*((one.seen, one.expected) for one in chosen), (piece.seen, piece.expected)], limits)
        total = total - cost - piece.cost
        if total <= nats:
            continue
        nats, cost, bound = total, cost + piece.cost, bound + max(piece.nats + piece.cost, 0.0)
        chosen.append(piece)
    countries = sorted(piece.country for piece in chosen)
    return Place(tuple(countries), tuple(sorted(region for piece in chosen for region in piece.regions)), nats)


def _best_piece(
    country: str, seen: float, expected: float, places: list[int], x: list[float], m: list[float], most: list[float],
    zones: Zones, limits: Thresholds,
) -> _Piece:  # fmt: skip
    """The whole country, or those of its regions that rose the most, whichever explains more for its names."""
    best = _Piece(excess(seen, expected) - limits.country_cost, country, (), seen, expected, limits.country_cost)
    risen = [n for n in places if len(zones.places[n]) > 2 and x[n] > m[n]]
    risen.sort(key=lambda n: -excess(x[n], m[n]))
    bound = 0.0
    for count, number in enumerate(risen[: len(places) - 1], start=1):
        bound += most[number]
        if max(bound, 0.0) - limits.region_cost * count < best.nats - ROUNDING:
            continue
        parts = [(x[n], m[n]) for n in risen[:count]]
        nats = together(parts, limits) - limits.region_cost * count
        if nats > best.nats:
            names = tuple(zones.places[n] for n in risen[:count])
            best = _Piece(
                nats, country, names, sum(p[0] for p in parts), sum(p[1] for p in parts), limits.region_cost * count
            )
    return best


def _whole(place: Place, m: NDArray[np.float64], zones: Zones, limits: Thresholds) -> Place:
    """A set that leaves out next to nothing is everywhere."""
    mask = zones.mask(place.countries, place.regions)
    if len({country for country in zones.countries() if country}) < limits.few_countries:
        return place
    return Place((), (), place.nats) if m[mask].sum() >= limits.whole_share * m.sum() else place


def united(areas: list[tuple[str, ...]], zones: Zones) -> Place:
    """The place that probes of these areas stand for together; an area without countries is everywhere."""
    if not areas or any(not area for area in areas):
        return Place()
    countries = {country for area in areas for country in area}
    known = {country for group in zones.groups for country in group}
    return Place() if known <= countries else Place(tuple(sorted(countries)))


def containment(a: NDArray[np.bool_], b: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Weighted share of the smaller set of places that lies in the other one."""
    smaller = min(weights[a].sum(), weights[b].sum())
    return float(weights[a & b].sum() / smaller) if smaller > 0 else 0.0


def overlap(a: NDArray[np.bool_], b: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Weighted Jaccard index of two sets of places."""
    either = weights[a | b].sum()
    return float(weights[a & b].sum() / either) if either > 0 else float(bool((a == b).all()))


def worth(
    place: Place,
    observed: NDArray[np.float32],
    expected: NDArray[np.float32],
    zones: Zones,
    limits: Thresholds,
    sights: list[Sight] | None = None,
) -> float:
    """The nats that a place keeps after its cost, for these reports and what probes saw."""
    mask = zones.mask(place.countries, place.regions)
    cost = 0.0
    if place.countries or place.regions:
        detailed = {country_of(region) for region in place.regions}
        whole = [country for country in place.countries if country not in detailed]
        cost = limits.country_cost * len(whole) + limits.region_cost * len(place.regions)
        for group in zones.groups[1:]:
            if len(group) > 1 and set(whole) <= set(group) and not place.regions:
                cost = min(cost, limits.area_cost + limits.country_cost * len(set(group) - set(whole)))
    cost += unexplained(mask, np.maximum(expected.astype(np.float64), LEAST_EXPECTED), sights or [], zones, limits)
    pieces: dict[str, tuple[float, float]] = {}
    for number in np.flatnonzero(mask).tolist():
        country = country_of(zones.places[number])
        if country:
            seen, usual = pieces.get(country, (0.0, 0.0))
            pieces[country] = (seen + float(observed[number]), usual + max(float(expected[number]), LEAST_EXPECTED))
    return together(list(pieces.values()), limits) - cost
