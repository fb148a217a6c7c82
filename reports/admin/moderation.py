"""Reports to judge: held ones, notes, networks to block, and what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from reports import places
from reports.admin.base import LookOnly, asking_why, log
from reports.intake import moderation
from reports.intake.moderation import ModerationError
from reports.models import HeldReport, NetworkBlock, NotedReport, Report, ReportDecision, SeenReport, short


def _counted(count: int, done: str, chosen: int) -> str:
    left = f" {chosen - count} of those chosen were left as they are." if count < chosen else ""
    return f"{count} {'report was' if count == 1 else 'reports were'} {done}.{left}"


class SeenReportAdmin(LookOnly):
    """Reports as moderators see them: a place no finer than a region, a network by its short hash of the day."""

    list_select_related = ("service", "component", "symptom")
    list_per_page = 100
    ordering = ("-at",)
    show_full_result_count = False
    fields = readonly_fields = (
        *("at", "received_at", "service", "what", "place", "note", "network_hash", "door", "late"),
        *("verdict", "rule", "decided"),
    )

    @admin.display(description="says")
    def what(self, row: SeenReport) -> str:
        return f"{row.component.name}: {row.symptom.name if row.symptom else row.get_kind_display()}"

    @admin.display(description="place")
    def place(self, row: SeenReport) -> str:
        found = places.get(row.region or row.country)
        return found.name("en") if found else "unknown"

    @admin.display(description="network", ordering="network")
    def network_hash(self, row: SeenReport) -> str:
        return short(row.network)

    @admin.display(description="what was decided")
    def decided(self, row: SeenReport) -> str:
        past = ReportDecision.objects.filter(report_id=row.pk).select_related("by")
        return "\n".join(f"{one.at:%Y-%m-%d %H:%M} UTC, {one.by or 'somebody'}: {one}" for one in past) or "nothing yet"

    @asking_why("block the networks of these reports for today", refused=ModerationError)
    def block(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        now = timezone.now()
        networks = {row.network: row.received_at for row in rows}
        made = 0
        for network, received_at in networks.items():
            try:
                moderation.block_network(network, received_at, reason=reason, by=request.user, now=now)
                made += 1
            except ModerationError as why:
                if len(networks) == 1 or "reason" in str(why):
                    raise
                self.message_user(request, f"{short(network)}: {why}", messages.WARNING)
        return f"{made} {'network is' if made == 1 else 'networks are'} blocked until midnight (UTC)."


@admin.register(HeldReport)
class HeldReportAdmin(SeenReportAdmin):
    """The queue: what a rule held for a look."""

    list_display = ("at", "note", "what", "place", "rule", "network_hash", "service")
    list_filter = ("service", "rule", "kind", "door")
    actions = ("accept", "drop", "block")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldReport]:
        held: QuerySet[HeldReport] = super().get_queryset(request)
        return held.filter(verdict=Report.Verdict.HELD, withdrawn_at=None)

    @asking_why("accept: count these reports from now on", refused=ModerationError)
    def accept(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        done = moderation.accept([row.pk for row in rows], reason=reason, by=request.user, now=timezone.now())
        return _counted(done, "accepted; they count at their own times within a minute", len(rows))

    @asking_why("drop: never count these reports", refused=ModerationError)
    def drop(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        done = moderation.drop([row.pk for row in rows], reason=reason, by=request.user, now=timezone.now())
        return _counted(done, "dropped", len(rows))


@admin.register(NotedReport)
class NotedReportAdmin(SeenReportAdmin):
    """Reports in which somebody wrote something."""

    list_display = ("at", "note", "what", "place", "verdict", "rule", "network_hash", "service")
    list_filter = ("service", "verdict", "rule", "kind")
    search_fields = ("note",)
    actions = ("hide_notes", "show_notes", "hold", "block")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NotedReport]:
        noted: QuerySet[NotedReport] = super().get_queryset(request)
        return noted.exclude(note="")

    @asking_why("hide the notes (the reports still count)", refused=ModerationError)
    def hide_notes(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        done = moderation.hide_notes([row.pk for row in rows], reason=reason, by=request.user, now=timezone.now())
        return _counted(done, "stripped of a note that could be shown", len(rows))

    @asking_why("stop hiding the notes", refused=ModerationError)
    def show_notes(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        done = moderation.show_notes([row.pk for row in rows], reason=reason, by=request.user, now=timezone.now())
        return _counted(done, "given back their notes", len(rows))

    @asking_why("hold: move these reports to the queue", refused=ModerationError)
    def hold(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        done = moderation.hold([row.pk for row in rows], reason=reason, by=request.user, now=timezone.now())
        return _counted(done, "held", len(rows))


@admin.register(ReportDecision)
class ReportDecisionAdmin(LookOnly):
    """What was decided about reports, by whom and why."""

    list_display = ("at", "by", "action", "service", "rule_before", "reason", "report_at", "report_id")
    list_filter = ("action", "service", "rule_before", "by")
    list_select_related = ("service", "by")
    date_hierarchy = "at"
    actions = ("hold_again",)

    @asking_why("hold the reports from these decisions again", refused=ModerationError)
    def hold_again(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        reports = {row.report_id for row in rows}
        done = moderation.hold(reports, reason=reason, by=request.user, now=timezone.now())
        return _counted(done, "put back into the queue", len(reports))

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reports.change_heldreport")


@admin.register(NetworkBlock)
class NetworkBlockAdmin(LookOnly):
    """Networks whose reports of a day are held. A block ends by itself at midnight (UTC), with the key of its hash."""

    list_display = ("day", "network_hash", "reason", "by", "created_at", "lifted_at", "lifted_by")
    list_filter = ("day", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("by", "lifted_by")
    fields = readonly_fields = list_display
    actions = ("lift",)

    @admin.display(description="network")
    def network_hash(self, row: NetworkBlock) -> str:
        return short(row.network)

    @admin.action(description="lift these blocks", permissions=["moderate"])
    def lift(self, request: HttpRequest, queryset: QuerySet[NetworkBlock]) -> None:
        lifted = [row for row in queryset if moderation.lift_block(row, by=request.user, now=timezone.now())]
        rows: list[Model] = list(lifted)
        log(request, rows, "Lifted.")
        self.message_user(request, f"{len(lifted)} blocks were lifted.", messages.SUCCESS)
