"""The map of the last hour as GeoJSON for any map program, and its ranking on the screen. Needs httpx."""

import os
import sys
from pathlib import Path

import httpx

site = os.environ.get("BROWNOUT", "http://localhost:8000")
service = sys.argv[1] if len(sys.argv) > 1 else "tesla"
file = Path(sys.argv[2] if len(sys.argv) > 2 else "map.geojson")
answer = httpx.get(
    f"{site}/api/v1/services/{service}/map",
    params={"level": "country", "window": "1h", "metric": "count"},
    headers={"Accept": "application/geo+json"},
    timeout=30,
).raise_for_status()
file.write_bytes(answer.content)
places = [feature["properties"] for feature in answer.json()["features"]]
for place in sorted(places, key=lambda place: -(place["reports"] or 0)):
    print(f"{place['name']}: {'too few to say' if place['few'] else place['reports']}")
