"""Finds the towns that our shapes put on the wrong side of a border: the source draws rivers and streets too roughly.

A town counts as on the wrong side where GeoNames has it in another country, or in another first-level area, and its
own place's shape is near. GeoNames' numbers of areas are matched with ours by where most of an area's towns lie. Where
GeoNames contradicts itself (a country that the town's time zone does not belong to) it is not believed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from reports import places
from reports.places import Place, coordinates, zones
from reports.places.coordinates import TOWN_KM
from reports.places.resolution import Resolved
from tools.places import sources

NEAR_KM: Final = 8.0  # farther from its own place's shape a town's position is more likely wrong than the border
LEAST_TOWNS: Final = 5  # of an area, to know which of our regions it is
MOST_OF_THEM: Final = 0.8
LEAST_KM: Final = 0.3
KM_A_DEGREE: Final = 111.2

Row = tuple[float, float, float, str]  # latitude, longitude, kilometres, code


def misplaced(folder: Path) -> list[Row]:
    """Return the towns whose place is not that of the shape around them, each with how far it reaches."""
    towns = sources.towns(folder)
    found = [coordinates.by_shapes(town["latitude"], town["longitude"]) for town in towns]
    region_of = _regions_of_areas(towns, found)
    wrong: list[tuple[float, float, str]] = []
    right: list[tuple[float, float, str]] = []
    for town, there in zip(towns, found, strict=True):
        at = (town["latitude"], town["longitude"])
        code = _code_of(town, there, region_of)
        if code is None:
            continue
        if there is not None and there.code == code:
            right.append((*at, code))
        elif _km_to(code, *at) <= NEAR_KM:
            wrong.append((*at, code))
    return sorted(_with_reach(wrong, right))


def _regions_of_areas(towns: list[dict[str, Any]], found: list[Resolved | None]) -> dict[tuple[str, str], str]:
    """Return {(country, GeoNames' area): our region} where most of an area's towns lie in one region."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for town, there in zip(towns, found, strict=True):
        if there is not None and there.region and there.country == town["countrycode"]:
            counts[town["countrycode"], town["admin1code"]][there.region] += 1
    return {
        area: region
        for area, regions in counts.items()
        for region, number in regions.most_common(1)
        if regions.total() >= LEAST_TOWNS and number >= MOST_OF_THEM * regions.total()
    }


def _code_of(town: dict[str, Any], there: Resolved | None, region_of: dict[tuple[str, str], str]) -> str | None:
    """Return the code of the place a town belongs to; None where that is not known."""
    country = town["countrycode"]
    zone = zones.from_time_zone(town["timezone"])
    if there is not None and there.country != country and (zone is None or zone.country != country):
        return None
    region = region_of.get((country, town["admin1code"]))
    if region is not None or there is None or there.country != country:
        return region or _nearest_of(country, town["latitude"], town["longitude"])
    return there.code  # in its country, in a region that can't be checked


def _nearest_of(country: str, lat: float, lon: float) -> str | None:
    """Return the nearest region of a country within NEAR_KM, or the country where it has none."""
    reach = NEAR_KM / KM_A_DEGREE
    box = shapely.box(lon - 3 * reach, lat - reach, lon + 3 * reach, lat + reach)
    shapes = coordinates._shapes()
    near = [shapes.codes[i] for i in shapes.tree.query(box) if shapes.codes[i][:2] == country]
    return min(sorted(set(near)), key=lambda code: _km_to(code, lat, lon), default=None)


def _km_to(code: str, lat: float, lon: float) -> float:
    shapes = coordinates._shapes()
    reach = NEAR_KM / KM_A_DEGREE
    box = shapely.box(lon - 3 * reach, lat - reach, lon + 3 * reach, lat + reach)
    shrink = np.cos(np.radians(lat))
    return min(
        (
            coordinates._distance_km(shapes.polygons[i], lon, lat, float(shrink))
            for i in shapes.tree.query(box)
            if shapes.codes[i] == code
        ),
        default=np.inf,
    )


def _all_places() -> list[Place]:
    return [place for country in places.countries() for place in places.regions(country.code) or (country,)]


def _with_reach(wrong: list[tuple[float, float, str]], right: list[tuple[float, float, str]]) -> list[Row]:
    """Give each town half the way to the nearest one of another place, TOWN_KM at most."""
    labels = [(place.point[1], place.point[0], place.code) for place in _all_places()]
    everyone = [*wrong, *right, *labels]
    lat, lon = np.array([town[0] for town in everyone]), np.array([town[1] for town in everyone])
    codes = np.array([town[2] for town in everyone])
    rows = []
    for at_lat, at_lon, code in wrong:
        near = np.flatnonzero((np.abs(lat - at_lat) < 2 * TOWN_KM / KM_A_DEGREE) & (codes != code))
        apart = np.hypot(lat[near] - at_lat, (lon[near] - at_lon) * np.cos(np.radians(at_lat))) * KM_A_DEGREE
        reach = min(TOWN_KM, float(apart.min()) / 2 if len(apart) else TOWN_KM)
        if reach >= LEAST_KM:
            rows.append((round(at_lat, 4), round(at_lon, 4), round(reach, 2), code))
    return rows
