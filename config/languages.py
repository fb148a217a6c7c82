"""In which language a request is answered. A page's language stands in its address; a visitor is led there once."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from reports.languages import DEFAULT_LANGUAGE, LANGUAGES, written

Handler = Callable[[HttpRequest], HttpResponseBase]

API = "/api/v1/"
OUR_OWN = ("same-origin", "same-site")  # who follows a link of ours has chosen that page's language
# A frame speaks the language of the page that it stands in; programs read the feed that they were given.
NEVER_LED = ("embed", "embed-map", "atom", "rss", "json-feed", "calendar", "cap")


def middleware(get_response: Handler) -> Handler:
    """Chooses the language: of the address; for reads of the API what they accept; else English.

    Who comes from elsewhere to a page in English and chose another language, or whose browser asks for one, is led to
    the same page in it.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        prefix = prefix_of(request.path_info)
        reads_api = request.path_info.startswith(API) and request.method in ("GET", "HEAD")
        if prefix == DEFAULT_LANGUAGE:
            return HttpResponseRedirect(path_in(request.get_full_path(), DEFAULT_LANGUAGE))
        if not prefix and (wanted := _led_to(request)):
            response: HttpResponseBase = HttpResponseRedirect(path_in(request.get_full_path(), wanted))
            patch_vary_headers(response, ("Accept-Language", "Cookie", "Sec-Fetch-Site"))
            return response
        language = prefix or (accepted(request) if reads_api else DEFAULT_LANGUAGE)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", written(language))
        if reads_api:
            patch_vary_headers(response, ("Accept-Language",))
        elif not prefix and response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Accept-Language", "Cookie", "Sec-Fetch-Site"))
        return response

    return answer


def prefix_of(path: str) -> str:
    """The language that an address begins with; "" where it begins with none."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in LANGUAGES and path.startswith(f"/{first}/") else ""


def path_in(path: str, language: str) -> str:
    """The address of the same page in another language. The path may have a query."""
    prefix = prefix_of(path.partition("?")[0])
    rest = "/" + (path[len(prefix) + 1 :] if prefix else path).lstrip("/")  # "//host" would lead to another site
    return rest if language == DEFAULT_LANGUAGE else f"/{language}{rest}"


def has_languages(path: str) -> bool:
    """Whether the address is of a page that there is in all languages. The path has no query."""
    return bool(_page_in(path, next(tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE)))


def _page_in(path: str, language: str) -> str:
    """The name of the page at this address in another language; "" where there is none."""
    try:
        with translation.override(language):
            return resolve(path_in(path, language)).url_name or ""
    except Resolver404:
        return ""


def accepted(request: HttpRequest) -> str:
    """The language of ours that `Accept-Language` prefers; English where it names none of them."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if tag == "*":
            break
        try:
            return str(get_supported_language_variant(tag))
        except LookupError:
            continue
    return DEFAULT_LANGUAGE


def chosen(request: HttpRequest) -> str:
    """The language that the visitor chose before; "" for none."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if language in LANGUAGES else ""


def _led_to(request: HttpRequest) -> str:
    """The language in which a visitor would rather read this page; "" where there is no such page or no such wish."""
    if (
        request.method not in ("GET", "HEAD")
        or "text/html" not in request.headers.get("Accept", "")
        or request.headers.get("Sec-Fetch-Site") in OUR_OWN
    ):
        return ""
    wanted = chosen(request) or accepted(request)
    if wanted == DEFAULT_LANGUAGE:
        return ""
    page = _page_in(request.path_info, wanted)
    return wanted if page and page not in NEVER_LED else ""
