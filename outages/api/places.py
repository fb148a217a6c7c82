"""Countries and their regions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.paging import ShortListView, short_list
from outages.api.framework.views import ReadView, country_of
from outages.api.serializers import PlaceDetailSerializer, PlaceSerializer
from outages.api.services import language
from reports import places
from reports.api.serializers import problems
from reports.errors import shorten
from reports.places import Place


def place_body(place: Place) -> dict[str, Any]:
    """A place as the API gives it."""
    longitude, latitude = place.point
    return {
        "code": place.code,
        "name": place.name(language()),
        "kind": place.kind,
        "country": place.country,
        "population": place.population,
        "population_year": place.population_year,
        "latitude": latitude,
        "longitude": longitude,
    }


@extend_schema(tags=["places"])
@short_list(
    PlaceSerializer,
    "places_list",
    "All countries, or the regions of one",
    OpenApiParameter("country", str, description="List this country's regions instead (ISO 3166-1 code)."),
    errors=(400, 406),
)
class PlacesView(ShortListView):
    """Places."""

    max_age_s = 3600
    item = PlaceSerializer

    def bodies(self, request: Request, **names: str) -> Iterable[dict[str, Any]]:
        code = country_of(request)
        return map(place_body, places.regions(code) if code else places.countries())


@extend_schema(tags=["places"])
class PlaceView(ReadView):
    """One place."""

    max_age_s = 3600

    @extend_schema(
        operation_id="places_retrieve",
        summary="A country or a region, with its names, neighbours and regions",
        responses={200: PlaceDetailSerializer, **problems(404, 406)},
    )
    def get(self, request: Request, code: str) -> Response:
        place = places.get(code.upper())
        if place is None:
            raise NotFound(
                f"There is no place {shorten(code)!r}. /api/v1/places lists all countries.", code="unknown-place"
            )
        body = {
            **place_body(place),
            "names": place.names,
            "neighbours": list(place.neighbours),
            "regions": [place_body(region) for region in places.regions(place.code)],
        }
        return Response(PlaceDetailSerializer(body).data)
