"""Reads and cuts TopoJSON: shapes whose shared borders are stored once (topojson.org's specification, version 1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from reports.places.geometry import Polygon, Ring


class Shape(NamedTuple):
    """A place's code and its polygons."""

    code: str
    polygons: list[Polygon]


def decode(topology: dict[str, Any]) -> list[Shape]:
    """Return the polygons of a TopoJSON topology in degrees, in the order of the file; other geometry is left out."""
    arcs = _arcs(topology)
    shapes = []
    for layer in topology["objects"].values():
        for geometry in layer["geometries"]:
            kind = geometry["type"]
            if kind == "Polygon":
                polygons = [geometry["arcs"]]
            elif kind == "MultiPolygon":
                polygons = geometry["arcs"]
            else:
                continue
            shapes.append(
                Shape(geometry["id"], [[_ring(indices, arcs) for indices in polygon] for polygon in polygons])
            )
    return shapes


def only(topology: dict[str, Any], codes: Collection[str]) -> dict[str, Any]:
    """Return a topology that holds the places of these codes alone, and no arc that they do not use."""
    new_index: dict[int, int] = {}

    def renumber(arcs: Any) -> Any:
        if isinstance(arcs, list):
            return [renumber(part) for part in arcs]
        index = new_index.setdefault(arcs if arcs >= 0 else ~arcs, len(new_index))
        return index if arcs >= 0 else ~index

    objects = {
        name: {
            **layer,
            "geometries": [
                {**geometry, "arcs": renumber(geometry["arcs"])}
                for geometry in layer["geometries"]
                if geometry["id"] in codes
            ],
        }
        for name, layer in topology["objects"].items()
    }
    return {**topology, "objects": objects, "arcs": [topology["arcs"][index] for index in new_index]}


def _arcs(topology: dict[str, Any]) -> list[Ring]:
    transform = topology.get("transform")
    if transform is None:
        return [[list(point) for point in arc] for arc in topology["arcs"]]
    scale_x, scale_y = transform["scale"]
    move_x, move_y = transform["translate"]
    arcs: list[Ring] = []
    for delta_arc in topology["arcs"]:
        x = y = 0
        arc: Ring = []
        for delta_x, delta_y in delta_arc:
            x += delta_x
            y += delta_y
            arc.append([round(x * scale_x + move_x, 5), round(y * scale_y + move_y, 5)])
        arcs.append(arc)
    return arcs


def _ring(indices: list[int], arcs: list[Ring]) -> Ring:
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        # Each arc begins where the one before it ended.
        ring.extend(arc[1:] if ring else arc)
    return ring
