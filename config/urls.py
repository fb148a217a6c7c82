"""Addresses. The API and the pages keep their own lists."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("outages.api.urls")),
]
