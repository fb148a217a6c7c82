"""Shapes for maps."""

import gzip
import json
import re

import pytest
import shapely

from reports import places
from reports.places import geojson, svg_map, topojson_path
from reports.places.files import DATA, SHAPES, read_json
from reports.places.geometry import signed_area
from reports.places.topology import decode

COUNTRIES = [country.code for country in places.countries()]


def polygons_of(feature: dict) -> list[list[list[list[float]]]]:
    return feature["geometry"]["coordinates"]


def test_the_world_shows_every_country() -> None:
    assert {feature["id"] for feature in geojson(None)["features"]} == set(COUNTRIES)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_shows_every_region_or_itself(country: str) -> None:
    expected = {region.code for region in places.regions(country)} or {country}
    assert {feature["id"] for feature in geojson(country)["features"]} == expected


@pytest.mark.parametrize("country", [None, *COUNTRIES])
def test_every_shape_is_valid_has_area_and_runs_clockwise(country: str | None) -> None:
    for feature in geojson(country)["features"]:
        assert polygons_of(feature)
        for outer, *holes in polygons_of(feature):
            assert outer[0] == outer[-1]
            assert signed_area(outer) < 0, feature["id"]
            assert all(signed_area(hole) > 0 for hole in holes)
            assert shapely.Polygon(outer, holes).is_valid, feature["id"]
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in outer)
        pieces = [shapely.Polygon(outer, holes) for outer, *holes in polygons_of(feature)]
        assert shapely.MultiPolygon(pieces).is_valid, f"{feature['id']}: one piece lies over another"


@pytest.mark.slow
def test_the_shapes_for_coordinates_are_valid() -> None:
    for shape in decode(read_json(DATA / "locate.topo.json.gz")):
        for polygon in shape.polygons:
            assert shapely.Polygon(polygon[0], polygon[1:]).is_valid, shape.code


@pytest.mark.parametrize("country", [None, "US", "RU", "FJ", "NZ"])
def test_no_shape_is_drawn_across_the_whole_map(country: str | None) -> None:
    for feature in geojson(country)["features"]:
        if feature["id"] != "AQ":
            for polygon in polygons_of(feature):
                longitudes = [point[0] for point in polygon[0]]
                assert max(longitudes) - min(longitudes) < 180, feature["id"]


def test_a_feature_has_its_name_in_the_language_asked_for() -> None:
    names = {feature["id"]: feature["properties"]["name"] for feature in geojson("NL", "nl")["features"]}
    assert names["NL-NH"] == "Noord-Holland"
    assert {feature["id"]: feature["properties"]["name"] for feature in geojson("NL")["features"]}["NL-NH"] == (
        "North Holland"
    )


@pytest.mark.slow
def test_a_simplified_shape_stays_near_the_precise_one() -> None:
    precise: dict[str, list] = {}
    for shape in decode(read_json(DATA / "locate.topo.json.gz")):
        precise[shape.code] = shape.polygons
    for country in ("NL", "US", "DE", "FR", "SG", "NO"):
        for feature in geojson(country)["features"]:
            near = sum(shapely.Polygon(p[0], p[1:]).area for p in polygons_of(feature))
            full = sum(shapely.Polygon(p[0], p[1:]).area for p in precise[feature["id"]])
            assert near == pytest.approx(full, rel=0.15), feature["id"]


def test_there_is_a_file_for_the_world_and_for_each_country_and_no_other() -> None:
    assert topojson_path(None) == SHAPES / "countries.topo.json"
    for country in COUNTRIES:
        path = topojson_path(country)
        assert path is not None
        assert json.loads(path.read_bytes())["type"] == "Topology"
    assert len(list((SHAPES / "regions").iterdir())) == len(COUNTRIES)


@pytest.mark.parametrize("written", ["ZZ", "", "NL-NH", "../../../../etc/passwd", "nl"])
def test_what_is_no_country_has_no_file_and_an_empty_map(written: str) -> None:
    assert topojson_path(written) is None
    assert geojson(written)["features"] == []
    assert svg_map(written).paths == ()


def test_the_files_stay_small_enough_to_send() -> None:
    world = (SHAPES / "countries.topo.json").read_bytes()
    assert len(world) <= 120_000
    assert len(gzip.compress(world)) <= 40_000
    assert sum(file.stat().st_size for file in (SHAPES / "regions").iterdir()) <= 1_500_000


NUMBER = r"-?(?:\d*\.\d|\d+)"


def ends(path: str) -> list[tuple[float, float]]:
    """Follow path data and return every point it visits."""
    visited = []
    for ring in path.split("z")[:-1]:
        start, steps = ring[1:].split("l")
        x, y = (float(number) for number in re.findall(NUMBER, start))
        visited.append((x, y))
        numbers = [float(number) for number in re.findall(NUMBER, steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            visited.append((x, y))
    return visited


@pytest.mark.parametrize("country", [None, *COUNTRIES])
def test_a_drawn_map_shows_each_place_within_its_frame(country: str | None) -> None:
    drawn = svg_map(country, 600)
    assert drawn.width == 600
    assert drawn.height > 0
    expected = {feature["id"] for feature in geojson(country)["features"]}
    if country is None:
        expected -= {"AQ"}
        # Uninhabited or nearly so, and farther south than the map goes.
        expected -= {"GS", "BV", "HM", "TF"} - {code for code, _ in drawn.paths}
    assert {code for code, _ in drawn.paths} == expected
    for code, path in drawn.paths:
        assert re.fullmatch(rf"(M{NUMBER} ?{NUMBER}l(?: ?{NUMBER} ?{NUMBER})+z)+", path), code
        for x, y in ends(path):
            assert -1 <= x <= drawn.width + 1, code
            assert -1 <= y <= drawn.height + 1, code


def test_far_parts_are_drawn_in_insets() -> None:
    assert len(svg_map("US").insets) == 2
    assert len(svg_map("PT").insets) == 2
    assert len(svg_map("ES").insets) == 1
    assert svg_map("DE").insets == ()


def test_the_worlds_map_is_light() -> None:
    drawn = svg_map(None)
    text = "".join(f'<path id="{code}" d="{path}"/>' for code, path in drawn.paths)
    assert len(gzip.compress(text.encode())) <= 80_000


def test_a_map_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="pixel"):
        svg_map(None, 0)
