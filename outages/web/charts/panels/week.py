"""The usual week: at which hours of which weekdays reports come when nothing is wrong."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.analytics import week as rhythm
from outages.analytics.frames import BASELINE_DAYS
from outages.texts import formats
from outages.web.charts import grids, plots
from outages.web.charts.grids import Square
from outages.web.charts.panels.base import Column, Panel, Scope, Steps, Table, gap

LEAST_SPAN = 5.0  # reports an hour; what differs by less is calm, and is not painted as if it were busy


def read(scope: Scope) -> Panel:
    """The panel. One query, cached an hour."""
    week = rhythm.hours_of_week(scope.service, scope.at)
    values = week.to_numpy()
    watched = not bool(np.isnan(values).all())
    most = float(np.nanmax(values)) if watched else 0.0
    least = float(np.nanmin(values)) if watched else 0.0
    steps = even_steps(least, most)
    names = [formats.weekday(int(day), alone=True) for day in week.index]
    grid = squares(week, names, steps)
    lead = ""
    if watched:
        day, hour = np.unravel_index(int(np.nanargmax(values)), values.shape)
        lead = _("Usually most reports come on %(day)s at %(hour)s UTC: %(n)s an hour.") % {
            "day": formats.weekday(int(day)),
            "hour": f"{int(hour):02d}:00",
            "n": formats.short(most),
        }
    return Panel(
        key="week",
        title=_("The usual week"),
        lead=lead,
        layout="cells",
        drawing=grids.heat(grid, name="week", title=lead) if watched else None,
        empty=_("We don’t know yet what’s usual."),
        names=names,
        labels=[f"{hour:02d}:00" for hour in (0, 6, 12, 18, 24)],
        legend=steps.legend + ([("gap", pgettext("chart", "not monitored"))] if np.isnan(values).any() else []),
        table=_table(week, names),
        figure=lambda: _figure(week, names, grid),
        note=ngettext(
            "Usual reports per hour (UTC), learnt over the last %(days)s day, without outages.",
            "Usual reports per hour (UTC), learnt over the last %(days)s days, without outages.",
            BASELINE_DAYS,
        )
        % {"days": formats.number(BASELINE_DAYS)},
    )


def even_steps(least: float, most: float) -> Steps:
    """Five even steps between the quietest and the busiest hour; what is usual varies too little for rounder ones.

    They span at least LEAST_SPAN: a week without a busy hour stays pale.
    """
    span = max(most - least, LEAST_SPAN)
    breaks = tuple(round(least + span * k / 5, 2) for k in range(1, 5))
    shown = [formats.short(bound) for bound in breaks]
    middle = [_("%(low)s to %(high)s") % {"low": low, "high": high} for low, high in pairwise(shown)]
    labels = [
        _("under %(n)s an hour") % {"n": shown[0]},
        *middle,
        _("%(n)s and more") % {"n": shown[-1]},
    ]
    return Steps(breaks, whole=False, labels=labels)


def squares(week: pd.DataFrame, names: list[str], steps: Steps) -> list[list[Square]]:
    """A row of squares for each weekday, one an hour."""
    return [
        [
            gap()
            if value != value
            else Square(
                steps.css(value),
                _("%(day)s, %(hour)s UTC: %(n)s an hour")
                % {"day": name, "hour": f"{hour:02d}:00", "n": formats.short(value)},
            )
            for hour, value in zip(week.columns, row, strict=True)
        ]
        for name, row in zip(names, week.to_numpy().tolist(), strict=True)
    ]


def _table(week: pd.DataFrame, names: list[str]) -> Table:
    columns = [Column(f"hour_{hour:02d}", f"{hour:02d}", "number") for hour in week.columns]
    rows = [
        [name, *(None if value != value else value for value in row)]
        for name, row in zip(names, week.to_numpy().tolist(), strict=True)
    ]
    return Table([Column("weekday", pgettext("chart", "Weekday")), *columns], rows)


def _figure(week: pd.DataFrame, names: list[str], grid: list[list[Square]]) -> str:
    hours = [f"{hour:02d}" for hour in week.columns]
    css = [[square.css for square in row] for row in grid]
    words = [[square.words for square in row] for row in grid]
    made = plots.figure(
        plots.grid(names, hours, css, words),
        x={"type": "category", "showgrid": False},
        y={"autorange": "reversed", "showgrid": False, "type": "category"},
    )
    return plots.as_json(made)
