"""How long this process waits for its database, and what it knows of it. Set once, at the start of a process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
SERVER_SHARE = 0.9  # the server gives up first, in order; only a frozen one is left to our own clock


class Deadlines:
    """The longest wait for one statement in seconds; None for as long as it takes, as migrations want it."""

    def __init__(self) -> None:
        self.statement_s: float | None = None
        self.lock_s: float | None = None
        self.idle_in_transaction_s: float | None = None

    def set(self, statement_s: float) -> None:
        """Bounds this process's statements, and with them its waits for locks and its idle transactions."""
        self.statement_s = statement_s
        self.lock_s = statement_s * SERVER_SHARE / 2
        self.idle_in_transaction_s = max(10.0, statement_s * 2)

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
        log.error("the database does not answer: nobody waits for it until it does")
        threading.Thread(target=self._watch, args=(looks,), daemon=True, name="database-watch").start()

    def _watch(self, looks: Callable[[], bool]) -> None:
        pause = threading.Event()
        while not looks():
            pause.wait(self._look_every_s)
        self._is_open = False
        log.warning("the database answers again")


deadlines = Deadlines()
breaker = Breaker()
