"""Addresses below /api/."""

from __future__ import annotations

from django.urls import include, path

from outages.api.services import StatusView

v1 = [
    path("services/<str:slug>/status", StatusView.as_view(), name="service-status"),
    path("", include("reports.urls_api")),
]

app_name = "api"
urlpatterns = [path("v1/", include(v1))]
