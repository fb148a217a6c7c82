"""Shapes of countries and regions for the map's script."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from reports import places

WORLD = "world"
KEPT_S = 7 * 24 * 3600


@lru_cache(maxsize=32)
def _encoded(country: str | None, language: str) -> bytes:
    return msgspec.json.encode(places.geojson(country, language))


def geojson(request: HttpRequest, country: str) -> HttpResponse:
    """The world's countries (`world`) or one country's regions, as GeoJSON with clockwise outer rings."""
    if country != WORLD and not places.regions(country):
        raise Http404
    body = _encoded(None if country == WORLD else country, get_language() or "en")
    return HttpResponse(
        body, content_type="application/geo+json", headers={"Cache-Control": f"public, max-age={KEPT_S}"}
    )
