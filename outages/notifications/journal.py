"""What a process that sends has handed over, written down beside the database: it outlives a kill, and costs no commit.

A killed process leaves claims in the database and this file. Who comes next reads it: what was answered is stored as
sent, what had not gone out yet is free at once, and what had gone out whole without an answer by then is not said again
where its receiver could not know it by an id. Who takes over a claim whose lease has ended reads the files of the
living, too. The file is locked by the process that writes it; one without a lock is a
dead one's. A machine that loses its power loses the last lines too; leases then end as ever.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from outages.models import Delivery
from outages.notifications.channels import CHANNELS, says_once
from outages.notifications.delivery_queue import Claimed, Result, end_taken, end_unanswered

log = logging.getLogger(__name__)

FOLDER: Final = "sending"
LONGEST_BYTES: Final = 4_000_000  # some 50,000 lines; a run that passes it begins the file anew when all is stored
_LINE: Final = re.compile(r"(claim|out|ok|no) ([0-9a-f]{32})(?: ([0-9a-f]{32}))?(?: ([\x21-\x7e]{1,255}))?")


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
        """Return what notes that a message goes out whole."""
        line = f"out {claimed.claim.hex} {claimed.deliveries[0].pk.hex}\n"
        return lambda: self._write(line)

    def answered(self, result: Result) -> None:
        """Note that a message was taken, or that it was not and may be said again."""
        if result.error and not result.unanswered:
            self._write(f"no {result.claimed.claim.hex} {result.claimed.deliveries[0].pk.hex}\n")
        elif not result.error and not result.released:
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
        yield _text(file)


def still_unsent(found: list[Claimed], now: datetime) -> list[Claimed]:
    """Return what is to be sent of new claims; what an earlier one has taken along is ended as far as it came there.

    Its lease has ended, but its process may live: where a machine stands still for a minute, all leases end.
    """
    lapsed = [one for one in found if one.deliveries[0].pk in one.before and says_once(one.endpoint.channel)]
    if not lapsed:
        return found
    folder = Path(settings.DATA_DIR) / FOLDER
    noted = Notes()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with suppress(OSError), path.open("rb") as file:
            noted.read(_text(file))
    ended = set()
    for one in lapsed:
        pk = one.deliveries[0].pk
        key = (pk.hex, one.before[pk].hex)
        mine = Delivery.objects.filter(pk=pk, claim=one.claim, state=Delivery.State.WAITING)
        if key in noted.taken:
            end_taken(mine, noted.taken[key], now)
        elif key in noted.out:
            end_unanswered(mine, now)
        else:
            continue
        ended.add(pk)
    return [one for one in found if one.deliveries[0].pk not in ended]


@dataclass(slots=True)
class Notes:
    """What journals tell: claims, what has gone out unanswered, and what was taken with its reference.

    The latter two are by delivery and claim.
    """

    claims: set[str] = field(default_factory=set)
    out: set[tuple[str, str]] = field(default_factory=set)
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Add what a journal tells."""
        for line in text.splitlines():
            found = _LINE.fullmatch(line)
            if found is None:
                continue  # cut off by the kill
            word, token, pk, reference = found.groups()
            self.claims.add(token)
            if word == "out" and pk:
                self.out.add((pk, token))
            elif word in ("ok", "no") and pk:
                self.out.discard((pk, token))
                if word == "ok":
                    self.taken[pk, token] = reference or ""


def _text(file: BinaryIO) -> str:
    return file.read(LONGEST_BYTES * 2).decode("ascii", "replace")


def _settle(text: str, now: datetime) -> int:
    noted = Notes()
    noted.read(text)
    touched = 0
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    for (pk, token), reference in noted.taken.items():
        touched += end_taken(waiting.filter(pk=uuid.UUID(pk), claim=uuid.UUID(token)), reference, now)
    said_once = [name for name in CHANNELS if says_once(name)]
    for pk, token in noted.out:
        mine = waiting.filter(pk=uuid.UUID(pk), claim=uuid.UUID(token), endpoint__channel__in=said_once)
        touched += end_unanswered(mine, now)
    for token in noted.claims:
        touched += waiting.filter(claim=uuid.UUID(token)).update(claim=None, lease_until_at=None)
    return touched
