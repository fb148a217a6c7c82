"""Counts over time, by part and by place. Small cells give no exact number."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.reads import AT_PARAMETER, ReadView, at_of, choice, service_or_404, span
from outages.api.serializers import CountsSerializer, MapSerializer, TimeseriesSerializer
from outages.api.services import language
from outages.dashboards import frames
from outages.dashboards.maps import METRICS, WINDOWS, PlaceRow, layer
from reports import places
from reports.catalog.schema import localise
from reports.catalog.storing import catalog_of
from reports.models import Service
from reports.serializers import problems

MOST_POINTS = 2000
DAY = timedelta(days=1)
GRAINS = (1, 5, 10, 15, 30, 60, 180, 360, 720, 1440)  # minutes; each divides a day
FEWEST_REPORTS = 3  # of a part or symptom everywhere, of which networks are not counted

SPAN_PARAMETERS = [
    OpenApiParameter("since", datetime, description="The start. Without it: 24 hours before `until`."),
    OpenApiParameter("until", datetime, description="The end, itself left out. Without it: the service's present."),
]


def _number(value: Any, digits: int = 3) -> float | None:
    """A number of a frame as JSON has it; NaN is null."""
    return None if value is None or pd.isna(value) else round(float(value), digits)


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


@extend_schema(tags=["counts"])
class TimeseriesView(ReadView):
    """Reports over time."""

    @extend_schema(
        operation_id="services_timeseries",
        summary="Reports over time, against what was expected",
        parameters=[
            *SPAN_PARAMETERS,
            OpenApiParameter(
                "grain_minutes",
                {"type": "integer", "enum": list(GRAINS)},
                description=f"Minutes in a bin; 15 without it. At most {MOST_POINTS} bins.",
            ),
        ],
        responses={200: TimeseriesSerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        grain = int(choice(request, "grain_minutes", tuple(map(str, GRAINS)), "15"))
        longest = timedelta(minutes=grain * MOST_POINTS)
        since, until = span(request, service, default=DAY, longest=longest)
        step = timedelta(minutes=grain)
        midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
        since = midnight + (since - midnight) // step * step  # whole bins, so that neighbouring answers fit together
        frame = frames.timeseries(service, since, until, grain)
        points = [
            {
                "at": row["minute"],
                "reports": _whole(row["raw"]),
                "effective": _number(row["effective"]),
                "expected": _number(row["expected"]),
                "low": _number(row["low"]),
                "high": _number(row["high"]),
                "watched_minutes": int(row["watched"]),
            }
            for row in frame.reset_index().to_dict("records")
        ]
        body = {"service": slug, "since": since, "until": until, "grain_minutes": grain, "points": points}
        return Response(TimeseriesSerializer(body).data)


@extend_schema(tags=["counts"])
class CountsView(ReadView):
    """Reports summed up by one property."""

    @extend_schema(
        operation_id="services_reports",
        summary="Reports summed up by part, symptom, country or region",
        description="Reports are never given one by one. For a place from which fewer than three networks reported "
        "and for a part or symptom with fewer than three reports, `few` is true and there is no number.",
        parameters=[
            OpenApiParameter(
                "by", str, enum=["component", "symptom", "country", "region"], description="Default: component."
            ),
            *SPAN_PARAMETERS,
        ],
        responses={200: CountsSerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        by = choice(request, "by", ("component", "symptom", "country", "region"), "component")
        since, until = span(request, service, default=DAY, longest=timedelta(days=92))
        if by == "component":
            results = _by_component(service, since, until)
        elif by == "symptom":
            results = _by_symptom(service, since, until)
        else:
            results = _by_place(service, since, until, "country" if by == "country" else "region")
        body = {
            "service": slug,
            "since": since,
            "until": until,
            "by": by,
            "total": frames.reports_between(service, since, until),
            "results": results,
        }
        return Response(CountsSerializer(body).data)


def _count(key: str, name: str, reports: int, expected: float | None, *, few: bool) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "few": few,
        "reports": None if few else reports,
        "expected": _number(expected),
    }


def _by_component(service: Service, since: datetime, until: datetime) -> list[dict[str, Any]]:
    catalog, words = catalog_of(service), language()
    sums = frames.components(frames.mix(service, since, until), [part.slug for part in catalog.components])
    rows = sums.to_dict("index")
    results = []
    for part in catalog.components:
        reports = int(rows[part.slug]["raw"])
        few = 0 < reports < FEWEST_REPORTS
        results.append(_count(part.slug, localise(part.name, words), reports, rows[part.slug]["expected"], few=few))
    return results


def _by_symptom(service: Service, since: datetime, until: datetime) -> list[dict[str, Any]]:
    words = language()
    names = {symptom.slug: localise(symptom.name, words) for symptom in catalog_of(service).symptoms}
    return [
        _count(str(slug), names.get(str(slug), str(slug)), int(row["raw"]), None, few=row["raw"] < FEWEST_REPORTS)
        for slug, row in frames.symptoms(frames.mix(service, since, until)).to_dict("index").items()
    ]


def _by_place(service: Service, since: datetime, until: datetime, level: frames.Level) -> list[dict[str, Any]]:
    found = frames.cells(service, since, until, level)
    results = []
    for code, row in found.to_dict("index").items():
        place = places.get(str(code))
        few = row["networks"] < frames.ENOUGH_NETWORKS
        name = place.name(language()) if place else str(code)
        if row["raw"] > 0:
            results.append(_count(str(code), name, int(row["raw"]), None, few=few))
    return sorted(results, key=lambda result: (-(result["reports"] or 0), result["key"]))


class GeoJsonRenderer(JSONRenderer):
    """GeoJSON under its own name; whoever asks for plain JSON gets that."""

    media_type = "application/geo+json"


@extend_schema(tags=["counts"])
class MapView(ReadView):
    """Reports by place."""

    renderer_classes = [GeoJsonRenderer, JSONRenderer]

    @extend_schema(
        operation_id="services_map",
        summary="Where it fails, as GeoJSON",
        description="The places with reports in a window that ends at `at`. Outer rings run counter-clockwise, as "
        "RFC 7946 wants. Where fewer than three networks reported, `few` is true and there is no number.",
        parameters=[
            AT_PARAMETER,
            OpenApiParameter("level", str, enum=["country", "region"], description="Default: country."),
            OpenApiParameter("country", str, description="Only this country's places, by its ISO 3166-1 code."),
            OpenApiParameter("component", str, description="Only this part of the service."),
            OpenApiParameter("window", str, enum=list(WINDOWS), description="How far back; default 1h."),
            OpenApiParameter(
                "metric",
                str,
                enum=list(METRICS),
                description="What `value` says: reports that counted, the same per million people, or times the usual. "
                "Default: count.",
            ),
            OpenApiParameter("shapes", bool, description="`false` leaves the shapes out (`geometry` is null)."),
        ],
        responses={200: MapSerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        level: Any = choice(request, "level", ("country", "region"), "country")
        window = WINDOWS[choice(request, "window", tuple(WINDOWS), "1h")]
        metric = METRICS[choice(request, "metric", tuple(METRICS), "count")]
        with_shapes = choice(request, "shapes", ("true", "false"), "true") == "true"
        country = _country(request)
        component = _component(request, service)
        until = at_of(request, service)
        since = until - window.span
        cells = frames.cells(
            service, since, until, level, component=component, country=country, compare=metric.key == "excess"
        )
        rows = layer(cells, metric, language=language(), country=country).rows
        seen = [row for row in rows if row.raw > 0]
        body = {
            "type": "FeatureCollection",
            "service": slug,
            "since": since,
            "until": until,
            "level": level,
            "metric": metric.key,
            "without_place": next((_cell(row) for row in seen if not row.place), None),
            "features": [
                {
                    "type": "Feature",
                    "id": row.place,
                    "properties": _cell(row),
                    "geometry": _shape(row.place) if with_shapes else None,
                }
                for row in seen
                if row.place
            ],
        }
        return Response(MapSerializer(body).data)


def _country(request: Request) -> str | None:
    code = request.query_params.get("country", "").upper()
    if not code:
        return None
    place = places.get(code)
    if place is None or place.kind != "country":
        raise ValidationError({"country": "There is no such country. Give an ISO 3166-1 code such as NL."})
    return code


def _component(request: Request, service: Service) -> str | None:
    slug = request.query_params.get("component", "")
    if not slug:
        return None
    return choice(request, "component", tuple(part.slug for part in catalog_of(service).components), slug)


def _cell(row: PlaceRow) -> dict[str, Any]:
    """A place's numbers; none where fewer than three networks reported."""
    few = row.networks < frames.ENOUGH_NETWORKS
    numbers = {
        "value": _number(row.value),
        "reports": row.raw,
        "effective": _number(row.effective),
        "expected": _number(row.expected),
        "per_million": _number(row.per_million, 6),
        "times_usual": _number(row.ratio),
    }
    return {
        "code": row.place,
        "name": row.name,
        "few": few,
        **(dict.fromkeys(numbers) if few else numbers),
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
