"""What is known of a service at a moment. Pages, API, badges and feeds all read it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q, Subquery, Sum, Value
from django.utils.translation import get_language

from outages.clock import service_now, whole_minute
from outages.models import ScanFailure, ServiceMinute
from outages.queries.chips import crowd_chip, official_chip, probe_chip
from outages.queries.incidents import HasPlaces, IncidentView, incidents, place_codes
from outages.queries.tally import Tally, of_sums, sums_by_rule
from outages.queries.upstream import UpstreamIncident, open_now
from outages.texts import place_phrases, sentences
from outages.verdict import Chip, Verdict, confidence, judge, worst
from outages.verdict.summary import Known, Summary, summarize
from reports import places
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of
from reports.models import Service

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(minutes=30)
STALE_AFTER = timedelta(minutes=2)  # a minute is stepped some seconds after its end: then one scan was missed
UNWATCHED_AFTER = timedelta(minutes=15)  # an older look at the signals is no ground for a verdict
TREND_MINUTES = 10  # a trend compares the last ones that were counted with as many before
ENDED_WINDOW = timedelta(hours=2)  # how long a sentence goes on saying that an outage has ended
NAMED_PLACES = 3


@dataclass(frozen=True, slots=True)
class Status:
    """A service's verdict with its numbers. `as_of` is the end of the last watched minute, None if there is none.

    `missing_30m` minutes of the last 30 were set aside because they could not be counted.
    """

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
    first_line: str
    summary: Summary
    ended_at: datetime | None  # of the outage that ended last, within ENDED_WINDOW, while none is open
    missing_30m: int = 0
    upstream_incidents: list[UpstreamIncident] = field(default_factory=list)  # open now, on pages of what it relies on

    @property
    def incident(self) -> IncidentView | None:
        """The open incident that decides the verdict."""
        found = worst(self.incidents)
        return found if isinstance(found, IncidentView) else None


def status(service: Service, *, now: datetime, at: datetime | None = None) -> Status:
    """The verdict on a service, at its present or at a past moment. A handful of queries, whatever the load."""
    catalog = catalog_of(service)
    present = service_now(service, now=now)
    moment = min(at, present) if at else present
    counts = ServiceMinute.objects.filter(
        service=service, minute__gte=moment - UNWATCHED_AFTER - WINDOW, minute__lte=moment - MINUTE
    )
    since = whole_minute(moment) - WINDOW  # else the running minute would push out one that counts
    in_window = Q(minute__gte=since)
    set_aside = ScanFailure.objects.filter(
        service=service,
        stage=ScanFailure.Stage.STEP,
        set_aside_at__isnull=False,
        minute__gte=since,
        minute__lt=moment,
    )
    sums = counts.aggregate(
        last=Max("minute"),
        missing=Max(Subquery(set_aside.order_by().values("service").annotate(n=Count("pk")).values("n"))),
        newest=ArrayAgg("raw", filter=in_window, order_by="minute", default=Value([])),
        raw=Sum("raw", filter=in_window),
        expected=Sum("expected", filter=in_window),
        working=Sum("working", filter=in_window),
        recovered=Sum("recovered", filter=in_window),
        effective=Sum("effective", filter=in_window),
        **sums_by_rule("cut_", filter=in_window),
    )
    as_of = sums["last"] + MINUTE if sums["last"] else None
    watched = as_of is not None and moment - as_of <= UNWATCHED_AFTER
    stale = as_of is None or moment - as_of > STALE_AFTER
    recent = incidents(service, moment, since=moment - ENDED_WINDOW)
    open_incidents = [view for view in recent if view.is_open]
    ended = max((view.resolved_at for view in recent if view.state == "resolved" and view.resolved_at), default=None)
    expected = round(sums["expected"] or 0.0, 2)  # once for all, so that 18.497 is not 18 here and 19 there
    chips = [
        crowd_chip(open_incidents, sums["raw"] or 0, expected, watched=watched),
        probe_chip(service, catalog, moment),
        official_chip(service, catalog, moment, past=at is not None),
    ]
    verdict = judge(open_incidents, watched=watched, stale=stale)
    lead = worst(open_incidents)
    language = get_language() or "en"
    name = localise(catalog.name, language)
    summary = summarize(
        Known(
            verdict=verdict,
            chips=chips,
            reports=sums["raw"] or 0,
            newest=sums["newest"][-2 * TREND_MINUTES :],
            ended=ended is not None,
        )
    )
    parts = named_components(catalog, lead.components, language) if isinstance(lead, IncidentView) else []
    return Status(
        slug=service.slug,
        name=name,
        verdict=verdict,
        ok=None if verdict == Verdict.UNKNOWN else verdict == Verdict.OK,
        confidence=confidence(open_incidents, chips, watched=watched, stale=stale),
        sentence=sentences.sentence(
            name,
            summary,
            parts=parts,
            in_places=in_places(lead, language) if isinstance(lead, IncidentView) else "",
            reports=sums["raw"] or 0,
            expected=expected,
            ended_minutes_ago=int((moment - ended).total_seconds() // 60) if ended else None,
        ),
        first_line=sentences.headline(name, summary, parts=parts),
        summary=summary,
        ended_at=ended if not open_incidents else None,
        reports_30m=sums["raw"] or 0,
        expected_30m=expected,
        working_30m=sums["working"] or 0,
        recovered_30m=sums["recovered"] or 0,
        at=moment,
        as_of=as_of,
        stale=stale,
        chips=chips,
        incidents=open_incidents,
        tally=of_sums(sums, "cut_", sums["raw"] or 0, sums["effective"] or 0.0),
        missing_30m=(sums["missing"] or 0) if sums["last"] else set_aside.count(),
        upstream_incidents=open_now(service, catalog, moment, language),
    )


def component_names(catalog: Catalog, slugs: Sequence[str], language: str) -> list[str]:
    """The names of components, of former and retired ones too; one that nobody ever named keeps its slug."""
    names = catalog.component_names(language)
    return [names.get(slug, slug) for slug in slugs]


def named_components(catalog: Catalog, slugs: Sequence[str], language: str) -> list[str]:
    """The components that a first line names: none where it is all of them."""
    whole = len(slugs) > 1 and {component.slug for component in catalog.components} <= set(slugs)
    return [] if whole else component_names(catalog, slugs, language)


def where(incident: HasPlaces, language: str, most: int = NAMED_PLACES) -> str:
    """Return the places of an incident, the most populous first, for after a colon; empty where it is everywhere."""
    return place_phrases.named_places(by_people(incident), language, most)


def in_places(incident: HasPlaces, language: str, most: int = NAMED_PLACES) -> str:
    """Return "in the Netherlands and Germany", for within a sentence; empty where it is everywhere."""
    return place_phrases.in_places(by_people(incident), language, most)


def by_people(incident: HasPlaces) -> list[str]:
    """An incident's places, the most populous first."""
    found = [(code, places.get(code)) for code in place_codes(incident)]
    found.sort(key=lambda pair: -(pair[1].population or 0) if pair[1] else 0)
    return [code for code, _place in found]
