"""The time axis: exactly its span, with labels at round times where they lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outages.web.charts.axes import MOST_STEPS, TimeAxis

UNTIL = datetime(2026, 3, 2, 21, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (timedelta(minutes=30), ["21:10", "21:15", "21:20", "21:25", "21:30", "21:35"]),
        (timedelta(hours=1), ["20:40", "20:50", "21:00", "21:10", "21:20", "21:30"]),
        (timedelta(hours=6), ["16:00", "17:00", "18:00", "19:00", "20:00", "21:00"]),
        (timedelta(hours=24), ["00:00", "06:00", "12:00", "18:00"]),
        (timedelta(days=7), ["00:00"] * 3),
    ],
)
def test_ticks_are_round_times_within_the_axis(span: timedelta, labels: list[str]) -> None:
    axis = TimeAxis(UNTIL - span, UNTIL)
    assert [f"{at:%H:%M}" for at in axis.ticks] == labels
    assert all(axis.since <= at <= axis.until for at in axis.ticks)
    assert axis.drawing.count("<text") == len(labels)


def test_a_label_lies_where_its_time_does_and_sticks_out_at_no_edge() -> None:
    axis = TimeAxis(UNTIL - timedelta(hours=24), UNTIL)
    assert [round(axis.share(at), 3) for at in axis.ticks] == [0.099, 0.349, 0.599, 0.849]
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    edges = TimeAxis(noon - timedelta(hours=6), noon).drawing
    assert '<text x="0%" text-anchor="start"' in edges
    assert '<text x="100%" text-anchor="end"' in edges


@pytest.mark.parametrize("days", [0, 1, 30, 400])
def test_any_span_has_few_ticks(days: int) -> None:
    assert len(TimeAxis(UNTIL - timedelta(days=days), UNTIL).ticks) <= MOST_STEPS + 3
