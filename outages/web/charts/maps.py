"""Maps: what each place is given as a step of colour, a label and a row, the same for SVG, table, CSV and plotly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pandas as pd
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.analytics.disclosure import COUNTRY
from outages.texts import formats
from outages.web.charts import map_area
from outages.web.charts.map_metrics import METRICS, Metric, PlaceNumbers, step_labels, step_of
from reports import places

LEAST_FIGURE = 0.1
WIDTH, SMALL_WIDTH = 640, 120  # the drawing stretches; its width only says how finely it is drawn


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time to look at, ending at the page's moment."""

    key: str
    span: timedelta
    words: Callable[[], str]


WINDOWS = {
    window.key: window
    for window in (
        Window("30m", timedelta(minutes=30), lambda: pgettext("span of time", "last 30 minutes")),
        Window("1h", timedelta(hours=1), lambda: pgettext("span of time", "last hour")),
        Window("6h", timedelta(hours=6), lambda: pgettext("span of time", "last 6 hours")),
        Window("24h", timedelta(hours=24), lambda: pgettext("span of time", "last 24 hours")),
        Window("7d", timedelta(days=7), lambda: pgettext("span of time", "last 7 days")),
    )
}
DEFAULT_WINDOW = "1h"  # the map begins with what is unusual now


Kind = Literal["none", "few", "step", "unknown"]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place on the map. `step` is 1 to 5 for kind "step"; "few" has reports from under 3 networks, and no number
    of any kind; "unknown" lacks what the metric needs, such as a population."""

    place: str
    name: str
    kind: Kind
    step: int
    value: float | None
    raw: int
    effective: float
    per_million: float | None
    expected: float | None
    ratio: float | None
    ratio_low: float | None = None
    ratio_high: float | None = None
    is_sure: bool = True

    @property
    def few(self) -> bool:
        return self.kind == "few"

    @property
    def is_seen(self) -> bool:
        """Whether there are any reports."""
        return self.kind != "none"

    @property
    def usual_words(self) -> str:
        """What is usual, as a table tells it."""
        return _words_of(self.expected)

    @property
    def per_million_words(self) -> str:
        return _words_of(self.per_million)

    @property
    def css(self) -> str:
        """The classes that colour it."""
        if self.kind != "step":
            return self.kind
        return f"step-{self.step}" if self.is_sure else f"step-{self.step} unsure"


@dataclass(frozen=True, slots=True)
class Layer:
    """All places of one map. `breaks` are the four bounds between the five steps, `country` None for the world."""

    metric: Metric
    country: str | None
    breaks: tuple[float, ...]
    rows: tuple[PlaceRow, ...]

    @property
    def ranked(self) -> list[PlaceRow]:
        """Places with a report, first those with enough networks, by the metric."""
        seen = [row for row in self.rows if row.is_seen and row.place]
        return sorted(seen, key=lambda row: (row.few, -(row.value or 0.0), -row.effective, row.place))

    def listed(self, most: int, also: Collection[str] = ()) -> list[PlaceRow]:
        """Return the first places, and those of `also`, in the order of the reports that a list shows of them.

        Counted reports choose the places, so that one network's many reports bring none to the top.
        """
        chosen = [row for i, row in enumerate(self.ranked) if i < most or row.place in also]
        return sorted(chosen, key=lambda row: (row.few, -row.raw))

    @property
    def nowhere(self) -> PlaceRow | None:
        """The reports that named no place."""
        return next((row for row in self.rows if not row.place and row.is_seen), None)

    @property
    def labels(self) -> list[str]:
        """The five steps in words."""
        return step_labels(self.breaks, whole=self.metric.is_whole)


def layer(cells: pd.DataFrame, metric: Metric, *, language: str, country: str | None = None) -> Layer:
    """The map of a `frames.cells` frame; a metric that needs what is usual needs the frame made with `compare`."""
    found = []
    by_region = country is not None or any(len(str(code)) > COUNTRY for code in cells.index)
    for code, cell in cells.to_dict("index").items():
        place = places.get(str(code))
        people = people_of(str(code), by_region=by_region)
        numbers = PlaceNumbers(cell["effective"], _known(cell.get("ratio")), people)
        value = None if cell["few"] else metric.value(numbers)
        found.append((str(code), place.name(language) if place else str(code), cell, numbers, value))
    breaks = metric.breaks(max((value for *_rest, value in found if value is not None), default=0.0))
    rows = []
    for code, name, cell, numbers, value in found:
        kind, step = _kind(cell, value, breaks)
        rows.append(
            PlaceRow(
                place=code,
                name=name,
                kind=kind,
                step=step,
                value=value,
                raw=int(cell["raw"]),
                effective=float(cell["effective"]),
                per_million=None if cell["few"] else METRICS["per_million"].value(numbers),
                expected=_known(cell.get("expected")),
                ratio=numbers.times_usual,
                ratio_low=_known(cell.get("ratio_low")),
                ratio_high=_known(cell.get("ratio_high")),
                is_sure=not metric.needs_usual or bool(cell.get("is_sure", False)),
            )
        )
    return Layer(metric, country, breaks, tuple(rows))


def _words_of(number: float | None) -> str:
    """A number for a table; what is not quite nothing is not told as 0.0."""
    if number is None:
        return ""
    if 0 < number < LEAST_FIGURE:
        return _("under %(n)s") % {"n": formats.short(LEAST_FIGURE)}
    return formats.short(number)


def people_of(code: str, *, by_region: bool) -> int | None:
    """Return how many people a place has. Where reports go by region, those that name a country alone are of no place
    with so many people."""
    place = places.get(code)
    return place.population if place and by_region is (place.kind == "region") else None


def has_people(country: str | None) -> bool:
    """Return whether reports per million people are known for the places of a map."""
    return country is None or any(region.population for region in places.regions(country))


def _known(value: Any) -> float | None:
    """A number of a frame; NaN is None."""
    return None if value is None or pd.isna(value) else float(value)


def _kind(cell: Mapping[Hashable, Any], value: float | None, breaks: Sequence[float]) -> tuple[Kind, int]:
    if cell["few"]:
        return "few", 0
    if cell["raw"] <= 0:
        return "none", 0
    return ("unknown", 0) if value is None else ("step", step_of(value, breaks))


_HATCHES = mark_safe(
    '<defs><pattern id="few" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="few-ground" width="4" height="4"/><path class="hatch" d="M0 0V4"/></pattern></defs>'
)


def svg_map(
    layer: Layer,
    *,
    title: str,
    small: bool = False,
    link: Callable[[str], str] | None = None,
    width: int | None = None,
    playable: bool = False,
    whole: bool = True,
) -> SafeString:
    """The layer as SVG. `link` gives a place with reports its address; `small` draws coarsely and without titles.

    In a `playable` one each place is a path of its own with its code, so that a script can colour it. One that is not
    to be `whole` opens on the affected area; what lies beyond is drawn too, for a script to move to.
    """
    drawing = places.svg_map(layer.country, width or (SMALL_WIDTH if small else WIDTH))
    rows = {row.place: row for row in layer.rows if row.kind != "none"}
    land: list[str] = []
    marked: list[SafeString] = []
    for code, path in drawing.paths:
        row = rows.get(code)
        if row is None:
            if playable:
                marked.append(format_html('<path class="land" data-place="{}" d="{}"/>', code, path))
            else:
                land.append(path)
            continue
        shape = (
            format_html('<path class="{}" d="{}"/>', row.css, path)
            if small
            else format_html(
                '<path class="{}"{} d="{}"><title>{}</title></path>',
                row.css,
                format_html(' data-place="{}"', code) if playable else "",
                path,
                describe(layer, row),
            )
        )
        if link is not None:
            shape = format_html('<a href="{}" aria-label="{}">{}</a>', link(code), describe(layer, row), shape)
        marked.append(shape)
    everything = f"0 0 {drawing.width} {drawing.height}"
    opened = None if whole else area_of(layer, width or WIDTH)
    return format_html(
        '<svg class="map" viewBox="{}"{} role="{}" aria-label="{}">{}<path class="land" d="{}"/>{}</svg>',
        " ".join(f"{n:g}" for n in opened) if opened else everything,
        format_html(' data-whole="{}"', everything) if playable else "",
        "group" if link is not None else "img",
        title,
        _HATCHES,
        "".join(land),
        mark_safe("".join(marked)),  # noqa: S308 -- each part was escaped where it was made
    )


def area_of(layer: Layer, width: int = WIDTH) -> map_area.Box | None:
    """Return the part of the layer's drawing where reports are unusual; None where that is nowhere or everywhere."""
    drawing = places.svg_map(layer.country, width)
    unusual = [
        row.place
        for row in layer.rows
        if row.place
        and not row.few
        and (row.ratio or 0.0) >= map_area.UNUSUAL
        and row.effective >= map_area.LEAST_REPORTS
    ]
    return map_area.affected(dict(drawing.paths), unusual, drawing.width, drawing.height)


def describe(layer: Layer, row: PlaceRow) -> str:
    """A place in a few words, for its title on the map."""
    if row.kind == "few":
        return _("%(place)s: too few to say") % {"place": row.name}
    if row.value is None:
        words = ngettext("%(place)s: %(n)s report", "%(place)s: %(n)s reports", row.raw)
        return words % {"place": row.name, "n": formats.number(row.raw)}
    return layer.metric.describe(row.value) % {"place": row.name, "n": formats.significant(row.value)}
