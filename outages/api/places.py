"""Countries and their regions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.paging import FIELDS_PARAMETER, items, list_of
from outages.api.reads import ReadView
from outages.api.serializers import PlaceDetailSerializer, PlaceSerializer
from outages.api.services import language
from reports import places
from reports.places import Place
from reports.serializers import problems
from reports.submissions import shorten


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
class PlacesView(ReadView):
    """Places."""

    max_age_s = 3600

    @extend_schema(
        operation_id="places_list",
        summary="All countries, or the regions of one",
        parameters=[
            OpenApiParameter("country", str, description="Its regions instead, by its ISO 3166-1 code."),
            FIELDS_PARAMETER,
        ],
        responses={200: list_of(PlaceSerializer), **problems(400, 406)},
    )
    def get(self, request: Request) -> Response:
        code = request.query_params.get("country", "").upper()
        if code and places.get(code) not in places.countries():
            raise ValidationError({"country": "There is no such country. Give an ISO 3166-1 code such as NL."})
        found = places.regions(code) if code else places.countries()
        return Response({"results": items(request, PlaceSerializer, map(place_body, found))})


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
