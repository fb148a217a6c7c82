"""Takes one report: check, judge, store together with those that came at the same time."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from msgspec.structs import replace

from reports.access.idempotency import Idempotency
from reports.errors import SubmissionError
from reports.intake import service_cache
from reports.intake.group_commit import Entry, writer
from reports.intake.judgement import Receipt
from reports.intake.rows import Door, Row
from reports.intake.service_cache import KnownService
from reports.intake.submissions import Submission
from reports.privacy.origin import Origin
from reports.reputation.signed_token import CarriedReputation

NOTE_DROPPED = "Very many report at the moment: your note was not kept."


def take(
    submission: Submission,
    origin: Origin,
    *,
    now: datetime,
    door: Door,
    asked: Idempotency | None = None,
    trap: bool = False,
    carried: CarriedReputation | None = None,
    keeps_note: bool = True,
    keeps_repeat: bool = True,
) -> Receipt:
    """Stores a report and answers with its receipt. Raises SubmissionError, and then nothing is stored.

    `asked` makes a repeated request harmless; `trap` says that a field was filled in that people do not see; `carried`
    is the reporter's standing, where they carry one. Without `keeps_note` a note is left out, as the receipt says;
    without `keeps_repeat` a report of who counts for this part already is not stored, and gets the earlier's receipt.
    """
    service = open_to_reports(service_cache.service(submission.service))
    row = Row.of(submission, origin, service, now=now, door=door)
    if row.note and not keeps_note:
        row = replace(row, note="", remark=f"{row.remark} {NOTE_DROPPED}".lstrip())
    if carried is not None:
        row = replace(row, weight=carried.weight)
    receipt = writer.take(Entry(row, now, asked, trap, surge=not keeps_repeat))
    if carried is None:
        return receipt
    if receipt.replayed:
        return receipt
    is_new = receipt.counted and not receipt.repeated
    return replace(receipt, weight=carried.weight, standing=carried.after(row.said() if is_new else None))


def open_to_reports(service: KnownService) -> KnownService:
    """The service itself. Raises SubmissionError (403) where it only shows what was recorded."""
    if not service.accepts_reports:
        raise SubmissionError(
            HTTPStatus.FORBIDDEN,
            "not-accepting-reports",
            f"{service.slug} shows recorded reports and takes no new ones.",
            [{"field": "service", "message": "This service doesn’t accept new reports."}],
        )
    return service
