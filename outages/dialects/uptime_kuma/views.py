"""Views of Uptime Kuma's status page."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import service_or_404
from outages.api.services import language
from outages.clock import service_now
from outages.dialects.common.stories import plans, stories
from outages.dialects.common.views import DialectView, default_service
from outages.dialects.uptime_kuma import render as uptime_kuma
from outages.queries import timeline
from reports.catalog.store import catalog_of
from reports.models import Component, Service


class KumaPage(DialectView):
    """A status page's settings, incident and monitors."""

    def get(self, request: Request, slug: str) -> Response:
        service, words = _kuma_service(slug), language()
        now = service_now(service, now=timezone.now())
        body = uptime_kuma.page(
            service,
            catalog_of(service),
            _monitors(service),
            stories([service], words, only_open=True),
            plans([service], words, {service.pk: now}),
            words,
            now,
        )
        return Response(body)


class KumaHeartbeats(DialectView):
    """The monitors' last beats."""

    def get(self, request: Request, slug: str) -> Response:
        service = _kuma_service(slug)
        now = service_now(service, now=timezone.now())
        monitors = _monitors(service)
        history = timeline.histories({service: now}, uptime_kuma.BEATS)[service.pk]
        shares = timeline.uptimes(service, list(monitors), now, timedelta(hours=24))
        return Response(uptime_kuma.heartbeats(monitors, history, shares))


def _kuma_service(slug: str) -> Service:
    return default_service() if slug == "default" else service_or_404(slug.lower())


def _monitors(service: Service) -> dict[str, int]:
    """The numbers of a service's parts, in the catalogue's order."""
    numbers = dict(Component.objects.filter(service=service, is_active=True).values_list("slug", "pk"))
    return {part.slug: numbers[part.slug] for part in catalog_of(service).components if part.slug in numbers}
