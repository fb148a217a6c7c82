"""The evidence of a moment, read once for a page that asks what it says of one symptom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from django.utils import timezone

from outages.analytics import frames
from outages.models import Incident, ProbeResult
from outages.queries import chips
from outages.queries import incidents as incident_queries
from outages.queries import status as queries
from outages.queries.incidents import IncidentView
from outages.queries.status import Status
from outages.verdict import Verdict, worst
from outages.verdict.diagnosis import ENOUGH_REPORTS, LEADING_SHARE, SERVER_STATUSES, Evidence
from outages.web.views.affected_components import affected_parts
from outages.web.views.page_context import Shown
from reports.catalog.guidance import component_of
from reports.catalog.schema import Catalog, Symptom

WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Now:
    """A service at a page's moment: its status, the last half hour's reports by symptom, and what failing probes got.

    `top` is a `frames.symptoms`. `probe_statuses` and `probe_errors` are of the latest results of each probe.
    """

    page: Shown
    status: Status
    top: pd.DataFrame
    probe_statuses: frozenset[int]
    probe_errors: frozenset[str]

    def reports_of(self, slug: str) -> int:
        """Problem reports of the half hour that name the symptom."""
        return int(self.top["raw"].get(slug, 0))

    def fitting(self, symptom: Symptom) -> list[IncidentView]:
        """The open incidents that a symptom fits: those that show it most, or whose parts it is a sign of.

        A symptom that many report fits all of them.
        """
        parts = set(symptom.components) | {component_of(self.page.catalog, symptom.slug)}
        share = float(self.top["share"].get(symptom.slug, 0.0))
        if share >= LEADING_SHARE and self.reports_of(symptom.slug) >= ENOUGH_REPORTS:
            return self.status.incidents
        return [
            incident
            for incident in self.status.incidents
            if incident.symptom == symptom.slug or parts & affected_parts(self.page, [incident]).keys()
        ]

    def about(self, symptom: Symptom) -> Evidence:
        """The evidence as far as it concerns a symptom."""
        incidents = self.fitting(symptom)
        lead = lead_of(incidents)
        crowd = next(chip for chip in self.status.chips if chip.kind == "crowd")
        server = {s.slug for s in self.page.catalog.symptoms if s.http_status in SERVER_STATUSES}
        return Evidence(
            verdict=self.status.verdict,
            concerned=Verdict(lead.state) if lead else None,
            reports=self.reports_of(symptom.slug),
            total=max(self.status.reports_30m, self.reports_of(symptom.slug)),
            server_share=float(self.top["share"][self.top.index.isin(server)].sum()),
            raised=chips.is_raised(self.status.reports_30m, self.status.expected_30m) and crowd.has_word,
            planned=any(incident.kind == Incident.Kind.MAINTENANCE for incident in incidents),
            one_place=lead is not None and is_one_place(self.page.catalog, lead),
            upstream=any(incident.upstream for incident in incidents),
            probe_statuses=self.probe_statuses,
            probe_errors=self.probe_errors,
        )


def read(page: Shown, *, probes: bool = True) -> Now:
    """The evidence of the page's moment. Eight queries at most; one less without what failing probes got."""
    until = page.at.replace(second=0, microsecond=0)
    statuses, errors = _failures(page) if probes else (frozenset[int](), frozenset[str]())
    return Now(
        page=page,
        status=queries.status(page.service, now=timezone.now(), at=page.moment.asked_at),
        top=frames.symptoms(page.service, until - WINDOW, until),
        probe_statuses=statuses,
        probe_errors=errors,
    )


def lead_of(incidents: list[IncidentView]) -> IncidentView | None:
    """The worst of them."""
    found = worst(incidents)
    return found if isinstance(found, IncidentView) else None


def is_one_place(catalog: Catalog, incident: IncidentView) -> bool:
    """Whether an incident lies in one region, or in one country of a service of many."""
    spots = incident_queries.place_codes(incident)
    countries = {code[:2] for code in spots}
    if not spots or set(spots) >= set(catalog.places) != set():
        return False
    return len(spots) == 1 or (len(countries) == 1 and len(catalog.places) != 1)


def covering(incidents: Collection[IncidentView], country: str, region: str) -> list[IncidentView]:
    """The incidents that a place may lie in.

    A country named without any of its regions is meant whole; who names no region may be in any, who names no country
    anywhere.
    """

    def holds(code: str) -> bool:
        return code in (country, region) or (not region and code.startswith(f"{country}-"))

    return [
        incident
        for incident in incidents
        if not country or incident.is_everywhere or any(holds(code) for code in incident_queries.place_codes(incident))
    ]


def _failures(page: Shown) -> tuple[frozenset[int], frozenset[str]]:
    """HTTP statuses and errors of those probes whose latest result is a failure. One query."""
    rows = (
        ProbeResult.objects.filter(
            service=page.service, at__gt=page.at - chips.PROBE_WINDOW, at__lte=page.at, control=False
        )
        .order_by("probe", "vantage", "-at")
        .distinct("probe", "vantage")
        .values_list("classification", "http_status", "error")
    )
    failed = [(status, error) for kind, status, error in rows if kind in ("down", "degraded")]
    statuses = frozenset(status for status, _error in failed if status is not None and status >= 500)
    return statuses, frozenset(error for _status, error in failed if error)
