"""What each frame of the map says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache

from outages.analytics import ratios
from outages.analytics.bins import Bins, Count
from outages.analytics.usual import Expected, Profile
from outages.web.charts import playback
from outages.web.charts.map_metrics import METRICS
from outages.web.charts.maps import WINDOWS
from outages.web.charts.playback import FEW, NONE, UNKNOWN, Watched
from tests import factories
from tests.factories import Cell

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SPANS = Bins.covering(NOON, NOON + 15 * MINUTE, 5 * MINUTE)


def counts(*rows: tuple[str, int, int, int]) -> dict[tuple[str, datetime], Count]:
    """(place, bin number, reports, networks)."""
    return {
        (code, SPANS.starts[i]): Count(False, n, n) if networks >= 3 else Count(True, 0, 0)
        for code, i, n, networks in rows
    }


def play(found: dict[tuple[str, datetime], Count], metric: str = "count", **more: Any) -> playback.Playback:
    watched = {start: Watched(5, 60.0) for start in SPANS.starts[:2]}
    return playback.play(SPANS, found, watched, METRICS[metric], more.pop("expected", None), **more)


def test_each_frame_says_of_each_place_a_step_or_that_too_few_report() -> None:
    made = play(counts(("DE", 0, 60, 3), ("DE", 1, 2, 1), ("NL", 1, 15, 3), ("", 1, 5, 3)))
    assert made.places == ["DE", "NL"]
    assert list(made.breaks) == [10, 20, 50, 100]
    assert [frame.steps for frame in made.frames] == [[4, NONE], [FEW, 2], [NONE, NONE]]
    assert [frame.values for frame in made.frames] == [[60, None], [None, 15], [None, None]]


def test_a_frame_that_nobody_watched_says_so() -> None:
    made = play(counts())
    assert [frame.watched for frame in made.frames] == [5, 5, 0]
    assert [frame.reports for frame in made.frames] == [60, 60, 0]


def test_a_place_with_few_networks_does_not_stretch_the_scale() -> None:
    assert play(counts(("DE", 0, 9000, 2), ("NL", 0, 7, 3))).breaks == (10, 20, 50, 100)


def test_times_the_usual_compares_each_frame_with_its_own_expectation() -> None:
    shares = np.full((1, 24), 0.7)
    totals = {SPANS.starts[0]: np.eye(24)[12] * 10.0, SPANS.starts[1]: np.eye(24)[12] * 100.0}
    expected = Expected(Profile({"DE": 0}, shares), {**totals})
    found = counts(("DE", 0, 70, 3), ("DE", 1, 70, 3), ("NL", 0, 5, 3))
    made = play(found, "excess", expected=expected)
    one, two, _ = (dict(zip(made.places, frame.values, strict=True)) for frame in made.frames)
    assert one["DE"] == ratios.times_usual(70, 7).estimate == 8
    assert two["DE"] == 1
    assert made.breaks == (1.5, 3.0, 6.0, 12.0)
    assert [frame.unsure for frame in made.frames] == [[1], [], []]


def test_without_anything_known_of_the_usual_no_colour_says_so() -> None:
    assert play(counts(("DE", 0, 70, 3)), "excess").frames[0].steps == [UNKNOWN]


def test_a_region_has_no_population_to_divide_by() -> None:
    made = play(counts(("DE-BE", 0, 50, 3)), "per_million")
    assert made.frames[0].steps == [UNKNOWN]


def test_a_part_s_frames_add_up_only_what_is_told() -> None:
    made = play(counts(("DE", 0, 20, 3), ("IS", 0, 2, 1)), whole=False)
    assert made.frames[0].reports == 20


@pytest.mark.parametrize(("window", "frames"), [("30m", 6), ("1h", 12), ("6h", 24), ("24h", 96), ("7d", 56)])
def test_a_window_has_so_many_frames(window: str, frames: int) -> None:
    assert len(playback.bins_of(WINDOWS[window], NOON).starts) == frames


def test_frames_are_read_with_as_many_queries_for_many_reports_as_for_few(
    db: None, django_assert_num_queries: Any
) -> None:
    service = factories.a_service()
    for size in (1, 30):
        cache.clear()
        end = NOON + timedelta(days=size)
        factories.watched(service, end - 60 * MINUTE, end, raw=3)
        factories.cells(service, [Cell(end - i * MINUTE, "NL-NH", raw=10) for i in range(1, size + 1)])
        with django_assert_num_queries(5):
            made = playback.read(service, end, WINDOWS["1h"], METRICS["excess"])
        assert made.places == ["NL"]
        assert sum(frame.reports for frame in made.frames) == 180
