"""Addresses of the dialects. They come before the pages: a service's page takes everything of one word."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter
from django.urls.converters import StringConverter

from outages.dialects import views
from outages.dialects.common.views import NothingHere
from outages.dialects.gatus.render import DURATIONS
from outages.dialects.open311 import views as open311_views


class DurationConverter(StringConverter):
    """One of Gatus' spans."""

    regex = "|".join(DURATIONS)


register_converter(DurationConverter, "gatus_duration")

statuspage: list[URLPattern | URLResolver] = [
    path("summary.json", views.StatuspageSummary.as_view()),
    path("status.json", views.StatuspageStatus.as_view()),
    path("components.json", views.StatuspageComponents.as_view()),
    path("incidents.json", views.StatuspageIncidents.as_view()),
    path("incidents/unresolved.json", views.StatuspageUnresolved.as_view()),
    path("scheduled-maintenances.json", views.StatuspageMaintenances.as_view()),
    path("scheduled-maintenances/upcoming.json", views.StatuspageUpcoming.as_view()),
    path("scheduled-maintenances/active.json", views.StatuspageActive.as_view()),
    re_path("", NothingHere.as_view()),
]

feeds: list[URLPattern | URLResolver] = [
    path("atom.xml", views.AtomView.as_view(), name="atom"),
    path("rss.xml", views.RssView.as_view(), name="rss"),
    path("feed.json", views.JsonFeedView.as_view(), name="json-feed"),
    path("incidents.ics", views.CalendarView.as_view(), name="calendar"),
]

open311: list[URLPattern | URLResolver] = [
    re_path(r"^discovery\.(?P<form>json|xml)$", open311_views.DiscoveryView.as_view()),
    re_path(r"^services\.(?P<form>json|xml)$", open311_views.ServicesView.as_view()),
    re_path(r"^services/(?P<code>[^/]+)\.(?P<form>json|xml)$", open311_views.DefinitionView.as_view()),
    re_path(r"^requests\.(?P<form>json|xml)$", open311_views.requests),
    re_path(r"^requests/(?P<request_id>[^/]+)\.(?P<form>json|xml)$", open311_views.one_request),
    re_path("", open311_views.NoSuchAddress.as_view()),
]

gatus: list[URLPattern | URLResolver] = [
    path("endpoints/statuses", views.GatusStatuses.as_view()),
    path("endpoints/<str:key>/statuses", views.GatusEndpoint.as_view()),
    path("endpoints/<str:key>/health/badge.svg", views.GatusHealthBadge.as_view()),
    path("endpoints/<str:key>/health/badge.shields", views.GatusHealthShields.as_view()),
    path("endpoints/<str:key>/uptimes/<gatus_duration:duration>", views.GatusUptime.as_view()),
    path("endpoints/<str:key>/uptimes/<gatus_duration:duration>/badge.svg", views.GatusUptimeBadge.as_view()),
    path(
        "endpoints/<str:key>/response-times/<gatus_duration:duration>/badge.svg",
        views.GatusResponseTimeBadge.as_view(),
    ),
    re_path("", NothingHere.as_view()),
]

urlpatterns = [
    path("metrics", views.MetricsView.as_view(), name="metrics"),
    path("api/v2/", include(statuspage)),
    path("open311/v2/", include(open311)),
    path("gatus/api/v1/", include(gatus)),
    path("kuma/api/status-page/heartbeat/<str:slug>", views.KumaHeartbeats.as_view()),
    path("kuma/api/status-page/<str:slug>", views.KumaPage.as_view()),
    path("feeds/", include((feeds, "all-feeds"))),
    path("<slug:slug>/api/v2/", include(statuspage)),
    path("<slug:slug>/feeds/", include((feeds, "feeds"))),
    path("<slug:slug>/badge.svg", views.SvgBadge.as_view(), name="badge"),
    path("<slug:slug>/badge.json", views.ShieldsBadge.as_view(), name="badge-json"),
    path("<slug:slug>/incidents/<int:number>/cap.xml", views.CapView.as_view(), name="cap"),
]
