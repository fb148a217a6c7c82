"""Services, and what is known of them at a moment."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from outages import queries
from outages.api.reads import AT_PARAMETER, ReadView, moment, service_or_404
from outages.api.serializers import StatusSerializer
from outages.queries import IncidentView
from reports.serializers import problems


def incident_body(slug: str, view: IncidentView) -> dict[str, Any]:
    """An incident as the API gives it."""
    return {
        **asdict(view),
        "service": slug,
        "url": f"{settings.SITE_URL}/api/v1/incidents/{view.id}",
        "page_url": f"{settings.SITE_URL}/{slug}/incidents/{view.number}",
    }


def status_body(status: queries.Status) -> dict[str, Any]:
    """A status as the API gives it."""
    return {
        "service": status.slug,
        "name": status.name,
        "verdict": status.verdict.value,
        "ok": status.ok,
        "confidence": status.confidence,
        "sentence": status.sentence,
        "reports_30m": status.reports_30m,
        "expected_30m": status.expected_30m,
        "working_30m": status.working_30m,
        "recovered_30m": status.recovered_30m,
        "at": status.at,
        "as_of": status.as_of,
        "stale": status.stale,
        "evidence": [asdict(chip) for chip in status.chips],
        "incidents": [incident_body(status.slug, view) for view in status.incidents],
        "url": f"{settings.SITE_URL}/{status.slug}/",
    }


@extend_schema(tags=["services"])
class StatusView(ReadView):
    """What is known of a service."""

    max_age_s = 5

    @extend_schema(
        operation_id="services_status",
        summary="Is it down?",
        parameters=[AT_PARAMETER],
        responses={200: StatusSerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        status = queries.status(service, now=timezone.now(), at=moment(request, "at"))
        return Response(StatusSerializer(status_body(status)).data)
