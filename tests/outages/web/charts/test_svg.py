"""What the server draws, read back from its markup."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from outages.web.charts import svg

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def frame(values: list[float | None]) -> pd.DataFrame:
    """A frame of 10-minute bins with a usual range of 0 to 4; None was not watched."""
    index = pd.date_range(NOON, periods=len(values), freq="10min", name="minute")
    seen = pd.Series([np.nan if value is None else value for value in values], index)
    usual = seen.where(seen.isna(), 2.0)
    return pd.DataFrame(
        {
            "raw": seen,
            "effective": seen,
            "expected": usual,
            "low": usual * 0,
            "high": usual * 2,
            "watched": np.where(seen.isna(), 0, 10),
        },
        index=index,
    )


def drawn(chart: svg.Chart) -> dict[str, int]:
    """How many shapes of each class."""
    root = ElementTree.fromstring(str(chart.svg))
    found: dict[str, int] = {}
    for shape in root.iter():
        name = shape.get("class", "")
        found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (4.2, 10), (11, 20), (100, 100), (101, 200)])
def test_the_axis_ends_at_a_round_number_that_halves(most: float, top: int) -> None:
    assert svg.nice_top(most) == top


def test_a_gap_breaks_the_line_and_is_hatched() -> None:
    shapes = drawn(svg.timeseries(frame([1, 2, None, None, 3]), title="t"))
    assert shapes["seen"] == 2
    assert shapes["band"] == 2
    assert shapes["gap"] == 1


def test_only_what_lies_above_the_usual_range_is_marked() -> None:
    assert "above" not in drawn(svg.timeseries(frame([4, 4, 4]), title="t"))
    chart = svg.timeseries(frame([4, 9, 4]), title="t")
    assert drawn(chart)["above"] == 1
    assert chart.top == 10


def test_an_incident_is_shaded_from_its_start_to_its_end() -> None:
    spans = [
        svg.Span(NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)),
        svg.Span(NOON - timedelta(hours=9), None),
    ]
    chart = svg.timeseries(frame([1, 1, 1, 1]), spans=spans, title="t")
    boxes = re.findall(r'class="span" x="(\d+)" y="0" width="(\d+)"', str(chart.svg))
    assert boxes == [("180", "180"), ("0", "720")]


def test_an_incident_outside_the_chart_is_not_drawn() -> None:
    spans = [svg.Span(NOON - timedelta(hours=2), NOON - timedelta(hours=1))]
    assert "span" not in drawn(svg.timeseries(frame([1, 1]), spans=spans, title="t"))


def test_the_axis_goes_from_the_first_bin_to_the_end_of_the_last() -> None:
    chart = svg.timeseries(frame([1] * 12), title="t")
    assert (chart.axis.since, chart.axis.until) == (NOON, NOON + timedelta(hours=2))


def test_titles_are_escaped_and_nothing_is_styled_in_place() -> None:
    text = str(svg.timeseries(frame([1, None]), title='<script>"').svg)
    assert "<script>" not in text
    assert "style=" not in text


def test_a_frame_that_nobody_watched_still_draws() -> None:
    assert drawn(svg.timeseries(frame([None, None]), title="t"))["gap"] == 1


def test_a_spark_leaves_gaps() -> None:
    root = ElementTree.fromstring(str(svg.spark([1, None, 2, 3], title="t")))
    assert len([shape for shape in root if shape.get("class") == "seen"]) == 2


def test_a_worse_day_has_a_taller_bar() -> None:
    states = ["unwatched", "ok", "maintenance", "possible", "confirmed"]
    days = pd.DataFrame({"state": states}, index=[date(2026, 3, i) for i in range(1, 6)])
    root = ElementTree.fromstring(str(svg.days(days, title="t")))
    heights = [int(bar.get("height", 0)) for bar in root.iter() if bar.tag.endswith("rect")]
    assert heights == sorted(set(heights))
