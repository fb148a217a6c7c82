"""Addresses below /api/v1/ that take reports in."""

from __future__ import annotations

from django.urls import path

from reports.api.views import ReportBatchView, ReportsView, ReportView

urlpatterns = [
    path("reports", ReportsView.as_view(), name="reports"),
    path("reports/batch", ReportBatchView.as_view(), name="report-batch"),
    path("reports/<uuid:report_id>", ReportView.as_view(), name="report"),
]
