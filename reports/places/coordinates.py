"""From a point on the globe to a place."""

from __future__ import annotations

import gzip
import math
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import shapely

from reports.places.files import DATA
from reports.places.resolution import Resolved
from reports.places.table import table

COAST_KM: Final = 25.0  # a point this far off the shore still belongs to the nearest land
TOWN_KM: Final = 3.0  # a town's surroundings, at most: half the way to the next one across the border
WESTERN_SAHARA_LAT: Final = 27.667  # its border with Morocco runs along 27° 40' N
_KM_A_DEGREE: Final = 111.2


class _Shapes(NamedTuple):
    tree: Any
    polygons: Any
    codes: list[str]


def locate(lat: float, lon: float) -> Resolved | None:
    """Return the place at a latitude (-90 to 90) and longitude (-180 to 180) in degrees.

    The region, or the country alone where no region covers the point. Off the shore: the nearest land within
    25 km. None on the open sea. Raises ValueError for anything that is not such a pair of numbers.
    Shapes are true to about half a kilometre; towns that they put on the wrong side of a border are known by name.
    """
    lat, lon = _checked("latitude", lat, 90.0), _checked("longitude", lon, 180.0)
    return _in_a_town(lat, lon) or _as_agreed(by_shapes(lat, lon), lat)


def by_shapes(lat: float, lon: float) -> Resolved | None:
    """Return the place whose shape covers a point, or else is nearest to it."""
    shapes = _shapes()
    point = shapely.Point(lon, lat)
    inside = shapes.tree.query(point, predicate="intersects")
    if len(inside):
        return _resolved(shapes.codes[int(min(inside))])
    return _nearest(shapes, lat, lon)


def _checked(name: str, value: float, limit: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"The {name} is a number of degrees, not {str(value)[:20]!r}.") from None
    if not -limit <= number <= limit:
        raise ValueError(f"The {name} is between -{limit:.0f} and {limit:.0f} degrees, not {number:g}.")
    return number


class _Towns(NamedTuple):
    lat: Any
    lon: Any
    km: Any
    codes: list[str]


@cache
def _towns() -> _Towns:
    """The towns on the wrong side of a border of our shapes: where, how far around it, and the place they lie in."""
    rows = msgspec.json.decode(gzip.decompress((DATA / "towns.json.gz").read_bytes()))
    numbers = np.array([row[:3] for row in rows], dtype=float).T
    return _Towns(numbers[0], numbers[1], numbers[2], [row[3] for row in rows])


def _in_a_town(lat: float, lon: float) -> Resolved | None:
    towns = _towns()
    near = np.flatnonzero(np.abs(towns.lat - lat) < TOWN_KM / _KM_A_DEGREE)
    km = np.hypot(towns.lat[near] - lat, (towns.lon[near] - lon) * math.cos(math.radians(lat))) * _KM_A_DEGREE
    share = km / towns.km[near]
    return _resolved(towns.codes[near[share.argmin()]]) if len(share) and share.min() <= 1 else None


def _as_agreed(found: Resolved | None, lat: float) -> Resolved | None:
    """Say of a disputed area what its time zone says: see docs/places.md."""
    if found is not None and found.country == "MA" and lat < WESTERN_SAHARA_LAT:
        return Resolved("EH", None)
    return found


def _nearest(shapes: _Shapes, lat: float, lon: float) -> Resolved | None:
    """Look around a point at sea, also over the 180th meridian."""
    reach_lat = COAST_KM / _KM_A_DEGREE
    shrink = max(math.cos(math.radians(lat)), 0.01)
    reach_lon = min(reach_lat / shrink, 180.0)
    best: tuple[float, int] | None = None
    for shift in (0.0, 360.0, -360.0):
        x = lon + shift
        if not -180.0 - reach_lon <= x <= 180.0 + reach_lon:
            continue
        for index in shapes.tree.query(shapely.box(x - reach_lon, lat - reach_lat, x + reach_lon, lat + reach_lat)):
            km = _distance_km(shapes.polygons[index], x, lat, shrink)
            if km <= COAST_KM and (best is None or (km, int(index)) < best):
                best = (km, int(index))
    return None if best is None else _resolved(shapes.codes[best[1]])


def _distance_km(polygon: Any, x: float, lat: float, shrink: float) -> float:
    flat = shapely.transform(polygon, lambda points: (points - (x, lat)) * (shrink, 1.0))
    return float(shapely.distance(flat, shapely.Point(0.0, 0.0))) * _KM_A_DEGREE


def _resolved(code: str) -> Resolved:
    place = table().places[code]
    return Resolved(place.country, code if place.kind == "region" else None)


class _Transform(msgspec.Struct):
    scale: tuple[float, float]
    translate: tuple[float, float]


class _Topology(msgspec.Struct):
    """The file, with each arc as its bytes: 370,000 points as Python lists would take 60 MB for a moment."""

    transform: _Transform
    arcs: list[msgspec.Raw]
    objects: dict[str, Any]


def warm() -> None:
    """Reads the shapes now (some 0.3 s and 30 MB), so that the first who asks does not wait."""
    _shapes()
    _towns()


@cache
def _shapes() -> _Shapes:
    """Return the tree of all polygons, made on first use."""
    file = DATA / "locate.topo.json.gz"
    topology = msgspec.json.decode(gzip.decompress(file.read_bytes()), type=_Topology)
    arcs = [_points(arc, topology.transform) for arc in topology.arcs]
    polygons: list[Any] = []
    codes: list[str] = []
    for geometry in topology.objects["places"]["geometries"]:
        several = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for rings in several:
            outer, *holes = [
                shapely.LinearRing(np.concatenate([arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring]))
                for ring in rings
            ]
            polygons.append(shapely.Polygon(outer, holes))
            codes.append(geometry["id"])
    shapely.prepare(polygons)
    return _Shapes(shapely.STRtree(polygons), polygons, codes)


def _points(arc: msgspec.Raw, transform: _Transform) -> Any:
    """An arc's points in degrees, of shape (points, 2). The file holds whole steps from point to point."""
    steps = np.fromstring(bytes(arc).translate(None, b"[]").decode("ascii"), dtype=np.int64, sep=",")
    return np.cumsum(steps.reshape(-1, 2), axis=0) * transform.scale + transform.translate
