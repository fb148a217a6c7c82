"""How many snapshots a network got in this minute: what the workers add to what they have counted themselves."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from config.front.admission import Network, network_of
from config.front.recent import recent

WINDOW_S = 60.0
MOST_NETWORKS = 50_000
REST = "the rest"  # whoever comes in such numbers shares one count
UNKNOWN, UNKNOWN_SHARE = "unknown", 20  # as reports.access.rate_limits


class Allowance:
    """Counts by network in windows of a minute. A limit of 0 is none."""

    def __init__(self, limit: int, trusted: Sequence[Network]) -> None:
        self.limit = limit
        self.trusted = tuple(trusted)
        self._ends_s = 0.0
        self._counts: dict[str, int] = {}

    def network(self, connection: str, forwarded_for: bytes) -> str:
        """The network that asks."""
        return network_behind(connection, forwarded_for, self.trusted)

    def take(self, network: str, now_s: float) -> bool:
        """Count one more; False, and nothing is counted, where that is too much."""
        if not self.limit:
            return True
        if now_s >= self._ends_s:
            self._ends_s, self._counts = now_s + WINDOW_S, {}
        if network not in self._counts and len(self._counts) >= MOST_NETWORKS:
            network = REST
        count = self._counts.get(network, 0)
        if count >= self.limit * (UNKNOWN_SHARE if network in (UNKNOWN, REST) else 1):
            return False
        self._counts[network] = count + 1
        return True

    def spent(self, network: str, now_s: float) -> int:
        """How many were counted in this minute."""
        return self._counts.get(network, 0) if now_s < self._ends_s else 0


def network_behind(connection: str, forwarded_for: bytes, trusted: Sequence[Network]) -> str:
    """Return the network that asks: the connection's, or behind a trusted proxy the one that it names."""
    if connection and forwarded_for and _is_private(connection):
        return UNKNOWN  # behind a proxy that is not named all look like one
    return connection or _forwarded(forwarded_for, tuple(trusted))


@lru_cache(maxsize=1024)
def _is_private(network: str) -> bool:
    try:
        return not ipaddress.ip_network(network).is_global
    except ValueError:
        return False


@recent(4096)
def _forwarded(forwarded_for: bytes, trusted: tuple[Network, ...]) -> str:
    """The network of the rightmost address that is not a trusted proxy's."""
    for said in reversed(forwarded_for.decode("latin-1").split(",")):
        network = network_of(said.strip(), trusted)
        if network:
            return network
    return UNKNOWN
