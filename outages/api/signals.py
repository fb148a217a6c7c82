"""The other signals: sources of announcements and how they fare, and what probes last saw."""

from __future__ import annotations

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.paging import list_of
from outages.api.reads import AT_PARAMETER, ReadView, at_of, service_or_404
from outages.api.serializers import ProbeSerializer, SourceSerializer
from outages.models import ProbeResult, SourceHealth
from reports.serializers import problems

RECENT = timedelta(minutes=15)


@extend_schema(tags=["signals"])
class SourcesView(ReadView):
    """Sources of announcements."""

    @extend_schema(
        operation_id="services_sources",
        summary="Where announcements are read, and whether they can be read",
        description="A source that cannot be read is unreachable, blocked or off: never an all-clear.",
        responses={200: list_of(SourceSerializer), **problems(404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        rows = SourceHealth.objects.filter(service=service_or_404(slug)).order_by("slug")
        return Response({"results": SourceSerializer(rows, many=True).data})


@extend_schema(tags=["signals"])
class ProbesView(ReadView):
    """Probes."""

    @extend_schema(
        operation_id="services_probes",
        summary="What each vantage last saw of each target",
        description="The last result of each probe from each vantage, none older than 15 minutes then.",
        parameters=[AT_PARAMETER],
        responses={200: list_of(ProbeSerializer), **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        at = at_of(request, service)
        rows = (
            ProbeResult.objects.filter(service=service, at__gt=at - RECENT, at__lte=at)
            .order_by("probe", "vantage", "-at")
            .distinct("probe", "vantage")
        )
        return Response({"results": ProbeSerializer(rows, many=True).data})
