"""From a clock's time zone to a place."""

from __future__ import annotations

from functools import cache
from typing import Any

from reports.places.files import DATA, read_json
from reports.places.resolution import Resolved
from reports.places.table import table


def from_time_zone(name: str) -> Resolved | None:
    """Return the place that a tz database zone such as "Europe/Amsterdam" stands for; old names count too.

    The region only where the zone lies within one region ("America/Phoenix"). None where the name is unknown or
    stands for a clock and no place ("UTC").
    """
    area, _, rest = name.strip().partition("/")
    found = _zones().get(area)
    code = found if not rest else found.get(rest) if isinstance(found, dict) else None
    if not isinstance(code, str):
        return None
    place = table().places[code]
    return Resolved(place.country, code if place.kind == "region" else None)


@cache
def _zones() -> dict[str, Any]:
    zones: dict[str, Any] = read_json(DATA / "zones.json")
    return zones
