"""What a vantage found is stored once, and moves the health of its probes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from outages.models import ProbeHealth, ProbeHour, ProbeResult, Vantage
from outages.signals.probes import rollup, store, tasks
from outages.signals.probes.outcome import Outcome
from outages.signals.probes.runner import Finding, Job
from reports.catalog.schema import Probe
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.servers import misbehaving as bad

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROBE = Probe(slug="app", kind="http", component="app", url="http://app.localhost/", countries=["NL"])


@pytest.fixture
def service() -> Service:
    return a_service(probes=[PROBE])


def finding(service: Service, probe: Probe = PROBE, **outcome: Any) -> Finding:
    return Finding(Job(str(uuid.uuid4()), service.pk, probe), Outcome(**outcome))


def health() -> ProbeHealth:
    return ProbeHealth.objects.get()


def test_a_result_is_stored_with_its_timings_and_classification(service: Service) -> None:
    told = finding(service, http_status=503, hint="Server Maintenance", dns_ms=1.0, total_ms=20.0, fingerprint="ab")
    assert store.store("paris", [told], NOON) == 1
    row = ProbeResult.objects.get()
    assert (row.at, row.vantage, row.component, row.countries) == (NOON, "paris", "app", ["NL"])
    assert (row.classification, row.http_status, row.body, row.latency_ms) == ("down", 503, "Server Maintenance", 20.0)
    vantage = Vantage.objects.get()
    assert (vantage.last_seen_at, vantage.last_result_at) == (NOON, NOON)


def test_a_run_told_twice_is_stored_once(service: Service) -> None:
    told = finding(service, http_status=503)
    store.store("paris", [told, told], NOON)
    assert store.store("paris", [told], NOON + timedelta(minutes=2)) == 0
    assert ProbeResult.objects.count() == 1
    assert health().failures == 1


def test_health_counts_failures_in_a_row_and_knows_when_things_changed(service: Service) -> None:
    moments = [NOON + timedelta(minutes=n) for n in range(5)]
    for at, status in zip(moments, [200, 503, 503, 200, 429], strict=True):
        store.store("paris", [finding(service, http_status=status)], at)
        if at == moments[2]:
            assert (health().failures, health().last_change_at, health().last_up_at) == (2, moments[1], moments[0])
    row = health()
    assert (row.classification, row.failures, row.refusals) == ("blocked", 0, 1)
    assert (row.last_up_at, row.last_change_at) == (moments[3], moments[4])


def test_a_refusal_with_retry_after_keeps_us_away(service: Service) -> None:
    store.store("paris", [finding(service, http_status=429, retry_after_s=900)], NOON)
    assert health().not_before_at == NOON + timedelta(minutes=15)
    store.store("paris", [finding(service, http_status=200)], NOON + timedelta(minutes=16))
    assert health().not_before_at is None


def test_a_probe_that_was_not_asked_leaves_no_result(service: Service) -> None:
    store.store("paris", [finding(service, unasked="calls to the outside are switched off")], NOON)
    assert ProbeResult.objects.count() == 0
    assert (health().classification, health().failures) == ("unasked", 0)


def test_a_service_that_is_gone_is_passed_over(service: Service) -> None:
    told = finding(service, http_status=200)
    store.store("paris", [msgspec.structs.replace(told, job=Job(told.job.id, 999_999, PROBE))], NOON)
    assert ProbeResult.objects.count() == 0


def test_hours_are_rolled_up_and_can_be_made_again(service: Service) -> None:
    for minute in range(60):
        status = 503 if minute < 6 else 200
        store.store(
            "paris", [finding(service, http_status=status, total_ms=float(minute))], NOON + timedelta(minutes=minute)
        )
    store.store("paris", [finding(service, error="timeout", total_ms=9000.0)], NOON + timedelta(minutes=59))
    store.store("paris", [finding(service, http_status=403)], NOON + timedelta(minutes=59, seconds=1))
    for _ in range(2):
        rollup.roll_up(NOON + timedelta(minutes=59, seconds=30))
    hour = ProbeHour.objects.get()
    assert (hour.hour, hour.results, hour.up, hour.down, hour.blocked) == (NOON, 62, 54, 7, 1)
    assert hour.p50_ms == pytest.approx(29.5)
    assert hour.availability == pytest.approx(54 / 61)


def test_house_keeping_makes_partitions_ahead_and_drops_old_ones(service: Service) -> None:
    from reports import partitions

    old = NOON.date() - timedelta(days=rollup.RETENTION_DAYS + 1)
    partitions.ensure(rollup.TABLE, "at", old, old)
    rollup.keep_house(NOON.date(), NOON)
    names = partitions.existing(rollup.TABLE)
    assert partitions.partition_name(rollup.TABLE, old) not in names
    assert partitions.partition_name(rollup.TABLE, NOON.date() + timedelta(days=rollup.DAYS_AHEAD)) in names


def test_the_tasks_carry_jobs_to_a_vantage_and_findings_back(
    service: Service, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND = "loopback"
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.store_probe_results, "apply_async", lambda **options: sent.append(options))
    with bad.serve(bad.answers(503, b"Server Maintenance", Content_Type="text/plain")) as server:
        job = Job(str(uuid.uuid4()), service.pk, msgspec.structs.replace(PROBE, url=server.url()))
        tasks.run_probes(vantage="paris", jobs=msgspec.to_builtins([job]))
    assert sent[0]["queue"] == "default"
    as_the_broker_carries_it = msgspec.json.decode(msgspec.json.encode(sent[0]["kwargs"]))
    tasks.store_probe_results(**as_the_broker_carries_it)
    row = ProbeResult.objects.get()
    assert (row.classification, row.body, row.http_version) == ("down", "Server Maintenance", "HTTP/1.1")
