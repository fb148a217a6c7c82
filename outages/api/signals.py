"""The other signals: sources of announcements and how they fare, what probes last saw, and their history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.counts import SPAN_PARAMETERS
from outages.api.framework.paging import FIELDS_PARAMETER, ShortListView, items, short_list
from outages.api.framework.views import AT_PARAMETER, ReadView, at_of, service_or_404, span
from outages.api.serializers import ProbeHistorySerializer, ProbeHourSerializer, ProbeSerializer, SourceSerializer
from outages.api.services import language
from outages.models import ProbeHour, ProbeResult
from outages.queries.evidence_sources import EvidenceSources
from reports.api.serializers import problems
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.errors import close_to, shorten
from reports.models import Service

RECENT = timedelta(minutes=15)
DAY = timedelta(days=1)
LONGEST_HISTORY = timedelta(days=92)
MOST_HOURS = 10_000


@extend_schema(tags=["signals"])
@short_list(
    SourceSerializer,
    "services_sources",
    "Sources of announcements, and whether we can read them",
    description=(
        "All sources in the catalogue. A source that can't be read is unreachable, blocked, silent or off; "
        "none of these means that the service works."
    ),
)
class SourcesView(ShortListView):
    """Sources of announcements."""

    item = SourceSerializer

    def bodies(self, request: Request, **names: str) -> Iterable[Any]:
        service = service_or_404(names["slug"])
        return EvidenceSources([service], timezone.now()).sources(service, language())


@extend_schema(tags=["signals"])
@short_list(
    SourceSerializer,
    "sources",
    "Sources of announcements for all services, and whether we can read them",
    description=(
        "All sources of all services, as on the Sources page. A source that can't be read is unreachable, "
        "blocked, silent or off; none of these means that the service works."
    ),
    errors=(400, 406),
)
class AllSourcesView(ShortListView):
    """Sources of announcements of all services."""

    item = SourceSerializer

    def bodies(self, request: Request, **names: str) -> Iterable[Any]:
        services = list(Service.objects.filter(is_active=True).order_by("position", "slug"))
        fetch_catalogs(services)
        evidence, words = EvidenceSources(services, timezone.now()), language()
        return [source for service in services for source in evidence.sources(service, words)]


@extend_schema(tags=["signals"])
@short_list(
    ProbeSerializer,
    "services_probes",
    "The last result of each check from each vantage",
    AT_PARAMETER,
    description="The latest result of each probe from each vantage, at most 15 minutes old at that time.",
)
class ProbesView(ShortListView):
    """Probes."""

    item = ProbeSerializer

    def bodies(self, request: Request, **names: str) -> Iterable[ProbeResult]:
        service = service_or_404(names["slug"])
        at = at_of(request, service)
        return (
            ProbeResult.objects.filter(service=service, at__gt=at - RECENT, at__lte=at)
            .order_by("probe", "vantage", "-at")
            .distinct("probe", "vantage")
        )


@extend_schema(tags=["signals"])
class ProbeHistoryView(ReadView):
    """The past of one probe."""

    @extend_schema(
        operation_id="services_probe_history",
        summary="Results of a check by hour and vantage",
        description="Single results are kept for two weeks; these sums stay. An hour without a row was not probed: a "
        f"gap, not an outage. At most {LONGEST_HISTORY.days} days and {MOST_HOURS:,} rows.",
        parameters=[
            *SPAN_PARAMETERS,
            OpenApiParameter("vantage", str, description="Only results from this vantage."),
            FIELDS_PARAMETER,
        ],
        responses={200: ProbeHistorySerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str, probe: str) -> Response:
        service = service_or_404(slug)
        _check_probe(service, probe)
        since, until = span(request, service, default=DAY, longest=LONGEST_HISTORY)
        since = since.replace(minute=0, second=0, microsecond=0)
        rows = ProbeHour.objects.filter(service=service, probe=probe, hour__gte=since, hour__lt=until)
        vantage = request.query_params.get("vantage", "")
        if vantage:
            rows = rows.filter(vantage=vantage) if "\0" not in vantage else rows.none()
        found = list(rows.order_by("hour", "vantage")[: MOST_HOURS + 1])
        if len(found) > MOST_HOURS:
            raise ValidationError(
                {"since": f"These are more than {MOST_HOURS:,} rows. Ask for a shorter span or one vantage."}
            )
        body = {"service": slug, "probe": probe, "since": since, "until": until}
        head = ProbeHistorySerializer({**body, "results": []}).data
        return Response({**head, "results": items(request, ProbeHourSerializer, found)})


def _check_probe(service: Service, slug: str) -> None:
    """Raises NotFound where the service has and had no such probe; it names those that sound alike."""
    known = [probe.slug for probe in catalog_of(service).probes]
    if slug in known or ("\0" not in slug and ProbeHour.objects.filter(service=service, probe=slug).exists()):
        return
    raise NotFound(f"There is no probe {shorten(slug)!r}.{close_to(slug, known)}", code="unknown-probe")
