"""How each source of evidence fares: vantages, probes and sources of announcements. Page and API read it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from outages.models import ProbeHealth, SourceHealth
from outages.outbound.configured import is_off
from outages.probes import health
from outages.probes.health import VantageState, is_overdue
from outages.probes.targets import targets
from reports.catalog.schema import Source, localise
from reports.catalog.storing import catalog_of
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


def sources(service: Service, now: datetime, language: str = "en") -> list[SourceState]:
    """The service's sources of announcements, in the catalogue's order."""
    rows = {row.slug: row for row in SourceHealth.objects.filter(service=service)}
    return [_source(service, source, rows.get(source.slug), now, language) for source in catalog_of(service).sources]


def _source(service: Service, source: Source, row: SourceHealth | None, now: datetime, language: str) -> SourceState:
    if source.kind == "manual":
        state, detail = SourceHealth.State.FINE.value, ""
    elif is_off():
        state, detail = SourceHealth.State.OFF.value, ""
    elif row is None:
        state, detail = SourceHealth.State.WAITING.value, ""
    elif row.state in TRUSTED and row.next_try_at is not None and row.next_try_at < now - LATE:
        state, detail = "silent", "its reading is overdue"
    else:
        state, detail = row.state, row.detail
    left = None
    if source.kind == "x":
        spent = row.spent_today if row is not None and row.spent_on == now.date() else Decimal(0)
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


def vantages(now: datetime) -> list[VantageState]:
    """All vantages, by name."""
    return health.vantages(now)


def probes(service: Service, now: datetime, known: Sequence[VantageState] | None = None) -> list[ProbeState]:
    """The service's probes from every vantage that has work, in the catalogue's order."""
    states = {vantage.name: vantage.state for vantage in (vantages(now) if known is None else known)}
    rows = {(row.probe, row.vantage): row for row in ProbeHealth.objects.filter(service=service, vantage__in=states)}
    plans = {
        (target.probe.slug, vantage): target
        for vantage, plan in targets(states, now).items()
        for target in plan
        if target.service.pk == service.pk
    }
    found = []
    for probe in catalog_of(service).probes:
        for vantage, vantage_state in states.items():
            row = rows.get((probe.slug, vantage))
            target = plans.get((probe.slug, vantage))
            if vantage_state in (health.SILENT, health.BLIND, health.OFF):
                state = vantage_state
            elif row is None:
                state = "waiting"
            elif row.classification == "unasked":
                state = "not_configured"
            elif is_overdue(row, target.interval_s if target else probe.interval_s, now):
                state = health.SILENT
            else:
                state = {"blocked": "blocked", "degraded": "slow"}.get(row.classification, "fine")
            found.append(
                ProbeState(
                    service=service.slug,
                    probe=probe.slug,
                    vantage=vantage,
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
                    next_try_at=target.next_at(now) if target and state not in (health.SILENT, health.OFF) else None,
                    certificate_expires_at=row.certificate_expires_at if row else None,
                )
            )
    return found


def _said(row: ProbeHealth) -> str:
    """The row's last answer in few words: its status or error, and what the page said."""
    return ": ".join(part for part in (row.error or str(row.http_status or ""), row.detail) if part)


def missing_evidence(service: Service, now: datetime) -> list[Missing]:
    """The kinds of evidence that the service should have and that cannot be had now.

    No probes' word where every vantage is silent, blind, blocked or off; no official word where no official source can
    be read. A kind that the catalogue does not ask for is not missing.
    """
    missing = []
    catalog = catalog_of(service)
    if any(not probe.control for probe in catalog.probes):
        seen = [vantage.state for vantage in vantages(now)]
        if not any(state == health.FINE for state in seen):
            missing.append(Missing("probes", _first(seen, (health.OFF, health.BLIND, health.BLOCKED), health.SILENT)))
    official = [s.state for s in sources(service, now) if s.tier == "official" and s.kind != "manual"]
    if official and not any(state in TRUSTED for state in official):
        order = ("off", "unreachable", "blocked", "silent", "not_configured")
        missing.append(Missing("official", _first(official, order, "waiting")))
    return missing


def _first(states: Sequence[str], order: Sequence[str], otherwise: str) -> str:
    """The first of the ordered states that is there."""
    return next((state for state in order if state in states), otherwise)
