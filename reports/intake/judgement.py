"""What becomes of a report: its judgement with what its reporter said before, and its receipt."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from msgspec import Struct

from reports.intake import network_blocks, receipts, rules
from reports.intake.rows import Row, whole_minute
from reports.intake.submissions import FRESH, OLDEST

log = logging.getLogger(__name__)

LONGEST_HISTORY = 60  # a reporter's own reports that the rules look at


class Receipt(Struct, frozen=True):
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


def judged(
    row: Row, earlier: tuple[rules.Earlier, ...], *, trap: bool, now: datetime, surge: bool = False
) -> tuple[Receipt, tuple[Any, ...] | None]:
    """The answer to a report, and its values to store in the order of COLUMNS: None for one that is there already."""
    ago_s = (now - row.occurred_at).total_seconds()
    blocked = network_blocks.holds(row.origin.network, now)
    case = rules.Case(row.component_id, row.kind, row.note, row.late, trap, earlier, ago_s, blocked, surge)
    judgement = rules.judge(case)
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
    report_id = receipts.new_id(whole_minute(now))  # its time is read from it
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
        text=f"{judgement.text} {row.remark}" if row.remark else judgement.text,
    )
    return new_one, row.values(report_id, secret, judgement, now)


def history(reporter: int, now: datetime) -> tuple[rules.Earlier, ...]:
    """Return the reporter's newest reports, with their ages in whole minutes. Two taps at once wait here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [reporter])
    return tuple(histories([reporter], now).get(reporter, ()))


def histories(reporters: Sequence[int], now: datetime) -> Mapping[int, list[rules.Earlier]]:
    """Return the newest reports of each, with their ages in whole minutes. Call it with the reporters locked."""
    with connection.cursor() as cursor:
        cursor.execute(*histories_query(reporters, now))
        return histories_found(cursor.fetchall(), now)


def histories_query(reporters: Sequence[int], now: datetime) -> tuple[str, list[Any]]:
    """Return the query of `histories` and its parameters, for whoever sends it together with others."""
    query = (
        "SELECT who.reporter, r.* FROM unnest(%s::bigint[]) AS who (reporter) CROSS JOIN LATERAL ("
        "  SELECT id, received_at, occurred_at, component_id, kind, late, withdrawn_at IS NOT NULL, verdict"
        "  FROM reports_report WHERE reporter = who.reporter AND reporter <> 0 AND at > %s AND at <= %s"
        "  ORDER BY at DESC LIMIT %s"
        ") AS r"
    )
    return query, [list(reporters), *history_span(now), LONGEST_HISTORY]


def history_span(now: datetime) -> tuple[datetime, datetime]:
    """Return after when, and until when, a report counts as said before."""
    now = now.replace(second=0, microsecond=0)
    return now - OLDEST - FRESH, now + FRESH


def histories_found(rows: Iterable[Sequence[Any]], now: datetime) -> Mapping[int, list[rules.Earlier]]:
    """Return what `histories_query` found, as `histories` does."""
    now = now.replace(second=0, microsecond=0)
    found: dict[int, list[rules.Earlier]] = defaultdict(list)
    for reporter, report_id, received_at, occurred_at, component, kind, late, withdrawn, verdict in rows:
        found[reporter].append(
            rules.Earlier(
                id=report_id,
                age_s=(now - received_at).total_seconds(),
                component=component,
                kind=kind,
                late=late,
                withdrawn=withdrawn,
                ago_s=(now - occurred_at).total_seconds(),
                counted=verdict == rules.Ruling.ACCEPTED,
            )
        )
    return found


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
