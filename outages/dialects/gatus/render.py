"""Gatus: endpoints with their results. An endpoint is a part of a service, or a probe from one vantage.

Gatus knows success and failure. A minute that nobody watched, and a probe that was blocked or blind, is neither: it has
no result. An endpoint of which nothing is known now has no results at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from outages.dialects.badges.render import BAD, DOUBTFUL, GOOD, GREY, Paint
from outages.dialects.common.stories import Story
from outages.dialects.common.text import marked_name, stamp
from outages.models import ProbeHour, ProbeResult
from outages.queries.status import STALE_AFTER
from outages.queries.timeline import MINUTE, History
from outages.verdict import Verdict
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of
from reports.models import Service

RESULTS = 20
PROBES_BACK = timedelta(minutes=30)
PROBES_SUFFIX = "-probes"
DURATIONS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
SAID = {"up": True, "degraded": True, "down": False}
NANOSECONDS_A_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. `component`, or `probe` and `vantage`, say what it stands for."""

    key: str
    name: str
    group: str
    service: Service
    component: str = ""
    probe: str = ""
    vantage: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)

    def body(self, events: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """The endpoint as Gatus gives it, its results oldest first."""
        return {
            "name": self.name,
            "group": self.group,
            "key": self.key,
            "results": self.results,
            "events": list(events),
        }

    @property
    def health(self) -> str:
        """ "up", "down", or "?" where nothing is known."""
        if not self.results:
            return "?"
        return "up" if self.results[-1]["success"] else "down"


def parts(moments: Mapping[Service, datetime], histories: Mapping[int, History], language: str) -> list[Endpoint]:
    """The parts of services."""
    found = []
    for service in moments:
        catalog, history = catalog_of(service), histories[service.pk]
        for component in catalog.components:
            found.append(
                Endpoint(
                    key=f"{service.slug}_{component.slug}",
                    name=localise(component.name, language),
                    group=marked_name(catalog, language),
                    service=service,
                    component=component.slug,
                    results=_results_of_part(history, component.slug),
                )
            )
    return found


def _results_of_part(history: History, component: str) -> list[dict[str, Any]]:
    last = max(history.watched, default=None)
    if last is None or history.until - (last + MINUTE) > STALE_AFTER:
        return []
    results = []
    for minute in history.minutes(RESULTS):
        verdict = history.verdict(component, minute)
        if verdict != Verdict.UNKNOWN:
            result = {"duration": 0, "success": verdict == Verdict.OK, "timestamp": stamp(minute + MINUTE)}
            if verdict != Verdict.OK:
                result["errors"] = [verdict.value]
            results.append(result)
    return results


def probes(moments: Mapping[Service, datetime], language: str) -> list[Endpoint]:
    """The probes of services by vantage, with what they saw in the last half hour. One query."""
    rows = (
        ProbeResult.objects.filter(
            service__in=list(moments),
            control=False,
            at__gt=min(moments.values()) - PROBES_BACK,
            at__lte=max(moments.values()),
        )
        .order_by("probe", "vantage", "-at")
        .values_list("service_id", "probe", "vantage", "at", "classification", "http_status", "latency_ms", "error")
    )
    by_id = {service.pk: service for service in moments}
    seen: dict[tuple[int, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for service_id, probe, vantage, at, *rest in rows:
        until = moments[by_id[service_id]]
        if until - PROBES_BACK < at <= until:
            seen[service_id, probe, vantage].append((at, *rest))
    found = []
    for (service_id, probe, vantage), results in seen.items():
        service = by_id[service_id]
        found.append(
            Endpoint(
                key=f"{service.slug}{PROBES_SUFFIX}_{probe}-{vantage}",
                name=f"{probe} ({vantage})",
                group=f"{marked_name(catalog_of(service), language)} probes",
                service=service,
                probe=probe,
                vantage=vantage,
                results=_results_of_probe(results[:RESULTS]),
            )
        )
    return found


def _results_of_probe(newest_first: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What said something; none where the newest word is that we cannot see."""
    if newest_first[0][1] not in SAID:
        return []
    results = []
    for at, classification, http_status, latency_ms, error in reversed(newest_first):
        if classification in SAID:
            result = {
                "duration": round((latency_ms or 0) * NANOSECONDS_A_MS),
                "success": SAID[classification],
                "timestamp": stamp(at),
            }
            if http_status:
                result["status"] = http_status
            if error:
                result["errors"] = [error]
            results.append(result)
    return results


def events(endpoint: Endpoint, stories: Iterable[Story]) -> list[dict[str, Any]]:
    """When the part became unhealthy and healthy again, oldest first. Probes have none."""
    found: list[tuple[datetime, str]] = []
    for story in stories:
        if endpoint.component and endpoint.component in (story.incident.components or [endpoint.component]):
            found.append((story.incident.opened_at, "UNHEALTHY"))
            if story.incident.resolved_at is not None and not story.incident.is_open:
                found.append((story.incident.resolved_at, "HEALTHY"))
    return [{"type": kind, "timestamp": stamp(at)} for at, kind in sorted(found)]


def probe_history(endpoint: Endpoint, until: datetime, span: timedelta) -> tuple[float | None, float | None]:
    """A probe's uptime from 0 to 1 and its mean of hourly median latencies in ms, over whole hours. One query.

    What was blocked says nothing of the target and is left out.
    """
    hours = ProbeHour.objects.filter(
        service=endpoint.service,
        probe=endpoint.probe,
        vantage=endpoint.vantage,
        hour__gt=until - span - timedelta(hours=1),
        hour__lte=until,
        results__gt=0,
    ).values("up", "degraded", "down", "p50_ms")
    rows = list(hours)
    answered = sum(row["up"] + row["degraded"] for row in rows)
    said = answered + sum(row["down"] for row in rows)
    weighed = [(row["p50_ms"], row["up"] + row["degraded"]) for row in rows if row["p50_ms"] is not None]
    weight = sum(count for _ms, count in weighed)
    latency = sum(ms * count for ms, count in weighed) / weight if weight else None
    return (answered / said if said else None), latency


def uptime_paint(uptime: float | None) -> Paint:
    """The colour of an uptime."""
    if uptime is None:
        return GREY
    return GOOD if uptime >= 0.95 else DOUBTFUL if uptime >= 0.8 else BAD


def health_paint(health: str) -> Paint:
    """The colour of a health."""
    return {"up": GOOD, "down": BAD}.get(health, GREY)


def shields(health: str) -> dict[str, Any]:
    """Gatus' own words for the endpoint of Shields."""
    colour = {"up": "brightgreen", "down": "red"}.get(health, "yellow")
    return {"schemaVersion": 1, "label": "gatus", "message": health, "color": colour}
