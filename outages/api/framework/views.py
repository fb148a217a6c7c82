"""What all reads of the API share: a moment to look at, conditional answers, caching and access from other sites."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, NotAcceptable, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.cross_origin import open_to_all
from outages.api.framework.response_cache import KEPT_UNTIL, LONGEST_PATH, Kept, Store
from outages.clock import MomentError, parse_moment, service_now, whole_minute
from reports import places
from reports.catalog.store import catalog_of
from reports.errors import close_to, shorten
from reports.models import Service

KEPT_HEADERS = (
    "Content-Type",
    "Content-Disposition",
    "Content-Security-Policy",
    "Link",
    "ETag",
    "Cache-Control",
    "Vary",
    "Allow",
)
VIEWS: Store[tuple[str, str, str]] = Store("answers of views")


AT_PARAMETER = OpenApiParameter(
    "at",
    OpenApiTypes.DATETIME,
    description="A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, "
    "which for recorded data is the end of what was played. A moment in the future is the present.",
)


class ReadView(APIView):
    """A read: GET and HEAD, with an ETag, `Cache-Control`, and CORS for every site.

    Each process keeps a whole answer for `kept_s`, so that thousands who poll cost one reading of the database.
    """

    http_method_names = ["get", "head", "options"]
    max_age_s = 10
    stale_s = 60
    kept_s = 2.0

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return open_to_all(request, super().dispatch(request, *args, **kwargs))
        key = self.kept_key(request)
        if key is None:
            return open_to_all(request, not_kept(super().dispatch(request, *args, **kwargs)))
        kept = VIEWS.get(key)
        if kept is None:
            with VIEWS.turn(key):
                kept = VIEWS.get(key)
                if kept is None:
                    response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
                    if not isinstance(response, Response) or response.status_code != 200:
                        return open_to_all(request, not_kept(response))
                    kept = self._keep(key, response)
        return self._conditional(request, kept)

    def kept_key(self, request: HttpRequest) -> tuple[str, str, str] | None:
        """What an answer depends on: its address, the type that is served, the language. None: it is not to be kept."""
        path = request.get_full_path()
        served = self.served_type(request)
        return None if served is None or len(path) > LONGEST_PATH else (path, served, get_language() or "")

    def served_type(self, request: HttpRequest) -> str | None:
        """The type of answer that the client's `Accept` comes to; None where there is none."""
        self.format_kwarg = None  # the framework sets it later; no address of ours ends in a format
        try:
            renderer, asked = self.perform_content_negotiation(self.initialize_request(request))
        except (NotAcceptable, ValidationError, Http404):
            return None
        indents = [part.strip() for part in str(asked).split(";") if part.strip().startswith("indent=")]
        return ";".join((str(renderer.media_type), *(indent[:20] for indent in indents[:1])))

    def _keep(self, key: tuple[str, str, str], response: Response) -> Kept:
        response.render()
        response.headers["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        response.headers["Cache-Control"] = f"public, max-age={self.max_age_s}, stale-while-revalidate={self.stale_s}"
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        kept = Kept(time.monotonic() + self.kept_s, response.status_code, response.content, headers)
        VIEWS.put(key, kept)
        return kept

    def _conditional(self, request: HttpRequest, kept: Kept) -> HttpResponseBase:
        """The answer, or 304 for whoever has it already."""
        response = kept.response()
        found = get_conditional_response(request, etag=kept.headers["ETag"], response=response) or response
        setattr(found, KEPT_UNTIL, kept.until)
        return open_to_all(request, found)


def not_kept(response: HttpResponseBase) -> HttpResponseBase:
    """An answer that is given this once; a refusal is kept by nobody."""
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response


class RetiredServiceError(APIException):
    """A service is no longer watched: nothing can be said of its present."""

    status_code = 410
    default_code = "retired-service"


def service_or_404(slug: str, *, retired_too: bool = False) -> Service:
    """The service. Raises NotFound, naming services that sound alike, and RetiredServiceError for one that is no longer
    monitored, unless `retired_too`."""
    service = Service.objects.filter(slug=slug).first() if "\0" not in slug else None
    if service is not None and not (service.is_active or retired_too):
        raise RetiredServiceError(
            f"{slug} is no longer monitored here. Its incidents are kept: /api/v1/services/{slug}/incidents."
        )
    if service is None:
        slugs = Service.objects.filter(is_active=True).values_list("slug", flat=True)
        raise NotFound(f"There is no service {shorten(slug)!r}.{close_to(slug, slugs)}", code="unknown-service")
    return service


def moment(request: Request, name: str) -> datetime | None:
    """A time among the parameters, in UTC. Raises ValidationError."""
    raw = request.query_params.get(name)
    if not raw:
        return None
    try:
        return parse_moment(raw)
    except MomentError as error:
        if error.reason != "form":
            raise ValidationError({name: "Only the years from 2000 to 2099 can be asked for."}) from None
        example = "2026-06-29T22:00:00Z"
        raise ValidationError({name: f"{shorten(raw)!r} is not a time with its zone, such as {example}."}) from None


def at_of(request: Request, service: Service) -> datetime:
    """The moment that is asked about: `at`, else the service's present."""
    present = service_now(service, now=timezone.now())
    asked = moment(request, "at")
    return min(asked, present) if asked else present


def choice(request: Request, name: str, options: tuple[str, ...], default: str) -> str:
    """A parameter that is one of some words. Raises ValidationError."""
    raw = request.query_params.get(name) or default
    if raw not in options:
        raise ValidationError({name: f"{shorten(raw)!r} is not known here.{close_to(raw, options)}"})
    return raw


def country_of(request: Request) -> str | None:
    """The parameter `country`. Raises ValidationError."""
    code = request.query_params.get("country", "").upper()
    if not code:
        return None
    place = places.get(code)
    if place is None or place.kind != "country":
        raise ValidationError({"country": "There is no such country. Give an ISO 3166-1 code such as NL."})
    return code


def component_of(request: Request, service: Service) -> str | None:
    """The parameter `component`. Raises ValidationError."""
    slug = request.query_params.get("component", "")
    if not slug:
        return None
    parts = catalog_of(service).components
    present = next((part.slug for part in parts if slug in part.formerly), slug)
    if present != slug:
        return present
    return choice(request, "component", tuple(part.slug for part in parts), slug)


def number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    """A parameter that is a whole number within bounds. Raises ValidationError."""
    raw = request.query_params.get(name)
    if not raw:
        return default
    value = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 12 else None
    if value is None or not least <= value <= most:
        raise ValidationError({name: f"{shorten(raw)!r} is not a whole number from {least} to {most}."})
    return value


def span(request: Request, service: Service, *, default: timedelta, longest: timedelta) -> tuple[datetime, datetime]:
    """`since` and `until`, ending with the service's last whole minute and `default` long where they are not given.

    Counts are kept by the minute, so nothing is left out, and an answer is the same within its minute.
    """
    present = whole_minute(service_now(service, now=timezone.now()))
    until = min(moment(request, "until") or present, present)
    since = moment(request, "since") or until - default
    if since >= until:
        raise ValidationError({"since": "since must be before until, and before the present."})
    if until - since > longest:
        raise ValidationError({"since": f"At most {longest.days} days can be asked for at once."})
    return since, until
