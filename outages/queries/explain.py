"""The rows behind the numbers of an incident, in lines to read. `manage.py explain_incident` prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from outages.analytics import frames
from outages.clock import at_minute
from outages.models import Announcement, Incident, IncidentEvent, MinuteCount, ProbeResult, ServiceMinute
from outages.queries import incidents as incident_queries
from outages.queries import upstream
from outages.queries.incidents import IncidentView
from outages.queries.tally import Tally, tally
from outages.texts import formats
from reports.catalog.store import catalog_of
from reports.models import Report, Service
from reports.places.codes import split_place

MINUTE = timedelta(minutes=1)
PROBE_WINDOW = timedelta(minutes=15)
EVERYWHERE = ("", "everywhere")


def whole(incident: Incident, view: IncidentView, at: datetime) -> Iterator[str]:
    """What the page says of the whole incident: how many reports counted, and from where."""
    end = min(view.resolved_at or at, at)
    for other in upstream.beside(incident.service, catalog_of(incident.service), view.opened_at, at):
        until = f"{other.ended_at:%H:%M}" if other.ended_at else "open"
        yield f"upstream {other.name}, {other.started_at:%Y-%m-%d %H:%M} to {until}, {other.stage}: {other.title}"
    since = view.opened_at - incident_queries.LEAD
    yield f"tally {_span(since, end)}: {_tallied(incident_queries.incident_tally(incident.service, view, at))}"
    rows = MinuteCount.objects.filter(service=incident.service, minute__gte=since, minute__lt=end)
    countries = {code[:2] for code in incident_queries.place_codes(view)} or set(catalog_of(incident.service).places)
    home = countries.pop() if len(countries) == 1 else None
    level: frames.Level = "region" if home else "country"
    told = frames.cells(incident.service, since, end, level, country=home)
    shown = told[~told["few"]]
    inside = rows.filter(country=home) if home else rows
    sums = inside.exclude(country="").values(level).annotate(came=Sum("raw"), counted=Sum("effective"))
    for row in sums.exclude(came=0).order_by("-counted", level):
        place = str(row[level] or home)
        said = "not shown"
        if place in shown.index:
            reports, kept = (formats.number(shown[column][place]) for column in ("raw", "effective"))
            said = f"shown as {reports} reports, {kept} counted"
        counted = _counted(row["came"], row["counted"])
        yield f"outages_minutecount {_span(since, end)}, {place}: {counted}, {said}"


def term(incident: Incident, event: IncidentEvent, stored_term: dict[str, Any]) -> Iterator[str]:
    """What is stored behind a term, a line each."""
    if stored_term["kind"] == "crowd":
        yield from _crowd(incident, event, stored_term)
    elif stored_term["kind"] == "probes":
        yield from _probes(incident, event, stored_term)
    elif url := stored_term["detail"].get("url"):
        for post in Announcement.objects.filter(service=incident.service, url=url):
            yield f"outages_announcement {post.pk}, posted {post.posted_at:%Y-%m-%d %H:%M}: {post.url}"


def _crowd(incident: Incident, event: IncidentEvent, term: dict[str, Any]) -> Iterator[str]:
    """The counts of the term's minutes, parts and places, what was cut of them, and the reports while they are kept."""
    detail = term["detail"]
    if "from_minute" not in detail:
        return
    since, until = at_minute(detail["from_minute"]), at_minute(detail["to_minute"]) + MINUTE
    parts = detail.get("components") or ([term["component"]] if term["component"] else event.components)
    places = [] if term["place"] in EVERYWHERE else term["place"].split(", ")
    where = term["place"] if places else "everywhere"
    for part in parts:
        raw, effective, _ = stored(incident.service, since, until, [part], places)
        if raw:
            yield f"outages_minutecount {_span(since, until)}, {part}, {where}: {_counted(raw, effective)}"
    raw, effective, cuts = stored(incident.service, since, until, parts, places)
    yield f"together: {_tallied(tally(raw, effective, cuts))}; seen {formats.short(term['seen'])}"
    usual = _expected_everywhere(incident, since, until, parts)
    if usual:
        surge = detail.get("surge", 1.0)
        share = term["expected"] / (usual * surge)
        yield (
            f"outages_serviceminute {_span(since, until)}, expected of {', '.join(parts)} everywhere: {usual:.3f}; "
            f"times the share learnt for {where} ({share:.3f}) and a general rise of {surge:.2f}: {term['expected']}"
        )
    if event.at < until:
        yield f"seen at {event.at:%H:%M:%S}, within the last minute: its counts above also hold what came later in it"
    yield _reports(incident, since, until, parts, places, event.at)


_CELLS = """
WITH cells AS (
    SELECT m.raw, m.effective, m.cuts
    FROM outages_minutecount m JOIN reports_component c ON c.id = m.component_id
    WHERE m.service_id = %(service)s AND m.minute >= %(since)s AND m.minute < %(until)s AND c.slug = ANY(%(parts)s)
          AND (%(everywhere)s OR m.country = ANY(%(countries)s) OR m.region = ANY(%(regions)s))
)
SELECT '', sum(raw)::float, sum(effective) FROM cells
UNION ALL
SELECT key, sum(value::float), NULL FROM cells, jsonb_each_text(cuts) GROUP BY key
"""


def stored(
    service: Service, since: datetime, until: datetime, parts: Sequence[str], places: Sequence[str]
) -> tuple[int, float, dict[str, float]]:
    """Return what is stored of some components in some places with since <= minute < until. One query.

    Raw problem reports, what they counted, and what each rule cut. No places mean everywhere; a country's code stands
    for all of its regions. For the operator alone: pages tell what `disclosure` lets them.
    """
    split = [split_place(place) for place in places]
    with connection.cursor() as cursor:
        cursor.execute(
            _CELLS,
            {
                "service": service.pk,
                "since": since,
                "until": until,
                "parts": list(parts),
                "everywhere": not places,
                "countries": [country for country, region in split if not region],
                "regions": [region for _, region in split if region],
            },
        )
        found = {name: (number, counted) for name, number, counted in cursor.fetchall()}
    raw, effective = found.pop("")
    return int(raw or 0), effective or 0.0, {name: number for name, (number, _) in found.items()}


def _expected_everywhere(incident: Incident, since: datetime, until: datetime, parts: Sequence[str]) -> float:
    rows = ServiceMinute.objects.filter(service=incident.service, minute__gte=since, minute__lt=until)
    expected: list[dict[str, float]] = list(rows.values_list("expected_by_component", flat=True))
    return sum(row.get(part, 0.0) for row in expected for part in parts)


def _reports(
    incident: Incident, since: datetime, until: datetime, parts: Sequence[str], places: Sequence[str], seen_at: datetime
) -> str:
    inside = Q()
    for country, region in map(split_place, places):
        inside |= Q(region=region) if region else Q(country=country)
    rows = Report.objects.filter(
        inside, service=incident.service, at__gte=since, at__lt=min(until, seen_at), component__slug__in=parts,
        kind=Report.Kind.PROBLEM, verdict=Report.Verdict.ACCEPTED, withdrawn_at=None,
    )  # fmt: skip
    sums = rows.aggregate(
        number=Count("id"),
        networks=Count("network", distinct=True, filter=~Q(network=0)),
        providers=Count("asn", distinct=True, filter=~Q(asn=0)),
        wide=Count("wide_network", distinct=True, filter=Q(asn=0)),
    )
    if not sums["number"]:
        return f"reports_report {_span(since, until)}: no longer kept"
    return (
        f"reports_report {_span(since, until)}: {sums['number']:,} reports from {sums['networks']} networks, "
        f"{sums['providers']} known providers and {sums['wide']} wide networks of unknown ones"
    )


def _probes(incident: Incident, event: IncidentEvent, term: dict[str, Any]) -> Iterator[str]:
    """The results of the term's probes shortly before the event, by what they were."""
    since: datetime = event.at - PROBE_WINDOW
    rows = ProbeResult.objects.filter(
        service=incident.service, probe__in=term["detail"].get("probes", []), at__gte=since, at__lt=event.at
    ).values_list("probe", "vantage", "classification", "http_status", "error")
    counted = Counter((probe, vantage, kind, str(status or error)) for probe, vantage, kind, status, error in rows)
    for (probe, vantage, kind, said), number in sorted(counted.items()):
        yield f"outages_proberesult {_span(since, event.at)}, {probe} from {vantage}: {number} × {kind} ({said})"


def _span(since: datetime, until: datetime) -> str:
    """The minutes from the first to the last one, both included."""
    last = until - MINUTE
    return f"{since:%H:%M} to {last:%H:%M}" if since.date() == last.date() else f"{since:%d %H:%M} to {last:%d %H:%M}"


def _counted(raw: int, effective: float) -> str:
    return f"{raw:,} reports, {effective:.1f} counted"


def _tallied(found: Tally) -> str:
    return " ".join([f"{formats.number(found.counted)} of {formats.number(found.reports)} counted.", *found.lines()])
