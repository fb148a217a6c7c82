"""All probes that are to run, with the pace of each. Reads catalogues, incidents and how probes fared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from outages.models import Incident, ProbeHealth
from outages.signals.probes import schedule
from outages.signals.probes.runner import host_of
from reports.catalog.schema import Probe
from reports.catalog.store import catalog_of
from reports.models import Service

SUSPICION_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Target:
    """A probe of a service, as it runs from one vantage."""

    service: Service
    probe: Probe
    vantage: str
    interval_s: float
    not_before_at: datetime | None

    @property
    def key(self) -> str:
        return f"{self.service.slug}/{self.probe.slug}@{self.vantage}"

    def is_due(self, after: datetime, until: datetime) -> bool:
        """Whether the probe is due in after < t ≤ until, and its target has not asked us to stay away."""
        if self.not_before_at is not None and self.not_before_at > until:
            return False
        return schedule.is_due(self.key, self.interval_s, after.timestamp(), until.timestamp())

    def next_at(self, now: datetime) -> datetime:
        """When the probe is due next."""
        after = max(now, self.not_before_at or now)
        moment = schedule.next_due_at(self.key, self.interval_s, after.timestamp())
        return datetime.fromtimestamp(moment, tz=now.tzinfo)


def targets(vantages: Iterable[str], now: datetime) -> dict[str, list[Target]]:
    """The targets of each vantage: all probes of live services."""
    services = [
        (service, catalog_of(service).probes)
        for service in Service.objects.filter(is_active=True, clock=Service.Clock.LIVE)
    ]
    if not any(probes for _, probes in services):
        return {vantage: [] for vantage in vantages}
    rows_of_health = ProbeHealth.objects.filter(service__in=[service for service, _ in services])
    health = {(row.service_id, row.probe, row.vantage): row for row in rows_of_health}
    suspicious = set(
        Incident.objects.filter(
            state__in=[Incident.State.POSSIBLE, Incident.State.CONFIRMED, Incident.State.RECOVERING]
        ).values_list("service_id", flat=True)
    )
    failing = {
        row.service_id
        for row in health.values()
        if 0 < row.failures < schedule.BROKEN_AFTER and row.last_at > now - SUSPICION_LASTS and not row.control
    }
    found: dict[str, list[Target]] = defaultdict(list)
    for vantage in vantages:
        rows = []
        for service, probes in services:
            for probe in probes:
                known = health.get((service.pk, probe.slug, vantage))
                pace = schedule.Pace(
                    interval_s=probe.interval_s,
                    suspected=service.pk in suspicious or service.pk in failing,
                    incident_open=service.pk in suspicious,
                    failures=known.failures if known else 0,
                    refusals=known.refusals if known else 0,
                )
                rows.append((service, probe, known, schedule.interval_s(pace)))
        intervals = schedule.stretched([(host_of(probe), interval) for _, probe, _, interval in rows])
        found[vantage] = [
            Target(service, probe, vantage, interval, known.not_before_at if known else None)
            for (service, probe, known, _), interval in zip(rows, intervals, strict=True)
        ]
    return dict(found)
