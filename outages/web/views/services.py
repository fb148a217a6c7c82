"""A service's own page: what is known of it at a moment, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pandas as pd
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outages.analytics import frames
from outages.models import Announcement
from outages.queries import status as queries
from outages.queries.incidents import IncidentView
from outages.queries.status import Status
from outages.texts import formats, sentences
from outages.verdict import Verdict
from outages.verdict.diagnosis import LEADING_SHARE
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
    context = page.context(
        "service",
        status=status,
        token=uuid4(),
        disagree=_disagree(status),
        incident=incident,
        incident_age=at - incident.opened_at if incident else None,
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
        ranked=layer.ranked[:RANKED],
        still_works=still_works(page, affected),
        advice=advice(page, status.verdict, affected, leading),
        notices=_notices(page, incident),
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


def _at(at: datetime) -> str:
    return "?" + urlencode({"at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}, safe=":")


def chart_context(series: pd.DataFrame, incidents: Sequence[IncidentView]) -> dict[str, Any]:
    """What parts/chart.html draws; `chart` is None where nothing was watched."""
    seen = float(series["effective"].sum())
    expected = float(series["expected"].sum())
    if not series["watched"].any():
        return {"chart": None, "day_reports": 0, "day_expected": 0}
    title = _(
        "Reports over the last 24 hours: %(seen)s counted, usually %(expected)s, at most %(most)s in %(grain)d minutes"
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


def days_words(days: pd.DataFrame) -> str:
    """The bars in a sentence."""
    watched = days[days["state"] != "unwatched"]
    if watched.empty:
        return _("None of these days was watched.")
    outages = int((days["state"] == "confirmed").sum())
    spent = timedelta(minutes=float(days["confirmed_minutes"].sum()))
    if outages:
        spent_hours = formats.number(spent / timedelta(hours=1), 1)
        found = ngettext(
            "%(n)d day with an outage, %(hours)s hours in all.",
            "%(n)d days with an outage, %(hours)s hours in all.",
            outages,
        ) % {"n": outages, "hours": spent_hours}
    else:
        found = _("No outage in them.")
    days_watched = ngettext("%(n)d day watched.", "%(n)d days watched.", len(watched)) % {"n": len(watched)}
    pale = _("Days before the first watched one are pale: not watched is not “fine”.")
    return sentences.paragraph([days_watched, found, pale])


def _disagree(status: Status) -> bool:
    """Whether crowd or probes find all fine while other evidence sees trouble. Official silence is no word."""
    trouble = {"bad", "raised"} if status.incidents else {"bad"}
    fine = any(chip.state == "fine" for chip in status.chips if chip.kind != "official")
    return fine and any(chip.state in trouble for chip in status.chips)


def _symptom_rows(page: Shown, top: pd.DataFrame) -> list[dict[str, Any]]:
    names = page.symptom_names()
    rows = zip(top.index.tolist(), top["few"].tolist(), top["raw"].tolist(), top["share"].tolist(), strict=True)
    return [
        {
            "slug": slug if slug in names else "",
            "name": names.get(slug, slug) if slug else _("not named"),
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
                "because": _("needs %(part)s") % {"part": needs} if needs else "",
                "few": counts[slug]["few"],
                "raw": counts[slug]["raw"],
                "expected": counts[slug]["expected"],
            }
        )
    return rows
