"""Makes the shapes: dissolves the source's features to our level, and simplifies them for each use with mapshaper."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import shapely

from reports.places import geometry, topology
from tools.places import levels, sources

LOCATE_TOLERANCE_M: Final = 500
STEPS_ACROSS_A_PLACE: Final = 40  # at least so many across the largest piece of each place
LOCATE_GRID: Final = 1_000_000  # steps across the world: 40 m
WORLD_TOLERANCE_M: Final = 18_000
WORLD_GRID: Final = 30_000  # 1.3 km
ISLAND_SQUARE_DEGREES: Final = 0.05  # smaller islands of a larger country are left out of the world map
STEPS_ACROSS_A_COUNTRY: Final = 380  # the finest detail in a country's own map: its frame's diagonal in so many steps
COUNTRY_TOLERANCE_M: Final = (40, 6_000)
COUNTRY_GRID: Final = 6_000

Placed = list[tuple[dict[str, Any], levels.Level]]
Topology = dict[str, Any]
Parts = dict[str, list[geometry.Polygon]]  # {country or region: its polygons, as the source has them}


def dissolve(folder: Path, placed: Placed) -> Topology:
    """Join the features that belong together, on borders that they share exactly; return the topology."""
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"unit": level.region or level.country, "country": level.country},
                "geometry": feature["geometry"],
            }
            for feature, level in placed
        ],
    }
    (folder / "features.json").write_text(json.dumps(collection))
    _mapshaper(
        folder, "features.json", "snap", "-dissolve", "unit", "copy-fields=country",
        "-o", "units.json", "format=topojson", "no-quantization", "id-field=unit",
    )  # fmt: skip
    return _read(folder / "units.json")


def borders(full: Topology) -> dict[tuple[str, str], set[int]]:
    """Return {(unit, its country): the arcs of its borders}; a unit is a region, or a country's land without one."""
    found: dict[tuple[str, str], set[int]] = {}
    for shape in _geometries(full):
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        arcs = {arc if arc >= 0 else ~arc for polygon in polygons for ring in polygon for arc in ring}
        found[shape["properties"]["unit"], shape["properties"]["country"]] = arcs
    return found


def neighbours(arcs_of: dict[tuple[str, str], set[int]], *, of_countries: bool) -> dict[str, list[str]]:
    """Return {code: codes that share a stretch of border with it}, among regions or among countries."""
    owners: dict[int, set[str]] = defaultdict(set)
    for (unit, country), arcs in arcs_of.items():
        if of_countries or unit != country:
            for arc in arcs:
                owners[arc].add(country if of_countries else unit)
    found: dict[str, set[str]] = defaultdict(set)
    for sharing in owners.values():
        for code in sharing:
            found[code] |= sharing - {code}
    return {code: sorted(near) for code, near in found.items()}


def for_coordinates(folder: Path, full: Topology, parts: Parts) -> Topology:
    """Return every unit's shape, true to about half a kilometre, and small ones truer."""
    for shape in _geometries(full):
        diagonal_m = _diagonal_m([max(parts[shape["properties"]["unit"]], key=geometry.ground_area)])
        shape["properties"]["tolerance"] = min(LOCATE_TOLERANCE_M, round(diagonal_m / STEPS_ACROSS_A_PLACE))
    (folder / "tolerances.json").write_text(json.dumps(full))
    _mapshaper(
        folder, "tolerances.json", "-simplify", "dp", "variable", "interval=tolerance", "keep-shapes", "-clean",
        "-o", "locate.json", "format=topojson", f"quantization={LOCATE_GRID}", "id-field=unit",
    )  # fmt: skip
    units = {shape["properties"]["unit"] for shape in _geometries(full)}
    return _settled(folder, "locate.json", LOCATE_GRID, "unit", {code: parts[code] for code in parts if code in units})


def of_the_world(folder: Path, parts: Parts) -> Topology:
    """Return the countries' shapes for a map of the world, without small islands of larger countries."""
    _mapshaper(
        folder, "units.json", "-dissolve", "country",
        "-simplify", "weighted", f"interval={WORLD_TOLERANCE_M}", "keep-shapes", "-clean",
        "-o", "world.json", "format=topojson", f"quantization={WORLD_GRID}", "id-field=country",
    )  # fmt: skip
    world = _settled(
        folder, "world.json", WORLD_GRID, "country", {code: parts[code] for code in parts if "-" not in code}
    )
    polygons = {shape.code: shape.polygons for shape in topology.decode(world)}
    for shape in _geometries(world):
        if shape["type"] == "MultiPolygon":
            areas = [geometry.ground_area(polygon) for polygon in polygons[shape["id"]]]
            keep = [area >= min(ISLAND_SQUARE_DEGREES, max(areas)) for area in areas]
            shape["arcs"] = [arcs for arcs, kept in zip(shape["arcs"], keep, strict=True) if kept]
    return _without_unused_arcs(world)


def of_each_country(folder: Path, full: Topology, parts: Parts) -> dict[str, Topology]:
    """Return {country: the shapes of its regions, or its own without any}, as fine as the country's size asks for."""
    divided = {code[:2] for code in parts if "-" in code}
    for shape in _geometries(full):
        properties = shape["properties"]
        properties["tolerance"] = _tolerance_m(parts[properties["country"]])
        properties["drawn"] = properties["unit"] != properties["country"] or properties["country"] not in divided
    (folder / "tolerances.json").write_text(json.dumps(full))
    output = folder / "regions"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    _mapshaper(
        folder, "tolerances.json", "-simplify", "weighted", "variable", "interval=tolerance", "keep-shapes", "-clean",
        "-filter", "drawn", "-split", "country",
        "-o", "regions/", "format=topojson", "singles", "id-field=unit",
    )  # fmt: skip
    found = {}
    for file in sorted(output.glob("??.json")):
        drawn = {
            code: parts[code] for code in parts if code[:2] == file.stem and ("-" in code) == (file.stem in divided)
        }
        found[file.stem] = _settled(folder, f"regions/{file.name}", COUNTRY_GRID, "unit", drawn)
    return found


def _tolerance_m(polygons: list[geometry.Polygon]) -> float:
    """Return the finest detail worth drawing in a map of these polygons, in metres."""
    main = [polygon for polygon, near in zip(polygons, geometry.main_part(polygons), strict=True) if near]
    low, high = COUNTRY_TOLERANCE_M
    return round(min(max(_diagonal_m(main) / STEPS_ACROSS_A_COUNTRY, low), high))


def _diagonal_m(polygons: list[geometry.Polygon]) -> float:
    box = geometry.extent(polygons)
    across = box.width * math.cos(math.radians(box.centre[1]))
    return math.hypot(across, box.height) * 111_320


def _settled(folder: Path, name: str, grid: int, id_field: str, expected: Parts) -> Topology:
    """Return the topology of a file once its polygons are valid on their grid.

    Rounding to a grid may make a border touch or cross itself; cleaning moves it, on a finer grid each time. A place
    that got lost or is still broken then is smaller than the grid and becomes a square of two steps.
    """
    found = _tidy(_read(folder / name))
    for _ in range(4):
        if not _broken(found):
            break
        _mapshaper(
            folder, name, "-clean",
            "-o", "cleaned.json", "format=topojson", f"quantization={grid}", f"id-field={id_field}",
        )  # fmt: skip
        shutil.move(folder / "cleaned.json", folder / name)
        found = _tidy(_read(folder / name))
        grid = grid * 3 // 2
    found = _without_overlaps(found)
    whole = {str(shape["id"]) for shape in _geometries(found)} - _broken(found)
    shapes = [shape for shape in _geometries(found) if shape["id"] in whole]
    for code in sorted(expected.keys() - whole):
        print(f"{name}: {code} is smaller than the grid and becomes a square")
        shapes.append({"type": "Polygon", "arcs": [[len(found["arcs"])]], "id": code})
        found["arcs"].append(_square(found, expected[code]))
    found["objects"]["places"]["geometries"] = sorted(shapes, key=lambda shape: str(shape["id"]))
    return _without_unused_arcs(found)


def _broken(found: Topology) -> set[str]:
    return {
        shape.code
        for shape in topology.decode(found)
        for polygon in shape.polygons
        if not (flat := shapely.Polygon(polygon[0], polygon[1:])).is_valid or flat.area == 0
    }


def _without_overlaps(found: Topology) -> Topology:
    """Leave out a place's island that rounding has laid over a larger piece of the same place."""
    pieces = {shape.code: shape.polygons for shape in topology.decode(found)}
    for shape in _geometries(found):
        if shape["type"] != "MultiPolygon":
            continue
        flat = [shapely.Polygon(polygon[0], polygon[1:]) for polygon in pieces[shape["id"]]]
        if shapely.MultiPolygon(flat).is_valid or not all(piece.is_valid for piece in flat):
            continue
        kept: list[int] = []
        for number in sorted(range(len(flat)), key=lambda number: -flat[number].area):
            if shapely.MultiPolygon([flat[other] for other in (*kept, number)]).is_valid:
                kept.append(number)
        shape["arcs"] = [shape["arcs"][number] for number in sorted(kept)]
    return found


def _square(found: Topology, polygons: list[geometry.Polygon]) -> list[list[int]]:
    """Return a square of two steps of the grid around the largest polygon's middle, as a delta-encoded arc."""
    longitude, latitude = geometry.extent([max(polygons, key=geometry.ground_area)]).centre
    scale, translate = found["transform"]["scale"], found["transform"]["translate"]
    x, y = round((longitude - translate[0]) / scale[0]), round((latitude - translate[1]) / scale[1])
    return [[x - 1, y - 1], [0, 2], [2, 0], [0, -2], [-2, 0]]


def _tidy(shape: Topology) -> Topology:
    """Drop what a page does not need: properties and boxes."""
    geometries = sorted((item for item in _geometries(shape) if item.get("arcs")), key=lambda item: str(item["id"]))
    for item in geometries:
        item.pop("properties", None)
    objects = {"places": {"type": "GeometryCollection", "geometries": geometries}}
    return {"type": "Topology", "objects": objects, "transform": shape["transform"], "arcs": shape["arcs"]}


def _without_unused_arcs(shape: Topology) -> Topology:
    """Drop the arcs that no polygon uses any more, and number the others anew."""
    numbers: dict[int, int] = {}

    def renumber(arcs: Any) -> Any:
        if isinstance(arcs, list):
            return [renumber(arc) for arc in arcs]
        number = numbers.setdefault(arcs if arcs >= 0 else ~arcs, len(numbers))
        return number if arcs >= 0 else ~number

    for item in _geometries(shape):
        item["arcs"] = renumber(item["arcs"])
    shape["arcs"] = [shape["arcs"][old] for old in numbers]
    return shape


def _geometries(shape: Topology) -> list[dict[str, Any]]:
    (layer,) = shape["objects"].values()
    geometries: list[dict[str, Any]] = layer["geometries"]
    return geometries


def _read(file: Path) -> Topology:
    content: Topology = json.loads(file.read_bytes())
    return content


def _mapshaper(folder: Path, *arguments: str) -> None:
    command = sources.mapshaper(folder)
    environment = {**os.environ, "NODE_OPTIONS": "--max-old-space-size=6000"}
    subprocess.run([str(command), *arguments], cwd=folder, check=True, env=environment, capture_output=True)
