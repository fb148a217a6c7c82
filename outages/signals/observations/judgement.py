"""Whether observations speak against a component in a country. Pure: numbers in, a verdict out.

One key or one network decides nothing, however much it sends: programs count by their keys' owners and networks, and a
network of browsers counts as one however often it fails.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# Registered programs.
LEAST_CALLS: Final = 5.0  # of which a share says anything
LEAST_FAILED: Final = 3.0
FAILING_SHARE: Final = 0.05  # so many fail, and …
FAILING_TIMES: Final = 3.0  # … so many times its usual share
LEAST_TRUST: Final = 1.0  # together: two that are new, or more that were wrong
LEAST_OBSERVERS: Final = 2  # of different owners, in different networks
# Browsers.
LEAST_NETWORKS: Final = 4  # that fail: as many as open an incident by reports
LEAST_WIDE: Final = 2
MOST_OF_A_NETWORK: Final = 5.0  # loads that one network counts for
LEAST_SHARE: Final = 0.02  # of the loads fail, where it is known how many go well
USUAL_FLOOR: Final = 0.005  # a share that is always thought usual
USUAL_FAILING: Final = 0.5  # failing networks a window that are always thought usual
TAIL: Final = 1e-4  # the chance of so many by accident that is taken for none


@dataclass(frozen=True, slots=True)
class Account:
    """What one program counted lately. `usual` is its usual share of failures, `trust` from 0 to 1."""

    owner: str
    network: int
    calls: float
    failed: float
    usual: float = 0.0
    trust: float = 0.5

    @property
    def fails(self) -> bool:
        """Return whether it sees more failures than are usual for it."""
        if self.calls < LEAST_CALLS or self.failed < LEAST_FAILED:
            return False
        return self.failed / self.calls >= max(FAILING_SHARE, FAILING_TIMES * self.usual)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the browsers of one network met lately."""

    network: int
    wide_network: int
    calls: float
    failed: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What observations say, and of how much."""

    fails: bool
    calls: float
    failed: float


def of_programs(accounts: Sequence[Account]) -> Verdict:
    """Return what programs say together: several that agree, whose word is worth more than that of those who don't."""
    calls, failed = sum(one.calls for one in accounts), sum(one.failed for one in accounts)
    failing = _independent(one for one in accounts if one.fails)
    against = sum(one.trust for one in failing)
    fine = sum(one.trust for one in _independent(one for one in accounts if not one.fails and one.calls >= LEAST_CALLS))
    fails = len(failing) >= LEAST_OBSERVERS and against >= LEAST_TRUST and against > fine
    return Verdict(fails, calls, failed)


def _independent(accounts: Iterable[Account]) -> list[Account]:
    """Return one account of each owner and network, the most trusted first; an unknown network is one network."""
    owners: set[str] = set()
    networks: set[int] = set()
    found = []
    for account in sorted(accounts, key=lambda one: (-one.trust, one.owner)):
        if account.owner not in owners and account.network not in networks:
            owners.add(account.owner)
            networks.add(account.network)
            found.append(account)
    return found


def of_browsers(seen: Sequence[Seen], usual_share: float, usual_failing: float) -> Verdict:
    """Return what browsers say: more networks fail than chance brings, from several providers.

    `usual_share` is the share of failures in calm hours, where loads that go well are reported too; `usual_failing` how
    many networks fail in such a window then.
    """
    networks = [_bounded(one) for one in seen if one.network]
    calls, failed = sum(one.calls for one in networks), sum(one.failed for one in networks)
    failing = [one for one in networks if one.failed > 0]
    knows_good = any(one.calls > one.failed for one in networks)
    if knows_good:
        usual = max(usual_share, USUAL_FLOOR)
        expected = usual * max(calls, float(len(networks)))
        enough = failed / calls >= max(LEAST_SHARE, 2 * usual)
    else:
        expected, enough = usual_failing, True
    expected = max(expected, USUAL_FAILING, usual_failing)
    wide = {one.wide_network for one in failing}
    fails = (
        enough
        and len(failing) >= LEAST_NETWORKS
        and len(wide) >= LEAST_WIDE
        and poisson_tail(len(failing), expected) < TAIL
    )
    return Verdict(fails, calls, failed)


def _bounded(one: Seen) -> Seen:
    """Return what a network counts for, its share of failures kept."""
    if one.calls <= MOST_OF_A_NETWORK or not one.failed:
        return one
    factor = MOST_OF_A_NETWORK / one.calls
    return Seen(one.network, one.wide_network, MOST_OF_A_NETWORK, one.failed * factor)


def poisson_tail(count: int, expected: float) -> float:
    """Return the chance of `count` or more where `expected` are."""
    term = total = math.exp(-expected)
    for number in range(1, count):
        term *= expected / number
        total += term
    return max(0.0, 1.0 - total) if count > 0 else 1.0


def trust_of(agreed: int, disagreed: int) -> float:
    """Return how far a word has held: a half at first (Laplace's rule of succession)."""
    return (agreed + 1) / (agreed + disagreed + 2)
