"""What moderators decide about reports: who, when and why is kept, and the minutes are counted again.

A report that is accepted counts in its own minute from then on, as a late one does: in the counts that are drawn, and
in the detector only where its minute has not been stepped yet or is stepped again by a rebuild
(docs/decisions/0002).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from reports.intake import network_blocks, rules
from reports.models import NetworkBlock, Report, ReportDecision

LONGEST_REASON = 300
Verdict, Action = Report.Verdict, ReportDecision.Action


class ModerationError(ValueError):
    """A decision that cannot be taken. The message says why, for the moderator."""


def accept(reports: Collection[UUID], *, reason: str, by: Any, now: datetime) -> int:
    """Lets held reports count. Returns how many; others are left as they are."""
    return _judge(reports, Action.ACCEPT, [Verdict.HELD], Verdict.ACCEPTED, reason, by, now)


def drop(reports: Collection[UUID], *, reason: str, by: Any, now: datetime) -> int:
    """Lets held reports never count. Returns how many; others are left as they are."""
    return _judge(reports, Action.DROP, [Verdict.HELD], Verdict.REJECTED, reason, by, now)


def hold(reports: Collection[UUID], *, reason: str, by: Any, now: datetime) -> int:
    """Holds reports for another look, whatever was decided. Returns how many."""
    return _judge(reports, Action.HOLD, [Verdict.ACCEPTED, Verdict.REJECTED], Verdict.HELD, reason, by, now)


def hide_notes(reports: Collection[UUID], *, reason: str, by: Any, now: datetime) -> int:
    """Hides the notes of counted reports, which go on counting. Returns how many."""
    with transaction.atomic():
        rows = [
            row
            for row in _locked(reports)
            if row.note and row.verdict == Verdict.ACCEPTED and row.rule != rules.NOTE_HIDDEN_BY_MODERATOR
        ]
        _note(rows, Action.HIDE_NOTE, reason, by, now)
        _update(rows, rule=rules.NOTE_HIDDEN_BY_MODERATOR)
    return len(rows)


def show_notes(reports: Collection[UUID], *, reason: str, by: Any, now: datetime) -> int:
    """Takes the hiding of notes back. Returns how many."""
    with transaction.atomic():
        rows = [row for row in _locked(reports) if row.rule == rules.NOTE_HIDDEN_BY_MODERATOR]
        hidden = ReportDecision.objects.filter(report_id__in=[row.id for row in rows], action=Action.HIDE_NOTE)
        before = dict(hidden.order_by("id").values_list("report_id", "rule_before"))
        _note(rows, Action.SHOW_NOTE, reason, by, now)
        for row in rows:
            _update([row], rule=before.get(row.id, ""))
    return len(rows)


def block_network(network: int, day_of: datetime, *, reason: str, by: Any, now: datetime) -> NetworkBlock:
    """Holds what comes from a network for the rest of the day, for a look. `day_of` is when its hash was made.

    The key of hashes changes at midnight (UTC): a hash says nothing of other days. Raises ModerationError.
    """
    today = now.astimezone(UTC).date()
    if network == 0:
        raise ModerationError("The network of this report is not known.")
    if day_of.astimezone(UTC).date() != today:
        raise ModerationError("This report came on another day (UTC): its network has another hash today.")
    try:
        with transaction.atomic():
            made = NetworkBlock.objects.create(
                day=today, network=network, reason=_checked(reason), by=by, created_at=now
            )
    except IntegrityError as error:
        raise ModerationError("This network is blocked already.") from error
    transaction.on_commit(network_blocks.forget)
    return made


def lift_block(block: NetworkBlock, *, by: Any, now: datetime) -> bool:
    """Ends a block. False where it had ended."""
    lifted = NetworkBlock.objects.filter(pk=block.pk, lifted_at=None).update(lifted_at=now, lifted_by=by)
    transaction.on_commit(network_blocks.forget)
    return bool(lifted)


_RULES = {
    Action.ACCEPT: rules.ACCEPTED_BY_MODERATOR,
    Action.DROP: rules.DROPPED_BY_MODERATOR,
    Action.HOLD: rules.HELD_BY_MODERATOR,
}


def _judge(
    reports: Collection[UUID],
    action: ReportDecision.Action,
    before: Collection[int],
    after: int,
    reason: str,
    by: Any,
    now: datetime,
) -> int:
    with transaction.atomic():
        rows = [row for row in _locked(reports) if row.verdict in before and row.withdrawn_at is None]
        _note(rows, action, reason, by, now)
        by_rule: dict[str, list[Report]] = defaultdict(list)
        for row in rows:
            by_rule[_rule(row, action)].append(row)
        for rule, alike in by_rule.items():
            _update(alike, verdict=after, rule=rule)
    return len(rows)


def _rule(row: Report, action: ReportDecision.Action) -> str:
    """The rule to store. A note that is not to be shown stays so when its report is accepted."""
    alone = rules.judge(rules.Case(row.component_id, row.kind, row.note)).rule if row.note else ""
    return alone if action == Action.ACCEPT and alone in rules.HIDING_RULES else _RULES[action]


def _locked(reports: Collection[UUID]) -> list[Report]:
    return list(Report.objects.select_for_update().filter(id__in=reports))


def _note(rows: Collection[Report], action: ReportDecision.Action, reason: str, by: Any, now: datetime) -> None:
    reason = _checked(reason)
    ReportDecision.objects.bulk_create(
        ReportDecision(
            report_id=row.id,
            report_at=row.at,
            service_id=row.service_id,
            action=action,
            rule_before=row.rule,
            reason=reason,
            by=by,
            at=now,
        )
        for row in rows
    )


def _update(rows: Collection[Report], **values: Any) -> None:
    times = [row.at for row in rows]
    if rows:
        between = (min(times), max(times))  # only the partitions of these days
        Report.objects.filter(id__in=[row.id for row in rows], at__range=between).update(**values)


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise ModerationError("Give a reason.")
    if len(reason) > LONGEST_REASON:
        raise ModerationError(f"A reason has at most {LONGEST_REASON} characters.")
    return reason
