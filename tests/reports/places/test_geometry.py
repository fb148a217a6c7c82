"""Plain geometry, by hand."""

import pytest

from reports.places.geometry import Box, clockwise_outside, extent, ground_area, main_part, signed_area
from reports.places.topology import decode


def square(west: float, south: float, side: float = 1.0) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def test_an_anticlockwise_ring_has_positive_area() -> None:
    ring = square(0, 0)[0]
    assert signed_area(ring) == 1
    assert signed_area(ring[::-1]) == -1


def test_the_outer_ring_is_turned_clockwise_and_a_hole_against_it() -> None:
    outer, hole = square(0, 0, 4)[0], square(1, 1)[0]
    for polygon in ([outer, hole], [outer[::-1], hole[::-1]], [outer, hole[::-1]]):
        turned = clockwise_outside(polygon)
        assert (signed_area(turned[0]), signed_area(turned[1])) == (-16, 1)


def test_area_shrinks_towards_the_pole() -> None:
    assert ground_area(square(0, 60)) == pytest.approx(ground_area(square(0, 0)) / 2, rel=0.05)


@pytest.mark.parametrize(
    ("polygons", "box"),
    [
        ([square(3, 50)], Box(3, 50, 4, 51)),
        ([square(3, 50), square(6, 52)], Box(3, 50, 7, 53)),
        ([square(-180, 60), square(179, 65)], Box(179, 60, -179, 66)),
        ([square(-180, 60), square(20, 60, 10), square(170, 60, 10)], Box(20, 60, -179, 70)),
        ([square(-180, -80, 180), square(0, -80, 180)], Box(-180, -80, 180, 100)),
    ],
)
def test_the_box_goes_the_short_way_round(polygons: list, box: Box) -> None:
    assert extent(polygons) == box


def test_a_box_across_the_180th_meridian_has_its_width_and_centre() -> None:
    box = Box(170, 10, -150, 30)
    assert (box.width, box.height, box.centre) == (40, 20, (-170, 20))


def test_nothing_has_no_box() -> None:
    with pytest.raises(ValueError, match="no polygon"):
        extent([])


def test_the_main_part_is_the_largest_and_what_lies_near() -> None:
    mainland, island, overseas = square(0, 45, 10), square(11, 45), square(-53, 4)
    assert main_part([overseas, mainland, island]) == [False, True, True]
    assert main_part([]) == []


def test_an_archipelago_is_its_own_main_part() -> None:
    assert main_part([square(0, 0), square(20, 0), square(40, 0)]) == [True, True, True]


def test_the_main_part_reaches_over_the_180th_meridian() -> None:
    assert main_part([square(170, -20, 9), square(-180, -20)]) == [True, True]


def test_shared_arcs_are_decoded_in_either_direction() -> None:
    # Two squares beside each other; arc 0 is the border between them.
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [10, 20]},
        "objects": {
            "places": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "id": "A", "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "id": "B", "arcs": [[[~0, 2]]]},
                    {"type": None, "id": "C"},
                ],
            }
        },
        "arcs": [[[2, 0], [0, 2]], [[2, 2], [-2, 0], [0, -2], [2, 0]], [[2, 0], [2, 0], [0, 2], [-2, 0]]],
    }
    left, right = decode(topology)
    assert (left.code, right.code) == ("A", "B")
    assert left.polygons == [[[[11, 20], [11, 21], [10, 21], [10, 20], [11, 20]]]]
    assert right.polygons == [[[[11, 21], [11, 20], [12, 20], [12, 21], [11, 21]]]]
