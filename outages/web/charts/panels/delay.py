"""Official delay: who knew first of each outage, and how long official word took."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from plotly import graph_objects as go

from outages.models import Incident
from outages.queries import first_signals
from outages.queries.first_signals import DelaySummary, First
from outages.texts import durations, formats, sentences
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
    title = _("How late the company speaks up")
    lead = words(summary) if scope.official else ""  # what nobody reads has not been silent
    days = {"days": formats.number(LOOK_BACK.days)}
    note = (
        ngettext(
            "Minutes from the first user reports or failing checks, for each outage of the last %(days)s day.",
            "Minutes from the first user reports or failing checks, for each outage of the last %(days)s days.",
            LOOK_BACK.days,
        )
        % days
    )
    official_legend = (
        ("official-mark", pgettext("chart", "official statement")),
        ("gap", _("no official statement")),
    )
    if not scope.official:
        note = _("We don’t read any official source for this service, so we don’t know what the company said.")
    return Panel(
        key="delay",
        title=title,
        lead=lead,
        layout="cells",
        drawing=grids.tracks(
            [track(first, top, official=scope.official) for first in shown], name="delay", title=lead or title
        )
        if shown
        else None,
        empty="" if shown else _none(scope) % days,
        names=[_name(first) for first in shown],
        labels=[durations.in_minutes(top * k / 4) for k in range(5)],
        legend=[
            ("crowd-mark", pgettext("chart", "users")),
            ("probes-mark", pgettext("chart", "automatic checks")),
            *(official_legend if scope.official else ()),
        ],
        table=_table(found),
        figure=lambda: _figure(shown, top, official=scope.official),
        note=note,
        wide=True,
    )


def _none(scope: Scope) -> str:
    """Return why there is nothing to show. Without minutes that were watched, no outage is not known of any."""
    if scope.was_watched:
        return ngettext("No outage in the last %(days)s day.", "No outages in the last %(days)s days.", LOOK_BACK.days)
    return ngettext(
        "Not monitored in the last %(days)s day, so we don’t know of any outages.",
        "Not monitored in the last %(days)s days, so we don’t know of any outages.",
        LOOK_BACK.days,
    )


def words(summary: DelaySummary) -> str:
    """Return how late the company spoke up, in a sentence or two."""
    if not summary.incidents:
        return ""
    if summary.median_minutes is None:
        return ngettext(
            "The company said nothing during %(n)s outage.",
            "The company said nothing during any of %(n)s outages.",
            summary.incidents,
        ) % {"n": formats.number(summary.incidents)}
    spoke = ngettext(
        "The company spoke up in %(spoke)s of %(n)s outage.",
        "The company spoke up in %(spoke)s of %(n)s outages.",
        summary.incidents,
    ) % {"spoke": formats.number(summary.with_word), "n": formats.number(summary.incidents)}
    minutes = abs(summary.median_minutes)
    if durations.has_hours(minutes):
        late = (
            _("Typically it was %(duration)s ahead of the first sign.")
            if summary.median_minutes < 0
            else _("Typically that was %(duration)s after the first sign.")
        )
        return sentences.paragraph([spoke, late % {"duration": durations.in_minutes(minutes)}])
    if summary.median_minutes < 0:
        late = ngettext(
            "Typically it was %(n)s minute ahead of the first sign.",
            "Typically it was %(n)s minutes ahead of the first sign.",
            formats.plural(minutes, 0),
        )
    else:
        late = ngettext(
            "Typically that was %(n)s minute after the first sign.",
            "Typically that was %(n)s minutes after the first sign.",
            formats.plural(minutes, 0),
        )
    return sentences.paragraph([spoke, late % {"n": formats.number(minutes)}])


def _minutes(first: First, at: datetime | None) -> float | None:
    return (at - first.sign) / MINUTE if at is not None and first.sign is not None else None


def _latest(first: First) -> float:
    times = [_minutes(first, at) for at in (first.crowd, first.probes, first.official)]
    return max((minutes for minutes in times if minutes is not None), default=0.0)


def track(first: First, top: float, *, official: bool = True) -> Track:
    """Return an outage's row: a mark for each that spoke, a bar up to the company's statement, hatched where there was
    none; without a bar where no `official` source is read."""

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
    until = place(end) if end is not None else 0.98 if official else place(0)
    return Track(place(0), until, tuple(marks), hatched=official and end is None)


def _mark_words(kind: str, minutes: float) -> str:
    names = {
        "crowd": pgettext("chart", "users"),
        "probes": pgettext("chart", "automatic checks"),
        "official": pgettext("chart", "official statement"),
    }
    if durations.has_hours(minutes):
        said = (
            _("%(who)s: %(duration)s before the first sign")
            if minutes < 0
            else _("%(who)s: %(duration)s after the first sign")
        )
        return said % {"who": names[kind], "duration": durations.in_minutes(abs(minutes))}
    shown = {"who": names[kind], "n": formats.number(abs(minutes))}
    if minutes < 0:
        return (
            ngettext(
                "%(who)s: %(n)s minute before the first sign",
                "%(who)s: %(n)s minutes before the first sign",
                formats.plural(abs(minutes), 0),
            )
            % shown
        )
    return (
        ngettext(
            "%(who)s: %(n)s minute after the first sign",
            "%(who)s: %(n)s minutes after the first sign",
            formats.plural(abs(minutes), 0),
        )
        % shown
    )


def _name(first: First) -> str:
    return pgettext("an incident by its day and number", "%(day)s (%(number)d)") % {
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
        Column("incident", pgettext("chart", "Incident"), "number"),
        Column("opened_at", pgettext("chart", "Started"), "time"),
        Column("crowd_minutes", pgettext("chart", "Users"), "minutes"),
        Column("probes_minutes", pgettext("chart", "Automatic checks"), "minutes"),
        Column("official_minutes", pgettext("chart", "Official statement"), "minutes"),
    )
    return Table(columns, rows)


def _figure(shown: list[First], top: float, *, official: bool) -> str:
    names = [_name(first) for first in shown]
    traces = []
    for kind, words_of, symbol, colour in (
        ("crowd", pgettext("chart", "users"), "circle", "accent"),
        ("probes", pgettext("chart", "automatic checks"), "square", "recovering"),
        *((("official", pgettext("chart", "official statement"), "diamond", "maintenance"),) if official else ()),
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
    silent = [name for name, first in zip(names, shown, strict=True) if official and first.official is None]
    traces.append(
        go.Scatter(
            x=[0] * len(silent),
            y=silent,
            mode="text",
            text=[_("no official statement")] * len(silent),
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
