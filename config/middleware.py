"""Middleware: an answer that touches nothing, and errors of the API as problem documents."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from reports.errors import problem_response, wants_problem

Handler = Callable[[HttpRequest], HttpResponseBase]


def liveness(get_response: Handler) -> Handler:
    """Answers `/livez` before anything else is asked: no database, no cache, no host check."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path == "/livez":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        return get_response(request)

    return middleware


_DETAILS = {
    400: ("bad-request", "The request could not be read."),
    403: ("forbidden", "This is not allowed."),
    404: ("not-found", "There is nothing at this address. See /api/v1/docs for what there is."),
    405: ("method-not-allowed", "This address does not take this method."),
    413: ("too-large", "The request is too large."),
    500: ("internal-error", "Something failed on our side. It has been logged; please try again."),
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
