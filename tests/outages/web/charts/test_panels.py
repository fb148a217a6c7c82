"""What the panels of the dashboards say of rows whose sums are known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache

from outages.analytics import vantages
from outages.analytics import week as rhythm
from outages.analytics.bins import Bins
from outages.models import ProbeHour, ProbeResult, ServiceMinute
from outages.web.charts import plots
from outages.web.charts.maps import WINDOWS
from outages.web.charts.panels import PANELS, probes, week
from outages.web.charts.panels.base import FEW, Scope
from outages.web.charts.panels.week import even_steps
from tests import factories
from tests.factories import Cell

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
STATIC = Path(__file__).parents[4] / "static"


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    return factories.a_service()


def scope(service: Any, window: str = "1h", at: datetime = NOON) -> Scope:
    parts = {"app": "Mobile app", "login": "Sign-in", "charging": "Charging"}
    return Scope(service, at, WINDOWS[window], parts, {"http-503": "503 Server Maintenance"}, frozenset({"control"}))


def a_result(service: Any, at: datetime, vantage: str = "paris", **changes: Any) -> None:
    values = {"probe": "api", "component": "app", "classification": "up", "latency_ms": 100.0}
    ProbeResult.objects.create(
        id=f"00000000-0000-0000-0000-{ProbeResult.objects.count():012d}",
        at=at,
        service=service,
        vantage=vantage,
        **{**values, **changes},
    )


@pytest.mark.parametrize("key", PANELS)
def test_a_panel_of_nothing_says_so_and_has_a_table_and_a_figure(service: Any, key: str) -> None:
    panel = PANELS[key](scope(service))
    assert panel.drawing is None
    assert panel.empty
    assert all(len(row) == len(panel.table.columns) for row in panel.table.rows)
    assert "data" in json.loads(panel.figure())


@pytest.mark.parametrize("window", WINDOWS)
def test_all_panels_draw_an_outage_in_every_window(service: Any, window: str) -> None:
    factories.an_outage(service, NOON)
    a_result(service, NOON - 5 * MINUTE)
    for key, read in PANELS.items():
        panel = read(scope(service, window))
        assert panel.drawing, key
        assert "style=" not in panel.drawing
        assert json.loads(panel.figure())["data"], key


def test_parts_are_hatched_where_too_few_report_and_empty_where_nobody_watched(service: Any) -> None:
    factories.watched(service, NOON - 30 * MINUTE, NOON)
    rows = [
        Cell(NOON - 10 * MINUTE, "NL-NH", "app", raw=40),
        Cell(NOON - 10 * MINUTE, "NL-NH", "login", 4, networks=(1,)),
    ]
    factories.cells(service, rows)
    panel = PANELS["parts"](scope(service))
    assert panel.lead == "Most reports are about Mobile app: 40."
    by_start = {row[0]: row[1:] for row in panel.table.rows}
    assert by_start[NOON - 10 * MINUTE] == [40, FEW, None, 5]
    assert by_start[NOON - 55 * MINUTE] == [None, None, None, 0]
    assert str(panel.drawing).count('class="few"') == 1
    assert str(panel.drawing).count('class="gap"') == 3 * 6


def test_ordinary_hours_of_a_busy_part_are_pale_and_an_outage_is_not(service: Any) -> None:
    since = NOON - 6 * HOUR
    factories.watched(service, since, NOON, expected=0.7, expected_by_component={"app": 0.6})
    factories.cells(service, [Cell(since + k * HOUR, "NL-NH", "app", raw=12, networks=(1, 2, 3)) for k in range(5)])
    calm = str(PANELS["parts"](scope(service, window="6h")).drawing)
    assert 'class="step-1"' in calm
    assert not re.search(r'class="step-[2-5]"', calm)
    factories.cells(service, [Cell(NOON - 20 * MINUTE, "NL-NH", "app", raw=900, networks=(1, 2, 3))])
    assert re.search(r'class="step-[3-5]"', str(PANELS["parts"](scope(service, window="6h")).drawing))


def test_a_symptom_of_few_reports_has_no_number_nor_one_that_it_would_follow_from(service: Any) -> None:
    factories.symptoms(service, NOON - 9 * MINUTE, {"http-503": 40, "timeout": 2, "login-failed": 1})
    rows = {row[0]: row[2] for row in PANELS["symptoms"](scope(service)).table.rows}
    assert rows == {"http-503": 40, "timeout": FEW, "login-failed": FEW}
    factories.symptoms(service, NOON - 3 * HOUR, {"http-503": 9, "timeout": 1})
    alone = PANELS["symptoms"](scope(service, at=NOON - 2 * HOUR))
    assert {row[0]: row[2] for row in alone.table.rows} == {"http-503": 10, "timeout": FEW}  # nine, to the nearest five


def test_the_usual_week_is_the_mean_of_what_was_expected_and_unwatched_hours_are_no_zero(service: Any) -> None:
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    factories.watched(service, monday, monday + HOUR, expected=0.2)
    factories.watched(service, monday - timedelta(days=7), monday - timedelta(days=7) + HOUR, expected=0.4)
    grid = rhythm.hours_of_week(service, NOON)
    assert grid.at[0, 0] == pytest.approx(18)
    assert np.isnan(grid.to_numpy()).sum() == 167
    panel = PANELS["week"](scope(service))
    assert panel.lead.startswith("Usually most reports come on Monday at 00:00 UTC: 18 an hour")
    assert ("gap", "not monitored") in panel.legend


def test_the_steps_of_the_week_are_even_between_its_quietest_and_busiest_hour() -> None:
    assert week.even_steps(10, 60).breaks == (20, 30, 40, 50)
    assert [week.even_steps(10, 60).css(value) for value in (10, 20, 59)] == ["step-1", "step-2", "step-5"]


@pytest.mark.parametrize(("share", "step"), [(1.0, 1), (0.995, 2), (0.96, 3), (0.9, 4), (0.5, 5)])
def test_the_fewer_answers_the_darker(share: float, step: int) -> None:
    assert probes.step(share) == step
    assert share == 1.0 or probes.share_words(share) != "100 %"


def test_results_are_shared_out_over_bins_and_controls_stay_away(service: Any) -> None:
    for i, said in enumerate(("up", "degraded", "down", "blocked")):
        a_result(service, NOON + i * MINUTE, classification=said, latency_ms=100.0 * (i + 1))
    a_result(service, NOON, probe="control", classification="down", control=True)
    a_result(service, NOON + 6 * MINUTE, "oslo", error="timeout", classification="down", latency_ms=None)
    found = vantages.rows(vantages.seen(service, Bins.covering(NOON, NOON + 10 * MINUTE, 5 * MINUTE), {"control"}))
    told = [(row.vantage, row.start, row.results, row.answered, row.failed, row.p50_ms) for row in found]
    assert told == [("oslo", NOON + 5 * MINUTE, 1, 0, 1, None), ("paris", NOON, 4, 2, 1, 250.0)]
    assert found[1].share == pytest.approx(2 / 3)


def test_whole_hours_come_from_what_is_kept_and_the_rest_from_results(service: Any) -> None:
    ProbeHour.objects.create(
        service=service, probe="api", vantage="paris", hour=NOON - 2 * HOUR, results=60, up=50, degraded=0, down=10,
        blocked=0, p50_ms=120, p95_ms=300, p99_ms=400,
    )  # fmt: skip
    a_result(service, NOON - 90 * MINUTE, classification="down")  # in the hour that is kept
    a_result(service, NOON - 30 * MINUTE)
    a_result(service, NOON + 5 * MINUTE)
    spans = Bins.covering(NOON - 2 * HOUR, NOON + 10 * MINUTE, HOUR)
    found = vantages.rows(vantages.seen(service, spans, ()))
    assert [(row.results, row.p50_ms) for row in found] == [(60, 120), (1, 100), (1, 100)]


def test_a_blind_vantage_could_not_see(service: Any) -> None:
    factories.watched(service, NOON - 10 * MINUTE, NOON)
    ServiceMinute.objects.update(vantages={"paris": "blind"})
    a_result(service, NOON - 3 * MINUTE, classification="down")
    drawing = str(PANELS["probes"](scope(service)).drawing)
    assert "no data" in drawing
    assert "step-5" not in drawing


def test_a_window_covers_exactly_its_span_whatever_the_minute(service: Any) -> None:
    at = NOON + 37 * MINUTE + timedelta(seconds=20)
    factories.watched(service, at - timedelta(hours=26), at)
    for window in WINDOWS:
        looked_at = scope(service, window, at)
        series, span = looked_at.series, looked_at.window.span
        assert series.index[0] == NOON + 37 * MINUTE - span, window
        assert len(series) * (series.index[1] - series.index[0]) == span, window
        assert (looked_at.edges[0], looked_at.edges[-1]) == (0, 1), window
        assert looked_at.edges == sorted(looked_at.edges), window
    assert sum(scope(service, "24h", at).series["watched"]) == 24 * 60


def test_an_incident_s_delay_is_in_the_table_and_silence_is_hatched(service: Any) -> None:
    states = ((0, "possible"), (5, "confirmed"), (60, "resolved"))
    factories.an_incident(service, NOON - timedelta(days=2), states=states)
    factories.an_incident(service, NOON - timedelta(days=9), states=states)
    factories.an_incident(service, NOON - timedelta(days=1), states=((0, "possible"), (5, "dismissed")))
    factories.a_post(service, NOON - timedelta(days=2) + 25 * MINUTE)
    panel = PANELS["delay"](scope(service))
    assert [(row[0], row[-1]) for row in panel.table.rows] == [(1, 25), (2, None)]
    assert "in 1 of 2 outages" in panel.lead
    assert str(panel.drawing).count('class="gap"') == 1


def test_the_silence_of_a_source_that_nobody_reads_says_nothing(service: Any) -> None:
    factories.an_incident(service, NOON - timedelta(days=2), states=((0, "confirmed"), (60, "resolved")))
    unread = PANELS["delay"](replace(scope(service), official=False))
    assert "We don’t read any official source" in unread.note
    assert (unread.lead, 'class="gap"' in str(unread.drawing), len(unread.legend)) == ("", False, 2)
    assert "official" not in unread.figure()
    assert "We don’t read any official source" not in PANELS["delay"](scope(service)).note


def test_without_outages_it_is_said_whether_anybody_watched(service: Any) -> None:
    assert PANELS["delay"](scope(service)).empty.startswith("Not monitored in the last 90 days")
    factories.watched(service, NOON - timedelta(days=30), NOON - timedelta(days=30) + MINUTE)
    assert PANELS["delay"](scope(service)).empty == "No outages in the last 90 days."


def test_the_figures_colours_are_the_style_sheet_s_and_the_script_knows_them_all() -> None:
    style = (STATIC / "css" / "brownout.css").read_text(encoding="utf-8").partition("prefers-color-scheme")[0]
    script = (STATIC / "js" / "explore.js").read_text(encoding="utf-8")
    assert dict(re.findall(r'"(#[0-9a-f]{6})": "([\w-]+)"', script)) == {
        hue: name for name, hue in plots.COLOURS.items()
    }
    for name, hue in plots.COLOURS.items():
        assert f"--{name}: {hue};" in style


def test_a_calm_week_is_pale_and_a_busy_hour_is_not() -> None:
    calm = even_steps(0.2, 0.2)
    assert {calm.css(value) for value in (0.0, 0.2, 1.1)} == {"step-1"}
    busy = even_steps(10, 110)
    assert (busy.css(12), busy.css(109)) == ("step-1", "step-5")
