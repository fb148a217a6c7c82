"""DataFrames and layers → plotly figures, as dictionaries for plotly.js.

Colours here are those of the light page; static/js/map.js puts those of the visitor's colour scheme in their place.
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from plotly import graph_objects as go

from outages.web.charts.map_metrics import STEPS
from outages.web.charts.maps import Layer, PlaceRow, describe
from reports import places

STEP_COLOURS: Final = ("#fee391", "#fec44f", "#fb8f1d", "#cc560b", "#8c2d04")
LAND: Final = "#e8e2d8"
FEW: Final = "#cfc6b8"
# Where a country's own box would show mostly ocean: longitudes and latitudes of what lies together.
FRAMES: Final = {"US": ((-125.5, -66.0), (24.0, 50.0))}


def choropleth(layer: Layer, geojson: str) -> dict[str, Any]:
    """A map of a layer. `geojson` is the address of the shapes, whose feature ids are place codes.

    Three traces in this order: `land` (no reports), `few` (too few to say; the script hatches it), `steps`.
    """
    rows = {row.place: row for row in layer.rows if row.place}
    codes = (
        [place.code for place in places.countries()]
        if layer.country is None
        else [place.code for place in places.regions(layer.country)] or [layer.country]
    )
    language = get_language() or "en"
    names = {code: place.name(language) if (place := places.get(code)) else code for code in codes}
    calm = [code for code in codes if code not in rows or rows[code].kind in ("none", "unknown")]
    few = [rows[code] for code in codes if code in rows and rows[code].kind == "few"]
    steps = [rows[code] for code in codes if code in rows and rows[code].kind == "step"]
    figure = go.Figure(
        [
            _flat("land", LAND, calm, [_calm_words(rows.get(code), names[code], layer) for code in calm], geojson),
            _flat("few", FEW, [row.place for row in few], [describe(layer, row) for row in few], geojson),
            go.Choropleth(
                name="steps",
                geojson=geojson,
                locations=[row.place for row in steps],
                z=[row.step for row in steps],
                zmin=0.5,
                zmax=STEPS + 0.5,
                colorscale=[
                    (edge, colour) for i, colour in enumerate(STEP_COLOURS) for edge in (i / STEPS, (i + 1) / STEPS)
                ],
                showscale=False,
                text=[describe(layer, row) for row in steps],
                hovertemplate="%{text}<extra></extra>",
            ),
        ],
        layout={
            "template": go.layout.Template(),
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "geo": _geo(layer.country),
            "dragmode": "pan",
        },
    )
    return dict(figure.to_plotly_json())


def _flat(name: str, colour: str, codes: list[str], words: list[str], geojson: str) -> go.Choropleth:
    return go.Choropleth(
        name=name,
        geojson=geojson,
        locations=codes,
        z=[0] * len(codes),
        colorscale=[(0, colour), (1, colour)],
        showscale=False,
        text=words,
        hovertemplate="%{text}<extra></extra>",
    )


def _calm_words(row: PlaceRow | None, name: str, layer: Layer) -> str:
    return describe(layer, row) if row and row.is_seen else _("%(place)s: no reports") % {"place": name}


def _geo(country: str | None) -> dict[str, Any]:
    geo: dict[str, Any] = {
        "visible": False,
        "bgcolor": "rgba(0,0,0,0)",
        "projection": {"type": "equal earth" if country is None else "mercator"},
    }
    if country is None:
        geo["lataxis"] = {"range": [-56.5, 83.7]}
        return geo
    place = places.get(country)
    if country in FRAMES:
        (west, east), (south, north) = FRAMES[country]
    elif place is not None:
        west, south, east, north = place.box
        east += 360 if east < west else 0
        margin_x, margin_y = 0.03 * (east - west), 0.03 * (north - south)
        west, east, south, north = west - margin_x, east + margin_x, south - margin_y, north + margin_y
    else:
        return geo
    geo["lonaxis"], geo["lataxis"] = {"range": [west, east]}, {"range": [south, north]}
    geo["center"] = {"lon": (west + east) / 2, "lat": (south + north) / 2}
    return geo
