"""Who may be connected: a bound for everybody together and one a network. Pure: the clock is handed in.

A connection that waits for its client (idle, half a head, half a body) may be ended for a new one. So those who hold
a thousand open hold only their own network's share, and a reader beside them comes in all the same.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Connection = TypeVar("Connection")
PREFIX_BITS = {4: 24, 6: 48}
NETWORKS_OF_A_SURGE = 3


def network_of(address: str, trusted: Sequence[Network] = ()) -> str:
    """The network that an address is counted with: its /24, or its /48 of IPv6; "" for a trusted proxy's."""
    try:
        found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    if any(found.version == network.version and found in network for network in trusted):
        return ""
    return str(ipaddress.ip_network((found, PREFIX_BITS[found.version]), strict=False))


@dataclass(slots=True)
class _Share(Generic[Connection]):
    """One network's connections: how many there are, and those that wait for their client, the oldest first."""

    count: int = 0
    waiting: OrderedDict[Connection, None] = field(default_factory=OrderedDict)


class Admission(Generic[Connection]):
    """Counts connections, and tells whom to end for a new one."""

    def __init__(self, most: int, most_a_network: int) -> None:
        self.most, self.most_a_network = most, most_a_network
        self.count = 0
        self._shares: dict[str, _Share[Connection]] = {}
        self._waiting: OrderedDict[Connection, str] = OrderedDict()

    def admit(self, network: str) -> tuple[bool, Connection | None]:
        """Whether one more of this network may come in, and whom to end for it. Call `enter` after a True."""
        share = self._shares.get(network)
        if network and share is not None and share.count >= self.most_a_network:
            victim = next(iter(share.waiting), None)
            return victim is not None, victim
        if self.count >= self.most:
            victim = next(iter(self._waiting), None)
            return victim is not None, victim
        return True, None

    def enter(self, connection: Connection, network: str) -> None:
        """Counts a connection; it waits for its client from now on."""
        self.count += 1
        self._shares.setdefault(network, _Share()).count += 1
        self.wait(connection, network)

    def wait(self, connection: Connection, network: str) -> None:
        """Notes that a connection waits for its client from now on."""
        self._waiting[connection] = network
        self._waiting.move_to_end(connection)
        waiting = self._shares[network].waiting
        waiting[connection] = None
        waiting.move_to_end(connection)

    def work(self, connection: Connection, network: str) -> None:
        """Notes that a connection waits for us: it is not ended for another."""
        self._waiting.pop(connection, None)
        self._shares[network].waiting.pop(connection, None)

    def leave(self, connection: Connection, network: str) -> None:
        """Forgets a connection that has ended."""
        self.work(connection, network)
        self.count -= 1
        share = self._shares[network]
        share.count -= 1
        if not share.count:
            del self._shares[network]


class FairQueue(Generic[Connection]):
    """Requests that wait for a worker: each network's in their order, and the networks in turn."""

    def __init__(self, most: int, most_a_network: int) -> None:
        self.most, self.most_a_network = most, most_a_network
        self._lanes: OrderedDict[str, OrderedDict[Connection, float]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, who: Connection, network: str, now_s: float) -> bool:
        """Appends a request; False where there are too many already."""
        if not self.has_place(network):
            return False
        self._lanes.setdefault(network, OrderedDict())[who] = now_s
        self._count += 1
        return True

    def has_place(self, network: str) -> bool:
        """Return whether one more request of this network may wait."""
        if self._count >= self.most:
            return False
        lane = self._lanes.get(network)
        return not network or lane is None or len(lane) < self.most_a_network

    def holds(self, network: str) -> bool:
        """Return whether a request of this network waits."""
        return network in self._lanes

    def take(self) -> tuple[Connection, float] | None:
        """The next request and since when it waits; None where none does."""
        if not self._lanes:
            return None
        network, lane = next(iter(self._lanes.items()))
        found = lane.popitem(last=False)
        self._count -= 1
        if lane:
            self._lanes.move_to_end(network)
        else:
            del self._lanes[network]
        return found

    def wait_s(self, now_s: float) -> float:
        """Return how long the oldest of the third network waits: what two of them ask for is no surge.

        Where all come by a trusted proxy the oldest of all counts.
        """
        if "" in self._lanes:
            return now_s - next(iter(self._lanes[""].values()))
        waits = sorted((now_s - next(iter(lane.values())) for lane in self._lanes.values()), reverse=True)
        return waits[NETWORKS_OF_A_SURGE - 1] if len(waits) >= NETWORKS_OF_A_SURGE else 0.0

    def drop(self, who: Connection, network: str) -> bool:
        """Takes out one whose client has gone."""
        lane = self._lanes.get(network)
        if lane is None or who not in lane:
            return False
        del lane[who]
        self._count -= 1
        if not lane:
            del self._lanes[network]
        return True

    def overdue(self, before_s: float) -> list[Connection]:
        """Takes out all that wait since before this moment."""
        late = [  # who comes a second time waits since the first, so that a lane is not in the order of its times
            (who, network)
            for network, lane in self._lanes.items()
            for who, since_s in lane.items()
            if since_s < before_s
        ]
        for who, network in late:
            self.drop(who, network)
        return [who for who, _ in late]


class RequestQueue(Generic[Connection]):
    """Requests that wait for a worker: changes and reads in a fair queue each, of half the places.

    Where both wait, reads get one turn in four: a reader can be given what is kept, a reporter nothing but a refusal.
    """

    CHANGES_A_READ = 3
    SHORT = 0.4  # of the places for changes: so many are answered soon, and keep the workers busy all the same

    def __init__(self, most: int) -> None:
        half = max(most // 2, 1)
        self._changes: FairQueue[Connection] = FairQueue(half, max(half // 2, 1))
        self._reads: FairQueue[Connection] = FairQueue(half, max(half // 2, 1))
        self._in_a_row = 0

    def __len__(self) -> int:
        return len(self._changes) + len(self._reads)

    def put(self, who: Connection, network: str, now_s: float, *, is_read: bool) -> bool:
        """Appends a request; False where there are too many of its kind already."""
        return (self._reads if is_read else self._changes).put(who, network, now_s)

    def wait_s(self, now_s: float) -> float:
        """Return how long requests of several networks wait, of the kind that waits longer."""
        return max(self._changes.wait_s(now_s), self._reads.wait_s(now_s))

    @property
    def filled(self) -> float:
        """What part of its places is taken, of the kind that has more of them taken. One network takes at most half."""
        return max(len(self._changes) / self._changes.most, len(self._reads) / self._reads.most)

    @property
    def changes_filled(self) -> float:
        """What part of the places for changes is taken."""
        return len(self._changes) / self._changes.most

    def takes_change(self, network: str) -> bool:
        """Return whether one more change of this network may wait."""
        return self._changes.has_place(network)

    def is_long_for(self, network: str) -> bool:
        """Return whether one more change would wait for long. Not for a network of which none waits: its turn is next.

        All that come by a trusted proxy are one network here.
        """
        return self.changes_filled >= self.SHORT and self._changes.holds(network)

    def take(self) -> tuple[Connection, float] | None:
        """The next request and since when it waits; None where none does."""
        found = self._changes.take() if self._in_a_row < self.CHANGES_A_READ or not len(self._reads) else None
        if found is None:
            self._in_a_row = 0
            return self._reads.take()
        self._in_a_row += 1
        return found

    def drop(self, who: Connection, network: str) -> bool:
        """Takes out one whose client has gone."""
        return self._changes.drop(who, network) or self._reads.drop(who, network)

    def overdue(self, before_s: float) -> list[Connection]:
        """Takes out all that wait since before this moment."""
        return self._changes.overdue(before_s) + self._reads.overdue(before_s)
