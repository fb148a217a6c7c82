"""The one clock of all processes: the database server's, where a process's own is apart from it.

Dated by themselves, two machines would judge the same minute at different times, and a single clock that is a day ahead
would have a day judged before it has come, and delete what is not old yet.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from config.database.deadlines import deadlines

log = logging.getLogger(__name__)

APART_S: Final = 5.0
ASKED_AGAIN_S: Final = 10.0
TOLD_EVERY_S: Final = 600.0


class ServerClock:
    """How far the server's clock is from ours, by the monotonic one, which nobody steps."""

    def __init__(self) -> None:
        self._beyond_monotonic_s: float | None = None
        self._asked_s = self._told_s = float("-inf")

    def compare(self, server_s: float) -> None:
        """Take in what the server's clock says at this moment, in seconds since 1970."""
        self._beyond_monotonic_s = server_s - time.monotonic()

    def ahead_s(self, ask: Callable[[], float]) -> float:
        """Return by how many seconds the server's clock is ahead of ours, 0 where they agree about.

        `ask` is called where it is not known, or they seem apart: our monotonic clock stands while a machine sleeps.
        """
        known = self._beyond_monotonic_s
        if known is not None and abs(_ahead_s(known)) < APART_S:
            return 0.0
        now_s = time.monotonic()
        if known is None or now_s - self._asked_s > ASKED_AGAIN_S:
            self.compare(ask())
            self._asked_s = now_s
        ahead_s = _ahead_s(self._beyond_monotonic_s or 0.0)
        if abs(ahead_s) < APART_S:
            return 0.0
        if now_s - self._told_s > TOLD_EVERY_S:
            self._told_s = now_s
            log.warning("our clock is %.0f s off the database's, which counts", -ahead_s)
        return ahead_s


def _ahead_s(beyond_monotonic_s: float) -> float:
    return time.monotonic() + beyond_monotonic_s - time.time()


server_clock = ServerClock()


def now() -> datetime:
    """Return this moment, as all processes tell it. Raises DatabaseError where the server had to be asked in vain."""
    if deadlines.statement_s is None:  # a command, which lives for a moment
        return timezone.now()
    return timezone.now() + timedelta(seconds=server_clock.ahead_s(_ask))


def _ask() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        return float(cursor.fetchone()[0])
