"""The data behind the pages as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from outages.analytics import disclosure, frames
from outages.queries import incidents as incident_queries
from outages.texts.formats import csv_cell
from outages.web.views.history import MOST, Filters
from outages.web.views.maps import read_layer, read_view
from outages.web.views.page_context import Shown, shown
from outages.web.views.services import DAY, GRAIN_MINUTES


def _csv(page: Shown, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.service.slug}-{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return response


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _figure(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.4g}"


def map_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The map's table. Places with reports from under three networks are named without numbers."""
    page = shown(request, slug)
    view = read_view(request, page)
    layer = read_layer(page, view)
    head = (
        "place",
        "name",
        "reports",
        "counted",
        "networks",
        "per_million",
        "expected",
        "times_usual",
        "times_usual_low",
        "times_usual_high",
        "enough_to_say",
    )
    rows = (
        (
            row.place,
            row.name,
            "" if row.few else row.raw,
            "" if row.few else _figure(row.effective),
            f"under {disclosure.ENOUGH}" if row.few else f"{disclosure.ENOUGH} or more",
            "" if row.few else _figure(row.per_million),
            "" if row.few else _figure(row.expected),
            "" if row.few else _figure(row.ratio),
            "" if row.few else _figure(row.ratio_low),
            "" if row.few else _figure(row.ratio_high),
            "no" if row.few else "yes",
        )
        for row in layer.rows
        if row.is_seen
    )
    return _csv(page, f"map-{view.window.key}", head, rows)


def reports_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The service page's chart. Bins that nobody watched have no numbers."""
    page = shown(request, slug)
    until = page.at.replace(second=0, microsecond=0)
    frame = frames.timeseries(page.service, until - DAY, until, GRAIN_MINUTES)
    head = ("start", "minutes_watched", "reports", "counted", "expected", "usual_low", "usual_high")
    rows = (
        (_time(at), row["watched"], *(_figure(row[name]) for name in ("raw", "effective", "expected", "low", "high")))
        for at, row in zip(frame.index, frame.to_dict("records"), strict=True)
    )
    return _csv(page, "reports", head, rows)


def history_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The history's list, as filtered."""
    page = shown(request, slug, retired_too=True)
    found = Filters.of(request, page).keep(incident_queries.incidents(page.service, page.at, most=MOST))
    head = (
        "number", "state", "kind", "components", "countries", "regions", "symptom", "confidence",
        "opened_at", "confirmed_at", "resolved_at", "minutes",
    )  # fmt: skip
    rows = (
        (
            row.number,
            row.state,
            row.kind,
            " ".join(row.components),
            " ".join(row.countries),
            " ".join(row.regions),
            row.symptom,
            _figure(row.confidence),
            _time(row.opened_at),
            _time(row.confirmed_at),
            _time(row.resolved_at),
            round(((row.resolved_at or page.at) - row.opened_at) / timedelta(minutes=1)),
        )
        for row in found
    )
    return _csv(page, "history", head, rows)
