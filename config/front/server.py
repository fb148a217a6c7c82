"""What all connections of the front share: who is admitted, who waits, who is at work, and what is overdue."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from config.front.admission import Admission, Network, RequestQueue
from config.front.allowance import UNKNOWN, network_behind
from config.front.clients import Client
from config.front.kept import KeptAnswers
from config.front.messages import Request, RequestError
from config.front.pressure import WORDS, Pressure, Step, pressure
from config.front.proof_of_work import ASKED, HEADER_KEY, Challenges, Senders
from config.front.refusals import Refusals
from config.front.renders import Snapshots
from config.front.upstreams import Asker, Upstream

log = logging.getLogger(__name__)

SWEEP_EVERY_S = 0.1
KEPT_SWEPT_EVERY_S = 10.0
CONNECT_AGAIN_S = 0.1
UPSTREAM_IDLE_S = 20.0  # below the time after which the web server ends an idle connection
STALLED_S = 20.0
COUNTED_FROM = Step.READS_OFF  # who sends how much is counted two steps before anybody is asked for work
Waiter = TypeVar("Waiter")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the front allows. Seconds, connections, requests and bytes; docs/settings.md says what happens at each."""

    connections: int
    connections_a_network: int
    head_s: float
    body_s: float
    idle_s: float
    workers: int
    queue: int
    queue_s: float
    request_s: float  # for all waits of a request together: the worker gets what is left of it
    answer_s: float
    largest_body: int
    kept_s: float
    kept_after_s: float = 1.8  # a reader waits so long for a fresh answer where there is a kept one


class Front:
    """Everything that the connections share."""

    def __init__(self, bounds: Bounds, upstream: str, trusted: Sequence[Network], refusals: Refusals) -> None:
        self.bounds, self.upstream, self.trusted, self.refusals = bounds, upstream, trusted, refusals
        self.admission: Admission[Client] = Admission(bounds.connections, bounds.connections_a_network)
        self.queue: RequestQueue[Client] = RequestQueue(bounds.queue)
        self.kept = KeptAnswers(bounds.kept_s)
        self.heads: OrderedDict[Client, float] = OrderedDict()
        self.bodies: OrderedDict[Client, float] = OrderedDict()
        self.idle: OrderedDict[Client, float] = OrderedDict()
        self.stalled: OrderedDict[Client, float] = OrderedDict()
        self.running: OrderedDict[Upstream, float] = OrderedDict()
        self.spare: list[Upstream] = []
        self.snapshots: Snapshots | None = None
        self.pressure = Pressure()
        self.challenges = Challenges(secrets.token_bytes())  # the process puts the site's key in its place
        self.senders = Senders()
        self.tell_step: Callable[[Step], None] = lambda _step: None
        self.opening = 0
        self._kept_swept_s = float("-inf")
        self.body_bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()

    # The way of a request: submit → queue → an upstream connection → answered or failed.

    def submit(self, client: Client) -> None:
        """Hands a whole request to the next free worker, or lets it wait for one."""
        request = client.request
        if request is not None and self.pressure.leaves_out(request.method, request.target):
            client.fail()
            return
        is_read = request is not None and request.method in (b"GET", b"HEAD")
        if request is not None and not is_read and self.pressure.step >= COUNTED_FROM:
            is_refused = self.pressure.step >= Step.WRITES_REFUSED and self.queue.is_long_for(client.network)
            if is_refused or not self.queue.takes_change(client.network):  # first what costs least
                client.fail()
                return
            if self._is_asked_for_work(client, request):
                client.answer(self.refusals.work_asked(self.challenges.new(time.time())))
                return
        if not self.queue.put(client, client.network, client.whole_s, is_read=is_read):
            client.fail()
            return
        self.pump()

    def _is_asked_for_work(self, client: Client, request: Request) -> bool:
        """Count a report that has a place, and return whether its sender is to solve a puzzle first.

        Only a network that sends far more than others is asked, and of it nobody who brings a key: what a key may send
        is known and bounded. Behind a proxy that is not named all look like one network, and nobody is asked.
        """
        if request.method != b"POST" or request.target.partition(b"?")[0] not in ASKED:
            return False
        network = network_behind(client.network, request.headers.get(b"x-forwarded-for", b""), self.trusted)
        self.senders.add(network, time.monotonic())
        if self.pressure.step < Step.WORK_ASKED or network == UNKNOWN or b"authorization" in request.headers:
            return False
        if not self.senders.sends_far_more(network):
            return False
        solution = request.headers.get(HEADER_KEY)
        return solution is None or not self.challenges.redeem(solution, time.time())

    def pump(self) -> None:
        """Gives waiting requests to upstream connections that are free, and opens more up to the number of workers."""
        while (has_render := self.snapshots is not None and self.snapshots.has_next) or len(self.queue):
            upstream = self._spare_upstream()
            waiting = len(self.queue) + has_render
            if upstream is not None:
                self.running[upstream] = time.monotonic()
                upstream.send(self._next())
            elif len(self.running) + self.opening < min(self.bounds.workers, len(self.running) + waiting):
                self.opening += 1
                task = asyncio.get_running_loop().create_task(self._open())
                self._tasks.add(task)  # a loop holds its tasks but weakly
                task.add_done_callback(self._tasks.discard)
            else:
                return

    def _next(self) -> Asker:
        """Whose turn it is: the front's own requests are few, and thousands wait for their answers."""
        if self.snapshots is not None and self.snapshots.has_next:
            return self.snapshots.take()
        found = self.queue.take()
        assert found is not None
        return found[0]

    def spent(self, asker: Asker) -> int:
        """How many snapshots the network of a client got in this minute; none for the front's own requests."""
        if self.snapshots is None or asker.is_own or asker.request is None:
            return 0
        return self.snapshots.spent(asker.network, asker.request)

    def _spare_upstream(self) -> Upstream | None:
        while self.spare:
            upstream = self.spare.pop()
            if upstream.is_open:
                return upstream
        return None

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, upstream = await asyncio.wait_for(
                loop.create_unix_connection(lambda: Upstream(self), self.upstream), self.bounds.queue_s
            )
        except (OSError, TimeoutError):
            await asyncio.sleep(CONNECT_AGAIN_S)  # it is starting, or gone: what waits, waits to its deadline
        else:
            upstream.idle_since_s = time.monotonic()
            self.spare.append(upstream)
        finally:
            self.opening -= 1
        self.pump()

    def done(self, upstream: Upstream, *, is_reusable: bool) -> None:
        """Notes that an upstream connection has nothing to do any more."""
        self.running.pop(upstream, None)
        if is_reusable and upstream.is_open:
            upstream.idle_since_s = time.monotonic()
            self.spare.append(upstream)
        else:
            upstream.close()
        self.pump()

    async def sweep(self) -> None:
        """Ends what is over its deadline, for ever."""
        while True:
            due_s = time.monotonic() + SWEEP_EVERY_S
            await asyncio.sleep(SWEEP_EVERY_S)
            now_s = time.monotonic()
            self._look_at_pressure(now_s, now_s - due_s)
            for waiting, longest_s in ((self.heads, self.bounds.head_s), (self.bodies, self.bounds.body_s)):
                for client in _overdue(waiting, now_s - longest_s):
                    client.refuse(RequestError(408, "request-timeout", "The request did not arrive in time."))
            for client in _overdue(self.idle, now_s - self.bounds.idle_s):
                client.close()
            for client in _overdue(self.stalled, now_s - STALLED_S):
                client.abort()
            for upstream in [one for one in self.running if one.waits_since_s < now_s - self.bounds.kept_after_s]:
                upstream.replace_with_kept()
            for client in self.queue.overdue(now_s - self.bounds.queue_s):
                client.fail()
            for upstream in _overdue(self.running, now_s - self.bounds.answer_s):
                upstream.give_up()
            fresh = [one for one in self.spare if one.idle_since_s > now_s - UPSTREAM_IDLE_S]
            for upstream in set(self.spare) - set(fresh):
                upstream.close()
            self.spare = fresh
            if self.snapshots is not None:
                self.snapshots.sweep(now_s)
            if now_s - self._kept_swept_s > KEPT_SWEPT_EVERY_S:
                self._kept_swept_s = now_s
                self.kept.sweep(now_s)
            self.pump()

    def _look_at_pressure(self, now_s: float, lag_s: float) -> None:
        waited = self.queue.wait_s(now_s) / self.bounds.queue_s
        if self.pressure.look(pressure(waited, self.queue.filled, lag_s), self.queue.changes_filled, now_s):
            step = self.pressure.step
            log.warning(
                "step %d: %s (waiting for %.0f %% of the longest time, %.0f %% of the places taken, %.1f s behind)",
                step, WORDS[step], 100 * waited, 100 * self.queue.filled, lag_s,
            )  # fmt: skip
            self.tell_step(step)
            if step is Step.NOTHING and self.snapshots is not None:
                self.snapshots.make_whole(now_s)


def _overdue(waiting: OrderedDict[Waiter, float], before_s: float) -> list[Waiter]:
    """Those who wait since before this moment, in a list of its own."""
    late = []
    for who, since_s in waiting.items():
        if since_s >= before_s:
            break
        late.append(who)
    return late
