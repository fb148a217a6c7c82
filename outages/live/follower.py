"""Follows PostgreSQL and tells the channels. Its notifications are hints: what they miss, the next look finds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import psycopg
from django.db import Error, close_old_connections, connection

from config import threads
from outages.live import queries, wire
from outages.live.hub import Hub, Key
from outages.live.queries import Entry, StatusBody

log = logging.getLogger(__name__)

T = TypeVar("T")

NOTIFICATIONS = "outages_live"
LOOK_EVERY_S = 10.0  # without a hint
GATHER_S = 0.05  # hints that come together are followed together
FRESH_S = 20.0  # how long a status that nobody has been following can be given to who comes
JUST_S = 0.5
HEARTBEAT_S = 20.0
SLOW_EVERY_S = 2.0
UNREADABLE_S = 30.0  # after so long the listeners are told
MOST_MISSED = 500
BATCH = 500
KEPT_ENTRIES = 500

RESETS = {
    "history-renewed": "The service's history was made anew: load it again.",
    "too-old": f"More than {MOST_MISSED} events were missed: load the present state.",
    "unknown-id": "Nothing with this id is known: load the present state.",
}


class UnreadableError(Exception):
    """PostgreSQL cannot be read."""


class UnknownServiceError(Exception):
    """There is no such service."""


class Follower:
    """Reads what is new and publishes it. `position` is that of the last entry that was published."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.position = 0
        self.slugs: dict[int, str] = {}
        self.ready = asyncio.Event()
        self.unreadable_since: datetime | None = None
        self._told_unreadable = False
        self._tell_again = False  # after a time when nothing could be read, all hear how things stand
        self._looked_s = -LOOK_EVERY_S  # when all of it was looked at
        self._tail: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._tail_after = 0  # every entry after this position is in the tail
        self._statuses: dict[tuple[str, str], tuple[StatusBody, float]] = {}
        self._standings: dict[Key, tuple[int, list[StatusBody], bytes]] = {}
        self._reading: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._hinted: set[int] = set()
        self._hint = asyncio.Event()
        self._looking = asyncio.Lock()
        self._reader = threads.one_beside("reader")
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins to follow. To be called in the event loop. The tasks never end by themselves, unless one fails."""
        self.tasks = [asyncio.create_task(run()) for run in (self._follow, self._hear, self._beat, self._drop_slow)]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self._reader.shutdown(wait=False, cancel_futures=True)

    async def welcome(self, key: Key, last: int | None, position: int) -> tuple[bytes, bytes]:
        """What somebody gets who has just come: what was missed since `last`, up to `position`, and how things stand.

        `last` is None for who has heard nothing so far. How things stand is the same object for all who come at the
        same position. Raises Unreadable.
        """
        missed = await self._missed(key, last, position) if last is not None and last != position else []
        return b"".join(missed), await self._standing(key, position)

    async def look(self) -> None:
        """Reads and publishes what is new now, unless it was just done. Raises Unreadable."""
        if time.monotonic() - self._looked_s > JUST_S:
            await self._look(None)

    async def _follow(self) -> None:
        while True:
            try:
                if not self.ready.is_set():
                    await self._begin()
                hinted, self._hinted = self._hinted, set()
                is_due = time.monotonic() - self._looked_s >= LOOK_EVERY_S
                await self._look(None if is_due or not hinted else hinted)
            except UnreadableError as error:
                self._note_unreadable(error)
                self._looked_s = -LOOK_EVERY_S
                await asyncio.sleep(1)
                continue
            self._note_readable()
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._hint.wait()
                await asyncio.sleep(GATHER_S)
            except TimeoutError:
                pass
            self._hint.clear()

    async def _begin(self) -> None:
        tail = await self._read(queries.tail, KEPT_ENTRIES)
        self.slugs = await self._read(queries.slugs)
        self.position, self._tail_after = tail.until, tail.after
        self._tail.extend(tail.entries)
        self.ready.set()

    async def _look(self, hinted: Collection[int] | None) -> None:
        """`hinted` are the ids of services that may have changed; None for a look at all of them."""
        async with self._looking:
            while True:
                found = await self._read(queries.entries, self.position, BATCH)
                self._publish(found)
                if len(found) < BATCH:
                    break
            if hinted is None or not set(hinted) <= set(self.slugs):
                self.slugs = await self._read(queries.slugs)
            slugs = set(self.slugs.values()) if hinted is None else {self.slugs.get(each) for each in hinted}
            wanted = [
                (slug, language)
                for language in {key.language for key in self.hub.channels}
                for slug in self._followed(language)
                if slug in slugs
            ]
            if wanted:
                await self._renew(wanted)
            if hinted is None:
                self._looked_s, self._tell_again = time.monotonic(), False
                self._standings = {key: known for key, known in self._standings.items() if key in self.hub.channels}

    def _followed(self, language: str) -> set[str]:
        """The services whose status somebody wants to hear of in a language."""
        wanted = [key.services for key in self.hub.channels if key.language == language]
        return set(self.slugs.values()) if not all(wanted) else set().union(*wanted)

    async def _renew(self, wanted: Sequence[tuple[str, str]]) -> None:
        """Reads statuses anew and publishes those that have changed."""
        found = await self._read(_statuses, wanted)
        now_s = time.monotonic()
        for (slug, language), status in found.items():
            known = self._statuses.get((slug, language))
            self._statuses[slug, language] = (status, now_s)
            if self._tell_again or (known is not None and known[0].substance != status.substance):
                piece = wire.event("status", status.data, self.position)
                for key, channel in self.hub.channels.items():
                    if key.language == language and key.hears_of(slug):
                        channel.publish(piece)

    def _publish(self, found: Sequence[Entry]) -> None:
        """Tells the channels of new entries, in order."""
        if not found:
            return
        for key, channel in self.hub.channels.items():
            for piece in _pieces(found, key):
                channel.publish(piece)
        for entry in found:
            if len(self._tail) == KEPT_ENTRIES:
                self._tail_after = self._tail[0].position
            self._tail.append(entry)
        self.position = found[-1].position

    async def _missed(self, key: Key, last: int, position: int) -> list[bytes]:
        if last > position:
            return [_reset("unknown-id", key.service, position)]
        if last >= self._tail_after:
            found = [entry for entry in self._tail if last < entry.position <= position and key.hears_of(entry.service)]
        else:
            found = await self._read(_entries_between, last, position, key.services)
        if len(found) > MOST_MISSED:
            return [_reset("too-old", key.service, position)]
        return list(_pieces(found, key))

    async def _standing(self, key: Key, position: int) -> bytes:
        """The statuses of a channel's services. Many who come at once cost one reading and one rendering."""
        slugs = [slug for slug in self.slugs.values() if key.hears_of(slug)]
        wanted = [(slug, key.language) for slug in slugs]
        missing = [each for each in wanted if not self._is_fresh(each)]
        if missing:
            task = self._reading.get(missing[0])
            if task is None:
                task = asyncio.create_task(self._fill(missing))
                self._reading[missing[0]] = task
                task.add_done_callback(lambda _done: self._reading.pop(missing[0], None))
            await asyncio.shield(task)
        statuses = [self._statuses[each][0] for each in wanted if each in self._statuses]
        known = self._standings.get(key)
        if known is None or known[0] != position or known[1] != statuses:
            joined = b"".join(wire.event("status", status.data, position) for status in statuses)
            known = self._standings[key] = (position, statuses, joined)
        return known[2]

    def _is_fresh(self, wanted: tuple[str, str]) -> bool:
        known = self._statuses.get(wanted)
        return known is not None and time.monotonic() - known[1] < FRESH_S

    async def _fill(self, wanted: Sequence[tuple[str, str]]) -> None:
        """Reads statuses for who comes. Those who listen already hear of a change, too."""
        async with self._looking:
            missing = [each for each in wanted if not self._is_fresh(each)]
            if missing:
                await self._renew(missing)

    async def _read(self, function: Callable[..., T], *arguments: Any) -> T:
        """Calls a function that reads the database, in the thread that owns the connection. Raises Unreadable."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, _reads, function, arguments)

    async def _hear(self) -> None:
        """Listens to PostgreSQL's notifications, and begins anew where the connection ends."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_connection_words(), autocommit=True) as listening:
                    await listening.execute(f"LISTEN {NOTIFICATIONS}")
                    self._hint.set()
                    async for notice in listening.notifies():
                        if notice.payload.isdigit():
                            self._hinted.add(int(notice.payload))
                        self._hint.set()
            except (psycopg.Error, OSError) as error:
                log.warning("no notifications of PostgreSQL can be heard: %s", error)
            await asyncio.sleep(2)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self.hub.publish(wire.HEARTBEAT)

    async def _drop_slow(self) -> None:
        while True:
            await asyncio.sleep(SLOW_EVERY_S)
            dropped = self.hub.drop_slow(time.monotonic())
            if dropped:
                log.info("dropped %s listeners that did not keep up", dropped)

    def _note_unreadable(self, error: UnreadableError) -> None:
        now = datetime.now(UTC)
        if self.unreadable_since is None:
            self.unreadable_since = now
            log.warning("PostgreSQL cannot be read: %s", error)
        if not self._told_unreadable and (now - self.unreadable_since).total_seconds() >= UNREADABLE_S:
            self._told_unreadable = True
            self.hub.publish(wire.event("stale", _stale(self.unreadable_since)))

    def _note_readable(self) -> None:
        if self.unreadable_since is not None:
            log.warning("PostgreSQL can be read again")
        if self._told_unreadable:
            self._tell_again = True
            self._looked_s = -LOOK_EVERY_S
            self._hint.set()
        self.unreadable_since, self._told_unreadable = None, False


def _pieces(found: Sequence[Entry], key: Key) -> Iterable[bytes]:
    """Entries as a channel tells them. Of a service whose history was made anew only that is told."""
    renewed = {entry.service: entry.position for entry in found if entry.incident is None}
    for entry in found:
        if not key.hears_of(entry.service):
            continue
        if entry.service not in renewed and entry.incident is not None:
            if not key.is_touched(entry.service, entry.incident.components):
                continue
            data = queries.incident_json(entry.service, entry.incident, key.language)
            yield wire.event("incident", data, entry.position)
        elif renewed.get(entry.service) == entry.position:
            yield _reset("history-renewed", entry.service, entry.position)


def _reset(reason: str, service: str, position: int) -> bytes:
    body = {"service": service or None, "reason": reason, "detail": RESETS[reason]}
    return wire.event("reset", msgspec.json.encode(body), position)


def _stale(since: datetime) -> bytes:
    detail = "Nothing new can be read at the moment. What you know may be out of date."
    return msgspec.json.encode({"since": since, "detail": detail})


def _reads(function: Callable[..., T], arguments: Sequence[Any]) -> T:
    close_old_connections()
    try:
        return function(*arguments)
    except Error as error:
        connection.close()
        raise UnreadableError(str(error)) from error


def _statuses(wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StatusBody]:
    return queries.statuses(wanted, now=datetime.now(UTC))


def _entries_between(after: int, until: int, services: Collection[str]) -> list[Entry]:
    return queries.entries(after, MOST_MISSED + 1, until=until, services=services)


def _connection_words() -> dict[str, Any]:
    """How to reach the database with psycopg alone."""
    given = connection.settings_dict
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {word: given[name] for word, name in words.items() if given[name]} | dict(given["OPTIONS"])
