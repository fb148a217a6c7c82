"""Minutes made by hand, for tests of the detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from outages.detection.datatypes import (
    Announcement,
    Minute,
    Neighbour,
    Outcome,
    Override,
    ProbeResult,
    ReportKind,
    Reports,
    ServiceSpec,
    Transition,
)
from outages.detection.engine import State, step

START = 29_000_000  # a minute of 2025
COMPONENTS = ("app", "login", "vehicle", "charging", "website", "energy")
SERVICE = ServiceSpec(
    slug="tesla", components=COMPONENTS, depends_on={"app": ("login",)}, entities=("tesla",),
    official_authors=frozenset({("x", "tesla")}),
)  # fmt: skip
PLACES = ("NL-NH", "NL-ZH", "DE-BE", "DE-BY", "US-CA", "US-TX")
Row = tuple[str, str, str, int, int]  # component, place, symptom, autonomous system, a number that makes it distinct


def reports(rows: Sequence[Row], kind: ReportKind = ReportKind.PROBLEM, wide: int = 0) -> Reports:
    """Reports as columns; every row has a network and a reporter of its own."""
    components = tuple(dict.fromkeys(row[0] for row in rows))
    places = tuple(dict.fromkeys(row[1] for row in rows))
    symptoms = tuple(dict.fromkeys(row[2] for row in rows))
    return Reports(
        components=components, places=places, symptoms=symptoms,
        component=np.array([components.index(row[0]) for row in rows], dtype=np.int32),
        place=np.array([places.index(row[1]) for row in rows], dtype=np.int32),
        symptom=np.array([symptoms.index(row[2]) for row in rows], dtype=np.int32),
        kind=np.full(len(rows), kind, dtype=np.int8),
        network=np.array([row[4] + 1 for row in rows], dtype=np.int64),
        wide_network=np.array([wide or row[4] % 50 + 1 for row in rows], dtype=np.int64),
        asn=np.array([row[3] for row in rows], dtype=np.int64),
        reporter=np.array([row[4] + 1 for row in rows], dtype=np.int64),
        weight=np.ones(len(rows), dtype=np.float32),
    )  # fmt: skip


def joined(parts: Sequence[Reports]) -> Reports:
    """Several sets of reports as one."""
    rows: list[Row] = [
        (part.components[c], part.places[p], part.symptoms[s], 0, 0)
        for part in parts
        for c, p, s in zip(part.component, part.place, part.symptom, strict=True)
    ]
    if not rows:
        return Reports()
    columns = ("kind", "network", "wide_network", "asn", "reporter", "weight")
    return replace(reports(rows), **{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns})


class Crowd:
    """An ordinary crowd, seeded: reports of all components from all places and ten providers a country."""

    def __init__(self, seed: int, per_minute: float = 1.5) -> None:
        self.random = np.random.default_rng(seed)
        self.per_minute = per_minute
        self.numbered = 0

    def some(
        self,
        rate: float,
        components: Sequence[str] = COMPONENTS,
        places: Sequence[str] = PLACES,
        symptoms: Sequence[str] = ("slow", "timeout", "other", "stale-data"),
        systems: Sequence[int] = tuple(range(10)),
    ) -> Reports:
        """A Poisson number of reports; a provider's number depends on its country."""
        rows: list[Row] = []
        for _ in range(int(self.random.poisson(rate))):
            self.numbered += 1
            place = str(self.random.choice(places))
            system = int(self.random.choice(systems)) + 100 * (1 + ["NL", "DE", "US"].index(place[:2]))
            rows.append(
                (
                    str(self.random.choice(components)), place, str(self.random.choice(symptoms)), system,
                    self.numbered * 7919,
                )
            )  # fmt: skip
        return reports(rows) if rows else Reports()

    def usual(self) -> Reports:
        """An ordinary minute."""
        return self.some(self.per_minute)


class Day:
    """A detector that is taken from minute to minute."""

    def __init__(self, crowd: Crowd, warm_minutes: int = 0) -> None:
        self.state = State.fresh(START - 1)
        self.crowd = crowd
        self.told: list[Transition] = []
        self.outcomes: list[Outcome] = []
        for _ in range(warm_minutes):
            self.minute(crowd.usual())

    def minute(
        self,
        taken: Reports | None = None,
        probes: tuple[ProbeResult, ...] = (),
        announcements: tuple[Announcement, ...] = (),
        overrides: tuple[Override, ...] = (),
        neighbours: tuple[Neighbour, ...] | None = None,
    ) -> Outcome:
        """Steps one more minute."""
        number = self.state.minute + 1
        minute = Minute(number, taken if taken is not None else Reports(), probes, announcements, overrides, neighbours)
        self.state, outcome = step(self.state, minute, service=SERVICE)
        self.told += outcome.transitions
        self.outcomes.append(outcome)
        return outcome

    def states(self) -> list[str]:
        """The states that incidents were moved to, in order."""
        return [t.to_state.value for t in self.told if t.from_state != t.to_state]

    def result(self, probe: str, vantage: str, component: str, answer: int | str, control: bool = False) -> ProbeResult:
        """A probe's result in the next minute: a status, or an error's name."""
        status, error = (answer, None) if isinstance(answer, int) else (None, answer)
        return ProbeResult(
            at=(self.state.minute + 1) * 60.0, probe=probe, vantage=vantage, component=component, countries=(),
            http_status=status, error=error, latency_ms=100.0, control=control,
        )  # fmt: skip
