"""What is known of a service at a moment. Pages, API, badges and feeds all read it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import Max, Q, Sum
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from outages.models import Announcement, Incident, IncidentEvent, ProbeResult, ServiceMinute, SourceHealth
from outages.pipeline.scan import service_now
from outages.queries.tally import Tally, of_cells, of_sums, sums_by_rule
from outages.texts import sentences
from outages.verdict import Chip, Verdict, confidence, judge, worst
from reports import places
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of
from reports.models import Service

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(minutes=30)
STALE_AFTER = timedelta(minutes=3)
UNWATCHED_AFTER = timedelta(minutes=15)  # an older look at the signals is no ground for a verdict
LEAD = timedelta(minutes=30)  # reports of this time before the opening led to it
LONGEST_TALLY = timedelta(days=30)
PROBE_WINDOW = timedelta(minutes=5)
OFFICIAL_WINDOW = timedelta(hours=24)
ENDED_WINDOW = timedelta(hours=2)  # how long a sentence goes on saying that an outage has ended
NAMED_PLACES = 3
OFFICIAL_STATES = {"resolved": "fine", "planned": "raised"}  # any other stage of official word is trouble
RAISED_TIMES, RAISED_BY = 3.0, 5.0  # more than so many times what is usual, and by so many reports, is "raised"


class HasPlaces(Protocol):
    """Whatever has places."""

    @property
    def countries(self) -> list[str]: ...
    @property
    def regions(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as it stood at a moment. `confirmed_at` and `resolved_at` are None while they lie ahead."""

    id: int
    number: int
    state: str
    kind: str
    components: list[str]
    countries: list[str]
    regions: list[str]
    symptom: str
    confidence: float
    text: str
    reason: str
    opened_at: datetime
    confirmed_at: datetime | None
    resolved_at: datetime | None
    updated_at: datetime
    upstream: list[str]
    merged_into: int | None
    headline: str = ""
    split_from: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in Incident.OPEN_STATES

    @property
    def is_everywhere(self) -> bool:
        return not self.countries and not self.regions


@dataclass(frozen=True, slots=True)
class Status:
    """A service's verdict with its numbers. `as_of` is the end of the last watched minute, None if there is none."""

    slug: str
    name: str
    verdict: Verdict
    ok: bool | None
    confidence: float
    sentence: str
    reports_30m: int
    expected_30m: float
    working_30m: int
    recovered_30m: int
    at: datetime
    as_of: datetime | None
    stale: bool
    chips: list[Chip]
    incidents: list[IncidentView]
    tally: Tally  # of the problem reports of the half hour

    @property
    def incident(self) -> IncidentView | None:
        """The open incident that decides the verdict."""
        found = worst(self.incidents)
        return found if isinstance(found, IncidentView) else None


def incidents(
    service: Service,
    at: datetime,
    *,
    since: datetime | None = None,
    only_open: bool = False,
    most: int | None = None,
    before: int | None = None,
    component: str | None = None,
    country: str | None = None,
) -> list[IncidentView]:
    """Incidents that had opened by `at`, newest first, each as it stood then.

    `since` leaves out those that had ended before; `only_open` those that were not open at `at`; `before` those whose
    number is not below it. `component` and `country` keep those that concern it, as they stand today; what is
    everywhere concerns each country. Two queries.
    """
    rows = Incident.objects.filter(service=service, opened_at__lte=at).order_by("-opened_at", "-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    if component:
        rows = rows.filter(components__contains=[component])
    if country:
        rows = rows.filter(Q(countries__contains=[country]) | Q(countries=[], regions=[]))
    if since is not None:
        rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=since))
    if only_open:
        rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gt=at))
    found = list(rows[:most] if most else rows)
    latest = _latest_events([row.pk for row in found], at)
    views = [_view(row, latest[row.pk], at) for row in found if row.pk in latest]
    return [view for view in views if view.is_open] if only_open else views


def incident(service: Service, number: int, at: datetime) -> IncidentView | None:
    """One incident as it stood at a moment, or None where it had not opened yet."""
    row = Incident.objects.filter(service=service, number=number, opened_at__lte=at).first()
    latest = _latest_events([row.pk], at) if row else {}
    return _view(row, latest[row.pk], at) if row and row.pk in latest else None


def incident_after(event: IncidentEvent) -> IncidentView:
    """An incident as it stood right after one of its events."""
    return _view(event.incident, event, event.at)


def incident_tally(service: Service, view: IncidentView, at: datetime) -> Tally:
    """What became of the reports of an incident's parts and places, from half an hour before it on. One query."""
    end = min(view.resolved_at or at, at)
    since = max(view.opened_at - LEAD, end - LONGEST_TALLY)
    return of_cells(service, since, end, view.components, place_codes(view))


def _latest_events(ids: Sequence[int], at: datetime) -> dict[int, IncidentEvent]:
    events = (
        IncidentEvent.objects.filter(incident_id__in=ids, at__lte=at)
        .order_by("incident_id", "-at", "-id")
        .distinct("incident_id")
        .defer("evidence")
    )
    return {event.incident_id: event for event in events}


def _view(row: Incident, event: IncidentEvent, at: datetime) -> IncidentView:
    def reached(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= at else None

    return IncidentView(
        id=row.pk,
        number=row.number,
        state=event.to_state,
        kind=row.kind,
        components=event.components,
        countries=event.countries,
        regions=event.regions,
        symptom=event.symptom,
        confidence=event.confidence,
        text=event.text,
        reason=event.reason,
        opened_at=row.opened_at,
        confirmed_at=reached(row.confirmed_at),
        resolved_at=reached(row.resolved_at) if event.to_state not in Incident.OPEN_STATES else None,
        updated_at=event.at,
        upstream=row.upstream,
        merged_into=row.merged_into_id if event.to_state == Incident.State.MERGED else None,
        headline=event.headline,
        split_from=row.split_from_id,
    )


def status(service: Service, *, now: datetime, at: datetime | None = None) -> Status:
    """The verdict on a service, at its present or at a past moment. A handful of queries, whatever the load."""
    catalog = catalog_of(service)
    present = service_now(service, now=now)
    moment = min(at, present) if at else present
    counts = ServiceMinute.objects.filter(
        service=service, minute__gte=moment - UNWATCHED_AFTER - WINDOW, minute__lte=moment - MINUTE
    )
    in_window = Q(minute__gte=moment - WINDOW)
    sums = counts.aggregate(
        last=Max("minute"),
        raw=Sum("raw", filter=in_window),
        expected=Sum("expected", filter=in_window),
        working=Sum("working", filter=in_window),
        recovered=Sum("recovered", filter=in_window),
        effective=Sum("effective", filter=in_window),
        **sums_by_rule("cut_", filter=in_window),
    )
    as_of = sums["last"] + MINUTE if sums["last"] else None
    watched = as_of is not None and moment - as_of <= UNWATCHED_AFTER
    recent = incidents(service, moment, since=moment - ENDED_WINDOW)
    open_incidents = [view for view in recent if view.is_open]
    ended = max((view.resolved_at for view in recent if view.state == "resolved" and view.resolved_at), default=None)
    chips = [
        _crowd_chip(open_incidents, sums["raw"] or 0, sums["expected"] or 0.0, watched=watched),
        _probe_chip(service, catalog, moment),
        _official_chip(service, catalog, moment, past=at is not None),
    ]
    verdict = judge(open_incidents, watched=watched)
    lead = worst(open_incidents)
    language = get_language() or "en"
    return Status(
        slug=service.slug,
        name=localise(catalog.name, language),
        verdict=verdict,
        ok=None if verdict == Verdict.UNKNOWN else verdict == Verdict.OK,
        confidence=confidence(open_incidents, chips, watched=watched),
        sentence=sentences.sentence(
            localise(catalog.name, language),
            verdict,
            parts=component_names(catalog, lead.components, language) if isinstance(lead, IncidentView) else [],
            places=where(lead, language) if isinstance(lead, IncidentView) else "",
            reports=sums["raw"] or 0,
            expected=sums["expected"] or 0.0,
            chips=chips,
            ended_minutes_ago=int((moment - ended).total_seconds() // 60) if ended else None,
        ),
        reports_30m=sums["raw"] or 0,
        expected_30m=round(sums["expected"] or 0.0, 2),
        working_30m=sums["working"] or 0,
        recovered_30m=sums["recovered"] or 0,
        at=moment,
        as_of=as_of,
        stale=as_of is None or moment - as_of > STALE_AFTER,
        chips=chips,
        incidents=open_incidents,
        tally=of_sums(sums, "cut_", sums["raw"] or 0, sums["effective"] or 0.0),
    )


def component_names(catalog: Catalog, slugs: Sequence[str], language: str) -> list[str]:
    """The names of components; one that left the catalogue keeps its slug."""
    names = {component.slug: localise(component.name, language) for component in catalog.components}
    return [names.get(slug, slug) for slug in slugs]


def place_codes(incident: HasPlaces) -> list[str]:
    """The codes of an incident's places: a country stands for its regions unless some of them are named."""
    detailed = {region[:2] for region in incident.regions}
    return [code for code in incident.countries if code not in detailed] + incident.regions


def is_raised(reports: int, expected: float) -> bool:
    """Whether there are clearly more reports than usual."""
    return reports > max(RAISED_TIMES * expected, expected + RAISED_BY)


def where(incident: HasPlaces, language: str, most: int = NAMED_PLACES) -> str:
    """The places of an incident in a few words, the most populous first; empty where it is everywhere."""
    found = [(code, places.get(code)) for code in place_codes(incident)]
    found.sort(key=lambda pair: -(pair[1].population or 0) if pair[1] else 0)
    names = [place.name(language) if place else code for code, place in found]
    if len(names) > most:
        return ngettext("%(places)s and %(count)d more", "%(places)s and %(count)d more", len(names) - most) % {
            "places": sentences.listed(names[:most]),
            "count": len(names) - most,
        }
    return sentences.listed(names)


def _crowd_chip(open_incidents: Sequence[IncidentView], reports: int, expected: float, *, watched: bool) -> Chip:
    if not watched:
        return Chip("crowd", "missing", _("Reports are not being counted"))
    clause = sentences.reports_clause(reports, expected)
    raised = is_raised(reports, expected)
    if any(incident.state in (Verdict.CONFIRMED, Verdict.POSSIBLE) for incident in open_incidents):
        return Chip("crowd", "bad" if raised else "raised", clause)
    return Chip("crowd", "raised" if raised else "fine", clause)


def _probe_chip(service: Service, catalog: Catalog, at: datetime) -> Chip:
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
        return Chip("probes", "missing", _("Our own checks are silent or switched off"))
    down = sorted({probe for probe, kind in results if kind in ("down", "degraded")})
    seeing = [kind for _probe, kind in results if kind not in ("blind", "blocked")]
    if down:
        return Chip("probes", "bad", _("%(down)s failing") % {"down": sentences.listed(down)})
    if not seeing:
        return Chip("probes", "blind", _("Our own checks are blind or blocked"))
    targets = len({probe for probe, _kind in results})
    words = ngettext("The %(count)d target answers", "All %(count)d targets answer", targets) % {"count": targets}
    return Chip("probes", "fine", words)


def _official_chip(service: Service, catalog: Catalog, at: datetime, *, past: bool) -> Chip:
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
    official = {source.slug for source in catalog.sources if source.tier == "official" and source.kind != "manual"}
    if not official:
        return Chip("official", "off", _("No source to read for this service"))
    if past:
        if known.filter(source__in=official).exists():
            return Chip("official", "fine", _("No word in the 24 hours before"))
        return Chip("official", "missing", _("Nothing is kept of what the maker said in the 24 hours before"))
    states: list[Any] = list(
        SourceHealth.objects.filter(service=service, slug__in=official).values_list("state", flat=True)
    )
    if any(state in (SourceHealth.State.FINE, SourceHealth.State.SLOW) for state in states):
        return Chip("official", "fine", _("No word in 24 hours"))
    return Chip("official", "missing", _("The maker's own channels are not being read"))
