"""Which services a dialect speaks of, and at which moments."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import timezone
from rest_framework.exceptions import ParseError

from outages.api.framework.views import service_or_404
from outages.clock import service_now
from outages.dialects.common.views import all_services
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.errors import shorten
from reports.models import Service

MOST_CHOSEN: Final = 50


def services_of(slug: str | None) -> list[Service]:
    """The named service, or all, with their catalogues at hand."""
    services = [service_or_404(slug)] if slug else all_services()
    fetch_catalogs(services)
    return services


def chosen(of: str) -> list[tuple[Service, str]]:
    """Return the services, each with a component or "", that `?of=tesla.app,spectrum` names, in its order.

    Raises ParseError, saying what is wrong.
    """
    names = list(dict.fromkeys(part.strip() for part in of.split(",") if part.strip()))
    if not names or len(names) > MOST_CHOSEN:
        raise ParseError("“of” names 1 to 50 services, such as tesla.app,spectrum.", code="bad-request")
    services = {service.slug: service for service in services_of(None)}
    found = []
    for name in names:
        slug, _dot, component = name.partition(".")
        if slug not in services:
            raise ParseError(f"“of” names {shorten(slug)!r}, which is not among the services.", code="bad-request")
        if component and component not in {part.slug for part in catalog_of(services[slug]).components}:
            raise ParseError(f"“of” names {shorten(name)!r}, which is not a component.", code="bad-request")
        found.append((services[slug], component))
    return found


def moments_of(services: list[Service]) -> dict[int, datetime]:
    """Each service's present."""
    return {service.pk: moment for service, moment in presents_of(services).items()}


def presents_of(services: list[Service]) -> dict[Service, datetime]:
    now = timezone.now()
    ids = [service.pk for service in services if service.clock != Service.Clock.LIVE]
    loaded = Service.objects.select_related("detector_state").defer("detector_state__state")
    recorded = {service.pk: service for service in loaded.filter(pk__in=ids)} if ids else {}
    return {service: service_now(recorded.get(service.pk, service), now=now) for service in services}
