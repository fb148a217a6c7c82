"""Reports summed up by two axes of the caller's choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from outages.analytics import aggregates
from outages.analytics.aggregates import Aggregate, Axis, Grain
from outages.analytics.disclosure import TooManyCellsError
from outages.api.counts import SPAN_PARAMETERS
from outages.api.framework.renderers import CsvRenderer, Negotiation
from outages.api.framework.views import ReadView, choice, component_of, country_of, service_or_404, span
from outages.api.serializers import AggregateSerializer
from reports.api.serializers import problems

AXES = ("time", "component", "symptom", "country", "region")
NOT_COUNTED = ("platform",)  # reporters say it, but the counts do not keep it
LONGEST: dict[str, timedelta] = {"minute": timedelta(days=1), "hour": timedelta(days=92), "day": timedelta(days=400)}
LONGEST_OF_SYMPTOMS = timedelta(days=92)  # kept by the minute only
MOST_CELLS = 10_000
NUMBERS = ("reports", "effective", "working", "recovered")


@extend_schema(tags=["counts"])
class AggregateView(ReadView):
    """Reports by one or two axes."""

    renderer_classes = [JSONRenderer, CsvRenderer]
    content_negotiation_class = Negotiation

    @extend_schema(
        operation_id="services_aggregate",
        summary="Reports summed by one or two of time, component, symptom, country and region",
        description="Only cells with reports are listed. Bins in which the service wasn't monitored are not in "
        "`times`: a cell that is missing there says nothing. Where fewer than three networks reported a problem, "
        "`few` is true and there is no "
        "number; networks are not counted by symptom, there the same holds for fewer than three reports. But for the "
        "service as a whole, numbers are perturbed and rounded to multiples of five, the same in every answer; they "
        "are given by hour and day, and a cell with few is not listed each time. Symptoms are counted without places, "
        "and platforms are not counted at all: such axes are refused. "
        f"At most {MOST_CELLS:,} cells.",
        parameters=[
            OpenApiParameter("axis_x", str, enum=[*AXES, *NOT_COUNTED], description="Default: time."),
            OpenApiParameter("axis_y", str, enum=[*AXES, *NOT_COUNTED], description="Default: none; `y` is null."),
            OpenApiParameter(
                "grain",
                str,
                enum=list(LONGEST),
                description=(
                    "Bin width, in UTC (default: hour). Longest span: one day by minute, 92 days by hour, 400 days by "
                    "day or without a time axis, 92 days with symptoms."
                ),
            ),
            *SPAN_PARAMETERS,
            OpenApiParameter("component", str, description="Only this component of the service."),
            OpenApiParameter("country", str, description="Only this country (ISO 3166-1 code)."),
            OpenApiParameter(
                "format", str, enum=["json", "csv"], description="Default: from `Accept`, otherwise json."
            ),
        ],
        responses={
            (200, "application/json"): AggregateSerializer,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A line of names, then a line for each cell."),
            **problems(400, 404, 406),
        },
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        x, y = _axes(request)
        grain = cast(Grain, choice(request, "grain", tuple(LONGEST), "hour"))
        longest = LONGEST[grain if "time" in (x, y) else "day"]
        if "symptom" in (x, y):
            longest = min(longest, LONGEST_OF_SYMPTOMS)
        since, until = span(request, service, default=timedelta(days=1), longest=longest)
        since = _start_of_bin(since, grain if "time" in (x, y) else "minute")
        country, component = country_of(request), component_of(request, service)
        if country and "symptom" in (x, y):
            raise ValidationError({"country": "Symptoms are counted without places."})
        timed = "time" in (x, y)
        if timed and grain == "minute" and not aggregates.is_whole(x, y, component, country):
            raise ValidationError(
                {"grain": "By minutes there are numbers of the service as a whole only. Ask for hours or days."}
            )
        try:
            found = aggregates.cells(
                service, since, until, x, y, grain=grain, component=component, country=country, most=MOST_CELLS
            )
        except TooManyCellsError:
            raise ValidationError(
                {"since": f"These are more than {MOST_CELLS:,} cells. Ask for a shorter span or a coarser grain."}
            ) from None
        times = aggregates.watched(service, since, until, grain) if timed else []
        body = {
            "service": slug,
            "since": since,
            "until": until,
            "axis_x": x,
            "axis_y": y,
            "grain": grain if timed else None,
            "times": [{"at": at, "watched_minutes": minutes} for at, minutes in times],
            "results": [_body(cell) for cell in found],
        }
        data = AggregateSerializer(body).data
        if request.accepted_renderer.format == CsvRenderer.format:
            return _as_table(data, x, y)
        return Response(data)


def _axes(request: Request) -> tuple[Axis, Axis | None]:
    """The axes. Raises ValidationError where they cannot be had, alone or together."""
    x = choice(request, "axis_x", (*AXES, *NOT_COUNTED), "time")
    y = choice(request, "axis_y", (*AXES, *NOT_COUNTED), "") if request.query_params.get("axis_y") else None
    for name, axis in (("axis_x", x), ("axis_y", y)):
        if axis in NOT_COUNTED:
            raise ValidationError({name: f"Reports are not counted by {axis}. Choose one of: {', '.join(AXES)}."})
    if x == y:
        raise ValidationError({"axis_y": "The two axes must differ."})
    pair = {x, y}
    if pair == {"country", "region"}:
        raise ValidationError({"axis_y": "A region tells its country: ask for region alone."})
    if "symptom" in pair and pair & {"country", "region"}:
        raise ValidationError({"axis_y": "Symptoms are counted without places: combine them with time or component."})
    return cast(Axis, x), cast("Axis | None", y)


def _start_of_bin(at: datetime, grain: Grain) -> datetime:
    start = at.replace(second=0, microsecond=0)
    if grain != "minute":
        start = start.replace(minute=0)
    return start.replace(hour=0) if grain == "day" else start


def _body(cell: Aggregate) -> dict[str, Any]:
    return {
        "x": _key(cell.x),
        "y": _key(cell.y),
        "few": cell.few,
        "reports": cell.reports,
        "effective": cell.effective,
        "working": cell.working,
        "recovered": cell.recovered,
    }


def _key(value: Any) -> str | None:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value


def _as_table(data: dict[str, Any], x: Axis, y: Axis | None) -> Response:
    """The cells with their axes as columns."""
    names = {"x": x, **({"y": y} if y else {})}
    columns = [*names.values(), "few", *NUMBERS]
    rows = [{names.get(key, key): value for key, value in row.items()} for row in data["results"]]
    name = "-".join([data["service"], *names.values()])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response({"columns": columns, "results": rows}, headers=headers)
