"""Report volume: what was reported, what is usual, and the incidents over it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from plotly import graph_objects as go

from outages.texts import formats, sentences
from outages.web.charts import plots, svg
from outages.web.charts.panels.base import GRAIN_MINUTES, Column, Panel, Scope, Table
from outages.web.charts.plots import COLOURS

HEIGHT = 190


def read(scope: Scope) -> Panel:
    """The panel. Three queries at most."""
    series, grain = scope.series, GRAIN_MINUTES[scope.window.key]
    watched = bool(series["watched"].any())
    seen, usual = float(series["effective"].sum()), float(series["expected"].sum())
    start, end = scope.since, scope.until
    spans = [
        svg.Span(max(view.opened_at, start), view.resolved_at)
        for view in scope.incidents
        if view.opened_at < end and (view.resolved_at or end) > start
    ]
    title = _("Reports vs. usual: %(seen)s counted (usual: %(usual)s)") % {
        "seen": formats.number(seen),
        "usual": sentences.usual(usual),
    }
    chart = svg.timeseries(series, spans=spans, title=title, height=HEIGHT) if watched else None
    above = int((series["effective"] > series["high"]).sum())
    lead = title
    if above:
        lead = ngettext(
            "%(seen)s reports counted, usually %(usual)s. %(n)d step of %(grain)d minutes lies above the usual range.",
            "%(seen)s reports counted, usually %(usual)s. %(n)d steps of %(grain)d minutes lie above the usual range.",
            above,
        ) % {"seen": formats.number(seen), "usual": sentences.usual(usual), "n": above, "grain": grain}
    elif watched:
        lead = _("%(seen)s reports counted, usually %(usual)s. Nothing lies above the usual range.") % {
            "seen": formats.number(seen),
            "usual": sentences.usual(usual),
        }
    return Panel(
        key="volume",
        title=_("Reports vs. usual"),
        lead=lead if watched else "",
        layout="chart",
        drawing=chart.svg if chart else None,
        empty=_("Not monitored in this period, so we can’t say whether it worked."),
        top=chart.top if chart else 0,
        axis=scope.axis,
        legend=_legend(grain, bool(spans), bool((series["watched"] == 0).any())),
        table=_table(scope),
        figure=lambda: _figure(scope, spans),
        wide=True,
    )


def _legend(grain: int, incidents: bool, gaps: bool) -> list[tuple[str, str]]:
    legend = [
        (
            "line",
            ngettext("reports a minute", "reports in %(grain)s minutes", grain) % {"grain": grain},
        ),
        ("dash", pgettext("chart", "expected")),
        ("band", pgettext("chart", "usual range")),
        ("step-4", pgettext("chart", "above usual")),
    ]
    if incidents:
        legend.append(("span", pgettext("chart", "incident")))
    return [*legend, ("gap", pgettext("chart", "not monitored"))] if gaps else legend


def _table(scope: Scope) -> Table:
    series = scope.series
    names = ("raw", "effective", "expected", "low", "high")
    columns_of = zip(*(series[name].tolist() for name in names), strict=True)
    rows = [
        (at.to_pydatetime(), *(values if watched else (None,) * len(names)), watched)
        for at, values, watched in zip(series.index, columns_of, series["watched"].tolist(), strict=True)
    ]
    columns = (
        Column("start", pgettext("chart", "From"), "time"),
        Column("reports", pgettext("chart", "Reports"), "number"),
        Column("counted", pgettext("chart", "Counted"), "number"),
        Column("expected", pgettext("chart", "Expected"), "number"),
        Column("usual_low", _("Usual range from"), "number"),
        Column("usual_high", _("Usual range to"), "number"),
        Column("minutes_watched", pgettext("chart", "Minutes monitored"), "number"),
    )
    return Table(columns, rows)


def _figure(scope: Scope, spans: list[svg.Span]) -> str:
    series = scope.series
    times = [at.to_pydatetime() for at in series.index]
    line = {"shape": "hv", "width": 0}

    def values(name: str) -> list[float | None]:
        return [None if value != value else float(value) for value in series[name]]

    def trace(name: str, words: str, **more: Any) -> go.Scatter:
        return go.Scatter(x=times, y=values(name), mode="lines", name=words, **more)

    highs = values("high")
    step_ms = GRAIN_MINUTES[scope.window.key] * 60_000
    gaps = [_gap(times[i], timedelta(milliseconds=step_ms)) for i, on in enumerate(series["watched"]) if not on]
    made = plots.figure(
        [
            trace("low", _("usual range from"), line=line, hoverinfo="skip"),
            trace("high", _("usual range to"), line=line, fill="tonexty", fillcolor=COLOURS["band"]),
            trace(
                "expected",
                pgettext("chart", "expected"),
                line={"shape": "hv", "width": 1, "dash": "dot", "color": COLOURS["muted"]},
            ),
            trace(
                "effective", pgettext("chart", "counted"), line={"shape": "hv", "width": 2, "color": COLOURS["accent"]}
            ),
            go.Bar(
                x=times,
                y=[_above(seen, high) for seen, high in zip(values("effective"), highs, strict=True)],
                base=highs,
                offset=0,
                width=step_ms,
                marker={"color": COLOURS["step-4"], "line": {"width": 0}},
                hoverinfo="skip",
            ),
        ],
        x=scope.x_axis,
        hovermode="x unified",
        shapes=[*gaps, *(_shape(span, scope.until) for span in spans)],
    )
    return plots.as_json(made)


def _above(seen: float | None, high: float | None) -> float | None:
    return seen - high if seen is not None and high is not None and seen > high else None


def _gap(at: datetime, step: timedelta) -> dict[str, Any]:
    return {
        **{"type": "rect", "xref": "x", "yref": "paper", "x0": at, "x1": at + step, "y0": 0, "y1": 1},
        **{"fillcolor": COLOURS["hatch"], "opacity": 0.25, "line": {"width": 0}, "layer": "below"},
    }


def _shape(span: svg.Span, until: datetime) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": span.start,
        "x1": span.end or until,
        "y0": 0,
        "y1": 1,
        "fillcolor": COLOURS["confirmed"],
        "opacity": 0.1,
        "line": {"width": 0},
        "layer": "below",
    }
