"""A service in small, to be framed by other sites: verdict, the last day as a line, where people report; or its map."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from outages.analytics import bins, frames
from outages.queries import status as queries
from outages.texts import place_phrases, sentences
from outages.web.charts import maps, svg
from outages.web.views.errors import View
from outages.web.views.maps import map_title, read_layer, read_view
from outages.web.views.page_context import shown
from outages.web.views.services import DAY, named_places, only_country, place_layer, reports_words

GRAIN_MINUTES = 30
KEPT_S = 30  # a page that many read is counted once a minute anyway


def framed(view: View) -> View:
    """Lets any site frame the answer. It holds no form and borrows nobody's rights, so that a frame can do no harm."""
    allowed = xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(view))
    return cast(View, allowed)


def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """A service at a moment, without the frame of the site."""
    page = shown(request, slug)
    until = page.at.replace(second=0, microsecond=0)
    status = queries.status(page.service, now=timezone.now(), at=page.moment.asked_at)
    window = maps.WINDOWS["1h" if status.incidents else "24h"]
    series = frames.timeseries(page.service, until - DAY, until, GRAIN_MINUTES)
    values = [value if watched else None for value, watched in zip(series["effective"], series["watched"], strict=True)]
    layer = place_layer(page, until - window.span, until, home=only_country(page, []))
    incident = status.incident
    named = named_places(incident, layer) if incident else []
    context = page.context(
        "embed",
        status=status,
        incident=incident,
        where=place_phrases.named_places(named, page.language),
        reports_words=reports_words(status),
        caveats=sentences.caveats(status.summary),
        watched=bool(series["watched"].any()),
        has_gaps=not bool(series["watched"].all()),
        spark=svg.spark(values, title=_("Reports in the last 24 hours")),
        minimap=maps.svg_map(layer, title=_("Reports by place"), small=True),
        window_words=window.words(),
        window_watched=bool(series["watched"][series.index >= until - max(window.span, timedelta(hours=1))].any()),
        ranked=layer.ranked[:3],
        address=settings.SITE_URL + reverse("service", args=[slug]) + page.moment.query,
    )
    response = render(request, "embed.html", context)
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response


def embed_map(request: HttpRequest, slug: str) -> HttpResponse:
    """The map in a view of the caller's choice, without the frame of the site."""
    page = shown(request, slug)
    view = read_view(request, page)
    layer = read_layer(page, view)
    title = map_title(page, view)
    context = page.context(
        "embed",
        view=view,
        title=title,
        drawing=maps.svg_map(layer, title=title),
        legend=[{"step": i, "label": label} for i, label in enumerate(layer.labels, 1)],
        watched=bins.is_watched(page.service, page.at - view.window.span, page.at),
        address=settings.SITE_URL + reverse("map", args=[slug]) + view.query(),
    )
    response = render(request, "embed-map.html", context)
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response
