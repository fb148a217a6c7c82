"""What it means that the database cannot be used, and how to tell it: to logs now and then, to clients each time."""

from __future__ import annotations

import logging
import random
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpResponseBase

from config.logs import Sampler

log = logging.getLogger(__name__)

RETRY_AFTER_S = (5, 9)  # by chance, so that not all come back at once
SAY_EVERY_S = 5.0


def retry_after() -> str:
    """When to come again, in seconds: not the same for all."""
    return str(random.randint(*RETRY_AFTER_S))


AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""Errors of a database that is away, frozen, full, starting or too slow: to be tried again, and nobody's mistake."""


def is_away(error: BaseException | None) -> bool:
    """Return whether an error, or what it came from, says that the database cannot be used or written now."""
    while error is not None:
        if isinstance(error, (*AWAY, psycopg.errors.ReadOnlySqlTransaction)):
            return True
        error = error.__cause__
    return False


_sampler = Sampler(every_s=SAY_EVERY_S)
R = TypeVar("R", bound=HttpResponseBase)


def noted(response: R) -> R:
    """Keeps Django from logging a 503 by itself: `note` says it in one line for all of a while."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def note(error: BaseException, what: str) -> None:
    """Logs that something could not be done for want of a database: one line in five seconds, without a traceback."""
    held = _sampler.held_back(())
    if held is not None:
        first_line = str(error).strip().partition("\n")[0]
        log.error("%s: %s (%s more of this kind)", what, first_line, held)
