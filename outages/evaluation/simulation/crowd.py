"""Reports: of an ordinary day, of an outage, and false ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from outages.evaluation.simulation.plan import Flood, Outage, Plan, Surge
from outages.evaluation.simulation.population import Population

Floats = NDArray[np.float64]
HOSTILE_SYSTEM = 64_496  # the first of the numbers that RFC 5398 keeps for documentation
CARRIER_SYSTEM = 64_420  # and some more of them, for carriers whose customers share addresses
SURGE_RISE_MINUTES = 15.0


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `at` in seconds since the world's start."""

    at: float
    component: str
    symptom: str
    region: str
    system: int
    network: str
    reporter: str
    wide_network: str | None = None
    kind: str = "problem"


class Crowd:
    """Makes reports. One a world: it counts reporters and gives each country its systems."""

    def __init__(self, rng: np.random.Generator, people: Population, minutes: int, growth: float) -> None:
        self._rng = rng
        self._people = people
        self._minutes = minutes
        shares = np.array([share for _, share, _ in people.regions])
        shares = shares * rng.lognormal(0, people.spread_of_shares, len(shares))
        self.shares: Floats = shares / shares.sum()
        self.rate = people.reports_per_minute * float(rng.lognormal(0, people.spread_of_rate))
        at = np.arange(minutes)
        self.activity = people.activity_at(at % 1440)
        self.growth: Floats = np.exp(np.log(growth) * at / max(1, minutes - 1))
        self._reporters = 0
        self._recent: list[str] = []
        size = people.systems_per_country
        blocks = rng.permutation(len(people.countries))
        self._systems = {
            country: 65_550 + 100 * int(block) + np.arange(size)
            for country, block in zip(people.countries, blocks, strict=True)
        }

    def ordinary(self, plan: Plan) -> list[Report]:
        """Reports of ordinary days, with the surges of curiosity."""
        per_minute = self.rate * self.growth * self._curiosity(plan)
        mean = per_minute[:, None] * self.shares[None, :] * self.activity
        minute, region = self._arrivals(mean)
        components = list(self._people.components)
        odds = np.array(list(self._people.components.values()))
        chosen = self._rng.choice(len(components), len(minute), p=odds / odds.sum())
        reports = self._reports(minute, region, [components[i] for i in chosen], "quiet")
        for part, times in self._of_parts(plan):
            share = self._people.components[part] / odds.sum()
            more = self.rate * self.growth * share * (times - 1)
            minute, region = self._arrivals(more[:, None] * self.shares[None, :] * self.activity)
            reports += self._reports(minute, region, [part] * len(minute), "quiet")
        return reports

    def _of_parts(self, plan: Plan) -> Iterator[tuple[str, Floats]]:
        """The components that are reported more than usual by themselves, and how many times as much each minute."""
        at = np.arange(self._minutes, dtype=np.float64)
        for surge in plan.surges:
            if surge.of.part:
                yield surge.of.part, 1 + self._more(surge)
        for level in plan.levels:
            yield level.of.part, np.where(at >= level.start, level.times, 1.0)

    def _curiosity(self, plan: Plan) -> Floats:
        times = np.ones(self._minutes)
        for surge in plan.surges:
            if not surge.of.part:
                times += self._more(surge)
        return times

    def _more(self, surge: Surge) -> Floats:
        """How many times the usual number report besides it, in each minute."""
        at = np.arange(self._minutes, dtype=np.float64)
        rise = np.clip((at - surge.start) / SURGE_RISE_MINUTES, 0, 1)
        fall = np.where(at > surge.end, np.exp(-(at - surge.end) / 30), 1.0)
        more: Floats = (surge.times - 1) * rise * fall
        return more

    def of_outage(self, outage: Outage) -> list[Report]:
        """Reports because of an outage: a rise, a plateau, fatigue, and an echo after it is over."""
        at = np.arange(self._minutes, dtype=np.float64) + 0.5
        height = outage.peak * self._shape(outage, at)
        mean = np.zeros((self._minutes, len(self.shares)))
        mean[:, outage.regions] = (
            height[:, None] * self.shares[None, outage.regions] / self.shares[outage.regions].sum()
        ) * self.activity[:, outage.regions]
        minute, region = self._arrivals(mean)
        odds = np.array([self._people.components[part] for part in outage.parts])
        chosen = self._rng.choice(len(outage.parts), len(minute), p=odds / odds.sum())
        reports = self._reports(minute, region, [outage.parts[i] for i in chosen], outage.of.mix)
        if outage.of.networks:
            at = self._rng.integers(0, outage.of.networks, len(reports)).tolist()
            reports = [
                replace(one, system=CARRIER_SYSTEM + n, network=f"c{n}") for one, n in zip(reports, at, strict=True)
            ]
        if outage.of.late is not None:
            late = 60 * self._rng.uniform(*outage.of.late, len(reports))
            reports = [replace(one, at=one.at + by) for one, by in zip(reports, late.tolist(), strict=True)]
        return [one for one in reports if one.at < 60 * self._minutes]

    def without_place(self, reports: list[Report], share: float) -> list[Report]:
        """The same reports, of which a share does not say where."""
        is_silent = self._rng.random(len(reports)) < share
        return [replace(one, region="") if silent else one for one, silent in zip(reports, is_silent, strict=True)]

    @staticmethod
    def _shape(outage: Outage, at: Floats) -> Floats:
        """Height in 0…1 (more in a rush) at these minutes."""
        since = at - outage.start
        rise = np.clip(since / outage.rise_minutes, 0, 1)
        tired = np.exp(-np.clip(since - outage.tires_after_minutes, 0, None) / 150)
        shape = rise * np.where(outage.of.onset == "creeping", np.sqrt(tired), tired)
        edges = [*outage.up, (outage.end, np.inf)]
        for start, end in edges:
            fade = outage.fade_minutes if end == np.inf else outage.fade_minutes / 2
            before = float(np.interp(start, at, shape))
            inside = (at >= start) & (at < end)
            echo = before * (1 + (outage.rush if end == np.inf else 0.0)) * np.exp(-np.clip(at - start, 0, None) / fade)
            shape = np.where(inside, echo, shape)
        return np.where(since >= 0, shape, 0.0)

    def of_flood(self, flood: Flood, number: int) -> list[Report]:
        """False reports: many, from few systems, networks or reporters, evenly in time."""
        rng, of = self._rng, flood.of
        count = int(rng.poisson(flood.per_minute * (flood.end - flood.start)))
        at = np.sort(rng.uniform(flood.start * 60, flood.end * 60, count))
        mix = self._people.symptoms["down"][of.part]
        names, odds = list(mix), np.array(list(mix.values()))
        symptom = rng.choice(len(names), count, p=odds / odds.sum())
        system = HOSTILE_SYSTEM + rng.integers(0, of.systems, count)
        network = rng.integers(0, of.networks, count)
        reporter = rng.integers(0, of.reporters, count)
        regions = np.full(count, flood.region)
        if of.everywhere:
            regions = rng.choice(len(self.shares), count, p=self.shares)
        codes = [self._people.codes[region] for region in regions.tolist()]
        block = f"h{number}" if of.one_block else None
        return [
            Report(float(a), of.part, names[s], code, int(y), f"h{number}.{y}.{n}", f"h{number}.{r}", block, of.says)
            for a, s, code, y, n, r in zip(at, symptom, codes, system, network, reporter, strict=True)
        ]

    def _arrivals(self, mean: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Draws Poisson arrivals from a mean of shape (minutes, regions): each report's minute and region."""
        counts = self._rng.poisson(mean)
        minute, region = np.nonzero(counts)
        times = counts[minute, region]
        return np.repeat(minute, times), np.repeat(region, times)

    def _reports(
        self, minute: NDArray[np.intp], region: NDArray[np.intp], components: list[str], mix: str
    ) -> list[Report]:
        rng, people = self._rng, self._people
        at = minute * 60 + rng.uniform(0, 60, len(minute))
        order = np.argsort(at)
        at, region = at[order], region[order]
        rank = np.minimum(rng.zipf(people.system_exponent, len(minute)), people.systems_per_country) - 1
        network = rng.integers(0, people.networks_per_system, len(minute))
        again = rng.random(len(minute)) < people.repeat_reporters
        symptoms = self._symptoms(components, mix)
        reports = []
        for i, component in enumerate(components):
            code = people.codes[region[i]]
            system = int(self._systems[code[:2]][rank[i]])
            reporter = self._reporter(bool(again[i]))
            reports.append(
                Report(float(at[i]), component, symptoms[i], code, system, f"n{system}.{network[i]}", reporter)
            )
        return reports

    def _symptoms(self, components: list[str], mix: str) -> list[str]:
        chosen: list[str] = [""] * len(components)
        for component in dict.fromkeys(components):
            where = [i for i, name in enumerate(components) if name == component]
            odds = self._people.symptoms[mix][component]
            names, p = list(odds), np.array(list(odds.values()), dtype=np.float64)
            for i, s in zip(where, self._rng.choice(len(names), len(where), p=p / p.sum()), strict=True):
                chosen[i] = names[s]
        return chosen

    def _reporter(self, again: bool) -> str:
        if again and self._recent:
            return self._recent[int(self._rng.integers(len(self._recent)))]
        self._reporters += 1
        name = f"r{self._reporters}"
        self._recent = [*self._recent[-79:], name]
        return name
