"""A service's history: the last days as bars, and its incidents as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from outages import queries, wording
from outages.dashboards import frames, svg
from outages.models import Incident
from outages.queries import IncidentView
from outages.views.common import Shown, shown
from outages.views.errors import BadAddress
from outages.views.services import DAYS, days_words

MOST = 200
STATES = ("confirmed", "possible", "maintenance", "dismissed")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows: `state` one of STATES or "", `component` a slug or "", `day` a date or None."""

    state: str = ""
    component: str = ""
    day: date | None = None

    @classmethod
    def of(cls, request: HttpRequest, page: Shown) -> Filters:
        """The filters of the address. Raises BadAddress for what is none."""
        state, component = request.GET.get("state", ""), request.GET.get("component", "")
        if state and state not in STATES:
            raise BadAddress(_("“state” is one of %(states)s.") % {"states": ", ".join(STATES)})
        if component and component not in page.component_names():
            raise BadAddress(_("“component” is one of %(parts)s.") % {"parts": ", ".join(page.component_names())})
        try:
            day = date.fromisoformat(request.GET["day"]) if request.GET.get("day") else None
        except ValueError:
            raise BadAddress(_("“day” must be a date such as 2026-06-29.")) from None
        return cls(state, component, day)

    def __bool__(self) -> bool:
        return bool(self.state or self.component or self.day)

    def keep(self, rows: Iterable[IncidentView]) -> list[IncidentView]:
        """The incidents that fit. Without a state wish, dismissed and merged ones stay away."""
        return [row for row in rows if self._fits(row)]

    def _fits(self, row: IncidentView) -> bool:
        if self.component and self.component not in row.components:
            return False
        if self.day and not (row.opened_at.date() <= self.day <= (row.resolved_at or row.updated_at).date()):
            return False
        if self.state == "maintenance":
            return row.kind == Incident.Kind.MAINTENANCE
        if self.state == "confirmed":
            return row.confirmed_at is not None and row.kind == Incident.Kind.OUTAGE
        if self.state == "possible":
            return row.confirmed_at is None and row.state not in ("dismissed", "merged")
        if self.state == "dismissed":
            return row.state == "dismissed"
        return row.state not in ("dismissed", "merged")


def incident_rows(page: Shown, found: Sequence[IncidentView]) -> list[dict[str, Any]]:
    """Incidents as the list and the CSV show them."""
    return [
        {
            "incident": row,
            "parts": wording.listed(queries.component_names(page.catalog, row.components, page.language)),
            "where": queries.where(row, page.language) or _("everywhere"),
            "lasted": (row.resolved_at or page.at) - row.opened_at,
            "was": "confirmed" if row.confirmed_at and row.state == "resolved" else row.state,
        }
        for row in found
    ]


def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Bars, calendar and incidents of a service up to a moment."""
    page = shown(request, slug)
    filters = Filters.of(request, page)
    days = frames.days(page.service, page.at, DAYS)
    found = filters.keep(queries.incidents(page.service, page.at, most=MOST))
    context = page.context(
        "history",
        days_svg=svg.days(days, title=_("The last 90 days, day by day")),
        days_first=days.index[0],
        days_last=days.index[-1],
        days_words=days_words(days),
        months=months(days),
        rows=incident_rows(page, found),
        filters=filters,
        states=STATES,
        components=page.component_names(),
        most=MOST,
    )
    return render(request, "pages/history.html", context)


def months(days: pd.DataFrame) -> list[dict[str, Any]]:
    """The days grouped by month, each month with the empty places before its first day (weeks begin on Monday)."""
    found: list[dict[str, Any]] = []
    for day, row in zip(days.index, days.itertuples(), strict=True):
        if not found or found[-1]["first"].month != day.month:
            found.append({"first": day, "before": range(day.weekday()), "days": []})
        found[-1]["days"].append(
            {"date": day, "state": row.state, "incidents": row.incidents, "raw": row.raw, "watched": row.watched}
        )
    return found
