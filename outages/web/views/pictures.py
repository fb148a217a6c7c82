"""Pictures of a moment: for link previews, and the map to take along. And oEmbed, by which other sites embed us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from outages.queries import status as queries
from outages.texts import formats
from outages.web.charts import maps, pictures
from outages.web.charts.maps import Layer
from outages.web.views.embed_code import HEIGHT, iframe
from outages.web.views.maps import map_title, read_layer, read_view
from outages.web.views.page_context import Shown, shown
from outages.web.views.services import only_country, place_layer

KEPT_S: Final = 300
LATIN: Final = ("da", "de", "en", "es", "fr", "it", "nb", "nl", "pl", "pt", "sv")  # what the font of a PNG can write
COLOURS: Final = {
    "ok": "#17694c",
    "possible": "#8f5200",
    "confirmed": "#ad2418",
    "recovering": "#1b62a0",
    "maintenance": "#6345a8",
}
LONGEST: Final = 4096  # characters of an address


def picture_of(slug: str, at: datetime) -> str:
    """Return the address of a service's picture at a moment."""
    stamp = f"{at.astimezone(UTC).replace(second=0, microsecond=0):%Y-%m-%dT%H:%M:%SZ}"
    return settings.SITE_URL + reverse("picture", args=[slug]) + "?" + urlencode({"at": stamp}, safe=":")


def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """A service at a moment, as a PNG for link previews.

    Where the font lacks a language's letters it has the service's name, a number and a time: what all can read.
    """
    few_words = (translation.get_language() or "en") not in LATIN
    with translation.override(_language()):
        page = shown(request, slug)

        def draw() -> bytes:
            status = queries.status(page.service, now=timezone.now(), at=page.moment.asked_at)
            until = page.at.replace(second=0, microsecond=0)
            window = maps.WINDOWS["1h" if status.incidents else "24h"]
            layer = place_layer(page, until - window.span, until, home=only_country(page, []))
            title, detail = status.sentence, _detail(page, window.words())
            if few_words:  # the page's title says the rest, in its own language
                count = f": {formats.number(status.reports_30m)} / 30 min" if status.summary.has_numbers else ""
                title, detail = f"{page.name}{count}", _detail(page)
            colour = COLOURS.get(str(status.verdict), "#645b50")
            return pictures.as_png(layer, pictures.Words(title, detail, _source(), colour))

        name = "few" if few_words else page.language
        return _png(f"picture:{page.service.pk}:{name}:{page.at:%Y%m%d%H%M}", draw)


def map_picture(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The map in a view of the caller's choice, as SVG or PNG to take along."""
    language = translation.get_language() or "en" if form == "svg" else _language()
    with translation.override(language):
        page = shown(request, slug)
        view = read_view(request, page)
        layer: Layer = read_layer(page, view)
        title = map_title(page, view)
        words = pictures.Words(title[:1].upper() + title[1:], _detail(page, view.window.words()), _source())
        name = f"{slug}-map-{page.at.astimezone(UTC):%Y%m%dT%H%MZ}.{form}"
        if form == "svg":
            response = HttpResponse(pictures.as_svg(layer, words, whole=view.whole), content_type="image/svg+xml")
        else:
            response = HttpResponse(pictures.as_png(layer, words, whole=view.whole), content_type="image/png")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response


def oembed(request: HttpRequest) -> HttpResponse:
    """What oEmbed consumers ask for: the frame of one of our pages, by its address."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json.", status=501, content_type="text/plain")
    try:
        asked = urlsplit(request.GET.get("url", "")[:LONGEST])
    except ValueError:
        raise Http404 from None
    ours = urlsplit(settings.SITE_URL)
    if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc):
        raise Http404
    try:
        found = resolve(asked.path)
    except Resolver404:
        raise Http404 from None
    of = {"service": "embed", "incident": "embed", "map": "embed-map"}.get(found.url_name or "")
    if of is None:
        raise Http404
    slug = str(found.kwargs["slug"])
    request.GET = QueryDict(asked.query)
    page = shown(request, slug)
    title = _("Is %(name)s down?") % {"name": page.name}
    query = f"?{asked.query}" if of == "embed-map" and asked.query else page.moment.query
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Brownout",
        "provider_url": settings.SITE_URL,
        "title": title,
        "html": iframe(slug, title, query, of=of),
        "width": 640,
        "height": HEIGHT,
        "cache_age": KEPT_S,
        "thumbnail_url": picture_of(slug, page.at),
        "thumbnail_width": pictures.WIDTH,
        "thumbnail_height": pictures.HEIGHT,
    }
    response = JsonResponse(answer)
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response


def _language() -> str:
    asked = translation.get_language() or "en"
    return asked if asked in LATIN else "en"


def _detail(page: Shown, window: str = "") -> str:
    moment = f"{page.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{moment} · {window}" if window else moment


def _source() -> str:
    return f"Brownout · {urlsplit(settings.SITE_URL).netloc}"


def _png(key: str, draw: Any) -> HttpResponse:
    body: bytes | None = cache.get(key)
    if body is None:
        body = draw()
        cache.set(key, body, KEPT_S)
    response = HttpResponse(body, content_type="image/png")
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response
