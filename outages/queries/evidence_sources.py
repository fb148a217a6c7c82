"""How each source of evidence fares: vantages, probes and sources of announcements. Page and API read it here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from outages.models import ProbeHealth, SourceHealth
from outages.signals.outbound.configured import is_off
from outages.signals.probes import health
from outages.signals.probes.health import VantageState, is_overdue
from outages.signals.probes.targets import Target, targets
from reports.catalog.schema import Probe, Source, localise
from reports.catalog.store import catalog_of
from reports.models import Service

LATE = timedelta(minutes=5)
TRUSTED = ("fine", "slow")


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source of announcements now. `budget_left_usd` is None for one that costs nothing."""

    service: str
    slug: str
    name: str
    kind: str
    tier: str
    url: str
    state: str
    detail: str
    last_success_at: datetime | None
    last_change_at: datetime | None
    next_try_at: datetime | None
    budget_left_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class ProbeState:
    """A probe from a vantage now. `state` tells whether its word can be trusted, `says` what it says of its target."""

    service: str
    probe: str
    vantage: str
    kind: str
    component: str
    control: bool
    state: str
    says: str
    detail: str
    latency_ms: float | None
    last_at: datetime | None
    last_up_at: datetime | None
    last_change_at: datetime | None
    next_try_at: datetime | None
    certificate_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A kind of evidence that is not to be had now: "probes" or "official", and the state that says why."""

    kind: str
    state: str


class EvidenceSources:
    """The sources of evidence of some services at a moment, read together. Each table is asked once, when needed."""

    def __init__(self, services: Iterable[Service], now: datetime) -> None:
        self._services = list(services)
        self.now = now

    @cached_property
    def vantages(self) -> list[VantageState]:
        """All vantages, by name."""
        return health.vantages(self.now)

    @cached_property
    def _source_rows(self) -> dict[tuple[int, str], SourceHealth]:
        rows = SourceHealth.objects.filter(service__in=self._services)
        return {(row.service_id, row.slug): row for row in rows}

    @cached_property
    def _probe_rows(self) -> dict[tuple[int, str, str], ProbeHealth]:
        rows = ProbeHealth.objects.filter(service__in=self._services)
        return {(row.service_id, row.probe, row.vantage): row for row in rows}

    @cached_property
    def _plans(self) -> dict[tuple[int, str, str], Target]:
        plans = targets([vantage.name for vantage in self.vantages], self.now)
        return {
            (target.service.pk, target.probe.slug, vantage): target
            for vantage, plan in plans.items()
            for target in plan
        }

    def sources(self, service: Service, language: str = "en") -> list[SourceState]:
        """The service's sources of announcements, in the catalogue's order."""
        return [self._source(service, source, language) for source in catalog_of(service).sources]

    def probes(self, service: Service) -> list[ProbeState]:
        """The service's probes from every vantage, in the catalogue's order."""
        return [
            self._probe(service, probe, vantage) for probe in catalog_of(service).probes for vantage in self.vantages
        ]

    def missing(self, service: Service) -> list[Missing]:
        """The kinds of evidence that the service should have and that cannot be had now.

        No probes' word where every vantage is silent, blind, blocked or off; no official word where no official source
        can be read. A kind that the catalogue does not ask for is not missing.
        """
        missing = []
        if any(not probe.control for probe in catalog_of(service).probes):
            seen = [vantage.state for vantage in self.vantages]
            if health.FINE not in seen:
                why = _first(seen, (health.OFF, health.BLIND, health.BLOCKED), health.SILENT)
                missing.append(Missing("probes", why))
        official = [s.state for s in self.sources(service) if s.tier == "official" and s.kind != "manual"]
        if official and not any(state in TRUSTED for state in official):
            order = ("off", "unreachable", "blocked", "own_error", "silent", "not_configured")
            missing.append(Missing("official", _first(official, order, "waiting")))
        return missing

    def _source(self, service: Service, source: Source, language: str) -> SourceState:
        row = self._source_rows.get((service.pk, source.slug))
        state, detail = self._source_state(source, row)
        left = None
        if source.kind == "x":
            spent = row.spent_today if row is not None and row.spent_on == self.now.date() else Decimal(0)
            left = max(Decimal(0), Decimal(str(source.budget_usd_a_day)) - spent)
        return SourceState(
            service=service.slug,
            slug=source.slug,
            name=localise(source.name, language) or source.slug,
            kind=source.kind,
            tier=source.tier,
            url=source.url,
            state=state,
            detail=detail,
            last_success_at=row.last_success_at if row else None,
            last_change_at=row.last_change_at if row else None,
            next_try_at=row.next_try_at if row and not is_off() else None,
            budget_left_usd=left,
        )

    def _source_state(self, source: Source, row: SourceHealth | None) -> tuple[str, str]:
        """The state, and why. A reading that is overdue is silent, whatever the last one said."""
        if source.kind == "manual":
            return SourceHealth.State.FINE, ""
        if is_off():
            return SourceHealth.State.OFF, ""
        if row is None:
            return SourceHealth.State.WAITING, ""
        if row.state in TRUSTED and row.next_try_at is not None and row.next_try_at < self.now - LATE:
            return "silent", "its reading is overdue"
        return row.state, row.detail

    def _probe(self, service: Service, probe: Probe, vantage: VantageState) -> ProbeState:
        row = self._probe_rows.get((service.pk, probe.slug, vantage.name))
        target = self._plans.get((service.pk, probe.slug, vantage.name))
        state = self._probe_state(row, target.interval_s if target else probe.interval_s, vantage)
        runs = target is not None and state not in (health.SILENT, health.OFF)
        return ProbeState(
            service=service.slug,
            probe=probe.slug,
            vantage=vantage.name,
            kind=probe.kind,
            component=probe.component or "",
            control=probe.control,
            state=state,
            says=row.classification if row else "",
            detail=_said(row) if row else "",
            latency_ms=row.latency_ms if row else None,
            last_at=row.last_at if row else None,
            last_up_at=row.last_up_at if row else None,
            last_change_at=row.last_change_at if row else None,
            next_try_at=target.next_at(self.now) if target is not None and runs else None,
            certificate_expires_at=row.certificate_expires_at if row else None,
        )

    def _probe_state(self, row: ProbeHealth | None, interval_s: float, vantage: VantageState) -> str:
        """Whether the probe's word can be trusted; what it says of its target is another matter."""
        if vantage.state in (health.SILENT, health.BLIND, health.OFF):
            return vantage.state
        if row is None:
            return "waiting"
        if row.classification == "unasked":
            return "not_configured"
        if row.classification == "own_error":
            return "own_error"
        if is_overdue(row, interval_s, self.now):
            return health.SILENT
        return {"blocked": "blocked", "degraded": "slow"}.get(row.classification, health.FINE)


def _said(row: ProbeHealth) -> str:
    """The row's last answer in few words: its status or error, and what the page said."""
    return ": ".join(part for part in (row.error or str(row.http_status or ""), row.detail) if part)


def _first(states: Sequence[str], order: Sequence[str], otherwise: str) -> str:
    """The first of the ordered states that is there."""
    return next((state for state in order if state in states), otherwise)
