"""Countries (ISO 3166-1) and their regions (ISO 3166-2): names, shapes, and what a code, a point or a clock stands for.

Pure: reads the data files beside it, each on first use, and keeps them. See docs/places.md.
"""

from reports.places.coordinates import locate, warm
from reports.places.maps import SvgMap, geojson, svg_map, topojson_path, topology_of
from reports.places.resolution import Resolved, UnknownPlaceError, resolve
from reports.places.table import Place, countries, get, regions
from reports.places.zones import from_time_zone

__all__ = [
    "Place",
    "Resolved",
    "SvgMap",
    "UnknownPlaceError",
    "countries",
    "from_time_zone",
    "geojson",
    "get",
    "locate",
    "regions",
    "resolve",
    "svg_map",
    "topojson_path",
    "topology_of",
    "warm",
]
