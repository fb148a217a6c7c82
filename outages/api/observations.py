"""Observations by REST: what registered programs count, what browsers report by themselves, and who observes."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from msgspec import Meta, Struct
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.database import failures
from outages.api.framework.paging import ShortListView, short_list
from outages.api.framework.views import service_or_404
from outages.models import Observer
from outages.queries import observers
from outages.signals.observations import nel, store
from outages.signals.observations.store import Counted
from reports import places
from reports.access import keys
from reports.access.keys import Scope
from reports.api.serializers import body_schema, problems
from reports.api.views import LARGEST_BODY, NO_STORE, read_body, read_json, refusal, unavailable
from reports.errors import Errors, SubmissionError, close_to, shorten
from reports.intake import service_cache
from reports.intake.submissions import decode, readable
from reports.models import ApiKey
from reports.privacy import origin

S = serializers.Serializer[Any]
OLDEST = timedelta(minutes=5)
MOST_COUNTS = 100
MOST_CALLS = 10_000_000
REPORTS_TYPE = "application/reports+json"


@readable
class CountedCalls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many calls of a component, and how many of them failed, in a minute."""

    component: Annotated[str, Meta(description="The component's slug.", max_length=40, examples=["app"])]
    calls: Annotated[int, Meta(description="All calls, including failed ones.", ge=1, le=MOST_CALLS)]
    failed: Annotated[int, Meta(description="Calls that failed because of the service.", ge=0, le=MOST_CALLS)]
    country: Annotated[str, Meta(description="Where the calls came from (ISO 3166-1).", examples=["NO"])] | None = None
    region: Annotated[str, Meta(description="Where the calls came from (ISO 3166-2).", examples=["NO-03"])] | None = (
        None
    )
    minute: (
        Annotated[
            datetime,
            Meta(description="The minute, within the last five (default: the current one).", tz=True),
        ]
        | None
    ) = None


@readable
class Observations(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program's counts of its calls to a service."""

    service: Annotated[str, Meta(description="The service's slug.", examples=["tesla"])]
    observations: Annotated[list[CountedCalls], Meta(min_length=1, max_length=MOST_COUNTS)]


class ObserverSerializer(S):
    """An outside observer of a service. Its weight depends on how often it was right."""

    id = serializers.CharField(help_text="A name that doesn't identify it.")
    kind = serializers.ChoiceField(choices=Observer.Kind.choices)
    vantage = serializers.CharField(help_text="The vantage it appears as in an incident's evidence.")
    trust = serializers.FloatField(help_text="From 0 to 1, starting at 0.5. Browsers are weighted by network instead.")
    agreed = serializers.IntegerField(help_text="How often an outage it saw was confirmed by others.")
    disagreed = serializers.IntegerField()
    components = serializers.ListField(
        child=serializers.CharField(), help_text="In the last ten minutes; never of browsers."
    )
    countries = serializers.ListField(
        child=serializers.CharField(), help_text="In the last ten minutes; never of browsers."
    )
    failing_share = serializers.FloatField(
        allow_null=True, help_text="In the last ten minutes; null without calls and for browsers."
    )
    last_at = serializers.DateTimeField(help_text="For browsers, the day (UTC) only: their loads are people's.")


class ObservationView(APIView):
    """What both doors share: refusals as problem documents."""

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:  # type: ignore[override]
        if isinstance(exc, SubmissionError):
            return refusal(exc)
        if failures.is_away(exc):
            failures.note(exc, "an observation could not be stored")
            return unavailable()
        return super().handle_exception(exc)


@extend_schema(tags=["signals"])
class ObservationsView(ObservationView):
    """Observations of registered programs."""

    @extend_schema(
        operation_id="observations_create",
        summary="Report how many calls failed",
        description="For programs that call a service anyway, such as a car's logger or a home server. Needs a key "
        f"that may write reports. At most {MOST_COUNTS} counts at once; the same minute again takes the place of the "
        "former. Several observers of different people and networks must agree before it counts, and it alone never "
        "confirms an outage.",
        request=body_schema(
            Observations,
            [{"service": "tesla", "observations": [{"component": "app", "country": "NO", "calls": 12, "failed": 3}]}],
        ),
        responses={
            202: OpenApiResponse(description="Stored."),
            **problems(400, 401, 403, 404, 406, 411, 413, 415, 422, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        key = keys.of_request(request._request)
        if key is None or Scope.WRITE_REPORTS not in key.scopes:
            status = HTTPStatus.UNAUTHORIZED if key is None else HTTPStatus.FORBIDDEN
            code = "key-required" if key is None else "missing-scope"
            raise SubmissionError(status, code, f"Send a key with the scope {Scope.WRITE_REPORTS.value}.")
        given = decode(read_json(request._request), Observations)
        service = service_cache.service(given.service)
        counted = _counted(given, set(service.components), now)
        store.take_counts(service.id, key, counted, origin.of_request(request._request, now=now), now)
        return Response(None, status=202, headers=NO_STORE)


def _counted(given: Observations, components: set[str], now: datetime) -> list[Counted]:
    """The counts with their codes as we write them. Raises SubmissionError, naming all that is wrong."""
    errors, found = Errors(), []
    for number, one in enumerate(given.observations):
        field = f"observations[{number}]"
        if one.component not in components:
            said = f"There is no component {shorten(one.component)!r}.{close_to(one.component, components)}"
            errors.add(f"{field}.component", said)
        if one.failed > one.calls:
            errors.add(f"{field}.failed", "More calls failed than there were.")
        minute = one.minute or now
        if not now - OLDEST <= minute <= now + timedelta(minutes=1):
            errors.add(f"{field}.minute", "The minute must be one of the last five.")
        country, region = "", ""
        try:
            place = places.resolve(one.country, one.region)
            country, region = place.country or "", place.region or ""
        except places.UnknownPlaceError as error:
            errors.add(f"{field}.{error.field}", str(error))
        found.append(Counted(one.component, country, region, min(minute, now), one.calls, one.failed))
    if errors.found:
        detail = "; ".join(f"{error['field']}: {error['message']}" for error in errors.found[:5])
        raise SubmissionError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors.found)
    return found


@extend_schema(tags=["signals"])
class NelView(ObservationView):
    """Network Error Logging."""

    def options(self, request: HttpRequest, *args: Any, **names: Any) -> Response:
        """Let a browser send reports of another site's (CORS)."""
        allowed = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "POST, OPTIONS",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": "86400",
        }
        return Response(None, status=204, headers=allowed)

    @extend_schema(
        operation_id="reports_nel_create",
        summary="Where browsers send Network Error Logging",
        description="A site's owner names this address in `Report-To` and `NEL`. `key` is the id of a key that may "
        "write reports, not the key itself: the header is public. Only whether loads failed, and how, is counted, by "
        "component and country; no address, path or referrer is kept. A `success_fraction` tells how many went well.",
        parameters=[
            OpenApiParameter("service", str, required=True, description="The service's slug."),
            OpenApiParameter("component", str, description="The component's slug. Default: the service's first."),
        ],
        request={REPORTS_TYPE: OpenApiTypes.ANY},
        responses={204: OpenApiResponse(description="Taken."), **problems(400, 404, 406, 411, 413, 415, 429, 503)},
    )
    def post(self, request: Request, key: UUID) -> Response:
        now = timezone.now()
        if request._request.content_type not in (REPORTS_TYPE, "application/json"):
            raise SubmissionError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", f"Send the body as {REPORTS_TYPE}."
            )
        found = ApiKey.objects.filter(pk=key, scopes__contains=[Scope.WRITE_REPORTS.value]).first()
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            raise SubmissionError(HTTPStatus.NOT_FOUND, "unknown-key", "There is no such key.")
        service = service_cache.service(request.query_params.get("service", "")[:60])
        component = request.query_params.get("component") or service.default_component
        if component not in service.components:
            message = f"There is no component {shorten(component)!r}.{close_to(component, service.components)}"
            raise SubmissionError(HTTPStatus.NOT_FOUND, "unknown-component", message)
        try:
            loads = nel.loads(read_body(request._request, LARGEST_BODY))
        except nel.NelError as error:
            raise SubmissionError(HTTPStatus.BAD_REQUEST, "bad-request", str(error)) from error
        sender = origin.of_request(request._request, now=now)
        store.take_loads(service.id, found, component, loads, sender, now)
        return Response(None, status=204, headers={**NO_STORE, "Access-Control-Allow-Origin": "*"})


@extend_schema(tags=["signals"])
@short_list(
    ObserverSerializer,
    "services_observers",
    "Outside observers of a service, and how often they were right",
    description="Registered programs and browsers. Each appears in an incident's evidence as a vantage of its own.",
)
class ObserversView(ShortListView):
    """Observers."""

    item = ObserverSerializer

    def bodies(self, request: Request, **names: str) -> Any:
        return observers.of_service(service_or_404(names["slug"]), timezone.now())


urlpatterns = [
    path("observations", ObservationsView.as_view(), name="observations"),
    path("reports/nel/<uuid:key>", NelView.as_view(), name="report-nel"),
    path("services/<str:slug>/observers", ObserversView.as_view(), name="service-observers"),
]
