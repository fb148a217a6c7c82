"""What a reporter may do with a report of theirs: read, correct, withdraw. The receipt opens it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import transaction

from reports.errors import Errors, SubmissionError, invalid
from reports.intake import receipts, rules, service_cache
from reports.intake.rows import part_of, place_of
from reports.intake.submissions import FRESH, KINDS, OLDEST, Correction, changes, check_error_code, check_note
from reports.models import Report
from reports.reputation.score import Said


def whole_minute(at: datetime) -> datetime:
    """Return the minute that a time lies in: finer times of what a person did are not kept."""
    return at.replace(second=0, microsecond=0)


def find(report_id: UUID, secret: str) -> Report:
    """The report, for whoever holds its receipt.

    Raises SubmissionError: 404 for no such report, 403 for a wrong receipt.
    """
    moment = receipts.moment_of(report_id)
    report = None
    if moment is not None:
        try:
            span = (moment - OLDEST - FRESH, moment + FRESH)
        except OverflowError:
            span = None
        if span is not None:
            report = (
                Report.objects.filter(id=report_id, at__range=span)
                .select_related("service", "component", "symptom")
                .defer("service__definition")
                .first()
            )
    if report is None:
        raise SubmissionError(HTTPStatus.NOT_FOUND, "unknown-report", "There’s no such report, or it has been deleted.")
    if not receipts.fits(secret, report.receipt_hash):
        raise SubmissionError(HTTPStatus.FORBIDDEN, "wrong-receipt", "This link belongs to another report.")
    return report


def said_of(report: Report) -> Said | None:
    """What of a stored report may be judged later, for its reporter's standing. None where nothing may."""
    place = report.region or report.country
    counts = report.verdict == Report.Verdict.ACCEPTED and report.withdrawn_at is None
    if report.kind != Report.Kind.PROBLEM or report.late or not place or not counts:
        return None
    return Said(report.service.slug, report.component.slug, place, int(report.at.timestamp() // 60))


def correct(report_id: UUID, secret: str, correction: Correction, *, now: datetime) -> Report:
    """Changes what the correction names.

    Raises SubmissionError: as `find`, 409 once it is withdrawn, 422 for wrong fields.
    """
    with transaction.atomic():
        report = _locked(report_id, secret)
        if report.withdrawn_at is not None:
            raise SubmissionError(HTTPStatus.CONFLICT, "withdrawn", "This report was deleted. Send a new one.")
        values = _corrected(report, correction)
        Report.objects.filter(id=report.id, at=report.at).update(**values, corrected_at=whole_minute(now))
    return find(report_id, secret)


def withdraw(report_id: UUID, secret: str, *, now: datetime) -> Report:
    """Takes a report back: it counts no more, and what was written in it is deleted.

    Raises SubmissionError as `find`.
    """
    with transaction.atomic():
        report = _locked(report_id, secret)
        if report.withdrawn_at is None:
            Report.objects.filter(id=report.id, at=report.at).update(
                withdrawn_at=whole_minute(now), note="", error_code=""
            )
    return find(report_id, secret)


def _locked(report_id: UUID, secret: str) -> Report:
    report = find(report_id, secret)
    # Its second may be taken off while this waits.
    span = (whole_minute(report.at), report.at)
    Report.objects.select_for_update().filter(id=report.id, at__range=span).values_list("id").get()
    return find(report_id, secret)


def _corrected(report: Report, correction: Correction) -> dict[str, Any]:
    """The columns that a correction changes. Raises SubmissionError (422)."""
    said = changes(correction)
    if not said:
        raise invalid([{"field": "", "message": "Name at least one field to change."}])
    service = service_cache.service(report.service.slug)
    errors = Errors()
    values: dict[str, Any] = {}
    if "component" in said or "symptom" in said:
        old = report.symptom.slug if report.symptom else None
        symptom = said.get("symptom", old if old in service.symptoms else None)
        component_id, symptom_id = part_of(service, said.get("component"), symptom, errors)
        if "component" in said:
            values["component_id"] = component_id
        if "symptom" in said:
            values["symptom_id"] = symptom_id
    if said.keys() & {"country", "region", "lat", "lon"}:
        values["country"], values["region"], _ = place_of(
            said.get("country"), said.get("region"), said.get("lat"), said.get("lon"), "", errors
        )
    if "kind" in said:
        values["kind"] = KINDS[said["kind"]]
    if "platform" in said:
        values["platform"] = said["platform"] or ""
    if "error_code" in said:
        values["error_code"] = check_error_code(said["error_code"], errors)
    if "note" in said:
        values["note"] = check_note(said["note"], errors)
        if report.verdict == Report.Verdict.ACCEPTED and report.rule not in rules.BY_MODERATOR:
            judgement = rules.judge(rules.Case(report.component_id, report.kind, values["note"]))
            values["rule"] = judgement.rule
    errors.raise_if_any()
    return values
