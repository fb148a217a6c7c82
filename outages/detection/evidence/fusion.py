"""Evidence in nats, added up, each term kept with its numbers, so that a verdict can be read and traced."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import ReportKind, Term, TermKind
from outages.detection.estimators.probes import DEGRADED, DOWN, UP, Track, Watch, began_together
from outages.detection.estimators.weighting import mixed
from outages.detection.evidence.scope import Place, excess
from outages.detection.reasons import ReasonCode
from outages.detection.state import Incident, State, Statement
from outages.detection.thresholds import Thresholds

LEAST_BESIDES = 0.15  # so much of a country's reports may always come from others than its three largest providers
QUOTED = 160  # characters of a post
COUNTS_FROM = 0.5  # a network or provider counts as one from so much weight


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

    Dirichlet-multinomial with one pseudo-count, spread half as usual and half evenly, against the usual shares.
    """
    total = seen.sum()
    if total < 1 or usual.sum() < limits.mix_known:
        return 0.0
    share = (usual + 0.5) / (usual + 0.5).sum()
    prior = 1.5 * (0.5 * share + 0.5 / len(share))
    found = _gammaln(prior.sum()) - _gammaln(prior.sum() + total)
    for x, a, q in zip(seen.tolist(), prior.tolist(), share.tolist(), strict=True):
        if x > 0:
            found += _gammaln(a + x) - _gammaln(a) - x * math.log(q)
    return min(max(found, -limits.mix_cap), limits.mix_cap)


def _gammaln(value: float) -> float:
    return math.lgamma(value)


def surge_of(state: State, components: list[int], mask: NDArray[np.bool_], since: int, limits: Thresholds) -> float:
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
        order = np.argsort((seen + 0.5 * factor) / (expected + 0.5), kind="stable")[: max(sizes // 2, 1)]
        factor = float((seen[order].sum() + prior * factor) / (expected[order].sum() + prior))
    return max(1.0, factor) if sizes >= limits.surge_components else 1.0


def share_besides(state: State, rows: NDArray[Any], largest: NDArray[np.int64]) -> float:
    """The share of reports that usually comes from others than these origins; 1 where that is not known."""
    rows = rows[np.isin(rows["origin"], largest)]
    shares, _ = state.counter.origins.shares(rows["source"], mixed(state.zones.lands[rows["place"]]))
    if not len(rows) or shares.max() >= 1:
        return 1.0
    usual = sum(
        float(np.average(shares[at], weights=rows["weight"][at])) for at in (rows["origin"] == o for o in largest)
    )
    return min(max(1 - usual, LEAST_BESIDES), 1.0)


def interest_of(state: State, components: list[int], mask: NDArray[np.bool_], since: int, limits: Thresholds) -> float:
    """How many times more than usual may be reported out of curiosity, without any fault; 1 where that is not so.

    People who come because of news report what they always report. So a general rise is interest as far as the mix
    of its symptoms is the usual one and no probe fails, and never more than `surge_most`: when everything is down,
    everything rises too.
    """
    if any(not t.control and t.score >= limits.surely_failing for t in state.watch.tracks.values()):
        return 1.0
    rise = min(surge_of(state, components, mask, since, limits), limits.surge_most)
    if rise <= 1:
        return 1.0
    rows = problems(state, list(range(len(state.components))), mask, since)
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms)).astype(np.float64)
    mix = mix_nats(seen, state.symptom_counts.sum(axis=0).astype(np.float64), limits)
    return 1 + (rise - 1) * min(max(1 - mix / limits.surge_mix, 0.0), 1.0)


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
    others = ~np.isin(rows["origin"], largest) & (rows["weight"] >= COUNTS_FROM)
    besides = share_besides(state, rows, largest) if state is not None else 1.0
    are_known = bool((rows["origin"] > 0).sum() * 2 >= len(rows))
    networks = _by(rows, "network")
    return Crowd(
        nats=excess(seen, expected), seen=seen, expected=usual, minutes=minutes,
        networks=int((networks >= COUNTS_FROM).sum()) if are_known else len(networks),
        origins=int((shares >= COUNTS_FROM).sum()),
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


@dataclass(frozen=True, slots=True)
class Assessment:
    """All evidence on one incident or candidate at one minute."""

    crowd: Crowd
    crowd_nats: float
    probes: dict[str, float]  # by vantage
    support: float  # nats of probes of other components
    official: float
    terms: tuple[Term, ...]
    is_own_word: bool = False  # the official word is of these components, or of none in particular
    quorum: int = 0  # vantages that see it now, each by evidence of its own
    unseen_crowd: Crowd | None = None  # what reports say of the components whose probes would miss it; None: of none

    @property
    def probe_nats(self) -> float:
        return sum(self.probes.values())

    def probes_beyond_a_fluke(self, limits: Thresholds) -> float:
        """The probes' nats without what a lone fluke would bring."""
        if not self.probes:
            return 0.0
        return max(0.0, self.probe_nats + self.support - limits.first_failure)

    @property
    def total(self) -> float:
        return self.crowd_nats + self.probe_nats + self.official

    def kinds(self, limits: Thresholds) -> tuple[str, ...]:
        """The kinds of evidence that count."""
        found = []
        if self.crowd_nats >= limits.second_kind:
            found.append(TermKind.CROWD.value)
        if self.probes_beyond_a_fluke(limits) >= limits.second_kind:
            found.append(TermKind.PROBES.value)
        if self.official >= limits.second_kind:
            found.append(TermKind.OFFICIAL.value)
        return tuple(found)


def confirming_rule(verdict: Assessment, limits: Thresholds, *, is_held_back: bool = False) -> ReasonCode | None:
    """The rule by which the evidence confirms an incident, if any. One that is held back the crowd alone never does."""
    kinds = verdict.kinds(limits)
    if verdict.official >= limits.official and len(kinds) > 1:
        return ReasonCode.OFFICIAL_WORD
    if verdict.official >= limits.official and verdict.is_own_word:
        return ReasonCode.OFFICIAL_ALONE
    if verdict.total < limits.confirm:
        return None
    crowd_counts = verdict.crowd.opens(limits) and verdict.crowd.origins >= limits.open_origins
    if "probes" in kinds and "crowd" in kinds and crowd_counts:
        return ReasonCode.TWO_KINDS
    if verdict.quorum > 1 and verdict.probe_nats >= limits.quorum:
        return ReasonCode.PROBE_QUORUM
    alone = verdict.unseen_crowd
    if (
        alone is not None
        and not is_held_back
        and min(verdict.crowd_nats, alone.nats) >= limits.confirm
        and alone.is_broad(limits)
    ):
        return ReasonCode.BROAD_CROWD
    return None


def crowd_term(
    crowd: Crowd, nats: float, components: tuple[str, ...], place: str, state: State, limits: Thresholds,
    missed: float = 1.0,
) -> Term:  # fmt: skip
    """The crowd's term. `seen` and `expected` are weighed reports; networks and origins are counted as they are."""
    return Term(
        kind=TermKind.CROWD, name="negative-binomial-cusum", nats=round(nats, 2),
        seen=round(crowd.seen, 2), expected=round(crowd.expected, 3), place=place,
        component=components[0] if len(components) == 1 else "",
        detail={
            "components": list(components),
            "minutes": crowd.minutes, "from_minute": state.minute - crowd.minutes + 1, "to_minute": state.minute,
            "networks": crowd.networks, "origins": crowd.origins, "origins_known": crowd.are_known,
            "threshold": limits.crowd_open,
            "ratios": list(limits.ratios), "dispersion": round(state.leaves.dispersion, 4),
            "window_nats": round(crowd.nats, 2), "missed": round(missed, 3),
            "symptom_mix": round(crowd.mix, 2), "surge": round(crowd.surge, 2),
            "beyond_burst": round(crowd.beyond_burst, 2), "without_largest_origin": round(crowd.without_one, 2),
            "without_three_largest_origins": round(crowd.without_three, 2),
        },
    )  # fmt: skip


def countries_in(state: State, mask: NDArray[np.bool_]) -> frozenset[str]:
    """The countries of a set of places; empty where it is everywhere."""
    if mask.all():
        return frozenset()
    codes = state.zones.countries()
    return frozenset(codes[number] for number in np.flatnonzero(mask).tolist())


def probe_terms(
    watch: Watch, components: tuple[str, ...], minute: int, limits: Thresholds, countries: frozenset[str]
) -> tuple[Term, ...]:
    """One term for each component that probes speak against."""
    terms = []
    for component in components:
        by_vantage = watch.nats(component, minute, limits, countries)
        tracks = [t for t in watch.failing(component, minute, countries) if t.score >= 1]
        if not tracks or not by_vantage:
            continue
        terms.append(_probe_term(component, by_vantage, tracks, limits))
    return tuple(terms)


def _probe_term(component: str, by_vantage: dict[str, float], tracks: list[Track], limits: Thresholds) -> Term:
    return Term(
        kind=TermKind.PROBES, name="two-vantages" if len(by_vantage) > 1 else "one-vantage",
        nats=round(sum(by_vantage.values()), 2), seen=float(len(tracks)), component=component,
        detail={
            "probes": sorted({t.probe for t in tracks}), "vantages": {v: round(n, 2) for v, n in by_vantage.items()},
            "answers": {f"{t.probe} from {t.vantage}": t.said for t in tracks}, "cap": limits.probe_cap,
            "failing_from": sorted({t.vantage for t in tracks}),
            "errors": sorted({t.said for t in tracks if t.state == DOWN}),
            "is_unsteady": any(t.state != DOWN for t in tracks),
            "usual_failing_share": {t.probe: round(t.usual(limits), 5) for t in tracks},
        },
    )  # fmt: skip


def official_terms(statements: list[Statement], limits: Thresholds) -> tuple[Term, ...]:
    """One term for each open statement."""
    return tuple(
        Term(
            kind=TermKind.OFFICIAL, name=f"{'official' if s.official else 'unofficial'}-{s.stage}",
            nats=limits.official if s.official else limits.person,
            detail={
                "url": s.url, "minute": s.minute, "author": s.author, "source": s.source, "quote": s.text[:QUOTED],
            },
        )
        for s in statements
    )  # fmt: skip


def named_only(state: State, place: Place, components: list[int], since: int, limits: Thresholds) -> Place:
    """Return a place without the countries and regions from which too few networks reported to be named.

    Those of a failing probe's area stay: they are named for what the probe saw. A country of which only regions are
    left out stands for itself; where nothing is left it is everywhere.
    """
    if not place.countries and not place.regions:
        return place
    rows = problems(state, components, state.zones.mask(place.countries, place.regions), since)
    rows = rows[rows["network"] != 0]
    codes = state.zones.countries()
    networks: dict[str, set[int]] = {}
    for number, network in zip(rows["place"].tolist(), rows["network"].tolist(), strict=True):
        for code in {codes[number], state.zones.places[number]}:
            networks.setdefault(code, set()).add(network)
    names = [state.components[number] for number in components]
    probed = {country for c in names for t in state.watch.failing(c, state.minute) for country in t.countries}

    def is_named(code: str) -> bool:
        return code in probed or len(networks.get(code, ())) >= limits.named_networks

    countries = tuple(code for code in place.countries if is_named(code))
    regions = tuple(code for code in place.regions if code[:2] in countries and is_named(code))
    return replace(place, countries=countries, regions=regions)


def open_statements(state: State, components: tuple[str, ...], limits: Thresholds) -> list[Statement]:
    """What has been said of an unplanned fault and not been taken back since, newest last."""
    recent = [
        s
        for s in state.statements
        if state.minute - s.minute < 60 * (limits.word_hours if s.official else limits.official_hours)
    ]
    over = max((s.minute for s in recent if s.stage == "resolved" and s.official and not s.planned), default=-1)
    wanted = ("investigating", "identified")
    return [s for s in recent if s.stage in wanted and s.minute > over and not s.planned and not s.spent]


def verdict_of(
    state: State, components: tuple[str, ...], mask: NDArray[np.bool_], since: int, place: str, limits: Thresholds,
    incident: Incident | None = None,
) -> Assessment:  # fmt: skip
    """All that speaks for a fault of these components in these places since a minute."""
    minute = state.minute
    numbers = [state.components.index(c) for c in components]
    since = max(since, minute - 59)
    rows = problems(state, numbers, mask, since)
    minutes = minute - since + 1
    expected = float(state.rates[numbers][:, mask].sum()) * minutes
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms))
    mix = mix_nats(seen.astype(np.float64), state.symptom_counts[numbers].sum(axis=0).astype(np.float64), limits)
    surge = interest_of(state, numbers, mask, since, limits)
    crowd = crowd_of(rows, expected, minutes, limits, mix, surge, state)
    nats = crowd.nats if crowd.opens(limits) else min(crowd.nats, limits.second_kind)
    probes: dict[str, float] = {}
    countries = countries_in(state, mask)
    for component in components:
        for vantage, worth in state.watch.nats(component, minute, limits, countries).items():
            probes[vantage] = min(limits.probe_cap, max(probes.get(vantage, 0.0), worth))
    statements = open_statements(state, components, limits)
    official = max([limits.official if s.official else limits.person for s in statements], default=0.0)
    missed = max(chance_missed(state, component, mask, limits) for component in components)
    terms = (
        crowd_term(crowd, nats, components, place, state, limits, missed),
        *probe_terms(state.watch, components, minute, limits, countries),
        *official_terms(statements, limits),
    )
    busy = frozenset(c for i in state.incidents if i.is_open for c in i.components)
    support = 0.0
    if len(components) == 1 and components[0] not in busy:
        support = state.watch.support(components[0], minute, limits, countries, busy)
    return Assessment(
        crowd, nats, probes, support, official, tuple(t for t in terms if t.nats > 0),
        is_own_word=any(s.official and (not s.components or set(s.components) & set(components)) for s in statements),
        quorum=_quorum(state.watch, components, probes, minute, limits, countries),
        unseen_crowd=_unseen_crowd(state, components, crowd, rows, mask, minutes, limits),
    )  # fmt: skip


def _quorum(
    watch: Watch, components: tuple[str, ...], nats: dict[str, float], minute: int, limits: Thresholds,
    countries: frozenset[str],
) -> int:  # fmt: skip
    """Count the vantages that see these components fail now, each with half of the quorum and evidence of its own.

    That is more than one failure, or one that came as another vantage's first did.
    """
    half = limits.quorum / 2
    tracks = [
        t for component in components for t in watch.failing(component, minute, countries)
        if minute - t.failed_minute < limits.fresh_minutes and nats.get(t.vantage, 0.0) >= half
    ]  # fmt: skip
    return len({t.vantage for t in tracks if t.hits >= limits.own_failures or began_together(t, tracks, limits)})


def chance_missed(state: State, component: str, mask: NDArray[np.bool_], limits: Thresholds) -> float:
    """The chance that no probe of a component sees a fault of it in these places: 1 where none watches or answers.

    A probe that answers sees a fault by the share of its area that the places make up; some faults no probe sees.
    """
    if component in state.unseen:
        return 1.0
    rates = state.rates[state.components.index(component)].astype(np.float64)
    missed = 1.0
    for track in state.watch.tracks.values():
        if track.component != component or track.control or state.minute - track.minute >= limits.fresh_minutes:
            continue
        if track.state not in (UP, DEGRADED) or track.score > 0 or track.good < limits.answering_results:
            continue
        area = state.zones.mask(track.countries, ())
        usual = float(rates[area].sum())
        missed *= 1 - (float(rates[area & mask].sum()) / usual if usual > 0 else 0.0)
    return limits.unseen_share + (1 - limits.unseen_share) * missed


def _unseen_crowd(
    state: State, components: tuple[str, ...], crowd: Crowd, rows: NDArray[Any], mask: NDArray[np.bool_], minutes: int,
    limits: Thresholds,
) -> Crowd | None:  # fmt: skip
    """What the crowd says of those components whose probes would miss such a fault; None where there is none."""
    if crowd.nats < limits.confirm:
        return None
    unseen = [c for c in components if chance_missed(state, c, mask, limits) >= limits.missed]
    if len(unseen) in (0, len(components)):
        return crowd if unseen else None
    numbers = [state.components.index(c) for c in unseen]
    rows = rows[np.isin(rows["component"], numbers)]
    expected = float(state.rates[numbers][:, mask].sum()) * minutes
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms)).astype(np.float64)
    mix = mix_nats(seen, state.symptom_counts[numbers].sum(axis=0).astype(np.float64), limits)
    return crowd_of(rows, expected, minutes, limits, mix, crowd.surge, state)
