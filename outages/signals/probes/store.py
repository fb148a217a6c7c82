"""Stores what live probes found, each run once, however often it is told. The only writer of ProbeHealth."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from outages.models import ProbeHealth, ProbeResult, Vantage
from outages.signals.probes.outcome import MOST_DETAIL, Outcome, classify, says_nothing
from outages.signals.probes.runner import Finding, Job
from reports.models import Service

TOLD_AGAIN_WITHIN = timedelta(minutes=15)
UNASKED = "unasked"
OWN_ERROR = "own_error"
OWN_ERROR_MOST_S = 3600.0
_HEALTH_FIELDS = [
    field.name for field in ProbeHealth._meta.concrete_fields if field.name not in ("id", "service", "probe", "vantage")
]


def heard(vantage: str, now: datetime, *, with_result: bool = False) -> None:
    """Notes a word from a vantage, the first time too."""
    values = {"last_seen_at": now} | ({"last_result_at": now} if with_result else {})
    if not Vantage.objects.filter(name=vantage).update(**values):
        Vantage.objects.update_or_create(name=vantage, defaults=values)


def store(vantage: str, findings: Sequence[Finding], now: datetime) -> int:
    """Stores what a vantage found. Returns how many results were new.

    A probe that was not asked (switched off, or an address that we never call), or at which our own program failed,
    says nothing of its target: it leaves a line in its health and no result.
    """
    with transaction.atomic():
        _one_at_a_time(vantage)
        heard(vantage, now, with_result=True)
        new = _new(findings, now)
        results = [_row(vantage, finding, now) for finding in new if not says_nothing(finding.outcome)]
        ProbeResult.objects.bulk_create(results, batch_size=500)
        _update_health(vantage, new, now)
    return len(results)


def _one_at_a_time(vantage: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('outages.signals.probes'), hashtext(%s))", [vantage])


def _new(findings: Sequence[Finding], now: datetime) -> list[Finding]:
    """Those not stored yet, of services that exist."""
    services = set(
        Service.objects.filter(pk__in={finding.job.service for finding in findings}).values_list("pk", flat=True)
    )
    stored = set(
        ProbeResult.objects.filter(
            id__in=[finding.job.id for finding in findings], at__gt=now - TOLD_AGAIN_WITHIN
        ).values_list("id", flat=True)
    )
    once = {finding.job.id: finding for finding in findings}
    return [f for f in once.values() if f.job.service in services and uuid.UUID(f.job.id) not in stored]


def _row(vantage: str, finding: Finding, now: datetime) -> ProbeResult:
    probe, outcome = finding.job.probe, finding.outcome
    return ProbeResult(
        id=uuid.UUID(finding.job.id),
        at=now,
        service_id=finding.job.service,
        probe=probe.slug,
        vantage=vantage,
        component=probe.component or "",
        countries=list(probe.countries),
        control=probe.control,
        classification=classify(outcome, probe),
        http_status=outcome.http_status,
        error=outcome.error,
        detail=outcome.detail[:MOST_DETAIL],
        body=outcome.hint,
        fingerprint=outcome.fingerprint,
        http_version=outcome.http_version,
        dns_ms=outcome.dns_ms,
        connect_ms=outcome.connect_ms,
        tls_ms=outcome.tls_ms,
        first_byte_ms=outcome.first_byte_ms,
        latency_ms=outcome.total_ms,
    )


def _update_health(vantage: str, findings: Sequence[Finding], now: datetime) -> None:
    known = {
        (row.service_id, row.probe): row
        for row in ProbeHealth.objects.filter(
            vantage=vantage,
            service__in={finding.job.service for finding in findings},
            probe__in={finding.job.probe.slug for finding in findings},
        )
    }
    for finding in findings:
        key = finding.job.service, finding.job.probe.slug
        known[key] = _health(known.get(key), vantage, finding.job, finding.outcome, now)
    told = {(finding.job.service, finding.job.probe.slug) for finding in findings}
    ProbeHealth.objects.bulk_create(
        [row for key, row in known.items() if key in told],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["service", "probe", "vantage"],
        update_fields=_HEALTH_FIELDS,
    )


def _health(known: ProbeHealth | None, vantage: str, job: Job, outcome: Outcome, now: datetime) -> ProbeHealth:
    """The health after one more outcome."""
    probe = job.probe
    classification = OWN_ERROR if outcome.own_error else UNASKED if outcome.unasked else classify(outcome, probe)
    changed = known is None or known.classification != classification
    expiry = outcome.certificate_expires_at
    own_errors = (known.own_errors if known else 0) + 1 if outcome.own_error else 0
    wait_s = outcome.retry_after_s if classification == "blocked" else None
    if own_errors:
        wait_s = int(min(probe.interval_s * 2 ** min(own_errors, 12), OWN_ERROR_MOST_S))
    return ProbeHealth(
        service_id=job.service,
        probe=probe.slug,
        vantage=vantage,
        kind=probe.kind,
        component=probe.component or "",
        control=probe.control,
        classification=classification,
        http_status=outcome.http_status,
        error=outcome.error,
        detail=(outcome.own_error or outcome.unasked or outcome.detail or outcome.hint)[:MOST_DETAIL],
        latency_ms=outcome.total_ms,
        last_at=now,
        last_up_at=now if classification in ("up", "degraded") else known.last_up_at if known else None,
        last_change_at=now if known is None or changed else known.last_change_at,
        failures=(known.failures if known else 0) + 1 if classification == "down" else 0,
        refusals=(known.refusals if known else 0) + 1 if classification == "blocked" else 0,
        own_errors=own_errors,
        not_before_at=now + timedelta(seconds=wait_s) if wait_s else None,
        certificate_expires_at=datetime.fromtimestamp(expiry, tz=UTC)
        if expiry is not None
        else known.certificate_expires_at
        if known
        else None,
    )
