"""How long this process waits for its database, and what it knows of it. Set once, at the start of a process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config import threads

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
SERVER_SHARE = 0.9  # the server gives up first, in order; only a frozen one is left to our own clock
LEAST_SHARE = 0.1  # of a statement's longest wait: what a request gets that has used up all its time before
QUEUED_SHARE = 0.75  # what is left at least to one that comes out of the web server's queue


def request_s(queue_s: float, statement_s: float) -> float:
    """Return how long a request may wait for all that may be broken, from the moment when it has come whole."""
    return queue_s + statement_s * QUEUED_SHARE


class _Left(threading.local):
    """What the request that a thread works on may still wait for the database; None where nobody has said."""

    wait_s: float | None = None


class Deadlines:
    """The longest wait for one statement in seconds; None for as long as it takes, as migrations want it.

    In the web server a request has one deadline for all: what it has waited for a worker is taken from its statements.
    """

    def __init__(self) -> None:
        self._left = _Left()
        self.statement_s: float | None = None
        self.lock_s: float | None = None
        self.idle_in_transaction_s: float | None = None

    def set(self, statement_s: float) -> None:
        """Bounds this process's statements, and with them its waits for locks and its idle transactions."""
        self.statement_s = statement_s
        self.lock_s = statement_s * SERVER_SHARE / 2
        self.idle_in_transaction_s = max(10.0, statement_s * 2)

    def clear(self) -> None:
        """Take the bounds away again."""
        self.statement_s = self.lock_s = self.idle_in_transaction_s = None

    @property
    def wait_s(self) -> float | None:
        """The longest wait for one statement of this thread, now."""
        left_s = self._left.wait_s
        if left_s is None or self.statement_s is None:
            return self.statement_s
        return min(left_s, self.statement_s)

    def begin_request(self, due_s: float) -> None:
        """Begin a request that is to be answered by this moment of the monotonic clock, which all processes share.

        Time that it works is not taken from it: only what it waited before, and what it waits for a connection.
        """
        if self.statement_s is not None:
            self._left.wait_s = max(due_s - time.monotonic(), self.statement_s * LEAST_SHARE)

    def spend(self, seconds: float) -> None:
        """Take a wait from what this thread's request may still wait."""
        if self._left.wait_s is not None and self.statement_s is not None:
            self._left.wait_s = max(self._left.wait_s - seconds, self.statement_s * LEAST_SHARE)

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Have this thread wait no longer than that for each statement within."""
        before = self._left.wait_s
        self._left.wait_s = seconds if before is None else min(before, seconds)
        try:
            yield
        finally:
            self._left.wait_s = before

    def server_settings(self) -> dict[str, str]:
        """PostgreSQL's own time-outs, as its settings."""
        if self.statement_s is None or self.lock_s is None or self.idle_in_transaction_s is None:
            return {}
        return {
            "statement_timeout": f"{int(self.statement_s * SERVER_SHARE * 1000)}ms",
            "lock_timeout": f"{int(self.lock_s * 1000)}ms",
            "idle_in_transaction_session_timeout": f"{int(self.idle_in_transaction_s * 1000)}ms",
        }


class Breaker:
    """Knows that the database does not answer, and has one thread look until it does."""

    def __init__(self, look_every_s: float = LOOK_EVERY_S) -> None:
        self._look_every_s = look_every_s
        self._lock = threading.Lock()
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """True while nobody needs to try."""
        return self._is_open

    def trip(self, looks: Callable[[], bool]) -> None:
        """Notes that there was no answer. `looks` is asked, in a thread, until it returns True."""
        with self._lock:
            if self._is_open:
                return
            self._is_open = True
        try:
            threads.begin(self._watch, looks, name="database-watch")
        except OSError as error:  # who has nobody to look must go on trying
            self._is_open = False
            log.error("the database does not answer: %s", error)
        else:
            log.error("the database does not answer: nobody waits for it until it does")

    def _watch(self, looks: Callable[[], bool]) -> None:
        pause = threading.Event()
        while not looks():
            pause.wait(self._look_every_s)
        self._is_open = False
        log.warning("the database answers again")


deadlines = Deadlines()
breaker = Breaker()
