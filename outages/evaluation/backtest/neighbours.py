"""Plays several services of one world side by side: each sees the others' confirmed outages as the scan does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from outages.detection.datatypes import IncidentKind, IncidentState, Minute, Neighbour, ServiceSpec, Transition
from outages.detection.engine import State, look_through, step
from outages.detection.incidents.overrides import ENDS
from outages.detection.reasons import BEYOND_REPORTS
from outages.detection.replay import Event, Line, minutes_of, take
from outages.detection.thresholds import DEFAULT, Thresholds

SOON: Final = 300  # seconds after an opening until which its cause must be told


@dataclass(slots=True)
class _Past:
    """One incident as the others remember it: minutes of its opening, and of when it was more than reports."""

    opened: int
    confirmed: bool = False
    seen: bool = False
    over: bool = False
    is_outage: bool = True


@dataclass(slots=True)
class Side:
    """One service in a world, minute by minute."""

    spec: ServiceSpec
    relies_on: frozenset[str] = frozenset()
    state: State | None = None
    lines: dict[int, Line] = field(default_factory=dict)
    past: dict[int, _Past] = field(default_factory=dict)

    def play(self, minute: Minute) -> None:
        """Take one minute."""
        if self.state is None:
            self.state = State.fresh(minute.minute - 1)
        self.state, told = look_through(self.state, minute, service=self.spec)
        self.state, outcome = step(self.state, minute, service=self.spec)
        for transition in (*told, *outcome.transitions):
            self._remember(transition)

    def _remember(self, told: Transition) -> None:
        take(self.lines, told, self.spec.slug)
        past = self.past.setdefault(told.incident, _Past(told.second // 60))
        past.is_outage = told.kind == IncidentKind.OUTAGE
        past.confirmed = past.confirmed or told.to_state == IncidentState.CONFIRMED
        past.seen = past.seen or told.reason.code in BEYOND_REPORTS
        past.over = told.to_state in ENDS
        if told.attribution is not None and told.second - 60 * past.opened <= SOON:
            self.lines[told.incident].cause = told.attribution.cause.value

    def seen_from(self, other: Side, minute: int, limits: Thresholds) -> list[Neighbour]:
        """Return the confirmed outages of this service that another one sees."""
        heights = {incident.number: incident.peak for incident in self.state.incidents} if self.state else {}
        return [
            Neighbour(
                service=self.spec.slug,
                opened=past.opened,
                is_confirmed=True,
                peak=heights.get(number, 0.0),
                is_declared=self.spec.slug in other.relies_on,
                follows=other.follows(self, past.opened, limits),
                is_seen=past.seen,
            )
            for number, past in self.past.items()
            if past.confirmed and past.is_outage and not past.over and past.opened <= minute
        ]

    def follows(self, other: Side, before: int, limits: Thresholds) -> float:
        """The share of another's earlier outages in which this service had an incident that began about then."""
        began = [past.opened for past in other.past.values() if past.confirmed and past.opened < before]
        began = began[-limits.most_neighbours :]
        if len(began) < limits.learnt_outages:
            return 0.0
        mine = [past.opened for past in self.past.values() if past.opened < before]
        near = (-limits.same_rise_minutes, limits.attribution_minutes)
        return sum(any(near[0] <= one - start <= near[1] for one in mine) for start in began) / len(began)


def together(
    events: Iterable[Event], specs: Sequence[ServiceSpec], relies_on: Mapping[str, Iterable[str]],
    limits: Thresholds = DEFAULT,
) -> dict[str, Side]:  # fmt: skip
    """Play the events of some services, all in the same minute before any goes on to the next."""
    sides = {spec.slug: Side(spec, frozenset(relies_on.get(spec.slug, ()))) for spec in specs}
    by_service: dict[str, list[Event]] = {slug: [] for slug in sides}
    for event in events:
        if event.service in by_service:
            by_service[event.service].append(event)
    streams = {slug: minutes_of(own, slug) for slug, own in by_service.items()}
    waiting = {slug: next(stream, None) for slug, stream in streams.items()}
    while running := [minute.minute for minute in waiting.values() if minute is not None]:
        now = min(running)
        # What the others were after the minute before: the scan of a minute sees no more for sure.
        seen = {
            slug: tuple(n for other in sides.values() if other is not side for n in other.seen_from(side, now, limits))
            for slug, side in sides.items()
        }
        for slug, minute in list(waiting.items()):
            if minute is not None and minute.minute == now:
                sides[slug].play(replace(minute, neighbours=seen[slug]))
                waiting[slug] = next(streams[slug], None)
    return sides
