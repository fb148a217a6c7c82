"""Serve the metrics of the program on a port of its own, for the operator's Prometheus."""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from config import metrics
from outages.management.operator_metrics import OperatorMetrics


class Command(BaseCommand):
    """`manage.py serve_metrics`: what all processes of this machine have counted, and what a look tells."""

    help = (__doc__ or "").strip()
    requires_system_checks: list[str] = []  # as Django declares it

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.METRICS_PORT:
            raise CommandError("METRICS_PORT says on which port; it is not set.")
        registry = CollectorRegistry()
        if metrics.is_shared():
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry = REGISTRY
        registry.register(OperatorMetrics())
        try:
            server, thread = start_http_server(settings.METRICS_PORT, settings.METRICS_HOST, registry)
        except OSError as error:
            raise CommandError(f"{settings.METRICS_HOST}:{settings.METRICS_PORT}: {error}") from error
        try:
            threading.Event().wait()
        finally:
            server.shutdown()
            thread.join(5)
