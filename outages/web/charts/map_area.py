"""The part of a map to open on: where it is unusual now. Pure arithmetic on the paths that are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height

UNUSUAL: Final = 2.0  # times the usual
LEAST_REPORTS: Final = 10  # a rounded number below says nothing
MARGIN: Final = 0.15
LEAST_SHARE: Final = 0.22  # of the whole width: closer than that a map says no longer where in the world it is
MOST_SHARE: Final = 0.7  # of the whole width: from there on the whole is shown
_NUMBER: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def rings(path: str) -> Iterator[list[Point]]:
    """Return the rings of a path made of `M x y l dx dy … z`, as absolute points."""
    for piece in path.split("M")[1:]:
        numbers = [float(n) for n in _NUMBER.findall(piece)]
        x, y = numbers[0], numbers[1]
        ring = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=False):
            x, y = x + dx, y + dy
            ring.append((x, y))
        yield ring


def box_of(path: str) -> Box:
    """Return the bounds of a path's widest ring: far islands do not count."""
    boxes = []
    for ring in rings(path):
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        boxes.append((min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))
    return max(boxes, key=lambda box: box[2] * box[3], default=(0.0, 0.0, 0.0, 0.0))


def affected(paths: Mapping[str, str], codes: Iterable[str], width: float, height: float) -> Box | None:
    """Return the part of a drawing that holds these places, in the drawing's own proportion.

    None where there are none, or where they lie all over it.
    """
    boxes = [box_of(paths[code]) for code in codes if code in paths]
    if not boxes:
        return None
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    share = max((right - left) / width, (bottom - top) / height) * (1 + 2 * MARGIN)
    share = max(share, LEAST_SHARE)
    if share > MOST_SHARE:
        return None
    across, down = width * share, height * share
    x = min(max((left + right - across) / 2, 0.0), width - across)
    y = min(max((top + bottom - down) / 2, 0.0), height - down)
    return round(x, 1), round(y, 1), round(across, 1), round(down, 1)
