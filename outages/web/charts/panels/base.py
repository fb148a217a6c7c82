"""What a panel of the dashboards is made of: a drawing, a table, a figure, and what all of them look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal

import pandas as pd
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from outages.analytics import frames
from outages.analytics.bins import Bins
from outages.queries import incidents as incident_queries
from outages.queries.incidents import IncidentView
from outages.texts import formats
from outages.web.charts.axes import TimeAxis
from outages.web.charts.grids import Square
from outages.web.charts.map_metrics import STEPS, nice_breaks, step_labels, step_of
from outages.web.charts.maps import Window
from reports.models import Service

FEW: Final = "few"  # stands in a table for a number that too few say
LOOK_BACK = timedelta(days=90)  # how far back incidents are looked at
MOST_INCIDENTS = 200
CALM: Final = 3  # times the usual, and still the palest step
STEP_MINUTES = {"30m": 5, "1h": 5, "6h": 15, "24h": 60, "7d": 360}
GRAIN_MINUTES = {"30m": 1, "1h": 1, "6h": 5, "24h": 10, "7d": 60}

Kind = Literal["text", "time", "number", "percent", "ms", "minutes"]


@dataclass
class Scope:
    """What the dashboards look at: a service, up to a moment, over exactly the span of a window.

    Cells are counted in bins that begin at whole steps, for the sake of privacy (see `bins`): the first one may begin
    before the window, and is drawn from the window's edge on.
    """

    service: Service
    at: datetime
    window: Window
    parts: dict[str, str]  # names by slug, in the catalogue's order
    symptoms: dict[str, str]
    controls: frozenset[str] = frozenset()
    probes: bool = True  # whether the catalogue has any
    official: bool = True  # whether an official source was read in the last 90 days

    @property
    def until(self) -> datetime:
        return self.at.replace(second=0, microsecond=0)

    @property
    def since(self) -> datetime:
        return self.until - self.window.span

    @property
    def axis(self) -> TimeAxis:
        return TimeAxis(self.since, self.until)

    @property
    def x_axis(self) -> dict[str, Any]:
        """The same for plotly."""
        return {"type": "date", "title": {"text": "UTC", "standoff": 4}, "range": [self.since, self.until]}

    @property
    def edges(self) -> list[float]:
        """Where the bins begin and end in a drawing of the window, as shares of its width."""
        return [self.axis.share(at) for at in (*self.bins.starts, self.bins.ends[-1])]

    @cached_property
    def bins(self) -> Bins:
        return Bins.covering(self.since, self.until, timedelta(minutes=STEP_MINUTES[self.window.key]))

    @cached_property
    def series(self) -> pd.DataFrame:
        """The service's reports against the expected band. One query."""
        return frames.timeseries(self.service, self.since, self.until, GRAIN_MINUTES[self.window.key])

    @cached_property
    def minutes_watched(self) -> list[int]:
        """How many minutes of each bin were watched. One query."""
        watched = frames.minutes_watched(self.service, self.bins.since, self.bins.until, self.bins.step)
        return [watched.get(start, 0) for start in self.bins.starts]

    @property
    def watched(self) -> list[bool]:
        """Whether anything of each bin was watched."""
        return [minutes > 0 for minutes in self.minutes_watched]

    @cached_property
    def was_watched(self) -> bool:
        """Whether anything of the last 90 days was watched. One query."""
        return frames.was_watched(self.service, self.at - LOOK_BACK, self.at)

    @cached_property
    def incidents(self) -> list[IncidentView]:
        """What the service had in the last 90 days, as known at the moment. Two queries."""
        found = incident_queries.incidents(self.service, self.at, since=self.at - LOOK_BACK, most=MOST_INCIDENTS)
        return [view for view in found if view.state not in ("merged", "dismissed")]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name in the CSV, its head on the page, and what its values are."""

    key: str
    words: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """The same for the page and the CSV. None is an empty cell: nothing told. FEW is too few to say."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    @property
    def cells(self) -> list[list[tuple[Column, Any]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. `layout` says how the drawing stands: "chart" with an axis beside it, "cells" with a name for each
    row, "bars" with a name and a number for each bar. `drawing` is None where there is nothing to
    draw; `empty` says why.
    """

    key: str
    title: str
    lead: str
    layout: Literal["chart", "cells", "bars"]
    drawing: SafeString | None
    empty: str
    table: Table
    figure: Callable[[], str]
    names: Sequence[str] = ()
    bars: Sequence[tuple[str, SafeString, str]] = ()
    more: Sequence[SafeString] = ()  # a second drawing for each row
    top: int = 0
    axis: TimeAxis | None = None
    labels: Sequence[str] = ()  # of an axis that is none of times, evenly spread
    legend: Sequence[tuple[str, str]] = ()
    note: str = ""
    wide: bool = False

    @property
    def half(self) -> int:
        return self.top // 2


@dataclass(frozen=True, slots=True)
class Steps:
    """The five steps of a grid of counts, and their labels."""

    breaks: tuple[float, ...]
    whole: bool = True
    labels: list[str] = field(default_factory=list)

    @classmethod
    def up_to(cls, most: float, *, whole: bool = True, usual: float = 0.0) -> Steps:
        """Return steps for counts up to `most`. What chance makes of a `usual` count stays in the palest."""
        breaks = nice_breaks(most, max(2.0, CALM * usual) if whole else most / 1000)
        return cls(breaks, whole, step_labels(breaks, whole=whole))

    def css(self, value: float) -> str:
        return f"step-{step_of(value, self.breaks)}"

    @property
    def legend(self) -> list[tuple[str, str]]:
        return [(f"step-{i}", label) for i, label in enumerate(self.labels[:STEPS], 1)]


def gap() -> Square:
    """A square of a time that nobody watched."""
    return Square("gap", pgettext("chart", "not monitored"))


def minute_words(at: datetime) -> str:
    """A time in words that no script puts into another zone."""
    return _("%(time)s UTC") % {"time": formats.minute(at)}
