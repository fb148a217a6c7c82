"""Shapes of countries and regions for the map's script."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from django.http import Http404, HttpRequest, HttpResponse

from reports import places

WORLD = "world"
KEPT_S = 7 * 24 * 3600


@lru_cache(maxsize=32)
def _encoded(country: str | None) -> bytes:
    return msgspec.json.encode(places.geojson(country, "en"))


def geojson(_request: HttpRequest, country: str) -> HttpResponse:
    """The world's countries (`world`) or one country's regions, as GeoJSON with clockwise outer rings.

    Names are English: whoever draws them has their own.
    """
    if country != WORLD and not places.regions(country):
        raise Http404
    body = _encoded(None if country == WORLD else country)
    return HttpResponse(
        body, content_type="application/geo+json", headers={"Cache-Control": f"public, max-age={KEPT_S}"}
    )
