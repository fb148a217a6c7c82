"""Middleware: an answer that touches nothing, errors of the API as problem documents, and a database that is away."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.database import failures
from reports.errors import problem_response, wants_problem

Handler = Callable[[HttpRequest], HttpResponseBase]


def liveness(get_response: Handler) -> Handler:
    """Answers `/livez` before anything else is asked: no database, no cache, no host check."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path == "/livez":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        return get_response(request)

    return middleware


MOST_HEADER_BYTES = 32 * 1024
LONGEST_ADDRESS = 8 * 1024


def bounds(get_response: Handler) -> Handler:
    """Refuses requests whose headers (431) or address (414) are longer than anybody needs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return too_long(request) or get_response(request)

    return middleware


def too_long(request: HttpRequest) -> HttpResponse | None:
    """Return the refusal of a request whose headers (431) or address (414) are longer than anybody needs."""
    meta = request.META
    said = sum([len(name) + len(value) for name, value in meta.items() if name[:5] == "HTTP_"])
    if said > MOST_HEADER_BYTES:
        detail = f"The headers may have at most {MOST_HEADER_BYTES // 1024} kB together."
        return problem_response(431, "headers-too-large", detail, headers={"Cache-Control": "no-store"})
    if len(request.path) + len(meta.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
        detail = f"The address may have at most {LONGEST_ADDRESS // 1024} kB."
        return problem_response(414, "address-too-long", detail, headers={"Cache-Control": "no-store"})
    return None


_DETAILS = {
    400: ("bad-request", "We couldn’t read the request."),
    403: ("forbidden", "This is not allowed."),
    404: ("not-found", "There is nothing at this address. See /api/v1/docs for what there is."),
    405: ("method-not-allowed", "This address does not take this method."),
    413: ("too-large", "The request is too large."),
    500: ("internal-error", "Something went wrong on our side. We’ve logged it; please try again."),
}


def problems(get_response: Handler) -> Handler:
    """Turns HTML errors below /api/ into problem documents."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if (
            response.status_code >= 400
            and wants_problem(request)
            and response.headers.get("Content-Type", "").startswith("text/html")
        ):
            code, detail = _DETAILS.get(response.status_code, ("error", response.reason_phrase))
            kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
            return problem_response(response.status_code, code, detail, headers=kept)
        return response

    return middleware


def unavailable(request: HttpRequest | None) -> HttpResponse:
    """The answer while the database cannot be used: 503 in the visitor's language, with when to come again."""
    headers = {"Retry-After": failures.retry_after(), "Cache-Control": "no-store"}
    if request is not None and wants_problem(request):
        detail = "The data cannot be reached at the moment, and nothing was stored. Please try again in a few seconds."
        return failures.noted(problem_response(503, "unavailable", detail, headers=headers))
    detail = _("We can't reach our data right now. Nothing you sent was stored. Please try again in a few seconds.")
    response = render(
        None,
        "error.html",
        {"title": pgettext("title of an error page", "Temporarily unavailable"), "detail": detail},
        status=503,
    )
    for name, value in headers.items():
        response.headers[name] = value
    return failures.noted(response)


class Unavailability:
    """Answers 503 where a view fails because the database cannot be used."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django's hook for what a view has raised."""
        if not failures.is_away(exception):
            return None
        failures.note(exception, "a page could not be made")
        return unavailable(request)
