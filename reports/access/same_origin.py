"""Requests that a page of this site makes, and those that other sites make."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]


def from_here(view: View) -> View:
    """Refuses a POST that another site's page made a visitor's browser send.

    Stands in for Django's token, which would need a cookie: no cookie carries any right here, so there is nothing to
    borrow but the visitor's network, and that is what browsers tell in Sec-Fetch-Site and Origin.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and is_foreign(request):
            detail = _("This was sent from another site. Please open the form here and send it again.")
            return _refusal(request, 403, detail)
        return view(request, *args, **kwargs)

    return checked


def read_only(view: View) -> View:
    """Takes GET and HEAD, and answers 405 to all else.

    Without the exemption a POST would be refused for its missing token, as if one with a token were taken.
    """
    return csrf_exempt(require_safe(view))


def is_foreign(request: HttpRequest) -> bool:
    """Whether another site's page made a browser send this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "cross-site"
    sender = request.headers.get("Origin")
    return sender is not None and urlsplit(sender).netloc != request.get_host()


def _refusal(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    return render(request, "error.html", {"title": _("Something went wrong"), "detail": detail}, status=status)
