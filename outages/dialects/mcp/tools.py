"""The tools: what assistants can ask, in small answers that name their units and never read silence as "it works"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from outages.analytics import frames
from outages.clock import service_now, whole_minute
from outages.dialects.mcp.name_index import name_index
from outages.dialects.mcp.protocol import Server, Tool, ToolError
from outages.dialects.mcp.questions import (
    component_of,
    country_of,
    moment_of,
    not_searched,
    service_of,
    symptom_of,
)
from outages.dialects.mcp.shapes import (
    Durations,
    DurationsQuestion,
    EndedIncident,
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
from outages.models import Incident, ServiceMinute
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
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.errors import close_to
from reports.models import Service

LANGUAGE = "en"
MOST_SERVICES, MOST_INCIDENTS, MOST_EVENTS, MOST_STILL, RECENT = 20, 5, 6, 3, 20
Row = TypeVar("Row", bound=msgspec.Struct)
ROOM = 1100  # bytes of an answer's rows, so that the whole stays below 2 kB
LONGEST_SUMMARY = 300
LOOK_BACK = timedelta(days=365)
LONGEST_WORDS = 200


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
    index = name_index()
    fitting = index.holding(asked.query)
    rows = front_page.rows(now=timezone.now(), slugs=fitting[:MOST_SERVICES])
    fetch_catalogs(row.service for row in rows)
    found = []
    for row in rows:
        catalog = catalog_of(row.service)
        slugs = [component.slug for component in catalog.components]
        found.append(ListedService(row.service.slug, localise(catalog.name, LANGUAGE), slugs, row.verdict.value))
    note = ""
    if not fitting:
        near = close_to(asked.query, index.names)
        note = f"We don't watch a service of that name, so we can't say whether it works.{near}"
    kept = _fitting(found)
    return Services(kept, more=len(fitting) - len(kept), note=(note[:LONGEST_WORDS] + not_searched(index)).strip())


def _fitting(rows: list[Row], room: int = ROOM) -> list[Row]:
    """The first rows that an answer has room for."""
    used = 0
    for count, row in enumerate(rows):
        used += len(msgspec.json.encode(row)) + 1
        if used > room:
            return rows[:count]
    return rows


def get_status(asked: StatusQuestion) -> StatusAnswer:
    """What is known of a service now."""
    service, country = service_of(asked.service), country_of(asked.country)
    status, catalog = status_queries.status(service, now=timezone.now()), catalog_of(service)
    present = service_now(service, now=timezone.now())
    page = Shown(service, catalog, Moment(present, present, asked=False), LANGUAGE, stream="", kept=[])
    works = still_works(page, affected_parts(page, status.incidents)) if status.incidents else []
    incidents = [
        OpenIncident(
            number=view.number,
            state=view.state,
            components=_names(catalog, view),
            where=_where(view),
            since=view.opened_at,
            confidence=round(view.confidence, 2),
        )
        for view in status.incidents[:MOST_INCIDENTS]
    ]
    kept = _fitting(incidents)
    return StatusAnswer(
        service=status.name,
        verdict=status.verdict.value,
        is_all_clear=status.verdict == Verdict.OK and not status.stale,
        summary=status.sentence[:LONGEST_SUMMARY],
        reports_30m=status.reports_30m,
        usual_30m=status.expected_30m,
        incidents=kept,
        more=len(status.incidents) - len(kept),
        last_ended=_last_ended(service, catalog, status.at),
        still_works=[each[:LONGEST_WORDS] for each in works[:MOST_STILL]],
        country=_count_of(service, country, status.at) if country else None,
        affects_country=any(_covers(view, country) for view in status.incidents) if country else None,
        data_until=status.as_of,
        page=f"{settings.SITE_URL}/{service.slug}/",
    )


def _last_ended(service: Service, catalog: Catalog, at: datetime) -> EndedIncident | None:
    """The last incident that ended in the day before."""
    since = at - timedelta(days=1)
    views = [
        (view.resolved_at, view)
        for view in incident_queries.incidents(service, at, since=since, most=RECENT)
        if view.resolved_at is not None and view.state == Incident.State.RESOLVED
    ]
    if not views:
        return None
    ended_at, view = max(views, key=lambda each: each[0])
    return EndedIncident(view.number, _names(catalog, view), ended_at, _minutes(ended_at - view.opened_at))


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
    service, country = service_of(asked.service), country_of(asked.country)
    catalog = catalog_of(service)
    now = service_now(service, now=timezone.now())
    since, until = moment_of(asked.since, "since"), moment_of(asked.until, "until", end=True)
    if since is not None and until is not None and since > until:
        raise ToolError("since: it must be before `until`.")
    views = incident_queries.incidents(
        service,
        now,
        since=since,
        opened_until=until,
        only_open=asked.only_open,
        most=None if asked.only_open else MOST_INCIDENTS + 1,
        component=component_of(catalog, asked.component),
        country=country or None,
    )
    kept = _fitting([_listed(service, catalog, view, now) for view in views[:MOST_INCIDENTS]])
    counted = now - status_queries.STALE_AFTER  # what came later may still be on its way
    share = _watched_share(service, since, min(until or now, counted)) if since is not None else None
    return Incidents(kept, len(views) > len(kept), share, _note(bool(views), share))


def _watched_share(service: Service, since: datetime, until: datetime) -> float | None:
    """How much of a span was watched, from 0 to 1; None for one that has not begun."""
    minutes = (until - since) // timedelta(minutes=1)
    if minutes <= 0:
        return None
    seen = ServiceMinute.objects.filter(service=service, minute__gte=since, minute__lt=until).count()
    return round(min(seen / minutes, 1.0), 3) if seen < minutes else 1.0


def _note(found: bool, share: float | None) -> str:
    if found:
        return ""
    if share == 1.0:
        return "None on record, and all of that time was watched. For the present ask get_status."
    if share is None:
        return "None on record that fits. That says nothing about the present: ask get_status."
    watched = "was not watched" if not share else "was watched only in part"
    return f"None on record, but that time {watched}: there may have been one. For the present ask get_status."


def get_incident(asked: IncidentQuestion) -> IncidentAnswer:
    """One incident with its last changes."""
    service = service_of(asked.service)
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
    service, country = service_of(asked.service), country_of(asked.country)
    catalog = catalog_of(service)
    symptom = symptom_of(catalog, service.definition_hash, asked.problem)
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


def outage_durations(asked: DurationsQuestion) -> Durations:
    """How long confirmed outages of the last year lasted."""
    service = service_of(asked.service)
    component = component_of(catalog_of(service), asked.component)
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
            "Says whether a service works now, what is wrong, where and since when, what still works, and what ended "
            "in the last 24 hours; with a country, also whether it is affected and how many there reported a problem "
            "in the last hour.",
            StatusQuestion,
            StatusAnswer,
            get_status,
        ),
        Tool(
            "list_incidents",
            "Outages and maintenance",
            f"Lists the newest {MOST_INCIDENTS} incidents of a service with their durations, open ones included; by "
            "country, component and time if wanted: was there one last Tuesday night?",
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
