"""Prometheus metrics for consumers: what is known of the services, not how the program fares.

METRICS declares each; nothing that is not declared there can be given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder

from outages.dialects.common.stories import Story
from outages.dialects.common.text import spoken
from outages.queries.front_page import Row
from outages.queries.status import UNWATCHED_AFTER
from outages.verdict import Verdict

METRICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "brownout_verdict": (
        "1 for the verdict that a service has, 0 for all others. An all-clear that is out of date is unknown.",
        ("service", "verdict"),
    ),
    "brownout_reports_30m": (
        "Problem reports in the last 30 minutes. Absent where nobody is watching.",
        ("service",),
    ),
    "brownout_expected_30m": (
        "Problem reports that are usual in these 30 minutes. Absent where nobody is watching.",
        ("service",),
    ),
    "brownout_as_of_timestamp_seconds": (
        "The end of the last watched minute. Absent where nobody is watching.",
        ("service",),
    ),
    "brownout_minutes_set_aside_24h": (
        "Minutes of the last 24 hours that could not be stepped or recounted and are left out of all numbers.",
        ("service",),
    ),
    "brownout_recorded": (
        "1 where a service plays back the past, 0 where it is live.",
        ("service",),
    ),
    "brownout_incident_open": (
        "1 for each incident that is open.",
        ("service", "incident", "state", "kind"),
    ),
    "brownout_probe_up": (
        "1 where a probe's target answered, 0 where it did not. Absent where the probe was blocked, blind or silent.",
        ("service", "probe", "vantage"),
    ),
    "brownout_probe_latency_seconds": (
        "How long the target's last answer took.",
        ("service", "probe", "vantage"),
    ),
    "brownout_own_errors": (
        "Probes and sources of announcements that cannot be heard now because our own program failed at them.",
        ("service", "kind"),
    ),
}
MOST_INCIDENTS = 500
UP = {"up": 1, "degraded": 1, "down": 0}

OwnErrors = tuple[str, str, int]  # service, "probe" or "source", how many
ProbeRow = tuple[str, str, str, str, float | None]  # service, probe, vantage, classification, latency in ms


class Collected:
    """Collects samples of the declared metrics, in the manner of a Prometheus registry."""

    def __init__(self) -> None:
        self._families = {
            name: GaugeMetricFamily(name, help_text, labels=labels) for name, (help_text, labels) in METRICS.items()
        }

    def add(self, name: str, value: float, *labels: str) -> None:
        """One sample. Raises KeyError for a metric that is not declared, ValueError for the wrong number of labels."""
        if len(labels) != len(METRICS[name][1]):
            raise ValueError(f"{name} has the labels {METRICS[name][1]}")
        self._families[name].add_metric(labels, value)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families.values()


def collected(
    rows: Iterable[Row],
    stories: Iterable[Story],
    probes: Iterable[ProbeRow],
    own_errors: Iterable[OwnErrors] = (),
    set_aside: Mapping[str, int] | None = None,
) -> Collected:
    """The samples of all services. `set_aside` counts minutes by the service's slug."""
    found = Collected()
    for row in rows:
        slug = row.service.slug
        verdict = spoken(row.verdict, stale=row.stale)
        for each in Verdict:
            found.add("brownout_verdict", int(each == verdict), slug, each.value)
        found.add("brownout_minutes_set_aside_24h", (set_aside or {}).get(slug, 0), slug)
        found.add("brownout_recorded", int(row.service.clock == row.service.Clock.RECORDED), slug)
        if row.as_of is not None and is_watched(row.at, row.as_of):
            found.add("brownout_reports_30m", row.reports_30m, slug)
            found.add("brownout_expected_30m", round(row.expected_30m, 2), slug)
            found.add("brownout_as_of_timestamp_seconds", row.as_of.timestamp(), slug)
    for story in stories:
        incident = story.incident
        found.add("brownout_incident_open", 1, story.service.slug, str(incident.number), incident.state, incident.kind)
    for slug, probe, vantage, classification, latency_ms in probes:
        if classification in UP:
            found.add("brownout_probe_up", UP[classification], slug, probe, vantage)
            if latency_ms is not None:
                found.add("brownout_probe_latency_seconds", latency_ms / 1000, slug, probe, vantage)
    for slug, kind, count in own_errors:
        found.add("brownout_own_errors", count, slug, kind)
    return found


def is_watched(at: datetime, as_of: datetime) -> bool:
    """Whether somebody has looked at the signals of late."""
    return at - as_of <= UNWATCHED_AFTER


def content_type(accept: str) -> str:
    """The content type of the format that was asked for."""
    found: str = choose_encoder(accept)[1]
    return found


def written(found: Collected, accept: str) -> tuple[bytes, str]:
    """The metrics in the format that was asked for (the text format, or OpenMetrics), and its content type."""
    encode, content_type = choose_encoder(accept)
    body: Any = encode(found)
    return body, content_type
