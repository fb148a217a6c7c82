"""Symptom mix: what people say they see."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from plotly import graph_objects as go

from outages.analytics import frames
from outages.texts import formats
from outages.web.charts import grids, plots
from outages.web.charts.panels.base import FEW, Column, Panel, Scope, Table
from outages.web.charts.plots import COLOURS

MOST = 10


def read(scope: Scope) -> Panel:
    """The panel. Two queries."""
    top = frames.symptoms(scope.service, scope.since, scope.until)
    told = top[~top["few"]]
    names = [_name(scope, str(slug)) for slug in told.index]
    most = float(told["share"].max()) if len(told) else 1.0
    bars = [
        (
            name,
            grids.bar(share / most),
            pgettext("a share and its number of reports", "%(share)s (%(n)s)")
            % {"share": formats.percent(share), "n": formats.number(raw)},
        )
        for name, raw, share in zip(names, told["raw"], told["share"], strict=True)
    ][:MOST]
    lead = ""
    if names:
        lead = ngettext(
            "Most reported: “%(symptom)s”, %(share)s of %(n)s report.",
            "Most reported: “%(symptom)s”, %(share)s of %(n)s reports.",
            int(top["raw"].sum()),
        ) % {
            "symptom": names[0],
            "share": formats.percent(float(told["share"].iloc[0])),
            "n": formats.number(int(top["raw"].sum())),
        }
    return Panel(
        key="symptoms",
        title=_("Most reported problems"),
        lead=lead,
        layout="bars",
        drawing=grids.bar(1.0) if bars else None,
        empty=_("Too few reports to say what’s going wrong.")
        if len(top)
        else _("No reports in this period.")
        if any(scope.watched)
        else _("Not monitored in this period, so we can’t say whether it worked."),
        bars=bars,
        table=_table(scope, top),
        figure=lambda: _figure(names, told),
        note=_("Problems with fewer than 3 reports are not shown. Numbers are rounded to multiples of five."),
    )


def _name(scope: Scope, slug: str) -> str:
    return scope.symptoms.get(slug, slug) if slug else pgettext("chart", "not specified")


def _table(scope: Scope, top: pd.DataFrame) -> Table:
    rows = [
        (slug, _name(scope, str(slug)), *((FEW, None) if one else (raw, share)))
        for slug, raw, share, one in zip(top.index, top["raw"], top["share"], top["few"], strict=True)
    ]
    columns = (
        Column("symptom", pgettext("chart", "Code")),
        Column("name", pgettext("chart", "Problem")),
        Column("reports", pgettext("chart", "Reports"), "number"),
        Column("share", pgettext("chart", "Share"), "percent"),
    )
    return Table(columns, rows)


def _figure(names: list[str], told: pd.DataFrame) -> str:
    bars = go.Bar(
        x=[int(raw) for raw in told["raw"]],
        y=names,
        orientation="h",
        marker={"color": COLOURS["step-3"]},
        text=[formats.percent(float(share)) for share in told["share"]],
        hovertemplate="%{y}: %{x} (%{text})<extra></extra>",
        textposition="none",
    )
    made = plots.figure([bars], y={"autorange": "reversed", "showgrid": False, "type": "category"})
    return plots.as_json(made)
