"""How an incident spread: reports of its busiest places over its time, in the order in which it reached them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.analytics import bins
from outages.analytics.bins import Bins, Count
from outages.texts import formats
from outages.web.charts import grids
from outages.web.charts.axes import TimeAxis
from outages.web.charts.grids import Square
from outages.web.charts.panels.base import Steps, gap, minute_words
from reports import places
from reports.models import Service

STEPS_MINUTES = (5, 15, 60, 180, 360, 1440)
MOST_BINS = 36
MOST_PLACES = 10
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spread:
    """Rows of places, and when the verdict first named each; None where it never did. No rows, no `drawing`."""

    rows: list[tuple[str, str, datetime | None]]  # code, name, first named
    drawing: SafeString | None
    axis: TimeAxis
    legend: list[tuple[str, str]]
    step_minutes: int


def step_of(span: timedelta) -> timedelta:
    """The shortest of the steps of which MOST_BINS hold the span."""
    found = next((n for n in STEPS_MINUTES if span <= n * MOST_BINS * timedelta(minutes=1)), STEPS_MINUTES[-1])
    return timedelta(minutes=found)


def read(
    service: Service,
    since: datetime,
    until: datetime,
    named: Mapping[str, datetime],
    *,
    watched: pd.Series[int],
    country: str | None,
    language: str,
) -> Spread:
    """The places of [since, until): by region where `country` is given, else by country. `named` says when the verdict
    first named a place, `watched` how many minutes were watched, by time: what nobody watched is no "no reports".
    One query."""
    spans = Bins.covering(since, until, step_of(until - since))
    found = bins.counts(service, spans, "region" if country else "country", country=country)
    chosen = ranked(found, named)
    names = {code: place.name(language) if (place := places.get(code)) else code for code in chosen}
    told = [count.effective for (code, _start), count in found.items() if code in names and not count.few]
    steps = Steps.up_to(max(told, default=0.0))
    gaps_at = unseen(spans, watched)
    grid = [
        [
            gap() if start in gaps_at else _square(found.get((code, start)), names[code], start, steps)
            for start in spans.starts
        ]
        for code in chosen
    ]
    gaps = [("gap", pgettext("chart", "not monitored"))] if gaps_at else []
    return Spread(
        rows=[(code, names[code], named.get(code)) for code in chosen],
        drawing=grids.heat(grid, name="spread", title=_("Reports by place over the time of the incident"))
        if grid
        else None,
        axis=TimeAxis(spans.since, spans.ends[-1]),
        legend=[
            ("step-none", pgettext("chart", "no reports")),
            ("few", _("too few to say (under 3 networks)")),
            *steps.legend,
            *gaps,
        ],
        step_minutes=int(spans.step / timedelta(minutes=1)),
    )


def unseen(spans: Bins, watched: pd.Series[int]) -> set[datetime]:
    """Return the starts of the bins in which nothing was watched; one that `watched` says nothing of is not among."""
    grain = watched.index[1] - watched.index[0] if len(watched) > 1 else spans.step
    unseen = set()
    for start, end in zip(spans.starts, spans.ends, strict=True):
        within = watched[(watched.index > start - grain) & (watched.index < end)]
        if len(within) and not within.any():
            unseen.add(start)
    return unseen


def ranked(found: Mapping[tuple[str, datetime], Count], named: Mapping[str, datetime]) -> list[str]:
    """The busiest places that ever said enough, MOST_PLACES at most: first those that the verdict named, in order."""
    sums: dict[str, float] = {}
    for (code, _start), count in found.items():
        if code and not count.few:
            sums[code] = sums.get(code, 0.0) + count.effective
    busiest = sorted(sums, key=lambda code: (-sums[code], code))[:MOST_PLACES]
    return sorted(busiest, key=lambda code: (named.get(code, NEVER), -sums[code]))


def _square(count: Count | None, name: str, start: datetime, steps: Steps) -> Square:
    if count is None:
        return Square("none")
    said = {"name": name, "time": minute_words(start)}
    if count.few:
        return Square("few", _("%(name)s, %(time)s: too few to say") % said)
    words = ngettext(
        "%(name)s, %(time)s: %(n)s report", "%(name)s, %(time)s: %(n)s reports", formats.plural(count.effective)
    ) % (said | {"n": formats.short(count.effective)})
    return Square(steps.css(count.effective), words)


def first_named(scopes: Sequence[tuple[datetime, Sequence[str]]]) -> dict[str, datetime]:
    """When each place was first named, from scopes in order of time."""
    seen: dict[str, datetime] = {}
    for at, codes in scopes:
        for code in codes:
            seen.setdefault(code, at)
            seen.setdefault(code[:2], at)
    return seen
