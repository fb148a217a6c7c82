"""The short way of a report that comes in by the API: past sessions, messages, languages and what else pages need.

What these would have done to such an answer is done here: the same headers, the same limits, the same refusals of a
wrong host, and problem documents where something fails. A test compares both ways. The web server's processes go it
before Django's handler is asked (`before`), everything else as the first middleware.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.log import log_response

from config.database import failures
from config.middleware import problems, too_long, unavailable
from config.traces import note, span
from reports.access import rate_limits
from reports.api import views
from reports.languages import DEFAULT_LANGUAGE, written

Handler = Callable[[HttpRequest], HttpResponseBase]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/api/v1/reports": views.create,
    "/api/v1/reports/batch": views.create_many,
}


def middleware(get_response: Handler) -> Handler:
    """Answer the POST of reports here; everything else goes on."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or request.path_info not in VIEWS or not _has_our_name(request):
            return get_response(request)
        response = _answer(request)
        for name, value in _headers(request):
            response.headers.setdefault(name, value)
        return response

    return answer


def before(application: Application) -> Application:
    """Answer the POST of reports here; everything else goes on to the application."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] not in VIEWS:
            return application(environ, start_response)
        request = WSGIRequest(environ)
        if not _has_our_name(request):
            return application(environ, start_response)
        _begin()
        with span(f"POST {request.path_info}", {"http.request.method": "POST", "http.route": request.path_info}) as one:
            response = _answer(request)
            note(one, {"http.response.status_code": response.status_code})
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        own = list(response.items())
        said = {name.lower() for name, _value in own}
        own += [header for header in _headers(request) if header[0].lower() not in said]
        own += [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", own)
        return [response.content]

    return answer


def _begin() -> None:
    """Do what Django does with a thread's connection when a request begins."""
    connection.close_if_unusable_or_obsolete()


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        response = too_long(request) or _limited(request)
    except Exception as error:
        response = _failed(request, error)
    assert isinstance(response, HttpResponse)  # nothing here answers in pieces
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


def _carry_out(request: HttpRequest) -> HttpResponse:
    try:
        return VIEWS[request.path_info](request)
    except Exception as error:
        return _failed(request, error)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    if failures.is_away(error):
        failures.note(error, "a report could not be stored")
        return unavailable(request)
    response: HttpResponse = problems(lambda _request: response_for_exception(request, error))(request)  # type: ignore[assignment]
    return response


_limited = rate_limits.middleware(_carry_out)


def _has_our_name(request: HttpRequest) -> bool:
    """Whether the request names a host of ours. Where it does not, Django refuses it on the long way."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _headers(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return what each answer says beside its own headers."""
    return _headers_by(request.is_secure(), settings.SECURE_HSTS_SECONDS)


@lru_cache(maxsize=4)
def _headers_by(is_secure: bool, _hsts_s: int) -> tuple[tuple[str, str], ...]:
    asked, secured = HttpRequest(), HttpResponse()
    asked.is_secure = lambda: is_secure  # type: ignore[method-assign]
    del secured.headers["Content-Type"]
    SecurityMiddleware(lambda _request: secured).process_response(asked, secured)
    return (
        ("Content-Language", written(DEFAULT_LANGUAGE)),
        ("Content-Security-Policy", build_policy()),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        *secured.items(),
    )
