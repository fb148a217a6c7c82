"""Makes the places' data from their sources: `python -m tools.places.make [FOLDER]`.

FOLDER keeps what is fetched (about 400 MB unpacked) and what lies in between; a temporary one is used without it.
Needs Node.js and npm, besides the product's requirements. Written:
    reports/places/data/places.json.gz          the table: countries, regions, aliases
    reports/places/data/names/LANGUAGE.json.gz  names that differ from the English ones
    reports/places/data/locate.topo.json.gz     precise shapes, for coordinates
    reports/places/data/zones.json              zone → place; the same as static/places/zones.json
    reports/places/shapes/countries.topo.json   the world
    reports/places/shapes/regions/XX.topo.json  one country's regions
"""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from shapely import Polygon as FlatPolygon
from shapely.ops import polylabel

from reports.places import geometry, topology
from tools.places import aliases, levels, names, sources, zones

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "reports" / "places" / "data"
SHAPES = PROJECT / "reports" / "places" / "shapes"
STATIC = PROJECT / "static" / "places"

LANGUAGES = "ar bn da de el en es fa fi fr he hi hu id it ja ko nb nl pl pt ru sv tr uk ur vi zh zht"

LOCATE_TOLERANCE_M = 500
WORLD_TOLERANCE_M = 14_000
WORLD_GRID = 8_000  # steps across the world: 5 km
ISLAND_SQUARE_DEGREES = 0.05  # smaller islands of a larger country are left out of the world map
STEPS_ACROSS_A_COUNTRY = 500  # the finest detail in a country's own map: its frame's diagonal in so many steps
REGION_TOLERANCE_M = (40, 6_000)

# Short English names where the sources have long or formal ones.
COUNTRY_IN_ENGLISH = {
    "AX": "Åland Islands", "BN": "Brunei", "BS": "Bahamas", "CD": "DR Congo", "CG": "Congo", "CI": "Côte d’Ivoire",
    "CN": "China", "CV": "Cabo Verde", "CZ": "Czechia", "FK": "Falkland Islands", "FM": "Micronesia",
    "GM": "Gambia", "IR": "Iran", "KP": "North Korea", "KR": "South Korea", "LA": "Laos", "MD": "Moldova",
    "MF": "Saint Martin", "MK": "North Macedonia", "MM": "Myanmar", "NL": "Netherlands", "PN": "Pitcairn Islands",
    "PS": "Palestine", "RU": "Russia", "ST": "São Tomé and Príncipe", "SX": "Sint Maarten", "SY": "Syria",
    "SZ": "Eswatini", "TL": "Timor-Leste", "TR": "Türkiye", "TW": "Taiwan", "TZ": "Tanzania", "US": "United States",
    "VA": "Vatican City", "VG": "British Virgin Islands", "VI": "U.S. Virgin Islands", "VN": "Vietnam",
    "XK": "Kosovo", "BO": "Bolivia", "VE": "Venezuela", "HK": "Hong Kong", "MO": "Macao", "RE": "Réunion",
    "CW": "Curaçao", "BL": "Saint Barthélemy",
}  # fmt: skip


def main() -> None:
    """Fetch, dissolve, simplify, write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="places-"))
    folder.mkdir(parents=True, exist_ok=True)
    run(folder.resolve())


def run(folder: Path) -> None:
    """Make everything, with the sources and the intermediate files in `folder`."""
    features = sources.admin_1(folder)
    print(f"{len(features)} features read")
    placed = [(feature, level) for feature in features if (level := levels.level_of(feature["properties"]))]
    full = dissolve(folder, placed)
    arcs_of = units(full)
    countries = sorted({country for _, country in arcs_of})
    regions = sorted(unit for unit, country in arcs_of if unit != country)
    missing = zones.countries().keys() - set(countries)
    assert not missing, f"no shape for {missing}"

    shapes = {shape.code: shape.polygons for shape in topology.decode(full)}
    parts: dict[str, list[geometry.Polygon]] = defaultdict(list)
    for unit, country in arcs_of:
        parts[country].extend(shapes[unit])
        if unit in regions:
            parts[unit].extend(shapes[unit])
    table: dict[str, Any] = {
        "countries": country_rows(folder, countries, parts, neighbours(arcs_of, of_countries=True)),
        "regions": region_rows(placed, regions, parts, neighbours(arcs_of, of_countries=False)),
    }
    translations = {**country_translations(folder, placed, countries), **region_translations(placed, regions)}
    write_names(table, translations)
    table["aliases"] = alias_table(placed, frozenset(regions), frozenset(countries))
    write(DATA / "places.json.gz", table)

    write(DATA / "locate.topo.json.gz", locate_shapes(folder))
    write(SHAPES / "countries.topo.json", world_shapes(folder))
    shutil.rmtree(SHAPES / "regions", ignore_errors=True)
    for country, shape in region_shapes(folder, full, parts).items():
        write(SHAPES / "regions" / f"{country}.topo.json", shape)
    zone_table = zones.places()
    write(DATA / "zones.json", nested(zone_table))
    write(STATIC / "zones.json", nested(zone_table))
    check_zones()
    report(countries, regions)


# --- shapes -----------------------------------------------------------------------------------------------------------


def dissolve(folder: Path, placed: list[tuple[dict[str, Any], levels.Level]]) -> dict[str, Any]:
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
    mapshaper(
        folder, "features.json", "snap", "-dissolve", "unit", "copy-fields=country",
        "-o", "units.json", "format=topojson", "no-quantization", "id-field=unit",
    )  # fmt: skip
    found: dict[str, Any] = json.loads((folder / "units.json").read_bytes())
    return found


def units(full: dict[str, Any]) -> dict[tuple[str, str], set[int]]:
    """Return {(unit, its country): the arcs of its borders}; a unit is a region, or a country's land without one."""
    found: dict[tuple[str, str], set[int]] = {}
    for layer in full["objects"].values():
        for shape in layer["geometries"]:
            polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            borders = {arc if arc >= 0 else ~arc for polygon in polygons for ring in polygon for arc in ring}
            found[shape["properties"]["unit"], shape["properties"]["country"]] = borders
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


def locate_shapes(folder: Path) -> dict[str, Any]:
    """Return every unit's shape, true to about half a kilometre."""
    mapshaper(
        folder, "units.json", "-simplify", "dp", f"interval={LOCATE_TOLERANCE_M}", "keep-shapes",
        "-o", "locate.json", "format=topojson", "quantization=1000000", "id-field=unit",
    )  # fmt: skip
    return tidy(json.loads((folder / "locate.json").read_bytes()))


def world_shapes(folder: Path) -> dict[str, Any]:
    """Return the countries' shapes for a map of the world, without small islands of larger countries."""
    mapshaper(
        folder, "units.json", "-dissolve", "country",
        "-simplify", "weighted", f"interval={WORLD_TOLERANCE_M}", "keep-shapes",
        "-o", "world.json", "format=topojson", f"quantization={WORLD_GRID}", "id-field=country",
    )  # fmt: skip
    world = tidy(json.loads((folder / "world.json").read_bytes()))
    polygons = {shape.code: shape.polygons for shape in topology.decode(world)}
    for layer in world["objects"].values():
        for shape in layer["geometries"]:
            if shape["type"] == "MultiPolygon":
                areas = [geometry.ground_area(polygon) for polygon in polygons[shape["id"]]]
                keep = [area >= min(ISLAND_SQUARE_DEGREES, max(areas)) for area in areas]
                shape["arcs"] = [arcs for arcs, kept in zip(shape["arcs"], keep, strict=True) if kept]
    return without_unused_arcs(world)


def region_shapes(
    folder: Path, full: dict[str, Any], parts: dict[str, list[geometry.Polygon]]
) -> dict[str, dict[str, Any]]:
    """Return {country: its regions' shapes}, each country as fine as its own size asks for."""
    for layer in full["objects"].values():
        for shape in layer["geometries"]:
            shape["properties"]["tolerance"] = tolerance_m(parts[shape["properties"]["country"]])
    (folder / "tolerances.json").write_text(json.dumps(full))
    output = folder / "regions"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    mapshaper(
        folder, "tolerances.json", "-simplify", "weighted", "variable", "interval=tolerance", "keep-shapes",
        "-filter", "unit != country", "-split", "country",
        "-o", "regions/", "format=topojson", "singles", "id-field=unit",
    )  # fmt: skip
    return {file.stem: tidy(json.loads(file.read_bytes())) for file in sorted(output.glob("*.json"))}


def tolerance_m(polygons: list[geometry.Polygon]) -> float:
    """Return the finest detail worth drawing in a map of these polygons, in metres."""
    main = [polygon for polygon, near in zip(polygons, geometry.main_part(polygons), strict=True) if near]
    box = geometry.extent(main)
    across = box.width * math.cos(math.radians(box.centre[1]))
    diagonal_m = math.hypot(across, box.height) * 111_320
    low, high = REGION_TOLERANCE_M
    return round(min(max(diagonal_m / STEPS_ACROSS_A_COUNTRY, low), high))


def tidy(shape: dict[str, Any]) -> dict[str, Any]:
    """Drop what a page does not need: properties and boxes."""
    (layer,) = shape["objects"].values()
    geometries = sorted((item for item in layer["geometries"] if item.get("arcs")), key=lambda item: str(item["id"]))
    for item in geometries:
        item.pop("properties", None)
    found = {"type": "Topology", "objects": {"places": {"type": "GeometryCollection", "geometries": geometries}}}
    if "transform" in shape:
        found["transform"] = shape["transform"]
    found["arcs"] = shape["arcs"]
    return found


def without_unused_arcs(shape: dict[str, Any]) -> dict[str, Any]:
    """Drop the arcs that no polygon uses any more, and number the others anew."""
    numbers: dict[int, int] = {}

    def renumber(arcs: Any) -> Any:
        if isinstance(arcs, list):
            return [renumber(arc) for arc in arcs]
        number = numbers.setdefault(arcs if arcs >= 0 else ~arcs, len(numbers))
        return number if arcs >= 0 else ~number

    for layer in shape["objects"].values():
        for item in layer["geometries"]:
            item["arcs"] = renumber(item["arcs"])
    shape["arcs"] = [shape["arcs"][old] for old in numbers]
    return shape


def mapshaper(folder: Path, *arguments: str) -> None:
    """Run mapshaper in `folder`."""
    command = sources.mapshaper(folder)
    environment = {**os.environ, "NODE_OPTIONS": "--max-old-space-size=6000"}
    subprocess.run([str(command), *arguments], cwd=folder, check=True, env=environment, capture_output=True)


# --- the table --------------------------------------------------------------------------------------------------------


def position(polygons: list[geometry.Polygon]) -> tuple[list[float], list[float]]:
    """Return the box and a point well inside the largest polygon, for a label."""
    box = geometry.extent(polygons)
    largest = max(polygons, key=geometry.ground_area)
    flat = FlatPolygon(largest[0], largest[1:])
    size = max(geometry.extent([largest]).width, geometry.extent([largest]).height)
    point = polylabel(flat, tolerance=size / 50) if flat.is_valid else flat.representative_point()
    return [round(number, 3) for number in box], [round(point.x, 3), round(point.y, 3)]


def country_rows(
    folder: Path, countries: list[str], parts: dict[str, list[geometry.Polygon]], near: dict[str, list[str]]
) -> list[list[Any]]:
    """Return [code, neighbours, box, point, population, its year] for each country."""
    population: dict[str, tuple[int | None, int | None]] = {}
    for row in sources.admin_0(folder):
        people = float(row["POP_EST"])
        if re.fullmatch("[A-Z]{2}", code := row["ISO_A2_EH"]) and people > (population.get(code, (0, 0))[0] or 0):
            population[code] = (int(people), int(row["POP_YEAR"]))
    return [
        [code, near.get(code, []), *position(parts[code]), *population.get(code, (None, None))] for code in countries
    ]


def region_rows(
    placed: list[tuple[dict[str, Any], levels.Level]],
    regions: list[str],
    parts: dict[str, list[geometry.Polygon]],
    near: dict[str, list[str]],
) -> list[list[Any]]:
    """Return [code, neighbours, box, point] for each region."""
    return [[code, near.get(code, []), *position(parts[code])] for code in regions]


def country_translations(
    folder: Path, placed: list[tuple[dict[str, Any], levels.Level]], countries: list[str]
) -> dict[str, dict[str, str]]:
    """Return {country: {language: name}}."""
    named = sources.country_names(folder)
    table_names = {row["ISO_A2_EH"]: row for row in sources.admin_0(folder)}
    found: dict[str, dict[str, str]] = {}
    for code in countries:
        row = table_names.get(code, {})
        found[code] = {"en": COUNTRY_IN_ENGLISH.get(code) or named["en"].get(code) or row["NAME_EN"]}
        for language in LANGUAGES.split():
            if language != "en":
                name = named.get(language, {}).get(code) or row.get(f"NAME_{language.upper()}")
                if name:
                    found[code][language] = name
    return found


def region_translations(
    placed: list[tuple[dict[str, Any], levels.Level]], regions: list[str]
) -> dict[str, dict[str, str]]:
    """Return {region: {language: name}}: ours where we have them, else those of the region's largest feature."""
    ours = names.read()
    largest: dict[str, tuple[float, dict[str, Any]]] = {}
    for feature, level in placed:
        if level.region:
            polygons = feature["geometry"]["coordinates"]
            polygons = polygons if feature["geometry"]["type"] == "MultiPolygon" else [polygons]
            area = sum(geometry.ground_area(polygon) for polygon in polygons)
            if area > largest.get(level.region, (0.0, {}))[0]:
                largest[level.region] = (area, feature["properties"])
    found: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for code in regions:
        properties = largest[code][1]
        kinds[code] = str(properties.get("type_en") or "").split("|")[0]
        if code in ours:
            found[code] = ours[code]
            continue
        found[code] = {"en": str(properties["name_en"] or properties["name"]).strip()}
        for language in LANGUAGES.split():
            if language != "en" and (name := str(properties.get(f"name_{language}") or "").strip()):
                found[code][language] = name
    for (_, language), codes in same_names(found).items():
        for code in codes:
            if language != "en":
                del found[code][language]
            elif kinds[code]:
                found[code]["en"] += f" ({kinds[code]})"
    return found


def same_names(found: dict[str, dict[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return {(country and name, language): codes} for the names that several regions of a country bear."""
    bearers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, translations in found.items():
        for language, name in translations.items():
            bearers[f"{code[:2]} {name}", language].append(code)
    return {key: codes for key, codes in bearers.items() if len(codes) > 1}


def write_names(table: dict[str, Any], translations: dict[str, dict[str, str]]) -> None:
    """Put the English name into each row; write the other languages to files of their own, where they differ."""
    shutil.rmtree(DATA / "names", ignore_errors=True)
    for rows in table.values():
        for row in rows:
            row.insert(1, translations[row[0]]["en"])
    for language in LANGUAGES.split():
        if language != "en":
            different = {
                code: named[language]
                for code, named in sorted(translations.items())
                if language in named and named[language] != named["en"]
            }
            write(DATA / "names" / f"{language}.json.gz", different)


def alias_table(
    placed: list[tuple[dict[str, Any], levels.Level]], regions: frozenset[str], countries: frozenset[str]
) -> dict[str, str]:
    """Return {written code: code of the table}: the source's codes below or before our level, then our own list."""
    found: dict[str, str] = {}
    for feature, level in placed:
        code = feature["properties"]["iso_3166_2"]
        if re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", code) and code not in regions and code not in aliases.AMBIGUOUS:
            found[code] = level.region or level.country
    found |= aliases.read(regions, countries)
    return dict(sorted(found.items()))


# --- files ------------------------------------------------------------------------------------------------------------


def nested(flat: dict[str, str]) -> dict[str, Any]:
    """Group {"Asia/Tokyo": "JP"} as {"Asia": {"Tokyo": "JP"}}: shorter to send."""
    found: dict[str, Any] = {}
    for name, place in flat.items():
        area, _, rest = name.partition("/")
        if rest:
            found.setdefault(area, {})[rest] = place
        else:
            found[area] = place
    return found


def check_zones() -> None:
    """Compare the zones that we say lie within one region with the shapes."""
    from reports import places  # the data that it reads is only there now

    where = zones.coordinates()
    for zone, region in zones.one_region().items():
        found = places.locate(*where[zone])
        if found is None or found.region != region:
            print(f"look at {zone}: we say {region}, its coordinates say {found}")


def write(file: Path, content: Any) -> None:
    """Write JSON without spaces; gzip without a time, so that the same data makes the same file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    file.write_bytes(gzip.compress(text, 9, mtime=0) if file.suffix == ".gz" else text)


def report(countries: list[str], regions: list[str]) -> None:
    """Say what was made."""
    print(f"{len(countries)} countries, {len(regions)} regions")
    for file in sorted([*DATA.glob("*.*"), SHAPES / "countries.topo.json", STATIC / "zones.json"]):
        print(f"{file.stat().st_size / 1024:8.0f} kB  {file.relative_to(PROJECT)}")
    for several in (DATA / "names", SHAPES / "regions"):
        files = list(several.iterdir())
        size = sum(file.stat().st_size for file in files)
        print(f"{size / 1024:8.0f} kB  {several.relative_to(PROJECT)} ({len(files)} files)")


if __name__ == "__main__":
    main()
