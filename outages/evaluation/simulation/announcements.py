"""What the company posts: ordinary things, first words, all-clears and plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from outages.evaluation.simulation.plan import Outage, Plan
from outages.evaluation.simulation.population import Posts


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `at` in seconds since the world's start."""

    at: float
    source: str
    author: str
    text: str


def posts(rng: np.random.Generator, kind: Posts, plan: Plan, start: datetime, minutes: int) -> list[Post]:
    """All posts in order of time. `start` is the world's start; planned times are told on its clock."""
    every: list[tuple[float, str]] = []
    for at in rng.uniform(0, minutes, int(rng.poisson(kind.ordinary_per_day * minutes / 1440))):
        every.append((float(at), str(rng.choice(kind.ordinary))))
    for outage in plan.outages:
        if rng.random() < outage.of.announced:
            every += _about(rng, kind, outage, start)
    return [Post(at * 60, kind.source, kind.author, text) for at, text in sorted(every) if 0 <= at < minutes]


def _about(rng: np.random.Generator, kind: Posts, outage: Outage, start: datetime) -> list[tuple[float, str]]:
    names = [kind.names.get(part, part) for part in outage.parts[:2]]
    part = " and ".join(names)
    over = outage.end + float(rng.uniform(*kind.resolved_after_minutes))
    if outage.of.kind == "maintenance":
        begins = start + timedelta(minutes=outage.start)
        planned = round((outage.end - outage.start + float(rng.uniform(0, 15))) / 15) * 15
        ends = begins + timedelta(minutes=planned)
        when = {
            "part": part, "minutes": planned, "day": begins.day, "month": f"{begins:%B}", "date": f"{begins:%Y-%m-%d}",
            "start": f"{begins:%H:%M}", "end": f"{ends:%H:%M}",
        }  # fmt: skip
        posted = outage.start - 60 * float(rng.uniform(*kind.planned_before_hours))
        return [
            (posted, str(rng.choice(kind.planned)).format(**when)),
            (over, str(rng.choice(kind.finished)).format(part=part)),
        ]
    first = outage.start + float(rng.uniform(*(outage.of.announced_after or kind.first_after_minutes)))
    told = [(over, str(rng.choice(kind.resolved)).format(part=part))]
    if first < outage.end:
        told.insert(0, (first, str(rng.choice(kind.first)).format(part=part)))
    return told
