"""The “503 Server Maintenance” outage of 14 February 2023, reconstructed. Pure and seeded.

Known from public sources: the message; the start at 05:34 EST; the United States and Europe affected, Powerwall too;
China, which has servers of its own, not. Made up: every report and probe result, how many there are, how they rise and
fall, and the end at 08:20 EST, which no public source states.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from outages.evaluation.simulation.kinds import OutageKind
from outages.evaluation.simulation.plan import Outage, Plan
from outages.evaluation.simulation.population import Population, population
from outages.evaluation.simulation.world import Span, World, play

SERVICE = "tesla-2023-02-14"
OUTAGE_STARTS = datetime(2023, 2, 14, 10, 34, tzinfo=UTC)  # 05:34 EST
OUTAGE_ENDS = datetime(2023, 2, 14, 13, 20, tzinfo=UTC)
START = datetime(2023, 2, 11, tzinfo=UTC)  # what is usual is learnt from here on
SHOW_FROM = datetime(2023, 2, 14, 10, 20, tzinfo=UTC)
END = datetime(2023, 2, 14, 14, 30, tzinfo=UTC)
CHINA = (("CN-SH", 30.0, 8), ("CN-GD", 25.0, 8), ("CN-BJ", 18.0, 8))
AFFECTED = ("americas", "europe")
PARTS = ("app", "vehicle", "energy")


def people() -> Population:
    """The simulated people, with China added: that it stays calm is part of what is known."""
    usual = population()
    return replace(usual, regions=(*usual.regions, *CHINA), continents={**usual.continents, "china": ("CN",)})


def reconstruct(seed: int = 1) -> World:
    """Reports and probe results from START to END. The same seed gives the same world."""
    crowd = people()
    rng = np.random.default_rng([seed, 20230214])
    countries = tuple(country for name in AFFECTED for country in crowd.continents[name])
    minutes = _minutes(END)
    outage = Outage(
        of=OutageKind(
            parts=(PARTS,), where="everywhere", minutes=(0, 0), peak=(0, 0), mix="maintenance", answers="maintenance"
        ),
        parts=PARTS,
        countries=countries,
        regions=crowd.regions_of(countries),
        start=_minutes(OUTAGE_STARTS),
        end=_minutes(OUTAGE_ENDS),
        peak=38.0,
        rise_minutes=12.0,
        fade_minutes=10.0,
        tires_after_minutes=70.0,
    )
    plan = Plan(outages=(outage,), floods=(), blocks=(), surges=(), growth=1.0)
    return play(SERVICE, plan, rng, crowd, Span(START, _minutes(SHOW_FROM), minutes), service=SERVICE)


def _minutes(moment: datetime) -> int:
    return (moment - START) // timedelta(minutes=1)
