"""The map as TopoJSON: the same places and numbers as in GeoJSON, with borders stored once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reports.places import topology

from .conftest import World

pytestmark = pytest.mark.django_db


def get(query: str, **headers: str) -> Any:
    return Client().get(f"/api/v1/services/acme/map?{query}", headers=headers)


@pytest.mark.parametrize("query", ["level=country", "level=region&country=NL", "level=country&country=DE"])
@pytest.mark.parametrize("metric", ["count", "per_million", "excess"])
def test_topojson_says_what_geojson_says(world: World, query: str, metric: str) -> None:
    plain = get(f"{query}&metric={metric}").json()
    response = get(f"{query}&metric={metric}&format=topojson")
    assert response.headers["Content-Type"] == "application/topo+json"
    found = response.json()
    assert found["type"] == "Topology"
    geometries = {geometry["id"]: geometry for geometry in found["objects"]["places"]["geometries"]}
    features = {feature["id"]: feature for feature in plain["features"]}
    assert {code: one["properties"] for code, one in geometries.items()} == {
        code: one["properties"] for code, one in features.items()
    }
    for name in ("since", "until", "level", "metric", "without_place"):
        assert found[name] == plain[name]
    drawn = {shape.code: shape.polygons for shape in topology.decode(found)}
    for code, feature in features.items():
        corners = {tuple(point) for polygon in feature["geometry"]["coordinates"] for ring in polygon for point in ring}
        assert {tuple(point) for polygon in drawn[code] for ring in polygon for point in ring} == corners


def test_only_the_arcs_of_the_places_are_sent(world: World) -> None:
    found = get("level=region&country=NL&format=topojson").json()
    used: set[int] = set()

    def collect(arcs: Any) -> None:
        for arc in arcs:
            if isinstance(arc, list):
                collect(arc)
            else:
                used.add(arc if arc >= 0 else ~arc)

    for geometry in found["objects"]["places"]["geometries"]:
        collect(geometry["arcs"])
    assert used == set(range(len(found["arcs"])))


def test_a_place_without_a_shape_is_still_told(world: World) -> None:
    shapeless = get("level=country&format=topojson&shapes=false").json()
    assert [(one["id"], one["type"]) for one in shapeless["objects"]["places"]["geometries"]] == [
        ("NL", None),
        ("DE", None),
    ]
    assert shapeless["arcs"] == []


def test_topojson_can_be_asked_for_by_its_type(world: World) -> None:
    response = get("", Accept="application/topo+json")
    assert response.headers["Content-Type"] == "application/topo+json"
