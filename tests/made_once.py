"""What all tests of a module look at, made once: each test takes back what it changes, the module what was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction

Made = TypeVar("Made")


@contextmanager
def made_once(blocker: Any, make: Callable[[], Made]) -> Iterator[Made]:
    """Make rows in a transaction that is rolled back at the end. A test within it has a savepoint of its own.

    Only for modules without tests that commit: they would wait for this transaction, or empty its tables.
    """
    with blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
    try:
        with blocker.unblock():
            made = make()
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
