"""Counts over time, and summed up by one property. Small cells give no exact number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from outages.analytics import frames
from outages.api.framework.views import ReadView, choice, service_or_404, span
from outages.api.serializers import CountsSerializer, TimeseriesSerializer
from outages.api.services import language
from reports import places
from reports.api.serializers import problems
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of
from reports.models import Service

MOST_POINTS = 2000
DAY = timedelta(days=1)
GRAINS = (1, 5, 10, 15, 30, 60, 180, 360, 720, 1440)  # minutes; each divides a day

SPAN_PARAMETERS = [
    OpenApiParameter("since", datetime, description="Start (default: 24 hours before `until`)."),
    OpenApiParameter("until", datetime, description="End, exclusive (default: now, on the service's clock)."),
]


def number_of(value: Any, digits: int = 3) -> float | None:
    """A number of a frame as JSON has it; NaN is null."""
    return None if value is None or pd.isna(value) else round(float(value), digits)


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


@extend_schema(tags=["counts"])
class TimeseriesView(ReadView):
    """Reports over time."""

    @extend_schema(
        operation_id="services_timeseries",
        summary="Reports over time, compared with what was expected",
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
                "effective": _whole(row["effective"]),
                "expected": number_of(row["expected"]),
                "low": number_of(row["low"]),
                "high": number_of(row["high"]),
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
        summary="Reports summed by component, symptom, country or region",
        description=(
            "Individual reports are never returned. If fewer than three networks reported from a place or about a"
            " component, or a symptom has fewer than three reports, `few` is true and there is no number; such "
            "rows are not always listed. `total` is exact; all other numbers are perturbed and rounded to "
            "multiples of five, the same in every response. Reports from a place with few are counted once their "
            "hour has ended."
        ),
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
        "expected": None if few else number_of(expected),
    }


def _by_component(service: Service, since: datetime, until: datetime) -> list[dict[str, Any]]:
    catalog, words = catalog_of(service), language()
    rows = frames.components(service, since, until, [part.slug for part in catalog.components]).to_dict("index")
    return [
        _count(part.slug, localise(part.name, words), int(row["raw"]), row["expected"], few=row["few"])
        for part in catalog.components
        if (row := rows[part.slug])
    ]


def _by_symptom(service: Service, since: datetime, until: datetime) -> list[dict[str, Any]]:
    words = language()
    names = {symptom.slug: localise(symptom.name, words) for symptom in catalog_of(service).symptoms}
    found = frames.symptoms(service, since, until).to_dict("index")
    return [
        _count(str(slug), names.get(str(slug), str(slug)), int(row["raw"]), None, few=row["few"])
        for slug, row in found.items()
    ]


def _by_place(service: Service, since: datetime, until: datetime, level: frames.Level) -> list[dict[str, Any]]:
    found = frames.cells(service, since, until, level, compare=True)
    found = found[found["few"] | (found["raw"] > 0)]
    results = []
    for code, row in found.to_dict("index").items():
        place = places.get(str(code))
        name = place.name(language()) if place else str(code)
        results.append(_count(str(code), name, int(row["raw"]), row["expected"], few=row["few"]))
    return sorted(results, key=lambda result: (-(result["reports"] or 0), result["key"]))
