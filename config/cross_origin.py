"""Cross-origin reads (CORS): any site's script may read what machines read here; no cookies are involved."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponseBase]

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After"
ALWAYS_ALLOWED = "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Modified-Since, If-None-Match"
PREFLIGHT_S = 86400
FOR_MACHINES = ("/api/", "/open311/", "/gatus/", "/kuma/", "/feeds/")
NEVER = "/admin/"
READS = ("GET", "HEAD")

_LONGEST, _MOST_NAMES = 4096, 100
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # a token (RFC 9110, 5.6.2)


def preflight(asked: str) -> dict[str, str]:
    """Return the headers that allow a read with the request headers that `Access-Control-Request-Headers` lists.

    A library may add any header to a read (tracing, caching, a dashboard's own); none of them changes what is told.
    """
    names = [name.strip() for name in asked[:_LONGEST].split(",")][:_MOST_NAMES]
    named = ", ".join(name for name in names if _NAME.fullmatch(name))
    return {
        **ANY_ORIGIN,
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Headers": named or ALWAYS_ALLOWED,
        "Access-Control-Max-Age": str(PREFLIGHT_S),
    }


def open_to_all(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let scripts of every site read a response."""
    told = {**ANY_ORIGIN, "Access-Control-Expose-Headers": EXPOSED}
    if request.method == "OPTIONS":
        told |= preflight(request.headers.get("Access-Control-Request-Headers", ""))
    for name, value in told.items():
        response.headers[name] = value
    if request.method == "OPTIONS":
        patch_vary_headers(response, ("Access-Control-Request-Headers",))
    return response


def middleware(get_response: Handler) -> Handler:
    """Opens every read for machines, its errors included: also those that no view has given."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Access-Control-Allow-Origin" not in response.headers and _is_read_by_machines(request, response):
            open_to_all(request, response)
        return response

    return answer


def _is_read_by_machines(request: HttpRequest, response: HttpResponseBase) -> bool:
    path = request.path_info
    if request.method == "OPTIONS":
        is_read = request.headers.get("Access-Control-Request-Method", "GET") in READS
        return is_read and path.startswith(FOR_MACHINES)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # nothing was done, and a script may learn what to do
        return path.startswith(FOR_MACHINES)
    if request.method not in READS or path.startswith(NEVER):
        return False
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return path.startswith(FOR_MACHINES) or not is_page
