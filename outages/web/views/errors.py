"""Pages that say what went wrong and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from config.database import failures
from config.middleware import unavailable
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of
from reports.models import Service

View = Callable[..., HttpResponse]


class BadAddressError(Exception):
    """The address asks for what cannot be. The message is for people and says what to change."""


class RetiredError(Exception):
    """The address is of a service that is no longer watched."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.slug)
        self.service = service


def explained(view: View) -> View:
    """Answers a BadAddressError or a RetiredError with a page that says it."""

    @wraps(view)
    def explaining(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadAddressError as error:
            return _page(request, 400, pgettext("title of an error page", "Invalid link"), str(error))
        except RetiredError as error:
            return _retired(request, error.service)

    return explaining


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, where Django itself refuses."""
    return _page(request, 400, _("Something went wrong"), _("We couldn’t read the request."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    detail = _("This page doesn’t exist. All monitored services are on the front page.")
    return _page(request, 404, _("Page not found"), detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where a middleware could not reach the database. Asks no database and no request context."""
    error = sys.exc_info()[1]
    if error is not None and failures.is_away(error):
        failures.note(error, "a request could not be answered")
        return unavailable(request)
    detail = _("Something went wrong on our side. We’ve logged it; please try again.")
    return _page(None, 500, _("Something went wrong"), detail)


def _retired(request: HttpRequest, service: Service) -> HttpResponse:
    name = localise(catalog_of(service).name, get_language() or "en")
    title = _("%(service)s is no longer monitored here") % {"service": name}
    detail = _("We no longer take reports or run checks for it. Its history is still here.")
    context = {"title": title, "detail": detail, "history": reverse("history", args=[service.slug])}
    return render(request, "error.html", context, status=410)


def _page(request: HttpRequest | None, status: int, title: str, detail: str) -> HttpResponse:
    return render(request, "error.html", {"title": title, "detail": detail}, status=status)


def untrusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form without its token, as a page of ours."""
    detail = _("This was sent from another site. Please open the form here and send it again.")
    return _page(request, 403, _("Something went wrong"), detail)
