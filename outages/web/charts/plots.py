"""What the plotly figures of the dashboards share. Colours are those of the light page; static/js/explore.js puts those
of the visitor's colour scheme in their place, by the same names as the style sheet's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from plotly import graph_objects as go

COLOURS: Final = {
    "ink": "#201b15",
    "muted": "#645b50",
    "line": "#e3dccf",
    "accent": "#834708",
    "confirmed": "#ad2418",
    "band": "#d9d2c5",
    "hatch": "#8f8373",
    "land": "#e8e2d8",
    "recovering": "#1b62a0",
    "maintenance": "#6345a8",
    "ok": "#17694c",
    "step-1": "#fee391",
    "step-2": "#fec44f",
    "step-3": "#fb8f1d",
    "step-4": "#cc560b",
    "step-5": "#8c2d04",
}
STEP_COLOURS: Final = tuple(COLOURS[f"step-{i}"] for i in range(1, 6))
LINES: Final = ("accent", "recovering", "maintenance", "ok", "confirmed")  # of vantages, told apart by dashes too
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")


def figure(
    traces: Sequence[Any], *, x: dict[str, Any] | None = None, y: dict[str, Any] | None = None, **more: Any
) -> Any:
    """A figure in the site's look: `x` and `y` are settings of the axes, `more` of the layout."""
    axis = {
        "gridcolor": COLOURS["line"],
        "linecolor": COLOURS["muted"],
        "zerolinecolor": COLOURS["muted"],
        "tickcolor": COLOURS["muted"],
        "automargin": True,
    }
    layout: dict[str, Any] = {
        "template": go.layout.Template(),
        "margin": {"l": 44, "r": 12, "t": 12, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": COLOURS["muted"]},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        "xaxis": axis | (x or {}),
        "yaxis": axis | {"rangemode": "tozero"} | (y or {}),
    }
    return go.Figure(list(traces), layout=layout | more)


def as_json(made: Any) -> str:
    """A figure as plotly.js takes it, in JSON."""
    return str(made.to_json())


def steps_scale() -> list[tuple[float, str]]:
    """The five steps as a colour scale without blends, for values 1 to 5 between 0.5 and 5.5."""
    return [(edge, colour) for i, colour in enumerate(STEP_COLOURS) for edge in (i / 5, (i + 1) / 5)]


def grid(
    names: Sequence[str],
    columns: Sequence[Any],
    css: Sequence[Sequence[str]],
    words: Sequence[Sequence[str]],
) -> list[Any]:
    """A grid of the five steps, with slanted marks where too few say anything and crosses where nobody watched.

    `css` holds "step-1" to "step-5", "few", "gap" or "none" for each row and column.
    """
    steps = [[int(cell[5:]) if cell.startswith("step-") else None for cell in row] for row in css]
    traces: list[Any] = [
        go.Heatmap(
            x=list(columns),
            y=list(names),
            z=steps,
            text=[list(row) for row in words],
            hovertemplate="%{text}<extra></extra>",
            zmin=0.5,
            zmax=5.5,
            colorscale=steps_scale(),
            showscale=False,
            xgap=1,
            ygap=2,
        )
    ]
    for kind, symbol in (("few", "line-ne-open"), ("gap", "x-thin-open")):
        found = [(i, j) for i, row in enumerate(css) for j, cell in enumerate(row) if cell == kind]
        traces.append(
            go.Scatter(
                x=[columns[j] for _i, j in found],
                y=[names[i] for i, _j in found],
                mode="markers",
                marker={"symbol": symbol, "size": 9, "color": COLOURS["hatch"], "line": {"width": 1.5}},
                text=[words[i][j] for i, j in found],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    return traces
