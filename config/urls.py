"""Addresses. The API and the pages keep their own lists."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("outages.dialects.urls")),
    path("api/", include("outages.api.urls")),
    path("", include("reports.urls")),
    path("", include("outages.urls")),
]

handler400 = "outages.views.errors.bad_request"
handler404 = "outages.views.errors.not_found"
handler500 = "outages.views.errors.server_error"
