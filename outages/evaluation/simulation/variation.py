"""Other days of a kind: the same happenings in another size, at other hours, to other components of another service.

What a detector should make of a day must not hang on the one population that its kind was written for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from outages.evaluation.simulation.kinds import DayKind, Range
from outages.evaluation.simulation.population import Population

SMALLEST, LARGEST = 0.33, 3.0  # times the usual number of people
PEAKS: Final = (0.7, 1.5)  # times the peak that goes with so many people
LENGTHS: Final = (0.75, 1.3)  # times as long, where a kind leaves a choice
SPREAD_OF_PLACES: Final = 0.7  # log-normal sigma of each region's share
SPREAD_OF_PARTS: Final = 0.5  # … and of each component's
NAMES: Final = ("search", "checkout", "messages", "calls", "streaming", "maps", "billing", "uploads", "feed", "console")


@dataclass(frozen=True, slots=True)
class Variation:
    """A day of a kind as it was drawn, whom it befalls, and at which hour of the day its world begins."""

    kind: DayKind
    people: Population
    hour: int


def varied(kind: DayKind, people: Population, seed: int) -> Variation:
    """Draw another day of a kind. The same arguments give the same one."""
    rng = np.random.default_rng([seed, *kind.name.encode(), 7])
    size = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    peak = size * float(rng.uniform(*PEAKS))
    longer = float(rng.uniform(*LENGTHS))
    order = [NAMES[i] for i in rng.permutation(len(NAMES))]
    renamed = dict(zip(people.components, order, strict=False))
    if kind.neighbours:  # a neighbour's reports name the app
        renamed["app"] = "app"
    outages = tuple(
        replace(
            of,
            parts=tuple(tuple(renamed[part] for part in parts) for parts in of.parts),
            peak=_times(of.peak, peak),
            minutes=_times(of.minutes, longer) if of.minutes[0] < of.minutes[1] else of.minutes,
        )
        for of in kind.outages
    )
    drawn = replace(
        kind,
        outages=outages,
        floods=tuple(replace(of, part=renamed[of.part], per_minute=_times(of.per_minute, peak)) for of in kind.floods),
        surges=tuple(replace(of, part=renamed.get(of.part, "")) for of in kind.surges),
        levels=tuple(replace(of, part=renamed[of.part]) for of in kind.levels),
        rate=kind.rate * size,
    )
    shares = rng.lognormal(0, SPREAD_OF_PLACES, len(people.regions))
    odds = rng.lognormal(0, SPREAD_OF_PARTS, len(people.components))
    others = replace(
        people,
        regions=tuple(
            (code, share * float(by), ahead) for (code, share, ahead), by in zip(people.regions, shares, strict=True)
        ),
        components={
            renamed[name]: share * float(by) for (name, share), by in zip(people.components.items(), odds, strict=True)
        },
        symptoms={mix: {renamed[name]: of for name, of in each.items()} for mix, each in people.symptoms.items()},
        probes=tuple(replace(target, component=renamed[target.component]) for target in people.probes),
        posts=replace(people.posts, author="Acme", names={}),
    )
    return Variation(drawn, others, int(rng.integers(24)))


def _times(span: Range, by: float) -> Range:
    return span[0] * by, span[1] * by
