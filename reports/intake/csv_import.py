"""Reads a CSV file of recorded reports: created_at, city, state, zip_code, service, note. No database."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime

from reports.errors import shorten
from reports.intake.recorded import Recorded
from reports.intake.submissions import Submission
from reports.privacy.origin import stand_in

COLUMNS = ("created_at", "city", "state", "zip_code", "service", "note")
COUNTRY = "US"
EVERYTHING = "all"


class FormatError(ValueError):
    """The file does not have the columns; the message says which are expected."""


class LineError(ValueError):
    """A line cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def read(lines: Iterable[str], service: str) -> Iterator[Recorded | LineError]:
    """The reports of a file, in its order; in the place of a line that cannot be read, why.

    The part of the service is the first that a line names ("Internet+TV" → internet); "All" leaves it open. The file
    has no networks: the postal code stands in. Raises FormatError.
    """
    reader = csv.reader(lines)
    header = next(_guarded(reader), None)
    if not isinstance(header, list) or tuple(name.strip() for name in header) != COLUMNS:
        raise FormatError(f"expected a CSV file whose first line is {','.join(COLUMNS)}")
    for row in _guarded(reader):
        if isinstance(row, LineError):
            yield row
        elif row:
            try:
                yield _recorded(reader.line_num, row, service)
            except ValueError as error:
                yield LineError(reader.line_num, str(error))


def _guarded(reader: Iterator[list[str]]) -> Iterator[list[str] | LineError]:
    """The rows of a CSV reader; a broken one does not end the file."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield LineError(reader.line_num, str(error))  # type: ignore[attr-defined]


def _recorded(line: int, row: list[str], service: str) -> Recorded:
    if len(row) != len(COLUMNS):
        raise ValueError(f"expected {len(COLUMNS)} fields, found {len(row)}")
    created_at, _city, state, zip_code, part, note = (value.strip() for value in row)
    try:
        occurred_at = datetime.fromisoformat(created_at)
    except ValueError:
        raise ValueError(f"created_at: {shorten(created_at)!r} is not a time such as 2026-06-29T21:04:05Z") from None
    first = part.partition("+")[0].strip().lower()
    submission = Submission(
        service=service,
        component=None if first in ("", EVERYTHING) else first,
        country=COUNTRY,
        region=f"{COUNTRY}-{state}" if state else None,
        occurred_at=occurred_at,
        note=note,
    )
    identity = "\0".join(row).encode("utf-8", "surrogateescape")
    return Recorded(line=line, submission=submission, identity=identity, origin=stand_in(zip_code))
