"""What the admin's first page shows, and the way from a public page to the admin for those who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from outages.models import Delivery, DetectorState, Dispute, Incident, IncidentOverride
from outages.queries.evidence_sources import TRUSTED, EvidenceSources
from reports.admin.base import ago
from reports.catalog.diff import file_states
from reports.models import HeldReport, NetworkBlock, Report, Service

register = template.Library()

SCAN_LATE = timedelta(minutes=3)
BACKLOG_LATE = timedelta(minutes=10)
MOST_INCIDENTS = 30
NO_TROUBLE = (*TRUSTED, "off", "waiting", "not_configured")


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure and what it counts. `mood` is "", "look" or "bad"."""

    figure: str
    words: str
    url: str
    mood: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class UnreliableSource:
    """A source of evidence that cannot be relied on now."""

    what: str
    state: str
    detail: str
    last: str


@register.simple_tag
def moderation_board() -> dict[str, Any]:
    """What needs somebody: a handful of queries."""
    now = timezone.now()
    services = list(Service.objects.filter(is_active=True, clock=Service.Clock.LIVE))
    incidents = Incident.objects.filter(state__in=Incident.OPEN_STATES, service__in=services).select_related("service")
    opened = list(incidents.order_by("-opened_at")[:MOST_INCIDENTS])
    troubles = _troubles(services, now)
    held = HeldReport.objects.filter(verdict=Report.Verdict.HELD, withdrawn_at=None).count()
    blocked = NetworkBlock.objects.filter(day=now.date(), lifted_at=None).count()
    waiting = IncidentOverride.objects.filter(applied_at=None, withdrawn_at=None).count()
    disputed = Dispute.objects.filter(state=Dispute.State.WAITING).count()
    wrong = [found.file for found in file_states() if found.state == "wrong"]
    tiles = [
        Tile(str(held), "held reports wait", reverse("admin:reports_heldreport_changelist"), "look" if held else ""),
        Tile(str(len(opened)), "open incidents", reverse("admin:outages_incident_changelist"), "bad" if opened else ""),
        Tile(
            str(waiting),
            "decisions wait for a scan",
            reverse("admin:outages_incidentoverride_changelist"),
            "look" if waiting else "",
        ),
        Tile(
            str(disputed),
            "disputes to answer",
            reverse("admin:outages_dispute_changelist") + f"?state__exact={Dispute.State.WAITING}",
            "look" if disputed else "",
        ),
        _scan_tile(services, now),
        _backlog_tile(now),
        Tile(
            str(len(troubles)),
            "sources in trouble",
            reverse("admin:outages_sourcehealth_changelist"),
            "bad" if troubles else "",
        ),
        Tile(
            str(blocked),
            "networks blocked today",
            reverse("admin:reports_networkblock_changelist"),
            "look" * bool(blocked),
        ),
        Tile(
            str(len(wrong)),
            "wrong catalogue files",
            reverse("admin:reports_service_changelist"),
            "bad" if wrong else "",
            ", ".join(wrong),
        ),
    ]
    return {"tiles": tiles, "incidents": opened, "troubles": troubles}


def _scan_tile(services: list[Service], now: Any) -> Tile:
    """The age of the oldest last scan among the live services."""
    url = reverse("admin:outages_detectorstate_changelist")
    minutes = dict(DetectorState.objects.filter(service__in=services).values_list("service__slug", "minute"))
    never = [service.slug for service in services if service.slug not in minutes]
    if not minutes:
        return Tile("never", "scanned a minute", url, "bad" if services else "")
    slug, oldest = min(minutes.items(), key=lambda pair: pair[1])
    age = now - oldest - timedelta(minutes=1)
    late = age > SCAN_LATE or bool(never)
    detail = f"the oldest: {slug}" + (f"; never: {', '.join(never)}" if never else "")
    return Tile(
        timesince(oldest + timedelta(minutes=1), now, depth=1),
        "since the last scan",
        url,
        "bad" if late else "",
        detail,
    )


def _backlog_tile(now: Any) -> Tile:
    """Notices that are due and not sent."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now)
    count, oldest = due.count(), due.aggregate(oldest=Min("created_at"))["oldest"]
    late = oldest is not None and now - oldest > BACKLOG_LATE
    url = reverse("admin:outages_incident_changelist")
    return Tile(str(count), "alerts are due", url, "bad" if late else "", f"the oldest {ago(oldest)}" if oldest else "")


def _troubles(services: list[Service], now: Any) -> list[UnreliableSource]:
    evidence = EvidenceSources(services, now)
    found = [
        UnreliableSource(f"vantage {vantage.name}", vantage.state, "", ago(vantage.last_result_at))
        for vantage in evidence.vantages
        if vantage.state not in NO_TROUBLE
    ]
    for service in services:
        found += [
            UnreliableSource(
                f"{service.slug}: source {source.slug}", source.state, source.detail, ago(source.last_success_at)
            )
            for source in evidence.sources(service)
            if source.state not in NO_TROUBLE
        ]
        found += [
            UnreliableSource(
                f"{service.slug}: probe {probe.probe} from {probe.vantage}",
                probe.state,
                probe.detail,
                ago(probe.last_at),
            )
            for probe in evidence.probes(service)
            if probe.state not in (*NO_TROUBLE, "silent", "blind")  # said of the vantage once
        ]
    return found


@register.simple_tag(takes_context=True)
def moderates(context: Any) -> bool:
    """Whether whoever looks may decide about incidents. Costs nothing where nobody is signed in."""
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = getattr(request, "user", None)
    return user is not None and user.is_active and user.is_staff and user.has_perm("outages.change_incident")
