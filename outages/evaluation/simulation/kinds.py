"""Kinds of day, read from `kinds.toml`: what happens in a world, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OutageKind:
    """A kind of outage. `peak` is reports a minute at mean activity; `minutes` and `peak` are drawn from a range.

    `answers` is what probes of a failing part get, `failing` the chance that one try fails, `announced` the chance of
    official word, `announced_after` its minutes after the start where they are not the usual ones. `during_outage`
    makes it overlap with the outage of that number; otherwise outages keep apart. `rise` is minutes to the peak instead
    of the onset's own, `late` by how many minutes its reports come late, `networks` the number of networks that all its
    reporters share (carrier-grade NAT; 0: the usual ones).
    """

    parts: tuple[tuple[str, ...], ...]
    where: Literal["everywhere", "continent", "country", "region"]
    minutes: Range
    peak: Range
    count: int = 1
    kind: Literal["outage", "maintenance"] = "outage"
    onset: Literal["sharp", "creeping", "flapping"] = "sharp"
    mix: Literal["down", "slow", "maintenance", "quiet"] = "down"
    answers: Literal["down", "timeout", "gateway-timeout", "maintenance", "nothing"] = "down"
    failing: float = 0.9
    announced: float = 0.0
    during_outage: int | None = None
    announced_after: Range | None = None
    rise: Range | None = None
    late: Range | None = None
    networks: int = 0


@dataclass(frozen=True, slots=True)
class FloodKind:
    """False reports of one component and region out of few systems, networks or reporters.

    `networks` is per system; `one_block` puts all of them into one /16. `says` is what the reports say. `beside_outage`
    starts it within the outage of that number, and in its place. `everywhere` spreads it over all places.
    """

    part: str
    minutes: Range
    per_minute: Range
    systems: int
    networks: int
    reporters: int
    says: Literal["problem", "working"] = "problem"
    one_block: bool = False
    beside_outage: int | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class BlockKind:
    """What one vantage, or its loss, adds to what probes say: nothing of it is the service's.

    It is refused by a firewall, cut off itself, gone (no results any more), or served errors alone; with `fluke`
    another vantage has one failure of that component meanwhile. `during_outage` lets it begin `after` so many minutes
    of the outage of that number, for all probes that watch it.
    """

    how: Literal["refused", "cut-off", "gone", "errors"]
    minutes: Range
    count: int = 1
    during_outage: int | None = None
    after: Range = (0.0, 0.0)
    fluke: bool = False


@dataclass(frozen=True, slots=True)
class SurgeKind:
    """More reports of everything, in the usual mix: `times` the usual rate at its height; with `part`, of that."""

    minutes: Range
    times: Range
    count: int = 1
    part: str = ""


@dataclass(frozen=True, slots=True)
class LevelKind:
    """A component that is reported `times` as much as before, from the first hours in play on and for good."""

    part: str
    times: Range


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a detector should make of a service on this kind of day. The score checks it; None and 0 ask for nothing.

    `outages`: each is confirmed, or at least found (opened). `within` bounds the minutes to that, `resolved_within`
    those from its end to the incident's. `part` and `place` are the least overlaps with the truth, `incidents` the
    most for one outage. `false` is the most that an incident which fits no outage may come to, `false_hours` how long
    one may stay open. `cause`: whose fault each incident must seem to be five minutes after its opening, one of these.
    """

    outages: Literal["confirmed", "found", "any"] = "confirmed"
    within: float | None = None
    resolved_within: float | None = None
    part: float = 0.0
    place: float = 0.0
    incidents: int | None = None
    false: Literal["confirmed", "possible", "none"] = "possible"
    false_hours: float | None = None
    cause: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeighbourKind:
    """Another service in the same world, with people and probes like the first one's, while that has its outages.

    It `fails` with each of them (it depends on the first one), has as many outages of its own at other times (`apart`),
    or is only named by mistake (`echo`): its app then gets the `share` of the outage's peak in reports. `declared` says
    that it relies on the first one by its catalogue.
    """

    service: str
    how: Literal["fails", "apart", "echo"]
    share: Range = (1.0, 1.0)
    declared: bool = False
    expect: Expectation = Expectation()


@dataclass(frozen=True, slots=True)
class DayKind:
    """All that a world of this kind holds. `growth` ranges over the factor by which the crowd grows in its days.

    `rate` is the crowd's size against the usual, `placeless` the share of reports without a place; without `probed` no
    probe watches the service. `calm_hours` of
    the days in play go by before the first outage; with `first_hour` it comes in the first hour of all, before anything
    is learnt. `expect` is what a detector should make of it.
    """

    name: str
    summary: str
    growth: Range = (1.0, 1.0)
    outages: tuple[OutageKind, ...] = field(default=())
    floods: tuple[FloodKind, ...] = field(default=())
    blocks: tuple[BlockKind, ...] = field(default=())
    surges: tuple[SurgeKind, ...] = field(default=())
    levels: tuple[LevelKind, ...] = field(default=())
    neighbours: tuple[NeighbourKind, ...] = field(default=())
    rate: float = 1.0
    placeless: float = 0.0
    calm_hours: float = 0.0
    first_hour: bool = False
    probed: bool = True
    expect: Expectation = Expectation()


@lru_cache(maxsize=1)
def kinds() -> dict[str, DayKind]:
    """All kinds of day by name, in the order of the file."""
    raw = msgspec.toml.decode(Path(__file__).with_name("kinds.toml").read_bytes(), type=dict[str, dict[str, object]])
    return {name: msgspec.convert({"name": name, **fields}, DayKind) for name, fields in raw.items()}
