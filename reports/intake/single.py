"""Takes one report: check, judge, store. The usual report, whose sender is not known, costs one INSERT."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from config.database.base import too_late_at
from reports.access import idempotency
from reports.access.idempotency import Idempotency
from reports.errors import SubmissionError
from reports.intake import network_blocks, receipts, rules, service_cache
from reports.intake.rows import COLUMNS, Door, Row
from reports.intake.service_cache import KnownService
from reports.intake.submissions import FRESH, OLDEST, Submission
from reports.privacy.origin import Origin
from reports.reputation.signed_token import CarriedReputation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a report.

    `counted` says whether it enters the counts; `rule` names the rule that decided ("" for none) and `text` says it in
    words. `repeated` marks a report that was there already, `replayed` the answer to a repeated request. `standing` is
    what the reporter is to carry from now on, "" where none was asked for.
    """

    id: UUID
    secret: str
    service: str
    at: datetime
    counted: bool
    rule: str
    text: str
    repeated: bool = False
    replayed: bool = False
    weight: float = 1.0
    standing: str = ""


_INSERT = f"INSERT INTO reports_report ({', '.join(COLUMNS)}) SELECT {', '.join(['%s'] * len(COLUMNS))}"
_IN_TIME = " WHERE clock_timestamp() < %s"
LONGEST_HISTORY = 60  # a reporter's own reports that the rules look at


def take(
    submission: Submission,
    origin: Origin,
    *,
    now: datetime,
    door: Door,
    asked: Idempotency | None = None,
    trap: bool = False,
    carried: CarriedReputation | None = None,
) -> Receipt:
    """Stores a report and answers with its receipt. Raises SubmissionError, and then nothing is stored.

    `asked` makes a repeated request harmless; `trap` says that a field was filled in that people do not see; `carried`
    is the reporter's standing, where they carry one.
    """
    service = open_to_reports(service_cache.service(submission.service))
    row = Row.of(submission, origin, service, now=now, door=door)
    if carried is None:
        return _take(row, now=now, asked=asked, trap=trap)
    receipt = _take(replace(row, weight=carried.weight), now=now, asked=asked, trap=trap)
    if receipt.replayed:
        return receipt
    is_new = receipt.counted and not receipt.repeated
    return replace(receipt, weight=carried.weight, standing=carried.after(row.said() if is_new else None))


def _take(row: Row, *, now: datetime, asked: Idempotency | None, trap: bool) -> Receipt:
    origin = row.origin
    if asked is None and not origin.reporter:
        return _store(row, trap=trap, now=now)
    with transaction.atomic():
        if asked is not None and (answered := idempotency.recall(asked)) is not None:
            return replayed(answered)
        receipt = _store(row, trap=trap, now=now)
        if asked is not None:
            status = HTTPStatus.OK if receipt.repeated else HTTPStatus.CREATED
            idempotency.remember(asked, status, remembered(receipt), now)
    return receipt


def open_to_reports(service: KnownService) -> KnownService:
    """The service itself. Raises SubmissionError (403) where it only shows what was recorded."""
    if not service.accepts_reports:
        raise SubmissionError(
            HTTPStatus.FORBIDDEN,
            "not-accepting-reports",
            f"{service.slug} shows recorded reports and takes no new ones.",
            [{"field": "service", "message": "This service takes no new reports."}],
        )
    return service


def _store(row: Row, *, trap: bool, now: datetime) -> Receipt:
    """Judges and stores. With a known reporter, call it in a transaction: it locks the reporter's history."""
    earlier = history(row.origin.reporter, now) if row.origin.reporter else ()
    receipt, values = judged(row, earlier, trap=trap, now=now)
    if values is not None:
        _insert(values)
    return receipt


def _insert(values: tuple[Any, ...]) -> None:
    """Stores one report, unless the statement comes to be carried out when its sender has long been refused."""
    deadline = too_late_at()
    with connection.cursor() as cursor:
        if deadline is None:
            cursor.execute(_INSERT, values)
            return
        cursor.execute(_INSERT + _IN_TIME, (*values, deadline))
        if cursor.rowcount == 1:
            return
    connection.close()  # the clocks are compared anew
    raise OperationalError("the database took too long, and nothing was stored")


def judged(
    row: Row, earlier: tuple[rules.Earlier, ...], *, trap: bool, now: datetime
) -> tuple[Receipt, tuple[Any, ...] | None]:
    """The answer to a report, and its values to store in the order of COLUMNS: None for one that is there already."""
    ago_s = (now - row.occurred_at).total_seconds()
    blocked = network_blocks.holds(row.origin.network, now)
    judgement = rules.judge(rules.Case(row.component_id, row.kind, row.note, row.late, trap, earlier, ago_s, blocked))
    if judgement.repeats is not None:
        known_one = Receipt(
            id=judgement.repeats,
            secret=receipts.secret_of(judgement.repeats),
            service=row.service.slug,
            at=row.at,
            counted=judgement.counted,
            rule=judgement.rule,
            text=judgement.text,
            repeated=True,
        )
        return known_one, None
    report_id = receipts.new_id(now.replace(second=0, microsecond=0))  # its time is read from it
    secret = receipts.secret_of(report_id)
    if not judgement.counted:
        log.info("report %s of %s is not counted: %s", report_id, row.service.slug, judgement.rule)
    new_one = Receipt(
        id=report_id,
        secret=secret,
        service=row.service.slug,
        at=row.at,
        counted=judgement.counted,
        rule=judgement.rule,
        text=f"{judgement.text} {row.remark}".rstrip(),
    )
    return new_one, row.values(report_id, secret, judgement, now)


def history(reporter: int, now: datetime) -> tuple[rules.Earlier, ...]:
    """Return the reporter's newest reports, with their ages in whole minutes. Two taps at once wait here."""
    now = now.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [reporter])
        cursor.execute(
            "SELECT id, received_at, occurred_at, component_id, kind, late, withdrawn_at IS NOT NULL "
            "FROM reports_report WHERE reporter = %s AND at > %s AND at <= %s ORDER BY at DESC LIMIT %s",
            [reporter, now - OLDEST - FRESH, now + FRESH, LONGEST_HISTORY],
        )
        return tuple(
            rules.Earlier(
                id=report_id,
                age_s=(now - received_at).total_seconds(),
                component=component,
                kind=kind,
                late=late,
                withdrawn=withdrawn,
                ago_s=(now - occurred_at).total_seconds(),
            )
            for report_id, received_at, occurred_at, component, kind, late, withdrawn in cursor.fetchall()
        )


def remembered(receipt: Receipt) -> dict[str, Any]:
    """A receipt as it is kept under an Idempotency-Key: without its secret."""
    return {
        "id": str(receipt.id),
        "service": receipt.service,
        "at": receipt.at.isoformat(),
        "counted": receipt.counted,
        "rule": receipt.rule,
        "text": receipt.text,
        "repeated": receipt.repeated,
    }


def replayed(answered: dict[str, Any]) -> Receipt:
    """The receipt that was kept, its secret made anew."""
    report_id = UUID(answered["id"])
    return Receipt(
        **{**answered, "id": report_id, "at": datetime.fromisoformat(answered["at"])},
        secret=receipts.secret_of(report_id),
        replayed=True,
    )
