"""Makes the places' data from their sources: `python -m tools.places.make [FOLDER]`.

FOLDER keeps what is fetched and what lies in between (about 700 MB); a temporary one is used without it.
Needs Node.js and npm, besides the product's requirements. Written:
    reports/places/data/places.json.gz          the table: countries, regions, aliases
    reports/places/data/names/LANGUAGE.json.gz  names that differ from the English ones
    reports/places/data/locate.topo.json.gz     precise shapes, for coordinates
    reports/places/data/towns.json.gz           towns that those shapes put on the wrong side of a border
    reports/places/data/zones.json              zone → place; the same as static/places/zones.json
    reports/places/shapes/countries.topo.json   the world
    reports/places/shapes/regions/XX.topo.json  one country: its regions, or itself
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from reports import places
from reports.places import geometry, topology
from reports.places.files import DATA, SHAPES
from tools.places import levels, shapes, sources, tables, towns, zones

STATIC: Final = Path(__file__).resolve().parents[2] / "static" / "places"


def main() -> None:
    """Make everything, with the sources and the intermediate files in the folder that was named."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="places-") as temporary:
            make(Path(temporary))


def make(folder: Path) -> None:
    """Fetch, dissolve, simplify, write."""
    features = sources.admin_1(folder)
    placed = [(feature, level) for feature in features if (level := levels.level_of(feature["properties"]))]
    print(f"{len(features)} features read, {len(placed)} of them placed")
    full = shapes.dissolve(folder, placed)
    borders = shapes.borders(full)
    countries = sorted({country for _, country in borders})
    regions = sorted(unit for unit, country in borders if unit != country)
    if missing := zones.countries().keys() - set(countries):
        sys.exit(f"The source has no shape for {', '.join(sorted(missing))}.")

    parts = polygons_of(full, borders)
    write_tables(folder, placed, countries, regions, parts, borders)
    write(DATA / "locate.topo.json.gz", shapes.for_coordinates(folder, full, parts))
    write(SHAPES / "countries.topo.json", shapes.of_the_world(folder, parts))
    shutil.rmtree(SHAPES / "regions", ignore_errors=True)
    for country, shape in shapes.of_each_country(folder, full, parts).items():
        write(SHAPES / "regions" / f"{country}.topo.json", shape)
    zone_table = nested(zones.places())
    write(DATA / "zones.json", zone_table)
    write(DATA / "towns.json.gz", towns.misplaced(folder))
    write(STATIC / "zones.json", zone_table)
    compare_zones()
    print(f"{len(countries)} countries, {len(regions)} regions")


def polygons_of(full: dict[str, Any], borders: dict[tuple[str, str], set[int]]) -> shapes.Parts:
    """Return {country or region: its polygons}."""
    decoded = {shape.code: shape.polygons for shape in topology.decode(full)}
    parts: dict[str, list[geometry.Polygon]] = defaultdict(list)
    for unit, country in borders:
        parts[country].extend(decoded[unit])
        if unit != country:
            parts[unit].extend(decoded[unit])
    return parts


def write_tables(
    folder: Path,
    placed: shapes.Placed,
    countries: list[str],
    regions: list[str],
    parts: shapes.Parts,
    borders: dict[tuple[str, str], set[int]],
) -> None:
    """Write the table with the English names, and the names in the other languages where they differ from those."""
    names = tables.country_names(folder, countries) | tables.region_names(placed, regions)
    near_countries = shapes.neighbours(borders, of_countries=True)
    near_regions = shapes.neighbours(borders, of_countries=False)
    table = {
        "countries": tables.country_rows(folder, countries, names, parts, near_countries),
        "regions": tables.region_rows(regions, names, parts, near_regions),
        "aliases": tables.aliases_of(placed, frozenset(regions), frozenset(countries)),
    }
    write(DATA / "places.json.gz", table)
    shutil.rmtree(DATA / "names", ignore_errors=True)
    for language in tables.LANGUAGES:
        if language != "en":
            different = {
                code: named[language]
                for code, named in sorted(names.items())
                if language in named and named[language] != named["en"]
            }
            write(DATA / "names" / f"{language}.json.gz", different)


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


def compare_zones() -> None:
    """Say which zones that lie within one region, as we say, have coordinates that lie elsewhere."""
    where = zones.coordinates()
    for zone, region in zones.one_region().items():
        found = places.locate(*where[zone])
        if found is None or found.region != region:
            print(f"look at {zone}: we say {region}, its coordinates say {found.code if found else 'the sea'}")


def write(file: Path, content: Any) -> None:
    """Write JSON without spaces; gzip without a time, so that the same data makes the same file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    file.write_bytes(gzip.compress(text, 9, mtime=0) if file.suffix == ".gz" else text)


if __name__ == "__main__":
    main()
