"""What colour, label and row a place gets."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from outages.web.charts import figures, map_metrics, maps
from outages.web.charts.map_metrics import METRICS


def cells(**places: tuple[float, int]) -> pd.DataFrame:
    """A frame of (effective, networks) by place; an underscore in a name stands for a dash."""
    rows = {name.replace("_", "-"): values for name, values in places.items()}
    return pd.DataFrame(
        {
            "few": [0 < networks < 3 for _n, networks in rows.values()],
            "raw": [0 if networks < 3 else int(n) for n, networks in rows.values()],
            "effective": [0.0 if networks < 3 else float(n) for n, networks in rows.values()],
        },
        index=pd.Index(list(rows), name="place"),
    )


@pytest.mark.parametrize(
    ("most", "least", "breaks"),
    [
        (0, 2, (2, 5, 10, 20)),
        (7, 2, (2, 5, 10, 20)),
        (60, 2, (2, 5, 20, 50)),
        (90, 2, (2, 5, 20, 50)),
        (1000, 2, (2, 10, 100, 500)),
        (0.5, 0.001, (0.001, 0.01, 0.05, 0.5)),
    ],
)
def test_breaks_are_round_rising_and_below_the_most(most: float, least: float, breaks: tuple[float, ...]) -> None:
    assert map_metrics.nice_breaks(most, least) == pytest.approx(breaks)


def test_a_bound_belongs_to_the_step_above_it() -> None:
    breaks = (2, 5, 10, 20)
    assert [map_metrics.step_of(value, breaks) for value in (0.5, 1.9, 2, 4.9, 5, 10, 19.9, 20, 9000)] == [
        1,
        1,
        2,
        2,
        3,
        4,
        4,
        5,
        5,
    ]


def test_the_five_steps_have_words() -> None:
    assert map_metrics.step_labels((2, 3, 10, 2000), whole=True) == [
        "under 2",
        "2",
        "3–9",
        "10–1,999",
        "2,000 and more",
    ]
    assert map_metrics.step_labels((1.5, 3.0, 6.0, 12.0), whole=False) == [
        "under 1.5",
        "1.5–3",
        "3–6",
        "6–12",
        "12 and more",
    ]


def test_a_place_with_few_networks_gets_no_step() -> None:
    layer = maps.layer(cells(NL=(40, 3), DE=(900, 2), FR=(0, 0)), METRICS["count"], language="en")
    kinds = {row.place: (row.kind, row.step) for row in layer.rows}
    assert kinds == {"NL": ("step", 3), "DE": ("few", 0), "FR": ("none", 0)}
    assert layer.breaks == (10, 20, 50, 100)  # the place that says too little does not stretch the scale
    assert [row.place for row in layer.ranked] == ["NL", "DE"]


def test_per_million_needs_a_population() -> None:
    layer = maps.layer(cells(NL=(36, 3), GP=(36, 3)), METRICS["per_million"], language="en")
    rows = {row.place: row for row in layer.rows}
    assert rows["NL"].per_million == pytest.approx(2, rel=0.1)
    assert rows["GP"].kind == "unknown"
    assert rows["GP"].css == "unknown"


def test_what_is_not_quite_nothing_is_not_told_as_nothing() -> None:
    rows = maps.layer(cells(CN=(5, 3), NL=(36, 3)), METRICS["count"], language="en").rows
    told = {row.place: row.per_million_words for row in rows}
    assert told == {"CN": "under 0.1", "NL": told["NL"]}
    assert told["NL"].startswith("2")
    assert replace(rows[0], expected=0.03).usual_words == "under 0.1"
    assert replace(rows[0], expected=0.0).usual_words == "0"


def test_per_million_works_within_a_country_whose_regions_are_counted() -> None:
    layer = maps.layer(cells(US_CA=(80, 3), US=(80, 3)), METRICS["per_million"], language="en", country="US")
    rows = {row.place: row for row in layer.rows}
    assert rows["US-CA"].per_million == pytest.approx(2, rel=0.1)
    assert rows["US"].per_million is None, "who names the country alone is not everybody in it"
    assert maps.has_people("US")
    assert not maps.has_people("DE")


def test_names_follow_the_language() -> None:
    layer = maps.layer(cells(FR=(4, 3)), METRICS["count"], language="nl")
    assert layer.rows[0].name == "Frankrijk"


def test_reports_without_a_place_are_kept_off_the_map_but_not_lost() -> None:
    layer = maps.layer(cells(**{"": (5, 3), "NL": (2, 3)}), METRICS["count"], language="en")
    assert [row.place for row in layer.ranked] == ["NL"]
    assert layer.nowhere is not None
    assert layer.nowhere.raw == 5


def test_the_drawing_colours_and_links_places_with_reports_only() -> None:
    layer = maps.layer(cells(NL=(40, 3), DE=(9, 1)), METRICS["count"], language="en")
    drawing = maps.svg_map(layer, title="Reports <by> country", link=lambda code: f"?country={code}&x=1")
    assert drawing.count("<a ") == 2
    assert 'href="?country=NL&amp;x=1"' in drawing
    assert 'class="step-3"' in drawing
    assert 'class="few"' in drawing
    assert "Netherlands: 40 counted reports" in drawing
    assert "Germany: too few to say" in drawing
    assert "Reports &lt;by&gt; country" in drawing
    assert "style=" not in drawing


def test_the_figure_has_the_same_steps_as_the_table() -> None:
    layer = maps.layer(cells(NL=(40, 3), DE=(9, 1), BE=(3, 3)), METRICS["count"], language="en")
    land, few, steps = figures.choropleth(layer, "/shapes/world.geojson")["data"]
    assert (list(few["locations"]), list(steps["locations"])) == (["DE"], ["BE", "NL"])
    assert list(steps["z"]) == [row.step for row in sorted(layer.rows, key=lambda row: row.place) if row.kind == "step"]
    assert not {"NL", "DE", "BE"} & set(land["locations"])
    assert len(land["locations"]) > 240
    assert len(steps["colorscale"]) == 2 * map_metrics.STEPS
    assert {trace["geojson"] for trace in (land, few, steps)} == {"/shapes/world.geojson"}


def test_a_country_s_figure_shows_its_regions_and_only_its_frame() -> None:
    layer = maps.layer(cells(NL_NH=(8, 3)), METRICS["count"], language="en", country="NL")
    figure = figures.choropleth(layer, "/shapes/NL.geojson")
    assert "NL-ZH" in figure["data"][0]["locations"]
    west, east = figure["layout"]["geo"]["lonaxis"]["range"]
    assert 2 < west < 4 < 7 < east < 8


def test_a_country_across_the_date_line_keeps_west_left_of_east() -> None:
    layer = maps.layer(cells(RU_MOW=(8, 3)), METRICS["count"], language="en", country="RU")
    west, east = figures.choropleth(layer, "/shapes/RU.geojson")["layout"]["geo"]["lonaxis"]["range"]
    assert west < east < 200
