"""Views of Gatus' documents."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.services import language
from outages.clock import service_now
from outages.dialects.badges import render as badges
from outages.dialects.badges.views import svg_response
from outages.dialects.common.selection import presents_of
from outages.dialects.common.stories import stories
from outages.dialects.common.views import DialectView, all_services
from outages.dialects.gatus import render as gatus
from outages.queries import timeline
from reports.catalog.store import fetch_catalogs
from reports.models import Service


class GatusStatuses(DialectView):
    """All endpoints."""

    def get(self, request: Request) -> Response:
        return Response([endpoint.body() for endpoint in _endpoints()])


class GatusEndpoint(DialectView):
    """One endpoint, with its events."""

    def get(self, request: Request, key: str) -> Response:
        endpoint = _endpoint(key)
        return Response(endpoint.body(gatus.events(endpoint, stories([endpoint.service], language()))))


class GatusHealthBadge(DialectView):
    """health/badge.svg."""

    def get(self, request: Request, key: str) -> Response:
        health = _endpoint(key).health
        return svg_response(badges.svg("health", health, gatus.health_paint(health)))


class GatusHealthShields(DialectView):
    """health/badge.shields."""

    def get(self, request: Request, key: str) -> Response:
        return Response(gatus.shields(_endpoint(key).health))


class GatusUptime(DialectView):
    """uptimes/{duration}: the share as a bare number."""

    def share(self, key: str, duration: str) -> float | None:
        endpoint, span = _endpoint(key), gatus.DURATIONS[duration]
        until = service_now(endpoint.service, now=timezone.now())
        if endpoint.component:
            return timeline.uptimes(endpoint.service, [endpoint.component], until, span)[endpoint.component]
        return gatus.probe_history(endpoint, until, span)[0]

    def get(self, request: Request, key: str, duration: str) -> Response:
        share = self.share(key, duration)
        if share is None:
            raise NotFound("Nothing was seen of this endpoint in that time.")
        return Response(f"{share:.6f}", content_type="text/plain; charset=utf-8")


class GatusUptimeBadge(GatusUptime):
    """uptimes/{duration}/badge.svg."""

    def get(self, request: Request, key: str, duration: str) -> Response:
        share = self.share(key, duration)
        message = "?" if share is None else f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"
        return svg_response(badges.svg(f"uptime {duration}", message, gatus.uptime_paint(share)))


class GatusResponseTimeBadge(DialectView):
    """response-times/{duration}/badge.svg."""

    def get(self, request: Request, key: str, duration: str) -> Response:
        endpoint = _endpoint(key)
        latency_ms = None
        if endpoint.probe:
            until = service_now(endpoint.service, now=timezone.now())
            latency_ms = gatus.probe_history(endpoint, until, gatus.DURATIONS[duration])[1]
        message = "?" if latency_ms is None else f"{latency_ms:.0f}ms"
        paint = badges.GREY if latency_ms is None else badges.BLUE
        return svg_response(badges.svg(f"response time {duration}", message, paint))


def _endpoints(slug: str | None = None) -> list[gatus.Endpoint]:
    """The endpoints of all services, or of one."""
    services = all_services() if slug is None else list(Service.objects.filter(slug=slug, is_active=True))
    if not services:
        return []
    fetch_catalogs(services)
    presents, words = presents_of(services), language()
    histories = timeline.histories(presents, gatus.RESULTS)
    return [*gatus.parts(presents, histories, words), *gatus.probes(presents, words)]


def _endpoint(key: str) -> gatus.Endpoint:
    """The endpoint with that key. Raises NotFound."""
    slug = key.partition("_")[0]
    if "\0" in slug:
        raise NotFound("There is no such endpoint.")
    for owner in (slug, slug.removesuffix(gatus.PROBES_SUFFIX)):
        for endpoint in _endpoints(owner):
            if endpoint.key == key:
                return endpoint
    raise NotFound("There is no such endpoint.")
