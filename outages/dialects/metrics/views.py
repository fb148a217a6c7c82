"""Views of Prometheus metrics."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db.models import Value
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.services import language
from outages.dialects.common.stories import stories
from outages.dialects.common.views import DialectView
from outages.dialects.metrics import render as metrics
from outages.models import ProbeHealth, ProbeResult, SourceHealth
from outages.pipeline.failures import set_aside_counts
from outages.queries import chips, front_page
from outages.signals.probes.health import SILENT_AFTER
from reports.models import Service

SET_ASIDE_BACK = timedelta(hours=24)
PROBES_BACK = max(chips.PROBE_WINDOW, SILENT_AFTER)


class MetricsView(DialectView):
    """The metrics of all services, in the format that the client prefers."""

    def served_type(self, request: HttpRequest) -> str | None:
        return metrics.content_type(request.headers.get("Accept", ""))

    def get(self, request: Request) -> Response:
        now = timezone.now()
        rows = front_page.rows(now=now)
        services = [row.service for row in rows]
        results = (
            ProbeResult.objects.filter(service__in=services, at__gt=now - PROBES_BACK, at__lte=now, control=False)
            .order_by("service_id", "probe", "vantage", "-at")
            .distinct("service_id", "probe", "vantage")
            .values_list("service_id", "probe", "vantage", "classification", "latency_ms")
        )
        slugs = {service.pk: service.slug for service in services}
        found = metrics.collected(
            rows,
            stories(services, language(), only_open=True, most=metrics.MOST_INCIDENTS),
            [(slugs[pk], probe, vantage, said, latency) for pk, probe, vantage, said, latency in results],
            [(slugs[pk], kind, count) for (pk, kind), count in _own_errors(services).items()],
            {slugs[pk]: minutes for pk, minutes in set_aside_counts(services, now - SET_ASIDE_BACK).items()},
        )
        body, content_type = metrics.written(found, request.headers.get("Accept", ""))
        return Response(body, content_type=content_type, headers={"Vary": "Accept"})


def _own_errors(services: list[Service]) -> Counter[tuple[int, str]]:
    """How many probes and sources of each service our own program fails at now."""
    probes = ProbeHealth.objects.filter(service__in=services, classification="own_error")
    sources = SourceHealth.objects.filter(service__in=services, state=SourceHealth.State.OWN_ERROR)
    failing = probes.annotate(what=Value("probe")).values_list("service_id", "what")
    return Counter(failing.union(sources.annotate(what=Value("source")).values_list("service_id", "what"), all=True))
