"""What the pages of a service share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext

from outages.queries.revision import LAST_EVENT
from outages.texts import place_phrases
from outages.web.views.errors import RetiredError
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
    stream: str  # where its changes can be listened to; "" where a page has to ask
    kept: list[tuple[str, str]]  # the address's other parameters, which the time machine's form keeps
    revision: str = ""  # as it was before anything else was read: what came later is newer, never older

    @property
    def name(self) -> str:
        return localise(self.catalog.name, self.language)

    @property
    def at(self) -> datetime:
        return self.moment.at

    @property
    def _goes_on(self) -> bool:
        return self.service.is_active and self.service.clock == Service.Clock.LIVE

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
            "stream": self.stream if self._goes_on and not self.moment.asked else "",
            "retired": not self.service.is_active,
            "revision": self.revision if self.service.is_active and not self.moment.asked else "",
            "kept": self.kept,
            "provenance": localise(self.catalog.provenance, self.language),
            "disclaimer": localise(self.catalog.disclaimer, self.language),
            **more,
        }


def shown(request: HttpRequest, slug: str, *, retired_too: bool = False) -> Shown:
    """The service of the address at the moment asked for. Raises Http404, BadAddressError, and RetiredError for one
    that is no longer watched, unless `retired_too`: its history is kept."""
    services = Service.objects.select_related("detector_state").defer("detector_state__state")
    services = services.annotate(last_event=LAST_EVENT)
    service = services.filter(slug=slug).first()
    if service is None:
        raise Http404
    if not (service.is_active or retired_too):
        raise RetiredError(service)
    language = get_language() or "en"
    kept = [(name, request.GET[name]) for name in request.GET if name != "at"]
    moment = moment_of(request, service, now=timezone.now())
    stream = stream_address(request, slug)
    return Shown(service, catalog_of(service), moment, language, stream, kept, str(service.last_event))


def unnamed_places(page: Shown) -> str:
    """Say where an incident is that names no place: a service of one country has it there, others in several."""
    codes = page.catalog.places
    return (
        place_phrases.named_places(codes, page.language)
        if len(codes) == 1
        else pgettext("where an incident is", "multiple countries")
    )


def stream_address(request: HttpRequest, slug: str = "") -> str:
    """Where a browser listens to a service or to all of them: "" where the policy would not let it or it is off."""
    if not settings.LIVE_ON_PAGES:
        return ""
    path = reverse("api:service-stream", args=[slug]) if slug else reverse("api:stream")
    if settings.LIVE_URL:
        return str(settings.LIVE_URL) + path
    if settings.SITE_URL != f"http://localhost:{settings.PORT}":  # noqa: SIM300 -- its proxy leads to it
        return path
    host = urlsplit(f"//{request.get_host()}").hostname
    return f"http://{host}:{settings.LIVE_PORT}{path}" if host in ("localhost", "127.0.0.1") else ""
