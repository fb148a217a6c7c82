"""Addresses of the dialects. They come before the pages: a service's page takes everything of one word."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter
from django.urls.converters import StringConverter

from outages.dialects.badges import views as badges_views
from outages.dialects.common.views import NothingHere
from outages.dialects.feeds import views as feed_views
from outages.dialects.feeds.render import ATOM, RSS
from outages.dialects.gatus import views as gatus_views
from outages.dialects.gatus.render import DURATIONS
from outages.dialects.mcp import views as mcp_views
from outages.dialects.metrics import views as metrics_views
from outages.dialects.open311 import views as open311_views
from outages.dialects.statuspage import views as statuspage_views
from outages.dialects.uptime_kuma import views as kuma_views


class DurationConverter(StringConverter):
    """One of Gatus' spans."""

    regex = "|".join(DURATIONS)


register_converter(DurationConverter, "gatus_duration")

statuspage: list[URLPattern | URLResolver] = [
    path("summary.json", statuspage_views.StatuspageSummary.as_view()),
    path("status.json", statuspage_views.StatuspageStatus.as_view()),
    path("components.json", statuspage_views.StatuspageComponents.as_view()),
    path("incidents.json", statuspage_views.StatuspageIncidents.as_view()),
    path("incidents/unresolved.json", statuspage_views.StatuspageUnresolved.as_view()),
    path("scheduled-maintenances.json", statuspage_views.StatuspageMaintenances.as_view()),
    path("scheduled-maintenances/upcoming.json", statuspage_views.StatuspageUpcoming.as_view()),
    path("scheduled-maintenances/active.json", statuspage_views.StatuspageActive.as_view()),
    re_path("", NothingHere.as_view()),
]

feeds: list[URLPattern | URLResolver] = [
    path("atom.xml", feed_views.AtomView.as_view(), name="atom"),
    path("rss.xml", feed_views.RssView.as_view(), name="rss"),
    path("feed.json", feed_views.JsonFeedView.as_view(), name="json-feed"),
    path("cap-atom.xml", feed_views.AlertsView.as_view(file="cap-atom.xml", media_type=ATOM), name="cap-atom"),
    path("cap-rss.xml", feed_views.AlertsView.as_view(file="cap-rss.xml", media_type=RSS), name="cap-rss"),
    path("incidents.ics", feed_views.CalendarView.as_view(), name="calendar"),
    re_path("", NothingHere.as_view()),
]

open311: list[URLPattern | URLResolver] = [
    re_path(r"^discovery\.(?P<form>json|xml)$", open311_views.DiscoveryView.as_view()),
    re_path(r"^services\.(?P<form>json|xml)$", open311_views.ServicesView.as_view()),
    re_path(r"^services/(?P<code>[^/]+)\.(?P<form>json|xml)$", open311_views.DefinitionView.as_view()),
    re_path(r"^requests\.(?P<form>json|xml)$", open311_views.requests),
    re_path(r"^requests/(?P<request_id>[^/]+)\.(?P<form>json|xml)$", open311_views.one_request),
    re_path(r"^servicerequestupdates\.(?P<form>json|xml)$", open311_views.UpdatesView.as_view()),
    re_path("", open311_views.NoSuchAddress.as_view()),
]

gatus: list[URLPattern | URLResolver] = [
    path("endpoints/statuses", gatus_views.GatusStatuses.as_view()),
    path("endpoints/<str:key>/statuses", gatus_views.GatusEndpoint.as_view()),
    path("endpoints/<str:key>/health/badge.svg", gatus_views.GatusHealthBadge.as_view()),
    path("endpoints/<str:key>/health/badge.shields", gatus_views.GatusHealthShields.as_view()),
    path("endpoints/<str:key>/uptimes/<gatus_duration:duration>", gatus_views.GatusUptime.as_view()),
    path("endpoints/<str:key>/uptimes/<gatus_duration:duration>/badge.svg", gatus_views.GatusUptimeBadge.as_view()),
    path(
        "endpoints/<str:key>/response-times/<gatus_duration:duration>/badge.svg",
        gatus_views.GatusResponseTimeBadge.as_view(),
    ),
    re_path("", NothingHere.as_view()),
]

urlpatterns = [
    path("mcp", mcp_views.endpoint, name="mcp"),
    path("mcp/", mcp_views.endpoint),  # as many write it
    path("metrics", metrics_views.MetricsView.as_view(), name="metrics"),
    path("api/v2/", include(statuspage)),
    path("open311/v2/", include(open311)),
    path("gatus/api/v1/", include(gatus)),
    path("kuma/api/status-page/heartbeat/<str:slug>", kuma_views.KumaHeartbeats.as_view()),
    path("kuma/api/status-page/<str:slug>", kuma_views.KumaPage.as_view()),
    re_path("^kuma/", NothingHere.as_view()),
    path("board/<str:of>/api/v2/", include(statuspage)),
    path("board/<str:of>/badge.svg", badges_views.SvgBadge.as_view(), name="board-badge"),
    path("board/<str:of>/badge.json", badges_views.ShieldsBadge.as_view(), name="board-badge-json"),
    path("<slug:slug>/api/v2/", include(statuspage)),
    path("<slug:slug>/badge.svg", badges_views.SvgBadge.as_view(), name="badge"),
    path("<slug:slug>/badge.json", badges_views.ShieldsBadge.as_view(), name="badge-json"),
]

# What people read in their own language: the language stands in the address, as a page's does.
in_each_language: list[URLPattern | URLResolver] = [
    path("feeds/", include((feeds, "all-feeds"))),
    path("<slug:slug>/feeds/", include((feeds, "feeds"))),
    path("<slug:slug>/incidents/<int:number>/cap.xml", feed_views.CapView.as_view(), name="cap"),
    path("<slug:slug>/incidents/<int:number>/cap/<slug:message>.xml", feed_views.CapView.as_view(), name="cap-message"),
]
