"""What each kind of evidence says at a moment, in a word and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outages.models import Announcement, ProbeResult, SourceHealth
from outages.queries.incidents import IncidentView
from outages.texts import sentences
from outages.verdict import Chip, Verdict
from reports.catalog.schema import Catalog
from reports.models import Service

RAISED_TIMES, RAISED_BY = 3.0, 5.0  # more than so many times what is usual, and by so many reports, is "raised"
PROBE_WINDOW = timedelta(minutes=5)
OFFICIAL_WINDOW = timedelta(hours=24)
OFFICIAL_STATES = {"resolved": "fine", "planned": "raised"}  # any other stage of official word is trouble


def is_raised(reports: int, expected: float) -> bool:
    """Whether there are clearly more reports than usual."""
    return reports > max(RAISED_TIMES * expected, expected + RAISED_BY)


def crowd_chip(open_incidents: Sequence[IncidentView], reports: int, expected: float, *, watched: bool) -> Chip:
    if not watched:
        return Chip("crowd", "missing", _("Reports aren't being counted"))
    clause = sentences.reports_clause(reports, expected)
    raised = is_raised(reports, expected)
    if any(incident.state in (Verdict.CONFIRMED, Verdict.POSSIBLE) for incident in open_incidents):
        return Chip("crowd", "bad" if raised else "raised" if reports > expected else "fine", clause)
    return Chip("crowd", "raised" if raised else "fine", clause)


def probe_chip(service: Service, catalog: Catalog, at: datetime) -> Chip:
    rows = (
        ProbeResult.objects.filter(service=service, at__gt=at - PROBE_WINDOW, at__lte=at, control=False)
        .order_by("probe", "vantage", "-at")
        .distinct("probe", "vantage")
        .values_list("probe", "classification")
    )
    results: list[tuple[str, str]] = list(rows)
    if not results:
        if not catalog.probes:
            return Chip("probes", "off", _("None for this service"))
        return Chip("probes", "missing", _("Our automatic checks are off"))
    down = sorted({probe for probe, kind in results if kind in ("down", "degraded")})
    seeing = [kind for _probe, kind in results if kind not in ("blind", "blocked")]
    if down:
        return Chip("probes", "bad", _("%(down)s failing") % {"down": sentences.listed(down)})
    if not seeing:
        return Chip("probes", "blind", _("Our automatic checks are blocked"))
    targets = len({probe for probe, _kind in results})
    words = ngettext("The %(count)d target answers", "All %(count)d targets answer", targets) % {"count": targets}
    return Chip("probes", "fine", words)


def was_official_read(service: Service, catalog: Catalog, since: datetime, until: datetime) -> bool:
    """Return whether the company's own announcements were being read: they brought something around that time, or
    were read last within it. One query, or two."""
    official = official_sources(catalog)
    if not official:
        return False
    around = Announcement.objects.filter(
        service=service, source__in=official, seen_at__gt=since - OFFICIAL_WINDOW, seen_at__lte=until + OFFICIAL_WINDOW
    )
    health = SourceHealth.objects.filter(
        service=service,
        slug__in=official,
        last_success_at__gte=since,
        last_success_at__lte=until + OFFICIAL_WINDOW,
    )
    return around.exists() or health.exists()


def was_probed(service: Service, since: datetime, until: datetime) -> bool:
    """Return whether a probe brought a result then, as far as results are kept. One query."""
    return ProbeResult.objects.filter(service=service, control=False, at__gte=since, at__lte=until).exists()


def official_sources(catalog: Catalog) -> set[str]:
    """The slugs of the sources that read the company's own announcements."""
    return {source.slug for source in catalog.sources if source.tier == "official" and source.kind != "manual"}


def official_chip(service: Service, catalog: Catalog, at: datetime, *, past: bool) -> Chip:
    """How a source fares is kept for the present only. That it was read at a past time shows in what it brought."""
    known = Announcement.objects.filter(service=service, seen_at__gt=at - OFFICIAL_WINDOW, seen_at__lte=at)
    post = (
        known.filter(tier=Announcement.Tier.OFFICIAL)
        .filter(Q(corrected_relevant=True) | Q(corrected_relevant=None, relevant=True))
        .order_by("-posted_at")
        .first()
    )
    if post is not None:
        stage = post.corrected_stage or post.stage
        return Chip("official", OFFICIAL_STATES.get(stage, "bad"), sentences.stage_word(stage))
    official = official_sources(catalog)
    if not official:
        return Chip("official", "off", _("No announcements to read for this service"))
    if past:
        if known.filter(source__in=official).exists():
            return Chip("official", "fine", _("Nothing said in the 24 hours before"))
        return Chip("official", "missing", _("We have no record of announcements in the 24 hours before"))
    states: list[Any] = list(
        SourceHealth.objects.filter(service=service, slug__in=official).values_list("state", flat=True)
    )
    if any(state in (SourceHealth.State.FINE, SourceHealth.State.SLOW) for state in states):
        return Chip("official", "fine", _("Nothing said in 24 hours"))
    return Chip("official", "missing", _("We aren't reading the company's announcements"))
