"""The front page: all services, those that a search finds, or those that the address chooses."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outages.queries import front_page as boards
from outages.queries.status import component_names
from outages.texts.sentences import listed, reports_clause, verdict_word
from outages.verdict import Verdict
from outages.web.charts import svg
from outages.web.views.errors import BadAddressError
from outages.web.views.page_context import stream_address
from outages.web.views.time_travel import Moment, moment_of
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of, fetch_catalogs

MOST_CHOSEN: Final = 50
LONGEST_SEARCH: Final = 80
IN_TROUBLE: Final = (Verdict.CONFIRMED, Verdict.POSSIBLE)
KEPT_S: Final = 30


def board(request: HttpRequest) -> HttpResponse:
    """All services with their verdicts; `?q=` finds some of them."""
    moment = moment_of(request, None, now=timezone.now())
    entries = _entries(moment)
    asked = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = [entry for entry in entries if _folded(asked) in entry["haystack"]] if asked else entries
    context = {
        "rows": found,
        "many": len(entries) > 1,
        "asked": asked,
        "trouble": [] if asked else [entry for entry in entries if entry["in_trouble"]],
    }
    return _page(request, moment, context)
