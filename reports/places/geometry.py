"""Plain geometry on rings of longitude and latitude in degrees: area, direction, extent on the globe, main part.

A ring is a list of [longitude, latitude]; a polygon is a list of rings, the outer one first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

Ring = list[list[float]]
Polygon = list[Ring]


class Box(NamedTuple):
    """An extent in degrees. `west` may be greater than `east`: then it crosses the 180th meridian (as in RFC 7946)."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Degrees of longitude from west to east."""
        return self.east - self.west + (360 if self.east < self.west else 0)

    @property
    def height(self) -> float:
        """Degrees of latitude."""
        return self.north - self.south

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, as longitude (-180 to 180) and latitude."""
        return (self.west + self.width / 2 + 180) % 360 - 180, (self.south + self.north) / 2


def signed_area(ring: Sequence[Sequence[float]]) -> float:
    """Area in square degrees, positive when the ring runs anticlockwise (shoelace formula)."""
    total = 0.0
    previous_x, previous_y = ring[-1][0], ring[-1][1]
    for point in ring:
        total += previous_x * point[1] - point[0] * previous_y
        previous_x, previous_y = point[0], point[1]
    return total / 2


def clockwise_outside(polygon: Polygon) -> Polygon:
    """Return the polygon with its outer ring clockwise and its holes anticlockwise, as plotly draws them."""
    return [
        ring if (signed_area(ring) <= 0) == (position == 0) else ring[::-1] for position, ring in enumerate(polygon)
    ]


def ground_area(polygon: Polygon) -> float:
    """Area of the outer ring in square degrees at the equator's scale: good enough to compare sizes."""
    ring = polygon[0]
    latitude = sum(point[1] for point in ring) / len(ring)
    return abs(signed_area(ring)) * math.cos(math.radians(latitude))


def extent(polygons: Iterable[Polygon]) -> Box:
    """Return the smallest box around the polygons, across the 180th meridian where that makes it smaller.

    Raises ValueError where there is no polygon.
    """
    spans: list[tuple[float, float]] = []
    south, north = 90.0, -90.0
    for polygon in polygons:
        longitudes = [point[0] for point in polygon[0]]
        latitudes = [point[1] for point in polygon[0]]
        spans.append((min(longitudes), max(longitudes)))
        south, north = min(south, *latitudes), max(north, *latitudes)
    if not spans:
        raise ValueError("no polygon to measure")
    spans.sort()
    blocks = [spans[0]]
    for start, end in spans[1:]:
        if start <= blocks[-1][1]:
            blocks[-1] = (blocks[-1][0], max(blocks[-1][1], end))
        else:
            blocks.append((start, end))
    # The box is what the widest empty stretch of longitudes leaves over.
    gaps = [(after[0] - before[1], index + 1) for index, (before, after) in enumerate(pairwise(blocks))]
    gaps.append((blocks[0][0] + 360 - blocks[-1][1], 0))
    _, first = max(gaps)
    return Box(blocks[first][0], south, blocks[first - 1][1], north)


def main_part(polygons: Sequence[Polygon], reach: float = 0.35) -> list[bool]:
    """Tell for each polygon whether it belongs to the main part: the largest polygon and what lies near it.

    Near means: no farther from the box of the main part so far than `reach` times that box's longer side. Where that
    leaves less than half of the land, as in an archipelago, everything is the main part.
    """
    if not polygons:
        return []
    boxes = [extent([polygon]) for polygon in polygons]
    largest = max(range(len(polygons)), key=lambda index: ground_area(polygons[index]))
    middle_longitude, middle_latitude = boxes[largest].centre
    scale = max(0.05, math.cos(math.radians(middle_latitude)))

    def flat(box: Box) -> tuple[float, float, float, float]:
        x = (box.centre[0] - middle_longitude + 180) % 360 - 180
        return (x - box.width / 2) * scale, box.south, (x + box.width / 2) * scale, box.north

    areas = [flat(box) for box in boxes]
    inside = [False] * len(polygons)
    inside[largest] = True
    west, south, east, north = areas[largest]
    grown = True
    while grown:
        grown = False
        limit = reach * max(east - west, north - south)
        for index, (w, s, e, n) in enumerate(areas):
            if inside[index]:
                continue
            away_x, away_y = max(w - east, west - e, 0.0), max(s - north, south - n, 0.0)
            if math.hypot(away_x, away_y) <= limit:
                inside[index] = grown = True
        # Grow the box once a round, so that a chain of islets does not pull the frame far out in one go.
        joined = [area for index, area in enumerate(areas) if inside[index]]
        west, south = min(a[0] for a in joined), min(a[1] for a in joined)
        east, north = max(a[2] for a in joined), max(a[3] for a in joined)
    sizes = [ground_area(polygon) for polygon in polygons]
    if sum(size for size, near in zip(sizes, inside, strict=True) if near) < sum(sizes) / 2:
        return [True] * len(polygons)
    return inside
