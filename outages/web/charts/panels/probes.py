"""Our own probes by vantage: whether the service's targets answered, and how quickly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from plotly import graph_objects as go

from outages.analytics import vantages
from outages.analytics.vantages import Seen
from outages.texts import formats
from outages.web.charts import grids, plots
from outages.web.charts.grids import Square
from outages.web.charts.panels.base import Column, Panel, Scope, Table, minute_words
from outages.web.charts.svg import nice_top

# Shares of answers, from the best step to the worst.
BOUNDS = (1.0, 0.99, 0.95, 0.8)
BLIND_SHARE = 0.5  # of a bin's minutes: a vantage that was blind for longer has nothing to say


def step(share: float) -> int:
    """1 where all targets answered, to 5 where fewer than four of five did."""
    return 1 + sum(share < bound for bound in BOUNDS)


def read(scope: Scope) -> Panel:
    """The panel. One query."""
    frame = vantages.seen(scope.service, scope.bins, scope.controls)
    found = vantages.rows(frame)
    names = sorted({row.vantage for row in found})
    grid = [squares(scope, found, name) for name in names]
    top = nice_top(max((row.p50_ms for row in found if row.p50_ms is not None), default=2.0))
    lines = []
    for name in names:
        own = {row.start: row.p50_ms for row in found if row.vantage == name}
        title = _("%(vantage)s: response times, up to %(ms)s ms") % {"vantage": name, "ms": formats.number(top)}
        values = [own.get(start) for start in scope.bins.starts]
        lines.append(grids.line(values, title=title, top=top, edges=scope.edges))
    title = _("Automatic checks by vantage")
    return Panel(
        key="probes",
        title=title,
        lead=_lead(vantages.totals(frame)) if names else "",
        layout="cells",
        drawing=grids.heat(grid, name="probes", title=title, edges=scope.edges) if names else None,
        empty=_("We have no results for this time.") if scope.probes else _("This service has no automatic checks."),
        names=names,
        more=lines,
        top=top,
        axis=scope.axis,
        legend=[
            ("step-1", pgettext("chart", "all answered")),
            *(
                (f"step-{i}", _("%(n)s and more") % {"n": formats.percent(bound)})
                for i, bound in enumerate(BOUNDS[1:], 2)
            ),
            ("step-5", _("under %(n)s") % {"n": formats.percent(BOUNDS[-1])}),
            ("few", pgettext("chart", "no data")),
            ("step-none", pgettext("chart", "no results")),
            ("line", _("response times, up to %(ms)s ms") % {"ms": formats.number(top)}),
        ],
        table=_table(found),
        figure=lambda: _figure(found, names),
        note=_(
            "The share of the service’s targets that responded. No data means that the vantage’s own network was "
            "down or its requests were blocked."
        ),
        wide=True,
    )


def _lead(totals: pd.DataFrame) -> str:
    answered, failed = float(totals["answered"].sum()), float(totals["failed"].sum())
    if not answered + failed:
        return _("No vantage could reach the targets.")
    return ngettext(
        "%(share)s of %(n)s check got a response, half of them within %(ms)s ms.",
        "%(share)s of %(n)s checks got a response, half of them within %(ms)s ms.",
        formats.plural(answered + failed, 0),
    ) % {
        "share": share_words(answered / (answered + failed)),
        "n": formats.number(answered + failed),
        "ms": formats.number(float(totals["p50_ms"].median())) if totals["p50_ms"].notna().any() else "–",
    }


def share_words(share: float) -> str:
    """A share of answers: never 100 % where one failed."""
    return formats.percent(min(share, 0.99) if share < 1 else 1.0)


def squares(scope: Scope, found: Sequence[Seen], name: str) -> list[Square]:
    """A vantage's squares, one a bin."""
    cells = {row.start: row for row in found if row.vantage == name}
    minutes = scope.bins.step.total_seconds() / 60
    squares = []
    for start in scope.bins.starts:
        cell = cells.get(start)
        when = {"vantage": name, "time": minute_words(start)}
        if cell is None or not cell.results:
            squares.append(Square("none"))
        elif cell.share is None or (cell.blind_minutes or 0) > BLIND_SHARE * minutes:
            squares.append(Square("few", _("%(vantage)s, %(time)s: no data") % when))
        else:
            words = _("%(vantage)s, %(time)s: %(share)s answered") % (when | {"share": share_words(cell.share)})
            squares.append(Square(f"step-{step(cell.share)}", words))
    return squares


def _table(found: Sequence[Seen]) -> Table:
    rows = [
        (row.vantage, row.start, row.results, row.share, row.p50_ms, row.p95_ms, row.blind_minutes) for row in found
    ]
    columns = (
        Column("vantage", pgettext("chart", "Vantage")),
        Column("start", pgettext("chart", "From"), "time"),
        Column("results", pgettext("chart", "Checks"), "number"),
        Column("answered_share", pgettext("chart", "Answered"), "percent"),
        Column("median_ms", pgettext("chart", "Median"), "ms"),
        Column("slowest_p95_ms", _("Slowest target’s 95th percentile"), "ms"),
        Column("blind_minutes", _("Minutes without data"), "number"),
    )
    return Table(columns, rows)


def _figure(found: Sequence[Seen], names: list[str]) -> str:
    traces: list[Any] = []
    for i, name in enumerate(names):
        own = [row for row in found if row.vantage == name]
        line = {
            "color": plots.COLOURS[plots.LINES[i % len(plots.LINES)]],
            "dash": plots.DASHES[i % len(plots.DASHES)],
            "width": 2,
        }
        for values, axis, form in (
            ([row.share for row in own], "y2", "%{y:.1%}"),
            ([row.p50_ms for row in own], "y", "%{y:.0f} ms"),
        ):
            traces.append(
                go.Scatter(
                    x=[row.start for row in own],
                    y=values,
                    mode="lines+markers",
                    marker={"size": 5},
                    line=line,
                    name=name,
                    legendgroup=name,
                    showlegend=axis == "y",
                    yaxis=axis,
                    hovertemplate=form,
                )
            )
    upper = {"gridcolor": plots.COLOURS["line"], "linecolor": plots.COLOURS["muted"], "automargin": True}
    made = plots.figure(
        traces,
        x={"type": "date", "title": {"text": "UTC", "standoff": 4}},
        y={"domain": [0, 0.55], "ticksuffix": " ms"},
        yaxis2=upper | {"domain": [0.65, 1], "tickformat": ".0%", "anchor": "x"},
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "y": 1.12},
    )
    return plots.as_json(made)
