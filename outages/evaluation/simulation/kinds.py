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
    official word. `during_outage` makes it overlap with the outage of that number; otherwise outages keep apart.
    """

    parts: tuple[tuple[str, ...], ...]
    where: Literal["everywhere", "continent", "country", "region"]
    minutes: Range
    peak: Range
    count: int = 1
    kind: Literal["outage", "maintenance"] = "outage"
    onset: Literal["sharp", "creeping", "flapping"] = "sharp"
    mix: Literal["down", "slow", "maintenance"] = "down"
    answers: Literal["down", "timeout", "gateway-timeout", "maintenance", "nothing"] = "down"
    failing: float = 0.9
    announced: float = 0.0
    during_outage: int | None = None


@dataclass(frozen=True, slots=True)
class FloodKind:
    """False reports of one component and region out of few systems, networks or reporters.

    `networks` is per system; `one_block` puts all of them into one /16. `says` is what the reports say. `beside_outage`
    starts it within the outage of that number, and in its place.
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


@dataclass(frozen=True, slots=True)
class BlockKind:
    """A vantage that sees failures which are not the service's: refused by a firewall, or cut off itself."""

    how: Literal["refused", "cut-off"]
    minutes: Range
    count: int = 1


@dataclass(frozen=True, slots=True)
class SurgeKind:
    """More reports of everything, in the usual mix: `times` the usual rate at its height."""

    minutes: Range
    times: Range
    count: int = 1


@dataclass(frozen=True, slots=True)
class DayKind:
    """All that a world of this kind holds. `growth` ranges over the factor by which the crowd grows in its days."""

    name: str
    summary: str
    growth: Range = (1.0, 1.0)
    outages: tuple[OutageKind, ...] = field(default=())
    floods: tuple[FloodKind, ...] = field(default=())
    blocks: tuple[BlockKind, ...] = field(default=())
    surges: tuple[SurgeKind, ...] = field(default=())


@lru_cache(maxsize=1)
def kinds() -> dict[str, DayKind]:
    """All kinds of day by name, in the order of the file."""
    raw = msgspec.toml.decode(Path(__file__).with_name("kinds.toml").read_bytes(), type=dict[str, dict[str, object]])
    return {name: msgspec.convert({"name": name, **fields}, DayKind) for name, fields in raw.items()}
