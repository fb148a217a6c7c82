"""Parts over time: which component was reported when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.analytics import bins, frames
from outages.analytics.bins import Count
from outages.texts import formats
from outages.web.charts import grids, plots
from outages.web.charts.grids import Square
from outages.web.charts.panels.base import FEW, Column, Panel, Scope, Steps, Table, gap, minute_words

Cells = Mapping[tuple[str, datetime], Count]


def read(scope: Scope) -> Panel:
    """The panel. Three queries."""
    cells = bins.counts(scope.service, scope.bins, "component")
    most = float(max((cell.effective for cell in cells.values()), default=0))
    known = frames.components(scope.service, scope.since, scope.until, list(scope.parts))
    steps = Steps.up_to(most, usual=float(known["expected"].max() or 0.0) / max(sum(scope.watched), 1))
    grid = squares(scope, cells, steps)
    lead = _("Too few reports to say which feature it is.") if cells else ""
    totals = known["raw"].to_dict()
    busiest = min(scope.parts, key=lambda slug: (-totals[slug], slug), default="")
    if cells and totals[busiest]:
        lead = _("Most reports are about %(part)s: %(n)s.") % {
            "part": scope.parts.get(busiest, busiest),
            "n": formats.number(totals[busiest]),
        }
    title = _("Reports by feature and time")
    return Panel(
        key="parts",
        title=title,
        lead=lead,
        layout="cells",
        drawing=grids.heat(
            grid,
            name="parts",
            title=pgettext("a chart's title, then what it shows", "%(title)s. %(lead)s")
            % {"title": title, "lead": lead},
            edges=scope.edges,
        )
        if cells
        else None,
        empty=_("No reports in this period.")
        if any(scope.watched)
        else _("Not monitored in this period, so we can’t say whether it worked."),
        names=list(scope.parts.values()),
        axis=scope.axis,
        legend=[
            ("step-none", pgettext("chart", "no reports")),
            ("few", _("too few to say (under 3 networks)")),
            *steps.legend,
        ]
        + ([] if all(scope.watched) else [("gap", pgettext("chart", "not monitored"))]),
        table=_table(scope, cells),
        figure=lambda: _figure(scope, grid),
        wide=True,
    )


def squares(scope: Scope, cells: Cells, steps: Steps) -> list[list[Square]]:
    """A row of squares for each part, one a bin."""
    rows = []
    for slug, name in scope.parts.items():
        row = []
        for start, on in zip(scope.bins.starts, scope.watched, strict=True):
            cell = cells.get((slug, start))
            when = minute_words(start)
            if cell is None:
                row.append(Square("none") if on else gap())
            elif cell.few:
                row.append(Square("few", _("%(name)s, %(time)s: too few to say") % {"name": name, "time": when}))
            else:
                words = ngettext(
                    "%(name)s, %(time)s: %(n)s report",
                    "%(name)s, %(time)s: %(n)s reports",
                    formats.plural(cell.effective),
                ) % {
                    "name": name,
                    "time": when,
                    "n": formats.short(cell.effective),
                }
                row.append(Square(steps.css(cell.effective), words))
        rows.append(row)
    return rows


def _table(scope: Scope, cells: Cells) -> Table:
    """A row a bin. A part without a number had no report, or too few for so short a time."""
    rows: list[list[Any]] = []
    for start, minutes in zip(scope.bins.starts, scope.minutes_watched, strict=True):
        counts = [cells.get((slug, start)) for slug in scope.parts]
        told = [None if count is None else FEW if count.few else count.effective for count in counts]
        rows.append([start, *told, minutes])
    columns = [Column(slug, name, "number") for slug, name in scope.parts.items()]
    last = Column("minutes_watched", pgettext("chart", "Minutes monitored"), "number")
    return Table([Column("start", pgettext("chart", "From"), "time"), *columns, last], rows)


def _figure(scope: Scope, grid: list[list[Square]]) -> str:
    names = list(scope.parts.values())
    times = scope.bins.starts
    middles = [at + (end - at) / 2 for at, end in zip(times, scope.bins.ends, strict=True)]
    css = [[square.css for square in row] for row in grid]
    words = [[square.words for square in row] for row in grid]
    made = plots.figure(
        plots.grid(names, middles, css, words),
        x=scope.x_axis | {"showgrid": False},
        y={"autorange": "reversed", "showgrid": False, "type": "category", "categoryarray": names},
    )
    return plots.as_json(made)
