"""The short way of a report that comes in by the API: past sessions, messages, languages and what else pages need.

What these would have done to such an answer is done here: the same headers, the same refusals of a wrong host, and
problem documents where something fails. A test compares both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.database import failures
from config.middleware import problems, unavailable
from reports.api import views
from reports.languages import DEFAULT_LANGUAGE, written

Handler = Callable[[HttpRequest], HttpResponseBase]

VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/api/v1/reports": views.create,
    "/api/v1/reports/batch": views.create_many,
}


def middleware(get_response: Handler) -> Handler:
    """Answer the POST of reports here; everything else goes on."""
    carry_out = problems(cast("Handler", convert_exception_to_response(_carry_out)))

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or request.path_info not in VIEWS or not _has_our_name(request):
            return get_response(request)
        response = carry_out(request)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        for name, value in _headers().items():
            response.headers.setdefault(name, value)
        return response

    return answer


def _carry_out(request: HttpRequest) -> HttpResponse:
    try:
        return VIEWS[request.path_info](request)
    except Exception as error:
        if not failures.is_away(error):
            raise
        failures.note(error, "a report could not be stored")
        return unavailable(request)


def _has_our_name(request: HttpRequest) -> bool:
    """Whether the request names a host of ours. Where it does not, Django refuses it on the long way."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


@cache
def _headers() -> dict[str, str]:
    return {
        "Content-Language": written(DEFAULT_LANGUAGE),
        "Content-Security-Policy": build_policy(),
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
