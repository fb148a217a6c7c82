"""Services, their parts and symptoms, and what is known of them at a moment."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.paging import (
    FIELDS_PARAMETER,
    PAGE_PARAMETERS,
    ShortListView,
    items,
    page,
    page_of,
    short_list,
)
from outages.api.framework.views import AT_PARAMETER, ReadView, moment, service_or_404
from outages.api.incidents import incident_body
from outages.api.serializers import (
    ComponentSerializer,
    ServiceDetailSerializer,
    ServiceSerializer,
    StatusSerializer,
    SymptomSerializer,
)
from outages.clock import whole_minute
from outages.queries import status as queries
from reports.api.serializers import problems
from reports.catalog.schema import Catalog, Guide, localise
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.models import Service


def language() -> str:
    """The language of the answer."""
    return get_language() or "en"


def service_body(service: Service) -> dict[str, Any]:
    """A service as the API gives it."""
    catalog, words = catalog_of(service), language()
    return {
        "slug": service.slug,
        "name": localise(catalog.name, words),
        "description": localise(catalog.description, words),
        "homepage": catalog.homepage,
        "clock": service.clock,
        "provenance": localise(catalog.provenance, words),
        "disclaimer": localise(catalog.disclaimer, words),
        "accepts_reports": catalog.accepts_reports,
        "default_component": catalog.default_component,
        "countries": catalog.places,
        "url": f"{settings.SITE_URL}/{service.slug}/",
        "status_url": f"{settings.SITE_URL}/api/v1/services/{service.slug}/status",
    }


def component_bodies(catalog: Catalog) -> list[dict[str, Any]]:
    """A service's parts as the API gives them."""
    words = language()
    return [
        {
            "slug": component.slug,
            "name": localise(component.name, words),
            "description": localise(component.description, words),
            "depends_on": component.depends_on,
        }
        for component in catalog.components
    ]


def symptom_bodies(catalog: Catalog) -> list[dict[str, Any]]:
    """A service's symptoms as the API gives them."""
    words = language()
    return [
        {
            "slug": symptom.slug,
            "name": localise(symptom.name, words),
            "component": symptom.component,
            "components": symptom.components,
            "suggests": symptom.suggests,
            "http_status": symptom.http_status,
            "common": symptom.common,
            "guide": _guide_body(symptom.guide, words) if symptom.guide else None,
        }
        for symptom in catalog.symptoms
    ]


def _guide_body(guide: Guide, words: str) -> dict[str, Any]:
    return {
        "meaning": localise(guide.meaning, words),
        "causes": {cause: localise(text, words) for cause, text in guide.causes.items()},
        "stops": [localise(text, words) for text in guide.stops],
        "steps": [localise(text, words) for text in guide.steps],
        "avoid": [localise(text, words) for text in guide.avoid],
        "permanent": localise(guide.permanent, words),
    }


def status_body(status: queries.Status) -> dict[str, Any]:
    """A status as the API gives it: each field of its serializer, from the status's own of that name or from here."""
    made: dict[str, Any] = {
        "service": status.slug,
        "verdict": status.verdict.value,
        "tally_30m": asdict(status.tally),
        "at": whole_minute(status.at),  # so that the same state gives the same bytes
        "evidence": [asdict(chip) for chip in status.chips],
        "incidents": [incident_body(status.slug, view) for view in status.incidents],
        "upstream_incidents": [asdict(found) for found in status.upstream_incidents],
        "url": f"{settings.SITE_URL}/{status.slug}/",
    }
    return {name: made[name] if name in made else getattr(status, name) for name in map(str, StatusSerializer().fields)}


@extend_schema(tags=["services"])
class ServicesView(ReadView):
    """All services."""

    max_age_s = 60

    @extend_schema(
        operation_id="services_list",
        summary="All services",
        parameters=[*PAGE_PARAMETERS, FIELDS_PARAMETER],
        responses={200: page_of(ServiceSerializer), **problems(400, 406)},
    )
    def get(self, request: Request) -> Response:
        rows = Service.objects.filter(is_active=True)
        found, links = page(request, rows, ("position", "slug"), self)
        fetch_catalogs(found)
        return Response({**links, "results": items(request, ServiceSerializer, map(service_body, found))})


@extend_schema(tags=["services"])
class ServiceView(ReadView):
    """One service."""

    max_age_s = 60

    @extend_schema(
        operation_id="services_retrieve",
        summary="A service with its components and symptoms",
        responses={200: ServiceDetailSerializer, **problems(404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        catalog = catalog_of(service)
        body = {
            **service_body(service),
            "components": component_bodies(catalog),
            "symptoms": symptom_bodies(catalog),
        }
        return Response(ServiceDetailSerializer(body).data)


@extend_schema(tags=["services"])
@short_list(ComponentSerializer, "services_components", "The parts of a service")
class ComponentsView(ShortListView):
    """The parts of a service."""

    max_age_s = 60
    item = ComponentSerializer

    def bodies(self, request: Request, **names: str) -> list[dict[str, Any]]:
        return component_bodies(catalog_of(service_or_404(names["slug"])))


@extend_schema(tags=["services"])
@short_list(
    SymptomSerializer, "services_symptoms", "What people see when a service fails, what it means and what to do"
)
class SymptomsView(ShortListView):
    """The symptoms of a service."""

    max_age_s = 60
    item = SymptomSerializer

    def bodies(self, request: Request, **names: str) -> list[dict[str, Any]]:
        return symptom_bodies(catalog_of(service_or_404(names["slug"])))


@extend_schema(tags=["services"])
class StatusView(ReadView):
    """What is known of a service."""

    max_age_s = 5
    stale_s = 15  # a shared cache that renews it meanwhile gives none that is older than 20 s

    @extend_schema(
        operation_id="services_status",
        summary="Is it down?",
        parameters=[AT_PARAMETER],
        responses={200: StatusSerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        status = queries.status(service, now=timezone.now(), at=moment(request, "at"))
        return Response(StatusSerializer(status_body(status)).data)
