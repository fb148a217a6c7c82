"""The views of Open311 GeoReport v2."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from config.database import clock, failures
from outages.api.services import language
from outages.clock import MomentError, parse_moment
from outages.dialects.common.stories import Story, stories
from outages.dialects.common.views import DialectView, all_services
from outages.dialects.open311 import render
from outages.dialects.open311.form import posted_form
from outages.dialects.open311.render import CONTENT_TYPES, RequestError
from outages.models import Incident, IncidentEvent
from reports.access.same_origin import is_foreign
from reports.api.views import NO_STORE
from reports.catalog.schema import Catalog, Component
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.errors import SubmissionError, close_to, shorten
from reports.intake import corrections, rows, single
from reports.models import Service
from reports.privacy import origin

log = logging.getLogger(__name__)

LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000
MOST_NAMED = 50
STATUSES = ("open", "closed")


class Open311View(DialectView):
    """A read. Errors are lists of codes and descriptions, in the format that was asked for."""

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:  # type: ignore[override]
        form = self.kwargs.get("form", "json")
        if isinstance(exc, RequestError):
            return _answer(form, render.errors(form, exc), exc.status)
        if isinstance(exc, APIException):
            wrong = RequestError(exc.status_code, str(exc.detail))
            return _answer(form, render.errors(form, wrong), wrong.status)
        return super().handle_exception(exc)

    def written(self, form: str, root: str, item: str, data: Any) -> Response:
        return Response(render.written(form, root, item, data), content_type=CONTENT_TYPES[form])


class DiscoveryView(Open311View):
    """Service discovery."""

    max_age_s = 3600

    def get(self, request: Request, form: str) -> Response:
        return self.written(form, "discovery", "", render.discovery())


class ServicesView(Open311View):
    """The service list."""

    def get(self, request: Request, form: str) -> Response:
        return self.written(form, "services", "service", render.services(_open_catalogs(), language()))


class DefinitionView(Open311View):
    """A service definition."""

    def get(self, request: Request, code: str, form: str) -> Response:
        catalog, component = _part(code)
        return self.written(form, "service_definition", "", render.definition(catalog, component, language()))


class RequestsView(Open311View):
    """Incidents as service requests."""

    def get(self, request: Request, form: str) -> Response:
        found, more = _chosen(_joined(request.query_params))
        rows = [render.of_incident(story) for story in found]
        return _with_next(request, self.written(form, "service_requests", "request", rows), more)


class RequestView(Open311View):
    """One incident as a service request."""

    def get(self, request: Request, request_id: str, form: str) -> Response:
        story = _by_id(request_id)
        if story is None:
            raise RequestError(
                HTTPStatus.NOT_FOUND, f"service_request_id: there is no request {shorten(request_id)!r}."
            )
        return self.written(form, "service_requests", "request", [render.of_incident(story)])


class UpdatesView(Open311View):
    """Changes of incidents, oldest first, as FixMyStreet asks for them."""

    def get(self, request: Request, form: str) -> Response:
        since, until = _span(_joined(request.query_params))
        services = {service.pk: service for service in all_services()}
        rows = IncidentEvent.objects.filter(incident__service__in=services).select_related("incident")
        if since is not None:
            rows = rows.filter(at__gte=since)
        if until is not None:
            rows = rows.filter(at__lte=until)
        found = list(rows.order_by("-at", "-id")[: MOST_REQUESTS + 1])
        older = found[MOST_REQUESTS].at if len(found) > MOST_REQUESTS else None
        updates = [
            render.of_event(event, services[event.incident.service_id]) for event in reversed(found[:MOST_REQUESTS])
        ]
        written = self.written(form, "service_request_updates", "request_update", updates)
        return _with_next(request, written, _older(older, until))


class NoSuchAddress(Open311View):
    """Every other address."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.kwargs["form"] = "xml" if request.path.endswith(".xml") else "json"
        raise RequestError(HTTPStatus.NOT_FOUND, "There is nothing at this address. Addresses end in .json or .xml.")


_requests = RequestsView.as_view()
_request = RequestView.as_view()


@csrf_exempt
def requests(request: HttpRequest, form: str) -> HttpResponseBase:
    """GET lists incidents, or a reporter's own reports by their ids; POST takes a report in."""
    if request.method == "POST":
        return _guarded(form, create, request)
    if request.method in ("GET", "HEAD") and any("." in named for named in _named(_joined(request.GET))):
        return _guarded(form, own_reports, request)
    return _requests(request, form=form)


@csrf_exempt
def one_request(request: HttpRequest, request_id: str, form: str) -> HttpResponseBase:
    """An incident, which anybody may see and keep; or a reporter's own report, which nobody may keep."""
    if "." in request_id and request.method in ("GET", "HEAD"):
        return _guarded(form, own_report, request, request_id)
    return _request(request, request_id=request_id, form=form)


def create(request: HttpRequest, form: str) -> HttpResponse:
    """Takes a report in by the same door-keeper as all others. Raises Wrong, Refused."""
    if is_foreign(request):
        raise RequestError(HTTPStatus.FORBIDDEN, "A page of another site cannot report in its visitor's name.")
    posted = render.incoming(posted_form(request))
    now = clock.now()
    sender = origin.of_request(request, now=now, reporter_token=posted.device)
    receipt = single.take(posted.submission, sender, now=now, door=rows.Door.OPEN311)
    body = render.written(form, "service_requests", "request", render.accepted(receipt, posted.notice))
    return _answer(form, body, HTTPStatus.OK)


def own_report(_request: HttpRequest, form: str, request_id: str) -> HttpResponse:
    """A reporter's own report. Raises RequestError, SubmissionError."""
    row = _own_row(request_id)
    return _answer(form, render.written(form, "service_requests", "request", [row]), HTTPStatus.OK)


def own_reports(request: HttpRequest, form: str) -> HttpResponse:
    """What the ids in `service_request_id` name, in their order: own reports and incidents; unknown ones are left out.

    Raises RequestError where reports cannot be read.
    """
    rows = []
    for request_id in _named(_joined(request.GET)):
        if "." in request_id:
            with suppress(RequestError, SubmissionError):
                rows.append(_own_row(request_id))
        elif (story := _by_id(request_id)) is not None:
            rows.append(render.of_incident(story))
    return _answer(form, render.written(form, "service_requests", "request", rows), HTTPStatus.OK)


def _own_row(request_id: str) -> dict[str, Any]:
    """A reporter's own report as a service request. Raises RequestError, SubmissionError."""
    named = render.own_id(request_id)
    if named is None:
        raise RequestError(HTTPStatus.NOT_FOUND, f"service_request_id: there is no request {shorten(request_id)!r}.")
    report = corrections.find(*named)
    now_open = Incident.objects.filter(service=report.service_id, state__in=Incident.OPEN_STATES)
    return render.of_report(
        request_id,
        report,
        report.service,
        catalog_of(report.service),
        language(),
        is_open=render.is_open(report, now_open),
    )


def _guarded(form: str, view: Any, request: HttpRequest, *args: Any) -> HttpResponse:
    """A view's answer, or its errors as the standard wants them."""
    try:
        answer: HttpResponse = view(request, form, *args)
        return answer
    except RequestError as error:
        wrong = error
    except SubmissionError as error:
        wrong = render.refused(error)
    except failures.AWAY as error:
        failures.note(error, "a report could not be reached or stored")
        wrong = RequestError(
            HTTPStatus.SERVICE_UNAVAILABLE, "Not possible at the moment; nothing was stored. Try again."
        )
    return _answer(form, render.errors(form, wrong), wrong.status)


def _answer(form: str, body: str, status: int) -> HttpResponse:
    """An answer that nobody keeps."""
    return HttpResponse(body, status=status, content_type=CONTENT_TYPES[form], headers=NO_STORE)


def _open_catalogs() -> list[Catalog]:
    """The catalogues of services that take reports."""
    services = all_services()
    fetch_catalogs(services)
    return [catalog for catalog in map(catalog_of, services) if catalog.accepts_reports]


def _part(code: str) -> tuple[Catalog, Component]:
    """The part that a service code names. Raises Wrong (404)."""
    known = {
        render.code_of(catalog.slug, component.slug): (catalog, component)
        for catalog in _open_catalogs()
        for component in catalog.components
    }
    if code not in known:
        said = f"service_code: there is no service {shorten(code)!r}.{close_to(code, known)}"
        raise RequestError(HTTPStatus.NOT_FOUND, said)
    return known[code]


def _chosen(parameters: Mapping[str, str]) -> tuple[list[Story], dict[str, str]]:
    """The incidents that the parameters ask for, newest first, and what asks for those after them.

    Raises RequestError (400).
    """
    services = all_services()
    fetch_catalogs(services)
    if named := _named(parameters):
        found = [_by_id(request_id) for request_id in named]
        return [story for story in found if story is not None], {}
    since, until = _span(parameters)
    statuses = _words(parameters, "status") or list(STATUSES)
    if wrong := [status for status in statuses if status not in STATUSES]:
        raise RequestError(HTTPStatus.BAD_REQUEST, f"status: {shorten(wrong[0])!r} is neither open nor closed.")
    codes = _words(parameters, "service_code")
    if codes:
        slugs = {code.partition(".")[0] for code in codes}
        services = [service for service in services if service.slug in slugs]
    newest = stories(services, language(), since=since, until=until, most=MOST_REQUESTS + 1)
    first, last = _page(parameters)
    fitting = [
        story
        for story in newest[:MOST_REQUESTS]
        if ("open" if story.incident.is_open else "closed") in statuses and (not codes or _is_of(story, codes))
    ]
    if last < len(fitting):
        return fitting[first:last], {"page": str(last // (last - first) + 1)}
    older = newest[MOST_REQUESTS].incident.opened_at if len(newest) > MOST_REQUESTS else None
    return fitting[first:], _older(older, until)


def _older(newest: datetime | None, asked_until: datetime | None) -> dict[str, str]:
    """What asks for those that were too many for one answer: until the newest of them. Nothing where there are none.

    Those of that very moment come twice, rather than not at all.
    """
    if newest is None or newest == asked_until:
        return {}
    return {"end_date": newest.astimezone(UTC).isoformat().replace("+00:00", "Z"), "page": ""}


def _with_next(request: Request, response: Response, more: Mapping[str, str]) -> Response:
    """The answer, with the address of what comes after it (RFC 8288) where there is more than it holds."""
    if more:
        asked = {name: values for name, values in request.query_params.lists() if name not in more}
        query = urlencode([*asked.items(), *((name, value) for name, value in more.items() if value)], doseq=True)
        response.headers["Link"] = f'<{settings.SITE_URL}{request.path}?{query}>; rel="next"'
    return response


def _is_of(story: Story, codes: list[str]) -> bool:
    slug = story.service.slug
    return any(render.code_of(slug, component) in codes for component in story.incident.components) or (
        not story.incident.components and any(code.partition(".")[0] == slug for code in codes)
    )


def _by_id(request_id: str) -> Story | None:
    """The incident "SLUG-NUMBER", or None."""
    slug, _dash, number = request_id.rpartition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 9) or "\0" in slug:
        return None
    service = Service.objects.filter(slug=slug, is_active=True).first()
    found = stories([service], language(), number=int(number)) if service else []
    return found[0] if found else None


def _joined(parameters: QueryDict) -> dict[str, str]:
    """The parameters; one that is given several times is a list, as one with commas is."""
    return {name: ",".join(values) for name, values in parameters.lists()}


def _named(parameters: Mapping[str, str]) -> list[str]:
    """The first of the ids that are asked for."""
    return _words(parameters, "service_request_id")[:MOST_NAMED]


def _page(parameters: Mapping[str, str]) -> tuple[int, int]:
    """`page` and `page_size` as the bounds of a slice. Raises RequestError."""
    size = _whole_number(parameters, "page_size", MOST_REQUESTS)
    number = _whole_number(parameters, "page", 1)
    return (number - 1) * min(size, MOST_REQUESTS), number * min(size, MOST_REQUESTS)


def _whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    raw = parameters.get(name, "").strip()
    if not raw:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9 and int(raw)):
        raise RequestError(HTTPStatus.BAD_REQUEST, f"{name}: {shorten(raw)!r} is not a whole number from 1 on.")
    return int(raw)


def _words(parameters: Mapping[str, str], name: str) -> list[str]:
    return [word for word in (part.strip() for part in parameters.get(name, "").split(",")) if word]


def _span(parameters: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """`start_date` and `end_date`. Without both: everything, which the number of requests bounds. Raises Wrong."""
    since, until = _moment(parameters, "start_date"), _moment(parameters, "end_date")
    if since and until and until - since > LONGEST_SPAN:
        raise RequestError(
            HTTPStatus.BAD_REQUEST, f"end_date: at most {LONGEST_SPAN.days} days can be asked for at once."
        )
    if since and until and since > until:
        raise RequestError(HTTPStatus.BAD_REQUEST, "start_date: the start must be before the end.")
    return since, until


def _moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    raw = parameters.get(name, "").strip()
    if not raw:
        return None
    try:
        return parse_moment(raw)
    except MomentError:
        example = "2026-06-29T22:00:00Z"
        raise RequestError(
            HTTPStatus.BAD_REQUEST, f"{name}: {shorten(raw)!r} is not a time with its zone, such as {example}."
        ) from None
