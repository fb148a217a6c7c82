"""What the probes see: fair days, flukes, faults, firewalls and cut cables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outages.evaluation.simulation.plan import Block, Outage, Plan
from outages.evaluation.simulation.population import Population, ProbeTarget

ANSWERS: dict[str, tuple[int | None, str | None, str | None]] = {
    "down": (503, None, "Service Unavailable"),
    "timeout": (None, "timeout", None),
    "gateway-timeout": (504, None, "Gateway Timeout"),
    "maintenance": (503, None, "Server Maintenance"),
    "fluke-timeout": (None, "timeout", None),
    "fluke-502": (502, None, None),
    "fine": (200, None, None),
}
REFUSALS = {403: "Access Denied", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a probe. `at` in seconds since the world's start."""

    at: float
    target: ProbeTarget
    countries: tuple[str, ...]
    http_status: int | None
    error: str | None
    latency_ms: float
    body: str | None


def tries(rng: np.random.Generator, people: Population, plan: Plan, minutes: int) -> list[Try]:
    """Every try of every probe, in order of time."""
    every: list[Try] = []
    for target in people.probes:
        every += _tries_of(rng, people, target, plan, minutes)
    return sorted(every, key=lambda one: one.at)


def _tries_of(rng: np.random.Generator, people: Population, target: ProbeTarget, plan: Plan, minutes: int) -> list[Try]:
    probing = people.probing
    countries = people.served_by(target)
    at = np.arange(minutes) * 60.0 + float(rng.integers(1, 60))
    at = at[at < minutes * 60]
    answer = np.full(len(at), "fine", dtype=object)
    flukes = rng.random(len(at)) < probing.fluke
    answer[flukes] = rng.choice(["fluke-timeout", "fluke-502"], int(flukes.sum()))
    for outage in plan.outages:
        chance = _failing(outage, target, countries, at / 60, people)
        answer[rng.random(len(at)) < chance] = outage.of.answers
    latency = target.latency_ms * rng.lognormal(0, probing.spread_of_latency, len(at))
    failing = ~np.isin(answer, ["fine", "fluke-timeout", "fluke-502"])
    latency = np.where(failing, latency * probing.slower_when_failing, latency)
    found = [
        Try(float(a), target, countries, *_with_latency(ANSWERS[str(w)], float(ms), probing.timeout_ms))
        for a, w, ms in zip(at, answer, latency, strict=True)
    ]
    for block in plan.blocks:
        if block.vantage == target.vantage and target.probe in block.probes:
            each = [_blocked(one, block, probing.timeout_ms) for one in found]
            found = [one for one in each if one is not None]
    return found


def _with_latency(
    answer: tuple[int | None, str | None, str | None], latency_ms: float, timeout_ms: float
) -> tuple[int | None, str | None, float, str | None]:
    status, error, body = answer
    return status, error, timeout_ms if error == "timeout" else latency_ms, body


def _failing(
    outage: Outage, target: ProbeTarget, countries: tuple[str, ...], at: NDArray[np.float64], people: Population
) -> NDArray[np.float64]:
    """The chance that a try at these minutes fails: a probe that stands for more than is down fails less often."""
    if outage.of.answers == "nothing" or target.component not in outage.parts:
        return np.zeros(len(at))
    weight = {code: share for code, share, _ in people.regions}
    hit = sum(weight[people.codes[i]] for i in outage.regions if people.codes[i][:2] in countries)
    served = sum(share for code, share in weight.items() if code[:2] in countries)
    risen = np.clip((at - outage.start) / people.probing.rise_minutes, 0, 1)
    return outage.down(at) * risen * outage.of.failing * (hit / served if served else 0.0)


def _blocked(one: Try, block: Block, timeout_ms: float) -> Try | None:
    if not int(block.start * 60) <= one.at < int(block.end * 60):  # to the second, as the truth tells it
        return one
    if block.of.how == "gone":
        return None
    if block.of.how == "errors":
        return Try(one.at, one.target, one.countries, block.status, None, one.latency_ms, None)
    if block.of.how == "cut-off":
        return Try(one.at, one.target, one.countries, None, "timeout", timeout_ms, None)
    return Try(one.at, one.target, one.countries, block.status, None, one.latency_ms / 3, REFUSALS[block.status])
