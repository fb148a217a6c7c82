"""Shapes for maps: TopoJSON files to serve, GeoJSON for plotly, and paths for an SVG drawn on the server."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import shapely

from reports.places import topology
from reports.places.files import SHAPES, read_json
from reports.places.geometry import Box, Polygon, clockwise_outside, extent, main_part
from reports.places.table import get

Point = tuple[float, float]
Projection = Callable[[float, float], Point]

# Equal Earth: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection" (2018), equations 6 to 10.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796

_SOUTHERN_EDGE: Final = -56.5  # the world's map ends below Tierra del Fuego: nobody lives in Antarctica
_INSETS: Final = {"US": ("US-AK", "US-HI")}  # drawn in boxes of their own, besides what is far away
_SMALLEST_PX: Final = (
    0.7  # a polygon smaller than this in both directions is left out, unless it is its place's largest
)
_LEAST_UNSEEN_PX, _MOST_UNSEEN_PX = 0.15, 0.5  # an outline may lie this far beside the true one
_UNSEEN_SHARE: Final = 1 / 1280  # of a map's width: a wide one weighs 60 % of what it would with the least


@dataclass(frozen=True, slots=True)
class SvgMap:
    """A map's size in pixels, its places' path data in drawing order, and the frames of its insets as x, y, w, h."""

    width: int
    height: int
    paths: tuple[tuple[str, str], ...]
    insets: tuple[tuple[float, float, float, float], ...] = ()


def topojson_path(country: str | None) -> Path | None:
    """Return the TopoJSON file of the world's countries (None), or of one country: its regions, or itself without any.

    None for a code that is no country's.
    """
    if country is None:
        return SHAPES / "countries.topo.json"
    place = get(country)
    return SHAPES / "regions" / f"{country}.topo.json" if place and place.kind == "country" else None


@lru_cache(maxsize=64)
def topology_of(country: str | None, codes: frozenset[str]) -> dict[str, Any]:
    """Return the TopoJSON of the world (None) or of one country, cut down to these codes; its object is `places`.

    Raises ValueError for a code that is no country's. What is returned is shared: do not change it.
    """
    path = topojson_path(country)
    if path is None:
        raise ValueError(f"{country} is no country.")
    return topology.only(read_json(path), codes)


@lru_cache(maxsize=32)
def geojson(country: str | None, language: str = "en") -> dict[str, Any]:
    """Return a FeatureCollection of the world (None), or of one country: its regions, or itself without any.

    Each feature's `id` and property `code` are the place's code; the property `name` is in the language asked for.
    Outer rings run clockwise, as plotly wants them (against RFC 7946). Empty for a code that is no country's.
    What is returned is shared: do not change it.
    """
    features = []
    for shape in _shapes(country):
        place = get(shape.code)
        assert place is not None, shape.code
        polygons = [clockwise_outside(polygon) for polygon in shape.polygons]
        features.append(
            {
                "type": "Feature",
                "id": shape.code,
                "properties": {"code": shape.code, "name": place.name(language)},
                "geometry": {"type": "MultiPolygon", "coordinates": polygons},
            }
        )
    return {"type": "FeatureCollection", "features": features}


@lru_cache(maxsize=64)
def svg_map(country: str | None, width: int = 960) -> SvgMap:
    """Return the paths of the world (None, Equal Earth) or of one country with its regions (local equirectangular).

    Parts of a country far from its main part are drawn in insets below it, each to its own scale; islets too small
    to see are left out. A country without regions is drawn whole; a code that is no country's has no paths.
    """
    if width < 1:
        raise ValueError("A map is at least one pixel wide.")
    return _world(width) if country is None else _local(country, width)


@cache
def _shapes(country: str | None) -> list[topology.Shape]:
    path = topojson_path(country)
    return topology.decode(read_json(path)) if path else []


def _world(width: int) -> SvgMap:
    left, right = _equal_earth(-180, 0)[0], _equal_earth(180, 0)[0]
    top, bottom = _equal_earth(0, 83.7)[1], _equal_earth(0, _SOUTHERN_EDGE)[1]
    scale = width / (right - left)

    def project(longitude: float, latitude: float) -> Point:
        x, y = _equal_earth(longitude, latitude)
        return (x - left) * scale, (top - y) * scale

    paths, unseen = [], _unseen(width)
    for shape in _shapes(None):
        polygons = [polygon for polygon in shape.polygons if max(point[1] for point in polygon[0]) > _SOUTHERN_EDGE]
        if polygons and shape.code != "AQ":
            paths.append((shape.code, _path(polygons, project, unseen)))
    return SvgMap(width, math.ceil((top - bottom) * scale), tuple(paths))


def _equal_earth(longitude: float, latitude: float) -> Point:
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square * square * square
    slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(theta) / slope
    return x, theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)


def _local(country: str, width: int) -> SvgMap:
    shapes = _shapes(country)
    if not shapes:
        return SvgMap(width, width, ())
    pieces = [
        (shape.code, polygon)
        for shape in shapes
        for polygon in shape.polygons
        if shape.code not in _INSETS.get(country, ())
    ]
    near = main_part([polygon for _, polygon in pieces])
    main: dict[str, list[Polygon]] = {}
    for (code, polygon), inside in zip(pieces, near, strict=True):
        if inside:
            main.setdefault(code, []).append(polygon)
    box = extent([polygon for polygons in main.values() for polygon in polygons])
    project, height = _equirectangular(box, 0.0, 0.0, float(width), float(width))
    unseen = _unseen(width)
    paths = [(code, _path(polygons, project, unseen)) for code, polygons in main.items()]
    far = {shape.code: shape.polygons for shape in shapes if shape.code not in main}
    insets = []
    if far:
        side = width / max(5, len(far))
        lowest = height
        for position, (code, polygons) in enumerate(far.items()):
            part = [polygon for polygon, inside in zip(polygons, main_part(polygons, reach=3.0), strict=True) if inside]
            frame = (position * side + side * 0.05, height + side * 0.05, side * 0.9, side * 0.9)
            project, _ = _equirectangular(extent(part), *frame)
            paths.append((code, _path(part, project, unseen)))
            insets.append((round(frame[0], 1), round(frame[1], 1), round(frame[2], 1), round(frame[3], 1)))
            lowest = max(lowest, frame[1] + frame[3] + side * 0.05)
        height = lowest
    return SvgMap(width, math.ceil(height), tuple(paths), tuple(insets))


def _equirectangular(box: Box, left: float, top: float, width: float, height: float) -> tuple[Projection, float]:
    """Return a projection that fits the box into the frame, true to scale in its middle, and the height it uses."""
    middle, middle_latitude = box.centre
    shrink = max(math.cos(math.radians(middle_latitude)), 0.05)
    across, down = max(box.width * shrink, 1e-6), max(box.height, 1e-6)
    scale = min(width / across, height / down)
    indent = left + (width - across * scale) / 2

    def project(longitude: float, latitude: float) -> Point:
        from_middle = (longitude - middle + 180) % 360 - 180
        return indent + (from_middle * shrink + across / 2) * scale, top + (box.north - latitude) * scale

    return project, down * scale


def _unseen(width: int) -> float:
    return min(max(_LEAST_UNSEEN_PX, width * _UNSEEN_SHARE), _MOST_UNSEEN_PX)


def _path(polygons: list[Polygon], project: Projection, unseen: float) -> str:
    """Return SVG path data in tenths of a pixel, as relative moves; the largest polygon is always in it."""
    drawn = [[[project(point[0], point[1]) for point in ring] for ring in polygon] for polygon in polygons]
    sizes = [_span(polygon[0]) for polygon in drawn]
    largest = max(sizes)
    return "".join(
        _ring_path(ring, unseen)
        for polygon, size in zip(drawn, sizes, strict=True)
        if size >= _SMALLEST_PX or size == largest
        for ring in polygon
    )


def _span(ring: list[Point]) -> float:
    return max(
        max(x for x, _ in ring) - min(x for x, _ in ring),
        max(y for _, y in ring) - min(y for _, y in ring),
    )


def _ring_path(ring: list[Point], unseen: float) -> str:
    tenths = [(round(x * 10), round(y * 10)) for x, y in _simplified(ring, unseen)]
    start_x, start_y = tenths[0]
    steps = []
    x, y = start_x, start_y
    for next_x, next_y in tenths[1:-1]:
        if (next_x, next_y) != (x, y):
            steps += [_tenth(next_x - x), _tenth(next_y - y)]
            x, y = next_x, next_y
    return f"M{_joined([_tenth(start_x), _tenth(start_y)])}l{_joined(steps) or '.1 0'}z"


def _joined(numbers: list[str]) -> str:
    """Return the numbers as path data, with a space only where two would be read as one."""
    parts: list[str] = []
    for number in numbers:
        is_apart = not parts or number[0] == "-" or (number[0] == "." and "." in parts[-1])
        parts.append(number if is_apart else f" {number}")
    return "".join(parts)


def _simplified(ring: list[Point], unseen: float) -> list[Point]:
    """The ring without the points that nobody would miss (Douglas-Peucker); as it is where too little would be left."""
    left = shapely.LineString(ring).simplify(unseen, preserve_topology=False).coords
    return list(left) if len(left) > 3 else ring


def _tenth(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}" if not rest else f"{sign}{whole or ''}.{rest}"
