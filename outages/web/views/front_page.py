"""The front page: all services, those that a search finds, or those that the address chooses."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outages.queries import front_page as boards
from outages.queries.boards import Part, narrowed
from outages.queries.status import component_names
from outages.texts.categories import category_names
from outages.texts.sentences import listed, reports_clause, verdict_word
from outages.verdict import Verdict
from outages.web.charts import svg
from outages.web.views.embed_code import frame_of
from outages.web.views.errors import BadAddressError
from outages.web.views.page_context import stream_address
from outages.web.views.time_travel import Moment, moment_of
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.collation import collation_key
from reports.errors import problem_response
from reports.models import Service

MOST_CHOSEN: Final = 50
LONGEST_SEARCH: Final = 80
IN_TROUBLE: Final = (Verdict.CONFIRMED, Verdict.POSSIBLE)
KEPT_S: Final = 30
LEAST_POINTS: Final = 4  # half hours
MOST_ROWS: Final = 40  # a page
MOST_UNGROUPED: Final = 12
MOST_NAMED: Final = 30  # of those in trouble, above all rows


def board(request: HttpRequest) -> HttpResponse:
    """All services with their verdicts, what is in trouble first; `?q=` finds some of them, `?page=` goes on."""
    moment = moment_of(request, None, now=timezone.now())
    services = _candidates(moment)
    asked = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = [each for each in services if _folded(asked) in _haystack(each)] if asked else services
    is_grouped = len(found) > MOST_UNGROUPED and len({each.catalog.category for each in found}) > 1
    order = list(category_names())
    found.sort(key=lambda each: (not each.in_trouble, order.index(each.catalog.category) if is_grouped else 0))
    pages = Paginator(found, MOST_ROWS)
    try:
        page = pages.page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404 from None
    trouble = [] if asked else [_entry(each.row, each.catalog) for each in found[:MOST_NAMED] if each.in_trouble]
    rows = [_entry(each.row, each.catalog) for each in page.object_list]
    context = {
        "rows": rows,
        "groups": _groups(rows) if is_grouped else [("", rows)],
        "heading": "h3" if is_grouped else "h2",
        "many": len(services) > 1,
        "asked": asked,
        "trouble": trouble,
        "part": page,
        "kept": urlencode({name: value for name, value in (("q", asked), ("at", moment.parameter)) if value}, safe=":"),
    }
    return _page(request, moment, context)


def _groups(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return rows by category, in their order, each with its name. What is in trouble needs none: it stands first."""
    names = category_names()
    groups = groupby(rows, key=lambda entry: "" if entry["in_trouble"] else names[entry["category"]])
    return [(name, list(entries)) for name, entries in groups]


def own_board(request: HttpRequest) -> HttpResponse:
    """The services and components that `?of=` names, in its order."""
    moment = moment_of(request, None, now=timezone.now())
    of = request.GET.get("of", "")
    query = "?" + urlencode({"of": of}, safe=",.")
    framed = reverse("embed-board") + query
    rows = _chosen(request, moment)
    has_alerts = not moment.asked and any(entry["row"].service.clock == Service.Clock.LIVE for entry in rows)
    context = {
        "rows": rows,
        "groups": [("", rows)],
        "heading": "h2",
        "alerts": reverse("board-subscribe") + query if has_alerts else "",
        "own": True,
        "of": of,
        "framed": framed,
        "lasting_address": settings.SITE_URL + reverse("own-board") + query,
        "snippet": frame_of(settings.SITE_URL + framed, _("Is it down, or is it me?")),
    }
    return _page(request, moment, context)


def embed_board(request: HttpRequest) -> HttpResponse:
    """The same in small, to be framed by other sites."""
    moment = moment_of(request, None, now=timezone.now())
    query = "?" + urlencode({"of": request.GET.get("of", "")}, safe=",.")
    address = settings.SITE_URL + reverse("own-board") + query
    response = render(
        request, "embed-board.html", {"rows": _chosen(request, moment), "moment": moment, "address": address}
    )
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response


def own_board_json(request: HttpRequest) -> HttpResponse:
    """The same for programs; what is wrong with the address, too."""
    try:
        answer = _own_board(request)
    except BadAddressError as error:
        return problem_response(HTTPStatus.BAD_REQUEST, "bad-request", str(error))
    response = JsonResponse(answer)
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response


def _own_board(request: HttpRequest) -> dict[str, Any]:
    moment = moment_of(request, None, now=timezone.now())
    return {
        "at": moment.at.isoformat(timespec="seconds"),
        "board": [
            {
                "service": entry["row"].service.slug,
                "component": entry["component"] or None,
                "name": entry["name"],
                "verdict": str(entry["row"].verdict),
                "since": entry["row"].incident.opened_at.isoformat(timespec="seconds")
                if entry["row"].incident
                else None,
                "incident": entry["row"].incident.number if entry["row"].incident else None,
                "as_of": entry["row"].as_of.isoformat(timespec="seconds") if entry["row"].as_of else None,
            }
            for entry in _chosen(request, moment)
        ],
    }


def _page(request: HttpRequest, moment: Moment, context: dict[str, Any]) -> HttpResponse:
    stream = "" if moment.asked else stream_address(request)
    revision = "" if moment.asked else max((str(entry["row"].last_event) for entry in context["rows"]), default="")
    given = {**context, "moment": moment, "at_query": moment.query, "stream": stream, "revision": revision}
    return render(request, "pages/board.html", given)


class _Candidate(NamedTuple):
    """A service of the front page, with what its place in the list hangs on."""

    row: boards.Row
    catalog: Catalog
    name: str

    @property
    def in_trouble(self) -> bool:
        return _in_trouble(self.row)


def _candidates(moment: Moment) -> list[_Candidate]:
    """Return all services in their order. Of thousands, only those that are shown become entries."""
    found = boards.rows(now=timezone.now(), at=moment.asked_at)
    fetch_catalogs(row.service for row in found)
    language = get_language() or "en"
    catalogs = ((row, catalog_of(row.service)) for row in found)
    services = [_Candidate(row, catalog, localise(catalog.name, language)) for row, catalog in catalogs]
    return sorted(services, key=lambda each: (each.row.service.position, collation_key(each.name, language)))


def _in_trouble(row: boards.Row) -> bool:
    return row.verdict in IN_TROUBLE and row.service.clock == Service.Clock.LIVE


def _entry(row: boards.Row, catalog: Catalog, component: str = "") -> dict[str, Any]:
    language = get_language() or "en"
    name = localise(catalog.name, language)
    if component:
        row = narrowed(row, (component,))
        part = next(part for part in catalog.components if part.slug == component)
        name = f"{name}: {localise(part.name, language)}"
    # The numbers of a row are those of the whole service.
    has_numbers = not component and row.verdict != Verdict.UNKNOWN and (row.reports_30m > 0 or row.incident is None)
    return {
        "row": row,
        "key": f"{row.service.slug}.{component}" if component else row.service.slug,
        "name": name,
        "since": row.incident.opened_at if row.incident else row.ended_at,
        "say": f"{name}: {verdict_word(row.verdict)}",
        "reports_words": reports_clause(row.reports_30m, row.expected_30m) if has_numbers else "",
        "component": component,
        "description": localise(catalog.description, language),
        "parts": listed(component_names(catalog, row.incident.components, language)) if row.incident else "",
        "reconstruction": localise(catalog.provenance, language),
        "spark": partial(_spark, row),  # drawn by the template, for those rows that are shown
        "reports_at": reverse("report", args=[row.service.slug]) if _takes_reports(row, catalog) else "",
        "in_trouble": _in_trouble(row),
        "category": catalog.category,
    }


def _haystack(candidate: _Candidate) -> str:
    """Return what a search looks through."""
    language, catalog = get_language() or "en", candidate.catalog
    described = localise(catalog.description, language)
    words = [catalog.slug, candidate.name, localise(catalog.name), described, *catalog.entities]
    return _folded(" ".join([*words, *(localise(part.name, language) for part in catalog.components)]))


def _spark(row: boards.Row) -> str:
    return svg.spark(row.spark, title=_("Reports in the last 24 hours")) if _has_line(row) else ""


def _has_line(row: boards.Row) -> bool:
    """Whether enough was watched for a line: a dot in an empty room says nothing."""
    return row.as_of is not None and sum(value is not None for value in row.spark) >= LEAST_POINTS


def _takes_reports(row: boards.Row, catalog: Catalog) -> bool:
    return catalog.accepts_reports and row.service.clock == "live"


def _chosen(request: HttpRequest, moment: Moment) -> list[dict[str, Any]]:
    """Return what `?of=` names. Raises BadAddressError, saying what there is."""
    rows = {row.service.slug: row for row in boards.rows(now=timezone.now(), at=moment.asked_at)}
    parts = chosen_parts(request.GET.get("of", ""), {slug: row.service for slug, row in rows.items()})
    return [_entry(rows[part.service], catalog_of(rows[part.service].service), part.component) for part in parts]


def chosen_parts(of: str, services: Mapping[str, Service]) -> list[Part]:
    """Return what an address names of some services, their catalogues at hand. Raises BadAddressError."""
    asked = list(dict.fromkeys(part.strip() for part in of.split(",") if part.strip()))
    if not asked or len(asked) > MOST_CHOSEN:
        raise BadAddressError(_("“of” names 1 to 50 services, such as tesla.app,spectrum."))
    parts = [Part(*name.partition(".")[::2]) for name in asked]
    fetch_catalogs(services[part.service] for part in parts if part.service in services)
    for part in parts:
        if part.service not in services:
            raise BadAddressError(_("There’s no service called “%(name)s”.") % {"name": part.service[:40]})
        catalog = catalog_of(services[part.service])
        if part.component and part.component not in {component.slug for component in catalog.components}:
            raise BadAddressError(_("“component” is one of %(parts)s.") % {"parts": _slugs(catalog)})
    return list(dict.fromkeys(parts))


def _slugs(catalog: Catalog) -> str:
    return ", ".join(part.slug for part in catalog.components)


def _folded(text: str) -> str:
    """Return the text without case and accents, for searching."""
    plain = unicodedata.normalize("NFKD", text.replace("\0", ""))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
