"""One transaction for all reports that wait: what comes in while one is being written goes into the next.

The first to come writes, for itself and for whoever waits. When it has written, one of those who came meanwhile
writes next. So nobody waits for more than two writes: the one that runs, and the one that it is part of.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from config.database.deadlines import deadlines
from config.traces import span
from reports.access import idempotency
from reports.access.idempotency import Idempotency
from reports.errors import SubmissionError
from reports.intake import meter, rules
from reports.intake.insertion import Senders, insert, take_new
from reports.intake.judgement import (
    Receipt,
    histories_found,
    histories_query,
    history_span,
    judged,
    remembered,
    replayed,
)
from reports.intake.rows import Row

MOST: Final = 200  # reports of one transaction; more than there are threads
LEAST_LEFT: Final = 0.05  # of a statement's time: who has less left is refused, so that the others keep theirs
LONGEST_WAIT_S: Final = 30.0  # a bound that is never met: each statement of the one who writes has its own deadline


def _taken() -> threading.Lock:
    """Return a lock that is let go once, to wake its only waiter: an event costs several times as much."""
    lock = threading.Lock()
    lock.acquire()
    return lock


def _due_s() -> float:
    """Return the moment of the monotonic clock by which this thread's report is to be written."""
    longest_s = deadlines.wait_s
    return math.inf if longest_s is None else time.monotonic() + longest_s


@dataclass(slots=True, eq=False)
class Entry:
    """A report that waits to be written, and in the end what became of it."""

    row: Row
    now: datetime
    asked: Idempotency | None = None
    trap: bool = False
    surge: bool = False
    receipt: Receipt | None = None
    error: BaseException | None = None
    leads: bool = False
    woken: threading.Lock = field(default_factory=_taken)
    due_s: float = field(default_factory=_due_s)

    @property
    def marks(self) -> set[bytes | int]:
        """What its sender is known again by: a key and a reporter, where there are such."""
        reporter, asked = self.row.origin.reporter, self.asked
        return ({reporter} if reporter else set()) | ({asked.key_hash} if asked else set())


class Writer:
    """The reports of this process that wait. At most one thread writes at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Entry] = []
        self._writes = False

    def take(self, entry: Entry) -> Receipt:
        """Store a report together with others. Raises SubmissionError, and what the database raises."""
        with self._lock:
            self._waiting.append(entry)
            leads, self._writes = not self._writes, True
        if not leads:
            left_s = max(min(entry.due_s - time.monotonic(), LONGEST_WAIT_S), 0.0)
            if not entry.woken.acquire(timeout=left_s) and (
                self._drop(entry) or not entry.woken.acquire(timeout=LONGEST_WAIT_S)
            ):
                raise OperationalError("the reports before this one are not written yet")
            leads = entry.leads
        if leads:
            self._lead(entry)
        if entry.error is not None:
            raise entry.error
        assert entry.receipt is not None
        return entry.receipt

    def _drop(self, entry: Entry) -> bool:
        """Take an entry out of those that wait. False where it is being written, or is to write."""
        with self._lock:
            if entry.leads or entry not in self._waiting:
                return False
            self._waiting.remove(entry)
            return True

    def _lead(self, leader: Entry) -> None:
        """Write all that wait, then have the next one of those who came meanwhile do the same."""
        with self._lock:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        began_s = time.perf_counter()
        try:
            with span("reports written together", {"brownout.batch.size": len(batch)}):
                _write_in_time(batch)
        finally:
            meter.FLUSH.observe(time.perf_counter() - began_s)
            meter.BATCH.observe(len(batch))
            with self._lock:
                heir = self._waiting[0] if self._waiting else None
                self._writes = heir is not None
                if heir is not None:
                    heir.leads = True
                    heir.woken.release()
            for entry in batch:
                if entry.receipt is None and entry.error is None:
                    entry.error = OperationalError("the one who wrote was stopped")
                if entry is not leader:
                    entry.woken.release()
            for (door, outcome), count in Counts((one.row.door, _outcome(one)) for one in batch).items():
                meter.REPORTS.labels(door, outcome).inc(count)


def _outcome(entry: Entry) -> str:
    """Return in one word what became of a report."""
    receipt = entry.receipt
    if receipt is None:
        return "refused" if isinstance(entry.error, SubmissionError) else "unavailable"
    if receipt.repeated or receipt.replayed:
        return "repeated"
    return "accepted" if receipt.counted else "not_counted"


writer = Writer()


def _write_in_time(batch: Sequence[Entry]) -> None:
    """Store the reports that still have time, within that of the one that has least."""
    now_s = time.monotonic()
    least_s = (deadlines.statement_s or 0.0) * LEAST_LEFT
    in_time = [entry for entry in batch if entry.due_s - now_s > least_s]
    for entry in batch:
        if entry not in in_time:
            entry.error = OperationalError("the reports before this one took all its time")
    if not in_time:
        return
    soonest_s = min(entry.due_s for entry in in_time)
    if soonest_s == math.inf:
        write(in_time)
        return
    with deadlines.at_most(soonest_s - now_s):
        write(in_time)


def write(batch: Sequence[Entry]) -> None:
    """Store reports; each entry gets its receipt or its error.

    One transaction holds those of whose senders nothing is known, another one the rest.
    """
    known = _carried_out(_take_new, batch)
    if known:
        _carried_out(_write_known, known)


def _carried_out(store: Callable[[Sequence[Entry]], list[Entry]], batch: Sequence[Entry]) -> list[Entry]:
    """Store reports in one transaction, and return those that are left."""
    try:
        return store(batch)
    except (OperationalError, InterfaceError) as error:
        _refuse(batch, error)
    except DatabaseError as error:
        if len(batch) == 1:
            _refuse(batch, error)
            return []
        for entry in batch:  # one of them is at fault, and only that one is to suffer
            entry.receipt = entry.error = None
            write([entry])
    except Exception as error:
        _refuse(batch, error)
        raise
    return []


def _refuse(batch: Sequence[Entry], error: Exception) -> None:
    for entry in batch:
        entry.receipt, entry.error = None, error


def _take_new(batch: Sequence[Entry]) -> list[Entry]:
    """Store the reports of those who say something for the first time. Return those of the others."""
    first, others = _apart(batch)
    rows, answers = [], []
    for entry in first:
        key = entry.asked.key_hash if entry.asked else None
        rows += [(values, key) for values in _judge(entry, ())]
        if entry.asked is not None:
            assert entry.receipt is not None
            answers.append((entry.asked, HTTPStatus.CREATED, remembered(entry.receipt), entry.now))
    known = take_new(rows, answers, _senders(first))
    if not known.keys and not known.reporters:
        return others
    again = [entry for entry in first if entry.marks & (known.keys | known.reporters)]
    for entry in again:
        entry.receipt = None
    left = {id(entry) for entry in (*again, *others)}
    return [entry for entry in batch if id(entry) in left]


def _apart(batch: Sequence[Entry]) -> tuple[Sequence[Entry], list[Entry]]:
    """Return the first of each sender and those of whom no sender is known, and what senders say besides."""
    if not any(entry.asked or entry.row.origin.reporter for entry in batch):
        return batch, []
    first, others, taken = list[Entry](), list[Entry](), set[bytes | int]()
    for entry in batch:
        marks = entry.marks
        (others if marks & taken else first).append(entry)
        taken |= marks
    return first, others


def _senders(batch: Sequence[Entry]) -> Senders:
    asked = [entry.asked for entry in batch if entry.asked is not None]
    reporters = sorted({entry.row.origin.reporter for entry in batch if entry.row.origin.reporter})
    locks = [*sorted({idempotency.lock_number(one) for one in asked}), *reporters]
    since, until = history_span(max(entry.now for entry in batch))
    return Senders(locks, reporters, [one.key_hash for one in asked], since, until)


def _write_known(batch: Sequence[Entry]) -> list[Entry]:
    """Store reports of senders of whom something is stored, which is looked up first."""
    with _transaction() as words:
        answers, earlier = _known(batch, words)
        rows: list[tuple[Any, ...]] = []
        kept: list[idempotency.Answer] = []
        for entry in batch:
            if entry.asked is not None and (known := answers.get(entry.asked.key_hash)) is not None:
                _replay(entry, entry.asked, known)
                continue
            reporter = entry.row.origin.reporter
            rows += _judge(entry, tuple(earlier[reporter]) if reporter else ())
            receipt = entry.receipt
            assert receipt is not None
            if reporter and not receipt.repeated:
                earlier[reporter].insert(0, _as_earlier(entry, receipt))
            if entry.asked is not None:
                status = HTTPStatus.OK if receipt.repeated else HTTPStatus.CREATED
                body = remembered(receipt)
                kept.append((entry.asked, status, body, entry.now))
                answers[entry.asked.key_hash] = (entry.asked.request_hash, body)
        insert(rows, kept, words.end)
    return []


class _Words(NamedTuple):
    """What a transaction's first and last statement are sent with: each way to the server and back costs."""

    begin: str
    end: str


@contextmanager
def _transaction() -> Iterator[_Words]:
    """Have what is done within stored together, or none of it."""
    if connection.in_atomic_block:
        with transaction.atomic():
            yield _Words("", "")
        return
    try:
        yield _Words("BEGIN; ", "; COMMIT")
    except BaseException:
        try:
            connection.rollback()
        except DatabaseError:  # with the connection it is rolled back, too
            connection.close()
        raise


def _known(
    batch: Sequence[Entry], words: _Words
) -> tuple[dict[bytes, tuple[bytes, dict[str, Any]]], defaultdict[int, list[rules.Earlier]]]:
    """Return what was answered under the batch's keys, and what its reporters said before.

    Whoever sends under the same key or as the same reporter waits until this transaction has ended. Keys are locked
    first, then reporters, each in their order: two who lock several never wait for each other. One message holds all
    statements; each sees what was committed when the one before it had ended.
    """
    asked = [entry.asked for entry in batch if entry.asked is not None]
    senders = _senders(batch)
    now = max(entry.now for entry in batch)
    queries = ["SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number"]
    values: list[Any] = [list(senders.locks)]
    for is_asked, query in (
        (asked, idempotency.recall_query(asked)),
        (senders.reporters, histories_query(senders.reporters, now)),
    ):
        if is_asked:
            queries.append(query[0])
            values += query[1]
    with connection.cursor() as cursor:
        cursor.execute(words.begin + "; ".join(queries), values)
        if words.begin:
            cursor.nextset()
        answers = idempotency.recalled(_next_rows(cursor)) if asked else {}
        earlier: defaultdict[int, list[rules.Earlier]] = defaultdict(list)
        if senders.reporters:
            earlier.update(histories_found(_next_rows(cursor), now))
    return answers, earlier


def _next_rows(cursor: Any) -> list[Any]:
    """Return what the next one of several statements found."""
    cursor.nextset()
    return list(cursor.fetchall())


def _as_earlier(entry: Entry, receipt: Receipt) -> rules.Earlier:
    row = entry.row
    ago_s = (entry.now - row.occurred_at).total_seconds()
    return rules.Earlier(
        receipt.id, 0.0, row.component_id, row.kind, late=row.late, ago_s=ago_s, counted=receipt.counted
    )


def _judge(entry: Entry, earlier: tuple[rules.Earlier, ...]) -> list[tuple[Any, ...]]:
    """Set the entry's receipt. Return its row to store, none for one that is there already."""
    entry.receipt, values = judged(entry.row, earlier, trap=entry.trap, now=entry.now, surge=entry.surge)
    return [] if values is None else [values]


def _replay(entry: Entry, asked: Idempotency, known: tuple[bytes, dict[str, Any]]) -> None:
    request_hash, body = known
    try:
        entry.receipt = replayed(idempotency.same_request(asked, request_hash, body))
    except SubmissionError as refused:
        entry.error = refused
