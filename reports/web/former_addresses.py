"""Leads the addresses of a service under its former slugs to its present ones."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse

from reports.catalog.store import service_formerly

# A browser keeps a permanent redirect for good unless told otherwise, and a rename can be taken back.
KEPT_S = 3600
LONGEST_SLUG = 40


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 301 (308 where the method must stay) instead of 404, where the slug in the address is a former one."""

    def leading(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 404 and (address := _present_address(request)):
            moved = HttpResponse(status=301 if request.method in ("GET", "HEAD") else 308)
            moved.headers["Location"] = address
            moved.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
            return moved
        return response

    return leading


def _present_address(request: HttpRequest) -> str:
    match = request.resolver_match
    slug = match.kwargs.get("slug") if match else None
    if match is None or not isinstance(slug, str) or not slug.isprintable() or len(slug) > LONGEST_SLUG:
        return ""
    service = service_formerly(slug)
    if service is None:
        return ""
    try:
        path = reverse(match.view_name, kwargs=match.kwargs | {"slug": service.slug})
    except NoReverseMatch:  # a route without a name: its slug is the only part that changes
        path = request.path.replace(f"/{quote(slug)}/", f"/{service.slug}/", 1)
        if path == request.path:
            return ""
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
