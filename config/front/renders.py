"""Snapshots at work: who is given one, which are made anew, and what has changed meanwhile.

A page is asked of a worker once, whoever waits for it; while it is made anew the one before is given. What changes is
asked of the workers twice a second (`outages.queries.changes`): pages that an incident changed are made first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from config import threads
from config.front import snapshots
from config.front.allowance import Allowance
from config.front.messages import Request, canonical_host
from config.front.pressure import Step
from config.front.routes import led_to, route_of
from config.front.snapshot_files import SnapshotFiles
from config.front.snapshots import Entry, Key, Snapshot, Store, answer, key_of, marked

if TYPE_CHECKING:
    from config.front.clients import Client
    from config.front.server import Front
    from config.front.upstreams import Upstream

log = logging.getLogger(__name__)

RENEWED_AFTER_S = 60.0  # even if nothing is known to have changed
CURRENT_S = 120.0  # what is older is given only where there is nothing newer, and says so
SELDOM_S = 30.0  # where the front is pressed
BOARD_AFTER_S = 10.0  # pages of all services, which change all the time
FAILED_S = 5.0  # so long nobody waits for workers that have just failed
OTHERWISE_S = 10.0  # so long an address without a snapshot goes straight to the workers
MOST_OTHERWISE = 5000
LOOK_EVERY_S, LOOK_SELDOM_S = 0.5, 5.0
UNSEEN_S = 12.0  # the workers tell changes of the last 15 s: who looked away for longer takes all for changed
WRITTEN_EVERY_S = 15.0
CHANGES = b"/-/changes"
SHARE = 4  # of the workers so many parts may be at work for us


class Render:
    """A request of the front's own, in the place of a client's."""

    is_own = True
    network = ""
    peer = b""  # by which the workers know it
    body = b""

    def __init__(self, target: bytes, host: bytes, *, is_secure: bool, done: Callable[[bytes, bytes], None]) -> None:
        proto = b"x-forwarded-proto: https\r\n" if is_secure else b""
        lines = b"host: %s\r\naccept: */*\r\n%s" % (host, proto)
        self.request: Request | None = Request(b"GET", target, 1, {b"host": host}, lines, 0, True, False)
        self.upstream: Upstream | None = None
        self.has_retried = True
        self.whole_s = time.monotonic()
        self._done = done
        self._head = b""
        self._parts: list[bytes] = []

    def begin(self, head: bytes, *, closes: bool) -> None:
        self._head = head

    def pass_on(self, data: bytes) -> None:
        self._parts.append(data)

    def finish(self, *, keep_alive: bool) -> None:
        done, self._done = self._done, _nothing
        done(self._head, b"".join(self._parts))

    def fail(self, *, closes: bool = False) -> None:
        done, self._done = self._done, _nothing
        done(b"", b"")


def _nothing(head: bytes, body: bytes) -> None:
    """What is left to do once a render has ended."""


class Snapshots:
    """The snapshots of a front, and those who wait for one."""

    def __init__(self, front: Front, files: SnapshotFiles | None, allowance: Allowance, longest_s: float) -> None:
        self.front, self.files, self.allowance, self.longest_s = front, files, allowance, longest_s
        self.store = Store()
        self.at_once = max(front.bounds.workers // SHARE, 1)
        self.running = 0
        self.failed_s = float("-inf")
        self.asked_s = float("-inf")
        self._wanted: dict[Key, Entry] = {}
        self._making: set[Key] = set()
        self._changes: Render | None = None
        self._looked_s = self._seen_s = float("-inf")
        self._versions: dict[str, str] = {}
        self._position = 0
        self._waiting: dict[Key, list[tuple[Client, float]]] = {}
        self._otherwise: OrderedDict[Key, float] = OrderedDict()
        self._written: dict[Key, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._beside = threads.one_beside("snapshots")

    # Readers.

    def serve(self, client: Client, request: Request) -> bool:
        """Answer a request out of a snapshot, or let it wait for one; False where the workers shall answer it."""
        route = route_of(request.target)
        if route is None:
            return False
        is_trusted = client.network == ""
        is_secure = is_trusted and request.headers.get(b"x-forwarded-proto") == b"https"
        key = key_of(request, route, is_secure=is_secure)
        now_s = time.monotonic()
        if key is None or self._goes_otherwise(key, now_s):
            return False
        network = self.allowance.network(client.network, request.headers.get(b"x-forwarded-for", b""))
        if not self.allowance.take(network, now_s):
            return False
        if self.front.pressure.leaves_out(request.method, request.target):
            found = self.store.get(key)
            if found is None or not self._give_old(found, client, now_s):
                client.fail()
            return True
        led = led_to(route, request.headers)
        if led:
            client.answer(_redirect(led))
            return True
        self.asked_s = now_s
        entry = self.store.get(key) or Entry(key, route)
        entry.asked_s = now_s
        entry.hits += 1
        snapshot = entry.snapshot
        if snapshot is not None:
            age_s = now_s - snapshot.made_s
            if age_s <= CURRENT_S and not entry.is_from_disk:
                if entry.changed_s is not None or age_s > RENEWED_AFTER_S:
                    self._renew(entry, now_s)
                is_late = self.is_pressed and entry.changed_s is not None and age_s > BOARD_AFTER_S
                client.answer(answer(marked(snapshot) if is_late else snapshot, request, age_s=age_s))
                return True
            if now_s - self.failed_s < FAILED_S and age_s <= self.longest_s:
                self._want(entry)
                client.answer(answer(marked(snapshot), request, age_s=age_s))
                return True
        self.front.admission.work(client, client.network)
        self._waiting.setdefault(key, []).append((client, now_s))
        self._want(entry)
        return True

    def spent(self, connection: str, request: Request) -> int:
        """How many snapshots the network of a request got in this minute."""
        network = self.allowance.network(connection, request.headers.get(b"x-forwarded-for", b""))
        return self.allowance.spent(network, time.monotonic())

    def _goes_otherwise(self, key: Key, now_s: float) -> bool:
        until_s = self._otherwise.get(key)
        if until_s is None:
            return False
        if now_s < until_s:
            return True
        del self._otherwise[key]
        return False

    # Renders.

    def _want(self, entry: Entry) -> None:
        if entry.key in self._wanted or entry.key in self._making:
            return
        self._wanted[entry.key] = entry
        self.front.pump()

    @property
    def is_pressed(self) -> bool:
        """Whether pages are to be made anew more seldom."""
        return self.front.pressure.step >= Step.SNAPSHOTS_SELDOM

    def _renew(self, entry: Entry, now_s: float) -> None:
        """Have a page made anew; where the front is pressed not at once, unless an incident changed it."""
        made_s = entry.snapshot.made_s if entry.snapshot is not None else float("-inf")
        if entry.is_urgent or not self.is_pressed or now_s - made_s >= SELDOM_S:
            self._want(entry)

    @property
    def has_next(self) -> bool:
        """Whether there is something to ask of the workers, and it is our turn."""
        is_looking = self._changes is not None and self._changes.upstream is None
        return is_looking or (bool(self._wanted) and self.running < self.at_once)

    def take(self) -> Render:
        """The next request to the workers: what has changed first, then what incidents changed and who waits."""
        if self._changes is not None and self._changes.upstream is None:
            return self._changes
        key, entry = max(
            self._wanted.items(),
            key=lambda each: (each[1].is_urgent, each[0] in self._waiting, each[1].hits),
        )
        del self._wanted[key]
        self._making.add(key)
        self.running += 1
        began_s = time.monotonic()

        def done(head: bytes, body: bytes) -> None:
            self.running -= 1
            task = asyncio.get_running_loop().create_task(self._made(entry, head, body, began_s))
            self._tasks.add(task)  # a loop holds its tasks but weakly
            task.add_done_callback(self._ended)

        render = Render(key.target, key.host, is_secure=key.is_secure, done=done)
        if key in self._waiting:
            render.whole_s = self._waiting[key][0][1]  # its reader's deadline is its own
        return render

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        task.result()  # a fault here is one of the front's, and ends up in its log

    async def _made(self, entry: Entry, head: bytes, body: bytes, began_s: float) -> None:
        """Put what a worker made in the place of what was there, and answer those who wait."""
        key = entry.key
        snapshot: Snapshot | None = None
        if head[9:12] == b"200":
            loop = asyncio.get_running_loop()
            snapshot = await loop.run_in_executor(self._beside, _make, head, body, began_s, time.time())
        self._making.discard(key)
        if snapshot is None:
            self._not_made(entry, head)
            return
        self.failed_s = float("-inf")
        entry.is_from_disk = False
        if entry.changed_s is not None and entry.changed_s <= began_s:
            entry.changed_s, entry.is_urgent = None, False
        entry.hits = 0
        self.store.put(entry, snapshot)
        for client, _ in self._waiting.pop(key, ()):
            if client.is_open and client.request is not None:
                client.answer(answer(snapshot, client.request, age_s=time.monotonic() - snapshot.made_s))
        if entry.changed_s is not None:
            self._renew(entry, time.monotonic())
        self._write(key, snapshot, began_s)

    def _not_made(self, entry: Entry, head: bytes) -> None:
        """Send those who wait to the workers, unless these have failed: then they get what is kept."""
        key, now_s = entry.key, time.monotonic()
        has_failed = not head or head[9:10] == b"5"
        if has_failed:
            self.failed_s = now_s
        else:
            self.store.drop(key)  # it is there no more, or is private now
            self._forget_file(key)
            self._otherwise[key] = now_s + OTHERWISE_S
            while len(self._otherwise) > MOST_OTHERWISE:
                self._otherwise.popitem(last=False)
        for client, _ in self._waiting.pop(key, ()):
            if not client.is_open or client.request is None:
                continue
            if not has_failed:
                self.front.submit(client)
            elif not self._give_old(entry, client, now_s):
                client.fail()

    def _give_old(self, entry: Entry, client: Client, now_s: float) -> bool:
        snapshot = entry.snapshot
        if snapshot is None or client.request is None or now_s - snapshot.made_s > self.longest_s:
            return False
        client.answer(answer(marked(snapshot), client.request, age_s=now_s - snapshot.made_s))
        return True

    def make_whole(self, now_s: float) -> None:
        """Have all made anew once nothing is left out any more: while something was, pages said so and had less."""
        self._changed(set(), set(), now_s, is_all=True)

    # Time.

    def sweep(self, now_s: float) -> None:
        """Look for changes when it is time, and end what waits for too long."""
        if self._changes is None:
            is_asked = now_s - self.asked_s < CURRENT_S
            if len(self.store) and now_s - self._looked_s >= (LOOK_EVERY_S if is_asked else LOOK_SELDOM_S):
                self._looked_s = now_s
                host = next(iter(self.store)).key.host
                self._changes = Render(CHANGES, host, is_secure=False, done=self._seen)
                self.front.pump()
        elif self._changes.upstream is None and now_s - self._changes.whole_s > self.front.bounds.queue_s:
            self._changes.fail()
        for key, waiting in list(self._waiting.items()):
            entry = self._wanted.get(key) or self.store.get(key)
            since_s = waiting[0][1]
            if entry is not None and entry.snapshot is not None and now_s - since_s > self.front.bounds.kept_after_s:
                for client, _ in self._waiting.pop(key):
                    if client.is_open and not self._give_old(entry, client, now_s):
                        client.fail()
            elif key in self._wanted and now_s - since_s > self.front.bounds.queue_s:
                self._not_made(self._wanted.pop(key), b"")

    def _seen(self, head: bytes, body: bytes) -> None:
        """Take in what has changed: versions of services, and the places of incidents' events in their order."""
        self._changes = None
        if head[9:12] != b"200":
            return
        try:
            told = json.loads(body)
            versions: dict[str, str] = told["versions"]
            events: list[list[int | str]] = told["events"]
            generation: str = told["generation"]
        except (ValueError, KeyError, TypeError) as error:
            log.error("what has changed could not be read: %s", error)
            return
        now_s = time.monotonic()
        is_first = self._seen_s == float("-inf")  # everything has just been made
        is_all = not is_first and (now_s - self._seen_s > UNSEEN_S or generation != self._versions.get(""))
        self._seen_s = now_s
        news = {slug for slug, version in versions.items() if self._versions.get(slug) != version}
        urgent = {str(slug) for position, slug in events if int(position) > self._position and not is_first}
        self._versions = {**self._versions, **versions, "": generation}
        self._position = max([self._position, *(int(position) for position, _ in events)])
        if news or urgent or is_all:
            self._changed(news, urgent, now_s, is_all=is_all)

    def _changed(self, news: set[str], urgent: set[str], now_s: float, *, is_all: bool) -> None:
        for entry in list(self.store):
            slug = entry.route.slug
            is_urgent = slug in urgent if slug else bool(urgent)
            if not is_urgent and not is_all and slug not in news:
                age_s = now_s - entry.snapshot.made_s if entry.snapshot is not None else 0.0
                if slug or not news or age_s < BOARD_AFTER_S:
                    continue
            entry.changed_s = now_s
            entry.is_urgent = entry.is_urgent or (is_urgent and not is_all)
            if now_s - entry.asked_s <= CURRENT_S and not entry.is_from_disk:
                self._renew(entry, now_s)

    # Files.

    def load(self) -> None:
        """Take in what the files hold. It is given only while nothing newer is to be had."""
        if self.files is None:
            return
        now_s, now_at = time.monotonic(), time.time()
        for key, snapshot in list(self.files.read(self.store.most_bytes, now_s=now_s, now_at=now_at)):
            route = route_of(key.target)
            if route is not None and route.target == key.target and canonical_host(key.host) == key.host:
                self.store.put(Entry(key, route, is_from_disk=True), snapshot)

    def _write(self, key: Key, snapshot: Snapshot, now_s: float) -> None:
        for gone in self.store.gone:
            self._forget_file(gone)
        self.store.gone.clear()
        if self.files is None or now_s - self._written.get(key, float("-inf")) < WRITTEN_EVERY_S:
            return
        self._written[key] = now_s
        self._beside.submit(self.files.write, key, snapshot)

    def _forget_file(self, key: Key) -> None:
        self._written.pop(key, None)
        if self.files is not None:
            self._beside.submit(self.files.drop, key)


def _make(head: bytes, body: bytes, made_s: float, made_at: float) -> Snapshot | None:
    return snapshots.make(head, body, made_s=made_s, made_at=made_at)


def _redirect(address: bytes) -> bytes:
    """To the same page in the language that the visitor asks for."""
    said = snapshots.SHARED + b"Vary: Accept-Language, Cookie, Sec-Fetch-Site\r\n"
    return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n%s\r\n" % (address, said)
