"""Threads on a machine that may have none left: an account may start only so many (`ulimit -u`), a container too."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

NONE_LEFT: Final = "no process or thread can be started; this account may have too few (ulimit -u)"


def begin(target: Callable[..., object], *args: Any, name: str | None = None) -> threading.Thread:
    """Start a thread that does not keep its process alive. Raises OSError where none can be had at the moment."""
    thread = threading.Thread(target=target, args=args, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError as error:  # Python's word for it, which says nothing of what is to be done
        raise OSError(errno.EAGAIN, NONE_LEFT) from error
    return thread


def one_beside(name: str) -> ThreadPoolExecutor:
    """Return an executor whose one thread runs already: it can be relied on. Raises OSError like `begin`."""
    beside = ThreadPoolExecutor(1, name)
    try:
        beside.submit(threading.get_ident)
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, NONE_LEFT) from error
    return beside
