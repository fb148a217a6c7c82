"""Gives memory back: what is over in the process cache, and what the allocator holds without need."""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Final

from config import threads
from config.process_cache import CACHE

EVERY_S: Final = 20.0

_lock = threading.Lock()
_tidied_by = 0  # the process that has a thread for it; threads do not outlive a fork


def trim() -> None:
    """Give free memory back to the system, where the C library can. It takes some milliseconds."""
    release = _malloc_trim()
    if release is not None:
        release(0)


def tidy() -> None:
    """Drop what is over in the process cache, and give the room back."""
    CACHE.sweep()
    trim()


def keep_tidy() -> None:
    """Have this process tidied from now on by a thread of its own. Costs a comparison where it has one."""
    global _tidied_by
    if _tidied_by == os.getpid():
        return
    with _lock:
        if _tidied_by != os.getpid():
            with contextlib.suppress(OSError):  # no thread left: the next who asks tries again
                threads.begin(_tidy_for_ever, name="tidy")
                _tidied_by = os.getpid()


def _tidy_for_ever() -> None:
    while True:
        time.sleep(EVERY_S)
        tidy()


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        found = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # musl and macOS have none
        return None
    found.argtypes, found.restype = [ctypes.c_size_t], ctypes.c_int
    return found
