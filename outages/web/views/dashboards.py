"""The dashboards of a service: panels over a window, each as a drawing, a table, a CSV and a figure to explore."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from config import front_requests
from outages.queries import chips
from outages.texts.formats import csv_cell
from outages.web.charts.maps import WINDOWS, Window
from outages.web.charts.panels import PANELS
from outages.web.charts.panels.base import FEW, LOOK_BACK, Column, Panel, Scope
from outages.web.views.maps import one_of
from outages.web.views.page_context import Shown, shown
from outages.web.views.time_travel import Moment

KEPT_S = 60


def read_scope(request: HttpRequest, page: Shown) -> Scope:
    """What the address asks to see. Raises BadAddress."""
    window: Window = one_of(request, "window", WINDOWS, "24h")
    probes = page.catalog.probes
    return Scope(
        service=page.service,
        at=page.at,
        window=window,
        parts=page.component_names(),
        symptoms=page.symptom_names(),
        controls=frozenset(probe.slug for probe in probes if probe.control),
        probes=any(not probe.control for probe in probes),
        official=chips.was_official_read(page.service, page.catalog, page.at - LOOK_BACK, page.at),
    )


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel with the addresses of its data."""

    panel: Panel
    csv: str
    json: str


def _query(window: Window, moment: Moment) -> str:
    """The part of an address that keeps the window, and the moment where one was asked for."""
    return "?" + urlencode({"window": window.key} | ({"at": moment.parameter} if moment.asked else {}), safe=":")


def dashboards(request: HttpRequest, slug: str) -> HttpResponse:
    """All panels of a service at a moment."""
    page = shown(request, slug)
    scope = read_scope(request, page)
    query = _query(scope.window, page.moment)
    panels = [
        ShownPanel(
            read(scope),
            reverse("dashboard-csv", args=[slug, key]) + query,
            reverse("dashboard-figure", args=[slug, key]) + query,
        )
        for key, read in PANELS.items()
    ]
    plain = not front_requests.draws_all(request)  # drawings without their tables, which take half of the time
    choices = [{"window": window, "query": _query(window, page.moment)} for window in WINDOWS.values()]
    context = page.context("dashboards", scope=scope, panels=panels, choices=choices, plain=plain)
    return render(request, "pages/dashboards.html", context)


def _panel(request: HttpRequest, slug: str, key: str) -> tuple[Shown, Panel]:
    if key not in PANELS:
        raise Http404
    page = shown(request, slug)
    return page, PANELS[key](read_scope(request, page))


def dashboard_figure(request: HttpRequest, slug: str, panel: str) -> HttpResponse:
    """A panel's figure, for plotly."""
    _page, found = _panel(request, slug, panel)
    response = HttpResponse(found.figure(), content_type="application/json")
    patch_cache_control(response, public=True, max_age=KEPT_S)
    return response


def dashboard_csv(request: HttpRequest, slug: str, panel: str) -> HttpResponse:
    """A panel's table. What too few say is the word "few", what was not watched is empty."""
    page, found = _panel(request, slug, panel)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.service.slug}-{found.key}.csv"'
    writer = csv.writer(response)
    writer.writerow([column.key for column in found.table.columns])
    writer.writerows([[_plain(column, value) for column, value in row] for row in found.table.cells])
    return response


def _plain(column: Column, value: Any) -> str:
    if value is None or value == FEW:
        return value or ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{value:.6g}" if column.kind != "text" else str(csv_cell(value))
