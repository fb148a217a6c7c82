"""How the signals fare: vantages, probes, sources, counts. To look at only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest

from outages.models import DetectorState, ProbeHealth, ProbeHour, ScanFailure, ServiceMinute, SourceHealth, Vantage
from reports.admin.base import LookOnly, ago


@admin.register(Vantage)
class VantageAdmin(LookOnly):
    list_display = ("name", "last_seen_at", "last_result_at")


@admin.register(ProbeHealth)
class ProbeHealthAdmin(LookOnly):
    list_display = ("service", "probe", "vantage", "classification", "http_status", "error", "latency_ms", "last_at")
    list_filter = ("service", "vantage", "classification", "control")
    list_select_related = ("service",)


@admin.register(ProbeHour)
class ProbeHourAdmin(LookOnly):
    list_display = ("hour", "service", "probe", "vantage", "results", "up", "degraded", "down", "blocked", "p95_ms")
    list_filter = ("service", "vantage")
    date_hierarchy = "hour"
    list_select_related = ("service",)


@admin.register(SourceHealth)
class SourceHealthAdmin(LookOnly):
    """Sources of announcements, those in trouble first."""

    list_display = (
        *("service", "slug", "kind", "state", "detail", "last_success", "last_change_at", "next_try_at"),
        *("not_before", "failures", "spent_today"),
    )
    list_filter = ("service", "kind", "state")
    list_select_related = ("service",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceHealth]:
        rows: QuerySet[SourceHealth] = super().get_queryset(request)
        well = (SourceHealth.State.FINE, SourceHealth.State.SLOW)
        trouble = Case(When(state__in=well, then=Value(1)), default=Value(0), output_field=IntegerField())
        return rows.order_by(trouble, "service__position", "slug")

    @admin.display(description="last success", ordering="last_success_at")
    def last_success(self, row: SourceHealth) -> str:
        return ago(row.last_success_at)


@admin.register(ServiceMinute)
class ServiceMinuteAdmin(LookOnly):
    list_display = ("minute", "service", "raw", "effective", "expected", "working", "recovered")
    list_filter = ("service",)
    date_hierarchy = "minute"
    list_select_related = ("service",)


@admin.register(DetectorState)
class DetectorStateAdmin(LookOnly):
    list_display = ("service", "minute", "updated_at")
    fields = readonly_fields = ("service", "minute", "updated_at")
    list_select_related = ("service",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DetectorState]:
        return DetectorState.objects.defer("state")


@admin.register(ScanFailure)
class ScanFailureAdmin(LookOnly):
    """Minutes that failed, and why. Those that were set aside are in no count."""

    list_display = ("minute", "service", "stage", "attempts", "error", "first_at", "last_at", "set_aside_at")
    list_filter = ("service", "stage", ("set_aside_at", admin.EmptyFieldListFilter))
    date_hierarchy = "minute"
    list_select_related = ("service",)
