"""A world: some days of one service, with everything that arrives and the truth about it. Seeded; no clock."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from outages.evaluation.simulation import announcements, probes
from outages.evaluation.simulation.announcements import Post
from outages.evaluation.simulation.crowd import Crowd, Report
from outages.evaluation.simulation.kinds import DayKind, NeighbourKind
from outages.evaluation.simulation.plan import Outage, Plan, draw
from outages.evaluation.simulation.population import Population, population
from outages.evaluation.simulation.probes import Try

DEFAULT_START = datetime(2026, 5, 4, tzinfo=UTC)  # a Monday
WARM_UP_SHARE = 5 / 8  # of all days: nothing is wrong while a baseline is learnt


@dataclass(frozen=True, slots=True)
class World:
    """`events` are in order of time, `truth` is what was really down, both in the format of docs/simulation.md."""

    events: tuple[dict[str, Any], ...]
    truth: dict[str, Any]

    def lines(self) -> Iterator[bytes]:
        """One JSON object a line, each with its line feed."""
        for event in self.events:
            yield msgspec.json.encode(event) + b"\n"


def generate(
    kind: DayKind,
    *,
    seed: int,
    days: int = 8,
    service: str = "tesla",
    start: datetime = DEFAULT_START,
    people: Population | None = None,
) -> World:
    """A world of this kind. The same arguments give the same world. DoesNotFit where the days are too few."""
    people = people or population()
    people = replace(people, reports_per_minute=people.reports_per_minute * kind.rate)
    if not kind.probed:
        people = replace(people, probes=())
    rng = np.random.default_rng([seed, *kind.name.encode()])
    minutes = days * 1440
    warm_up = 0 if kind.first_hour else round(days * 1440 * WARM_UP_SHARE)
    plan = draw(rng, kind, people, warm_up, minutes)
    span = Span(start, warm_up, minutes)
    world = play(kind.name, plan, rng, people, span, service=service, placeless=kind.placeless)
    worlds = [world]
    for neighbour in kind.neighbours:
        own = np.random.default_rng([seed, *kind.name.encode(), *neighbour.service.encode()])
        theirs = _neighbours_plan(own, neighbour, kind, plan, people, span)
        worlds.append(play(kind.name, theirs, own, people, span, service=neighbour.service))
    truth = {**world.truth, "expect": {service: msgspec.to_builtins(kind.expect)}}
    for neighbour, its_world in zip(kind.neighbours, worlds[1:], strict=True):
        # Who is only named by mistake has no outage of its own.
        outages = [] if neighbour.how == "echo" else its_world.truth["outages"]
        truth["outages"] = sorted([*truth["outages"], *outages], key=lambda one: str(one["start"]))
        truth["expect"][neighbour.service] = msgspec.to_builtins(neighbour.expect)
        if neighbour.declared:
            truth.setdefault("relies_on", {})[neighbour.service] = [service]
    events = heapq.merge(*(one.events for one in worlds), key=lambda event: str(event["at"]))
    return World(tuple(events), truth) if kind.neighbours else World(world.events, truth)


@dataclass(frozen=True, slots=True)
class Span:
    """When a world begins, and how many minutes of it pass until things happen, and in all."""

    start: datetime
    warm_up: int
    minutes: int


def _neighbours_plan(
    rng: np.random.Generator, neighbour: NeighbourKind, kind: DayKind, plan: Plan, people: Population, span: Span
) -> Plan:
    """What happens at another service: with the first one's outages, or apart from them."""
    if neighbour.how == "apart":
        return draw(rng, replace(kind, neighbours=()), people, span.warm_up, span.minutes)
    outages = []
    for outage in plan.outages:
        peak = outage.peak * float(rng.uniform(*neighbour.share))
        if neighbour.how == "echo":  # the probes of who is only named find nothing wrong
            kind_of_it = replace(outage.of, answers="nothing", announced=0.0)
            outages.append(replace(outage, of=kind_of_it, parts=("app",), peak=peak))
        else:
            outages.append(replace(outage, start=outage.start + float(rng.uniform(1, 4)), peak=peak))
    return Plan(outages=tuple(outages), floods=(), blocks=(), surges=(), growth=1.0)


def play(
    profile: str,
    plan: Plan,
    rng: np.random.Generator,
    people: Population,
    span: Span,
    *,
    service: str,
    placeless: float = 0.0,
) -> World:
    """The world in which this plan happens."""
    start, minutes = span.start, span.minutes
    crowd = Crowd(rng, people, minutes, plan.growth)
    reports = crowd.ordinary(plan)
    for outage in plan.outages:
        reports += crowd.of_outage(outage)
    for number, flood in enumerate(plan.floods):
        reports += crowd.of_flood(flood, number)
    if placeless:
        reports = crowd.without_place(reports, placeless)
    timed = [(one.at, _report(one, service, start)) for one in reports]
    timed += [(one.at, _probe(one, service, start)) for one in probes.tries(rng, people, plan, minutes)]
    posts = announcements.posts(rng, people.posts, plan, start, minutes)
    number = int(rng.integers(10**15, 10**16))
    timed += [(one.at, _post(one, service, start, number + i)) for i, one in enumerate(posts)]
    timed.sort(key=lambda pair: pair[0])
    truth = _truth(profile, plan, crowd, people, service, span)
    return World(tuple(event for _, event in timed), truth)


def _stamp(start: datetime, seconds: float) -> str:
    return f"{start + timedelta(seconds=int(seconds)):%Y-%m-%dT%H:%M:%SZ}"


def _report(one: Report, service: str, start: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "report",
        "at": _stamp(start, one.at),
        "service": service,
        "component": one.component,
        "symptom": one.symptom,
        "country": one.region[:2] or None,
        "region": one.region or None,
        "asn": one.system,
        "network": one.network,
        "reporter": one.reporter,
    }
    if one.wide_network is not None:
        told["wide_network"] = one.wide_network
    if one.kind != "problem":
        told["kind"] = one.kind
    return told


def _probe(one: Try, service: str, start: datetime) -> dict[str, Any]:
    return {
        "type": "probe",
        "at": _stamp(start, one.at),
        "service": service,
        "component": one.target.component,
        "probe": one.target.probe,
        "vantage": one.target.vantage,
        "countries": one.countries,
        "http_status": one.http_status,
        "error": one.error,
        "latency_ms": round(one.latency_ms, 1),
        "body": one.body,
    }


def _post(one: Post, service: str, start: datetime, number: int) -> dict[str, Any]:
    return {
        "type": "announcement",
        "at": _stamp(start, one.at),
        "service": service,
        "source": one.source,
        "author": one.author,
        "text": one.text,
        "url": f"https://x.com/{one.author}/status/{number}",
    }


def _truth(
    profile: str,
    plan: Plan,
    crowd: Crowd,
    people: Population,
    service: str,
    at: Span,
) -> dict[str, Any]:
    start, warm_up, minutes = at.start, at.warm_up, at.minutes
    probed = {target.component for target in people.probes}

    def span(of: Any) -> dict[str, str]:
        return {"start": _stamp(start, of.start * 60), "end": _stamp(start, of.end * 60)}

    def outage(of: Outage) -> dict[str, Any]:
        return {
            "kind": of.of.kind,
            "service": service,
            "components": sorted(of.parts),
            "regions": sorted(people.codes[i] for i in of.regions),
            "countries": sorted(of.countries),
            **span(of),
            "peak_reports_per_minute": of.peak,
            "seen_by_probes": of.of.answers != "nothing" and bool(probed & set(of.parts)),
        }

    decoys: list[dict[str, Any]] = [
        {
            "kind": "false-reports",
            **span(of),
            "component": of.of.part,
            "region": people.codes[of.region],
            "says": of.of.says,
        }
        for of in plan.floods
    ]
    decoys += [{"kind": of.of.how, **span(of), "vantage": of.vantage, "probes": list(of.probes)} for of in plan.blocks]
    decoys += [
        {"kind": "curiosity", **span(of), "times": of.times, **({"component": of.of.part} if of.of.part else {})}
        for of in plan.surges
    ]
    end = _stamp(start, minutes * 60)
    decoys += [
        {
            "kind": "level",
            "start": _stamp(start, of.start * 60),
            "end": end,
            "component": of.of.part,
            "times": of.times,
        }
        for of in plan.levels
    ]
    return {
        "profile": profile,
        "start": _stamp(start, 0),
        "warm_up_ends": _stamp(start, warm_up * 60),
        "end": _stamp(start, minutes * 60),
        "outages": [outage(of) for of in plan.outages],
        "decoys": decoys,
        "region_weights": dict(zip(people.codes, (round(float(s), 5) for s in crowd.shares), strict=True)),
    }
