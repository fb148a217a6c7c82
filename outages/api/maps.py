"""Where it fails: the places with reports, as GeoJSON and as TopoJSON."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from outages.analytics import frames
from outages.api.counts import number_of
from outages.api.framework.renderers import GeoJsonRenderer, Negotiation, TopoJsonRenderer
from outages.api.framework.views import AT_PARAMETER, ReadView, at_of, choice, component_of, country_of, service_or_404
from outages.api.map_serializers import MapSerializer, TopologySerializer
from outages.api.services import language
from outages.clock import whole_minute
from outages.web.charts.map_metrics import METRICS
from outages.web.charts.maps import WINDOWS, PlaceRow, layer
from reports import places
from reports.api.serializers import problems


@extend_schema(tags=["counts"])
class MapView(ReadView):
    """Reports by place."""

    renderer_classes = [GeoJsonRenderer, JSONRenderer, TopoJsonRenderer]
    content_negotiation_class = Negotiation

    @extend_schema(
        operation_id="services_map",
        summary="Where people report problems, as GeoJSON or TopoJSON",
        description=(
            "Places with reports in a window that ends at `at`. In GeoJSON, outer rings run counter-clockwise, as"
            " RFC 7946 requires. TopoJSON stores shared borders once; by region it covers one country, so name "
            "one. If fewer than three networks reported, `few` is true and there is no number."
        ),
        parameters=[
            AT_PARAMETER,
            OpenApiParameter("level", str, enum=["country", "region"], description="Default: country."),
            OpenApiParameter("country", str, description="Only this country's places, by its ISO 3166-1 code."),
            OpenApiParameter("component", str, description="Only this component of the service."),
            OpenApiParameter("window", str, enum=list(WINDOWS), description="Time window (default: 1h)."),
            OpenApiParameter(
                "metric",
                str,
                enum=list(METRICS),
                description=(
                    "What `value` is: counted reports, counted reports per million people, or times the usual "
                    "(default: count)."
                ),
            ),
            OpenApiParameter("shapes", bool, description="`false` omits the shapes (`geometry` is null)."),
            OpenApiParameter(
                "format",
                str,
                enum=["geojson", "json", "topojson"],
                description="Default: from `Accept`, otherwise geojson; json is GeoJSON with a plain content type.",
            ),
        ],
        responses={
            (200, GeoJsonRenderer.media_type): MapSerializer,
            (200, "application/json"): MapSerializer,
            (200, TopoJsonRenderer.media_type): TopologySerializer,
            **problems(400, 404, 406),
        },
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        level: Any = choice(request, "level", ("country", "region"), "country")
        window = WINDOWS[choice(request, "window", tuple(WINDOWS), "1h")]
        metric = METRICS[choice(request, "metric", tuple(METRICS), "count")]
        with_shapes = choice(request, "shapes", ("true", "false"), "true") == "true"
        country = country_of(request)
        component = component_of(request, service)
        as_topology = request.accepted_renderer.format == TopoJsonRenderer.format
        if as_topology and level == "region" and country is None:
            raise ValidationError({"country": "TopoJSON by region holds the regions of one country: name it."})
        until = whole_minute(at_of(request, service))  # counts are kept by the minute
        since = until - window.span
        cells = frames.cells(service, since, until, level, component=component, country=country, compare=True)
        rows = layer(cells, metric, language=language(), country=country).rows
        seen = [row for row in rows if row.is_seen]
        body = {
            "service": slug,
            "since": since,
            "until": until,
            "level": level,
            "metric": metric.key,
            "without_place": next((_cell(row) for row in seen if not row.place), None),
        }
        cells_by_place = {row.place: _cell(row) for row in seen if row.place}
        if as_topology:
            topology = _topology(cells_by_place, country if level == "region" else None, with_shapes=with_shapes)
            return Response(TopologySerializer({**body, **topology}).data)
        features = [
            {
                "type": "Feature",
                "id": code,
                "properties": cell,
                "geometry": _shape(code) if with_shapes else None,
            }
            for code, cell in cells_by_place.items()
        ]
        return Response(MapSerializer({**body, "type": "FeatureCollection", "features": features}).data)


def _cell(row: PlaceRow) -> dict[str, Any]:
    """A place's numbers; none where fewer than three networks reported."""
    numbers = {
        "value": number_of(row.value),
        "reports": row.raw,
        "effective": number_of(row.effective),
        "expected": number_of(row.expected),
        "per_million": number_of(row.per_million, 6),
        "times_usual": number_of(row.ratio),
        "times_usual_low": number_of(row.ratio_low),
        "times_usual_high": number_of(row.ratio_high),
    }
    return {
        "code": row.place,
        "name": row.name,
        "few": row.few,
        **(dict.fromkeys(numbers) if row.few else numbers),
    }


@lru_cache(maxsize=1024)
def _shape(code: str) -> dict[str, Any] | None:
    """A place's shape as RFC 7946 wants it: outer rings counter-clockwise, the other way round than plotly's."""
    place = places.get(code)
    if place is None:
        return None
    collection = places.geojson(None if place.kind == "country" else place.country)
    for feature in collection["features"]:
        if feature["id"] == code:
            polygons = feature["geometry"]["coordinates"]
            turned = [[list(reversed(ring)) for ring in polygon] for polygon in polygons]
            return {"type": "MultiPolygon", "coordinates": turned}
    return None


def _topology(cells: dict[str, dict[str, Any]], country: str | None, *, with_shapes: bool) -> dict[str, Any]:
    """The cells on the shapes of the world (None) or of one country. One without a shape there has the type null."""
    topology = places.topology_of(country, frozenset(cells) if with_shapes else frozenset())
    shapes = {shape["id"]: shape for shape in topology["objects"]["places"]["geometries"]}
    geometries = [{**shapes.get(code, {"type": None, "id": code}), "properties": cell} for code, cell in cells.items()]
    return {**topology, "objects": {"places": {"type": "GeometryCollection", "geometries": geometries}}}
