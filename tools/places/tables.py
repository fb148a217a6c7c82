"""Makes the table of places: names, population, neighbours, boxes, points, aliases."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.ops import polylabel

from reports.places import geometry
from tools.places import aliases, sources
from tools.places import names as corrections
from tools.places.shapes import Parts, Placed

LANGUAGES: Final = (
    "ar", "bn", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nb", "nl",
    "pl", "pt", "ru", "sv", "tr", "uk", "ur", "vi", "zh", "zht",
)  # fmt: skip

# Countries that Natural Earth names formally in many languages; the other source has their short names.
FORMAL_IN_NATURAL_EARTH: Final = frozenset({"CN", "TW", "SZ"})

# Short English names where the sources have long or formal ones.
COUNTRY_IN_ENGLISH: Final = {
    "AX": "Åland Islands", "BN": "Brunei", "BS": "Bahamas", "CD": "DR Congo", "CG": "Congo", "CI": "Côte d’Ivoire",
    "CN": "China", "CV": "Cabo Verde", "CZ": "Czechia", "FK": "Falkland Islands", "FM": "Micronesia",
    "GB": "United Kingdom", "GM": "Gambia", "IR": "Iran", "KP": "North Korea", "KR": "South Korea", "LA": "Laos",
    "MD": "Moldova", "MF": "Saint Martin", "MK": "North Macedonia", "MM": "Myanmar", "NL": "Netherlands",
    "PN": "Pitcairn Islands", "PS": "Palestine", "RU": "Russia", "ST": "São Tomé and Príncipe", "SX": "Sint Maarten",
    "SY": "Syria", "SZ": "Eswatini", "TL": "Timor-Leste", "TR": "Türkiye", "TW": "Taiwan", "TZ": "Tanzania",
    "US": "United States", "VA": "Vatican City", "VG": "British Virgin Islands", "VI": "U.S. Virgin Islands",
    "VN": "Vietnam", "XK": "Kosovo", "BO": "Bolivia", "VE": "Venezuela", "HK": "Hong Kong", "MO": "Macao",
    "RE": "Réunion", "CW": "Curaçao", "BL": "Saint Barthélemy",
}  # fmt: skip

Names = dict[str, dict[str, str]]


def country_rows(
    folder: Path, countries: list[str], names: Names, parts: Parts, near: dict[str, list[str]]
) -> list[list[Any]]:
    """Return [code, English name, neighbours, box, point, population, its year] for each country."""
    population: dict[str, tuple[int, int]] = {}
    newer = sources.population()
    for row in sources.admin_0(folder):
        code, people = row["ISO_A2_EH"], int(float(row["POP_EST"]))
        # The source's -99 stands for places without a code, and France's islets come with France's code.
        if re.fullmatch("[A-Z]{2}", code) and people > population.get(code, (0, 0))[0]:
            population[code] = (people, int(row["POP_YEAR"]))
    population |= newer
    return [
        [code, names[code]["en"], near.get(code, []), *_position(parts[code]), *population.get(code, (None, None))]
        for code in countries
    ]


def region_rows(regions: list[str], names: Names, parts: Parts, near: dict[str, list[str]]) -> list[list[Any]]:
    """Return [code, English name, neighbours, box, point] for each region, and population and its year if known."""
    population = sources.population()
    return [
        [code, names[code]["en"], near.get(code, []), *_position(parts[code]), *population.get(code, ())]
        for code in regions
    ]


def _position(polygons: list[geometry.Polygon]) -> tuple[list[float], list[float]]:
    """Return the box, and a point well inside the largest polygon for a label."""
    box = geometry.extent(polygons)
    largest = max(polygons, key=geometry.ground_area)
    flat = shapely.Polygon(largest[0], largest[1:])
    size = max(geometry.extent([largest]).width, geometry.extent([largest]).height)
    point = polylabel(flat, tolerance=size / 50) if flat.is_valid else flat.representative_point()
    return [round(number, 3) for number in box], [round(point.x, 3), round(point.y, 3)]


def country_names(folder: Path, countries: list[str]) -> Names:
    """Return {country: {language: name}}."""
    short = sources.country_names(folder)
    rows: dict[str, dict[str, str]] = {}
    for row in sorted(sources.admin_0(folder), key=lambda row: float(row["POP_EST"])):
        rows[row["ISO_A2_EH"]] = row  # the last of a code has the most people: not an islet that bears it too
    found: Names = {}
    for code in countries:
        named = {language: short.get(language, {}).get(code, "") for language in LANGUAGES}
        if code in rows and code not in FORMAL_IN_NATURAL_EARTH:
            named |= {language: name for language in LANGUAGES if (name := rows[code].get(f"NAME_{language.upper()}"))}
        named |= {"en": COUNTRY_IN_ENGLISH.get(code) or short["en"].get(code) or named["en"]}
        found[code] = {language: name for language, name in named.items() if name}
    return found


def region_names(placed: Placed, regions: list[str]) -> Names:
    """Return {region: {language: name}}: ours where we have them, else those of the region's main feature."""
    ours = corrections.read()
    main = _main_features(placed)
    found: Names = {}
    for code in regions:
        if code in ours:
            found[code] = ours[code]
            continue
        named = {language: str(main[code].get(f"name_{language}") or "").strip() for language in LANGUAGES}
        found[code] = {language: name for language, name in named.items() if name}
        found[code].setdefault("en", str(main[code]["name"]).strip())
    for (_, language), codes in _same_names(found).items():
        for code in codes:
            if language != "en":
                del found[code][language]
            elif kind := str(main[code].get("type_en") or "").split("|")[0]:
                found[code]["en"] += f" ({kind})"
    return found


def _main_features(placed: Placed) -> dict[str, dict[str, Any]]:
    """Return {region: properties of its main feature}: the largest of those with the region's own code, or of all."""
    main: dict[str, tuple[tuple[bool, float], dict[str, Any]]] = {}
    for feature, level in placed:
        if level.region:
            polygons = feature["geometry"]["coordinates"]
            polygons = polygons if feature["geometry"]["type"] == "MultiPolygon" else [polygons]
            area = sum(geometry.ground_area(polygon) for polygon in polygons)
            rank = (feature["properties"]["iso_3166_2"] == level.region, area)
            if level.region not in main or rank > main[level.region][0]:
                main[level.region] = (rank, feature["properties"])
    return {region: properties for region, (_, properties) in main.items()}


def _same_names(found: Names) -> dict[tuple[str, str], list[str]]:
    """Return {(country and name, language): codes} for the names that several regions of a country bear."""
    bearers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, translations in found.items():
        for language, name in translations.items():
            bearers[f"{code[:2]} {name}", language].append(code)
    return {key: codes for key, codes in bearers.items() if len(codes) > 1}


def aliases_of(placed: Placed, regions: frozenset[str], countries: frozenset[str]) -> dict[str, str]:
    """Return {written code: code of the table}: the source's codes below or before our level, then our own list."""
    found: dict[str, str] = {}
    for feature, level in placed:
        code = feature["properties"]["iso_3166_2"]
        if re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", code) and code not in regions and code not in aliases.AMBIGUOUS:
            found[code] = level.region or level.country
    found |= aliases.read(regions, countries)
    return dict(sorted(found.items()))
