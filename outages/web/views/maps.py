"""The map: where people report, by country and by region. A GET form chooses; the address holds the whole view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from config import front_requests
from outages.analytics import frames, usual
from outages.queries import status as queries
from outages.texts import sentences
from outages.web.charts import figures, maps, playback, svg
from outages.web.charts.map_metrics import DEFAULT_METRIC, METRICS, Metric
from outages.web.charts.maps import DEFAULT_WINDOW, WINDOWS, Layer, Window
from outages.web.views.embed_code import iframe
from outages.web.views.errors import BadAddressError
from outages.web.views.geojson import WORLD
from outages.web.views.page_context import Shown, shown
from reports import places
from reports.collation import collation_key
from reports.places import Place

FRAMES_KEPT_S = 300  # late and withdrawn reports change a past minute a little for some minutes
FIGURE_KEPT_S = 30
PLAYER_HEIGHT = 56
PLAIN_ROWS = 20  # of the table where the site is hard pressed


@dataclass(frozen=True, slots=True)
class MapView:
    """What the map shows. `country` is None for the world, `component` "" for all parts.

    A service of one country has a `home`: its map begins there, and the world is asked for by name.
    """

    window: Window
    metric: Metric
    country: Place | None
    component: str
    at: str
    home: str = ""
    whole: bool = False  # the world asked for as a whole, and not the affected area

    def query(self, **changes: str) -> str:
        """The view as the part of an address after the question mark; `changes` replace, "" takes away."""
        parts = {
            "window": self.window.key,
            "metric": self.metric.key,
            "country": self.country.code if self.country else WORLD if self.home else "",
            "component": self.component,
            "area": "whole" if self.whole else "",
            "at": self.at,
        } | changes
        return "?" + urlencode({name: value for name, value in parts.items() if value}, safe=":")


def one_of(request: HttpRequest, name: str, known: dict[str, Any], default: str) -> Any:
    """One of the known values by the name that the address gives, or the default. Raises BadAddress."""
    given = request.GET.get(name, "") or default
    if given not in known:
        raise BadAddressError(
            _("“%(name)s” is one of %(known)s.") % {"name": name, "known": sentences.listed(list(known))}
        )
    return known[given]


def read_view(request: HttpRequest, page: Shown) -> MapView:
    """The view that the address asks for. Raises BadAddress, saying what there is."""
    home = page.catalog.places[0] if len(page.catalog.places) == 1 else ""
    given = request.GET.get("country", "").strip() or home
    code = "" if given == WORLD else given.upper()
    country = places.get(code) if code else None
    if code and (country is None or country.kind != "country"):
        raise BadAddressError(_("“country” is two letters as in ISO 3166-1, such as NL or US."))
    component = request.GET.get("component", "")
    if component and component not in page.component_names():
        raise BadAddressError(
            _("“component” is one of %(parts)s.") % {"parts": sentences.listed(list(page.component_names()))}
        )
    window = one_of(request, "window", WINDOWS, DEFAULT_WINDOW)
    asked = request.GET.get("metric", "")
    metric = one_of(request, "metric", METRICS, asked or _default_metric(page, window, country))
    whole = one_of(request, "area", {"affected": False, "whole": True}, "affected")
    return MapView(window, metric, country, component, page.moment.parameter, home, whole)


def _default_metric(page: Shown, window: Window, country: Place | None) -> str:
    """Times the usual, as soon as anything is known of what is usual; the reports themselves on a first day."""
    until = page.at.replace(second=0, microsecond=0)
    level: frames.Level = "region" if country else "country"
    known = usual.profile(page.service, until - window.span, until, level).is_known
    return DEFAULT_METRIC if known else "count"


def read_layer(page: Shown, view: MapView, *, compare: bool = True) -> Layer:
    """The map's places. Four queries at most."""
    until = page.at.replace(second=0, microsecond=0)
    code = view.country.code if view.country else None
    cells = frames.cells(
        page.service,
        until - view.window.span,
        until,
        "region" if code else "country",
        component=view.component or None,
        country=code,
        compare=compare,
    )
    return maps.layer(cells, view.metric, language=page.language, country=code)


def map_title(page: Shown, view: MapView) -> str:
    """What the map shows, in words."""
    words = (
        _("%(name)s by region, %(window)s: %(metric)s")
        if view.country
        else _("%(name)s by country, %(window)s: %(metric)s")
    )
    return words % {"metric": view.metric.within(), "name": page.name, "window": view.window.words()}


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def service_map(request: HttpRequest, slug: str) -> HttpResponse:
    """The map of a service, by country or by the regions of one."""
    page = shown(request, slug)
    view = read_view(request, page)
    layer = read_layer(page, view)
    status = queries.status(page.service, now=timezone.now(), at=page.moment.asked_at)
    address = reverse("map", args=[slug])
    code = view.country.code if view.country else None
    has_people = maps.has_people(code)

    def drill(place: str) -> str:
        return address + view.query(country=place)

    title = map_title(page, view)
    plain = not front_requests.draws_all(request)
    context = page.context(
        "map",
        status=status,
        since=status.incident.opened_at if status.incident else status.ended_at,
        view=view,
        title=title,
        windows=WINDOWS.values(),
        metrics=[m for m in METRICS.values() if has_people or not m.needs_population],
        has_people=has_people,
        no_population=view.metric.needs_population and not has_people,
        components=page.component_names(),
        drawing=maps.svg_map(
            layer, title=title, link=None if code else drill, playable=True, whole=view.whole or bool(code)
        ),
        is_part=not code and not view.whole and maps.area_of(layer) is not None,
        whole_query=view.query(area="whole"),
        area_query=view.query(area=""),
        countries=countries(page.language),
        picture_svg=reverse("map-picture", args=[slug, "svg"]) + view.query(at=_stamp(page.at)),
        picture_png=reverse("map-picture", args=[slug, "png"]) + view.query(at=_stamp(page.at)),
        plain=plain,
        **({} if plain else player(page, view)),
        legend=[{"step": i, "label": label} for i, label in enumerate(layer.labels, 1)],
        rows=[
            {"row": row, "link": "" if code else drill(row.place)}
            for row in layer.ranked[: PLAIN_ROWS if plain else None]
        ],
        nowhere=layer.nowhere,
        total=sum(row.raw for row in layer.rows),
        figure_address=reverse("map-figure", args=[slug]) + view.query(),
        world_query=view.query(country=WORLD if view.home else ""),
        csv=reverse("map-csv", args=[slug]) + view.query(),
        drill=address + view.query(country="XX"),
        lasting_address=settings.SITE_URL + address + view.query(at=_stamp(page.at)),
        snippet=iframe(slug, title, view.query(), of="embed-map"),
        framed=reverse("embed-map", args=[slug]) + view.query(),
    )
    return render(request, "pages/map.html", context)


def map_figure(request: HttpRequest, slug: str) -> HttpResponse:
    """The map as a figure for plotly: asked for when somebody wants the interactive one, and weighs nothing before."""
    page = shown(request, slug)
    view = read_view(request, page)
    code = view.country.code if view.country else None
    shapes = reverse("shapes", args=[code if code and places.regions(code) else WORLD])
    response = HttpResponse(
        msgspec.json.encode(figures.choropleth(read_layer(page, view), shapes)), content_type="application/json"
    )
    patch_cache_control(response, public=True, max_age=FIGURE_KEPT_S)
    return response


def countries(language: str) -> list[tuple[str, str]]:
    """Return all countries with their names, in the order of the names: the way to those too small to tap."""
    named = [(place.code, place.name(language)) for place in places.countries()]
    return sorted(named, key=lambda found: collation_key(found[1], language))


def player(page: Shown, view: MapView) -> dict[str, Any]:
    """What the player needs before it has loaded its frames: their address, number and steps. One query."""
    until = page.at.replace(second=0, microsecond=0)
    steps = playback.bins_of(view.window, until)
    grain = int(steps.step / timedelta(minutes=1))
    series = frames.timeseries(page.service, steps.since, steps.until, grain)
    chart = None
    if series["watched"].any():
        chart = svg.timeseries(series, title=_("Reports over the playback period"), height=PLAYER_HEIGHT)
    address = reverse("map", args=[page.service.slug])
    before, after = until - steps.step, until + steps.step
    return {
        "player_chart": chart,
        "frame_count": len(steps.starts),
        "frame_minutes": grain,
        "frames_address": reverse("map-frames", args=[page.service.slug]) + view.query(at=_stamp(until)),
        "earlier": address + view.query(at=_stamp(before)),
        "later": address + view.query(at=_stamp(after)) if after <= page.moment.present else "",
    }


def map_frames(request: HttpRequest, slug: str) -> HttpResponse:
    """The frames of the map's window as one JSON, to be kept by browsers and proxies."""
    page = shown(request, slug)
    view = read_view(request, page)
    until = page.at.replace(second=0, microsecond=0)
    code = view.country.code if view.country else None
    asked = (view.window.key, view.metric.key, code or "", view.component, page.language)
    key = f"frames:{page.service.pk}:{until:%Y%m%d%H%M}:{':'.join(asked)}"
    body: bytes | None = cache.get(key)
    if body is None:
        made = playback.read(
            page.service, until, view.window, view.metric, country=code, component=view.component or None
        )
        body = msgspec.json.encode(playback.as_dict(made, view.metric, page.language))
        cache.set(key, body, FRAMES_KEPT_S)
    response = HttpResponse(body, content_type="application/json")
    patch_cache_control(response, public=True, max_age=FRAMES_KEPT_S)
    return response
