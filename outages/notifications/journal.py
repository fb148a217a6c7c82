"""What a process that sends has handed over, written down beside the database: it outlives a kill, and costs no commit.

A killed process leaves claims in the database and this file. Who comes next reads it: what was answered is stored as
sent, what had not gone out yet is free at once, and what had gone out whole without an answer by then is not said again
where its receiver could not know it by an id. The file is locked by the process that writes it; one without a lock is a
dead one's. A machine that loses its power loses the last lines too; leases then end as ever.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from outages.models import Delivery
from outages.notifications.channels import POSTING
from outages.notifications.delivery_queue import Claimed, Result

log = logging.getLogger(__name__)

FOLDER: Final = "sending"
LONGEST_BYTES: Final = 4_000_000  # some 50,000 lines; a run that passes it begins the file anew when all is stored
UNANSWERED: Final = "went out whole; no answer was seen, as the program was ended"
_LINE: Final = re.compile(r"(claim|out|ok) ([0-9a-f]{32})(?: ([0-9a-f]{32}))?(?: ([\x21-\x7e]{1,255}))?")


class Journal:
    """The file of this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{uuid.uuid4().hex}"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def claimed(self, found: list[Claimed]) -> None:
        """Note claims, so that they are free as soon as this process is dead."""
        tokens = sorted({one.claim.hex for one in found})
        self._write("".join(f"claim {token}\n" for token in tokens))

    def out(self, claimed: Claimed) -> Callable[[], None]:
        """Return what notes that a message has gone out whole."""
        line = f"out {claimed.claim.hex} {claimed.deliveries[0].pk.hex}\n"
        return lambda: self._write(line)

    def answered(self, result: Result) -> None:
        """Note that a message was taken."""
        if not result.error and not result.released:
            reference = result.reference if re.fullmatch(r"[\x21-\x7e]{1,255}", result.reference) else ""
            ids = (delivery.pk.hex for delivery in result.claimed.deliveries)
            self._write("".join(f"ok {result.claimed.claim.hex} {pk} {reference}".rstrip() + "\n" for pk in ids))

    def begin_anew(self) -> None:
        """Empty the file: all that it tells of is stored."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Let go of the file, as the end of a process does."""
        os.close(self._file)

    def _write(self, text: str) -> None:
        try:
            os.write(self._file, text.encode("ascii"))
        except OSError as error:  # a full disk: a kill now would cost what it did without a journal
            log.warning("the journal of what is sent cannot be written: %s", error)


@cache
def _of_process(_pid: int, folder: str) -> Journal | None:
    try:
        return Journal(Path(folder))
    except OSError as error:
        log.warning("no journal of what is sent can be kept: %s", error)
        return None


def of_this_process() -> Journal | None:
    """Return the journal of this process; None where none can be kept."""
    return _of_process(os.getpid(), str(Path(settings.DATA_DIR) / FOLDER))


def settle(now: datetime) -> int:
    """Store what dead processes have left. Return how many deliveries that touched."""
    folder = Path(settings.DATA_DIR) / FOLDER
    if not folder.is_dir():
        return 0
    mine = of_this_process()
    touched = 0
    for path in sorted(folder.iterdir()):
        if mine is not None and path == mine.path:
            continue
        with _dead(path) as text:
            if text is not None:
                touched += _settle(text, now)
                path.unlink(missing_ok=True)
    return touched


@contextmanager
def _dead(path: Path) -> Iterator[str | None]:
    """What a dead process has written; None while its process lives."""
    try:
        file = path.open("rb")
    except OSError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield file.read(LONGEST_BYTES * 2).decode("ascii", "replace")


def _settle(text: str, now: datetime) -> int:
    claims, out, taken = set(), {}, {}
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue  # cut off by the kill
        word, token, pk, reference = found.groups()
        claims.add(token)
        if word == "out" and pk:
            out[pk] = token
        elif word == "ok" and pk:
            taken[pk] = (token, reference or "")
    touched = 0
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    ended = {"state": Delivery.State.SENT, "ended_at": now, "claim": None, "lease_until_at": None}
    for pk, (token, reference) in taken.items():
        mine = waiting.filter(pk=uuid.UUID(pk), claim=uuid.UUID(token))
        touched += mine.update(error="", reference=reference, **ended)
    unsure = {pk: token for pk, token in out.items() if pk not in taken}
    once_only = [name for name, channel in POSTING.items() if not channel.repeats_safely]
    for pk, token in unsure.items():
        mine = waiting.filter(pk=uuid.UUID(pk), claim=uuid.UUID(token), endpoint__channel__in=once_only)
        touched += mine.update(error=UNANSWERED, **ended)
    for token in claims:
        touched += waiting.filter(claim=uuid.UUID(token)).update(claim=None, lease_until_at=None)
    return touched
