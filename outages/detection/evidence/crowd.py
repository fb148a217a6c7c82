"""What reports say: how many, from how many sides, of what symptoms, and what curiosity alone would bring."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import ReportKind
from outages.detection.estimators.weighting import mixed
from outages.detection.evidence.scope import excess, shortfall
from outages.detection.state import State
from outages.detection.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Crowd:
    """What reports say of some components in some places since a minute."""

    nats: float
    seen: float
    expected: float
    minutes: int
    networks: int
    origins: int
    without_one: float  # nats left without the largest origin
    without_three: float
    networks_besides: int = 0  # networks outside the three largest origins
    mix: float = 0.0  # nats of the symptoms' mix: unlike the usual one is positive
    are_known: bool = True  # the autonomous systems
    beyond_burst: float = 0.0  # nats left if a burst of several times the usual were nothing special
    surge: float = 1.0  # times the usual that curiosity may bring, as all components rose alike

    def opens(self, limits: Thresholds) -> bool:
        """Whether these reports come from enough sides to be shown at all.

        Where providers are not known a single wide network may be a town: enough for "possible", never for more.
        """
        if not self.are_known and self.networks >= 2 * limits.open_networks:
            return True
        return (
            self.networks >= limits.open_networks
            and self.origins >= limits.open_origins
            and self.without_one >= limits.open_without_one
        )

    def is_broad(self, limits: Thresholds) -> bool:
        """Whether these reports come from so many sides that they confirm alone."""
        return (
            self.networks >= limits.broad_networks
            and self.origins >= limits.broad_origins
            and self.networks_besides >= limits.broad_networks_besides
            and self.without_three >= limits.broad_without_three
            and self.is_no_burst(limits)
        )

    def is_no_burst(self, limits: Thresholds) -> bool:
        """Whether more people report, and of other things, than in the bursts that come without any fault."""
        return self.beyond_burst + limits.burst_mix * self.mix >= limits.beyond_burst


def mix_nats(seen: NDArray[np.float64], usual: NDArray[np.float64], limits: Thresholds) -> float:
    """How much likelier some symptoms are under an unknown mix than under the usual one, bounded. Nats.

    Dirichlet-multinomial with `mix_prior` pseudo-counts, half spread as usual and half evenly, against the usual.
    """
    total = seen.sum()
    if total < 1 or usual.sum() < limits.mix_known:
        return 0.0
    share = (usual + limits.symptom_prior) / (usual + limits.symptom_prior).sum()
    prior = limits.mix_prior * (0.5 * share + 0.5 / len(share))
    found = _gammaln(prior.sum()) - _gammaln(prior.sum() + total)
    for x, a, q in zip(seen.tolist(), prior.tolist(), share.tolist(), strict=True):
        if x > 0:
            found += _gammaln(a + x) - _gammaln(a) - x * math.log(q)
    return min(max(found, -limits.mix_cap), limits.mix_cap)


def _gammaln(value: float) -> float:
    return math.lgamma(value)


def surge_of(state: State, mask: NDArray[np.bool_], since: int, limits: Thresholds) -> float:
    """How many times more than usual the components report that rose the least: a rise of all is a rise of interest.

    The three of the lowest ratio, here and everywhere; never below 1.
    """
    minutes = state.minute - since + 1
    rows = problems(state, list(range(len(state.components))), np.ones(len(mask), dtype=bool), since)
    sizes = len(state.components)
    everywhere = np.bincount(rows["component"], weights=rows["weight"], minlength=sizes)
    rows = rows[mask[rows["place"]]]
    here = np.bincount(rows["component"], weights=rows["weight"], minlength=sizes)
    prior, factor = limits.surge_prior, 1.0
    for seen, rates in ((everywhere, state.rates.sum(axis=1)), (here, state.rates[:, mask].sum(axis=1))):
        expected = rates * minutes
        few = limits.surge_order
        order = np.argsort((seen + few * factor) / (expected + few), kind="stable")[: max(sizes // 2, 1)]
        factor = float((seen[order].sum() + prior * factor) / (expected[order].sum() + prior))
    return max(1.0, factor) if sizes >= limits.surge_components else 1.0


def share_besides(state: State, rows: NDArray[Any], largest: NDArray[np.int64], limits: Thresholds) -> float:
    """The share of reports that usually comes from others than these origins; 1 where that is not known."""
    rows = rows[np.isin(rows["origin"], largest)]
    shares, _ = state.counter.origins.shares(rows["source"], mixed(state.zones.lands[rows["place"]]), limits)
    if not len(rows) or shares.max() >= 1:
        return 1.0
    usual = sum(
        float(np.average(shares[at], weights=rows["weight"][at])) for at in (rows["origin"] == o for o in largest)
    )
    return min(max(1 - usual, limits.besides_least), 1.0)


def interest_of(state: State, mask: NDArray[np.bool_], since: int, limits: Thresholds) -> float:
    """How many times more than usual may be reported out of curiosity, without any fault; 1 where that is not so.

    People who come because of news report what they always report. So a general rise is interest as far as the mix
    of its symptoms is the usual one and no probe fails by more than two flukes, and never more than `surge_most`: when
    everything is down, everything rises too.
    """
    tracks = [t for t in state.watch.tracks.values() if not t.control and t.score >= limits.surely_failing]
    if sum(t.score for t in tracks if t.hits >= limits.own_failures) >= limits.open:
        return 1.0
    rise = surge_of(state, mask, since, limits)
    if rise > 1 and _is_beyond_curiosity(state, mask, limits):
        return 1.0
    rise = min(rise, limits.surge_most)
    if rise <= 1:
        return 1.0
    rows = problems(state, list(range(len(state.components))), mask, since)
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms)).astype(np.float64)
    mix = mix_nats(seen, state.symptom_counts.sum(axis=0).astype(np.float64), limits)
    return 1 + (rise - 1) * min(max(1 - mix / limits.surge_mix, 0.0), 1.0)


def _is_beyond_curiosity(state: State, mask: NDArray[np.bool_], limits: Thresholds) -> bool:
    """Return whether more is reported in the last minutes than curiosity would bring: then it explains nothing away."""
    components = list(range(len(state.components)))
    if len(components) < limits.surge_components:
        return False
    for minutes in limits.surge_minutes:
        rows = problems(state, components, mask, state.minute - minutes + 1)
        seen = np.bincount(rows["component"], weights=rows["weight"], minlength=len(components))
        expected = state.rates[:, mask].sum(axis=1) * minutes
        if is_no_curiosity(seen.astype(np.float64), expected.astype(np.float64), limits):
            return True
    return False


def is_no_curiosity(seen: NDArray[np.float64], expected: NDArray[np.float64], limits: Thresholds) -> bool:
    """Return whether reports by component are more than curiosity about all of them would bring.

    Either the quieter half rose beyond any burst of it, by as many nats as confirm; or all but the loudest one rose
    beyond it together, by as many as open, and alike: the quieter half does not lag behind the others. Where many
    report, so many nats are soon there, and people come in groups: they must have risen as far as a burst would, too.
    """
    order = np.argsort(seen / np.maximum(expected, 1e-9), kind="stable")
    half, most = order[: len(seen) // 2], order[:-1]
    of_half, usual_of_half = float(seen[half].sum()), float(expected[half].sum())
    if excess(of_half, limits.surge_most * limits.surge_burst * usual_of_half) >= limits.confirm:
        return True
    of_most, usual_of_most = float(seen[most].sum()), float(expected[most].sum())
    alike = usual_of_half * of_most / max(usual_of_most, 1e-9) / limits.uneven
    return (
        shortfall(of_half, alike) < limits.surge_apart
        and excess(of_most, limits.surge_most * usual_of_most) >= limits.open
        and of_most >= limits.surge_most * limits.surge_burst * usual_of_most
    )


def crowd_of(
    rows: NDArray[Any], expected: float, minutes: int, limits: Thresholds, mix: float = 0.0, surge: float = 1.0,
    state: State | None = None,
) -> Crowd:  # fmt: skip
    """Weighs problem reports (rows of the log) against what was expected of them.

    With a state, what its three largest origins leave is held against what the others usually bring. `surge` is how
    many times the usual curiosity may bring: what is beyond that counts. What is usual stays the learnt usual.
    """
    usual, expected = expected, expected * surge
    seen = float(rows["weight"].sum())
    if not len(rows):
        return Crowd(0.0, 0.0, usual, minutes, 0, 0, 0.0, 0.0)
    origins, inverse = np.unique(rows["origin"], return_inverse=True)
    weights = np.bincount(inverse, weights=rows["weight"]).astype(np.float64)
    order = np.argsort(-weights, kind="stable")
    shares, largest = weights[order], origins[order[:3]]
    others = ~np.isin(rows["origin"], largest) & (rows["weight"] >= limits.side_weight)
    besides = share_besides(state, rows, largest, limits) if state is not None else 1.0
    are_known = bool((rows["origin"] > 0).sum() * 2 >= len(rows))
    networks = _by(rows, "network")
    return Crowd(
        nats=excess(seen, expected), seen=seen, expected=usual, minutes=minutes,
        networks=int((networks >= limits.side_weight).sum()) if are_known else len(networks),
        origins=int((shares >= limits.side_weight).sum()),
        without_one=excess(seen - float(shares[:1].sum()), expected),
        without_three=excess(seen - float(shares[:3].sum()), expected * besides), mix=mix, surge=surge,
        networks_besides=len(np.unique(rows["network"][others])),
        are_known=are_known,
        beyond_burst=excess(seen, usual * max(limits.burst, surge * limits.surge_burst if surge > 1 else 1.0)),
    )  # fmt: skip


def _by(rows: NDArray[Any], column: str) -> NDArray[np.float64]:
    """The weights of rows by the values of a column, the largest first."""
    _, inverse = np.unique(rows[column], return_inverse=True)
    return np.sort(np.bincount(inverse, weights=rows["weight"]).astype(np.float64))[::-1]


def problems(
    state: State, components: list[int], mask: NDArray[np.bool_], since: int, until: int | None = None
) -> NDArray[Any]:
    """The log's problem reports on some components in some places, from a minute on."""
    log = state.counter.log
    first, last = np.searchsorted(log["minute"], (since, np.iinfo(np.int32).max if until is None else until))
    span = log[first:last]  # the log is in order of time
    wanted = np.zeros(len(state.components), dtype=bool)
    wanted[components] = True
    rows: NDArray[Any] = span[(span["kind"] == ReportKind.PROBLEM) & wanted[span["component"]] & mask[span["place"]]]
    return rows
