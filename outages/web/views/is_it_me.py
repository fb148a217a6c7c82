"""Is it only me? Two questions, answered from the evidence of the moment. A GET form; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from outages.analytics import disclosure, frames
from outages.queries import status as queries
from outages.queries.incidents import IncidentView
from outages.texts import sentences
from outages.verdict import Verdict, diagnosis
from outages.verdict.diagnosis import Answer, Evidence, Ground, Here
from outages.web.views import symptom_evidence
from outages.web.views.affected_components import advice, affected_parts
from outages.web.views.guides import live_line
from outages.web.views.page_context import Shown, shown, unnamed_places
from reports import places
from reports.catalog import guidance
from reports.catalog.schema import Symptom, localise
from reports.web.forms import ReportForm

STEPS = 3
UNKNOWN_USUAL = 3.0  # reports in half an hour: what stands for a usual that is not known
ANSWER_STATES = {
    Answer.NOT_YOU: "confirmed",
    Answer.PROBABLY_NOT_YOU: "possible",
    Answer.CANNOT_SAY: "unknown",
    Answer.PROBABLY_YOU: "ok",
    Answer.UNKNOWN: "unknown",
}


def is_it_me(request: HttpRequest, slug: str) -> HttpResponse:
    """The two questions, and once they are asked the answer. A choice that is none is answered beside it, with 400."""
    page = shown(request, slug)
    given = {name: request.GET.get(name, "").strip() for name in ("symptom", "country", "region")}
    left_out = bool(given["region"]) and not given["region"].startswith(given["country"] + "-")
    if left_out:  # without a script the list of regions stays when the country changes
        given["region"] = ""
    form = ReportForm(page.catalog, page.language, given) if given["symptom"] else None
    if form is None or not form.is_valid():
        shown_form = form or ReportForm(page.catalog, page.language, initial=given)
        return _page(request, page, shown_form, left_out, status=400 if form else 200)
    symptom = guidance.symptom(page.catalog, given["symptom"])
    assert symptom is not None, "the form knows only symptoms of the catalogue"
    return _page(request, page, form, left_out, **answer(page, symptom, given["country"], given["region"]))


def _page(
    request: HttpRequest, page: Shown, form: ReportForm, left_out: bool, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = page.context("is-it-me", form=form, tiles=form.tiles(), left_out=left_out, **more)
    context["kept"] = [(name, value) for name, value in page.kept if name in ("symptom", "country", "region")]
    return render(request, "pages/is-it-me.html", context, status=status)


@dataclass(frozen=True, slots=True)
class PersonalVerdict:
    """The answer as codes, with what it rests on. `incident` is the one to look at."""

    answer: Answer
    ground: Ground
    now: symptom_evidence.Now
    evidence: Evidence
    incident: IncidentView | None
    cell: dict[str, Any] | None


def judge(page: Shown, symptom: Symptom, country: str, region: str = "") -> PersonalVerdict:
    """Return whether what somebody sees is theirs alone: the one rule for pages and for assistants."""
    now = symptom_evidence.read(page, probes=False)
    found = now.about(symptom)
    fitting = now.fitting(symptom)
    lead = symptom_evidence.lead_of(symptom_evidence.covering(fitting, country, region))
    cell = _cell(page, country, region)
    here = Here(
        covered=Verdict(lead.state) if lead else None,
        networks=disclosure.ENOUGH if cell and cell["raw"] else 0,
        ratio=_times_usual(cell) if cell else 1.0,
    )
    verdict, ground = diagnosis.is_it_me(found, here)
    incident = lead or symptom_evidence.lead_of(fitting) or now.status.incident
    return PersonalVerdict(verdict, ground, now, found, incident, cell)


def answer(page: Shown, symptom: Symptom, country: str, region: str) -> dict[str, Any]:
    """The answer with its reasons, as the template tells it."""
    judged = judge(page, symptom, country, region)
    now, incident, verdict, ground = judged.now, judged.incident, judged.answer, judged.ground
    place = places.get(region or country)
    affected = affected_parts(page, now.status.incidents)
    guide = symptom.guide
    return {
        "answer": answer_words(ground),
        "state": ANSWER_STATES[verdict],
        "now": now.status,
        "live": live_line(judged.evidence),
        "symptom": symptom,
        "symptom_name": localise(symptom.name, page.language),
        "place": place.name(page.language) if place else "",
        "here": here_words(judged.cell) if place else "",
        "incident": incident,
        "where": (queries.where(incident, page.language) or unnamed_places(page)) if incident else "",
        "others": [chip for chip in now.status.chips if chip.kind != "crowd" and chip.state != "off"],
        "warnings": [
            item["text"] for item in advice(page, now.status.verdict, affected, {symptom.slug}) if item["warning"]
        ],
        "steps": [localise(step, page.language) for step in guide.steps[:STEPS]] if guide else [],
    }


def _cell(page: Shown, country: str, region: str) -> dict[str, Any] | None:
    """What the place reported in the half hour, against what is usual there; None where no place was given."""
    if not country:
        return None
    until = page.at.replace(second=0, microsecond=0)
    found = frames.cells(
        page.service,
        until - symptom_evidence.WINDOW,
        until,
        "region" if region else "country",
        country=country,
        compare=True,
    )
    code = region or country
    if code not in found.index:
        return {"raw": 0, "expected": 0.0, "ratio": 1.0, "few": False}
    return {str(name): value for name, value in found.loc[code].to_dict().items()}


def _times_usual(cell: dict[str, Any]) -> float:
    """How many times the usual a place reported; where nothing is known of its usual, of a small one."""
    if cell["few"] or not cell["raw"]:
        return 1.0
    if isnan(cell["ratio"]):
        return float(cell["raw"]) / UNKNOWN_USUAL
    return float(cell["ratio"])


def here_words(cell: dict[str, Any] | None) -> str:
    """What the place reported, in words; without a number where few did, as on the map.

    A place that is not listed may have had a few reports, which are withheld.
    """
    if cell is None or not cell["raw"]:
        return _("no reports in the last 30 minutes, or too few to say")
    return sentences.reports_clause(int(cell["raw"]), cell["expected"])


def answer_words(ground: Ground) -> str:
    """Return the answer with what it rests on, as one sentence."""
    words = {
        Ground.OUTAGE_HERE: _("It’s not just you: there’s an outage that matches what you see, where you are."),
        Ground.MAINTENANCE_HERE: _("It’s not just you: there’s maintenance that matches what you see, where you are."),
        Ground.POSSIBLE_HERE: _(
            "It’s probably not just you: there are signs of an outage that matches, but it isn’t confirmed yet."
        ),
        Ground.RECOVERING_HERE: _(
            "It’s probably not just you: an outage that matches is ending, and it’s over for some before others."
        ),
        Ground.MANY_HERE: _(
            "It’s probably not just you: many more people than usual report problems where you are, "
            "though we know of no outage there."
        ),
        Ground.OUTAGE_ELSEWHERE: _(
            "We can’t tell: there’s an outage that matches what you see, but as far as we know not where you are."
        ),
        Ground.MANY: _("We can’t tell: more people than usual report this, but not enough to call it an outage."),
        Ground.OTHER_PARTS: _("It’s probably on your side: there’s a problem, but with other features."),
        Ground.NOTHING_UNUSUAL: _(
            "It’s probably on your side: we see nothing unusual, neither overall nor where you are."
        ),
        Ground.UNWATCHED: _("We don’t know: monitoring is paused right now, so we can’t say whether it works."),
    }
    return words[ground]
