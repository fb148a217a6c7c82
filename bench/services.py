"""What many services cost the worker a minute: quiet ones, and some with reports.

`python -m bench services`. Works in a database of its own (DATA_DIR, else a temporary one) on made-up catalogues:
BENCH_SERVICES (1,000), of which BENCH_BUSY (10) have reports. Minutes are stepped one after the other, as the worker's
tasks do it, in this process; what it takes of the processor is the worker's share, without PostgreSQL's.
"""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from bench._servers import servers

SERVICES, BUSY = int(os.environ.get("BENCH_SERVICES", "1000")), int(os.environ.get("BENCH_BUSY", "10"))
REPORTS = 3  # a busy service and minute
MINUTES = int(os.environ.get("BENCH_MINUTES", "35"))  # a little more than the time from one look ahead to the next
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=6)
GOAL_SERVICES, GOAL_BUSY = 5000, 50


def main() -> None:
    with servers():
        import django

        django.setup()
        _measure()


def catalogues(count: int) -> list[dict[str, Any]]:
    """Return made-up catalogues of three components and four symptoms."""
    return [
        {
            "slug": f"made-{number:05}",
            "name": f"Made-up service {number}",
            "default_component": "app",
            "components": [{"slug": slug, "name": slug.title()} for slug in ("app", "login", "website")],
            "symptoms": [
                {"slug": slug, "name": slug.title(), "component": component}
                for slug, component in (("slow", "app"), ("error", "website"), ("no-login", "login"), ("down", "app"))
            ],
        }
        for number in range(count)
    ]


def _store() -> float:
    """Store the catalogues. Return the seconds that it took."""
    import msgspec

    from reports.catalog.schema import Catalog
    from reports.catalog.store import store_all

    began = time.perf_counter()
    list(store_all([msgspec.convert(catalogue, Catalog) for catalogue in catalogues(SERVICES)]))
    return time.perf_counter() - began


def _begin(services: list[Any]) -> None:
    """Give each service the state of one that was scanned."""
    from outages.models import DetectorState
    from outages.pipeline import scan

    scan.run(services[0], now=START + LAG)
    first = DetectorState.objects.get(service=services[0])
    DetectorState.objects.bulk_create(
        DetectorState(service=one, minute=first.minute, state=first.state, recounted_until=first.recounted_until)
        for one in services[1:]
    )


def _report(service: Any, minute: datetime) -> list[Any]:
    from reports.models import Report

    component, symptom = service.components.first(), service.symptoms.first()
    return [
        Report(
            id=uuid.uuid4(), at=minute + timedelta(seconds=20 * number), received_at=minute, occurred_at=minute,
            service=service, component=component, symptom=symptom, country="NL", region="NL-NH",
            network=uuid.uuid4().int >> 65, wide_network=uuid.uuid4().int >> 65, asn=number, door="api",
            receipt_hash=b"",
        )
        for number in range(REPORTS)
    ]  # fmt: skip


def _measure() -> None:
    from django.core.management import call_command

    from outages.clock import MINUTE
    from outages.pipeline import quiet, scan
    from reports.models import Report, Service

    call_command("migrate", verbosity=0)
    print(f"{SERVICES:,} catalogues stored in {_store():.1f} s")
    services = list(Service.objects.filter(slug__startswith="made-").order_by("pk"))
    _begin(services)
    busy = services[:BUSY]
    spent = {"find": 0.0, "ahead": 0.0, "tell": 0.0, "scan": 0.0}
    told = ahead = scanned = 0
    for number in range(MINUTES):
        minute = START + number * MINUTE
        Report.objects.bulk_create(one for service in busy for one in _report(service, minute))
        now = minute + MINUTE + LAG
        clock = time.process_time()
        laid_by, steady = quiet.services(minute, now=now)
        spent["find"] += (found_s := time.process_time()) - clock
        told += quiet.tell(laid_by, minute, now=now)
        spent["tell"] += (told_s := time.process_time()) - found_s
        loud = quiet.look_ahead(steady, minute, now=now, until_s=time.monotonic() + 3600)
        ahead += len(steady) - len(loud)
        spent["ahead"] += (ahead_s := time.process_time()) - told_s
        others = {one.pk for one in services} - set(laid_by) - (set(steady) - set(loud))
        for service in Service.objects.filter(pk__in=others):
            scan.run(service, now=now)
        scanned += len(others)
        spent["scan"] += time.process_time() - ahead_s
    quiet_ms = 1000 * (spent["find"] + spent["tell"] + spent["ahead"]) / max(1, told + ahead)
    busy_ms = 1000 * spent["scan"] / max(1, scanned)
    share = (GOAL_SERVICES - GOAL_BUSY) * quiet_ms / 60_000 + GOAL_BUSY * busy_ms / 60_000
    print(f"quiet: {told:,} minutes told, {ahead:,} looked ahead from; {quiet_ms:.2f} ms a service and minute")
    print(f"busy:  {scanned:,} minutes scanned; {busy_ms:.1f} ms")
    print(f"{GOAL_SERVICES:,} services, {GOAL_BUSY} of them busy: {share:.0%} of one core")


if __name__ == "__main__":
    main()
