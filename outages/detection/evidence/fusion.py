"""Evidence in nats, added up, each term kept with its numbers, so that a verdict can be read and traced."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import IncidentKind, Term, TermKind
from outages.detection.estimators.probes import DEGRADED, DOWN, UP, Track, Watch, began_together
from outages.detection.evidence.crowd import Crowd, crowd_of, interest_of, mix_nats, problems
from outages.detection.evidence.scope import Place
from outages.detection.reasons import ReasonCode
from outages.detection.state import State, Statement
from outages.detection.thresholds import Thresholds

QUOTED = 160  # characters of a post


@dataclass(frozen=True, slots=True)
class Assessment:
    """All evidence on one incident or candidate at one minute."""

    crowd: Crowd
    crowd_nats: float
    probes: dict[str, float]  # by vantage
    support: float  # nats of probes of other components
    official: float
    terms: tuple[Term, ...]
    quorum: int = 0  # vantages that see it now, each by evidence of its own
    fails_again: bool = True  # probes show more than one failure
    is_onset: bool = False  # two vantages began to fail together, and reports rose then
    missed: float = 1.0  # the chance that the components' probes that answer would miss such a fault
    own_probe_nats: float | None = None  # of vantages that have more than one failure, or one as another's came
    unseen_crowd: Crowd | None = None  # what reports say of the components whose probes would miss it; None: of none

    @property
    def probe_nats(self) -> float:
        return sum(self.probes.values())

    def probes_beyond_a_fluke(self, limits: Thresholds) -> float:
        """The probes' nats without what a lone fluke would bring. Single failures at several times don't add up.

        Where two vantages begin to fail together as reports rise, that is no lone fluke.
        """
        if not self.probes:
            return 0.0
        nats = self.probe_nats if self.fails_again else max(self.probes.values())
        return max(0.0, nats + self.support - (0.0 if self.is_onset else limits.first_failure))

    @property
    def total(self) -> float:
        return self.crowd_nats + self.probe_nats + self.official

    @property
    def undoubted(self) -> float:
        """What is left of all nats where reports may be curiosity: usual symptoms and lone failures are less."""
        if self.crowd.surge <= 1:
            return self.total
        own = self.probe_nats if self.own_probe_nats is None else self.own_probe_nats
        return self.crowd_nats + min(self.crowd.mix, 0.0) + own + self.official

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
    if verdict.official >= limits.official:
        return ReasonCode.OFFICIAL_WORD if len(kinds) > 1 else ReasonCode.OFFICIAL_ALONE
    if verdict.total < limits.confirm or verdict.undoubted < limits.confirm:
        return None
    crowd_counts = verdict.crowd.opens(limits) and verdict.crowd.origins >= limits.open_origins
    if (
        "probes" in kinds
        and "crowd" in kinds
        and crowd_counts
        and (verdict.fails_again or verdict.missed >= limits.missed)
    ):
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


def named_places(state: State, place: Place, components: list[int], since: int, limits: Thresholds) -> set[str]:
    """The countries and regions of a place that may be named: enough networks reported from there, or a probe fails.

    A probe's area is named for what the probe saw.
    """
    rows = problems(state, components, state.zones.mask(place.countries, place.regions), since)
    rows = rows[rows["network"] != 0]
    codes = state.zones.countries()
    networks: dict[str, set[int]] = {}
    for number, network in zip(rows["place"].tolist(), rows["network"].tolist(), strict=True):
        for code in {codes[number], state.zones.places[number]}:
            networks.setdefault(code, set()).add(network)
    names = [state.components[number] for number in components]
    probed = {country for c in names for t in state.watch.failing(c, state.minute) for country in t.countries}
    return {
        code
        for code in (*place.countries, *place.regions)
        if code in probed or len(networks.get(code, ())) >= limits.named_networks
    }


def open_statements(state: State, limits: Thresholds) -> list[Statement]:
    """What has been said of an unplanned fault and not been taken back since, newest last.

    The company's “resolved” takes back what was said of any component that it names; of all where it names none.
    """
    recent = [
        s
        for s in state.statements
        if state.minute - s.minute < 60 * (limits.word_hours if s.official else limits.official_hours)
    ]
    over = [s for s in recent if s.stage == "resolved" and s.official and not s.planned]
    wanted = ("investigating", "identified")
    said = [s for s in recent if s.stage in wanted and not s.planned and not s.spent]
    return [
        s for s in said
        if not any(r.minute >= s.minute and (not s.components or r.concerns(s.components)) for r in over)
    ]  # fmt: skip


def opening_statements(state: State, busy: AbstractSet[str], limits: Thresholds) -> list[Statement]:
    """The company's statements that may open an incident: nothing that is open, or lately was, is what they speak of.

    An outage that was confirmed by anything but a word is thought to be what the company meant, whatever it named.
    """
    outages = [i for i in state.incidents if i.kind == IncidentKind.OUTAGE and not i.rests_on_word]
    sure = [i for i in outages if i.confirmed is not None]
    return [
        s for s in open_statements(state, limits)
        if s.official and busy.isdisjoint(s.components) and (s.components or not busy)
        and all(i.closed is not None and i.closed < s.minute for i in sure)
    ]  # fmt: skip


def reopening_statements(state: State, limits: Thresholds) -> list[Statement]:
    """The company's statements that may bring back what lately closed: they speak of no open incident."""
    opened = [i for i in state.incidents if i.is_open]
    is_sure = any(i.confirmed is not None and i.kind == IncidentKind.OUTAGE and not i.rests_on_word for i in opened)
    return [
        s for s in open_statements(state, limits)
        if s.official and not is_sure and not any(s.concerns(i.components) for i in opened)
    ]  # fmt: skip


def verdict_of(
    state: State, components: tuple[str, ...], mask: NDArray[np.bool_], since: int, place: str, limits: Thresholds
) -> Assessment:
    """All that speaks for a fault of these components in these places since a minute."""
    minute = state.minute
    numbers = [state.components.index(c) for c in components]
    since = max(since, minute - limits.crowd_minutes + 1)
    rows = problems(state, numbers, mask, since)
    minutes = minute - since + 1
    expected = float(state.rates[numbers][:, mask].sum()) * minutes
    seen = np.bincount(rows["symptom"], weights=rows["weight"], minlength=len(state.symptoms))
    mix = mix_nats(seen.astype(np.float64), state.symptom_counts[numbers].sum(axis=0).astype(np.float64), limits)
    surge = interest_of(state, mask, since, limits)
    crowd = crowd_of(rows, expected, minutes, limits, mix, surge, state)
    nats = crowd.nats if crowd.opens(limits) else min(crowd.nats, limits.second_kind)
    probes: dict[str, float] = {}
    countries = countries_in(state, mask)
    for component in components:
        for vantage, worth in state.watch.nats(component, minute, limits, countries).items():
            probes[vantage] = min(limits.probe_cap, max(probes.get(vantage, 0.0), worth))
    statements = [s for s in open_statements(state, limits) if s.concerns(components)]
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
    tracks = [t for component in components for t in state.watch.failing(component, minute, countries)]
    is_together = _began_together(tracks, limits)
    own = {t.vantage for t in tracks if t.hits >= limits.own_failures or began_together(t, tracks, limits)}
    return Assessment(
        crowd, nats, probes, support, official, tuple(t for t in terms if t.nats > 0),
        quorum=_quorum(state.watch, components, probes, minute, limits, countries),
        fails_again=is_together or any(t.hits >= limits.own_failures for t in tracks), missed=missed,
        is_onset=is_together and minutes <= limits.shortly_minutes and crowd.nats >= limits.onset_nats,
        unseen_crowd=_unseen_crowd(state, components, crowd, rows, mask, minutes, limits),
        own_probe_nats=sum(nats for vantage, nats in probes.items() if vantage in own),
    )  # fmt: skip


def _began_together(tracks: list[Track], limits: Thresholds) -> bool:
    """Return whether two vantages began to fail at about the same time.

    Apart from that only a probe that fails again shows more than one failure: a flood lasts long enough for a fluke to
    fall into it, and what no fluke has said before weighs more than most.
    """
    return any(
        a.vantage != b.vantage and abs(a.onset - b.onset) <= limits.together_minutes for a, b in combinations(tracks, 2)
    )


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
        has_failed = track.score > 0 and track.hits >= limits.own_failures  # once is a fluke
        if track.state not in (UP, DEGRADED) or has_failed or track.good < limits.answering_results:
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
