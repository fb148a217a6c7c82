"""The shapes of what assistants ask and are told. Their schemas are what the tools are described by."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

ServiceSlug = Annotated[
    str, Meta(description="A service's slug or name, such as 'tesla'; list_services gives them.", max_length=100)
]
CountryCode = Annotated[
    str,
    Meta(description="A country's ISO 3166-1 code or its name: 'NO', 'Norway'. Empty: none.", max_length=60),
]
ComponentSlug = Annotated[
    str, Meta(description="A component's slug or name, as list_services gives it. Empty: the whole.", max_length=60)
]
Moment = Annotated[
    str,
    Meta(
        description="A date or a time of ISO 8601, such as '2026-11-24' or '2026-11-24T20:00+01:00'; UTC unless it "
        "names an offset. Empty: no bound.",
        max_length=40,
    ),
]
Minutes = Annotated[float, Meta(description="Minutes.")]


class ServiceName(Struct, frozen=True, forbid_unknown_fields=True):
    """Words of a service's name."""

    query: Annotated[str, Meta(description="Words of its name. Empty: all.", max_length=100)] = ""


class StatusQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which service, and perhaps where."""

    service: ServiceSlug
    country: CountryCode = ""


class IncidentsQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which incidents."""

    service: ServiceSlug
    country: CountryCode = ""
    component: ComponentSlug = ""
    only_open: Annotated[bool, Meta(description="Only those that are not over.")] = False
    since: Annotated[Moment, Meta(description="Only those that lasted until then; as `until`.")] = ""
    until: Moment = ""


class IncidentQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which incident."""

    service: ServiceSlug
    number: Annotated[int, Meta(ge=1, le=2**31 - 1, description="Its number, as list_incidents gives it.")]


class ProblemQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody sees, and perhaps where."""

    service: ServiceSlug
    problem: Annotated[str, Meta(description="A symptom's slug, or words or a code from the screen.", max_length=200)]
    country: CountryCode = ""


class DurationsQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which outages."""

    service: ServiceSlug
    component: ComponentSlug = ""


class ListedService(Struct, frozen=True):
    """A service with its verdict now."""

    slug: str
    name: str
    components: list[str]
    verdict: str


class Services(Struct, frozen=True):
    """The services that fit."""

    services: list[ListedService]
    more: Annotated[int, Meta(description="How many more fit.")]
    note: Annotated[str, Meta(description="What it means that none fits.")] = ""


class OpenIncident(Struct, frozen=True):
    """An incident that is not over."""

    number: int
    state: str
    components: list[str]
    where: Annotated[str, Meta(description="Its places; 'everywhere' where it has no bounds.")]
    since: datetime
    confidence: Annotated[float, Meta(description="From 0 to 1.")]


class EndedIncident(Struct, frozen=True):
    """The last incident that is over."""

    number: int
    components: list[str]
    ended_at: datetime
    lasted_min: Minutes


class PlaceCount(Struct, frozen=True):
    """What a place reported."""

    code: str
    name: str
    reports: Annotated[int | None, Meta(description="In the last hour, to the nearest 5; null where too few to tell.")]


class StatusAnswer(Struct, frozen=True):
    """What is known of a service now."""

    service: str
    verdict: Annotated[str, Meta(description="ok, possible, confirmed, recovering, maintenance or unknown.")]
    is_all_clear: Annotated[bool, Meta(description="True only where we watch and see nothing wrong.")]
    summary: str
    reports_30m: Annotated[int, Meta(description="Problem reports in the last 30 minutes, all places.")]
    usual_30m: Annotated[float, Meta(description="How many are usual for these 30 minutes.")]
    incidents: list[OpenIncident]
    more: Annotated[int, Meta(description="How many more incidents are not over.")]
    last_ended: Annotated[EndedIncident | None, Meta(description="The last one that ended in the last 24 hours.")]
    still_works: Annotated[list[str], Meta(description="What keeps working in this outage.")]
    country: Annotated[PlaceCount | None, Meta(description="The country that was asked about.")]
    affects_country: Annotated[bool | None, Meta(description="Whether an open incident covers it; null: not asked.")]
    data_until: Annotated[datetime | None, Meta(description="Until when reports are counted; null: not watched.")]
    page: str


class ListedIncident(Struct, frozen=True):
    """An incident."""

    number: int
    state: str
    kind: str
    components: list[str]
    where: str
    opened_at: datetime
    ended_at: Annotated[datetime | None, Meta(description="null where it is not over.")]
    lasted_min: Annotated[float, Meta(description="Minutes until its end, or until now.")]
    page: str


class Incidents(Struct, frozen=True):
    """The newest incidents that fit, newest first."""

    incidents: list[ListedIncident]
    more: Annotated[bool, Meta(description="Whether older ones fit too; ask with an earlier `until`.")]
    watched_share: Annotated[
        float | None,
        Meta(description="With `since`: how much of that time was watched, 0 to 1. Below 1, silence says little."),
    ]
    note: str


class TimelineEntry(Struct, frozen=True):
    """A change of an incident."""

    at: datetime
    state: str
    text: str


class IncidentAnswer(Struct, frozen=True):
    """An incident with its last changes."""

    incident: ListedIncident
    timeline: list[TimelineEntry]


class ProblemAnswer(Struct, frozen=True):
    """What a symptom means, and whose side it is probably on now."""

    symptom: str
    whose: Annotated[
        str,
        Meta(
            description="Is it only them? not-you and probably-not-you: the service; probably-you: their side; "
            "cannot-say; unknown: nobody watches."
        ),
    ]
    why: Annotated[str, Meta(description="What that rests on, such as outage-here, many-here, nothing-unusual.")]
    reports_30m: Annotated[int | None, Meta(description="Reports that name it in 30 minutes; null: too few to tell.")]
    meaning: str
    steps: list[str]
    still_works: list[str]
    page: str


class Durations(Struct, frozen=True):
    """How long confirmed outages of the last year lasted."""

    outages: int
    median_min: Minutes | None
    shortest_min: Minutes | None
    longest_min: Minutes | None
    note: str
