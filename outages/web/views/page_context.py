"""What the pages of a service share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from outages.web.views.time_travel import Moment, moment_of
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of
from reports.models import Service


@dataclass(frozen=True, slots=True)
class Shown:
    """A service at a moment, in a language: what each page of a service starts from."""

    service: Service
    catalog: Catalog
    moment: Moment
    language: str
    kept: list[tuple[str, str]]  # the address's other parameters, which the time machine's form keeps

    @property
    def name(self) -> str:
        return localise(self.catalog.name, self.language)

    @property
    def at(self) -> datetime:
        return self.moment.at

    def component_names(self) -> dict[str, str]:
        """The names of the components by slug, in the catalogue's order."""
        return {part.slug: localise(part.name, self.language) for part in self.catalog.components}

    def symptom_names(self) -> dict[str, str]:
        """The names of the symptoms by slug, in the catalogue's order."""
        return {part.slug: localise(part.name, self.language) for part in self.catalog.symptoms}

    def context(self, page: str, **more: Any) -> dict[str, Any]:
        """The template context of one of the service's pages; `page` marks its tab."""
        return {
            "page": page,
            "service": self.service,
            "catalog": self.catalog,
            "name": self.name,
            "moment": self.moment,
            "at_query": self.moment.query,
            "kept": self.kept,
            "provenance": localise(self.catalog.provenance, self.language),
            "disclaimer": localise(self.catalog.disclaimer, self.language),
            **more,
        }


def shown(request: HttpRequest, slug: str) -> Shown:
    """The service of the address at the moment asked for. Raises Http404, BadAddress."""
    services = Service.objects.select_related("detector_state").defer("detector_state__state")
    service = services.filter(slug=slug, is_active=True).first()
    if service is None:
        raise Http404
    language = get_language() or "en"
    kept = [(name, request.GET[name]) for name in request.GET if name != "at"]
    return Shown(service, catalog_of(service), moment_of(request, service, now=timezone.now()), language, kept)
