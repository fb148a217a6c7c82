"""Grids and rows of marks, read back from their markup."""

from __future__ import annotations

from xml.etree import ElementTree

from outages.web.charts import grids
from outages.web.charts.grids import Mark, Square, Track


def shapes(svg: str, css: str) -> list[ElementTree.Element]:
    return [shape for shape in ElementTree.fromstring(svg).iter() if shape.get("class", "").split(" ")[0] == css]


def test_a_grid_draws_what_is_not_nothing() -> None:
    drawing = grids.heat(
        [[Square("step-5", "a <b>"), Square("none")], [Square("few"), Square("gap")]], name="x", title="t"
    )
    assert [(cell.get("x"), cell.get("y"), cell.get("width")) for cell in shapes(drawing, "step-5")] == [
        ("0%", "1", "50%")
    ]
    assert "a &lt;b&gt;" in drawing
    assert len(shapes(drawing, "none")) == 2  # the ground of each row
    assert shapes(drawing, "few")[0].get("fill") == "url(#x-few)"
    assert shapes(drawing, "gap")[0].get("x") == "50%"
    assert "style=" not in drawing


def test_an_empty_grid_still_draws() -> None:
    assert ElementTree.fromstring(grids.heat([], name="x", title="t")).get("height") == "0"


def test_marks_stand_at_their_share_and_silence_is_hatched() -> None:
    drawing = grids.tracks(
        [
            Track(0.0, 0.5, (Mark(0.0, "circle", "crowd", "c"), Mark(0.5, "diamond", "official", "o"))),
            Track(0.0, 1.0, (Mark(0.0, "square", "probes", "p"),), hatched=True),
        ],
        name="x",
        title="t",
    )
    assert [bar.get("width") for bar in shapes(drawing, "bar")] == ["50%"]
    assert [bar.get("fill") for bar in shapes(drawing, "gap")] == ["url(#x-gap)"]
    assert [mark.get("x") for mark in shapes(drawing, "mark")] == ["0%", "50%", "0%"]


def test_a_line_breaks_where_nothing_is_known() -> None:
    path = shapes(grids.line([10, None, 20, 20], title="t", top=20), "seen")[0].get("d", "")
    assert path.count("M") == 2
    assert path.startswith("M0 52.0H250")
