"""The tools: what assistants can ask, in small answers that name their units and never read silence as "it works"."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from outages.analytics import frames
from outages.clock import service_now, whole_minute
from outages.dialects.mcp.protocol import Server, Tool, ToolError
from outages.dialects.mcp.shapes import (
    Durations,
    DurationsQuestion,
    IncidentAnswer,
    IncidentQuestion,
    Incidents,
    IncidentsQuestion,
    ListedIncident,
    ListedService,
    OpenIncident,
    PlaceCount,
    ProblemAnswer,
    ProblemQuestion,
    ServiceName,
    Services,
    StatusAnswer,
    StatusQuestion,
    TimelineEntry,
)
from outages.models import Incident
from outages.queries import front_page
from outages.queries import incidents as incident_queries
from outages.queries import status as status_queries
from outages.queries.incidents import IncidentView
from outages.texts.event_texts import event_text
from outages.verdict import Verdict
from outages.verdict.diagnosis import ENOUGH_REPORTS, lasted
from outages.web.views.affected_components import affected_parts, still_works
from outages.web.views.is_it_me import STEPS, judge
from outages.web.views.page_context import Shown
from outages.web.views.time_travel import Moment
from reports import places
from reports.catalog import guidance
from reports.catalog.schema import Catalog, Symptom, localise
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.errors import close_to, shorten
from reports.models import Service

LANGUAGE = "en"
MOST_SERVICES, MOST_INCIDENTS, MOST_EVENTS = 20, 5, 6
CODE_LIKENESS = 3  # a code such as 503 says more than a word in common
LOOK_BACK = timedelta(days=365)
LONGEST_WORDS = 200


def _service(slug: str) -> Service:
    found = Service.objects.filter(slug=slug, is_active=True).first() if "\0" not in slug else None
    if found is None:
        slugs = Service.objects.filter(is_active=True).values_list("slug", flat=True)
        raise ToolError(f"There is no service {shorten(slug)!r}.{close_to(slug, slugs)}")
    return found


def _country(code: str) -> str:
    place = places.get(code.upper()) if code else None
    if code and (place is None or place.kind != "country"):
        raise ToolError(f"There is no country {shorten(code)!r}. Give an ISO 3166-1 code such as NO.")
    return code.upper()


def _component(catalog: Catalog, slug: str) -> str | None:
    known = [component.slug for component in catalog.components]
    if slug and slug not in known:
        raise ToolError(f"There is no component {shorten(slug)!r}.{close_to(slug, known)}")
    return slug or None


def _where(incident: IncidentView) -> str:
    return status_queries.where(incident, LANGUAGE) or "everywhere"


def _names(catalog: Catalog, incident: IncidentView) -> list[str]:
    return status_queries.component_names(catalog, incident.components, LANGUAGE)


def _listed(service: Service, catalog: Catalog, view: IncidentView, now: datetime) -> ListedIncident:
    return ListedIncident(
        number=view.number,
        state=view.state,
        kind=view.kind,
        components=_names(catalog, view),
        where=_where(view),
        opened_at=view.opened_at,
        ended_at=view.resolved_at,
        lasted_min=_minutes((view.resolved_at or now) - view.opened_at),
        page=f"{settings.SITE_URL}/{service.slug}/incidents/{view.number}",
    )


def _covers(view: IncidentView, country: str) -> bool:
    codes = {code[:2] for code in incident_queries.place_codes(view)}
    return view.is_everywhere or country in codes


def list_services(asked: ServiceName) -> Services:
    """The services whose names hold the words."""
    rows = front_page.rows(now=timezone.now())
    fetch_catalogs(row.service for row in rows)
    words = asked.query.lower().split()
    found = []
    for row in rows:
        catalog = catalog_of(row.service)
        name = localise(catalog.name, LANGUAGE)
        if all(word in f"{name} {row.service.slug}".lower() for word in words):
            slugs = [component.slug for component in catalog.components]
            found.append(ListedService(row.service.slug, name, slugs, row.verdict.value))
    return Services(found[:MOST_SERVICES], more=max(0, len(found) - MOST_SERVICES))


def get_status(asked: StatusQuestion) -> StatusAnswer:
    """What is known of a service now."""
    service, country = _service(asked.service), _country(asked.country)
    status, catalog = status_queries.status(service, now=timezone.now()), catalog_of(service)
    return StatusAnswer(
        service=status.name,
        verdict=status.verdict.value,
        is_all_clear=status.verdict == Verdict.OK and not status.stale,
        summary=status.sentence,
        reports_30m=status.reports_30m,
        usual_30m=status.expected_30m,
        incidents=[
            OpenIncident(
                number=view.number,
                state=view.state,
                components=_names(catalog, view),
                where=_where(view),
                since=view.opened_at,
                confidence=round(view.confidence, 2),
            )
            for view in status.incidents[:MOST_INCIDENTS]
        ],
        country=_count_of(service, country, status.at) if country else None,
        affects_country=any(_covers(view, country) for view in status.incidents) if country else None,
        data_until=status.as_of,
        page=f"{settings.SITE_URL}/{service.slug}/",
    )


def _count_of(service: Service, country: str, at: datetime) -> PlaceCount:
    until = whole_minute(at)
    found = frames.cells(service, until - timedelta(hours=1), until, "country", country=country)
    row = found.to_dict("index").get(country)
    place = places.get(country)
    return PlaceCount(
        code=country,
        name=place.name(LANGUAGE) if place else country,
        reports=None if row is None or row["few"] else int(row["raw"]),
    )


def list_incidents(asked: IncidentsQuestion) -> Incidents:
    """The newest incidents that fit."""
    service, country = _service(asked.service), _country(asked.country)
    catalog = catalog_of(service)
    now = service_now(service, now=timezone.now())
    views = incident_queries.incidents(
        service,
        now,
        only_open=asked.only_open,
        most=None if asked.only_open else MOST_INCIDENTS,
        component=_component(catalog, asked.component),
        country=country or None,
    )
    note = "" if views else "None on record that fits. That says nothing about the present: ask get_status."
    return Incidents([_listed(service, catalog, view, now) for view in views[:MOST_INCIDENTS]], note)


def get_incident(asked: IncidentQuestion) -> IncidentAnswer:
    """One incident with its last changes."""
    service = _service(asked.service)
    now = service_now(service, now=timezone.now())
    view = incident_queries.incident(service, asked.number, now)
    if view is None:
        raise ToolError("There is no such incident. list_incidents gives the numbers.")
    row = Incident.objects.get(pk=view.id)
    events = list(row.events.filter(at__lte=now).order_by("-at", "-id")[:MOST_EVENTS])
    entries = [TimelineEntry(e.at, e.to_state, event_text(e)[:LONGEST_WORDS]) for e in reversed(events)]
    return IncidentAnswer(_listed(service, catalog_of(service), view, now), entries)


def explain_problem(asked: ProblemQuestion) -> ProblemAnswer:
    """What a symptom means, and whose side it is probably on now: by the rule of the page "Is it only me?"."""
    service, country = _service(asked.service), _country(asked.country)
    catalog = catalog_of(service)
    symptom = _symptom(catalog, asked.problem)
    present = service_now(service, now=timezone.now())
    page = Shown(service, catalog, Moment(present, present, asked=False), LANGUAGE, stream="", kept=[])
    judged = judge(page, symptom, country)
    affected = affected_parts(page, judged.now.status.incidents)
    guide = symptom.guide
    number = judged.now.reports_of(symptom.slug)
    return ProblemAnswer(
        symptom=localise(symptom.name, LANGUAGE),
        whose=judged.answer.value,
        why=judged.ground.value,
        reports_30m=number if number >= ENOUGH_REPORTS else None,
        meaning=localise(guide.meaning, LANGUAGE) if guide else "",
        steps=[localise(step, LANGUAGE) for step in guide.steps[:STEPS]] if guide else [],
        still_works=still_works(page, affected)[:STEPS],
        page=f"{settings.SITE_URL}/{service.slug}/" + (f"errors/{symptom.slug}" if guide else ""),
    )


def _symptom(catalog: Catalog, words: str) -> Symptom:
    """The symptom that is meant: by its slug, by the code in it, or by the most words in common."""
    said = _words(words)
    found = guidance.symptom(catalog, words.strip().lower().replace(" ", "-"))
    if found is not None:
        return found

    def likeness(symptom: Symptom) -> int:
        code = str(symptom.http_status) if symptom.http_status else ""
        common = len(said & _words(f"{localise(symptom.name, LANGUAGE)} {symptom.slug}"))
        return common + (CODE_LIKENESS if code in said else 0)

    best = max(catalog.symptoms, key=likeness, default=None)
    if best is None or not likeness(best):
        slugs = ", ".join(symptom.slug for symptom in catalog.symptoms)
        raise ToolError(f"No symptom fits these words. Choose one of: {slugs}.")
    return best


def _words(text: str) -> set[str]:
    return set(text.lower().replace("-", " ").split())


def outage_durations(asked: DurationsQuestion) -> Durations:
    """How long confirmed outages of the last year lasted."""
    service = _service(asked.service)
    component = _component(catalog_of(service), asked.component)
    now = service_now(service, now=timezone.now())
    rows = Incident.objects.filter(
        Q(kind=Incident.Kind.OUTAGE) & ~Q(state=Incident.State.MERGED),
        service=service,
        confirmed_at__isnull=False,
        resolved_at__isnull=False,
        opened_at__gte=now - LOOK_BACK,
        resolved_at__lte=now,
    )
    if component:
        rows = rows.filter(components__contains=[component])
    found = lasted([ended - began for began, ended in rows.values_list("opened_at", "resolved_at") if ended])
    if found is None:
        return Durations(0, None, None, None, "None on record in the last year, so we can't estimate.")
    note = "" if found.enough else f"Only {found.count} on record: treat this with care."
    return Durations(found.count, _minutes(found.median), _minutes(found.shortest), _minutes(found.longest), note)


def _minutes(span: timedelta) -> float:
    return round(span / timedelta(minutes=1), 1)


SERVER = Server(
    name="brownout",
    version="1.0.0",
    instructions=(
        "Brownout says whether online services are down, where and since when, from user reports, automatic checks and "
        "official announcements. Times are UTC. Only `is_all_clear: true` means that a service works; 'unknown' or "
        "missing data never does. Numbers of places are rounded to 5, and withheld (null) where few reported."
    ),
    tools=(
        Tool(
            "list_services",
            "Find a service",
            "Lists the services that are watched, with their components and their verdict now. Call it first to learn "
            "a service's slug.",
            ServiceName,
            Services,
            list_services,
        ),
        Tool(
            "get_status",
            "Is it down?",
            "Says whether a service works now, what is wrong, where and since when; with a country, also whether it is "
            "affected and how many there reported a problem in the last hour.",
            StatusQuestion,
            StatusAnswer,
            get_status,
        ),
        Tool(
            "list_incidents",
            "Outages and maintenance",
            f"Lists the newest {MOST_INCIDENTS} incidents of a service with their durations, open ones included; by "
            "country and component if wanted.",
            IncidentsQuestion,
            Incidents,
            list_incidents,
        ),
        Tool(
            "get_incident",
            "One incident",
            f"Gives one incident with its last {MOST_EVENTS} changes and why each was made.",
            IncidentQuestion,
            IncidentAnswer,
            get_incident,
        ),
        Tool(
            "explain_problem",
            "Is it mine or theirs?",
            "For an error message, code or symptom: what it means, whether others see it now, whose side it is "
            "probably on, what to do and what still works.",
            ProblemQuestion,
            ProblemAnswer,
            explain_problem,
        ),
        Tool(
            "outage_durations",
            "How long do outages last?",
            "Gives the median, the shortest and the longest of the confirmed outages of the last year, in minutes, "
            "with how many there were.",
            DurationsQuestion,
            Durations,
            outage_durations,
        ),
    ),
)
