"""Official delay: who knew first of each outage, and how long official word took."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from plotly import graph_objects as go

from outages.models import Incident
from outages.queries import first_signals
from outages.queries.first_signals import DelaySummary, First
from outages.texts import formats
from outages.web.charts import grids, plots
from outages.web.charts.grids import Mark, Track
from outages.web.charts.panels.base import LOOK_BACK, Column, Panel, Scope, Table
from outages.web.charts.plots import COLOURS
from outages.web.charts.svg import nice_top

MOST = 15
MINUTE = timedelta(minutes=1)
SHORTEST_MINUTES, LONGEST_MINUTES = 20, 24 * 60  # of the axis


def read(scope: Scope) -> Panel:
    """The panel. Four queries, two of them the incidents'."""
    outages = [view for view in scope.incidents if view.confirmed_at is not None and view.kind == Incident.Kind.OUTAGE]
    found = [first for first in first_signals.read(scope.service, outages, scope.at) if first.sign is not None]
    summary = first_signals.summed_up(found)
    shown = found[:MOST]
    top = nice_top(max(min(max((_latest(first) for first in shown), default=0.0), LONGEST_MINUTES), SHORTEST_MINUTES))
    title = _("How late official word is")
    lead = words(summary)
    note = _("Minutes from the first sign of crowd or probes, for each outage of the last %(days)d days.") % {
        "days": LOOK_BACK.days
    }
    if not scope.official:
        note = _("No official source is read for this service, so its silence says nothing.")
    return Panel(
        key="delay",
        title=title,
        lead=lead,
        layout="cells",
        drawing=grids.tracks([track(first, top) for first in shown], name="delay", title=lead) if shown else None,
        empty=_("No outage has been confirmed in the last %(days)d days.") % {"days": LOOK_BACK.days},
        names=[_name(first) for first in shown],
        labels=[_("%(n)s min") % {"n": formats.number(top * k / 4)} for k in range(5)],
        legend=[
            ("crowd-mark", _("crowd")),
            ("probes-mark", _("probes")),
            ("official-mark", _("official word")),
            ("gap", _("no official word")),
        ],
        table=_table(found),
        figure=lambda: _figure(shown, top),
        note=note,
        wide=True,
    )


def words(summary: DelaySummary) -> str:
    """The delays in a sentence or two, silence included."""
    if not summary.incidents:
        return ""
    if summary.median_minutes is None:
        return ngettext(
            "There was no official word at all in %(n)d outage.",
            "There was no official word at all in any of %(n)d outages.",
            summary.incidents,
        ) % {"n": summary.incidents}
    numbers = {
        "with": summary.with_word,
        "all": summary.incidents,
        "silent": summary.without_word,
        "n": formats.number(abs(summary.median_minutes)),
    }
    if not summary.without_word:
        if summary.median_minutes < 0:
            return _("Official word came %(n)s minutes before the first sign (median of %(with)d outages).") % numbers
        return _("Official word came %(n)s minutes after the first sign (median of %(with)d outages).") % numbers
    if summary.median_minutes < 0:
        return (
            _(
                "Official word came in %(with)d of %(all)d outages, %(n)s minutes before the first sign (median). In "
                "%(silent)d there was none at all."
            )
            % numbers
        )
    return (
        _(
            "Official word came in %(with)d of %(all)d outages, %(n)s minutes after the first sign (median). In "
            "%(silent)d there was none at all."
        )
        % numbers
    )


def _minutes(first: First, at: datetime | None) -> float | None:
    return (at - first.sign) / MINUTE if at is not None and first.sign is not None else None


def _latest(first: First) -> float:
    times = [_minutes(first, at) for at in (first.crowd, first.probes, first.official)]
    return max((minutes for minutes in times if minutes is not None), default=0.0)


def track(first: First, top: float) -> Track:
    """An outage's row: a mark for each that spoke, a bar up to official word, hatched where there was none."""

    def place(minutes: float) -> float:
        return 0.02 + 0.96 * min(max(minutes / top, 0.0), 1.0)

    marks = []
    for kind, shape, at in (
        ("crowd", "circle", first.crowd),
        ("probes", "square", first.probes),
        ("official", "diamond", first.official),
    ):
        minutes = _minutes(first, at)
        if minutes is not None:
            text = _mark_words(kind, minutes)
            marks.append(Mark(place(minutes), shape, kind, text))
    end = _minutes(first, first.official)
    return Track(place(0), place(end) if end is not None else 0.98, tuple(marks), hatched=end is None)


def _mark_words(kind: str, minutes: float) -> str:
    names = {"crowd": _("crowd"), "probes": _("probes"), "official": _("official word")}
    shown = {"who": names[kind], "n": formats.number(abs(minutes))}
    if minutes < 0:
        return _("%(who)s: %(n)s minutes before the first sign") % shown
    return _("%(who)s: %(n)s minutes after the first sign") % shown


def _name(first: First) -> str:
    return _("%(day)s (%(number)d)") % {
        "day": formats.day(first.incident.opened_at.date()),
        "number": first.incident.number,
    }


def _table(found: list[First]) -> Table:
    rows = [
        (
            first.incident.number,
            first.incident.opened_at,
            _minutes(first, first.crowd),
            _minutes(first, first.probes),
            first.delay_minutes,
        )
        for first in found
    ]
    columns = (
        Column("incident", _("Incident"), "number"),
        Column("opened_at", _("Opened"), "time"),
        Column("crowd_minutes", _("Crowd"), "minutes"),
        Column("probes_minutes", _("Probes"), "minutes"),
        Column("official_minutes", _("Official word"), "minutes"),
    )
    return Table(columns, rows)


def _figure(shown: list[First], top: float) -> str:
    names = [_name(first) for first in shown]
    traces = []
    for kind, words_of, symbol, colour in (
        ("crowd", _("crowd"), "circle", "accent"),
        ("probes", _("probes"), "square", "recovering"),
        ("official", _("official word"), "diamond", "maintenance"),
    ):
        traces.append(
            go.Scatter(
                x=[_minutes(first, getattr(first, kind)) for first in shown],
                y=names,
                mode="markers",
                name=words_of,
                marker={"symbol": symbol, "size": 12, "color": COLOURS[colour]},
                hovertemplate="%{y}: %{x:.0f} min",
            )
        )
    silent = [name for name, first in zip(names, shown, strict=True) if first.official is None]
    traces.append(
        go.Scatter(
            x=[0] * len(silent),
            y=silent,
            mode="text",
            text=[_("no official word")] * len(silent),
            textposition="middle right",
            hoverinfo="skip",
            showlegend=False,
        )
    )
    made = plots.figure(
        traces,
        x={"ticksuffix": " min", "range": [-0.02 * top, 1.02 * top]},
        y={"autorange": "reversed", "type": "category", "categoryarray": names, "rangemode": "normal"},
        showlegend=True,
        legend={"orientation": "h", "y": 1.12},
    )
    return plots.as_json(made)
