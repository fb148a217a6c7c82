"""One incident: its states with their evidence, where it was, and who knew first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.analytics import frames
from outages.models import Announcement, Dispute, Incident, IncidentEvent
from outages.queries import chips, first_signals, status, upstream
from outages.queries import disputes as dispute_queries
from outages.queries import incidents as incident_queries
from outages.queries.first_signals import First
from outages.queries.incidents import IncidentView
from outages.texts import durations, event_texts, formats, lists, sentences
from outages.web.charts import hourly_maps, maps, spread, svg
from outages.web.views import disputes
from outages.web.views.page_context import Shown, shown, unnamed_places
from outages.web.views.services import elsewhere, notice, only_country, place_layer

BEFORE = timedelta(hours=2)
AFTER = timedelta(hours=1)
BINS = 160
GRAINS = (1, 2, 5, 10, 20, 30, 60, 180, 360)
LONGEST = timedelta(days=30)
MOST_EVENTS = 500
SHOWN_DECISIONS = 5


def incident(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An incident of a service as it stood at a moment."""
    page = shown(request, slug, retired_too=True)
    at = page.at
    if number > 2**31 - 1 or (view := incident_queries.incident(page.service, number, at)) is None:
        raise Http404
    events = list(IncidentEvent.objects.filter(incident_id=view.id, at__lte=at).order_by("at", "id")[:MOST_EVENTS])
    end = view.resolved_at or at
    since, until = max(view.opened_at - BEFORE, end - LONGEST), min(end + AFTER, at)
    until = until.replace(second=0, microsecond=0)
    since = since.replace(second=0, microsecond=0)
    grain = grain_of(until - since)
    series = frames.timeseries(page.service, since, max(until, since + timedelta(minutes=grain)), grain)
    chart = None
    if series["watched"].any():
        title = ngettext(
            "Reports minute by minute, from two hours before the incident on",
            "Reports in steps of %(grain)d minutes, from two hours before the incident on",
            grain,
        ) % {"grain": grain}
        chart = svg.timeseries(series, spans=[svg.Span(view.opened_at, view.resolved_at)], title=title)
    home = only_country(page, [*view.countries, *view.regions])
    layer = place_layer(page, view.opened_at - incident_queries.LEAD, end, home=home)
    posts = _posts(page, view, end)
    names = page.catalog.component_names(page.language)
    parts = [names.get(slug, slug) for slug in view.components]
    disputed = dispute_queries.of_incident(page.service, view.number, view.opened_at, at)
    signs = first_signals.first_signs((event.at, event.evidence) for event in events)
    first = First(view, signs.get("crowd"), signs.get("probes"), first_signals.official_word(view, posts, at))
    was_read = bool(posts) or chips.was_official_read(page.service, page.catalog, view.opened_at, end)
    was_probed = first.probes is not None or chips.was_probed(page.service, view.opened_at, end)
    context = page.context(
        "incident",
        incident=view,
        was="confirmed" if view.confirmed_at and view.state == "resolved" else view.state,
        parts=sentences.listed(parts),
        part_names=parts,
        where=status.where(view, page.language, most=8) or unnamed_places(page),
        symptom=page.catalog.symptom_names(page.language).get(view.symptom, view.symptom),
        lasted=end - view.opened_at,
        **related(view, at),
        decisions=[event for event in events if event.words][-SHOWN_DECISIONS:],
        text=event_texts.event_text(view, names),
        stages=stages(events, names),
        first=who_knew_first(first, heard={"crowd": True, "probes": was_probed, "official": was_read}),
        delay=delay_words(first, was_read=was_read),
        spread=spread.read(
            page.service,
            view.opened_at - incident_queries.LEAD,
            max(end, view.opened_at + timedelta(minutes=1)),
            spread.first_named([(event.at, _places(event)) for event in events]),
            watched=series["watched"],
            country=home,
            language=page.language,
        ),
        hourly=hourly_maps.read(
            page.service,
            view.opened_at - incident_queries.LEAD,
            max(end, view.opened_at + timedelta(minutes=1)),
            watched=series["watched"],
            country=home,
            language=page.language,
        ),
        tally=incident_queries.incident_tally(page.service, view, at),
        posts=[notice(post, view.opened_at) for post in posts],
        elsewhere=elsewhere(
            upstream.beside(page.service, page.catalog, view.opened_at, at, page.language), view.opened_at
        ),
        chart=chart,
        chart_half=chart.top // 2 if chart else 0,
        grain=grain,
        has_gaps=bool((series["watched"] == 0).any()),
        minimap=maps.svg_map(layer, title=_("Reports by place during the incident"), small=True),
        opened=f"{view.opened_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        then=f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        window=window_of(end - view.opened_at),
        ranked=layer.listed(6),
        upstream=lists.listed(view.upstream, page.language),
        api_url=f"/api/v1/incidents/{view.id}",
        number=view.number,
        disputed="disputed" in request.GET,
        disputes=disputes.rows(disputed),
        waiting_disputes=sum(found.state == Dispute.State.WAITING for found in disputed),
        **disputes.form_context(),
    )
    return render(request, "pages/incident.html", context)


def related(view: IncidentView, at: datetime) -> dict[str, Any]:
    """The numbers of incidents that moderators or the detector have joined with this one or split off. One query."""
    ours = Q(pk__in=[pk for pk in (view.merged_into, view.split_from) if pk])
    rows = list(Incident.objects.filter(ours | Q(merged_into=view.id) | Q(split_from=view.id)).order_by("number"))
    number = {row.pk: row.number for row in rows}
    return {
        "merged_into": number.get(view.merged_into or 0),
        "split_from": number.get(view.split_from or 0),
        "merged": [r.number for r in rows if r.merged_into_id == view.id and r.resolved_at and r.updated_at <= at],
        "split_off": [r.number for r in rows if r.split_from_id == view.id and r.opened_at <= at],
    }


def window_of(span: timedelta) -> str:
    """The shortest window of the map that holds the incident and what led to it."""
    return next((window.key for window in maps.WINDOWS.values() if window.span >= span + incident_queries.LEAD), "7d")


def grain_of(span: timedelta) -> int:
    """Minutes a bin, so that a span has at most BINS of them."""
    minutes = span / timedelta(minutes=1)
    return next((grain for grain in GRAINS if minutes / grain <= BINS), GRAINS[-1])


def stages(events: Sequence[IncidentEvent], names: dict[str, str]) -> list[dict[str, Any]]:
    """The changes of state with their evidence, each with the changes of scope that followed it."""
    found: list[dict[str, Any]] = []
    for event in events:
        entry = {
            "event": event,
            "parts": sentences.listed([names.get(slug, slug) for slug in event.components]),
            "places": _places(event),
            "text": event_texts.event_text(event, names),
            "terms": [_term(term, names) for term in event.evidence],
            "updates": [],
        }
        if event.from_state != event.to_state or not found:
            found.append(entry)
        else:
            found[-1]["updates"].append(entry)
    return found


def _places(event: IncidentEvent) -> list[str]:
    """Codes: a country stands for its regions unless some of them are named."""
    detailed = {region[:2] for region in event.regions}
    return [code for code in event.countries if code not in detailed] + list(event.regions)


def _term(term: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    component = str(term.get("component") or "")
    url = str((term.get("detail") or {}).get("url", ""))
    return {
        "kind": term.get("kind", ""),
        "name": term.get("name", ""),
        "nats": term.get("nats"),
        "text": event_texts.term_text(term),
        "seen": term.get("seen"),
        "expected": term.get("expected"),
        "component": names.get(component, component),
        "place": term.get("place", ""),
        "url": url
        if (url := str((term.get("detail") or {}).get("url", ""))).startswith(("https://", "http://"))
        else "",
    }


def who_knew_first(first: First, *, heard: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Return when each kind of evidence first spoke, earliest first; kinds that never did come last with None.

    What a kind that was not `heard` would have said is not known.
    """
    times = (("crowd", first.crowd), ("probes", first.probes), ("official", first.official))
    opened_at = first.incident.opened_at
    nothing = pgettext("evidence", "nothing yet") if first.incident.is_open else pgettext("evidence", "nothing")
    rows = [
        {
            "kind": kind,
            "at": at,
            "after": at - opened_at if at and at > opened_at else None,
            "without": nothing if heard[kind] else pgettext("evidence", "not known"),
        }
        for kind, at in times
    ]
    return sorted(rows, key=lambda row: (row["at"] is None, row["at"]))


def delay_words(first: First, *, was_read: bool) -> str:
    """How late the company spoke up, in a sentence; its silence is told only where it would have been heard."""
    if first.sign is None:
        return ""
    minutes = first.delay_minutes
    if minutes is None:
        if not was_read:
            return _("We weren't reading the company's announcements, so we don't know whether it said anything.")
        return _("The company said nothing that we could find.")
    if durations.has_hours(minutes):
        late = (
            _("The company spoke up %(duration)s before the first sign.")
            if minutes < 0
            else _("The company spoke up %(duration)s after the first sign.")
        )
        return late % {"duration": durations.in_minutes(abs(minutes))}
    shown = {"n": formats.number(abs(minutes))}
    if minutes < 0:
        return (
            ngettext(
                "The company spoke up %(n)s minute before the first sign.",
                "The company spoke up %(n)s minutes before the first sign.",
                abs(round(minutes)),
            )
            % shown
        )
    return (
        ngettext(
            "The company spoke up %(n)s minute after the first sign.",
            "The company spoke up %(n)s minutes after the first sign.",
            round(minutes),
        )
        % shown
    )


def _posts(page: Shown, view: IncidentView, end: datetime) -> list[Announcement]:
    """Posts linked with the incident, and relevant ones of its time, as far as they had been read by the moment."""
    timely = Q(seen_at__gte=view.opened_at - BEFORE, seen_at__lte=end + AFTER) & (
        Q(corrected_relevant=True) | Q(corrected_relevant=None, relevant=True)
    )
    rows = Announcement.objects.filter(service=page.service, seen_at__lte=page.at).filter(
        Q(incident_id=view.id) | timely & Q(incident=None)
    )
    return list(rows.order_by("posted_at")[:20])
