"""Takes many reports of one request: the checks and rules of a single one for each, and one COPY for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction

from reports.access import idempotency
from reports.access.idempotency import Idempotency
from reports.errors import SubmissionError
from reports.intake import rules, service_cache
from reports.intake.judgement import Receipt, history, judged, remembered, replayed
from reports.intake.rows import COLUMNS, Door, Row, copy_text
from reports.intake.single import open_to_reports
from reports.intake.submissions import Submission
from reports.privacy.origin import Origin


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of each report, in the order in which they were sent. `replayed` marks a repeated request."""

    results: list[Receipt | SubmissionError]
    replayed: bool = False


def take_many(
    submissions: Sequence[Submission | SubmissionError],
    origin: Origin,
    *,
    now: datetime,
    door: Door,
    asked: Idempotency | None = None,
) -> Batch:
    """Stores those that can be stored, in one transaction; the others stay refused.

    A Refused among the submissions is one that could not be read. A request that stored nothing does not use up its
    Idempotency-Key. Raises SubmissionError where that key stood for another request, and then nothing is stored.
    """
    with transaction.atomic():
        if asked is not None and (answered := idempotency.recall(asked)) is not None:
            return Batch([_replayed(one) for one in answered["results"]], replayed=True)
        rows = _checked(submissions, origin, now=now, door=door)
        results, values = _judged(rows, origin, now=now)
        if values:
            names = ", ".join(COLUMNS)
            copying = f"COPY reports_report ({names}) FROM STDIN"
            # Django does not translate what goes wrong within a COPY.
            with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copying) as copy:
                copy.write(copy_text(values))
        if asked is not None and any(isinstance(one, Receipt) for one in results):
            body = {"results": [_remembered(one) for one in results]}
            idempotency.remember(asked, HTTPStatus.OK, body, now)
    return Batch(results)


def _checked(
    submissions: Sequence[Submission | SubmissionError], origin: Origin, *, now: datetime, door: Door
) -> list[Row | SubmissionError]:
    services = service_cache.services({said.service for said in submissions if isinstance(said, Submission)})
    rows: list[Row | SubmissionError] = []
    for said in submissions:
        if isinstance(said, SubmissionError):
            rows.append(said)
            continue
        service = services[said.service]
        try:
            if isinstance(service, SubmissionError):
                raise service
            rows.append(Row.of(said, origin, open_to_reports(service), now=now, door=door))
        except SubmissionError as refused:
            rows.append(refused)
    return rows


def _judged(
    rows: Sequence[Row | SubmissionError], origin: Origin, *, now: datetime
) -> tuple[list[Receipt | SubmissionError], list[tuple[Any, ...]]]:
    """Each row's answer, and what to store. What one reporter said further up counts as said before."""
    earlier = history(origin.reporter, now) if origin.reporter else ()
    results: list[Receipt | SubmissionError] = []
    to_store = []
    for row in rows:
        if isinstance(row, SubmissionError):
            results.append(row)
            continue
        receipt, values = judged(row, earlier, trap=False, now=now)
        results.append(receipt)
        if values is not None:
            to_store.append(values)
            if origin.reporter:
                ago_s = (now - row.occurred_at).total_seconds()
                said = rules.Earlier(receipt.id, 0.0, row.component_id, row.kind, late=row.late, ago_s=ago_s)
                earlier = (said, *earlier)
    return results, to_store


def _remembered(result: Receipt | SubmissionError) -> dict[str, Any]:
    if isinstance(result, Receipt):
        return {"receipt": remembered(result)}
    return {"status": result.status, "code": result.code, "detail": result.detail, "errors": result.errors}


def _replayed(kept: dict[str, Any]) -> Receipt | SubmissionError:
    return replayed(kept["receipt"]) if "receipt" in kept else SubmissionError(**kept)
