"""Whose fault incidents of drawn days seem to be, five minutes after they opened: at least 95 in 100 are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from outages.detection.datatypes import IncidentState, Minute, ProbeResult, ServiceSpec
from outages.detection.engine import State
from outages.detection.thresholds import DEFAULT
from outages.evaluation.backtest.neighbours import Side
from tests.outages.detection.minutes import COMPONENTS, START, Crowd, Day, joined

WARM = 300
MINUTES = 34
FAULT = ("http-503-maintenance", "blank-screen")
RIGHT = 0.95
SCENARIOS = 8


@dataclass(frozen=True, slots=True)
class Role:
    """What a service does in a scenario: from which minute on, how loud at its height, and whether its probes fail."""

    name: str
    begins: int
    peak: float
    is_probed: bool
    relies: bool = False
    right: tuple[str, ...] = ("internal",)
    fails: bool = True


def drawn(rng: np.random.Generator) -> list[Role]:
    """Draw a service that fails, one of each kind of others, and one that fails by itself."""
    start = int(rng.integers(4, 10))
    peak = float(np.exp(rng.uniform(np.log(30), np.log(120))))
    apart = start + int(rng.choice([12, 14, 16])) * (1 if rng.random() < 0.7 else 0)
    small = [max(peak * float(rng.uniform(0.03, 0.09)), 3.0) for _ in range(2)]
    is_small = [height / peak <= DEFAULT.bystander_share for height in small]
    return [
        Role("upstream", start, peak, is_probed=True),
        Role("customer", start, small[0], False, True, ("external",), fails=False),
        Role(
            "bystander", start, small[1], False, False,
            ("external", "undetermined") if is_small[1] else ("undetermined", "internal"), fails=False,
        ),
        Role(
            "dependent", start + int(rng.integers(-2, 6)), peak * float(rng.uniform(0.2, 0.9)),
            bool(rng.random() < 0.5), True, ("external",),
        ),
        Role("other", apart, float(rng.uniform(15, 60)), is_probed=True),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def warm() -> bytes:
    return Day(Crowd(1), WARM).state.dumps()


def played(roles: list[Role], warm: bytes, rng: np.random.Generator) -> dict[str, Side]:
    """The services of a scenario side by side, from a quiet morning on."""
    sides = {
        role.name: Side(ServiceSpec(role.name, COMPONENTS), frozenset({"upstream"} if role.relies else ()))
        for role in roles
    }
    crowds = {role.name: Crowd(int(rng.integers(1 << 30))) for role in roles}
    for side in sides.values():
        side.state = State.loads(warm)
    for number in range(MINUTES):
        minute = START + WARM + number
        seen = {
            name: tuple(
                n for other in sides.values() if other is not side for n in other.seen_from(side, minute, DEFAULT)
            )
            for name, side in sides.items()
        }
        for role in roles:
            crowd, since = crowds[role.name], number - role.begins
            told = crowd.usual()
            if since >= 0:
                told = joined([told, crowd.some(role.peak * min((since + 1) / 5, 1), ("app",), symptoms=FAULT)])
            probes = tuple(
                ProbeResult(60.0 * minute, f"p-{vantage}", vantage, "app", (), 503 if fails else 200, None, 100.0)
                for vantage in ("oslo", "paris")
                for fails in (role.is_probed and since >= 1,)
            )
            sides[role.name].play(Minute(minute, told, probes, neighbours=seen[role.name]))
    return sides


@pytest.mark.slow(8)
def test_the_cause_of_drawn_scenarios_is_right_and_bystanders_are_never_confirmed(warm: bytes) -> None:
    judged: list[tuple[int, str, str | None, bool]] = []
    for seed in range(SCENARIOS):
        rng = np.random.default_rng([11, seed])
        roles = drawn(rng)
        sides = played(roles, warm, rng)
        for role in roles:
            for number, line in sides[role.name].lines.items():
                judged.append((seed, role.name, line.cause, line.cause in role.right))
                was_confirmed = sides[role.name].past[number].confirmed
                assert role.fails or not was_confirmed, (seed, role)
            assert not role.fails or sides[role.name].lines, (seed, role)
    wrong = [one for one in judged if not one[-1]]
    assert len(judged) >= 4 * SCENARIOS
    assert len(wrong) <= (1 - RIGHT) * len(judged), wrong
    assert IncidentState.CONFIRMED in {IncidentState(i.state) for side in sides.values() for i in side.state.incidents}
