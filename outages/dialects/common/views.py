"""What the views of all dialects share: caching, plain errors, and which service an address means."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import ReadView
from reports.errors import close_to, shorten
from reports.models import Service


class AsWritten(JSONRenderer):
    """Text goes out as it is, anything else as JSON."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        if isinstance(data, str):
            return data.encode()
        return data if isinstance(data, bytes) else super().render(data, accepted_media_type, renderer_context)


class DialectView(ReadView):
    """A read in a dialect: the same conditional answers, caching and CORS as the REST API's.

    What a client says that it accepts is not looked at: the address says the format. Errors are problem documents.
    """

    schema = None  # dialects are described by those who made them
    renderer_classes = [AsWritten]
    max_age_s = 15
    stale_s = 60

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        renderer = AsWritten()
        return renderer, renderer.media_type

    def kept_key(self, request: HttpRequest) -> tuple[str, str, str] | None:
        key = super().kept_key(request)
        return key and (f"{request.get_host()} {key[0]}", *key[1:])

    def served_type(self, request: HttpRequest) -> str | None:
        return ""  # the address says it


class NothingHere(DialectView):
    """A dialect's addresses that do not exist."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound("There is nothing at this address. docs/dialects.md lists what there is.")


def all_services() -> list[Service]:
    """All active services, in their order."""
    return list(Service.objects.filter(is_active=True).order_by("position", "name"))


def service_of_host(request: HttpRequest) -> Service:
    """The service that answers at the root of a host: the one that the host's first word names, else the default.

    Raises NotFound where there is none.
    """
    services = {service.slug: service for service in all_services()}
    word = request.get_host().partition(":")[0].partition(".")[0].lower()
    if word in services:
        return services[word]
    return _default(services)


def default_service() -> Service:
    """DEFAULT_SERVICE, else the first live one, else the first. Raises NotFound where there is none."""
    return _default({service.slug: service for service in all_services()})


def _default(services: dict[str, Service]) -> Service:
    wanted: str = settings.DEFAULT_SERVICE
    if wanted:
        if wanted not in services:
            detail = f"DEFAULT_SERVICE names {shorten(wanted)!r}, which is not among the active services."
            raise NotFound(detail + close_to(wanted, services), code="unknown-service")
        return services[wanted]
    live = [service for service in services.values() if service.clock == Service.Clock.LIVE]
    for service in [*live, *services.values()]:
        return service
    raise NotFound("No service is active.", code="unknown-service")
