"""Takes in many reports of the past at their own times, by COPY. The same checks and rules as for one.

A second time adds nothing: a report's id is made of its time and of what it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.db import connection, transaction
from msgspec.structs import replace

from reports.errors import Errors, SubmissionError
from reports.intake import receipts
from reports.intake import rules as trust
from reports.intake import service_cache as known
from reports.intake.rows import COLUMNS, Door, Row, copy_text
from reports.intake.service_cache import KnownService
from reports.intake.submissions import Submission
from reports.privacy.origin import UNKNOWN, Origin

BATCH = 2000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One report of the past. `line` is where it stands in its file; `occurred_at` of the submission is required.

    `identity` is what makes it itself: two with the same one, time and position among such are the same report.
    """

    line: int
    submission: Submission
    identity: bytes
    origin: Origin = UNKNOWN
    weight: float = 1.0


@dataclass(slots=True)
class Recording:
    """What became of the reports: how many were stored or were there already, and why lines were refused.

    `rules` counts stored reports by the rule that decided, "" for none. `first` and `last` span the accepted times.
    """

    stored: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None


def take_recorded(
    slug: str,
    reports: Iterable[Recorded],
    *,
    now: datetime,
    progress: Callable[[Recording], None] | None = None,
) -> Recording:
    """Stores reports of the past. Raises SubmissionError where the service is not known; a wrong line is listed, not
    raised.

    What is stored is not scanned by itself: see `outages.pipeline.scan.rebuild`.
    """
    service = known.service(slug)
    recording = Recording()
    seen: Counter[bytes] = Counter()
    rest = iter(reports)
    while batch := list(islice(rest, BATCH)):
        rows = list(_judged(batch, service, recording, seen, now=now))
        stored = _copy([values for values, _ in rows])
        recording.stored += len(stored)
        recording.known += len(rows) - len(stored)
        recording.rules.update(rule for values, rule in rows if values[0] in stored)
        if progress is not None:
            progress(recording)
    return recording


def _check_recorded_time(
    occurred_at: datetime | None, now: datetime, errors: Errors
) -> tuple[datetime, datetime, bool]:
    """A recorded report counts at its own time. It is not late: its minutes are scanned after the import."""
    if occurred_at is None or occurred_at.tzinfo is None:
        errors.add("occurred_at", "A recorded report needs its time, with a zone.")
    elif not EARLIEST <= occurred_at <= now:
        errors.add("occurred_at", f"{occurred_at.isoformat()} is not a time between 2000 and now.")
    else:
        occurred_at = occurred_at.astimezone(UTC)
        return occurred_at, occurred_at, False
    return now, now, False


def _judged(
    reports: Iterable[Recorded], service: KnownService, recording: Recording, seen: Counter[bytes], *, now: datetime
) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The rows to store, each with the rule that decided. Refused ones are noted in the recording."""
    for report in reports:
        try:
            row = Row.of(
                report.submission, report.origin, service, now=now, door=Door.IMPORT, check=_check_recorded_time
            )
        except SubmissionError as refused:
            recording.refused.append((report.line, refused.detail))
            continue
        row = replace(row, weight=report.weight)
        judgement = trust.judge(trust.Case(row.component_id, row.kind, row.note))
        content = row.at.isoformat().encode() + report.identity
        seen[content] += 1
        bits = blake2b(content, digest_size=8, salt=seen[content].to_bytes(8), person=service.slug[:16].encode())
        report_id = receipts.new_id(row.at, int.from_bytes(bits.digest()))
        recording.first = min(recording.first or row.at, row.at)
        recording.last = max(recording.last or row.at, row.at)
        yield row.values(report_id, receipts.secret_of(report_id), judgement, now), judgement.rule


def _copy(rows: list[tuple[Any, ...]]) -> set[Any]:
    """Stores the rows that are not there yet. Returns the ids of those."""
    if not rows:
        return set()
    names = ", ".join(COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE recorded (LIKE reports_report INCLUDING DEFAULTS) ON COMMIT DROP")
        with connection.wrap_database_errors, cursor.copy(f"COPY recorded ({names}) FROM STDIN") as copy:
            copy.write(copy_text(rows))
        cursor.execute(
            f"INSERT INTO reports_report ({names}) SELECT {names} FROM recorded "  # noqa: S608 -- constants
            "ON CONFLICT (id, at) DO NOTHING RETURNING id"
        )
        stored = {report_id for (report_id,) in cursor.fetchall()}
        cursor.execute("DROP TABLE recorded")
    return stored


def forget_recorded(slug: str) -> int:
    """Deletes all reports of a service that only plays records. Returns how many. Refused for any other service."""
    service = known.service(slug)
    if service.accepts_reports:
        raise ValueError(f"{slug} takes reports from people: none of them is deleted here.")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_report WHERE service_id = %s", [service.id])
        return int(cursor.rowcount)
