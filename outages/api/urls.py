"""Addresses below /api/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from outages.api import keys, observations, subscriptions
from outages.api.aggregates import AggregateView
from outages.api.boards import BoardView
from outages.api.counts import CountsView, TimeseriesView
from outages.api.disputes import DisputesView, IncidentDisputesView
from outages.api.framework.openapi import SchemaView, docs
from outages.api.framework.problems import all_problems, nothing_here, problem
from outages.api.incidents import AnnouncementsView, IncidentDetailView, IncidentsView
from outages.api.live import ServiceStreamView, StreamView
from outages.api.maps import MapView
from outages.api.places import PlacesView, PlaceView
from outages.api.services import ComponentsView, ServicesView, ServiceView, StatusView, SymptomsView
from outages.api.signals import AllSourcesView, ProbeHistoryView, ProbesView, SourcesView

v1: list[URLPattern | URLResolver] = [
    path("", include("reports.api.urls")),  # first: what a surge hits
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", docs, name="docs"),
    path("services", ServicesView.as_view(), name="services"),
    path("services/<str:slug>", ServiceView.as_view(), name="service"),
    path("services/<str:slug>/status", StatusView.as_view(), name="service-status"),
    path("services/<str:slug>/components", ComponentsView.as_view(), name="service-components"),
    path("services/<str:slug>/symptoms", SymptomsView.as_view(), name="service-symptoms"),
    path("services/<str:slug>/incidents", IncidentsView.as_view(), name="service-incidents"),
    path("services/<str:slug>/timeseries", TimeseriesView.as_view(), name="service-timeseries"),
    path("services/<str:slug>/reports", CountsView.as_view(), name="service-reports"),
    path("services/<str:slug>/aggregate", AggregateView.as_view(), name="service-aggregate"),
    path("services/<str:slug>/map", MapView.as_view(), name="service-map"),
    path("services/<str:slug>/announcements", AnnouncementsView.as_view(), name="service-announcements"),
    path("services/<str:slug>/sources", SourcesView.as_view(), name="service-sources"),
    path("services/<str:slug>/probes", ProbesView.as_view(), name="service-probes"),
    path("services/<str:slug>/probes/<str:probe>/history", ProbeHistoryView.as_view(), name="service-probe-history"),
    path("services/<str:slug>/stream", ServiceStreamView.as_view(), name="service-stream"),
    path("board", BoardView.as_view(), name="board"),
    path("sources", AllSourcesView.as_view(), name="sources"),
    path("stream", StreamView.as_view(), name="stream"),
    path("incidents/<int:incident_id>", IncidentDetailView.as_view(), name="incident"),
    path("incidents/<int:incident_id>/disputes", IncidentDisputesView.as_view(), name="incident-disputes"),
    path("disputes", DisputesView.as_view(), name="disputes"),
    path("places", PlacesView.as_view(), name="places"),
    path("places/<str:code>", PlaceView.as_view(), name="place"),
    path("", include(keys.urlpatterns)),
    path("", include(observations.urlpatterns)),
    path("", include(subscriptions.urlpatterns)),
]

app_name = "api"
urlpatterns = [
    path("v1/", include(v1)),
    path("problems", all_problems, name="problems"),
    path("problems/<str:code>", problem, name="problem"),
    re_path("", nothing_here),
]
