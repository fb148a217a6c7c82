"""What it means that the database cannot be used, and how to tell it: to logs now and then, to clients each time."""

from __future__ import annotations

import logging
import threading
import time
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpResponseBase

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5
SAY_EVERY_S = 5.0

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""Errors of a database that is away, frozen, full, starting or too slow: to be tried again, and nobody's mistake."""


def is_away(error: BaseException | None) -> bool:
    """Return whether an error, or what it came from, says that the database cannot be used or written now."""
    while error is not None:
        if isinstance(error, (*AWAY, psycopg.errors.ReadOnlySqlTransaction)):
            return True
        error = error.__cause__
    return False


class Sampler:
    """Lets one line through in a while, with how many were held back. Safe among threads."""

    def __init__(self, every_s: float = SAY_EVERY_S) -> None:
        self._every_s = every_s
        self._lock = threading.Lock()
        self._held = 0
        self._next_s = 0.0

    def passes(self) -> int | None:
        """Return how many were held back before this one; None where this one is held back, too."""
        with self._lock:
            now_s = time.monotonic()
            if now_s < self._next_s:
                self._held += 1
                return None
            held, self._held, self._next_s = self._held, 0, now_s + self._every_s
            return held


_sampler = Sampler()
R = TypeVar("R", bound=HttpResponseBase)


def noted(response: R) -> R:
    """Keeps Django from logging a 503 by itself: `note` says it in one line for all of a while."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def note(error: BaseException, what: str) -> None:
    """Logs that something could not be done for want of a database: one line in five seconds, without a traceback."""
    held = _sampler.passes()
    if held is not None:
        first_line = str(error).strip().partition("\n")[0]
        log.error("%s: %s (%s more of this kind)", what, first_line, held)
