"""A site that has only just started: ten reports from ten networks become an incident at once.

The first hours must not cry wolf either: a service with a steady stream of reports from its first minute on has no
incident. A prior on the rate, whose uncertainty widens the negative binomial until the service was watched for some
time, does both; a flat "nothing opens for an hour" does not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outages.detection.datatypes import Minute, Reports, ServiceSpec, Transition
from outages.detection.engine import State, step

SPEC = ServiceSpec("tesla", ("app", "vehicle", "login"))


def reports(number: int, first: int, *, known: bool, component: int = 0) -> Reports:
    """One report a network. Without an address file the autonomous system is unknown; an API client names no device."""
    ids = np.arange(first, first + number)
    zeros = np.zeros(number, dtype="int32")
    return Reports(
        components=("app", "vehicle", "login"),
        places=("NL-NH",),
        symptoms=("http-503-maintenance",),
        component=zeros + component,
        place=zeros,
        symptom=zeros,
        kind=zeros.astype("int8"),
        network=(ids * 7919).astype("int64"),
        wide_network=(ids * 104729).astype("int64"),
        asn=(ids if known else zeros).astype("int64"),
        reporter=(ids * 31 if known else zeros).astype("int64"),
        weight=np.ones(number, dtype="float32"),
    )


def play(counts: list[int], *, known: bool = True) -> list[Transition]:
    state = State.fresh(29_000_000)
    transitions: list[Transition] = []
    first = 1
    for offset, count in enumerate(counts, start=1):
        minute = Minute(29_000_000 + offset, reports(count, first, known=known) if count else Reports())
        first += count
        state, outcome = step(state, minute, service=SPEC)
        transitions += outcome.transitions
    return transitions


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("quiet_minutes", [1, 3, 20, 300])
def test_ten_reports_from_ten_networks_open_an_incident_soon_after_the_start(quiet_minutes: int, known: bool) -> None:
    opened = play([0] * quiet_minutes + [10, 0], known=known)
    assert opened, "nothing opened"
    assert opened[0].from_state is None
    assert opened[0].components == ("app",)
    assert opened[0].terms


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.2, 1.5, 20.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_steady_stream_from_the_first_minute_on_is_no_incident(rate: float, seed: int) -> None:
    counts = np.random.default_rng(seed).poisson(rate, 600).tolist()
    assert play(counts) == []


@pytest.mark.parametrize("quiet_minutes", [3, 1500])
def test_reports_from_one_region_alone_do_not_stand_for_everywhere(quiet_minutes: int) -> None:
    """Where nothing is known of other places, what is known is where the reports come from."""
    opened = play([0] * quiet_minutes + [10, 4, 4, 4, 0])
    assert opened, "nothing opened"
    assert opened[0].countries == ("NL",)
    assert opened[-1].countries == ("NL",)


@pytest.mark.parametrize("minutes", [1, 60])
def test_many_networks_of_one_wide_network_are_possible_and_never_more(minutes: int) -> None:
    """Without an address file no provider is known: ten /24 of one /16 may be a town's people, or one attacker.

    A reader who is told "possible, all from one wide network" is told the truth. Confirming, and notices, need more.
    """
    state = State.fresh(29_000_000)
    transitions: list[Transition] = []
    for offset in range(1, 121 + minutes):
        minute = Minute(29_000_000 + offset)
        if offset > 120:
            batch = reports(10 if minutes == 1 else 83, 1 + 83 * (offset % 3), known=False)
            same = np.full(len(batch), 4242, dtype="int64")
            minute = Minute(29_000_000 + offset, replace(batch, wide_network=same))
        state, outcome = step(state, minute, service=SPEC)
        transitions += outcome.transitions
    assert [t.to_state for t in transitions if t.from_state is None] == ["possible"]
    assert all(t.to_state in ("possible", "dismissed") for t in transitions)
