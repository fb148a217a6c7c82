"""Drawings made on the server, as SVG that needs no script. Colours come from the style sheet, words from the page.

The drawings stretch with the page, so they hold no text: axis labels stand beside them as HTML.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from outages.texts import formats
from outages.web.charts.axes import TimeAxis

WIDTH, HEIGHT = 720, 180


def nice_top(most: float) -> int:
    """The least of 2, 4, 10, 20, 40, 100 … that is not below `most`: an axis that halves into whole numbers."""
    scale = 1
    while True:
        for step in (2, 4, 10):
            if step * scale >= most:
                return step * scale
        scale *= 10


@dataclass(frozen=True, slots=True)
class Span:
    """A span of an incident to be shaded; `end` is None while it lasts."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and what its axes say: the top of the upright one, the times of the other."""

    svg: SafeString
    top: int
    axis: TimeAxis


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.1f}".replace(".0", "") for x, y in points)


def _runs(watched: Sequence[bool]) -> list[tuple[int, int]]:
    """The stretches [first, last) of true values."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for i, on in enumerate([*watched, False]):
        if on and start is None:
            start = i
        elif not on and start is not None:
            runs.append((start, i))
            start = None
    return runs


def timeseries(frame: pd.DataFrame, *, spans: Iterable[Span] = (), title: str, height: int = HEIGHT) -> Chart:
    """A `frames.timeseries` as steps over its expected band; unwatched bins are hatched gaps."""
    count = max(len(frame), 1)
    start = frame.index[0].to_pydatetime()
    step = (frame.index[1] - frame.index[0]).to_pytimedelta() if len(frame) > 1 else pd.Timedelta(minutes=1)
    end = start + step * count
    most = max(float(frame["effective"].max(skipna=True) or 0), float(frame["high"].max(skipna=True) or 0), 1.0)
    top = nice_top(0.0 if math.isnan(most) else most)

    def x(i: float) -> float:
        return WIDTH * i / count

    def y(value: float) -> float:
        return height - (height - 2) * min(value, top) / top

    def x_at(at: datetime) -> float:
        return float(min(max((at - start) / (end - start), 0.0), 1.0)) * WIDTH

    watched = [bool(n) for n in frame["watched"]]
    runs = _runs(watched)
    parts: list[SafeString] = []
    for first, last in _runs([not on for on in watched]):
        parts.append(
            format_html('<rect class="gap" x="{}" y="0" width="{}" height="{}"/>', *_ints(x(first), x(last)), height)
        )
    for span in spans:
        left, right = x_at(span.start), x_at(span.end) if span.end else WIDTH
        if right > left:
            parts.append(
                format_html('<rect class="span" x="{}" y="0" width="{}" height="{}"/>', *_ints(left, right), height)
            )
    low, high, expected, seen = (frame[name].tolist() for name in ("low", "high", "expected", "effective"))
    for first, last in runs:
        steps = range(first, last)
        band = [p for i in steps for p in ((x(i), y(high[i])), (x(i + 1), y(high[i])))]
        band += [p for i in reversed(steps) for p in ((x(i + 1), y(low[i])), (x(i), y(low[i])))]
        usual = [p for i in steps for p in ((x(i), y(expected[i])), (x(i + 1), y(expected[i])))]
        line = [p for i in steps for p in ((x(i), y(seen[i])), (x(i + 1), y(seen[i])))]
        area = [(x(first), float(height)), *line, (x(last), float(height))]
        above = "".join(
            f"M{x(i):.0f} {y(seen[i]):.0f}H{x(i + 1):.0f}V{y(high[i]):.0f}H{x(i):.0f}Z"
            for i in steps
            if seen[i] > high[i]
        )
        parts.append(format_html('<path class="band" d="{}Z"/>', _path(_thin(band))))
        parts.append(format_html('<path class="area" d="{}Z"/>', _path(_thin(area))))
        if above:
            parts.append(format_html('<path class="above" d="{}"/>', above))
        parts.append(format_html('<path class="expected" d="{}"/>', _path(_thin(usual))))
        parts.append(format_html('<path class="seen" d="{}"/>', _path(_thin(line))))
    svg = format_html(
        '<svg class="chart" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{title}" '
        'data-since="{since}" data-step="{step}" data-seen="{seen}" data-usual="{usual}">'
        '<defs><pattern id="unwatched" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0V6"/></pattern></defs>'
        '<path class="axis" d="M0 1H{w}M0 {half}H{w}"/>{body}<path class="zero" d="M0 {h}H{w}"/></svg>',
        w=WIDTH,
        h=height,
        half=height // 2,
        title=title,
        since=f"{start.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        step=int(step.total_seconds()),
        seen=_numbers(seen, watched),
        usual=_numbers(expected, watched),
        body=_join(parts),
    )
    return Chart(svg, top, TimeAxis(start, end))


def _numbers(values: Sequence[float], watched: Sequence[bool]) -> str:
    """Numbers for a script to tell, "" where nobody watched."""
    return ",".join(f"{round(value, 1):g}" if on else "" for value, on in zip(values, watched, strict=True))


def spark(values: Sequence[float | None], *, title: str) -> SafeString:
    """A line without axes; None is a gap."""
    width, height = 224, 40
    top = max([v for v in values if v is not None] + [4.0])
    count = max(len(values), 1)
    parts = []
    for first, last in _runs([v is not None for v in values]):
        line = [
            p
            for i in range(first, last)
            for p in (
                (width * i / count, height - (height - 3) * (values[i] or 0) / top),
                (width * (i + 1) / count, height - (height - 3) * (values[i] or 0) / top),
            )
        ]
        area = [(line[0][0], float(height)), *line, (line[-1][0], float(height))]
        parts.append(format_html('<path class="area" d="{}Z"/>', _path(_thin(area))))
        parts.append(format_html('<path class="seen" d="{}"/>', _path(_thin(line))))
    return format_html(
        '<svg class="chart spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        title,
        _join(parts),
    )


def days(frame: pd.DataFrame, *, title: str) -> SafeString:
    """A `frames.days` as one bar a day; the words for each day stand in the table below."""
    bars = format_html_join(
        "",
        '<rect class="is-{}" x="{}" y="{}" width="7" height="{}" rx="1.5"><title>{}</title></rect>',
        (
            (state, 10 * i, *_bar(state), formats.day(day))
            for i, (day, state) in enumerate(zip(frame.index, frame["state"], strict=True))
        ),
    )
    return format_html(
        '<svg class="days" viewBox="0 0 {} 44" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        10 * len(frame) - 3,
        title,
        bars,
    )


def _bar(state: str) -> tuple[int, int]:
    """y and height of a day's bar: the worse the day, the taller, so that colour is not the only sign."""
    height = {"unwatched": 8, "ok": 20, "maintenance": 28, "possible": 34}.get(state, 44)
    return 44 - height, height


def _ints(left: float, right: float) -> tuple[int, int]:
    return round(left), max(round(right) - round(left), 1)


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same line without the points in the middle of a straight piece."""
    kept: list[tuple[float, float]] = []
    for i, point in enumerate(points):
        if 0 < i < len(points) - 1 and kept:
            before, after = kept[-1], points[i + 1]
            if before[1] == point[1] == after[1] or before[0] == point[0] == after[0]:
                continue
        kept.append(point)
    return kept


def _join(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- each part was escaped where it was made
