"""Which services a dialect speaks of, and at which moments."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from outages.api.framework.views import service_or_404
from outages.clock import service_now
from outages.dialects.common.views import all_services
from reports.catalog.store import fetch_catalogs
from reports.models import Service


def services_of(slug: str | None) -> list[Service]:
    """The named service, or all, with their catalogues at hand."""
    services = [service_or_404(slug)] if slug else all_services()
    fetch_catalogs(services)
    return services


def moments_of(services: list[Service]) -> dict[int, datetime]:
    """Each service's present."""
    return {service.pk: moment for service, moment in presents_of(services).items()}


def presents_of(services: list[Service]) -> dict[Service, datetime]:
    now = timezone.now()
    ids = [service.pk for service in services if service.clock != Service.Clock.LIVE]
    loaded = Service.objects.select_related("detector_state").defer("detector_state__state")
    recorded = {service.pk: service for service in loaded.filter(pk__in=ids)} if ids else {}
    return {service: service_now(recorded.get(service.pk, service), now=now) for service in services}
