"""A service's own page: what is known of it at a moment, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.analytics import frames
from outages.models import Announcement
from outages.queries import status as queries
from outages.queries.incidents import IncidentView
from outages.queries.upstream import UpstreamIncident
from outages.texts import durations, formats, place_phrases, sentences
from outages.verdict import Verdict
from outages.verdict.diagnosis import LEADING_SHARE, Lasted, lasted
from outages.web.charts import maps, svg
from outages.web.charts.map_metrics import METRICS
from outages.web.views.affected_components import advice, affected_parts, still_works
from outages.web.views.embed_code import iframe
from outages.web.views.page_context import Shown, shown

DAY = timedelta(hours=24)
GRAIN_MINUTES = 10
NOTICE_WINDOW = timedelta(days=7)
NOTICES = 5
TOP_SYMPTOMS = 5
RANKED = 6
DAYS = 90


def service(request: HttpRequest, slug: str) -> HttpResponse:
    """A service at a moment."""
    page = shown(request, slug)
    at = page.at
    status = queries.status(page.service, now=timezone.now(), at=page.moment.asked_at)
    window = maps.WINDOWS["1h" if status.incidents else "24h"]
    until = at.replace(second=0, microsecond=0)
    series = frames.timeseries(page.service, until - DAY, until, GRAIN_MINUTES)
    since = until - window.span
    top = frames.symptoms(page.service, since, until)
    layer = place_layer(page, since, until, home=only_country(page, []))
    days = frames.days(page.service, at, DAYS)
    incident = status.incident
    leading = set(top.index[top["share"] >= LEADING_SHARE])
    affected = affected_parts(page, status.incidents)
    named = named_places(incident, layer) if incident else []
    context = page.context(
        "service",
        status=status,
        where=place_phrases.named_places(named, page.language),
        trend=sentences.trend_word(status.summary.trend),
        reports_words=reports_words(status),
        lasted_words=lasted_words(lasted(days.attrs["lasted"])) if incident else "",
        incident=incident,
        incident_parts=sentences.listed(queries.component_names(page.catalog, incident.components, page.language))
        if incident
        else "",
        window=window.key,
        window_words=window.words(),
        window_watched=bool(series["watched"][series.index >= until - window.span].any()),
        **chart_context(series, status.incidents),
        symptoms=_symptom_rows(page, top),
        named=any(top.index),
        minimap=maps.svg_map(layer, title=_("Reports by place"), small=True),
        map_country=layer.country,
        ranked=ranked_rows(layer, named[: place_phrases.NAMED]),
        still_works=still_works(page, affected),
        advice=advice(page, status.verdict, affected, leading),
        notices=_notices(page, incident),
        elsewhere=elsewhere(status.upstream_incidents, incident.opened_at if incident else None),
        official_chip=next(chip for chip in status.chips if chip.kind == "official"),
        parts=_parts(page, affected, (since, until), status.verdict),
        days_svg=svg.days(days, title=_("The last 90 days, day by day")),
        days_first=days.index[0],
        days_last=days.index[-1],
        days_words=days_words(days),
        lasting_address=settings.SITE_URL + reverse("service", args=[slug]) + _at(at),
        snippet=iframe(slug, _("Is %(name)s down?") % {"name": page.name}, page.moment.query),
    )
    return render(request, "pages/service.html", context)


def reports_words(status: queries.Status) -> str:
    """Return "214 reports in 30 min (usual: 6)"; empty where there is nothing to count."""
    return sentences.reports_clause(status.reports_30m, status.expected_30m) if status.summary.has_numbers else ""


def _at(at: datetime) -> str:
    return "?" + urlencode({"at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}, safe=":")


def chart_context(series: pd.DataFrame, incidents: Sequence[IncidentView]) -> dict[str, Any]:
    """What parts/chart.html draws; `chart` is None where nothing was watched."""
    seen = float(series["effective"].sum())
    expected = float(series["expected"].sum())
    if not series["watched"].any():
        return {"chart": None, "day_reports": 0, "day_expected": 0}
    title = _(
        "Reports over the last 24 hours: %(seen)s counted (usual: %(expected)s), at most %(most)s in %(grain)d minutes"
    ) % {
        "seen": formats.number(seen),
        "expected": formats.number(expected),
        "most": formats.number(float(series["effective"].max())),
        "grain": GRAIN_MINUTES,
    }
    spans = [svg.Span(incident.opened_at, incident.resolved_at) for incident in incidents]
    chart = svg.timeseries(series, spans=spans, title=title)
    return {
        "chart": chart,
        "chart_half": chart.top // 2,
        "grain": GRAIN_MINUTES,
        "has_gaps": bool((series["watched"] == 0).any()),
        "day_reports": seen,
        "day_expected": expected,
    }


def only_country(page: Shown, codes: Iterable[str]) -> str | None:
    """The one country that all codes lie in, or without codes the only one that the service is for; else None."""
    found = {code[:2] for code in codes} or set(page.catalog.places)
    return found.pop() if len(found) == 1 else None


def place_layer(page: Shown, since: datetime, until: datetime, *, home: str | None) -> maps.Layer:
    """Where the reports of a span came from: by region where all is about one country, else by country. One query."""
    cells = frames.cells(page.service, since, until, "region" if home else "country", country=home)
    return maps.layer(cells, METRICS["count"], language=page.language, country=home)


def named_places(incident: IncidentView, layer: maps.Layer) -> list[str]:
    """An incident's places, those with the most reports on the page's list first, then by people."""
    reported = {row.place: -row.raw for row in layer.rows if not row.few}
    return sorted(queries.by_people(incident), key=lambda code: reported.get(code, reported.get(code[:2], 0)))


def ranked_rows(layer: maps.Layer, named: Sequence[str]) -> list[maps.PlaceRow]:
    """The first places of the list, and whichever else the page names above it."""
    wanted = {*named, *(code[:2] for code in named)}
    return layer.listed(RANKED, wanted)


def lasted_words(found: Lasted | None) -> str:
    """How long such outages lasted before, with what that rests on."""
    if found is None:
        return _("No earlier outage in 90 days, so we can't say how long this may last.")
    numbers = {"n": formats.number(found.count), "typical": durations.duration(found.median)}
    if not found.enough:
        return (
            ngettext(
                "%(n)s earlier outage in 90 days, too few to estimate. It lasted %(typical)s.",
                "%(n)s earlier outages in 90 days, too few to estimate. Typical length: %(typical)s.",
                found.count,
            )
            % numbers
        )
    return ngettext(
        "%(n)s earlier outage in 90 days lasted %(low)s to %(high)s, typically %(typical)s.",
        "%(n)s earlier outages in 90 days lasted %(low)s to %(high)s, typically %(typical)s.",
        found.count,
    ) % {**numbers, "low": durations.duration(found.shortest), "high": durations.duration(found.longest)}


def days_words(days: pd.DataFrame) -> str:
    """The bars in a sentence."""
    watched = days[days["state"] != "unwatched"]
    if watched.empty:
        return _("None of these days was monitored.")
    outages = int((days["state"] == "confirmed").sum())
    spent = timedelta(minutes=float(days["confirmed_minutes"].sum()))
    monitored = ngettext("Monitored for %(n)d day.", "Monitored for %(n)d days.", len(watched)) % {"n": len(watched)}
    if outages:
        shown = {"n": outages, "spent": durations.duration(spent)}
        found = (
            ngettext(
                "%(n)d day with an outage, %(spent)s in all.", "%(n)d days with an outage, %(spent)s in all.", outages
            )
            % shown
        )
    else:
        found = pgettext("history", "No outages.")
    return sentences.paragraph([monitored, found, _("Grey days were not monitored.")])


def _symptom_rows(page: Shown, top: pd.DataFrame) -> list[dict[str, Any]]:
    names = page.symptom_names()
    rows = zip(top.index.tolist(), top["few"].tolist(), top["raw"].tolist(), top["share"].tolist(), strict=True)
    return [
        {
            "slug": slug if slug in names else "",
            "name": names.get(slug, slug) if slug else pgettext("chart", "not specified"),
            "few": few,
            "raw": raw,
            "share": share,
        }
        for slug, few, raw, share in list(rows)[:TOP_SYMPTOMS]
    ]


def _notices(page: Shown, incident: IncidentView | None) -> list[dict[str, Any]]:
    """Relevant posts of the last week that we had read by the moment, the official ones first."""
    rows = (
        Announcement.objects.filter(service=page.service, seen_at__lte=page.at, seen_at__gt=page.at - NOTICE_WINDOW)
        .filter(Q(corrected_relevant=True) | Q(corrected_relevant=None, relevant=True))
        .order_by("-posted_at")[: NOTICES * 4]
    )
    posts = sorted(rows, key=lambda post: (post.tier != Announcement.Tier.OFFICIAL, -post.posted_at.timestamp()))
    return [notice(post, incident.opened_at if incident else None) for post in posts[:NOTICES]]


def notice(post: Announcement, first_sign_at: datetime | None) -> dict[str, Any]:
    """A post as the pages show it; `delay` is its time after the incident's first sign."""
    after = first_sign_at is not None and post.posted_at > first_sign_at
    return {
        "stage": post.corrected_stage or post.stage,
        "text": post.text,
        "author": post.author,
        "source": post.source,
        "tier": post.tier,
        "url": post.url if post.url.startswith(("https://", "http://")) else "",
        "posted_at": post.posted_at,
        "seen_at": post.seen_at,
        "delay": post.posted_at - first_sign_at if first_sign_at and after else None,
    }


def elsewhere(found: Iterable[UpstreamIncident], first_sign_at: datetime | None) -> list[dict[str, Any]]:
    """Incidents of what the service relies on as the pages show them, with their time before or after its own."""
    return [
        {
            "one": one,
            "url": one.url if one.url.startswith(("https://", "http://")) else "",
            "before": first_sign_at - one.started_at if first_sign_at and one.started_at < first_sign_at else None,
            "after": one.started_at - first_sign_at if first_sign_at and one.started_at > first_sign_at else None,
        }
        for one in found
    ]


def _parts(
    page: Shown, affected: dict[str, tuple[str, str]], window: tuple[datetime, datetime], verdict: Verdict
) -> list[dict[str, Any]]:
    names = page.component_names()
    counts = frames.components(page.service, *window, list(names)).to_dict("index")
    calm = "unknown" if verdict == Verdict.UNKNOWN else "ok"
    rows = []
    for slug, name in names.items():
        state, needs = affected.get(slug, (calm, ""))
        rows.append(
            {
                "name": name,
                "state": state,
                "because": _("depends on %(part)s") % {"part": needs} if needs else "",
                "few": counts[slug]["few"],
                "raw": counts[slug]["raw"],
                "expected": counts[slug]["expected"],
            }
        )
    return rows
