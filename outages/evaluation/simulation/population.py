"""The people and the probes of a simulated service, read from `population.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """One probe from one vantage. `serves` names continents; empty means everywhere."""

    probe: str
    vantage: str
    component: str
    latency_ms: float
    serves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probing:
    """What one try does: chances, milliseconds, minutes."""

    fluke: float
    spread_of_latency: float
    slower_when_failing: float
    timeout_ms: float
    rise_minutes: float


@dataclass(frozen=True, slots=True)
class Posts:
    """What is posted, and when: templates, and ranges in minutes or hours."""

    ordinary_per_day: float
    author: str
    source: str
    first_after_minutes: tuple[float, float]
    resolved_after_minutes: tuple[float, float]
    planned_before_hours: tuple[float, float]
    names: dict[str, str]
    ordinary: tuple[str, ...]
    first: tuple[str, ...]
    resolved: tuple[str, ...]
    planned: tuple[str, ...]
    finished: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Population:
    """The file as it stands. Rates are reports a minute, shares are relative, hours are local."""

    reports_per_minute: float
    spread_of_rate: float
    spread_of_shares: float
    repeat_reporters: float
    systems_per_country: int
    system_exponent: float
    networks_per_system: int
    unknown_network: float
    activity: tuple[float, ...]
    regions: tuple[tuple[str, float, int], ...]
    continents: dict[str, tuple[str, ...]]
    components: dict[str, float]
    symptoms: dict[str, dict[str, dict[str, float]]]
    probes: tuple[ProbeTarget, ...]
    probing: Probing
    posts: Posts

    @property
    def codes(self) -> tuple[str, ...]:
        """Region codes, in the order of the file."""
        return tuple(code for code, _, _ in self.regions)

    @property
    def countries(self) -> tuple[str, ...]:
        """Country codes, each once, in the order of the file."""
        return tuple(dict.fromkeys(code[:2] for code in self.codes))

    def regions_of(self, countries: tuple[str, ...]) -> NDArray[np.intp]:
        """Indices of the regions of these countries."""
        return np.array([i for i, code in enumerate(self.codes) if code[:2] in countries], dtype=np.intp)

    def served_by(self, target: ProbeTarget) -> tuple[str, ...]:
        """The countries that a probe stands for, sorted."""
        continents = target.serves or tuple(self.continents)
        return tuple(sorted(country for name in continents for country in self.continents[name]))

    def activity_at(self, minute_of_day: NDArray[np.int64]) -> NDArray[np.float64]:
        """Relative report rate, shape (minutes, regions), mean about 1 over a day; linear between local hours."""
        offsets = np.array([hours for _, _, hours in self.regions])
        local = (minute_of_day[:, None] / 60 + offsets[None, :]) % 24
        rate: NDArray[np.float64] = np.interp(local, np.arange(24) + 0.5, self.activity, period=24)
        return rate


@lru_cache(maxsize=1)
def population() -> Population:
    raw: dict[str, Any] = msgspec.toml.decode(Path(__file__).with_name("population.toml").read_bytes())
    return msgspec.convert(raw, Population)
