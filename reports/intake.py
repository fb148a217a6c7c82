"""Takes reports in. The only writer of Report; every door comes through here.

Judge (trust), place (places), store. The usual report, whose sender is not known, costs one INSERT.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from reports import idempotency, known, places, receipts, trust
from reports.idempotency import Idempotency
from reports.known import KnownService
from reports.models import Report
from reports.origin import Origin
from reports.submissions import (
    FRESH,
    KINDS,
    OLDEST,
    Correction,
    Errors,
    Refused,
    Submission,
    changes,
    check_coordinates,
    check_error_code,
    check_note,
    check_time,
    close_to,
    invalid,
    shorten,
)

log = logging.getLogger(__name__)

Door = Report.Door


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a report.

    `counted` says whether it enters the counts; `rule` names the rule that decided ("" for none) and `text` says it in
    words. `repeated` marks a report that was there already, `replayed` the answer to a repeated request.
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


COLUMNS = (
    "id",
    "at",
    "received_at",
    "occurred_at",
    "service_id",
    "component_id",
    "symptom_id",
    "network",
    "wide_network",
    "asn",
    "reporter",
    "kind",
    "verdict",
    "late",
    "country",
    "region",
    "platform",
    "error_code",
    "note",
    "door",
    "rule",
    "receipt_hash",
)
_INSERT = f"INSERT INTO reports_report ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608
LONGEST_HISTORY = 60  # a reporter's own reports that the rules look at


def take(
    submission: Submission,
    origin: Origin,
    *,
    now: datetime,
    door: Door,
    asked: Idempotency | None = None,
    trap: bool = False,
) -> Receipt:
    """Stores a report and answers with its receipt. Raises Refused, and then nothing is stored.

    `asked` makes a repeated request harmless; `trap` says that a field was filled in that people do not see.
    """
    service = known.service(submission.service)
    if not service.accepts_reports:
        raise Refused(
            HTTPStatus.FORBIDDEN,
            "not-accepting-reports",
            f"{service.slug} shows recorded reports and takes no new ones.",
            [{"field": "service", "message": "This service takes no new reports."}],
        )
    row = _Row.of(submission, origin, service, now=now, door=door)
    if asked is None and not origin.reporter:
        return _store(row, trap=trap, now=now)
    with transaction.atomic():
        if asked is not None and (answered := idempotency.recall(asked)) is not None:
            return _replayed(answered)
        receipt = _store(row, trap=trap, now=now)
        if asked is not None:
            status = HTTPStatus.OK if receipt.repeated else HTTPStatus.CREATED
            idempotency.remember(asked, status, _remembered(receipt), now)
    return receipt


@dataclass(frozen=True, slots=True)
class _Row:
    """A report that is right in itself; not judged yet."""

    service: KnownService
    component_id: int
    symptom_id: int | None
    kind: int
    country: str
    region: str
    platform: str
    error_code: str
    note: str
    at: datetime
    occurred_at: datetime
    late: bool
    origin: Origin
    door: str
    remark: str

    @classmethod
    def of(cls, said: Submission, origin: Origin, service: KnownService, *, now: datetime, door: Door) -> _Row:
        """Checks all fields. Raises Refused (422) naming every one that is wrong."""
        errors = Errors()
        component_id, symptom_id = _part(service, said.component, said.symptom, errors)
        country, region, remark = _place(said.country, said.region, said.lat, said.lon, origin.country, errors)
        occurred_at, at, late = check_time(said.occurred_at, now, errors)
        note = check_note(said.note, errors)
        error_code = check_error_code(said.error_code, errors)
        errors.raise_if_any()
        return cls(
            service=service,
            component_id=component_id,
            symptom_id=symptom_id,
            kind=KINDS[said.kind],
            country=country,
            region=region,
            platform=said.platform or "",
            error_code=error_code,
            note=note,
            at=at,
            occurred_at=occurred_at,
            late=late,
            origin=origin,
            door=door.value,
            remark=remark,
        )

    def values(
        self, report_id: UUID, secret: str, judgement: trust.Judgement, received_at: datetime
    ) -> tuple[Any, ...]:
        """The row's values in the order of COLUMNS."""
        origin = self.origin
        return (
            report_id,
            self.at,
            received_at,
            self.occurred_at,
            self.service.id,
            self.component_id,
            self.symptom_id,
            origin.network,
            origin.wide_network,
            origin.asn,
            origin.reporter,
            self.kind,
            judgement.verdict.value,
            self.late,
            self.country,
            self.region,
            self.platform,
            self.error_code,
            self.note,
            self.door,
            judgement.rule,
            receipts.hash_of(secret),
        )


def _store(row: _Row, *, trap: bool, now: datetime) -> Receipt:
    """Judges and stores. With a known reporter, call it in a transaction: it locks the reporter's history."""
    earlier = _history(row.origin.reporter, now) if row.origin.reporter else ()
    judgement = trust.judge(trust.Case(row.component_id, row.kind, row.note, row.late, trap, earlier))
    if judgement.repeats is not None:
        return Receipt(
            id=judgement.repeats,
            secret=receipts.secret_of(judgement.repeats),
            service=row.service.slug,
            at=row.at,
            counted=judgement.counted,
            rule=judgement.rule,
            text=judgement.text,
            repeated=True,
        )
    report_id = receipts.new_id(now)
    secret = receipts.secret_of(report_id)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row.values(report_id, secret, judgement, now))
    if not judgement.counted:
        log.info("report %s of %s is not counted: %s", report_id, row.service.slug, judgement.rule)
    return Receipt(
        id=report_id,
        secret=secret,
        service=row.service.slug,
        at=row.at,
        counted=judgement.counted,
        rule=judgement.rule,
        text=f"{judgement.text} {row.remark}".rstrip(),
    )


def _history(reporter: int, now: datetime) -> tuple[trust.Earlier, ...]:
    """The reporter's newest reports. Two taps at once wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [reporter])
        cursor.execute(
            "SELECT id, received_at, component_id, kind, late, withdrawn_at IS NOT NULL FROM reports_report "
            "WHERE reporter = %s AND at > %s AND at <= %s ORDER BY at DESC LIMIT %s",
            [reporter, now - OLDEST - FRESH, now + FRESH, LONGEST_HISTORY],
        )
        return tuple(
            trust.Earlier(
                id=report_id,
                age_s=(now - received_at).total_seconds(),
                component=component,
                kind=kind,
                late=late,
                withdrawn=withdrawn,
            )
            for report_id, received_at, component, kind, late, withdrawn in cursor.fetchall()
        )


def _remembered(receipt: Receipt) -> dict[str, Any]:
    return {
        "id": str(receipt.id),
        "service": receipt.service,
        "at": receipt.at.isoformat(),
        "counted": receipt.counted,
        "rule": receipt.rule,
        "text": receipt.text,
        "repeated": receipt.repeated,
    }


def _replayed(answered: dict[str, Any]) -> Receipt:
    report_id = UUID(answered["id"])
    return Receipt(
        **{**answered, "id": report_id, "at": datetime.fromisoformat(answered["at"])},
        secret=receipts.secret_of(report_id),
        replayed=True,
    )


# ── what a field means ───────────────────────────────────────────────────────────────────────────────────────────


def _part(service: KnownService, component: str | None, symptom: str | None, errors: Errors) -> tuple[int, int | None]:
    """Ids of the component and the symptom. Without a component: the symptom's own, else the service's default."""
    symptom_id = None
    meant = None
    if symptom:
        symptom_id, meant = service.symptoms.get(symptom, (None, None))
        if symptom_id is None:
            errors.add(
                "symptom", f"{service.slug} has no symptom {shorten(symptom)!r}.{close_to(symptom, service.symptoms)}"
            )
    if component and component not in service.components:
        errors.add(
            "component",
            f"{service.slug} has no component {shorten(component)!r}.{close_to(component, service.components)}",
        )
    for slug in (component, meant, service.default_component):
        if slug and slug in service.components:
            return service.components[slug], symptom_id
    if not service.components:
        errors.add("service", "This service has no components to report on.")
    return next(iter(service.components.values()), 0), symptom_id


def _place(
    country: str | None,
    region: str | None,
    lat: float | None,
    lon: float | None,
    from_address: str,
    errors: Errors,
) -> tuple[str, str, str]:
    """(country, region, remark for the reporter): as chosen, else of the coordinates, else of the address, else "".

    Where the place is not known country and region are "".
    """
    check_coordinates(lat, lon, errors)
    try:
        found = places.resolve(country, region)
    except places.UnknownPlace as error:
        errors.add(error.field, str(error))
        return "", "", ""
    if found.code is None and lat is not None and lon is not None:
        found = places.locate(lat, lon) or found
    if found.code is None:
        return from_address, "", ""
    return found.country or "", found.region or "", found.note or ""


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────


def find(report_id: UUID, secret: str) -> Report:
    """The report, for whoever holds its receipt. Raises Refused: 404 for no such report, 403 for a wrong receipt."""
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
                .first()
            )
    if report is None:
        raise Refused(HTTPStatus.NOT_FOUND, "unknown-report", "There is no such report, or it is no longer kept.")
    if not receipts.fits(secret, report.receipt_hash):
        raise Refused(HTTPStatus.FORBIDDEN, "wrong-receipt", "This receipt belongs to another report.")
    return report


def correct(report_id: UUID, secret: str, correction: Correction, *, now: datetime) -> Report:
    """Changes what the correction names. Raises Refused: as `find`, 409 once it is withdrawn, 422 for wrong fields."""
    with transaction.atomic():
        report = _locked(report_id, secret)
        if report.withdrawn_at is not None:
            raise Refused(HTTPStatus.CONFLICT, "withdrawn", "This report was withdrawn. Send a new one.")
        values = _corrected(report, correction)
        Report.objects.filter(id=report.id, at=report.at).update(**values, corrected_at=now)
    return find(report_id, secret)


def withdraw(report_id: UUID, secret: str, *, now: datetime) -> Report:
    """Takes a report back: it counts no more, and what was written in it is deleted. Raises Refused as `find`."""
    with transaction.atomic():
        report = _locked(report_id, secret)
        if report.withdrawn_at is None:
            Report.objects.filter(id=report.id, at=report.at).update(withdrawn_at=now, note="", error_code="")
    return find(report_id, secret)


def _locked(report_id: UUID, secret: str) -> Report:
    report = find(report_id, secret)
    Report.objects.select_for_update().filter(id=report.id, at=report.at).values_list("id").get()
    return find(report_id, secret)


def _corrected(report: Report, correction: Correction) -> dict[str, Any]:
    """The columns that a correction changes. Raises Refused (422)."""
    said = changes(correction)
    if not said:
        raise invalid([{"field": "", "message": "Name at least one field to change."}])
    service = known.service(report.service.slug)
    errors = Errors()
    values: dict[str, Any] = {}
    if "component" in said or "symptom" in said:
        old = report.symptom.slug if report.symptom else None
        symptom = said.get("symptom", old if old in service.symptoms else None)
        component_id, symptom_id = _part(service, said.get("component"), symptom, errors)
        if "component" in said:
            values["component_id"] = component_id
        if "symptom" in said:
            values["symptom_id"] = symptom_id
    if said.keys() & {"country", "region", "lat", "lon"}:
        values["country"], values["region"], _ = _place(
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
        if report.verdict == Report.Verdict.ACCEPTED:
            judgement = trust.judge(trust.Case(report.component_id, report.kind, values["note"]))
            values["rule"] = judgement.rule
    errors.raise_if_any()
    return values
