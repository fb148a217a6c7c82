"""The choice of a language, without a script: it is kept in a cookie and leads back to the page."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from config.languages import has_languages, path_in
from reports.access.same_origin import from_here
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES


@never_cache
@from_here
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Takes `language`, and as `next` the page to go on with. What is no language is English."""
    language = request.POST.get("language", "")
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None) or not to.startswith("/"):
        to = "/"
    if has_languages(urlsplit(to).path):
        to = path_in(to, language)
    response = HttpResponseRedirect(to)
    response.status_code = 303
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
