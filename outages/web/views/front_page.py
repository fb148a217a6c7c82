"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outages.queries import front_page as boards
from outages.queries.status import component_names
from outages.texts.sentences import listed, reports_clause, verdict_word
from outages.verdict import Verdict
from outages.web.charts import svg
from outages.web.views.page_context import stream_address
from outages.web.views.time_travel import moment_of
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of, fetch_catalogs


def board(request: HttpRequest) -> HttpResponse:
    """All services with their verdicts."""
    now = timezone.now()
    moment = moment_of(request, None, now=now)
    language = get_language() or "en"
    rows = []
    found = boards.rows(now=now, at=moment.asked_at)
    fetch_catalogs(row.service for row in found)
    for row in found:
        catalog = catalog_of(row.service)
        has_numbers = row.verdict != Verdict.UNKNOWN and (row.reports_30m > 0 or row.incident is None)
        rows.append(
            {
                "row": row,
                "name": localise(catalog.name, language),
                "description": localise(catalog.description, language),
                "parts": listed(component_names(catalog, row.incident.components, language)) if row.incident else "",
                "since": row.incident.opened_at if row.incident else row.ended_at,
                "say": f"{localise(catalog.name, language)}: {verdict_word(row.verdict)}",
                "reports_words": reports_clause(row.reports_30m, row.expected_30m) if has_numbers else "",
                "reconstruction": localise(catalog.provenance, language),
                "spark": svg.spark(row.spark, title=_("Reports in the last 24 hours")) if row.as_of else "",
            }
        )
    context = {
        "rows": rows,
        "moment": moment,
        "at_query": moment.query,
        "stream": "" if moment.asked else stream_address(request),
    }
    return render(request, "pages/board.html", context)
