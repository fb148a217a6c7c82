"""Error guides: what a symptom means, whether it is being seen, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.models import Incident
from outages.queries import status
from outages.texts import formats, lists
from outages.verdict.diagnosis import Diagnosis, Evidence, Presence, Reason, diagnose, lasted, presence
from outages.web.views import symptom_evidence
from outages.web.views.affected_components import advice, affected_parts, still_works
from outages.web.views.page_context import Shown, shown, unnamed_places
from outages.web.views.services import only_country, place_layer
from reports.catalog import guidance
from reports.catalog.schema import Symptom, Text, localise
from reports.web.forms import platform_words

RANKED = 5
MOST_OUTAGES = 200
LATEST_OUTAGES = 5
PRESENCE_STATES = {
    Presence.YES: "confirmed",
    Presence.PERHAPS: "possible",
    Presence.FADING: "recovering",
    Presence.OTHER: "possible",
    Presence.FEW: "ok",
    Presence.NO: "ok",
    Presence.UNKNOWN: "unknown",
}


LIVE: Final[Mapping[Presence, Callable[[int], str]]] = {
    Presence.YES: lambda n: ngettext(
        "Yes, others have it too: %(count)s of %(total)s report in the last 30 minutes.",
        "Yes, others have it too: %(count)s of %(total)s reports in the last 30 minutes.",
        n,
    ),
    Presence.PERHAPS: lambda n: ngettext(
        "Others may have it too: %(count)s of %(total)s report in the last 30 minutes.",
        "Others may have it too: %(count)s of %(total)s reports in the last 30 minutes.",
        n,
    ),
    Presence.FADING: lambda n: ngettext(
        "It’s clearing up: %(count)s of %(total)s report in the last 30 minutes.",
        "It’s clearing up: %(count)s of %(total)s reports in the last 30 minutes.",
        n,
    ),
    Presence.FEW: lambda n: ngettext(
        "No more than usual: %(count)s report in the last 30 minutes.",
        "No more than usual: %(count)s reports in the last 30 minutes.",
        n,
    ),
    Presence.OTHER: lambda _n: _(
        "There’s a problem, but nobody has reported this in the last 30 minutes, or too few to say."
    ),
    Presence.NO: lambda _n: _("Nobody has reported this in the last 30 minutes, or too few to say."),
    Presence.UNKNOWN: lambda _n: _("Monitoring is paused right now, so we can’t tell whether others have this too."),
}


def cause_words() -> dict[str, str]:
    """What each kind of cause is called."""
    return {
        "maintenance": pgettext("cause of an error", "Maintenance"),
        "overload": pgettext("cause of an error", "Overload"),
        "configuration": pgettext("cause of an error", "Wrong configuration"),
        "internal": pgettext("cause of an error", "Internal error"),
        "network": pgettext("cause of an error", "Network"),
        "policy": _("A rule, or a retired API"),
        "yours": _("On your side"),
    }


def reason_words(reason: Reason) -> str:
    """What the evidence shows, as the ground for the causes that it speaks for."""
    words = {
        Reason.MAINTENANCE: _("Maintenance is announced or under way."),
        Reason.UPSTREAM: _(
            "Reports rose for other services at the same time, so the cause may be something they share."
        ),
        Reason.ONE_PLACE: _("Only one place is affected, which points to the network there."),
        Reason.SERVER_ERRORS: _("Many users report server errors, and our automatic checks get them too."),
        Reason.UNREACHABLE: _(
            "Our automatic checks get no response at all, which points to the connection to the servers."
        ),
        Reason.REPORTED_SERVER_ERRORS: _(
            "Many users report server errors. Our automatic checks don’t get any, or aren’t running."
        ),
        Reason.UNCLEAR: _("There’s a problem, but the evidence doesn’t show what kind."),
        Reason.OTHER_PARTS: _("There’s a problem, but with other features; hardly anyone reports this."),
        Reason.NOTHING_UNUSUAL: _(
            "Nothing unusual right now. If you have this problem, it’s more likely on your side."
        ),
        Reason.UNWATCHED: _("Monitoring is paused right now, so there’s no evidence to go by."),
    }
    return words[reason]


def live_line(found: Evidence) -> str:
    """Return whether others have the problem too, in one sentence with its number."""
    return LIVE[presence(found)](found.reports) % {
        "count": formats.number(found.reports),
        "total": formats.number(found.total),
    }


def guides(request: HttpRequest, slug: str) -> HttpResponse:
    """All symptoms of a service, each with what it means and how often it is named at this moment."""
    page = shown(request, slug)
    now = symptom_evidence.read(page)
    rows = [
        {
            "slug": symptom.slug,
            "name": localise(symptom.name, page.language),
            "icon": symptom.icon or "other",
            "meaning": localise(symptom.guide.meaning, page.language) if symptom.guide else "",
            "reports": now.reports_of(symptom.slug),
        }
        for symptom in page.catalog.symptoms
    ]
    context = page.context(
        "errors", status=now.status, rows=rows, watched=now.status.verdict != "unknown", total=now.top["raw"].sum()
    )
    return render(request, "pages/guides.html", context)


def guide(request: HttpRequest, slug: str, symptom: str) -> HttpResponse:
    """A symptom of a service at a moment."""
    page = shown(request, slug)
    entry = guidance.symptom(page.catalog, symptom)
    if entry is None:
        present = next((each.slug for each in page.catalog.symptoms if symptom in each.formerly), None)
        if present is None:
            raise Http404
        return redirect(reverse("guide", args=[slug, present]) + page.moment.query)
    now = symptom_evidence.read(page)
    found = now.about(entry)
    diagnosis = diagnose(found, suggests=entry.suggests)
    incident = symptom_evidence.lead_of(now.fitting(entry))
    affected = affected_parts(page, now.status.incidents)
    touched = affected.keys() or {guidance.component_of(page.catalog, symptom)}
    until = page.at.replace(second=0, microsecond=0)
    layer = place_layer(page, until - symptom_evidence.WINDOW, until, home=only_country(page, []))
    seen = presence(found)
    context = page.context(
        "error",
        symptom=entry,
        symptom_name=localise(entry.name, page.language),
        status=now.status,
        seen=seen,
        state=PRESENCE_STATES[seen],
        live=live_line(found),
        incident=incident,
        where=(status.where(incident, page.language) or unnamed_places(page)) if incident else "",
        ranked=layer.listed(RANKED),
        map_country=layer.country,
        **written(page, entry, diagnosis),
        works=still_works(page, touched),
        warnings=[item["text"] for item in advice(page, now.status.verdict, affected, {symptom}) if item["warning"]],
        **before(page, symptom),
    )
    return render(request, "pages/guide.html", context)


def written(page: Shown, entry: Symptom, diagnosis: Diagnosis) -> dict[str, Any]:
    """The catalogue's guide in the visitor's language, the causes that the evidence speaks for marked and first."""
    guide = entry.guide
    names = cause_words()

    def text(of: Text) -> str:
        return localise(of, page.language)

    told: dict[str, Text] = {str(cause): words for cause, words in guide.causes.items()} if guide else {}
    likely = [cause for cause in diagnosis.causes if cause in told]
    order = [*likely, *(cause for cause in told if cause not in likely)]
    platforms: dict[str, Text] = {str(slug): words for slug, words in guide.platforms.items()} if guide else {}
    return {
        "meaning": text(guide.meaning) if guide else "",
        "permanent": text(guide.permanent) if guide else "",
        "stops": [text(item) for item in guide.stops] if guide else [],
        "steps": [text(item) for item in guide.steps] if guide else [],
        "avoid": [text(item) for item in guide.avoid] if guide else [],
        "causes": [{"name": names[cause], "text": text(told[cause]), "likely": cause in likely} for cause in order],
        "reason": reason_words(diagnosis.reason),
        "spoken_for": lists.listed([names[cause] for cause in diagnosis.causes], page.language),
        "platforms": [
            {"name": name, "text": text(platforms[slug])}
            for slug, name in platform_words().items()
            if slug in platforms
        ],
    }


def before(page: Shown, symptom: str) -> dict[str, Any]:
    """The outages that most met with this symptom and that were over by the moment, and how long they lasted.

    One query. Only outages that were confirmed count: of the others we do not know that they were any.
    """
    rows = (
        Incident.objects.filter(
            service=page.service,
            symptom=symptom,
            kind=Incident.Kind.OUTAGE,
            state=Incident.State.RESOLVED,
            confirmed_at__isnull=False,
            resolved_at__lte=page.at,
        )
        .order_by("-opened_at")
        .values_list("number", "opened_at", "resolved_at")[:MOST_OUTAGES]
    )
    outages = [
        {"number": number, "opened_at": opened, "lasted": over - opened} for number, opened, over in rows if over
    ]
    spans = [over - opened for _number, opened, over in rows if over]
    return {"lasted": lasted(spans), "outages": outages[:LATEST_OUTAGES]}
