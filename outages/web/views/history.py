"""A service's history: the last days as bars, and its incidents as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from outages.analytics import frames
from outages.models import Incident
from outages.queries import incidents as incident_queries
from outages.queries import status
from outages.queries.incidents import IncidentView
from outages.texts import sentences
from outages.web.charts import svg
from outages.web.views.errors import BadAddressError
from outages.web.views.page_context import Shown, shown, unnamed_places
from outages.web.views.services import DAYS, days_words
from reports import places
from reports.collation import collation_key

MOST = 200
STATES = ("confirmed", "possible", "maintenance", "dismissed")
KINDS = tuple(kind.value for kind in Incident.Kind)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows: `state` one of STATES or "", `kind` one of KINDS or "", `component` a slug or "", `place` a
    country's or region's code or "", `day` a date or None."""

    state: str = ""
    component: str = ""
    day: date | None = None
    kind: str = ""
    place: str = ""

    @classmethod
    def of(cls, request: HttpRequest, page: Shown) -> Filters:
        """The filters of the address. Raises BadAddress for what is none."""
        state, component = request.GET.get("state", ""), request.GET.get("component", "")
        if state and state not in STATES:
            raise BadAddressError(_("“state” is one of %(states)s.") % {"states": sentences.listed(STATES)})
        components = page.catalog.component_names(page.language)
        if component and component not in components:
            raise BadAddressError(_("“component” is one of %(parts)s.") % {"parts": sentences.listed(list(components))})
        try:
            day = date.fromisoformat(request.GET["day"]) if request.GET.get("day") else None
        except ValueError:
            raise BadAddressError(_("“day” must be a date such as 2026-06-29.")) from None
        kind, place = request.GET.get("kind", ""), request.GET.get("place", "").strip().upper()
        if kind and kind not in KINDS:
            raise BadAddressError(_("“kind” is one of %(kinds)s.") % {"kinds": sentences.listed(KINDS)})
        if place and places.get(place) is None:
            raise BadAddressError(_("“place” is a country’s or region’s code, such as NL or US-CA."))
        return cls(state, component, day, kind, place)

    @property
    def query(self) -> str:
        """The filters as parts of an address, "" without any."""
        parts = {"state": self.state, "kind": self.kind, "component": self.component, "place": self.place}
        day = {"day": self.day.isoformat()} if self.day else {}
        return urlencode({name: value for name, value in (parts | day).items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)

    def keep(self, rows: Iterable[IncidentView]) -> list[IncidentView]:
        """The incidents that fit. Without a state wish, dismissed and merged ones stay away."""
        return [row for row in rows if self._fits(row)]

    def _fits(self, row: IncidentView) -> bool:
        if self.component and self.component not in row.components:
            return False
        if self.kind and self.kind != row.kind:
            return False
        if self.place and not reaches(row, self.place):
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


def reaches(row: IncidentView, place: str) -> bool:
    """Whether an incident is about a place. One without places is everywhere; a country stands for its regions unless
    some of them are named."""
    if row.is_everywhere or place in row.regions:
        return True
    country = place[:2]
    if country not in row.countries:
        return False
    return place == country or not any(region.startswith(f"{country}-") for region in row.regions)


def place_choices(rows: Iterable[IncidentView], language: str) -> list[tuple[str, str]]:
    """The places that incidents name, by name, for the list to choose from."""
    codes = {code for row in rows for code in (*row.countries, *row.regions)}
    named = [(code, place.name(language)) for code in codes if (place := places.get(code))]
    return sorted(named, key=lambda pair: (collation_key(pair[1], language), pair[0]))


def incident_rows(page: Shown, found: Sequence[IncidentView]) -> list[dict[str, Any]]:
    """Incidents as the list and the CSV show them."""
    return [
        {
            "incident": row,
            "parts": sentences.listed(status.component_names(page.catalog, row.components, page.language)),
            "where": status.where(row, page.language) or unnamed_places(page),
            "lasted": (row.resolved_at or page.at) - row.opened_at,
            "was": "confirmed" if row.confirmed_at and row.state == "resolved" else row.state,
        }
        for row in found
    ]


def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Bars, calendar and incidents of a service up to a moment."""
    page = shown(request, slug, retired_too=True)
    filters = Filters.of(request, page)
    days = frames.days(page.service, page.at, DAYS)
    known = incident_queries.incidents(page.service, page.at, most=MOST)
    found = filters.keep(known)
    choices = place_choices(known, page.language)
    if filters.place and filters.place not in dict(choices):
        chosen = places.get(filters.place)
        choices.append((filters.place, chosen.name(page.language) if chosen else filters.place))
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
        kinds=KINDS,
        places=choices,
        csv=_address(reverse("history-csv", args=[slug]), page.moment.parameter, filters),
        components=page.catalog.component_names(page.language),
        most=MOST,
    )
    return render(request, "pages/history.html", context)


def _address(path: str, at: str, filters: Filters) -> str:
    parts = [part for part in (filters.query, urlencode({"at": at}, safe=":") if at else "") if part]
    return path + ("?" + "&".join(parts) if parts else "")


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
